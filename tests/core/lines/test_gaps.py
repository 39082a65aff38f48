"""Gaps that stay where the step shrinks: which lines have a kink at x."""

import math

import pytest
from lineladders import SMOOTH, kink, memory, walked
from properties import refuted

from gradproof.core.lines import gaps
from gradproof.core.lines.pooled_bars import pooled_noise
from gradproof.core.lines.rungs import RUNG, rung_at
from gradproof.core.points.directions import ABOVE_FLOOR, ONLY_ZEROS, OWN_SIZE, WITHOUT_ZEROS

NOISE = 1e-13


@pytest.mark.parametrize("left", [-1.0, 0.0])
@pytest.mark.parametrize("right", [1.0, 3.0])
def test_a_gap_that_stays_is_a_kink_at_x(left, right):
    """The residual slope is then that against the mean of both slopes, and the gap half of what separates them."""
    check = walked([lambda t: right * t if t > 0 else left * t], noise=NOISE)
    assert check.pool.has_gap == 1
    assert check.pool.gap == pytest.approx((right - left) / 2, rel=1e-6)
    assert check.pool.residual == pytest.approx((right + left) / 2, abs=1e-6)
    assert check.pool.mean_bar < 1e-4


def test_a_gap_that_stays_twin():
    """Smooth lines have none, and none is where the kink lies beside x, well above the smallest steps."""
    for line in (*SMOOTH.values(), kink(1.0, 2.0**-20), kink(1.0, -(2.0**-12)), kink(-3.0, 2.0**-4)):
        check = walked([line], noise=NOISE)
        assert check.pool.has_gap == 0


def test_a_gap_at_x_is_not_taken_for_one_beside_it():
    both = lambda t: abs(t) + 1e-3 * max(0.0, t - 2.0**-14)  # noqa: E731
    check = walked([both], noise=NOISE)
    assert check.pool.has_gap == 1
    assert check.pool.residual == pytest.approx(0.0, abs=1e-3)


def inmost_is(noise, gap, deviations):
    """The smallest power of two over which a gap is so many standard deviations, or twice as many at most."""
    exponent = gaps.inmost_exponent(memory(noise=noise), gap)
    assert deviations * noise / 2.0**exponent < gap <= 2 * deviations * noise / 2.0**exponent


@pytest.mark.parametrize("gap", [1e-3, 1.0, 7.0])
def test_the_smallest_step_at_which_a_gap_is_seen(gap):
    """Eight bars of three standard deviations."""
    inmost_is(1e-12, gap, 24)
    refuted(inmost_is, 1e-12, gap, 3)
    assert gaps.inmost_exponent(memory(noise=0.0), gap) == -46
    assert gaps.inmost_exponent(memory(noise=1e-25), gap) == -46
    assert gaps.inmost_exponent(memory(noise=0.0, float32=True), gap) == -22


@pytest.mark.parametrize("best", [-40, -42])
@pytest.mark.parametrize(("gap", "stays"), [(1.3, 1), (0.9, 0)])
def test_a_rung_that_is_the_best_one_by_chance_hides_no_gap(best, gap, stays):
    """The smallest step at which the gap is seen, or one below it, with less of the gap than the first rung has."""
    check = walked([abs], noise=2.0**-44)
    pool = check.pool
    assert gaps.inmost_exponent(check, 2.0) == -40
    for exponent in (-40, -42):
        rung_at(pool, exponent).taken = 1
        rung_at(pool, exponent).readings[0].gap = gap
    pool.best, pool.bar = best, 1.0
    gaps.next_gap_rung(check, pool)
    assert pool.has_gap == stays


SMOOTH_LINE, KINK_AT_X = SMOOTH["exponential"], abs


def like_a_root(t):
    """A line whose gap shrinks by half from rung to rung, as kinks beside x have it, and not by a quarter."""
    return abs(t) ** 1.5


@pytest.mark.parametrize(
    ("lines", "keeps"),
    [
        ([KINK_AT_X] * 4, True),
        ([KINK_AT_X, KINK_AT_X, KINK_AT_X, SMOOTH_LINE], True),
        ([KINK_AT_X, SMOOTH_LINE, SMOOTH_LINE, SMOOTH_LINE], False),
        ([SMOOTH_LINE] * 4, False),
        ([lambda t: 0.0] * 4, False),
    ],
)
def test_most_lines_keep_their_gap(lines, keeps):
    check = walked(lines, noise=NOISE)
    assert gaps.keeps_its_gap(check) == keeps
    check.pool.target = check.pool.bar
    assert not gaps.keeps_its_gap(check)


@pytest.mark.parametrize(("bars", "keeps"), [(1.9, False), (2.1, True)])
def test_gaps_stand_out_at_the_rung_from_which_on_they_stay(bars, keeps):
    """At the best rung, the finest one, they are no more than two bars of noise."""
    check = walked([KINK_AT_X] * 4, noise=NOISE)
    check.pool.best = check.pool.first
    noise = bars * pooled_noise(check, check.pool.best)
    for line in range(4):
        for exponent in (check.pool.best, check.pool.best + RUNG):
            check.pool.rungs[exponent + 46].readings[line].gap = noise
    assert gaps.keeps_its_gap(check) == keeps


@pytest.mark.parametrize(
    ("lines", "begins"),
    [
        ([KINK_AT_X] * 4, True),
        ([KINK_AT_X, KINK_AT_X, KINK_AT_X, SMOOTH_LINE], False),
        ([like_a_root] * 4, False),
        ([lambda t: 0.0] * 4, False),
    ],
)
def test_all_lines_begin_with_a_gap(lines, begins):
    check = walked(lines, noise=NOISE, most=2)
    assert check.pool.taken == 2
    assert gaps.begins_with_gaps(check) == begins
    assert not gaps.begins_with_gaps(walked(lines, noise=NOISE, most=3))


def test_a_gap_stands_out_at_eight_bars():
    check = walked([lambda t: 0.0] * 4, noise=0.0, most=2)
    check.engine.noise = NOISE
    exponent = check.pool.first
    for line, bars in enumerate((7.9, 8.1, -8.1, 0.0)):
        check.pool.rungs[exponent + 46].readings[line].gap = bars * pooled_noise(check, exponent)
    assert gaps.standing_gaps(check, exponent) == 2


def says(function):
    """Lines at a kink at x: the last one knows whether much of the claim is open that zeros of x may explain."""

    def what(residual, bar, number=1, scales=ABOVE_FLOOR):
        lines = memory(noise=NOISE)
        lines.norm, lines.tolerance, lines.scales = 400.0, 0.25, scales
        return function(lines, number, residual, bar)

    for number in range(gaps.GAP_LINES):
        assert what(1.24, 1.0, number) == what(-1.24, 1.0, number) == gaps.AGREES
        assert what(1.26, 1.0, number) == what(-math.inf, 1.0, number) == what(math.nan, 1.0, number) == gaps.DISAGREES
        assert what(9.0, 2.0, number) == gaps.DISAGREES
    for scales in (ABOVE_FLOOR, ONLY_ZEROS):
        assert what(1.0, 2.0, 1, scales) == gaps.COARSE
        assert what(1.0, 2.0, 0, scales) == what(1.0, 1.5, 1, scales) == gaps.AGREES
    for scales in (OWN_SIZE, WITHOUT_ZEROS):
        assert what(1.0, 2.0, 1, scales) == gaps.AGREES


def test_what_lines_at_a_kink_say():
    says(gaps.what_fails)
    refuted(says, lambda lines, number, residual, bar: int(not abs(residual) <= bar + lines.tolerance))
    refuted(
        says,
        lambda lines, number, residual, bar: gaps.COARSE if bar > 1.6 else gaps.what_fails(lines, 0, residual, bar),
    )
