"""An error above the resolution that a check states is seen, also where its coordinate has to climb a ladder."""

import numpy as np
import pytest
from kinds import noise

import gradproof


def sees(f, claimed, x, index, error, **settings):
    """Check a right gradient, then the same with an error above what is stated; return both reports."""
    right = gradproof.check(f, claimed, x, **settings)
    assert right.verdict == "right"
    wrong = claimed.copy()
    wrong[index] += error(right.resolutions[index]) if callable(error) else error
    assert abs(wrong[index] - claimed[index]) > right.resolutions[index]
    report = gradproof.check(f, wrong, x, **settings)
    assert list(report.wrong) == [index]
    return right, report


@pytest.mark.parametrize("rate", [6.0, 12.0])
@pytest.mark.parametrize("width", [1e-6, 1e-5])
def test_bounds_around_one_coordinate_do_not_shorten_the_steps_of_others(rate, width):
    """Noise hides slopes at short steps, and bounds leave no others along the first coordinate."""
    slope, x = np.array([0.3, 1.7]), np.zeros(2)
    bounds = np.array([-width, -1.0]), np.ones(2)

    def f(z):
        return float(np.sum(np.cosh(rate * z)) + slope @ z + 4e-10 * noise(z + 3))

    right, wrong = sees(f, slope, x, 1, lambda resolution: 10 * resolution, bounds=bounds)
    assert max(right.resolutions[1], wrong.resolutions[1]) < 2e-4 < right.resolutions[0]


@pytest.mark.parametrize("depth", [33.0, 33.25, 33.5])
def test_noise_that_is_guessed_before_f_moves_excuses_nothing_once_it_does(depth):
    """f is 1e-15, and seems to be computed in float32: where it does not move, it could hide what float32 does at x."""
    x = np.array([-depth])
    sees(lambda z: float(np.sum(np.log(1 + np.exp(z)))), 1 / (1 + np.exp(-x)), x, 0, 1.78e-9, rtol=1e-3)
