"""What the bars of lines decide: on memory made for it."""

import math

import numpy as np
import pytest
from lineladders import LENGTH, begin, begun, feed, in_bars, memory, residuals, walked
from properties import refuted

from gradproof.core.lines import decision, rungs
from gradproof.core.records.lines import UNMEASURED

SLOPES = [0.5, -3.0, 3.0, 0.0]


def pool(slopes, curvature=0.0):
    """A check whose pool has taken two rungs of lines with these residual slopes, without any noise."""
    return walked([lambda t, slope=slope: slope * t + curvature * t * t for slope in slopes], noise=0.0, most=2)


def test_the_worst_line():
    for turn in range(4):
        slopes = SLOPES[turn:] + SLOPES[:turn]
        check = pool(slopes)
        assert decision.worst_line(check.pool) == min(slopes.index(-3.0), slopes.index(3.0))
        assert decision.seen_residual(check) == 3.0


def beyond(bar, tolerance, bars):
    check = pool(SLOPES)
    check.pool.bar, check.tolerance = bar, tolerance
    assert decision.bars_beyond(check) == bars


def test_bars_beyond():
    """Tolerance widens the bar; without any width nothing but 0 is inside."""
    beyond(1.5, 0.0, 2.0)
    beyond(1.0, 0.5, 2.0)
    beyond(0.0, 0.0, math.inf)
    refuted(beyond, 1.0, 0.5, 3.0)
    assert decision.bars_beyond(pool([0.0] * 4)) == 0.0
    assert decision.bars_beyond(in_bars(6.0)) == pytest.approx(6.0, rel=0.1)


@pytest.mark.parametrize(
    ("noise", "aligned", "tolerance"),
    [(1e-13, False, 1e-13), (1e-13, True, 50e-13), (1e-8, False, 2e-6), (1e-8, True, 50 * 2e-6)],
)
def test_tolerance(noise, aligned, tolerance):
    """Relative to the norm, along the claim to the sum; float32 inside of f leaves two millionths."""
    check = begun()
    check.engine.noise, check.relative_tolerance = noise, 1e-13
    assert decision.tolerance_of(check, aligned) == pytest.approx(tolerance, rel=1e-6)


def drifts(residual, answer, noise=1e-8, aligned=1):
    check = pool([residual, 0.0])
    check.engine.n, check.engine.noise, check.sum, check.pool.aligned = 10_000, noise, 50.0, aligned
    assert decision.sums_may_drift(check) == answer


def test_sums_drift_by_roundings_of_float32():
    """Three times the root of n roundings, relative to the sum; along the claim, and where float32 is inside."""
    drift = 3 * 100 * 2.0**-24 * 50
    drifts(0.99 * drift, True)
    drifts(-0.99 * drift, True)
    drifts(1.01 * drift, False)
    drifts(0.99 * drift, False, noise=1e-13)
    drifts(0.99 * drift, False, aligned=0)
    refuted(drifts, 1.01 * drift, True)


def curved(curvature, away):
    """Along c t**2 the slope at some distance is 2 c times it."""
    check = pool([0.0, 1.0], curvature)
    decision.note_curvature(check)
    assert check.curved_slope == pytest.approx(2 * abs(curvature) * away, rel=1e-9)
    check.curved_slope = 1e6
    decision.note_curvature(check)
    assert check.curved_slope == 1e6


def gaps(inner, outer, noise=0.0):
    """A check whose lines have gaps of these sizes at the best rung and the next larger one."""
    check = pool([0.0, 1.0], 1.0)
    ladder = check.pool
    ladder.noise, check.curved_slope = noise, 0.0
    for exponent, gap in ((ladder.best, inner), (ladder.best + 2, outer)):
        for line in range(ladder.line_count):
            rungs.rung_at(ladder, exponent).readings[line].gap = gap
    decision.note_curvature(check)
    return float(check.curved_slope) * 128 * 2.0**ladder.best


def test_only_gaps_that_shrink_with_the_step_are_curvature():
    """Not those of kinks, which stay, nor those of jumps, which grow; and only what stands out of the noise."""
    assert gaps(1.0, 4.0) == pytest.approx(1.0)
    assert gaps(1.0, 64.0) == pytest.approx(1.0)
    assert gaps(1.0, 1.0) == gaps(4.0, 1.0) == 0.0
    assert gaps(1.0, 4.0, noise=0.25) == pytest.approx(0.75)
    assert gaps(1.0, 4.0, noise=2.0) == 0.0


@pytest.mark.parametrize(
    ("typical", "floor", "best", "noise", "moves"),
    [
        (1e-9, 0.1, -2, 1.0, False),
        (1e-9, 0.1, -3, 1.0, False),
        (1e-9, 0.1, -4, 1.0, True),
        (1e-9, 0.1, -2, 0.1, True),
        (1.0, 0.1, -2, 1.0, True),
        (1e-9, 1e9, -2, 1.0, True),
    ],
)
def test_whether_noise_hides_what_small_x_do(typical, floor, best, noise, moves):
    check = memory()
    check.engine.typical, check.floor = typical, floor
    check.pool.best, check.pool.noise, check.pool.rest, check.pool.bar = best, noise, 0.5, noise + 0.5
    assert decision.hardly_moves(check) != moves


@pytest.mark.parametrize(("aligned", "allowed"), [(0, 3e-5), (1, 1.5e-5 * 50)])
def test_what_rtol_allows_along_lines_over_all_of_x(aligned, allowed):
    check = begun()
    check.engine.rtol = 1e-5
    begin(check.pool, 4, -14, stop=LENGTH)
    check.pool.aligned = aligned
    assert decision.allowed_along(check, check.pool) == pytest.approx(allowed)
    check.pool.stop -= 1
    assert decision.allowed_along(check, check.pool) == 0.0


def test_what_was_seen_is_noted_for_the_report():
    check = begun()
    check.failed.residual, check.failed.bar = -0.5, 0.001
    decision.note_seen(check)
    assert (check.seen, check.seen_factor, check.hidden_gap) == (0.5, 0.0, 0.0)
    check = begun()
    check.failed.residual, check.failed.aligned = -0.5, 1
    decision.note_seen(check)
    # The claims add up to 50, the slopes to 49.5.
    assert (check.seen, check.hidden_gap) == (0.0, 0.0)
    assert check.seen_factor == pytest.approx(50 / 49.5)
    check.failed.gap = 1
    decision.note_seen(check)
    assert check.hidden_gap == 0.5


def test_the_slope_that_curvature_makes():
    curved(3.0, 1 / 128)
    curved(-0.5, 1 / 128)
    refuted(curved, 3.0, 1 / 64)


@pytest.mark.parametrize("aligned", [0, 1])
def test_of_several_bars_the_largest_counts(aligned):
    check = memory()
    for bar, largest in ((1e-8, 1e-8), (1e-9, 1e-8), (2e-8, 2e-8)):
        decision.raise_bar(check, aligned, bar)
        assert (check.random_bar, check.aligned_bar) == ((0.0, largest) if aligned else (largest, 0.0))


def test_a_line_that_disagrees_is_the_first_node():
    check = begun()
    begin(check.pool, 4, -14, stop=LENGTH)
    for _ in range(2):
        feed(check, check.pool, [lambda t, slope=slope: slope * t for slope in SLOPES], lambda: 0.0)
        check.pool.wanted += 2
    check.pool.best, check.pool.rest = -14, 0.125
    for number in range(4):
        check.pool.seeds[number] = 7 + number
    decision.note_failure(check, check.pool, 2, 0.25, 0)
    failed, node = check.failed, check.nodes[0]
    assert (failed.seed, failed.aligned, failed.gap, failed.residual, failed.bar) == (9, 0, 0, 3.0, 0.25)
    assert (node.start, node.stop, node.exponent) == (0, LENGTH, -14)
    assert (node.residual, node.bar, node.rest) == (residuals(check.pool)[2], 0.25, 0.125)
    check.pool.aligned = 1
    decision.note_failure(check, check.pool, 1, 0.25, 1)
    assert (failed.seed, failed.aligned, failed.gap, failed.residual) == (8, 1, 1, -3.0)


SCALES = np.array([0.5, 2.0, 1.0, 3.0, 1.0, 1.0])


def allowing(atol, scales=SCALES):
    """A check along lines, where an absolute error is allowed."""
    lines = begun()
    lines.engine.atol, lines.engine.n = atol, scales.size
    lines.scale_norm, lines.scale_sum = float(np.linalg.norm(scales)), float(scales.sum())
    return lines


def covers(allowed, scales, aligned):
    """What an error of atol in every coordinate makes along a line, with random signs or with the worst ones."""
    random, atol = np.random.default_rng(3), 1e-3
    lines = allowing(atol, scales)
    for _ in range(200):
        v = random.uniform(0.5, 1.5, scales.size) * scales
        errors = atol * (np.ones(scales.size) if aligned else random.choice([-1.0, 1.0], scales.size))
        assert abs(errors @ v) <= allowed(lines, scales.size, aligned)


@pytest.mark.parametrize("scales", [SCALES, np.ones(1), np.ones(300), 10.0 ** np.linspace(-3, 3, 50)])
@pytest.mark.parametrize("aligned", [0, 1])
def test_what_an_absolute_error_makes_along_a_line(scales, aligned):
    covers(decision.allowed_by_atol, scales, aligned)
    refuted(covers, lambda *line: decision.allowed_by_atol(*line) / 4, scales, aligned)
    assert decision.allowed_by_atol(allowing(0.0, scales), scales.size, aligned) == 0.0


@pytest.mark.parametrize(("aligned", "rtol", "atol"), [(0, 3e-5 * 2, 3e-3 * 16.25**0.5), (1, 1.5e-5 * 5, 1.5e-3 * 8.5)])
def test_what_is_allowed_is_the_sum_of_both_errors(aligned, rtol, atol):
    lines = allowing(1e-3)
    lines.engine.rtol = 1e-5
    assert decision.allowed_slope(lines, 2.0, 5.0, 6, aligned) == pytest.approx(rtol + atol)
    # Its twins: without the one error, and without any.
    lines.engine.atol = 0.0
    assert decision.allowed_slope(lines, 2.0, 5.0, 6, aligned) == pytest.approx(rtol)
    lines.engine.rtol = 0.0
    assert decision.allowed_slope(lines, 2.0, 5.0, 6, aligned) == 0.0


def is_allowed_to_a_part(length, aligned, allowed):
    assert decision.allowed_by_atol(allowing(1e-3, np.ones(100)), length, aligned) == pytest.approx(allowed)


def test_what_is_allowed_to_a_part():
    """Random errors grow like the root of the length; no line makes more of one than its largest magnitude."""
    is_allowed_to_a_part(100, 0, 3e-3 * 10)
    is_allowed_to_a_part(25, 0, 3e-3 * 5)
    is_allowed_to_a_part(1, 0, 1.5e-3)
    is_allowed_to_a_part(25, 1, 1.5e-3 * 25)
    refuted(is_allowed_to_a_part, 1, 0, 3e-3)


@pytest.mark.parametrize("aligned", [0, 1])
def test_a_line_that_disagrees_knows_what_is_allowed_along_it(aligned):
    """Whatever disagrees is the first node; of parts what is allowed is not known until they are measured."""
    lines = allowing(1e-3)
    lines.engine.rtol, lines.norm, lines.sum = 1e-5, 2.0, 5.0
    begin(lines.pool, 4, -14, stop=6)
    feed(lines, lines.pool, [lambda t, slope=slope: slope * t for slope in SLOPES], lambda: 0.0)
    lines.pool.best, lines.pool.aligned = -14, aligned
    decision.note_failure(lines, lines.pool, 2, 0.25, 0)
    assert lines.failed.allowed == decision.allowed_slope(lines, 2.0, 5.0, 6, aligned) > 0.0
    assert lines.nodes[0].allowed == UNMEASURED
    lines.pool.start = 1
    decision.note_failure(lines, lines.pool, 2, 0.25, 0)
    assert lines.failed.allowed == 0.0


def test_a_bar_of_the_allowed_error_decides():
    lines = allowing(1.0)
    lines.random_bar, lines.norm = 0.5, 1e-3
    assert decision.bar_decides(lines)
    lines.engine.atol = 0.0
    assert not decision.bar_decides(lines)


def test_what_was_seen_and_not_located_is_no_small_bar():
    lines = begun()
    lines.failed.residual, lines.failed.bar = 0.5, 0.001
    decision.note_seen(lines)
    assert lines.random_bar == 0.501
    assert not decision.bar_decides(lines)


@pytest.mark.parametrize(
    ("bar", "norm", "curved", "value", "answer"),
    [
        (0.29, 1.0, 0.0, 1.0, True),
        (0.31, 1.0, 0.0, 1.0, False),
        (0.31, 1.0, 2.0, 1.0, True),
        (2.9e-9, 0.0, 0.0, -1.0, True),
        (3.1e-9, 0.0, 0.0, 1.0, False),
        (0.0, 0.0, 0.0, 0.0, True),
        (math.nan, 1.0, 0.0, 1.0, False),
    ],
)
def test_what_a_bar_decides(bar, norm, curved, value, answer):
    """A third of the slopes, of the slope that curvature makes beside an optimum, or 3e-9 of a flat f."""
    lines = memory(value=value)
    lines.engine.n = LENGTH
    lines.random_bar, lines.norm, lines.curved_slope = bar, norm, curved
    assert decision.bar_decides(lines) == answer
