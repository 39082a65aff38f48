"""One line that climbs alone: the residual slope of a part of a line, its error bar, and a gap that does not shrink."""

from __future__ import annotations

import math

from .abi import Engine, Reals
from .climbers import RUNG, gap_at, has_rung, is_step, lowest_exponent, residual_at
from .floats import larger
from .linestate import (
    CLIMBER_BAR,
    CLIMBER_BEST,
    CLIMBER_FIRST,
    CLIMBER_GAP,
    CLIMBER_HAS_GAP,
    CLIMBER_MOST,
    CLIMBER_NOISE,
    CLIMBER_RESIDUAL,
    CLIMBER_REST,
    CLIMBER_SMALL,
    CLIMBER_TAKEN,
    CLIMBER_TARGET,
    CLIMBER_WANTED,
    FINISHED,
    HIGHEST_EXPONENT,
    LINE_NOISE,
)
from .pooled import is_coarse, missing_rung, slope_noise_at

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


def noise_at(reals: Reals, exponent: int) -> float:
    """Return the part of the bar that noise makes."""
    return NOISE_BARS * slope_noise_at(reals, exponent)


def change_at(reals: Reals, place: int, exponent: int) -> float:
    """Return how the residual slope changes from a rung to the next larger one."""
    return residual_at(reals, place, exponent + RUNG, 0) - residual_at(reals, place, exponent, 0)


def kink_at(reals: Reals, place: int, exponent: int) -> float:
    """Return what of the gap is no curvature."""
    return math.fabs(gap_at(reals, place, exponent, 0) - gap_at(reals, place, exponent + RUNG, 0) / 4.0)


def inner_rest(reals: Reals, place: int, exponent: int) -> float:
    """Return what one rung and the next say of kinks and curvature."""
    return math.fabs(change_at(reals, place, exponent)) + kink_at(reals, place, exponent)


def has_pair_of_rungs(engine: Engine, place: int, exponent: int) -> bool:
    """Return whether a rung and the next larger one were taken."""
    return has_rung(engine, place, exponent) and has_rung(engine, place, exponent + RUNG)


def ladder_rest(engine: Engine, reals: Reals, place: int, exponent: int) -> float:
    """Return what kinks and curvature may add to the residual slope at a rung."""
    rest = inner_rest(reals, place, exponent)
    if not math.isfinite(rest):
        return math.inf
    outer = exponent + RUNG
    if not has_pair_of_rungs(engine, place, outer) or not math.isfinite(inner_rest(reals, place, outer)):
        return rest
    change = change_at(reals, place, exponent)
    outer_change = change_at(reals, place, outer)
    ratio = math.fabs(outer_change)
    size = math.fabs(change)
    kink = kink_at(reals, place, exponent)
    outer_kink = kink_at(reals, place, outer)
    smooth = SMOOTH_LOW * size < ratio < SMOOTH_HIGH * size and change * outer_change > 0.0
    smooth = smooth and kink <= larger(KINK_NOISE * slope_noise_at(reals, exponent), SMOOTH_PART * size)
    if smooth and outer_kink <= larger(KINK_NOISE * slope_noise_at(reals, outer), SMOOTH_PART * ratio):
        return SMOOTH_PART * size
    if is_coarse(engine, reals):
        return larger(rest, 0.5 * (outer_kink + ratio))
    return larger(rest, 0.25 * outer_kink)


def ladder_bar(engine: Engine, reals: Reals, place: int, exponent: int) -> float:
    """Return the error bar of the residual slope at a rung."""
    return noise_at(reals, exponent) + ladder_rest(engine, reals, place, exponent)


def walk_ladder(engine: Engine, reals: Reals, place: int) -> None:
    """Decide which rung is wanted next; where none is, residual slope, bar and gap are noted."""
    wanted = next_ladder_rung(engine, reals, place)
    if engine[place + CLIMBER_TAKEN] >= engine[place + CLIMBER_MOST]:
        wanted = FINISHED
    if wanted == FINISHED:
        note_ladder(engine, reals, place)
        wanted = next_gap_rung(engine, reals, place)
    engine[place + CLIMBER_WANTED] = wanted


def next_ladder_rung(engine: Engine, reals: Reals, place: int) -> int:
    """Walk from the first rung to where the bar falls; return the first rung on the way that is missing."""
    first = engine[place + CLIMBER_FIRST]
    target = reals[place + CLIMBER_TARGET]
    wanted = missing_rung(engine, place, first)
    if wanted != FINISHED:
        return wanted
    best = ladder_bar(engine, reals, place, first)
    if best <= target:
        return FINISHED
    outwards = noise_at(reals, first) > inner_rest(reals, place, first)
    step = RUNG if outwards else -RUNG
    exponent = first + step
    rises = 0
    while is_step(engine, exponent) and is_step(engine, exponent + RUNG):
        wanted = missing_rung(engine, place, exponent)
        if wanted != FINISHED:
            return wanted
        bar = ladder_bar(engine, reals, place, exponent)
        noise = noise_at(reals, exponent)
        rises = rises + 1 if bar > best else 0
        best = bar if bar < best else best
        noisy = noise > bar - noise
        if best <= target or rises >= MOST_RISES or (noisy and not outwards) or (outwards and not noisy and rises > 0):
            return FINISHED
        exponent += step
    return FINISHED


def note_ladder(engine: Engine, reals: Reals, place: int) -> None:
    """Note the rung with the least bar."""
    reals[place + CLIMBER_BAR] = math.inf
    reals[place + CLIMBER_SMALL] = math.inf
    reals[place + CLIMBER_REST] = math.inf
    reals[place + CLIMBER_NOISE] = math.inf
    reals[place + CLIMBER_RESIDUAL] = math.nan
    exponent = HIGHEST_EXPONENT - RUNG - ((HIGHEST_EXPONENT - engine[place + CLIMBER_FIRST]) & 1)
    while is_step(engine, exponent):
        if has_pair_of_rungs(engine, place, exponent):
            bar = ladder_bar(engine, reals, place, exponent)
            if bar < reals[place + CLIMBER_BAR]:
                engine[place + CLIMBER_BEST] = exponent
                reals[place + CLIMBER_BAR] = bar
                reals[place + CLIMBER_SMALL] = bar
                reals[place + CLIMBER_NOISE] = noise_at(reals, exponent)
                reals[place + CLIMBER_REST] = bar - noise_at(reals, exponent)
                reals[place + CLIMBER_RESIDUAL] = residual_at(reals, place, exponent, 0)
        exponent -= RUNG


def next_gap_rung(engine: Engine, reals: Reals, place: int) -> int:
    """Look whether the gap at the best rung stays far inside: a kink at x; return the rung that this takes."""
    engine[place + CLIMBER_HAS_GAP] = 0
    best = engine[place + CLIMBER_BEST]
    if not math.isfinite(reals[place + CLIMBER_BAR]) or reals[place + CLIMBER_BAR] <= reals[place + CLIMBER_TARGET]:
        return FINISHED
    gap = math.fabs(gap_at(reals, place, best, 0))
    if not (gap > GAP_BARS * noise_at(reals, best)) or gap <= SAME * math.fabs(gap_at(reals, place, best + RUNG, 0)):
        return FINISHED
    inmost = inmost_exponent(engine, reals, gap)
    if inmost >= best:
        return FINISHED
    if not has_rung(engine, place, inmost):
        return inmost
    if not math.fabs(gap_at(reals, place, inmost, 0)) > SAME * gap:
        return FINISHED
    return note_gap(engine, reals, place, gap)


def inmost_exponent(engine: Engine, reals: Reals, gap: float) -> int:
    """Return the smallest step at which a gap of this size still stands out of the noise."""
    lowest = lowest_exponent(engine)
    if reals[LINE_NOISE] <= 0.0:
        return lowest
    exponent = math.frexp(GAP_BARS * NOISE_BARS * reals[LINE_NOISE] / gap)[1]
    return exponent if exponent > lowest else lowest


def note_gap(engine: Engine, reals: Reals, place: int, gap: float) -> int:
    """Note a kink at x, and how well the claim agrees with the mean of both slopes; return a rung that is missing."""
    engine[place + CLIMBER_HAS_GAP] = 1
    reals[place + CLIMBER_GAP] = gap / 2.0
    reals[place + CLIMBER_SMALL] = math.inf
    exponent = engine[place + CLIMBER_BEST]
    for _ in range(INWARD):
        if not is_step(engine, exponent) or not is_step(engine, exponent + RUNG):
            return FINISHED
        wanted = missing_rung(engine, place, exponent)
        if wanted != FINISHED:
            return wanted
        change = math.fabs(change_at(reals, place, exponent))
        if has_rung(engine, place, exponent + 2 * RUNG):
            change = larger(change, 0.5 * math.fabs(change_at(reals, place, exponent + RUNG)))
        small = noise_at(reals, exponent) + change
        if small < reals[place + CLIMBER_SMALL]:
            # The walk goes through `note_ladder` before it comes here again: the best rung may be another one here.
            engine[place + CLIMBER_BEST] = exponent
            reals[place + CLIMBER_SMALL] = small
            reals[place + CLIMBER_RESIDUAL] = residual_at(reals, place, exponent, 0)
            reals[place + CLIMBER_NOISE] = noise_at(reals, exponent)
        exponent -= RUNG
    return FINISHED
