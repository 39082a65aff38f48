"""Evidence of one line: the interval that must hold its slope, from a ladder of pairs.

Three series are extrapolated to step 0: right slopes, left slopes, centered slopes.  A value's bar comes from its
neighbours, because one small difference alone proves nothing, and the finest consistent values win over every coarser
plateau, because the smooth piece that holds x is what counts.
"""

from __future__ import annotations

import math

from ..records.engine import LADDER, Engine, Interval, Scratch, Slot
from ..records.floats import larger, middle, smaller
from ..records.memory import null_reals
from .extrapolation import extrapolate
from .ladder import centered, slope_noise

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


def collect(engine: Engine, slot: Slot, series: int) -> int:
    """Write the finite slopes of a series, their noise and steps into the scratch; return their number."""
    count = 0
    for k in range(slot.count):
        right = slot.ladder[k].right
        left = slot.ladder[k].left
        noise = slope_noise(engine, slot, k)
        slope = right if series == SERIES_RIGHT else left
        if series == SERIES_CENTERED:
            slope = centered(slot, k)
            noise /= 2.0
        if math.isfinite(slope):
            engine.scratch.step[count] = slot.ladder[k].step
            engine.scratch.values[count] = slope
            engine.scratch.noise[count] = noise
            engine.scratch.gaps[count] = right - left
            count += 1
    return count


def neighbour_bar(scratch: Scratch, level: int, k: int) -> float:
    """Return the error bar of entry k of a level: noise, and the change to its neighbours.

    Two coarser neighbours are required, and the finer one must not contradict beyond its noise: one lucky small
    difference proves nothing.  The second coarser difference shrinks by 4 (raw slopes: 2) before it counts, as
    truncation would.
    """
    values = scratch.values
    noise = scratch.noise
    here = level * LADDER + k
    change = math.fabs(values[here + 1] - values[here])
    coarser = math.fabs(values[here + 2] - values[here + 1]) / (2.0 if level == 0 else 4.0)
    rest = larger(change, coarser)
    if k > 0:
        finer = math.fabs(values[here] - values[here - 1]) - noise[here - 1] - noise[here]
        rest = larger(finer, rest)
    return noise[here] + 2.0 * rest


def gap_that_stays(scratch: Scratch, level: int, gap_levels: int, count: int, k: int) -> float:
    """Return half the gap that does not vanish with the step: it moves a centered slope that looks stable."""
    gap_level = smaller_integer(level + 1, gap_levels - 1)
    last = count - gap_level - 1
    table = gap_level * LADDER
    here = math.fabs(scratch.gaps[table + smaller_integer(k, last)])
    coarser = math.fabs(scratch.gaps[table + smaller_integer(k + 1, last)])
    return larger(here, coarser) / 2.0


def smaller_integer(a: int, b: int) -> int:
    """Return the smaller of two integers."""
    return a if a <= b else b


def finest_interval(engine: Engine, slot: Slot, series: int, interval: Interval) -> tuple[bool, float]:
    """Intersect the intervals of a series from the finest step upwards and stop where one contradicts.

    The interval is infinite where the ladder proves nothing.

    Returns
    -------
    conflict : bool
        Whether a coarser step contradicted.
    step : float
        Step of the narrowest interval used.
    """
    count = collect(engine, slot, series)
    first_power = 2 if series == SERIES_CENTERED else 1
    scratch = engine.scratch
    levels = extrapolate(scratch, scratch.values, scratch.noise, count, first_power, first_power)
    gap_levels = extrapolate(scratch, scratch.gaps, null_reals(), count, 1, 2) if series == SERIES_CENTERED else 0
    interval.low = -math.inf
    interval.high = math.inf
    narrowest = math.inf
    step = 0.0
    for k in range(count - 2):
        for level in range(levels):
            if k + level + 2 >= count:
                continue
            value = scratch.values[level * LADDER + k]
            bar = neighbour_bar(scratch, level, k)
            if series == SERIES_CENTERED:
                bar += gap_that_stays(scratch, level, gap_levels, count, k)
            if not math.isfinite(value + bar):
                continue
            if value - bar > interval.high or value + bar < interval.low:
                return True, step
            interval.low = larger(interval.low, value - bar)
            interval.high = smaller(interval.high, value + bar)
            if bar < narrowest:
                narrowest = bar
                step = scratch.step[k]
    return False, step


def gather(engine: Engine, slot: Slot) -> None:
    """Weigh the ladder of a slot: the interval of its slope, its resolution, and whether a kink shows itself."""
    right_conflict, right_step = finest_interval(engine, slot, SERIES_RIGHT, slot.right)
    left_conflict, left_step = finest_interval(engine, slot, SERIES_LEFT, slot.left)
    centered_conflict, centered_step = finest_interval(engine, slot, SERIES_CENTERED, slot.centered)
    slot.conflict = (
        (RIGHT_CONFLICT if right_conflict else 0)
        + (LEFT_CONFLICT if left_conflict else 0)
        + (CENTERED_CONFLICT if centered_conflict else 0)
    )
    slot.best_step = larger(larger(right_step, left_step), centered_step)
    if larger(slot.right.low, slot.left.low) <= smaller(slot.right.high, slot.left.high):
        combine_smooth(slot)
    else:
        combine_kink(slot)


def combine_smooth(slot: Slot) -> None:
    """Right and left slope can be the same: intersect with the centered interval, or unite where that contradicts."""
    low = larger(slot.right.low, slot.left.low)
    high = smaller(slot.right.high, slot.left.high)
    centered_low = slot.centered.low
    centered_high = slot.centered.high
    if larger(low, centered_low) <= smaller(high, centered_high):
        low = larger(low, centered_low)
        high = smaller(high, centered_high)
    else:
        # Contradicting series mean dishonest bars: there is no evidence between them.
        low = smaller(low, centered_low)
        high = larger(high, centered_high)
    slot.slope.low = low
    slot.slope.high = high
    slot.resolution = (high - low) / 2.0
    slot.jump = 0.0
    slot.kink = KINK_NEAR_X if slot.conflict % CENTERED_CONFLICT != 0 else NO_KINK


def combine_kink(slot: Slot) -> None:
    """Right and left slope differ: a kink at x (within noise), where all between the two is acceptable."""
    right = slot.right
    left = slot.left
    slot.slope.low = smaller(right.low, left.low)
    slot.slope.high = larger(right.high, left.high)
    slot.resolution = larger(right.high - right.low, left.high - left.low) / 2.0
    slot.jump = middle(right.low, right.high) - middle(left.low, left.high)
    slot.kink = KINK_AT_X


def half_width(slot: Slot) -> float:
    """Return half the width of the interval that holds the slope; infinite where nothing is known."""
    return middle(slot.slope.high, -slot.slope.low)


def estimate(slot: Slot) -> float:
    """Return the middle of the interval that holds the slope."""
    return middle(slot.slope.high, slot.slope.low)
