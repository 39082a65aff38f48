"""Slopes that noise hides near x: what f does over longer steps refutes no claim then, where it leads nowhere."""

from __future__ import annotations

import math

from ..records.engine import Engine, Interval, Scratch, Slot
from ..records.floats import larger, largest_finite
from .intervals import SERIES_LEFT, SERIES_RIGHT, collect_slopes, estimate
from .ladder import CLEARLY_MOVED, slope_noise

# Steps so many times as long as x is large are still beside it.
NEARBY = 4.0
# A slope must show an error: so much of it may be noise.
SHOWS_ERROR = 0.5
# What slopes grow by is compared over steps so many times as long.
SPAN = 4.0
# Slopes settle where they change by less than half as much.
SETTLES = 2.0
# A change that is larger than the one before it by chance does not come twice.
NO_CHANCE = 2


def leads_nowhere(engine: Engine, slot: Slot) -> bool:
    """Return whether slopes hide in noise near x, and what is seen of them farther away does not lead to x."""
    if shows_error_nearby(engine, slot):
        return False
    if moves_within_noise(engine, slot):
        return True
    right = grows_into_noise(engine, slot, SERIES_RIGHT)
    left = grows_into_noise(engine, slot, SERIES_LEFT)
    return (right or left) and (right or holds(slot.right, slot.claimed)) and (left or holds(slot.left, slot.claimed))


def holds(interval: Interval, value: float) -> bool:
    """Return whether a value lies in an interval."""
    return interval.low <= value <= interval.high


def shows_error_nearby(engine: Engine, slot: Slot) -> bool:
    """Return whether noise hides the error of the claim less than half, over a step about as long as x, or shorter."""
    error = math.fabs(slot.claimed - estimate(slot))
    for place in range(slot.count):
        if slot.ladder[place].step <= NEARBY * math.fabs(slot.x):
            if slope_noise(engine, slot, place) < SHOWS_ERROR * error:
                return True
    return False


def moves_within_noise(engine: Engine, slot: Slot) -> bool:
    """Return whether f moves along the ladder, but nowhere out of its noise.

    Over steps far beyond x that is no proof: a bounded term of f, with a slope at x, hides in the noise, too.
    """
    moved = 0.0
    for place in range(slot.count):
        pair = slot.ladder[place]
        change = largest_finite(pair.right, pair.left) * pair.step
        if change > CLEARLY_MOVED * slope_noise(engine, slot, place) * pair.step:
            return False
        moved = larger(change, moved)
    return moved > 0.0


def grows_into_noise(engine: Engine, slot: Slot, series: int) -> bool:
    """Return whether slopes of one side grow towards finer steps until noise hides them, and settle nowhere.

    Those of a root beside the edge of its domain do, and those of what is bounded: they say nothing of where they lead.
    Over steps four times as long they change less, and by the same sign, where those of a smooth f change more.
    """
    scratch = engine.scratch
    count = collect_slopes(engine, slot, series)
    growing = 0
    for k in range(count):
        far = place_above(scratch, count, k)
        farther = place_above(scratch, count, far)
        if farther > far:
            change = scratch.values[k] - scratch.values[far]
            coarser = scratch.values[far] - scratch.values[farther]
            noise = scratch.noise[k] + scratch.noise[far]
            if SETTLES * math.fabs(change) + noise < math.fabs(coarser):
                return False
            if math.fabs(change) > larger(math.fabs(coarser), noise) and (change > 0.0) == (coarser > 0.0):
                growing += 1
    return growing >= NO_CHANCE


def place_above(scratch: Scratch, count: int, k: int) -> int:
    """Return the first place whose step is four times that of a place or more; the place itself if there is none."""
    for above in range(k + 1, count):
        if scratch.step[above] >= SPAN * scratch.step[k]:
            return above
    return k
