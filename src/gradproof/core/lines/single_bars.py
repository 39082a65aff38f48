"""One line that climbs alone: the residual slope of a part of a line, its error bar, and a gap that does not shrink."""

from __future__ import annotations

import math

from ..records.floats import larger
from ..records.lines import FINISHED, HIGHEST_EXPONENT, LineLadder, Lines
from .pooled_bars import is_coarse, missing_rung, slope_noise_at
from .rungs import RUNG, gap_at, has_rung, is_step, lowest_exponent, residual_at

NOISE_BARS = 3.0
# Curvature shrinks changes by 16 from rung to rung; between these two ratios they count as such.
SMOOTH_LOW = 8.0
SMOOTH_HIGH = 32.0
SMOOTH_PART = 0.25
KINK_NOISE = 4.0
MOST_RISES = 3
# A gap counts where it is so many bars of noise; it does not shrink where half of it is left.
GAP_BARS = 8.0
SAME = 0.5
# So many rungs inwards the mean of both slopes at a kink is looked for.
INWARD = 5


def noise_at(lines: Lines, exponent: int) -> float:
    """Return the part of the bar that noise makes."""
    return NOISE_BARS * slope_noise_at(lines, exponent)


def change_at(ladder: LineLadder, exponent: int) -> float:
    """Return how the residual slope changes from a rung to the next larger one."""
    return residual_at(ladder, exponent + RUNG, 0) - residual_at(ladder, exponent, 0)


def kink_at(ladder: LineLadder, exponent: int) -> float:
    """Return what of the gap is no curvature."""
    return math.fabs(gap_at(ladder, exponent, 0) - gap_at(ladder, exponent + RUNG, 0) / 4.0)


def inner_rest(ladder: LineLadder, exponent: int) -> float:
    """Return what one rung and the next say of kinks and curvature."""
    return math.fabs(change_at(ladder, exponent)) + kink_at(ladder, exponent)


def has_pair_of_rungs(lines: Lines, ladder: LineLadder, exponent: int) -> bool:
    """Return whether a rung and the next larger one were taken."""
    return has_rung(lines, ladder, exponent) and has_rung(lines, ladder, exponent + RUNG)


def ladder_rest(lines: Lines, ladder: LineLadder, exponent: int) -> float:
    """Return what kinks and curvature may add to the residual slope at a rung."""
    rest = inner_rest(ladder, exponent)
    if not math.isfinite(rest):
        return math.inf
    outer = exponent + RUNG
    if not has_pair_of_rungs(lines, ladder, outer) or not math.isfinite(inner_rest(ladder, outer)):
        return rest
    change = change_at(ladder, exponent)
    outer_change = change_at(ladder, outer)
    ratio = math.fabs(outer_change)
    size = math.fabs(change)
    kink = kink_at(ladder, exponent)
    outer_kink = kink_at(ladder, outer)
    smooth = SMOOTH_LOW * size < ratio < SMOOTH_HIGH * size and change * outer_change > 0.0
    smooth = smooth and kink <= larger(KINK_NOISE * slope_noise_at(lines, exponent), SMOOTH_PART * size)
    if smooth and outer_kink <= larger(KINK_NOISE * slope_noise_at(lines, outer), SMOOTH_PART * ratio):
        return SMOOTH_PART * size
    if is_coarse(lines):
        return larger(rest, 0.5 * (outer_kink + ratio))
    return larger(rest, 0.25 * outer_kink)


def ladder_bar(lines: Lines, ladder: LineLadder, exponent: int) -> float:
    """Return the error bar of the residual slope at a rung."""
    return noise_at(lines, exponent) + ladder_rest(lines, ladder, exponent)


def walk_ladder(lines: Lines, ladder: LineLadder) -> None:
    """Decide which rung is wanted next; where none is, residual slope, bar and gap are noted."""
    wanted = next_ladder_rung(lines, ladder)
    if ladder.taken >= ladder.most:
        wanted = FINISHED
    if wanted == FINISHED:
        note_ladder(lines, ladder)
        wanted = next_gap_rung(lines, ladder)
    ladder.wanted = wanted


def next_ladder_rung(lines: Lines, ladder: LineLadder) -> int:
    """Walk from the first rung to where the bar falls; return the first rung on the way that is missing."""
    first = ladder.first
    target = ladder.target
    wanted = missing_rung(lines, ladder, first)
    if wanted != FINISHED:
        return wanted
    best = ladder_bar(lines, ladder, first)
    if best <= target:
        return FINISHED
    outwards = noise_at(lines, first) > inner_rest(ladder, first)
    step = RUNG if outwards else -RUNG
    exponent = first + step
    rises = 0
    while is_step(lines, exponent) and is_step(lines, exponent + RUNG):
        wanted = missing_rung(lines, ladder, exponent)
        if wanted != FINISHED:
            return wanted
        bar = ladder_bar(lines, ladder, exponent)
        noise = noise_at(lines, exponent)
        rises = rises + 1 if bar > best else 0
        best = bar if bar < best else best
        noisy = noise > bar - noise
        if best <= target or rises >= MOST_RISES or (noisy and not outwards) or (outwards and not noisy and rises > 0):
            return FINISHED
        exponent += step
    return FINISHED


def note_ladder(lines: Lines, ladder: LineLadder) -> None:
    """Note the rung with the least bar."""
    ladder.bar = math.inf
    ladder.small = math.inf
    ladder.rest = math.inf
    ladder.noise = math.inf
    ladder.residual = math.nan
    exponent = HIGHEST_EXPONENT - RUNG - ((HIGHEST_EXPONENT - ladder.first) & 1)
    while is_step(lines, exponent):
        if has_pair_of_rungs(lines, ladder, exponent):
            bar = ladder_bar(lines, ladder, exponent)
            if bar < ladder.bar:
                ladder.best = exponent
                ladder.bar = bar
                ladder.small = bar
                ladder.noise = noise_at(lines, exponent)
                ladder.rest = bar - noise_at(lines, exponent)
                ladder.residual = residual_at(ladder, exponent, 0)
        exponent -= RUNG


def next_gap_rung(lines: Lines, ladder: LineLadder) -> int:
    """Look whether the gap at the best rung stays far inside: a kink at x; return the rung that this takes."""
    ladder.has_gap = 0
    best = ladder.best
    if not math.isfinite(ladder.bar) or ladder.bar <= ladder.target:
        return FINISHED
    gap = math.fabs(gap_at(ladder, best, 0))
    if not (gap > GAP_BARS * noise_at(lines, best)) or gap <= SAME * math.fabs(gap_at(ladder, best + RUNG, 0)):
        return FINISHED
    inmost = inmost_exponent(lines, gap)
    if inmost >= best:
        return FINISHED
    if not has_rung(lines, ladder, inmost):
        return inmost
    if not math.fabs(gap_at(ladder, inmost, 0)) > SAME * gap:
        return FINISHED
    return note_gap(lines, ladder, gap)


def inmost_exponent(lines: Lines, gap: float) -> int:
    """Return the smallest step at which a gap of this size still stands out of the noise."""
    lowest = lowest_exponent(lines)
    if lines.engine.noise <= 0.0:
        return lowest
    exponent = math.frexp(GAP_BARS * NOISE_BARS * lines.engine.noise / gap)[1]
    return exponent if exponent > lowest else lowest


def note_gap(lines: Lines, ladder: LineLadder, gap: float) -> int:
    """Note a kink at x, and how well the claim agrees with the mean of both slopes; return a rung that is missing."""
    ladder.has_gap = 1
    ladder.gap = gap / 2.0
    ladder.small = math.inf
    exponent = ladder.best
    for _ in range(INWARD):
        if not is_step(lines, exponent) or not is_step(lines, exponent + RUNG):
            return FINISHED
        wanted = missing_rung(lines, ladder, exponent)
        if wanted != FINISHED:
            return wanted
        change = math.fabs(change_at(ladder, exponent))
        if has_rung(lines, ladder, exponent + 2 * RUNG):
            change = larger(change, 0.5 * math.fabs(change_at(ladder, exponent + RUNG)))
        small = noise_at(lines, exponent) + change
        if small < ladder.small:
            # The walk goes through `note_ladder` before it comes here again: the best rung may be another one here.
            ladder.best = exponent
            ladder.small = small
            ladder.residual = residual_at(ladder, exponent, 0)
            ladder.noise = noise_at(lines, exponent)
        exponent -= RUNG
    return FINISHED
