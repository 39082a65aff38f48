"""The ladder of a slot: pairs of one-sided slopes, finest step first, and the noise of each."""

from __future__ import annotations

import math

from ..records.abi import Reals
from ..records.codes import ARITHMETIC_FLOAT32, ARITHMETIC_FLOAT64
from ..records.engine import LADDER, Engine, Pair, Sides, Slot
from ..records.floats import larger, largest_finite, middle, smaller, spacing
from .scales import ROUNDINGS, UNIT_FLOAT32, UNIT_FLOAT64, argument_noise

# An error bar takes four standard deviations of the noise of one value; a slope has two values in it.
DEVIATIONS = 4.0
SQUARE_ROOT_OF_TWO = 1.4142135623730951
# Rounding grows with |f| along a line, but f(x) near 0 by cancellation says nothing about it: at most this factor.
LARGEST_GROWTH = 100.0
COARSE_STEPS = 3
# Of bfloat16.
UNIT_COARSE = 2.0**-9
# Steps longer than the best one by this factor say nothing about the slopes around x.
FAR_BEYOND = 4.0
# Over a step longer by at least the first factor, f must move further by the second one.
LEAST_SPAN = 4.0
GROWS = 2.0
# The measured noise may be too small by a factor of two.
CLEARLY_MOVED = 2.0


def insert_pair(slot: Slot, step: float, right: float, left: float, value: float) -> None:
    """Put a pair of slopes at its place in the ladder; a step that is there already changes nothing."""
    place = 0
    while place < slot.count and slot.ladder[place].step < step:
        place += 1
    if slot.count >= LADDER or (place < slot.count and slot.ladder[place].step == step):
        return
    for k in range(slot.count, place, -1):
        slot.ladder[k] = slot.ladder[k - 1]
    slot.count += 1
    pair = slot.ladder[place]
    pair.step = step
    pair.right = right
    pair.left = left
    pair.value = value
    if not math.isfinite(right) or not math.isfinite(left):
        slot.missing += 1


def lacks_evidence(slot: Slot) -> bool:
    """Return whether a pair lacks a side or sees no change of f."""
    if slot.missing > 0:
        return True
    for k in range(slot.count):
        if slot.ladder[k].right == 0.0 and slot.ladder[k].left == 0.0:
            return True
    return False


def place_of_step(slot: Slot, step: float) -> int:
    """Return the place of a step in the ladder, -1 where it is not."""
    for k in range(slot.count):
        if slot.ladder[k].step == step:
            return k
    return -1


def value_noise(noise: float, value_at_x: float, largest_value: float) -> float:
    """Return the noise of one value of f where |f| reaches `largest_value` along the line."""
    growth = 1.0
    if value_at_x != 0.0:
        growth = smaller(larger(largest_value / math.fabs(value_at_x), 1.0), LARGEST_GROWTH)
    return larger(spacing(largest_value), noise * growth)


def grown_noise(engine: Engine, noise: float, largest_value: float) -> float:
    """Return the noise of one value of f along a line: it grows with |f| as far as it may be rounding of f."""
    grown = value_noise(noise, engine.value, largest_value)
    return larger(noise, smaller(grown, largest_rounding(engine, largest_value)))


def largest_rounding(engine: Engine, value: float) -> float:
    """Return the noise that rounding may make of a value in the arithmetic that f seems to be computed in."""
    unit = UNIT_COARSE
    if engine.arithmetic == ARITHMETIC_FLOAT64:
        unit = UNIT_FLOAT64
    elif engine.arithmetic == ARITHMETIC_FLOAT32:
        unit = UNIT_FLOAT32
    return larger(spacing(value), ROUNDINGS * unit * value)


def noise_bar(noise: float, step: float) -> float:
    """Return the noise bar of a one-sided slope whose two values have this noise."""
    return DEVIATIONS * SQUARE_ROOT_OF_TWO * noise / step


def slope_noise(engine: Engine, slot: Slot, place: int) -> float:
    """Return the noise bar of the one-sided slopes at a place of the ladder."""
    pair = slot.ladder[place]
    rounded = argument_noise(largest_finite(pair.right, pair.left), slot.x)
    return noise_bar(grown_noise(engine, slot.noise, pair.value) + rounded, pair.step)


def pair_noise(engine: Engine, sides: Sides) -> float:
    """Return the noise bar of the one-sided slopes of a first pair, as far as they agree with the claim."""
    return noise_bar(engine.noise + sides.rounding, sides.step)


def slope_of_side(pair: Pair, side: int) -> float:
    """Return the slope on a side of x: 1 right, -1 left."""
    return pair.right if side == 1 else pair.left


def centered(slot: Slot, place: int) -> float:
    """Return the centered slope at a place of the ladder (NaN where one side is missing)."""
    return middle(slot.ladder[place].right, slot.ladder[place].left)


def insert_sorted(values: Reals, count: int, value: float) -> None:
    """Put a value where it belongs among so many sorted ones."""
    place = count
    while place > 0 and values[place - 1] > value:
        values[place] = values[place - 1]
        place -= 1
    values[place] = value


def largest_change(pair: Pair) -> float:
    """Return how far f moves from f(x) over the step of a pair."""
    return larger(math.fabs(pair.right), math.fabs(pair.left)) * pair.step


def fades(engine: Engine, slot: Slot) -> bool:
    """Return whether f moves hardly farther over the coarsest step than over the finest.

    Where slopes shrink faster than those of a root, like 1 / h in the end, both steps may be beyond the scale on which
    f varies, and say nothing of its slope at x.
    """
    near = slot.ladder[0]
    far = slot.ladder[slot.count - 1]
    moved = largest_change(near)
    if far.step < LEAST_SPAN * near.step or not moved > slope_noise(engine, slot, 0) * near.step:
        return False
    return largest_change(far) < math.sqrt(far.step / near.step) * moved


def change_of_side(pair: Pair, side: int) -> float:
    """Return how far f moves from f(x) over the step of a pair on one side."""
    return math.fabs(slope_of_side(pair, side)) * pair.step


def growing_places(engine: Engine, slot: Slot, side: int) -> int:
    """Return how many places of the ladder, from the finest step on, tell of the slope at x on one side.

    Beyond the first step that f moves no farther than over steps four and sixteen times as long, slopes only fade.
    """
    for place in range(slot.count - 2):
        change = change_of_side(slot.ladder[place], side)
        farther = larger(change_of_side(slot.ladder[place + 1], side), change_of_side(slot.ladder[place + 2], side))
        stands_out = change > CLEARLY_MOVED * slope_noise(engine, slot, place) * slot.ladder[place].step
        if stands_out and farther < GROWS * change:
            return place + 1
    return slot.count


def telling_count(slot: Slot) -> int:
    """Return how many places of the ladder have steps up to a few times the best one; all, where there is none."""
    count = slot.count
    while count > 0 and slot.best_step > 0.0 and slot.ladder[count - 1].step > FAR_BEYOND * slot.best_step:
        count -= 1
    return count


def median_slope(engine: Engine, slot: Slot, anywhere: bool) -> float:
    """Return the median size of the slopes that noise does not hide, at most the largest one of the coarsest steps.

    It tells what slopes are like, up to the scale of the best step or anywhere on the ladder.  Slopes that grow without
    bound as the step shrinks do not count, nor do walls far beyond the best step.
    """
    values = engine.scratch.values
    count = 0
    coarse = 0.0
    places = slot.count if anywhere else telling_count(slot)
    for k in range(places):
        noise = slope_noise(engine, slot, k)
        for side in (1, -1):
            slope = math.fabs(slope_of_side(slot.ladder[k], side))
            if math.isfinite(slope) and slope > noise:
                insert_sorted(values, count, slope)
                count += 1
                if k >= places - COARSE_STEPS:
                    coarse = larger(slope, coarse)
    if count == 0:
        return 0.0
    return smaller(middle(values[(count - 1) // 2], values[count // 2]), coarse)
