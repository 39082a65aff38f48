"""What a report says of each named array."""

import dataclasses
import re

import numpy as np
import pytest
from everykind import KINDS, P, grad, loss, report_of

import gradproof
from gradproof.report import power
from gradproof.report.summaries.arrays import ArrayReport


def by_name(report):
    return {one.name: one for one in report.arrays}


@pytest.mark.parametrize("kind", KINDS)
def test_counts_add_up(kind):
    report = report_of(kind)
    arrays = report.arrays
    assert sum(one.n for one in arrays) == report.n
    assert sum(one.wrong for one in arrays) == len(report.wrong)
    assert sum(one.kinks for one in arrays) == len(report.kinks)
    for one in arrays:
        assert one.wrong + one.undecided + one.untested + one.right == one.n
        assert min(one.wrong, one.undecided, one.untested, one.right) >= 0
    if report.mode == "full":
        assert sum(one.undecided for one in arrays) == report.undecided
        assert sum(one.untested for one in arrays) == report.untested
        assert any(one.unseen for one in arrays) == bool(report.unseen)
    assert (all(one.right == one.n for one in arrays)) == (report.verdict == "right")


def test_what_is_wrong_and_what_is_right():
    arrays = by_name(report_of("full"))
    assert list(arrays) == list(P)
    wrong = arrays["W2"]
    assert (wrong.shape, wrong.n, wrong.wrong, wrong.right) == ((5,), 5, 5, 0)
    assert abs(wrong.factor - 0.5) <= wrong.factor_bar < 1e-4
    assert not wrong.is_right
    assert str(wrong) == "W2: 5 of 5 wrong, claimed = 0.5 × slope"
    assert arrays["W1"] == ArrayReport(
        "W1", (6, 5), 30, 0, 0, 0, 0, 30, arrays["W1"].factor, arrays["W1"].factor_bar, False
    )
    assert np.isnan(arrays["W1"].factor)
    assert arrays["W1"].is_right
    assert str(arrays["b1"]) == "b1: right"
    with pytest.raises(dataclasses.FrozenInstanceError):
        wrong.n = 3


def test_a_factor_is_one_that_all_share():
    def factor(claimed):
        return gradproof.check(loss, grad(P) | {"b1": claimed}, P).arrays[1].factor

    right = np.cos(P["b1"])
    assert abs(factor(1.25 * right) - 1.25) < 1e-6
    assert abs(factor(-right) + 1.0) < 1e-6
    # Of errors that differ, of a constant, of what is not finite, and of a single one there is none.
    assert np.isnan(factor(right * np.linspace(1.1, 2, 26)))
    assert np.isnan(factor(right + 0.5))
    assert np.isnan(factor(right * np.where(np.arange(26) == 3, np.nan, 2)))
    assert np.isnan(factor(right * np.where(np.arange(26) == 3, 2, 1)))
    # Of some that are wrong it is told.
    assert abs(factor(right * np.where(np.arange(26) < 3, 3, 1)) - 3.0) < 1e-6


def test_along_lines_a_factor_has_its_bar():
    p = {"W": np.linspace(1, 2, 6000), "b": np.linspace(1, 3, 500)}
    report = gradproof.check(
        lambda p: float(np.sum(p["W"] ** 3) + np.sum(p["b"] ** 2)), lambda p: {"W": 3 * p["W"] ** 2, "b": p["b"]}, p
    )
    arrays = by_name(report)
    assert report.mode == "lines"
    assert abs(arrays["b"].factor - 0.5) <= 2 * arrays["b"].factor_bar < 1e-6
    assert arrays["b"].wrong > 0
    assert arrays["b"].right == 0
    assert arrays["W"].wrong == 0
    # Only what was tested by itself is known to be right where something is wrong.
    assert arrays["W"].untested == 6000
    assert not arrays["W"].is_right
    assert str(arrays["W"]).startswith("W: none of 6,000 tested alone, right along its claim, to ")
    assert re.fullmatch(
        "b: . of 500 wrong, 49. of 500 not tested alone, claimed = 0.5 × slope along its claim", str(arrays["b"])
    )


def test_factors_that_are_not_known_are_none():
    """Claims that f hardly feels have factors with bars that are larger than these."""
    p = {"W": np.linspace(1, 2, 6000), "b": np.linspace(1, 3, 500), "c": np.linspace(1, 3, 500)}
    report = gradproof.check(
        lambda p: float(np.sum(p["W"] ** 3) + np.sum(p["b"] ** 2)),
        lambda p: {"W": 3 * p["W"] ** 2, "b": p["b"], "c": np.zeros(500)},
        p,
    )
    assert "nothing found in: c (claims only 0)" in " ".join(str(report).split())
    blocks = {one.name: one for one in report.power.blocks}
    for bar, known in ((1e-9, True), (3.7e6, False)):
        made = dataclasses.replace(blocks["W"], ratio=0.622, ratio_bar=bar)
        found = dataclasses.replace(report.power, blocks=(made, blocks["b"], blocks["c"]))
        other = dataclasses.replace(report, power=found)
        assert power.has_ratio(made) == np.isfinite(by_name(other)["W"].factor) == known
        assert ("0.622000 ± 1.0e-9" in str(other)) == known
        assert "e6" not in str(other)


def test_what_could_have_passed_unseen():
    x = {"a": np.array([1.0, 2.0]), "b": np.array([1e-9])}
    noisy = 1e7

    def f(p):
        return noisy + float(np.sum(p["a"] ** 2) + np.sum(p["b"]) * 1e-9)

    arrays = by_name(gradproof.check(f, lambda p: {"a": 2 * p["a"], "b": np.full(1, 1e-9)}, x))
    assert arrays["b"].unseen
    assert not arrays["b"].is_right
    assert not arrays["a"].unseen
    assert "could have passed unseen" in str(arrays["b"])


def test_held_coordinates_do_not_count():
    arrays = by_name(report_of("only"))
    assert list(arrays) == ["b1", "W2"]
    assert (arrays["b1"].n, arrays["b1"].shape, arrays["b1"].right) == (1, (1,), 1)
    assert arrays["W2"].wrong == 5


# ---- In the printed report -------------------------------------------------------------------------------------------


def line_of(report):
    return [line for line in str(report).splitlines() if line.startswith("  arrays ")]


def test_the_text_says_which_arrays_are_right():
    assert line_of(report_of("full")) == ["  arrays       wrong: W2 (5 of 5); right: W1, b1"]
    assert line_of(report_of("lines")) == ["  arrays       wrong: W2 (5 confirmed); nothing found in: W1, b1"]


def test_the_worst_come_first():
    claimed = grad(P)
    claimed["W1"][0, 0] *= 2
    claimed["b1"] *= 2
    report = gradproof.check(loss, claimed, P)
    assert line_of(report) == ["  arrays       wrong: b1 (26 of 26), W1 (1 of 30); right: W2"]


@pytest.mark.parametrize("kind", ["right", "budget", "right along lines", "random", "names", "long"])
def test_nothing_is_said_of_one_array_or_where_nothing_is_wrong(kind):
    assert line_of(report_of(kind)) == []


def test_many_arrays_are_not_all_listed():
    p = {f"layer{k}": np.array([1.0, 2.0]) for k in range(40)}
    report = gradproof.check(
        lambda p: sum(float(np.sum(part**2)) for part in p.values()),
        lambda p: {name: (2 + (name == "layer7")) * part for name, part in p.items()},
        p,
    )
    (line,) = line_of(report)
    assert line.startswith("  arrays       wrong: layer7 (2 of 2); right: layer0, layer1, ")
    assert "and 31 more" in str(report)
