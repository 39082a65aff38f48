"""Several lines that share a ladder: one error bar for all of their residual slopes at each rung.

The smallest of several estimated bars is biased; pooled over four lines it is honest.  For one kink of jump J at the
distance u * t, inside of t, the error of the residual slope is J / 2 * (1 - u), its change to the next rung is
3 / 8 * J * u, and what the gap does not shrink by is J * (3 / 4 - 15 / 16 * u): no u makes both small while the error
is large.
"""

from __future__ import annotations

import math

from ..records.floats import larger, power_of_two_above, smaller
from ..records.lines import FINISHED, LineLadder, Lines
from .rungs import RUNG, change_at, kink_at, missing_rung, slope_noise_at

# A bar takes this many standard deviations of the noise of a slope, and this many of what kinks and curvature leave.
POOLED_DEVIATIONS = 4.0
REST_DEVIATIONS = 5.0
# Kinks that lie like a Poisson process: residual slopes scatter by so much of how they change from rung to rung.
SCATTER = 0.667
# Variance of the noise in that change, in units of the noise over the step, squared.
NOISE_IN_CHANGES = 3.4
# Curvature: changes shrink by 16 from rung to rung, where kinks would shrink them by 2, and gaps are small beside them;
# so much of the change is then left of the error.
SMOOTH_RATIO = 9.0
SMOOTH_GAP = 0.3
SMOOTH_REST = 0.25
# Kinks: residual slopes shrink like the root of the step, by 2 from rung to rung; half of that at least is left.
OUTER_REST = 0.25


def pooled_noise(lines: Lines, exponent: int) -> float:
    """Return the part of the bar that noise makes."""
    return POOLED_DEVIATIONS * slope_noise_at(lines, exponent)


def pooled_change(ladder: LineLadder, exponent: int) -> float:
    """Return how much the residual slopes change to the next larger rung; of one line, the size of its change."""
    return pooled(ladder, exponent, False)


def pooled_kink(ladder: LineLadder, exponent: int) -> float:
    """Return how much of the gaps is not curvature; of one line, the size of that part of its gap."""
    return pooled(ladder, exponent, True)


def pooled(ladder: LineLadder, exponent: int, of_gaps: bool) -> float:
    """Return the root mean square over the lines; neither overflow nor underflow spoils it."""
    sizes = 0.0
    for line in range(ladder.line_count):
        sizes += math.fabs(kink_at(ladder, exponent, line) if of_gaps else change_at(ladder, exponent, line))
    unit = power_of_two_above(sizes)
    total = 0.0
    for line in range(ladder.line_count):
        part = (kink_at(ladder, exponent, line) if of_gaps else change_at(ladder, exponent, line)) / unit
        total += part * part
    return unit * math.sqrt(total / ladder.line_count)


def scatter(lines: Lines, ladder: LineLadder, exponent: int) -> float:
    """Return the standard deviation of the residual slopes, apart from noise."""
    change = pooled_change(ladder, exponent)
    kink = pooled_kink(ladder, exponent)
    unit = power_of_two_above(larger(change, kink))
    change /= unit
    kink /= unit
    noise = slope_noise_at(lines, exponent) / unit
    square = 0.5 * change * change + 0.5 * kink * kink - NOISE_IN_CHANGES * noise * noise
    return SCATTER * unit * math.sqrt(larger(square, 0.0))


def is_known(ladder: LineLadder, exponent: int) -> bool:
    """Return whether a rung and the next larger one were taken, with finite values."""
    if missing_rung(ladder, exponent) != FINISHED:
        return False
    return math.isfinite(pooled_change(ladder, exponent)) and math.isfinite(pooled_kink(ladder, exponent))


def pooled_rest(lines: Lines, ladder: LineLadder, exponent: int) -> float:
    """Return what kinks and curvature may add to the residual slopes at a rung."""
    if not is_known(ladder, exponent):
        return math.inf
    rest = REST_DEVIATIONS * scatter(lines, ladder, exponent)
    outer = exponent + RUNG
    if not is_known(ladder, outer):
        return rest
    change = pooled_change(ladder, exponent)
    smooth_kink = larger(pooled_noise(lines, exponent), SMOOTH_GAP * change)
    if pooled_change(ladder, outer) > SMOOTH_RATIO * change and pooled_kink(ladder, exponent) <= smooth_kink:
        return smaller(rest, SMOOTH_REST * change)
    return larger(rest, REST_DEVIATIONS * OUTER_REST * scatter(lines, ladder, outer))
