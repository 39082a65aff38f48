"""Power laws in curves of errors: the order comes from the curve, never from what is expected of the formula."""

import math

import numpy as np
import pytest

from gradproof.lesson import orders

STEPS = 2.0 ** np.arange(-48.0, 0.0)
RANDOM = np.random.default_rng(5)


def noisy(errors, noise):
    return np.abs(errors + noise * RANDOM.normal(size=STEPS.size) / STEPS)


@pytest.mark.parametrize("order", [0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0])
def test_the_order_is_the_curves_own(order):
    noise = 1e-16
    errors = noisy(0.3 * STEPS**order, noise)
    found = orders.fit_truncation(STEPS, errors, 4 * noise / STEPS)
    assert found.order == pytest.approx(order, abs=0.02)
    assert found.error(1.0) == pytest.approx(0.3, rel=0.1)
    assert found.low < found.high
    assert found.steps >= orders.FEWEST


def test_noise_falls_like_one_over_the_step():
    noise = 1e-16
    errors = noisy(0.3 * STEPS**2, noise)
    truncation = orders.fit_truncation(STEPS, errors, 4 * noise / STEPS)
    found = orders.fit_noise(STEPS, errors, 4 * noise / STEPS, truncation, 1.0)
    assert found.order == pytest.approx(-1, abs=0.15)
    assert found.high < truncation.low
    assert 1e-17 < found.error(1e-9) * 1e-9 < 1e-15


def test_a_curve_of_noise_alone_has_no_truncation():
    assert orders.fit_truncation(STEPS, noisy(np.zeros(STEPS.size), 1e-16), 4e-16 / STEPS).steps == 0


def test_a_curve_that_is_no_power_has_no_order():
    errors = np.exp(3 * np.sin(np.arange(STEPS.size)))
    assert orders.fit_truncation(STEPS, errors, np.zeros(STEPS.size)).steps == 0


def test_the_window_ends_where_the_curve_bends():
    errors = np.where(STEPS < 1e-3, STEPS**2, 1e-6)
    found = orders.fit_truncation(STEPS, errors, np.zeros(STEPS.size))
    assert found.order == pytest.approx(2, abs=0.01)
    assert found.high <= 1e-3


def test_a_hole_ends_the_window():
    errors = STEPS.copy()
    errors[20] = math.nan
    found = orders.fit_truncation(STEPS, errors, np.zeros(STEPS.size))
    assert (found.low, found.high) == (STEPS[0], STEPS[19])


def test_one_lucky_step_is_not_the_best():
    errors = STEPS + 1e-16 / STEPS
    right = orders.best_step(STEPS, errors, np.zeros(STEPS.size))
    assert 2e-9 < right[0] < 5e-8
    errors[40] = 0.0
    assert orders.best_step(STEPS, errors, np.zeros(STEPS.size)) == right


def test_errors_below_the_noise_are_luck():
    step, _ = orders.best_step(STEPS, np.full(STEPS.size, 1e-16), 4e-16 / STEPS)
    assert step == STEPS[-1]


def test_no_errors_no_best_step():
    step, error = orders.best_step(STEPS, np.full(STEPS.size, math.nan), STEPS)
    assert math.isnan(step)
    assert math.isnan(error)


@pytest.mark.parametrize("fourth", [0.0, 5.0])
def test_the_best_slope_is_extrapolated(fourth):
    noise = 1e-16
    slopes = 2.0 + STEPS**2 + fourth * STEPS**4 + noise * RANDOM.normal(size=STEPS.size) / STEPS
    value, error = orders.best_slope(STEPS, slopes, 4 * noise / STEPS)
    assert abs(value - 2) <= error < 1e-11
    # Better than any of the slopes by itself could be known to be.
    assert error < np.min(STEPS**2 + 4 * noise / STEPS)


def test_slopes_that_do_not_settle_have_a_wide_bar():
    _, error = orders.best_slope(STEPS, STEPS**-0.5, np.zeros(STEPS.size))
    assert error > 0.1


def test_fits_beyond_the_range_of_powers():
    steps = STEPS[20:]
    with np.errstate(all="raise"):
        found = orders.fit(steps * 1e300, steps * 1e-290)
    assert found.order == pytest.approx(1)
    assert found.error_high == pytest.approx(0.5e-290)
