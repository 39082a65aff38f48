"""Gaps that stay: at a kink at x, smaller steps do not bring the right and the left slope together."""

from __future__ import annotations

import math

from ..points.directions import ABOVE_FLOOR, ONLY_ZEROS
from ..records.floats import larger
from ..records.lines import FINISHED, LineLadder, Lines
from .pooled_bars import pooled_change, pooled_noise
from .rungs import RUNG, gap_at, has_rung, is_step, lowest_exponent, missing_rung, residual_at
from .single_bars import SINGLE_DEVIATIONS, single_noise

# At a kink at x this many lines go on, each with its own ladder of this many rungs.
GAP_LINES = 2
GAP_RUNGS = 14
# What these lines say: they agree with the mean of both slopes, or one does not; or kinks leave much of it open.
AGREES = 0
DISAGREES = 1
COARSE = 2
# So large a part of the claim is much.
COARSE_PART = 2.0**-8
# A gap stands out beyond this many bars of noise; it stays where more than half of it is left at a smaller step.
GAP_BARS = 8.0
STAYING_PART = 0.5
# Kinks that lie like a Poisson process halve the gap from step to step; this much is left at a kink at x.
CONSTANT_PART = 0.9
# Gaps are constant from the start where the first rung and the next larger one show them, before any other is taken.
FIRST_RUNGS = 2
# The mean of both slopes is sought up to this many rungs inwards.
INWARD_RUNGS = 5
# What the next larger rung says of the change of that mean counts by half.
OUTER_CHANGE = 0.5


def gap_size(ladder: LineLadder, exponent: int, line: int) -> float:
    """Return the size of the gap of a line at a rung."""
    return math.fabs(gap_at(ladder, exponent, line))


def keeps_its_gap(lines: Lines) -> bool:
    """Return whether the gaps of most lines of the pool stand out of the noise and do not shrink with the step.

    They stand out from the rung on at which they stay: the best one, of constant gaps, and some beside it may be all
    noise by chance.
    """
    pool = lines.pool
    if pool.bar <= pool.target:
        return False
    inner = pool.best
    while 2 * standing_gaps(lines, inner + RUNG) <= pool.line_count:
        if not has_rung(pool, inner + 2 * RUNG):
            return False
        inner += RUNG
    return 2 * staying_gaps(pool, inner, STAYING_PART) >= pool.line_count


def begins_with_gaps(lines: Lines) -> bool:
    """Return whether all lines of the pool have a gap from the start: larger steps would only add curvature to it."""
    pool = lines.pool
    if pool.taken != FIRST_RUNGS:
        return False
    staying = staying_gaps(pool, pool.first, CONSTANT_PART)
    return standing_gaps(lines, pool.first) == pool.line_count and staying == pool.line_count


def standing_gaps(lines: Lines, exponent: int) -> int:
    """Return how many lines of the pool have a gap that stands out of the noise."""
    count = 0
    for line in range(lines.pool.line_count):
        count += 1 if gap_size(lines.pool, exponent, line) > GAP_BARS * pooled_noise(lines, exponent) else 0
    return count


def staying_gaps(ladder: LineLadder, exponent: int, part: float) -> int:
    """Return how many lines keep more than a part of the gap that they have at the next larger rung."""
    count = 0
    for line in range(ladder.line_count):
        count += 1 if gap_size(ladder, exponent, line) > part * gap_size(ladder, exponent + RUNG, line) else 0
    return count


def next_gap_rung(lines: Lines, ladder: LineLadder) -> int:
    """Look whether the gap of a line alone stays far inside of its best rung; return the rung that is still missing.

    Where it is constant from the start, a rung whose noise hides it is the best one by chance.
    """
    ladder.has_gap = 0
    best = ladder.best
    if not math.isfinite(ladder.bar) or ladder.bar <= ladder.target:
        return FINISHED
    gap = gap_size(ladder, ladder.first, 0)
    if staying_gaps(ladder, ladder.first, CONSTANT_PART) > 0 and inmost_exponent(lines, gap) >= best:
        best = ladder.first
    gap = gap_size(ladder, best, 0)
    if not gap > GAP_BARS * single_noise(lines, best) or staying_gaps(ladder, best, STAYING_PART) == 0:
        return FINISHED
    inmost = inmost_exponent(lines, gap)
    if inmost >= best:
        return FINISHED
    if not has_rung(ladder, inmost):
        return inmost
    if not gap_size(ladder, inmost, 0) > STAYING_PART * gap:
        return FINISHED
    ladder.best = best
    return note_gap(lines, ladder, gap)


def inmost_exponent(lines: Lines, gap: float) -> int:
    """Return the exponent of the smallest step at which a gap of this size stands out of the noise."""
    lowest = lowest_exponent(lines)
    if lines.engine.noise <= 0.0:
        return lowest
    exponent = math.frexp(GAP_BARS * SINGLE_DEVIATIONS * lines.engine.noise / gap)[1]
    return exponent if exponent > lowest else lowest


def note_gap(lines: Lines, ladder: LineLadder, gap: float) -> int:
    """Note a kink at x, and how well the claim agrees with the mean of both slopes; return a rung that is missing."""
    ladder.has_gap = 1
    ladder.gap = gap / 2.0
    ladder.mean_bar = math.inf
    exponent = ladder.best
    for _ in range(INWARD_RUNGS):
        if not is_step(lines, exponent) or not is_step(lines, exponent + RUNG):
            return FINISHED
        wanted = missing_rung(ladder, exponent)
        if wanted != FINISHED:
            return wanted
        change = pooled_change(ladder, exponent)
        if has_rung(ladder, exponent + 2 * RUNG):
            change = larger(change, OUTER_CHANGE * pooled_change(ladder, exponent + RUNG))
        bar = single_noise(lines, exponent) + change
        if bar < ladder.mean_bar:
            # The walk notes the best rung anew before it comes here again: here it may be another one.
            ladder.best = exponent
            ladder.mean_bar = bar
            ladder.residual = residual_at(ladder, exponent, 0)
            ladder.noise = single_noise(lines, exponent)
        exponent -= RUNG
    return FINISHED


def what_fails(lines: Lines, number: int, residual: float, bar: float) -> int:
    """Return what a line at a kink at x says, with the bar of the mean of both slopes.

    If kinks leave much open up to the last line, zeros of x may have them: lines without these know more, and so does,
    of zeros alone, each by itself.
    """
    if not math.fabs(residual) <= bar + lines.tolerance:
        return DISAGREES
    has_zeros = lines.scales == ABOVE_FLOOR or lines.scales == ONLY_ZEROS
    return COARSE if number > 0 and has_zeros and bar > COARSE_PART * lines.norm else AGREES
