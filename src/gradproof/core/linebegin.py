"""Lines that begin to climb: their seeds, the first step, the bar at which they may stop, the rungs they may take."""

from __future__ import annotations

import math

from numpy import int64

from .abi import Engine, Reals
from .climbers import begin_climber, lowest_exponent
from .directions import mixed
from .floats import larger, smaller
from .linedecision import (
    tolerance_of,
)
from .linestate import (
    CLIMBER_LINES,
    CLIMBER_SEEDS,
    LENGTH,
    LINE_BUDGET,
    LINE_NOISE,
    LINE_PHASE,
    LINE_SEED,
    LINES_ALIGNED,
    LINES_ALIGNED_AGAIN,
    LINES_CONFIRM,
    LINES_RANDOM,
    MOST_LINES,
    PARTS_DONE,
    POOL,
    RANDOM_EXPONENT,
    SLOPE_NORM,
    TOLERANCE_NOW,
    TYPICAL_SLOPE,
    UNFIT_CLAIMS,
    line_room,
)
from .pooled import has_coarse_noise
from .state import FLOAT32

RANDOM_SEEDS = 1

# The first step: the smallest one whose noise is harmless.
FIRST_NOISE = 3.0

HARMLESS = 1e-7

LARGEST_FIRST_EXPONENT = -8

ABOVE_LOWEST = 6

# Bars that are good enough: this part of the norm, a thousandth of a typical coordinate, and never less than the last.
TARGET = 3e-8

TARGET_FLOAT32 = 1e-7

TYPICAL_PART = 2.5e-4

SMALLEST_TARGET = 1e-10

MOST_RUNGS = 12

# A budget below this has no room for more than the cheapest honest verdict.
SMALL_BUDGET = 60

CHEAPEST_RUNGS = 2


def line_seed(engine: Engine, number: int) -> int:
    """Return the seed of a line, never 0."""
    seed = int(int64(mixed(engine[LINE_SEED], number)))
    return seed if seed != 0 else 1


def begin_lines(engine: Engine, reals: Reals) -> None:
    """Begin with the random lines; claims that are no numbers go to the check of single coordinates at once."""
    if engine[UNFIT_CLAIMS] > 0:
        engine[LINE_PHASE] = LINES_CONFIRM
        return
    engine[RANDOM_EXPONENT] = first_exponent(engine, reals)
    begin_pool(engine, reals, LINES_RANDOM, RANDOM_SEEDS, MOST_LINES, engine[RANDOM_EXPONENT])


def first_exponent(engine: Engine, reals: Reals) -> int:
    """Return the exponent of the smallest step whose noise is harmless."""
    lowest = lowest_exponent(engine) + ABOVE_LOWEST
    wanted = HARMLESS * reals[SLOPE_NORM]
    if wanted <= 0.0:
        return LARGEST_FIRST_EXPONENT
    ratio = FIRST_NOISE * reals[LINE_NOISE] / wanted
    if not ratio < 1.0:
        return LARGEST_FIRST_EXPONENT
    if ratio <= math.ldexp(1.0, lowest):
        return lowest
    mantissa, exponent = math.frexp(ratio)
    # The nearest power of two on the scale of exponents.
    exponent = exponent if mantissa >= 0.7071067811865476 else exponent - 1
    return exponent if exponent < LARGEST_FIRST_EXPONENT else LARGEST_FIRST_EXPONENT


def target_bar(engine: Engine, reals: Reals) -> float:
    """Return the bar at which lines need not climb further."""
    norm = reals[SLOPE_NORM]
    # A gradient in float32 is itself not better known.
    if engine[FLOAT32] != 0:
        return TARGET_FLOAT32 * norm
    if has_coarse_noise(reals):
        return TARGET * norm
    return smaller(TARGET * norm, larger(TYPICAL_PART * reals[TYPICAL_SLOPE], SMALLEST_TARGET * norm))


def most_rungs(engine: Engine, lines: int) -> int:
    """Return how many rungs the budget allows a pool."""
    if engine[LINE_BUDGET] > 0 and engine[LINE_BUDGET] < SMALL_BUDGET:
        return CHEAPEST_RUNGS
    rungs = line_room(engine) // (2 * lines)
    return MOST_RUNGS if rungs > MOST_RUNGS else (rungs if rungs > CHEAPEST_RUNGS else CHEAPEST_RUNGS)


def begin_pool(engine: Engine, reals: Reals, phase: int, seeds: int, lines: int, exponent: int) -> None:
    """Begin lines over the whole vector that climb together."""
    aligned = phase == LINES_ALIGNED or phase == LINES_ALIGNED_AGAIN
    engine[LINE_PHASE] = phase
    begin_pool_over(engine, reals, 0, engine[LENGTH], 1 if aligned else 0, seeds, lines, exponent)


def begin_pool_over(
    engine: Engine, reals: Reals, start: int, stop: int, aligned: int, seeds: int, lines: int, exponent: int
) -> None:
    """Begin lines over a part of the vector that climb together."""
    most = most_rungs(engine, lines)
    begin_climber(engine, reals, POOL, start, stop, aligned, exponent, most, target_bar(engine, reals))
    engine[POOL + CLIMBER_LINES] = lines
    for line in range(lines):
        engine[POOL + CLIMBER_SEEDS + line] = line_seed(engine, seeds + line)
    reals[TOLERANCE_NOW] = tolerance_of(reals, aligned != 0)


def begin_part(engine: Engine, reals: Reals, start: int, stop: int, seeds: int) -> None:
    """Begin lines over a part of the vector."""
    first = seeds + MOST_LINES * engine[PARTS_DONE]
    begin_pool_over(engine, reals, start, stop, 0, first, MOST_LINES, engine[RANDOM_EXPONENT])
