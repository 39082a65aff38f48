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
from .hidden_noise import hidden_noise, noise_of_sides, noise_of_value
from .ladder import centered, growing_places, slope_noise

# The series, as bits: `slot.conflict` is the sum of those that a coarser step contradicted.
SERIES_RIGHT = 1
SERIES_LEFT = 2
SERIES_CENTERED = 4
ALL_CONFLICT = SERIES_RIGHT + SERIES_LEFT + SERIES_CENTERED
# Where values change more towards finer steps than towards coarser ones, they do not tell where they lead.
DIVERGES = 1.0
NO_KINK = 0
KINK_AT_X = 1
KINK_NEAR_X = 2


def collect_slopes(engine: Engine, slot: Slot, series: int) -> int:
    """Write the finite slopes of a series, their noise and steps into the scratch; return their number."""
    scratch = engine.scratch
    count = 0
    for k in range(slot.count):
        pair = slot.ladder[k]
        noise = slope_noise(engine, slot, k)
        slope = pair.right if series == SERIES_RIGHT else pair.left
        if series == SERIES_CENTERED:
            slope = centered(slot, k)
            # Both sides move by steps that differ by a rounding of x: so much of the gap is none of the slope.
            noise = noise / 2.0 + engine.unit * math.fabs(pair.right - pair.left)
        if math.isfinite(slope):
            scratch.step[count] = pair.step
            scratch.values[count] = slope
            scratch.noise[count] = noise
            scratch.gaps[count] = pair.right - pair.left
            count += 1
    return count


def change_to_coarser(scratch: Scratch, level: int, k: int) -> float:
    """Return how much the values change from entry k of a level to its two coarser neighbours.

    The second difference shrinks by 4 (that of raw slopes: by 2) before it counts, as truncation would.
    """
    values = scratch.values
    here = level * LADDER + k
    change = math.fabs(values[here + 1] - values[here])
    coarser = math.fabs(values[here + 2] - values[here + 1]) / (2.0 if level == 0 else 4.0)
    return larger(change, coarser)


def change_to_finer(scratch: Scratch, level: int, k: int) -> float:
    """Return how much the values change from entry k of a level to its finer neighbour, beyond the noise of both."""
    if k == 0:
        return 0.0
    here = level * LADDER + k
    noise = scratch.noise
    return math.fabs(scratch.values[here] - scratch.values[here - 1]) - noise[here - 1] - noise[here]


def neighbour_bar(scratch: Scratch, level: int, k: int) -> float:
    """Return the error bar of entry k of a level: noise, and the change to its neighbours.

    Two coarser neighbours are required, and the finer one must not contradict beyond its noise: one lucky small
    difference proves nothing.
    """
    rest = larger(change_to_finer(scratch, level, k), change_to_coarser(scratch, level, k))
    return scratch.noise[level * LADDER + k] + 2.0 * rest


def diverges(scratch: Scratch, level: int, k: int) -> bool:
    """Return whether the values change more from entry k towards finer steps than towards coarser ones."""
    return change_to_finer(scratch, level, k) > DIVERGES * change_to_coarser(scratch, level, k)


def gap_that_stays(scratch: Scratch, level: int, gap_levels: int, count: int, k: int) -> float:
    """Return half the gap that does not vanish with the step: it moves a centered slope that looks stable."""
    gap_level = min(level + 1, gap_levels - 1)
    last = count - gap_level - 1
    here = math.fabs(scratch.gaps[gap_level * LADDER + min(k, last)])
    coarser = math.fabs(scratch.gaps[gap_level * LADDER + min(k + 1, last)])
    return larger(here, coarser) / 2.0


def telling_places(engine: Engine, slot: Slot, series: int) -> int:
    """Return how many places of the ladder tell of the slope at x."""
    right = slot.count if series == SERIES_LEFT else growing_places(engine, slot, 1)
    left = slot.count if series == SERIES_RIGHT else growing_places(engine, slot, -1)
    return min(right, left)


def contradicts(interval: Interval, value: float, bar: float) -> bool:
    """Return whether a value with its bar contradicts an interval: neither holds the middle of the other.

    Where the two overlap at their edges only, what they share is far narrower than both, and proves nothing.
    """
    center = middle(interval.low, interval.high)
    return math.fabs(value - center) > larger(bar, interval.high - center)


def weigh_series(engine: Engine, slot: Slot, series: int, interval: Interval) -> None:
    """Intersect the intervals of a series from the finest step upwards, until one contradicts.

    The interval is infinite where the ladder proves nothing.  The slot notes a contradiction, and the step of the
    narrowest interval used if that is coarser than those of other series.  Values that do not tell of the slope at x
    may contradict, as they do beyond a kink, but make no interval narrower.
    """
    scratch = engine.scratch
    count = collect_slopes(engine, slot, series)
    first_power = 2 if series == SERIES_CENTERED else 1
    levels = extrapolate(scratch, scratch.values, scratch.noise, count, first_power, first_power)
    gap_levels = extrapolate(scratch, scratch.gaps, null_reals(), count, 1, 2) if series == SERIES_CENTERED else 0
    interval.low = -math.inf
    interval.high = math.inf
    narrowest = math.inf
    telling = telling_places(engine, slot, series)
    for k in range(count - 2):
        for level in range(min(levels, count - 2 - k)):
            value = scratch.values[level * LADDER + k]
            bar = neighbour_bar(scratch, level, k)
            if series == SERIES_CENTERED:
                bar += gap_that_stays(scratch, level, gap_levels, count, k)
            if not math.isfinite(value + bar):
                continue
            if contradicts(interval, value, bar):
                slot.conflict += series
                return
            if k + level >= telling or diverges(scratch, level, k):
                continue
            interval.low = larger(interval.low, value - bar)
            interval.high = smaller(interval.high, value + bar)
            if bar < narrowest:
                narrowest = bar
                slot.best_step = larger(scratch.step[k], slot.best_step)


def weigh_ladder(engine: Engine, slot: Slot) -> None:
    """Weigh the ladder of a slot: the interval of its slope, its resolution, and whether a kink shows itself."""
    slot.conflict = 0
    slot.best_step = 0.0
    shown = larger(hidden_noise(engine, slot), noise_of_value(engine, slot))
    slot.noise = larger(larger(noise_of_sides(engine, slot), shown), slot.noise)
    weigh_series(engine, slot, SERIES_RIGHT, slot.right)
    weigh_series(engine, slot, SERIES_LEFT, slot.left)
    weigh_series(engine, slot, SERIES_CENTERED, slot.centered)
    if larger(slot.right.low, slot.left.low) <= smaller(slot.right.high, slot.left.high):
        combine_smooth(slot)
    else:
        combine_kink(slot)


def combine_smooth(slot: Slot) -> None:
    """Right and left slope can be the same: intersect with the centered interval, or unite where that contradicts."""
    low = larger(slot.right.low, slot.left.low)
    high = smaller(slot.right.high, slot.left.high)
    if larger(low, slot.centered.low) <= smaller(high, slot.centered.high):
        low = larger(low, slot.centered.low)
        high = smaller(high, slot.centered.high)
    else:
        # Series that contradict each other have bars that cannot be trusted: nothing between them is excluded.
        low = smaller(low, slot.centered.low)
        high = larger(high, slot.centered.high)
    slot.slope.low = low
    slot.slope.high = high
    slot.resolution = (high - low) / 2.0
    slot.jump = 0.0
    slot.kink = KINK_NEAR_X if slot.conflict & (SERIES_RIGHT | SERIES_LEFT) != 0 else NO_KINK


def combine_kink(slot: Slot) -> None:
    """Right and left slope differ: a kink at x (within noise), where all between the two is acceptable."""
    right = slot.right
    left = slot.left
    slot.slope.low, slot.slope.high = both_sides(slot)
    slot.resolution = larger(right.high - right.low, left.high - left.low) / 2.0
    slot.jump = middle(right.low, right.high) - middle(left.low, left.high)
    slot.kink = KINK_AT_X


def both_sides(slot: Slot) -> tuple[float, float]:
    """Return the ends of the interval that holds the right and the left slope."""
    return smaller(slot.right.low, slot.left.low), larger(slot.right.high, slot.left.high)


def half_width(slot: Slot) -> float:
    """Return half the width of the interval that holds the slope; infinite where nothing is known."""
    return middle(slot.slope.high, -slot.slope.low)


def estimate(slot: Slot) -> float:
    """Return the middle of the interval that holds the slope."""
    return middle(slot.slope.high, slot.slope.low)
