"""Beside a fit residuals cancel: rounding of the terms of f is then more than rounding of f, which is next to 0."""

import numpy as np
import pytest
from scipy.optimize import rosen, rosen_der

import gradproof
from gradproof import Cause


def near_minimum(seed):
    """Return a point beside the minimum of Rosenbrock's function, at a distance between 1e-7 and 1e-3."""
    random = np.random.default_rng(seed)
    return 1 + random.normal(scale=10.0 ** random.uniform(-7, -3), size=10)


@pytest.mark.parametrize("seed", range(60))
def test_a_right_gradient_beside_a_minimum(seed):
    x = near_minimum(seed)
    assert gradproof.check(rosen, rosen_der, x).verdict == "right"


@pytest.mark.parametrize("seed", range(20))
def test_a_wrong_entry_beside_a_minimum_is_named(seed):
    x = near_minimum(seed)
    claimed = rosen_der(x)
    index = int(np.argmax(np.abs(claimed)))
    claimed[index] *= 1.001
    report = gradproof.check(rosen, claimed, x)
    assert [(finding.index, finding.cause) for finding in report.findings] == [(index, Cause.WRONG)]


def small_terms(seed):
    """Small differences of large terms, each of which moves in steps of its own, with the gradient at 0."""
    random = np.random.default_rng(seed)
    matrix, at_0 = 1e-2 * random.normal(size=(3, 4)), 1e-2 * random.normal(size=3)

    def objective(t):
        far, near, plain = matrix @ t + at_0
        return (far + 1000) ** 2 - 1_000_000 + 300 * (1 - np.cos(near)) + 30 * np.tanh(plain)

    def gradient(t):
        far, near, plain = matrix @ t + at_0
        return np.array([2 * (far + 1000), 300 * np.sin(near), 30 / np.cosh(plain) ** 2]) @ matrix

    return objective, gradient


@pytest.mark.parametrize("seed", range(60))
def test_steps_of_rounding_are_no_kink_that_equal_coordinates_share(seed):
    """Where all coordinates are 0 they are tested together, too."""
    objective, gradient = small_terms(seed)
    assert gradproof.check(objective, gradient, np.zeros(4)).verdict == "right"
    report = gradproof.check(objective, lambda t: gradient(t) * [1, 1.1, 1, 1], np.zeros(4))
    assert [(finding.index, finding.cause) for finding in report.findings] == [(1, Cause.WRONG)]


def beside_a_smooth_term(seed):
    """A term of which float32 leaves steps that are longer than those beside a small x, its slope, and the point."""
    random = np.random.default_rng(seed)
    x = np.float32(10.0 ** random.uniform(-4, -3) * random.normal())
    far, plain, weight, size = (np.float32(one) for one in (*random.normal(size=3), 10.0 ** random.uniform(0, 2)))

    def objective(t):
        return weight * ((far * t[0] + np.float32(1000)) ** 2 - np.float32(1_000_000)) + size * np.tanh(plain * t[0])

    def gradient(t):
        a, b, c, s, at = map(float, (far, plain, weight, size, t[0]))
        return np.float32([2 * c * a * (a * at + 1000) + s * b / np.cosh(b * at) ** 2])

    return objective, gradient, np.array([x])


@pytest.mark.parametrize("seed", range(40))
def test_steps_of_float32_that_are_long_to_a_small_x_refute_nothing(seed):
    objective, gradient, x = beside_a_smooth_term(seed)
    assert gradproof.check(objective, gradient, x).verdict != "wrong"
    report = gradproof.check(objective, lambda t: 2 * gradient(t), x)
    assert [(finding.index, finding.cause) for finding in report.findings] == [(0, Cause.WRONG)]
