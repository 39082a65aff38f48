"""What a right verdict did not vouch for, and the facts: as Python has them, and in lines that are given here."""

import numpy as np
import pytest
from texts import Made

from gradproof.core.records import codes


def lines_of(witness, one):
    """The lines of the first two parts, each fact on one line; they are also Python's."""
    text, expected = one.both(witness)
    assert text == expected
    head, facts, *_ = text.split("\n\n")
    return " ".join(head.split()), facts.replace("\n" + " " * 15, " ").split("\n")


def full(causes=(codes.AGREES,) * 4, **fields):
    told = [{"start": k, "cause": cause} for k, cause in enumerate(causes) if cause > codes.AGREES]
    return Made(np.ones(len(causes)), causes, told, **fields)


def along_lines(**fields):
    x = {"W": np.ones(7), "b": np.ones(3)}
    return Made(x, [], [], [], **{"factors": [0.5, 0.5]} | fields)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, ""),
        ({"vouched": 0.5}, "not vouched for: only 50 % of the coordinates were seen to rtol=1e-5"),
        ({"vouched": 0.98999}, "not vouched for: only 98 % of the coordinates were seen to rtol=1e-5"),
        ({"vouched": 0.9999999}, "not vouched for: only 99.999 % of the coordinates were seen to rtol=1e-5"),
        (
            {"unseen": 2, "claimed": [1.0, 0.1, 0.01, 0.0], "resolutions": [2.0, 1.0, 1.0, 1.0]},
            "not vouched for: 2 of 4 coordinates could be off by a factor 2 unseen: x[2], x[1] (worst first)",
        ),
    ],
)
def test_not_vouched_for(fields, expected, witness):
    head, _ = lines_of(witness, full(**fields))
    assert head == f"right: the gradient agrees with the objective in all 4 coordinates {expected}".rstrip()


def test_many_unseen(witness):
    head, _ = lines_of(witness, full((codes.AGREES,) * 9, unseen=9, resolutions=np.arange(9) + 2.0))
    assert head.endswith("9 of 9 coordinates could be off by a factor 2 unseen: "
                         "x[8], x[7], x[6], x[5], x[4], x[3], … (worst first)")  # fmt: skip


def test_unseen_blocks(witness):
    head, _ = lines_of(witness, along_lines(factors=[1.5, 3.0]))
    assert head.endswith("not vouched for: 2 of 2 arrays could be off by a factor 2 unseen: b, W (worst first)")
    head, _ = lines_of(witness, Made(np.ones(10), [], [], [], unseen=1))
    assert head.endswith("not vouched for: all coordinates together could be off by a factor 2 unseen")


@pytest.mark.parametrize(
    ("stopped_by", "by"), [("budget", "the budget"), ("time_limit", "the time limit"), ("interrupted", "the caller")]
)
def test_what_ended_the_check(stopped_by, by, witness):
    _, facts = lines_of(witness, full((codes.AGREES, codes.UNTESTED), stopped_by=stopped_by))
    assert facts[0] == f"  tested       1 of 2 coordinates, then {by} ended the check"
    _, facts = lines_of(witness, full((codes.AGREES,) * 2, stopped_by=stopped_by))
    assert facts[0] == "  tested       2 of 2 coordinates"
    _, facts = lines_of(witness, along_lines(stopped_by=stopped_by, evaluations=1234, outside=1))
    expected = f"1,234 of the objective; 1 point outside the bounds left out; {by} ended the check"
    assert facts[-2] == f"  evaluations  {expected}"


def test_resolution(witness):
    _, facts = lines_of(witness, full(resolutions=[1e-3, 1e-5, 1e-6, 1e-7], claimed=[1.0, 10.0, np.nan, 0.0]))
    assert facts[1] == (
        "  resolution   errors over 1.0e-3 would be detected everywhere, over 5.5e-6 in half the coordinates "
        "(units of f per unit of x); relative to the slope, over 5.0e-4 in half of them"
    )
    _, facts = lines_of(witness, full((1, 1, 6), resolutions=[1e-3, 1e-5, 1.0], claimed=[0.0, 10.0, 1.0]))
    assert facts[1] == (
        "  resolution   errors over 1.0e-3 would be detected where decided, over 5.1e-4 in half the coordinates "
        "(units of f per unit of x); relative to the slope, over 1.0e-6"
    )
    # All alike up to the digits that are shown; then none.
    _, facts = lines_of(witness, full(resolutions=[1e-3, 1.01e-3, 1.02e-3, 1.01e-3], claimed=np.zeros(4)))
    assert facts[1] == "  resolution   errors over 1.0e-3 would be detected (units of f per unit of x)"
    _, facts = lines_of(witness, full((codes.STEP_LIMITED,) * 4))
    assert not any("resolution" in fact for fact in facts)


def test_objective_and_noise(witness):
    fields = {"value": -1234.56789012, "arithmetic": 32, "noise_measured": 1, "atol": 1e-5}
    _, facts = lines_of(witness, full(nondeterministic=1, spread=0.25, **fields))
    assert facts[1] == ("  atol         an error of 1e-5 (units of f per unit of x) is allowed in every coordinate")
    assert facts[3] == "  objective    -1234.56789 at x, computed in float32"
    assert facts[4] == "  noise floor  2.2e-16 (measured); two calls at x differ by up to 0.25"
    _, facts = lines_of(witness, full(arithmetic=16))
    assert facts[2] == "  objective    1.5 at x, computed in coarser than float32"
    assert facts[3] == "  noise floor  2.2e-16 (assumed; no need to measure it)"


@pytest.mark.parametrize(("seed", "word"), [(0, "0"), (17, "17"), (-1, str(2**64 - 1))])
def test_seed(seed, word, witness):
    _, facts = lines_of(witness, along_lines(seed=seed))
    assert facts[-1] == f"  seed         {word}; another seed draws other lines"


def test_kinks_on_lines(witness):
    _, facts = lines_of(witness, along_lines(hidden=2.5e-7))
    assert facts[1] == "  kinks at x   may hide errors of up to 2.5e-7 along a line"
    # Its twin: before any line agreed nothing is known.
    _, facts = lines_of(witness, along_lines(hidden=2.5e-7, lines=0))
    assert not any("kinks" in fact or "power" in fact for fact in facts)
