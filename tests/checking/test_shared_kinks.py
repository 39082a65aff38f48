"""Kinks that all coordinates share, at points of float64 and of float32: a maximum of planes that meet at x."""

import numpy as np
import pytest
from properties import refuted

import gradproof

TRIALS = 100


def planes(seed, dtype, own):
    """A convex or concave kink at a random x on top of a slanted paraboloid; its planes, its sign, and its slopes.

    With `own` every plane falls or rises along a coordinate of its own, which shares its kink with all others.
    """
    random = np.random.default_rng(seed)
    n = int(random.integers(3, 7))
    x = (random.normal(size=n) * 10 ** random.uniform(-1, 1)).astype(dtype) * (random.random() < 0.7)
    slopes = random.normal(size=(int(random.integers(2, 6)), n))
    if own:
        slopes = np.diag(random.uniform(0.3, 3, n) * random.choice([-1, 1], n))
    sign, slant, at = random.choice([-1, 1]), random.normal(size=n), x.astype(np.float64)

    def objective(z):
        away = z.astype(np.float64) - at
        return float(sign * np.max(slopes @ away) + slant @ (at + away) + 0.1 * np.sum(away**2))

    return objective, x.astype(dtype), slopes, sign, slant, random


def accepts(seed, dtype, own, check=gradproof.check):
    """Any mean of the slopes of the planes is right."""
    objective, x, slopes, sign, slant, random = planes(seed, dtype, own)
    weights = random.dirichlet(np.full(len(slopes), random.choice([0.3, 1, 3])))
    report = check(objective, sign * (weights @ slopes) + slant, x)
    assert report.verdict == "right", seed
    assert {str(one.cause) for one in report.findings} <= {"kink_at_point"}


def rejects(seed, dtype, check=gradproof.check):
    """The flat side of every coordinate is acceptable alone, and there is no such plane."""
    objective, x, _, _, slant, _ = planes(seed, dtype, own=True)
    report = check(objective, slant, x)
    assert report.verdict == "wrong", seed
    assert report.wrong.tolist() == sorted(one.index for one in report.findings if one.partner >= 0)


@pytest.mark.parametrize("own", [True, False])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_a_mean_of_the_planes_is_right(dtype, own):
    for seed in range(TRIALS):
        accepts(seed, dtype, own)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_the_flat_side_of_every_coordinate_is_wrong(dtype):
    for seed in range(TRIALS):
        rejects(seed, dtype)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_twins(dtype):
    def off(objective, claimed, x):
        return gradproof.check(objective, claimed + 10, x)

    def alone(objective, claimed, x):
        claimed = claimed.copy()
        point = x.copy()
        return gradproof.check(lambda z: objective(np.append(z, point[1:])), claimed[:1], x[:1])

    refuted(accepts, 0, dtype, True, off)
    refuted(rejects, 0, dtype, alone)


def largest(x):
    return float(np.max(x))


@pytest.mark.parametrize("at", [0.0, 0.7])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize(
    ("claimed", "right"),
    [([0.2, 0.3, 0.5], True), ([0, 0, 1], True), ([0, 0, 0], False), ([0.2, 0.2, 0.2], False), ([1, 1, 1], False)],
)
def test_three_arguments_of_a_maximum(dtype, at, claimed, right):
    """Their slopes sum to 1."""
    report = gradproof.check(largest, np.array(claimed, float), np.full(3, at, dtype))
    assert report.verdict == ("right" if right else "wrong")
    assert report.wrong.tolist() == ([] if right else [0, 1, 2])


def names_its_partner(claims, a=3000, b=4100, n=6000):
    """Along lines two coordinates of many share a kink; the report names both."""
    x = np.random.default_rng(0).normal(size=n)
    x[a] = x[b] = 0.5
    claimed = 2 * x
    claimed[[a, b]] += claims
    report = gradproof.check(lambda z: float(np.sum(z**2) + 40 * abs(z[a] - z[b])), claimed, x)
    assert report.mode == "lines"
    assert {one.index: one.partner for one in report.findings} == {a: b, b: a}
    assert f"x[{a}] and x[{b}] share a kink" in str(report)


def test_partners_along_lines():
    names_its_partner([30.0, 30.0])
    names_its_partner([-30.0, -30.0])
    # A slope between those of the two sides, in one direction: acceptable.
    refuted(names_its_partner, [20.0, -20.0])
