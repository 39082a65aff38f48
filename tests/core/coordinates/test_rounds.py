"""Whole checks in rounds of ask and tell: right and wrong claims about what makes objectives difficult."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from cases import CASES, Case, X, from_afar, random, squares, stairs, with_jumps
from properties import refuted
from rounds import checked

from gradproof.core.records import codes


def is_right(witness: Any, case: Case, claimed: Any) -> None:
    found = checked(witness, case.objective, case.x, claimed, **case.options)
    assert found.verdict == "right"
    assert "wrong" not in found.causes


def is_wrong_at(witness: Any, case: Case, claimed: Any, index: int) -> None:
    found = checked(witness, case.objective, case.x, claimed, **case.options)
    assert found.verdict == "wrong"
    assert [place for place, cause in enumerate(found.causes) if cause == "wrong"] == [index]
    finding = next(one for one in found.findings if one["cause"] == codes.WRONG)
    assert finding["start"] == index
    # The slope that it names is nearer to what is right than what was claimed.
    right = np.asarray(case.right)[index]
    assert abs(finding["slope"] - right) < 0.5 * abs(claimed[index] - right)


@pytest.mark.parametrize("name", CASES)
def test_right_and_wrong_claims(witness, name):
    case = CASES[name]
    claimed = np.array(case.right, np.float64)
    is_right(witness, case, claimed)
    index, value = case.wrong
    claimed[index] = value
    is_wrong_at(witness, case, claimed, index)
    refuted(is_right, witness, case, claimed)
    refuted(is_wrong_at, witness, case, case.right, index)


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_claims_that_are_no_numbers(witness, bad):
    claimed = 2 * X
    claimed[1] = bad
    case = CASES["smooth"]
    found = checked(witness, squares, X, claimed)
    assert (found.verdict, found.causes) == ("wrong", ["agrees", "wrong", "agrees", "agrees"])
    assert found.findings[0]["slope"] == pytest.approx(-2.4, rel=1e-6)
    refuted(is_right, witness, case, claimed)


def causes_without(witness: Any, objective: Callable[[Any], float], causes: list[str]) -> None:
    found = checked(witness, objective, X[:2], 2 * X[:2])
    assert (found.verdict, found.causes) == ("inconclusive", causes)


def test_outside_of_the_domain(witness):
    causes_without(witness, lambda x: math.nan, ["domain"] * 2)
    causes_without(witness, lambda x: squares(x) if np.array_equal(x, X[:2]) else math.inf, ["domain"] * 2)
    causes_without(witness, lambda x: squares(x) if x[1] == X[1] else math.nan, ["agrees", "domain"])
    refuted(causes_without, witness, squares, ["domain"] * 2)


def test_random_objectives(witness):
    found = [checked(witness, random(1.0, seed), X, 2 * X) for seed in range(4)]
    assert {one.verdict for one in found} == {"inconclusive"}
    assert {cause for one in found for cause in one.causes} <= {"agrees", "nondeterministic"}
    assert all(one.nondeterministic and 1 < one.spread < 6 for one in found)
    # Their twin: so little noise that a wrong claim is seen, and a right one stands.
    assert checked(witness, random(1e-6), X, 2 * X).verdict == "right"
    assert checked(witness, random(1e-6), X, 4 * X).verdict == "wrong"
    assert not checked(witness, squares, X, 2 * X).nondeterministic


@pytest.mark.parametrize("factor", [2, -2, 20])
def test_random_objectives_whose_noise_hides_everything(library, factor):
    """Neither a right gradient nor a negated one is proved."""
    for seed in range(20):
        assert checked(library, random(100.0, seed), X, factor * X).verdict == "inconclusive"


def test_jumps_that_hide_what_is_claimed(witness):
    """What is right from farther away is wrong at a jump on one side of x: the other side shows the slope."""
    objective = with_jumps(0.1, 3e-3)
    found = checked(witness, objective, X, from_afar(X))
    assert (found.verdict, found.causes) == ("wrong", ["wrong"] * 4)
    assert checked(witness, objective, X, from_afar(X) - 0.03).verdict == "right"
    assert checked(witness, objective, X, 2 * from_afar(X)).verdict == "wrong"


def stands_on_stairs(witness: Any, height: float, factor: float) -> None:
    for x in np.random.default_rng(0).normal(size=(20, 4)):
        assert "wrong" not in checked(witness, stairs(height), x, factor * x).causes


@pytest.mark.parametrize("height", [1e-8, 1e-6, 10**-4.5, 1e-3, 1e-2])
def test_stairs(library, height):
    """A right gradient is not called wrong because f answers in steps, however high they are."""
    stands_on_stairs(library, height, 2.0)


def is_called_on_wide_treads(witness, claimed, verdict, causes):
    """Stairs that are flat over all steps that suit a first pair: the slope 0 stands, the trend is left open."""
    found = checked(witness, stairs(3e-3), X, np.array(claimed, np.float64))
    assert (found.verdict, found.causes) == (verdict, causes)


def test_wide_treads(library):
    trend = ["noise_limited"] * 4
    is_called_on_wide_treads(library, 0 * X, "right", ["agrees"] * 4)
    is_called_on_wide_treads(library, 2 * X, "inconclusive", trend)
    far_off = np.where(np.arange(4) == 1, -3.6, 2 * X)
    is_called_on_wide_treads(library, far_off, "wrong", ["noise_limited", "wrong", *trend[2:]])
    refuted(is_called_on_wide_treads, library, 2 * X, "right", ["agrees"] * 4)
    refuted(is_called_on_wide_treads, library, 0 * X, "inconclusive", trend)


def test_stairs_twin(library):
    refuted(stands_on_stairs, library, 1e-6, 2.2)


def rtol_counts(witness: Any, rtol: float, verdict: str) -> None:
    assert checked(witness, squares, X, 2 * X * (1 + 1e-3), rtol=rtol).verdict == verdict


def test_rtol(witness):
    rtol_counts(witness, 0.0, "wrong")
    rtol_counts(witness, 1e-4, "wrong")
    rtol_counts(witness, 1e-2, "right")
    refuted(rtol_counts, witness, 1e-2, "wrong")
