"""Noise that the value of f at x does not show, but the ladder of a slot does.

Where f is the difference of terms that cancel, or is saturated, it is the same to the last bit over many steps, or
exactly 0, and a unit in its last place says nothing of the rounding of its terms.  Where f(x) alone stands out of the
values on both sides of x, what sets it apart is its own noise.
"""

from __future__ import annotations

import math

from ..records.engine import Engine, Slot
from ..records.floats import larger, smaller, spacing
from .ladder import change_of_side, growing_places, largest_change, slope_of_side, value_noise
from .scales import FLOAT32_SPACING, LARGEST_PAIR_STEP, UNIT_FLOAT32

# This many of the finest pairs that do not move f at all show a stretch on which it is constant.
FLAT_PAIRS = 3
# The finest steps of a ladder, in smallest steps.
FINEST = 4.0
# Rounding moves f by a few units in its last place.
STAIRS = 256.0
# Over a step four times as long as one that does not move it, f moves by five steps of rounding at most, of which the
# noise is 0.3.
KNOWN = 16.0
# Stairs with narrower treads, as a part of the size of x, are made by rounding inside of f, as in solving systems.
NARROWEST_TREAD = 2.0**-36
# A jump keeps half of its height at least over ever finer steps.
JUMP_KEPT = 0.5
# A quarter of the largest first step.
NARROW = LARGEST_PAIR_STEP / 4.0
# A jump by four standard deviations, in standard deviations.
JUMP_TO_NOISE = 0.25
# Rounding moves f over a step by at most this many times what it does over another one that is so much shorter, and by
# less than this part of its largest value.
AS_FAR = 3.0
SPAN = 64.0
ROUNDED_PART = 2.0**-36
# What stays below this many standard deviations everywhere is nothing but noise.
NOTHING_BUT_NOISE = 8.0


def flat_places(slot: Slot, side: int) -> int:
    """Return how many of the finest steps do not move f at all on one side."""
    place = 0
    while place < slot.count and slope_of_side(slot.ladder[place], side) == 0.0:
        place += 1
    return place


def is_flat(slot: Slot) -> bool:
    """Return whether f is constant to the last bit over several of the finest steps, on one side at least."""
    return flat_places(slot, 1) >= FLAT_PAIRS or flat_places(slot, -1) >= FLAT_PAIRS


def hidden_noise(engine: Engine, slot: Slot) -> float:
    """Return the noise that the ladder shows where f is constant over its finest steps; else 0.

    It is a unit in the last place of the largest value on the ladder, for which the terms of f are large enough, and at
    most the first change of f.  Where values are small, it is that of x.  What is known as noise of f makes it
    constant, too, unless all values are numbers of float32.
    """
    change = first_change(slot)
    known = KNOWN * engine.noise if engine.beyond_float32 != 0 else 0.0
    if not is_flat(slot) or change <= known:
        return 0.0
    size = larger(largest_value(engine, slot), engine.typical)
    unit = spacing(size) * (FLOAT32_SPACING if engine.unit == UNIT_FLOAT32 else 1.0)
    return smaller(change, unit) if math.isfinite(unit) else 0.0


def largest_value(engine: Engine, slot: Slot) -> float:
    """Return the largest |f| at x and on the ladder."""
    size = math.fabs(engine.value)
    for place in range(slot.count):
        size = larger(slot.ladder[place].value, size)
    return size


def first_change(slot: Slot) -> float:
    """Return how far f moves over the finest step that moves it on a side on which it is flat; infinite: none does."""
    change = math.inf
    for side in (1, -1):
        first = flat_places(slot, side)
        if FLAT_PAIRS <= first < slot.count:
            change = smaller(change_of_side(slot.ladder[first], side), change)
    return change


def is_on_tread(engine: Engine, slot: Slot) -> bool:
    """Return whether f is a staircase that is flat beside x: its steps are too high for rounding of f in float64.

    On the other side f is flat, too, or jumps at x; it has no slope, as it has beside a kink.
    """
    if not STAIRS * spacing(largest_value(engine, slot)) < first_change(slot) < math.inf:
        return False
    if widest_flat_step(slot) < NARROWEST_TREAD * slot.size:
        return False
    return is_flat_or_jumps(slot, 1) and is_flat_or_jumps(slot, -1)


def is_flat_or_jumps(slot: Slot, side: int) -> bool:
    """Return whether over the finest steps f does not move on a side, or moves as far over all of them."""
    return flat_places(slot, side) >= FLAT_PAIRS or jumps_at_x(slot, side)


def jumps_at_x(slot: Slot, side: int) -> bool:
    """Return whether over all of the finest steps f moves as far."""
    nearest = change_of_side(slot.ladder[0], side)
    return nearest > 0.0 and nearest >= JUMP_KEPT * change_of_side(slot.ladder[FLAT_PAIRS - 1], side)


def is_wide_tread(slot: Slot) -> bool:
    """Return whether f is flat over all steps that suit a first pair: beside them, its slope at x is 0."""
    return widest_flat_step(slot) >= LARGEST_PAIR_STEP * slot.size


def is_narrow_tread(slot: Slot) -> bool:
    """Return whether f is certainly not flat over all steps that suit a first pair.

    Steps are four times as long from one to the next: another ladder may show a tread as up to four times as wide.
    """
    return widest_flat_step(slot) < NARROW * slot.size


def widest_flat_step(slot: Slot) -> float:
    """Return the longest one of the finest steps that do not move f, on either side; 0 where the first one does."""
    widest = 0.0
    for side in (1, -1):
        count = flat_places(slot, side)
        if count > 0:
            widest = larger(slot.ladder[count - 1].step, widest)
    return widest


def noise_of_value(engine: Engine, slot: Slot) -> float:
    """Return the noise of f(x) where it stands out of the values on both sides of x; else 0."""
    # Coarser steps may be beyond the scale on which f varies.
    if slot.missing > 0 or slot.count < FLAT_PAIRS or slot.ladder[0].step > FINEST * slot.lowest:
        return 0.0
    if not stops_growing(engine, slot, 1) or not stops_growing(engine, slot, -1):
        return 0.0
    change = 0.0
    for place in range(FLAT_PAIRS):
        change = larger(largest_change(slot.ladder[place]), change)
    return JUMP_TO_NOISE * change


def noise_of_sides(engine: Engine, slot: Slot) -> float:
    """Return the noise of f where the gap between the sides moves it as far over steps of very different lengths.

    Neither curvature nor a kink at x does: these are the steps of terms that are far larger than f.  It is 0 where
    there is no more than what is known, and where so much is no rounding.
    """
    jump = 0.0
    for place in range(slot.count):
        moved = change_of_gap(slot, place)
        last = place
        while last + 1 < slot.count and change_of_gap(slot, last + 1) <= AS_FAR * moved:
            last += 1
        if slot.ladder[last].step >= SPAN * slot.ladder[place].step:
            jump = larger(moved, jump)
    is_rounding = KNOWN * slot.noise < jump < ROUNDED_PART * largest_value(engine, slot)
    return JUMP_TO_NOISE * jump if is_rounding else 0.0


def change_of_gap(slot: Slot, place: int) -> float:
    """Return how far the gap between the sides moves f over the step of a place."""
    pair = slot.ladder[place]
    return math.fabs(pair.right - pair.left) * pair.step


def stops_growing(engine: Engine, slot: Slot, side: int) -> bool:
    """Return whether f moves no farther on a side from one of the finest steps on."""
    places = growing_places(engine, slot, side)
    return places < slot.count and places <= FLAT_PAIRS


def is_nothing_but_noise(engine: Engine, slot: Slot) -> bool:
    """Return whether f is 0 up to its noise, at x and all along the ladder."""
    if math.fabs(engine.value) > NOTHING_BUT_NOISE * slot.noise:
        return False
    for place in range(slot.count):
        value = slot.ladder[place].value
        if value > NOTHING_BUT_NOISE * value_noise(slot.noise, engine.value, value):
            return False
    return True
