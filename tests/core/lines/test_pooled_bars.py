"""Lines that share a ladder: their pooled bar against residual slopes that are known in closed form."""

import numpy as np
import pytest
from lineladders import family, kink, poisson, residuals, walked
from properties import refuted

from gradproof.core.lines import pooled_bars


def bar_of(check):
    return float(check.pool.bar)


def holds(bar, lines, errors, **chosen):
    """The bar holds the residual slope of every line but for what is its true error."""
    check = walked(lines, **chosen)
    off = np.abs(residuals(check.pool) - errors).max()
    assert off <= bar(check)
    return check


@pytest.mark.parametrize("shape", ["sine", "exponential", "quartic", "cubic", "line"])
@pytest.mark.parametrize("noise", [1e-16, 1e-12, 1e-8])
@pytest.mark.parametrize("first", [-36, -20, -8])
def test_smooth_lines(shape, noise, first):
    for seed in range(2):
        lines, errors = family(shape, seed)
        check = holds(bar_of, lines, errors, noise=noise, first=first, seed=seed)
        assert bar_of(check) == check.pool.noise + check.pool.rest


def test_smooth_lines_reach_what_noise_and_curvature_allow():
    """The bar at the best step is near the law sigma**(2/3) for smooth f: here 1e-10 and a few tens."""
    lines, errors = family("sine", 3)
    check = holds(bar_of, lines, errors, noise=1e-15)
    assert bar_of(check) < 1e-8


@pytest.mark.parametrize("noise", [1e-12, 1e-8])
def test_smooth_lines_twin(noise):
    """A bar of noise alone, or a hundredth of the bar, does not hold."""

    def all_of_them(bar):
        for seed in range(6):
            for first in (-20, -8):
                lines, errors = family("sine", seed)
                holds(bar, lines, errors, noise=noise, first=first, seed=seed)

    all_of_them(bar_of)
    refuted(all_of_them, lambda check: bar_of(check) / 100)


@pytest.mark.parametrize("with_kinks", [1, 2, 4])
def test_one_kink_on_some_lines(with_kinks):
    """Wherever a kink lies, on one line or on all of them, the bar holds."""
    for place in np.linspace(-28.0, -3.0, 25):
        lines = [kink(1.0, (-1) ** number * 2.0 ** (place + 0.3 * number)) for number in range(with_kinks)]
        lines += [lambda t: 0.0] * (4 - with_kinks)
        holds(bar_of, lines, np.zeros(4), noise=1e-13, first=-18)


def without_the_gap(check):
    return check.pool.noise + 0.1 * pooled_bars.pooled_change(check.pool, check.pool.best)


def test_one_kink_twin():
    """What changes from rung to rung alone does not see a kink that all the steps cross."""

    def all_of_them(bar):
        for place in np.linspace(-28.0, -3.0, 25):
            holds(bar, [kink(1.0, 2.0**place)] * 4, np.zeros(4), noise=1e-13, first=-18, most=4)

    all_of_them(bar_of)
    refuted(all_of_them, without_the_gap)


def excess(part, seeds):
    """How many of the checks have a line beyond its bar, and by how much at most."""
    found = []
    for seed in seeds:
        lines = [poisson(3000.0, 1e-3, 4 * seed + number) for number in range(4)]
        check = walked(lines, noise=1e-12, first=-16, seed=seed)
        found.append(np.abs(residuals(check.pool)).max() / (part * bar_of(check)))
    return np.mean(np.array(found) > 1), max(found)


def kinks_like_a_poisson_process_hold(part):
    often, most = excess(part, range(40))
    assert often <= 0.05
    assert most < 3.0


def test_kinks_like_a_poisson_process():
    kinks_like_a_poisson_process_hold(1.0)


def test_kinks_like_a_poisson_process_twin():
    refuted(kinks_like_a_poisson_process_hold, 0.1)


@pytest.mark.parametrize("unit", [2.0**-960, 2.0**-500, 2.0**500, 2.0**960])
def test_units_of_f_change_the_unit_of_the_bar_alone(unit):
    """Squares would be lost, or overflow."""
    for first in (-20, -8):
        lines = family("exponential", 1)[0]
        check = walked(lines, noise=0.0, first=first)
        scaled = [lambda t, line=line: unit * line(t) for line in lines]
        other = walked(scaled, noise=0.0, first=first, value=unit)
        assert other.pool.best == check.pool.best
        assert bar_of(other) == unit * bar_of(check) > 0
        assert residuals(other.pool).tolist() == (unit * residuals(check.pool)).tolist()
