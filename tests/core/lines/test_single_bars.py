"""One line alone on its ladder: its bar against known residual slopes."""

import math

import numpy as np
import pytest
from lineladders import SMOOTH, kink, poisson, walked, with_error
from properties import refuted

from gradproof.core.lines.rungs import rung_at


def holds(line, error, part=1.0, **chosen):
    check = walked([with_error(line, error)], **chosen)
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


def refutes(at, part=1.0):
    """Kinks on both sides, just beyond the next smaller step: the gap of the first rung is 0, its slope all wrong."""

    def line(t):
        return math.copysign(max(0.0, abs(t) - at), t)

    check = walked([line], noise=0.1 * 2.0**-12, first=-10, value=1e9)
    assert rung_at(check.pool, -10).readings[0].residual > 0.7
    assert abs(check.pool.residual) <= part * check.pool.bar


def test_what_a_smaller_step_refutes_is_no_slope():
    refutes(2.0**-11.9)
    refuted(refutes, 2.0**-11.9, 0.5)


def beyond(part, seeds=range(40)):
    found = []
    for seed in seeds:
        check = walked([poisson(3000.0, 1e-3, seed)], noise=1e-12, first=-16, seed=seed)
        found.append(abs(check.pool.residual) > part * check.pool.bar)
    return float(np.mean(found))


def test_kinks_like_a_poisson_process():
    """A bar of its own is the smallest of several: it is exceeded by some, which is why a second look follows."""
    assert beyond(1.0) <= 0.25
    assert beyond(0.1) > 0.25
