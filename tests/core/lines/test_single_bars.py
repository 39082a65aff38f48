"""One line alone on its ladder: its bar against known residual slopes, and which gaps are kinks at x."""

import math

import numpy as np
import pytest
from lineladders import kink, poisson, walked
from properties import refuted

SMOOTH = {
    "sine": lambda t: math.sin(t + 1.0) - math.sin(1.0) - math.cos(1.0) * t,
    "exponential": lambda t: math.expm1(2 * t) - 2 * t,
    "quartic": lambda t: t**4 - 3 * t**3 + t * t,
    "line": lambda t: 0.0,
}


def with_error(line, error):
    return lambda t: line(t) + error * t


def ladder(line, **chosen):
    return walked([line], **chosen)


def holds(line, error, part=1.0, **chosen):
    check = ladder(with_error(line, error), **chosen)
    assert abs(check.pool.residual - error) <= part * check.pool.bar
    return check


@pytest.mark.parametrize("shape", SMOOTH)
@pytest.mark.parametrize("noise", [1e-16, 1e-12, 1e-8])
def test_smooth_lines(shape, noise):
    for seed, first in enumerate((-36, -24, -18, -12, -8, -4)):
        check = holds(SMOOTH[shape], 1e-3, noise=noise, first=first, seed=seed)
        assert check.pool.has_gap == 0


def test_smooth_lines_twin():
    def all_of_them(part):
        for seed in range(12):
            holds(SMOOTH["sine"], 1e-3, part, noise=1e-10, first=-12, seed=seed)

    all_of_them(1.0)
    refuted(all_of_them, 0.01)


def one_kink(part=1.0, most=12):
    for place in np.linspace(-30.0, -2.0, 40):
        holds(kink(1.0, 2.0**place), 0.0, part, noise=1e-13, first=-18, most=most)


def test_one_kink_on_the_way():
    one_kink()
    one_kink(most=4)


def test_one_kink_twin():
    refuted(one_kink, 0.02, 4)


def beyond(part, seeds=range(40)):
    found = []
    for seed in seeds:
        check = ladder(poisson(3000.0, 1e-3, seed), noise=1e-12, first=-16, seed=seed)
        found.append(abs(check.pool.residual) > part * check.pool.bar)
    return float(np.mean(found))


def test_kinks_like_a_poisson_process():
    """A bar of its own is the smallest of several: it is exceeded by some, which is why a second look follows."""
    assert beyond(1.0) <= 0.25
    assert beyond(0.1) > 0.25


@pytest.mark.parametrize("left", [-1.0, 0.0])
@pytest.mark.parametrize("right", [1.0, 3.0])
def test_a_gap_that_stays_is_a_kink_at_x(left, right):
    """The residual slope is then that against the mean of both slopes, and the gap half of what separates them."""
    check = ladder(lambda t: right * t if t > 0 else left * t, noise=1e-13)
    assert check.pool.has_gap == 1
    assert check.pool.gap == pytest.approx((right - left) / 2, rel=1e-6)
    assert check.pool.residual == pytest.approx((right + left) / 2, abs=1e-6)
    assert check.pool.mean_bar < 1e-4


def test_a_gap_that_stays_twin():
    """Smooth lines have none, and none is where the kink lies beside x, well above the smallest steps."""
    for line in (*SMOOTH.values(), kink(1.0, 2.0**-20), kink(1.0, -(2.0**-12)), kink(-3.0, 2.0**-4)):
        check = ladder(line, noise=1e-13)
        assert check.pool.has_gap == 0


def test_a_gap_at_x_is_not_taken_for_one_beside_it():
    both = lambda t: abs(t) + 1e-3 * max(0.0, t - 2.0**-14)  # noqa: E731
    check = ladder(both, noise=1e-13)
    assert check.pool.has_gap == 1
    assert check.pool.residual == pytest.approx(0.0, abs=1e-3)


@pytest.mark.parametrize("most", [1, 2, 3, 8])
def test_the_ladder_ends(most):
    for first in (-46, -30, -8, -2):
        for line in (SMOOTH["sine"], kink(1.0, 2.0**-20), abs, poisson(100.0, 1.0, 4), lambda t: math.nan):
            check = ladder(line, first=first, most=most)
            # Steps inwards to a kink at x come on top.
            assert check.pool.taken <= most + 8


def test_without_finite_values_there_is_no_residual_slope():
    check = ladder(lambda t: math.nan)
    assert math.isnan(check.pool.residual)
    assert check.pool.bar == math.inf
    assert check.pool.has_gap == 0
