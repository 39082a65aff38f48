"""What a verdict promises: its resolution, and that units, order, constants and settings do not change it."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from kinds import KINDS, LONG_KINDS, on_stairs, ordinary
from properties import settings  # noqa: F401 - loads the profile

import gradproof

TRIALS = 1000
# Errors that are planted for each kind of objective (a thousand in all), at most three at one point.
ERRORS = 64
AT_ONE_POINT = 3
seeds = st.integers(0, 10**6)


def problem(seed):
    """Return an objective, its gradient, a point and the random numbers that made them: smooth, or with kinks."""
    random = np.random.default_rng(seed)
    n = int(random.integers(1, 7))
    x, matrix, shift = random.normal(size=n), random.normal(size=(8, n)), random.normal(size=8)
    kinds = [
        (lambda z: np.sum((matrix @ z - shift) ** 2), lambda z: 2 * matrix.T @ (matrix @ z - shift)),
        (lambda z: np.sum(np.logaddexp(0, matrix @ z)), lambda z: matrix.T @ (1 / (1 + np.exp(-matrix @ z)))),
        (lambda z: np.sum(np.maximum(matrix @ z - shift, 0)), lambda z: matrix.T @ (matrix @ z > shift)),
        (
            lambda z: np.sum(np.sin(matrix @ z)) + np.sum(np.abs(z)),
            lambda z: matrix.T @ np.cos(matrix @ z) + np.sign(z),
        ),
    ]
    return (*kinds[seed % 4], x, random)


def with_an_error(claimed, random, sizes):
    index = int(random.integers(claimed.size))
    planted = claimed.copy()
    planted[index] += sizes[index] * random.choice([-1, 1])
    return planted, index


def sizes_of(claimed):
    return np.maximum(np.abs(claimed), 0.1)


def test_an_error_above_the_resolution_is_seen_and_one_below_the_tolerance_is_not():
    for seed in range(TRIALS):
        objective, gradient, x, random = problem(seed)
        report = gradproof.check(objective, gradient(x), x)
        assert report.verdict == "right", seed
        planted, index = with_an_error(gradient(x), random, report.resolutions * random.uniform(1, 4))
        assert gradproof.check(objective, planted, x).wrong.tolist() == [index], seed
        # Sums of a few terms are rounded, too: nine tenths of rtol are left for the error.
        small, _ = with_an_error(gradient(x), random, 1e-5 * np.abs(gradient(x)) * random.uniform(0, 0.9))
        assert gradproof.check(objective, small, x).wrong.size == 0, seed


def resolutions_of(report, x):
    """Return the error that would have been seen in each coordinate, if there were no other; NaN where undecided."""
    if report.mode == "full":
        return report.resolutions.copy()
    sizes = np.maximum(np.abs(x), 0.1 * np.sqrt(np.mean(x**2)))
    return (report.power.single if report.verdict == "right" else np.nan) / sizes


def named(kind):
    return kind.__name__


def errors_beyond_the_resolution(kind, factor=1.05, errors=ERRORS):
    """Yield reports on gradients with one error each, of so many resolutions, and where it is."""
    planted = 0
    for seed in range(errors):
        drawn, random = kind(seed), np.random.default_rng(seed)
        report = drawn.check()
        resolutions = resolutions_of(report, drawn.x)
        resolutions[report.wrong] = np.nan
        for index in random.permutation(np.flatnonzero(np.isfinite(resolutions)))[:AT_ONE_POINT]:
            least, largest = drawn.ends(index)
            error = factor * resolutions[index]
            claimed = drawn.gradient.astype(float)
            claimed[index] = largest + error if random.random() < 0.5 else least - error
            yield drawn.check(claimed), int(index), seed
            planted += 1
            if planted == errors:
                return


def is_seen(report, index):
    """Whether the verdict is not "right", because of this coordinate among others."""
    findings = [one for one in report.findings if one.start <= index < one.stop]
    return report.verdict != "right" and any(not one.cause.is_acceptable for one in findings)


# On stairs, a slope of 0 is as right.
@pytest.mark.parametrize("kind", [*(kind for kind in KINDS if kind is not on_stairs), *LONG_KINDS], ids=named)
def test_right_gradients_raise_no_alarm(kind):
    assert [seed for seed in range(ERRORS) if kind(seed).check().verdict == "wrong"] == []


@pytest.mark.parametrize("kind", [*KINDS, *LONG_KINDS], ids=named)
def test_every_error_above_the_resolution_is_seen(kind):
    seen = [(is_seen(report, index), seed, index) for report, index, seed in errors_beyond_the_resolution(kind)]
    assert len(seen) >= ERRORS / 2
    assert [(seed, index) for found, seed, index in seen if not found] == []


def test_errors_far_below_the_resolution_are_not_seen():
    assert not any(is_seen(report, index) for report, index, _ in errors_beyond_the_resolution(ordinary, 0.1))


def faulty(seed):
    """Return a problem with one clear error in it."""
    objective, gradient, x, random = problem(seed)
    claimed, index = with_an_error(gradient(x), random, 1e-2 * sizes_of(gradient(x)))
    return objective, claimed, x, index


@given(seeds, st.integers(-200, 200))
def test_units_of_f(seed, exponent):
    objective, claimed, x, index = faulty(seed)
    factor = 2.0**exponent
    report = gradproof.check(lambda z: factor * objective(z), factor * claimed, x)
    assert report.wrong.tolist() == [index]
    right = problem(seed)[1](x)
    assert gradproof.check(lambda z: factor * objective(z), factor * right, x).verdict == "right"


@given(seeds, st.integers(-60, 60))
def test_units_of_x(seed, exponent):
    objective, claimed, x, index = faulty(seed)
    factor = 2.0**exponent
    report = gradproof.check(lambda z: objective(z / factor), claimed / factor, x * factor)
    assert report.wrong.tolist() == [index]
    right = problem(seed)[1](x)
    assert gradproof.check(lambda z: objective(z / factor), right / factor, x * factor).verdict == "right"


@given(seeds)
def test_order_of_the_coordinates(seed):
    objective, claimed, x, index = faulty(seed)
    order = np.random.default_rng(seed).permutation(x.size)
    back = np.argsort(order)
    report = gradproof.check(lambda z: objective(z[back]), claimed[order], x[order])
    assert order[report.wrong].tolist() == [index]


@given(seeds, st.floats(0, 6), st.sampled_from([-1.0, 1.0]))
def test_a_constant_changes_only_the_resolution(seed, exponent, sign):
    objective, claimed, x, index = faulty(seed)
    size = abs(objective(x)) + 1
    constant = sign * size * 10.0**exponent
    report = gradproof.check(lambda z: objective(z) + constant, claimed, x)
    assert set(report.wrong.tolist()) <= {index}
    assert report.verdict != "right"
    right = gradproof.check(lambda z: objective(z) + constant, problem(seed)[1](x), x)
    assert right.wrong.size == 0
    assert right.resolution >= gradproof.check(objective, problem(seed)[1](x), x).resolution / 4


@given(seeds, st.floats(-8, -1), st.floats(-6, -1))
def test_a_stricter_tolerance_never_makes_wrong_right(seed, loose, error):
    objective, gradient, x, random = problem(seed)
    claimed, _ = with_an_error(gradient(x), random, 10.0**error * sizes_of(gradient(x)))
    verdicts = [gradproof.check(objective, claimed, x, rtol=10.0 ** (loose - step)).verdict for step in range(3)]
    for before, after in itertools.pairwise(verdicts):
        assert not (before == "wrong" and after == "right"), verdicts


def test_a_promise_can_fail():
    found = []
    for seed in range(20):
        objective, claimed, x, index = faulty(seed)
        found.append(gradproof.check(objective, claimed, x, rtol=0.5).wrong.tolist() == [index])
    assert not all(found)
