"""Evidence of one line: the interval that must hold its slope, from a ladder of pairs.

Three series are extrapolated to step 0: right slopes, left slopes, centered slopes.  A value's bar comes from its
neighbours, because one small difference alone proves nothing, and the finest consistent values win over every coarser
plateau, because the smooth piece that holds x is what counts.
"""

from __future__ import annotations

import math

from .abi import Engine, Reals
from .extrapolation import extrapolate
from .floats import larger, middle, smaller
from .ladder import centered, slope_noise
from .state import (
    LADDER,
    SCRATCH_GAPS,
    SCRATCH_NOISE,
    SCRATCH_SIGMA,
    SCRATCH_STEP,
    SCRATCH_VALUES,
    SLOT_BEST_STEP,
    SLOT_CENTERED_HIGH,
    SLOT_CENTERED_LOW,
    SLOT_CONFLICT,
    SLOT_COUNT_PAIRS,
    SLOT_HIGH,
    SLOT_JUMP,
    SLOT_KINK,
    SLOT_LADDER_LEFT,
    SLOT_LADDER_RIGHT,
    SLOT_LADDER_STEP,
    SLOT_LEFT_HIGH,
    SLOT_LEFT_LOW,
    SLOT_LOW,
    SLOT_RESOLUTION,
    SLOT_RIGHT_HIGH,
    SLOT_RIGHT_LOW,
)

SERIES_RIGHT = 0
SERIES_LEFT = 1
SERIES_CENTERED = 2

NO_KINK = 0
KINK_AT_X = 1
KINK_NEAR_X = 2

# Which series were contradicted by a coarser step.
RIGHT_CONFLICT = 1
LEFT_CONFLICT = 2
CENTERED_CONFLICT = 4
ALL_CONFLICT = 7


def collect(engine: Engine, reals: Reals, slot: int, series: int) -> int:
    """Write the finite slopes of a series, their noise and steps into the scratch; return their number."""
    count = 0
    for k in range(engine[slot + SLOT_COUNT_PAIRS]):
        right = reals[slot + SLOT_LADDER_RIGHT + k]
        left = reals[slot + SLOT_LADDER_LEFT + k]
        noise = slope_noise(reals, slot, k)
        slope = right if series == SERIES_RIGHT else left
        if series == SERIES_CENTERED:
            slope = centered(reals, slot, k)
            noise /= 2.0
        if math.isfinite(slope):
            reals[SCRATCH_STEP + count] = reals[slot + SLOT_LADDER_STEP + k]
            reals[SCRATCH_SIGMA + count] = noise
            reals[SCRATCH_VALUES + count] = slope
            reals[SCRATCH_NOISE + count] = noise
            reals[SCRATCH_GAPS + count] = right - left
            count += 1
    return count


def neighbour_bar(reals: Reals, level: int, k: int) -> float:
    """Return the error bar of entry k of a level: noise, and the change to its neighbours.

    Two coarser neighbours are required, and the finer one must not contradict beyond its noise: one lucky small
    difference proves nothing.  The second coarser difference shrinks by 4 (raw slopes: 2) before it counts, as
    truncation would.
    """
    values = SCRATCH_VALUES + level * LADDER
    noise = SCRATCH_NOISE + level * LADDER
    change = math.fabs(reals[values + k + 1] - reals[values + k])
    coarser = math.fabs(reals[values + k + 2] - reals[values + k + 1]) / (2.0 if level == 0 else 4.0)
    rest = larger(change, coarser)
    if k > 0:
        finer = math.fabs(reals[values + k] - reals[values + k - 1]) - reals[noise + k - 1] - reals[noise + k]
        rest = larger(finer, rest)
    return reals[noise + k] + 2.0 * rest


def gap_that_stays(reals: Reals, level: int, gap_levels: int, count: int, k: int) -> float:
    """Return half the gap that does not vanish with the step: it moves a centered slope that looks stable."""
    gap_level = smaller_integer(level + 1, gap_levels - 1)
    last = count - gap_level - 1
    table = SCRATCH_GAPS + gap_level * LADDER
    here = math.fabs(reals[table + smaller_integer(k, last)])
    coarser = math.fabs(reals[table + smaller_integer(k + 1, last)])
    return larger(here, coarser) / 2.0


def smaller_integer(a: int, b: int) -> int:
    """Return the smaller of two integers."""
    return a if a <= b else b


def finest_interval(engine: Engine, reals: Reals, slot: int, series: int) -> tuple[float, float, bool, float]:
    """Intersect the intervals of a series from the finest step upwards and stop where one contradicts.

    Returns
    -------
    low, high : float
        The interval; infinite where the ladder proves nothing.
    conflict : bool
        Whether a coarser step contradicted.
    step : float
        Step of the narrowest interval used.
    """
    count = collect(engine, reals, slot, series)
    first_power = 2 if series == SERIES_CENTERED else 1
    levels = extrapolate(reals, SCRATCH_VALUES, SCRATCH_NOISE, count, first_power, first_power)
    gap_levels = extrapolate(reals, SCRATCH_GAPS, -1, count, 1, 2) if series == SERIES_CENTERED else 0
    low = -math.inf
    high = math.inf
    narrowest = math.inf
    step = 0.0
    for k in range(count - 2):
        for level in range(levels):
            if k + level + 2 >= count:
                continue
            value = reals[SCRATCH_VALUES + level * LADDER + k]
            bar = neighbour_bar(reals, level, k)
            if series == SERIES_CENTERED:
                bar += gap_that_stays(reals, level, gap_levels, count, k)
            if not math.isfinite(value + bar):
                continue
            if value - bar > high or value + bar < low:
                return low, high, True, step
            low = larger(low, value - bar)
            high = smaller(high, value + bar)
            if bar < narrowest:
                narrowest = bar
                step = reals[SCRATCH_STEP + k]
    return low, high, False, step


def gather(engine: Engine, reals: Reals, slot: int) -> None:
    """Weigh the ladder of a slot: the interval of its slope, its resolution, and whether a kink shows itself."""
    right_low, right_high, right_conflict, right_step = finest_interval(engine, reals, slot, SERIES_RIGHT)
    left_low, left_high, left_conflict, left_step = finest_interval(engine, reals, slot, SERIES_LEFT)
    low, high, centered_conflict, centered_step = finest_interval(engine, reals, slot, SERIES_CENTERED)
    reals[slot + SLOT_RIGHT_LOW] = right_low
    reals[slot + SLOT_RIGHT_HIGH] = right_high
    reals[slot + SLOT_LEFT_LOW] = left_low
    reals[slot + SLOT_LEFT_HIGH] = left_high
    reals[slot + SLOT_CENTERED_LOW] = low
    reals[slot + SLOT_CENTERED_HIGH] = high
    engine[slot + SLOT_CONFLICT] = (
        (RIGHT_CONFLICT if right_conflict else 0)
        + (LEFT_CONFLICT if left_conflict else 0)
        + (CENTERED_CONFLICT if centered_conflict else 0)
    )
    reals[slot + SLOT_BEST_STEP] = larger(larger(right_step, left_step), centered_step)
    if larger(right_low, left_low) <= smaller(right_high, left_high):
        combine_smooth(engine, reals, slot)
    else:
        combine_kink(engine, reals, slot)


def combine_smooth(engine: Engine, reals: Reals, slot: int) -> None:
    """Right and left slope can be the same: intersect with the centered interval, or unite where that contradicts."""
    low = larger(reals[slot + SLOT_RIGHT_LOW], reals[slot + SLOT_LEFT_LOW])
    high = smaller(reals[slot + SLOT_RIGHT_HIGH], reals[slot + SLOT_LEFT_HIGH])
    centered_low = reals[slot + SLOT_CENTERED_LOW]
    centered_high = reals[slot + SLOT_CENTERED_HIGH]
    if larger(low, centered_low) <= smaller(high, centered_high):
        low = larger(low, centered_low)
        high = smaller(high, centered_high)
    else:
        # Contradicting series mean dishonest bars: there is no evidence between them.
        low = smaller(low, centered_low)
        high = larger(high, centered_high)
    reals[slot + SLOT_LOW] = low
    reals[slot + SLOT_HIGH] = high
    reals[slot + SLOT_RESOLUTION] = (high - low) / 2.0
    reals[slot + SLOT_JUMP] = 0.0
    engine[slot + SLOT_KINK] = KINK_NEAR_X if engine[slot + SLOT_CONFLICT] % CENTERED_CONFLICT != 0 else NO_KINK


def combine_kink(engine: Engine, reals: Reals, slot: int) -> None:
    """Right and left slope differ: a kink at x (within noise), where all between the two is acceptable."""
    right_low = reals[slot + SLOT_RIGHT_LOW]
    right_high = reals[slot + SLOT_RIGHT_HIGH]
    left_low = reals[slot + SLOT_LEFT_LOW]
    left_high = reals[slot + SLOT_LEFT_HIGH]
    reals[slot + SLOT_LOW] = smaller(right_low, left_low)
    reals[slot + SLOT_HIGH] = larger(right_high, left_high)
    reals[slot + SLOT_RESOLUTION] = larger(right_high - right_low, left_high - left_low) / 2.0
    reals[slot + SLOT_JUMP] = middle(right_low, right_high) - middle(left_low, left_high)
    engine[slot + SLOT_KINK] = KINK_AT_X


def half_width(reals: Reals, slot: int) -> float:
    """Return half the width of the interval that holds the slope; infinite where nothing is known."""
    return middle(reals[slot + SLOT_HIGH], -reals[slot + SLOT_LOW])


def estimate(reals: Reals, slot: int) -> float:
    """Return the middle of the interval that holds the slope."""
    return middle(reals[slot + SLOT_HIGH], reals[slot + SLOT_LOW])
