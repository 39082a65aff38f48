"""The walk over the rungs of a ladder: where it goes, when it ends, and which rung it takes for the best."""

import math

import numpy as np
import pytest
from lineladders import SMOOTH, begin, family, feed, kink, memory, poisson, residuals, walked, with_error
from properties import refuted

from gradproof.core.lines import rungs, walk
from gradproof.core.records.lines import FINISHED


@pytest.mark.parametrize("most", [2, 3, 5, 12])
def test_the_walk_ends_within_its_rungs(most):
    for seed in range(6):
        for first in (-40, -18, -8, -2):
            lines = [poisson(100.0, 1.0, seed)] * 4
            check = walked(lines, first=first, most=most, noise=1e-13, seed=seed)
            assert check.pool.taken <= max(most, 2)
            assert (check.pool.best - check.pool.first) % 2 == 0


@pytest.mark.parametrize("most", [1, 2, 3, 8])
def test_the_walk_of_one_line_ends(most):
    for first in (-46, -30, -8, -2):
        for line in (SMOOTH["sine"], kink(1.0, 2.0**-20), abs, poisson(100.0, 1.0, 4), lambda t: math.nan):
            check = walked([line], first=first, most=most)
            # Steps inwards to a kink at x come on top.
            assert check.pool.taken <= most + 8


def test_the_walk_stops_at_its_target():
    for target, taken in ((1.0, 2), (0.0, 12)):
        check = walked(family("sine", 1)[0], target=target, noise=1e-15)
        assert check.pool.taken <= taken
        assert (check.pool.bar <= target) == (target > 0)


def test_lines_without_finite_values_have_no_bar():
    for value in (math.nan, math.inf):
        check = walked([lambda t, value=value: value] * 4)
        assert check.pool.bar == math.inf
        assert check.pool.taken <= 12


def test_without_finite_values_there_is_no_residual_slope():
    check = walked([lambda t: math.nan])
    assert math.isnan(check.pool.residual)
    assert check.pool.bar == math.inf
    assert check.pool.has_gap == 0


@pytest.mark.parametrize("count", [1, 4])
def test_a_line_that_is_finite_on_small_steps_alone_is_measured_there(count):
    lines = [lambda t: math.nan if abs(t) > 2.0**-15 else 0.25 * t] * count
    check = walked(lines, first=-16, noise=1e-15)
    assert math.isfinite(check.pool.bar)
    assert check.pool.best < -15
    assert np.abs(residuals(check.pool) - 0.25).max() <= check.pool.bar


def goes(direction, noise, lines):
    """Which way the walk goes from its first rung at 2**-20: to the side where the bar falls."""
    check = walked(lines, noise=noise, most=6, value=1e6 * noise)
    taken = [exponent for exponent in range(-46, 1) if rungs.has_rung(check.pool, exponent)]
    assert len(taken) == 6
    assert (min(taken) < -20) == (direction < 0)


@pytest.mark.parametrize("count", [1, 4])
def test_noise_leads_to_larger_steps_and_kinks_to_smaller_ones(count):
    goes(1, 1e-9, [with_error(SMOOTH["sine"], 0.5)] * count)
    goes(-1, 1e-20, [poisson(3e6, 1.0, seed, 2.0**-8) for seed in range(count)])
    refuted(goes, -1, 1e-9, [with_error(SMOOTH["sine"], 0.5)] * count)


def is_the_best(check, chosen):
    """Of all rungs that have a larger one next to them, none has a smaller bar."""
    pool = check.pool
    known = [exponent for exponent in range(-46, 1) if rungs.missing_rung(pool, exponent) == FINISHED]
    bars = {exponent: walk.bar_at(check, pool, exponent) for exponent in known}
    assert bars[chosen] == min(bars.values())


@pytest.mark.parametrize("count", [1, 4])
def test_the_best_rung_has_the_smallest_bar(count):
    for seed in range(20):
        for shape in SMOOTH:
            lines = family(shape, seed)[0][:count]
            check = walked(lines, noise=1e-12, first=-20, seed=seed)
            pool = check.pool
            is_the_best(check, pool.best)
            if rungs.has_rung(pool, pool.best + 4):
                refuted(is_the_best, check, pool.best + 2)
            assert pool.bar == walk.bar_at(check, pool, pool.best)
            assert pool.noise + pool.rest == pytest.approx(pool.bar, rel=1e-15)
            assert pool.residual == rungs.residual_at(pool, pool.best, 0)


def test_in_float32_a_pool_asks_one_rung_more():
    """Values on a coarse grid may agree by chance: the next larger rung has its say before a bar is believed."""
    noise, target = 1e-8, 0.003
    taken = []
    for value in (1.0, 1e4):
        check = walked([lambda t: 0.0] * 4, noise=noise, target=target, value=value)
        assert rungs.is_coarse(check) == (value == 1.0)
        assert 0 < check.pool.bar <= target
        taken.append(check.pool.taken)
    assert taken[0] == taken[1] + 1


def ends_at_noise(check, last):
    """At the next smaller rung noise alone would be more than the least bar."""
    assert walk.noise_at(check, check.pool, last) <= check.pool.bar < walk.noise_at(check, check.pool, last - 2)


def test_where_noise_alone_is_more_than_the_least_bar_nothing_is_asked():
    """Kinks inside of all steps: bars fall inwards, until noise is in the way, which is known without asking."""
    check = walked([poisson(1e4, 1.0, seed) for seed in range(4)], noise=1e-9, first=-10, value=1e3)
    taken = [exponent for exponent in range(-46, 1) if rungs.has_rung(check.pool, exponent)]
    assert min(taken) < -10
    ends_at_noise(check, min(taken))
    refuted(ends_at_noise, check, min(taken) + 4)


def alone(wanted):
    """A check with ladders of single lines that want these rungs, and with no other."""
    lines = memory(noise=1e-15)
    for halving in lines.halvings:
        halving.ladder.wanted = FINISHED
    for number, exponent in enumerate(wanted):
        begin(lines.halvings[number].ladder, 1, -20)
        lines.halvings[number].ladder.wanted = exponent
    return lines


def test_ladders_of_single_lines_move_on_together():
    """Those that wanted a rung and have it want the next one; those that have ended stay as they are."""
    lines = alone([-20, FINISHED, -20])
    assert rungs.ladder_probes(lines) == 4
    for number in (0, 2):
        feed(lines, lines.halvings[number].ladder, [lambda t: 0.25 * t], lambda: 0.0)
    walk.walk_ladders(lines)
    assert [lines.halvings[number].ladder.wanted for number in range(3)] == [-18, FINISHED, -18]
    assert rungs.ladder_probes(lines) == 4
    assert rungs.ladder_probes(alone([])) == 0
