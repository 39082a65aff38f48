"""One line alone on its ladder: the error bar of its residual slope at each rung."""

from __future__ import annotations

import math

from ..records.floats import larger
from ..records.lines import FINISHED, LineLadder, Lines
from .rungs import RUNG, change_at, is_coarse, kink_at, missing_rung, slope_noise_at

# A bar takes so many standard deviations of the noise of a slope.
SINGLE_DEVIATIONS = 3.0
# Curvature shrinks changes by 16 from rung to rung; between these two ratios they count as curvature.
SMOOTH_LOW = 8.0
SMOOTH_HIGH = 32.0
# Of such a change so much remains as an error; a gap of at most that size, or of so much noise, is curvature, too.
SMOOTH_PART = 0.25
KINK_DEVIATIONS = 4.0
# Of what the next larger rung says so much counts at least: more where f or x is coarse.
OUTER_KINK = 0.25
COARSE_OUTER_REST = 0.5


def single_noise(lines: Lines, exponent: int) -> float:
    """Return the part of the bar that noise makes."""
    return SINGLE_DEVIATIONS * slope_noise_at(lines, exponent)


def single_change(ladder: LineLadder, exponent: int) -> float:
    """Return by how much the residual slope changes from a rung to the next larger one."""
    return math.fabs(change_at(ladder, exponent, 0))


def single_kink(ladder: LineLadder, exponent: int) -> float:
    """Return the size of what of the gap is not curvature."""
    return math.fabs(kink_at(ladder, exponent, 0))


def inner_rest(ladder: LineLadder, exponent: int) -> float:
    """Return what a rung and the next larger one by themselves say of kinks and curvature."""
    return single_change(ladder, exponent) + single_kink(ladder, exponent)


def has_small_kink(lines: Lines, ladder: LineLadder, exponent: int) -> bool:
    """Return whether the gap at a rung is that of a smooth function, up to noise."""
    noise = KINK_DEVIATIONS * slope_noise_at(lines, exponent)
    return single_kink(ladder, exponent) <= larger(noise, SMOOTH_PART * single_change(ladder, exponent))


def is_smooth(lines: Lines, ladder: LineLadder, exponent: int) -> bool:
    """Return whether the residual slope changes from rung to rung as curvature alone would have it."""
    outer = exponent + RUNG
    size = single_change(ladder, exponent)
    if not SMOOTH_LOW * size < single_change(ladder, outer) < SMOOTH_HIGH * size:
        return False
    if not change_at(ladder, exponent, 0) * change_at(ladder, outer, 0) > 0.0:
        return False
    return has_small_kink(lines, ladder, exponent) and has_small_kink(lines, ladder, outer)


def single_rest(lines: Lines, ladder: LineLadder, exponent: int) -> float:
    """Return what kinks and curvature may add to the residual slope at a rung."""
    rest = inner_rest(ladder, exponent)
    outer = exponent + RUNG
    if not math.isfinite(rest):
        return math.inf
    if missing_rung(ladder, outer) != FINISHED or not math.isfinite(inner_rest(ladder, outer)):
        return rest
    if is_smooth(lines, ladder, exponent):
        return SMOOTH_PART * single_change(ladder, exponent)
    if is_coarse(lines):
        return larger(rest, COARSE_OUTER_REST * (single_kink(ladder, outer) + single_change(ladder, outer)))
    return larger(rest, OUTER_KINK * single_kink(ladder, outer))
