"""One line alone on its ladder: the error bar of its residual slope at each rung."""

from __future__ import annotations

import math

from ..records.floats import larger
from ..records.lines import FINISHED, LineLadder, Lines
from .pooled_bars import pooled_change, pooled_kink
from .rungs import RUNG, change_at, has_rung, is_coarse, missing_rung, slope_noise_at

# A bar takes this many standard deviations of the noise of a slope.
SINGLE_DEVIATIONS = 3.0
# Curvature shrinks changes by 16 from rung to rung; between these two ratios they count as curvature.
SMOOTH_LOW = 8.0
SMOOTH_HIGH = 32.0
# This part of such a change remains as an error; a gap of at most that size, or of so much noise, is curvature, too.
SMOOTH_PART = 0.25
KINK_DEVIATIONS = 4.0
# At least this part of what the next larger rung says counts: more where f or x is coarse.
OUTER_KINK = 0.25
COARSE_OUTER_REST = 0.5


def single_noise(lines: Lines, exponent: int) -> float:
    """Return the part of the bar that noise makes."""
    return SINGLE_DEVIATIONS * slope_noise_at(lines, exponent)


def inner_rest(ladder: LineLadder, exponent: int) -> float:
    """Return what a rung and the next larger one by themselves say of kinks and curvature."""
    return pooled_change(ladder, exponent) + pooled_kink(ladder, exponent)


def has_small_kink(lines: Lines, ladder: LineLadder, exponent: int) -> bool:
    """Return whether the gap at a rung is that of a smooth function, up to noise."""
    noise = KINK_DEVIATIONS * slope_noise_at(lines, exponent)
    return pooled_kink(ladder, exponent) <= larger(noise, SMOOTH_PART * pooled_change(ladder, exponent))


def is_smooth(lines: Lines, ladder: LineLadder, exponent: int) -> bool:
    """Return whether the residual slope changes from rung to rung as curvature alone would have it."""
    outer = exponent + RUNG
    size = pooled_change(ladder, exponent)
    if not SMOOTH_LOW * size < pooled_change(ladder, outer) < SMOOTH_HIGH * size:
        return False
    if not change_at(ladder, exponent, 0) * change_at(ladder, outer, 0) > 0.0:
        return False
    return has_small_kink(lines, ladder, exponent) and has_small_kink(lines, ladder, outer)


def single_rest(lines: Lines, ladder: LineLadder, exponent: int) -> float:
    """Return what kinks and curvature may add to the residual slope at a rung.

    At least as much as the next smaller rung, which has less of both, refutes: as far as that is beyond its noise.
    """
    rest = outer_rest(lines, ladder, exponent)
    inner = exponent - RUNG
    refuted = pooled_change(ladder, inner) if has_rung(ladder, inner) else 0.0
    noise = single_noise(lines, inner)
    return larger(rest, refuted + noise) if refuted > noise else rest


def outer_rest(lines: Lines, ladder: LineLadder, exponent: int) -> float:
    """Return what larger rungs say that kinks and curvature may add to the residual slope at a rung."""
    rest = inner_rest(ladder, exponent)
    outer = exponent + RUNG
    if not math.isfinite(rest):
        return math.inf
    if missing_rung(ladder, outer) != FINISHED or not math.isfinite(inner_rest(ladder, outer)):
        return rest
    if is_smooth(lines, ladder, exponent):
        return SMOOTH_PART * pooled_change(ladder, exponent)
    if is_coarse(lines):
        return larger(rest, COARSE_OUTER_REST * (pooled_kink(ladder, outer) + pooled_change(ladder, outer)))
    return larger(rest, OUTER_KINK * pooled_kink(ladder, outer))
