"""The ladder of a slot: pairs of one-sided slopes, finest step first, and the noise of each."""

from __future__ import annotations

import math

from .abi import Engine, Reals
from .floats import larger, middle, smaller, spacing
from .state import (
    LADDER,
    NOISE,
    SCRATCH_VALUES,
    SLOT_COUNT_PAIRS,
    SLOT_LADDER_LEFT,
    SLOT_LADDER_RIGHT,
    SLOT_LADDER_STEP,
    SLOT_LADDER_VALUE,
    SLOT_MISSING,
    SLOT_NOISE,
    VALUE,
)

# Bars take four standard deviations of the noise of one value; a slope has two values in it.
NOISE_FACTOR = 4.0
SQUARE_ROOT_OF_TWO = 1.4142135623730951
# Rounding grows with |f| along a line, but f(x) near 0 by cancellation says nothing about it: at most this factor.
LARGEST_GROWTH = 100.0
COARSE_STEPS = 3


def insert_pair(engine: Engine, reals: Reals, slot: int, step: float, right: float, left: float, value: float) -> None:
    """Put a pair of slopes at its place in the ladder; a step that is there already changes nothing."""
    count = engine[slot + SLOT_COUNT_PAIRS]
    place = 0
    while place < count and reals[slot + SLOT_LADDER_STEP + place] < step:
        place += 1
    if count >= LADDER or (place < count and reals[slot + SLOT_LADDER_STEP + place] == step):
        return
    for k in range(count, place, -1):
        for row in (SLOT_LADDER_STEP, SLOT_LADDER_RIGHT, SLOT_LADDER_LEFT, SLOT_LADDER_VALUE):
            reals[slot + row + k] = reals[slot + row + k - 1]
    reals[slot + SLOT_LADDER_STEP + place] = step
    reals[slot + SLOT_LADDER_RIGHT + place] = right
    reals[slot + SLOT_LADDER_LEFT + place] = left
    reals[slot + SLOT_LADDER_VALUE + place] = value
    engine[slot + SLOT_COUNT_PAIRS] = count + 1
    if not math.isfinite(right) or not math.isfinite(left):
        engine[slot + SLOT_MISSING] += 1


def largest_finite(a: float, b: float) -> float:
    """Return the larger size of two values, of which either may be missing; 0 where both are."""
    largest = math.fabs(a) if math.isfinite(a) else 0.0
    return larger(math.fabs(b), largest) if math.isfinite(b) else largest


def place_of_step(engine: Engine, reals: Reals, slot: int, step: float) -> int:
    """Return the place of a step in the ladder, -1 where it is not."""
    for k in range(engine[slot + SLOT_COUNT_PAIRS]):
        if reals[slot + SLOT_LADDER_STEP + k] == step:
            return k
    return -1


def value_noise(noise: float, value_at_x: float, largest_value: float) -> float:
    """Return the noise of one value of f where |f| reaches `largest_value` along the line."""
    growth = 1.0
    if value_at_x != 0.0:
        growth = larger(largest_value / math.fabs(value_at_x), 1.0)
        if growth > LARGEST_GROWTH:
            growth = LARGEST_GROWTH
    return larger(spacing(largest_value), noise * growth)


def slope_noise(reals: Reals, slot: int, place: int) -> float:
    """Return the noise bar of the one-sided slopes at a place of the ladder."""
    noise = value_noise(reals[slot + SLOT_NOISE], reals[VALUE], reals[slot + SLOT_LADDER_VALUE + place])
    return NOISE_FACTOR * SQUARE_ROOT_OF_TWO * noise / reals[slot + SLOT_LADDER_STEP + place]


def assumed_slope_noise(reals: Reals, step: float) -> float:
    """Return the noise bar of a one-sided slope at x, before anything along the line is known."""
    return NOISE_FACTOR * SQUARE_ROOT_OF_TWO * reals[NOISE] / step


def centered(reals: Reals, slot: int, place: int) -> float:
    """Return the centered slope at a place of the ladder (NaN where one side is missing)."""
    return middle(reals[slot + SLOT_LADDER_RIGHT + place], reals[slot + SLOT_LADDER_LEFT + place])


def sink(reals: Reals, base: int, place: int) -> None:
    """Move the value at a place down to where it belongs among the sorted ones before it."""
    value = reals[base + place]
    while place > 0 and reals[base + place - 1] > value:
        reals[base + place] = reals[base + place - 1]
        place -= 1
    reals[base + place] = value


def typical_slope(engine: Engine, reals: Reals, slot: int) -> float:
    """Return the median size of the slopes that noise does not hide, at most the largest one of the coarsest steps.

    It is what slopes look like at any scale; slopes that grow without end as the step falls say nothing of that.
    """
    count = 0
    coarse = 0.0
    for k in range(engine[slot + SLOT_COUNT_PAIRS]):
        if k == engine[slot + SLOT_COUNT_PAIRS] - COARSE_STEPS:
            coarse = 0.0
        for row in (SLOT_LADDER_RIGHT, SLOT_LADDER_LEFT):
            slope = math.fabs(reals[slot + row + k])
            if math.isfinite(slope) and slope > slope_noise(reals, slot, k):
                reals[SCRATCH_VALUES + count] = slope
                sink(reals, SCRATCH_VALUES, count)
                count += 1
                coarse = larger(slope, coarse)
    if count == 0:
        return 0.0
    return smaller(middle(reals[SCRATCH_VALUES + (count - 1) // 2], reals[SCRATCH_VALUES + count // 2]), coarse)
