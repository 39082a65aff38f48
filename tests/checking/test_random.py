"""A random f is known at the second call at x: the check ends there, unless a claim or an error can still be seen."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import gradproof
from gradproof import Cause

MOST = 20


def squares(x):
    return float(x @ x)


def blurred(spread, seed=1):
    """Squares with noise that is another at every call."""
    random = np.random.default_rng(seed)
    return lambda x: squares(x) + spread * random.normal()


def one_by_one(objective, gradient, x, **settings):
    return gradproof.check(objective, gradient, x, **settings)


def in_batches(objective, gradient, x, **settings):
    many = gradproof.batched(lambda points: np.array([objective(point) for point in points]))
    return gradproof.check(many, gradient, x, **settings)


def in_place(objective, gradient, x, **settings):
    y = x.copy()
    return gradproof.check(gradproof.in_place(y, lambda: objective(y)), gradient, **settings)


def by_threads(objective, gradient, x, **settings):
    with ThreadPoolExecutor(1) as executor:
        return gradproof.check(objective, gradient, x, executor=executor, **settings)


def on_rows(objective, gradient, x, **settings):
    return gradproof.check(lambda y, _: objective(y), lambda y, _: gradient, x, rows=4, **settings)


EVALUATORS = [one_by_one, in_batches, in_place, by_threads, on_rows]
SIZES = [1, 2, 3, 300, 5000, 6000, 50_000]
FACTORS = {"right": 2.0, "sign": -2.0, "zero": 0.0}


def point(n):
    return np.random.default_rng(n).uniform(0.5, 2, n)


def says_that_f_is_random(report):
    assert report.verdict == "inconclusive"
    assert report.nondeterministic
    said = " ".join(str(report).split())
    assert "f is random: fix its seed, or switch dropout off" in said
    assert "allow more" not in said
    assert report.evaluations <= MOST


@pytest.mark.parametrize("factor", FACTORS.values(), ids=FACTORS)
@pytest.mark.parametrize("n", SIZES)
def test_a_large_spread_ends_the_check(n, factor):
    x = point(n)
    for seed in range(3):
        report = gradproof.check(blurred(1e3 * max(n / 300, 1.0), seed), factor * x, x, seed=seed)
        says_that_f_is_random(report)
        assert report.mode == ("full" if n <= 5000 else "lines")
        assert report.stopped_by == ""
        if report.mode == "full":
            assert report.undecided == n
            assert {one.cause for one in report.findings} == {Cause.NONDETERMINISTIC}
        else:
            assert report.cause is Cause.NONDETERMINISTIC


@pytest.mark.parametrize("n", [3, 300, 6000])
@pytest.mark.parametrize("checked", EVALUATORS)
def test_at_every_evaluator(checked, n):
    x = point(n)
    says_that_f_is_random(checked(blurred(1e5), 2 * x, x))


@pytest.mark.parametrize("settings", [{}, {"mode": "lines"}], ids=["full", "lines"])
@pytest.mark.parametrize("checked", EVALUATORS)
def test_twin_a_small_spread_lets_everything_be_seen(checked, settings):
    """A right claim is right; a wrong one is wrong, where it is wrong, at whatever place."""
    x = point(300)
    assert checked(blurred(1e-7), 2 * x, x, **settings).verdict == "right"
    for index in (0, 7, 299):
        wrong = np.where(np.arange(300) == index, 2.5, 2.0) * x
        report = checked(blurred(1e-7), wrong, x, **settings)
        assert report.nondeterministic
        assert (report.verdict, report.wrong.tolist()) == ("wrong", [index])


@pytest.mark.parametrize("spread", [1e-7, 1e-3, 1e-2])
@pytest.mark.parametrize("n", [3, 300])
def test_twin_a_zero_gradient_shows_its_error(n, spread):
    """No part of a claim of 0 can be seen; the slope can."""
    x = point(n)
    assert gradproof.check(blurred(spread), 0 * x, x).verdict == "wrong"
    assert gradproof.check(blurred(spread), -2 * x, x).verdict == "wrong"


def test_twin_of_lines_a_zero_gradient_shows_its_error():
    x = point(6000)
    assert gradproof.check(blurred(1e-3), 0 * x, x).verdict == "wrong"
    assert gradproof.check(blurred(1e-3), 2 * x, x).verdict == "right"


@pytest.mark.parametrize("n", [5, 300])
def test_claims_that_are_no_numbers_are_still_refuted(n):
    x = point(n)
    report = gradproof.check(blurred(1e-2), np.where(np.arange(n) == n - 1, np.nan, 2 * x), x)
    assert (report.verdict, report.wrong.tolist()) == ("wrong", [n - 1])


@pytest.mark.parametrize("budget", range(1, 60))
def test_within_any_budget(budget):
    x = point(300)
    for mode in ("full", "lines"):
        report = gradproof.check(blurred(1e3), 2 * x, x, mode=mode, budget=budget)
        assert report.verdict == "inconclusive"
        assert report.evaluations <= min(budget, MOST)


@pytest.mark.parametrize("n", [3, 4, 5, 1024, 1500])
def test_twin_a_disagreement_of_a_function_costs_no_more(n):
    """Two values for each coordinate, one at x, and one again; then the proof of the one that disagrees."""
    x = point(n)
    for index in sorted({0, 2, n - 1}):
        report = gradproof.check(squares, np.where(np.arange(n) == index, 3.0, 2.0) * x, x)
        assert report.wrong.tolist() == [index]
        assert report.evaluations <= 2 * n + 14
    assert gradproof.check(squares, 2 * x, x).evaluations == 2 * n + 1
