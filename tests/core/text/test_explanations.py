"""What is said below the tables, of longer lines, causes and kinks that are shared: as Python says it."""

import numpy as np
import pytest
from texts import Made

from gradproof.core.records import codes
from gradproof.core.text.sentences import EQUAL, TOGETHER


def sentences(witness, one):
    """The paragraphs of the text, each on one line; it is also Python's."""
    text, expected = one.both(witness)
    assert text == expected
    return [" ".join(part.split()) for part in text.replace("\n    ", " ").split("\n")]


def along_a_line(**fields):
    x = {"W": np.ones(7), "b": np.ones(3)}
    line = {"start": 0, "stop": 7, "cause": codes.WRONG} | fields.pop("line", {})
    causes, looked_at = fields.pop("causes", []), fields.pop("looked_at", [])
    return Made(x, causes, [line], looked_at, factors=[0.5, 0.5], verdict=codes.VERDICT_WRONG, **fields)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            {"claimed": 3.0, "slope": 2.0, "error_bar": 1e-6},
            "W: 7 coordinates, not searched further; along the claimed gradient it is 1.50000 ± 7.5e-7 times what it "
            "should be",
        ),
        ({"claimed": 2.0, "slope": 2.0, "error_bar": 1e-6}, "W: 7 coordinates, not searched further"),
        (
            {"claimed": 0.0, "slope": -2.0},
            "W: 7 coordinates, not searched further; along the line the claimed slope is 0, the measured one -2",
        ),
        (
            {"claimed": np.nan, "slope": -2.5e-4},
            "W: 7 coordinates, not searched further; along the line the slope is off by 2.5e-4",
        ),
        ({"claimed": 1.0, "slope": 0.0}, "W: 7 coordinates, not searched further"),
        ({"start": 2, "stop": 9, "claimed": 1.0, "slope": 1.0}, "W[2] … b[1]: 7 coordinates, not searched further"),
    ],
)
def test_long_lines(line, expected, witness):
    assert expected in sentences(witness, along_a_line(line=line))


def test_samples(witness):
    one = along_a_line(causes=[codes.WRONG, codes.AGREES, codes.WRONG], looked_at=[1, 2, 8])
    assert "W: 1 of 2 sampled coordinates wrong (of 7); along the line the slope is off by nan" in sentences(
        witness, one
    )


def test_causes_in_their_order(witness):
    causes = [codes.DOMAIN, codes.WRONG, codes.KINK_CROSSED, codes.UNTESTED, codes.AGREES, codes.STEP_LIMITED]
    told = [{"start": k, "cause": cause} for k, cause in enumerate(causes) if cause > codes.AGREES]
    found = sentences(witness, Made(np.ones(6), causes, told, stopped_by="budget"))
    words = [line.partition(":")[0] for line in found]
    order = ["untested", "wrong", "kink_crossed", "step_limited", "domain"]
    assert [word for word in words if word in order][-5:] == order
    for cause in (codes.DOMAIN, codes.WRONG, codes.UNTESTED):
        assert f"{codes.cause_word(cause)}: {codes.explain_cause(cause)}" in found


def test_wrong_only_together(witness):
    told = [{"start": k, "claimed": 1.0, "slope": 0.5, "partner": (k + 1) % 4} for k in range(4)]
    found = sentences(witness, Made(np.ones(4), [codes.WRONG] * 4, told))
    assert f"wrong: x[0], x[1], x[2] and 1 more: {TOGETHER}." in found
    assert f"wrong: {codes.explain_cause(codes.WRONG)}" not in found
    shared = "share a kink: either claimed value is acceptable, but together they are contradictory."
    notes = [f"note: x[{k}] and x[{k + 1}] {shared}" for k in range(3)]
    assert found[-3:] == notes
    # One that is wrong by itself brings the plain sentence back.
    told[3]["partner"] = -1
    found = sentences(witness, Made(np.ones(4), [codes.WRONG] * 4, told))
    assert f"wrong: {codes.explain_cause(codes.WRONG)}" in found
    assert f"wrong: x[0], x[1], x[2]: {TOGETHER}." in found


def test_equal_values(witness):
    told = [{"start": k, "cause": codes.STEP_LIMITED, "partner": (k + 1) % 2, "resolution": 1.0} for k in range(2)]
    found = sentences(witness, Made(np.ones(2), [codes.STEP_LIMITED] * 2, told))
    assert f"step_limited: x[0], x[1]: {EQUAL}." in found
    assert f"step_limited: {codes.explain_cause(codes.STEP_LIMITED)}" not in found
    told.append({"start": 2, "cause": codes.STEP_LIMITED, "resolution": 1.0})
    found = sentences(witness, Made(np.ones(3), [codes.STEP_LIMITED] * 3, told))
    assert f"step_limited: {codes.explain_cause(codes.STEP_LIMITED)}" in found


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ((codes.EXPLAINED_BY_FACTOR, -1.0, 1.25e-7), "claimed = -1 × slope (± 1.2e-7)"),
        ((codes.EXPLAINED_BY_FACTOR, 4.184, 0.01), "claimed = 4.18 × slope (± 1.0e-2)"),
        ((codes.EXPLAINED_BY_FACTOR, 4.184, 1e-6), "claimed = 4.184 × slope (± 1.0e-6)"),
        ((codes.EXPLAINED_BY_ZERO, 0.0, 0.0), "claimed = 0"),
        ((codes.EXPLAINED_BY_NOT_FINITE, np.nan, np.nan), "claimed is not finite"),
        ((codes.EXPLAINED_BY_X, 0.00999998, 6e-6), "claimed - slope = 0.01 × x (± 6.0e-6)"),
        ((codes.EXPLAINED_BY_X, -0.1, 2e-9), "claimed - slope = -0.1 × x (± 2.0e-9)"),
        ((codes.EXPLAINED_BY_X, 0.9999999, 6e-7), "claimed - slope = x (± 6.0e-7)"),
        ((codes.EXPLAINED_BY_X, -1.0, 6e-7), "claimed - slope = -1 × x (± 6.0e-7)"),
    ],
)
def test_what_wrong_coordinates_have_in_common(fields, expected, witness):
    """It is said below the verdict, and is all that C says more than Python, which has its own explanations."""
    one = Made(np.ones(4), [codes.WRONG] * 4, [{"start": k} for k in range(4)])
    without, python = one.both(witness)
    one.record.explanation, one.record.factor, one.record.factor_bar = fields
    one.record.explained = 4
    lines = one.both(witness)[0].split("\n")
    assert lines.pop(1) == f"  4 wrong coordinates: {expected}"
    assert "\n".join(lines) == without == python
