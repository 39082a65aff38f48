"""Lines that begin to climb: their seeds, the first step, the bar at which they may stop, the rungs they may take."""

from __future__ import annotations

import math

from ..points.seeds import RANDOM_LINES, line_seed
from ..records.floats import larger, smaller
from ..records.lines import (
    LINES_ALIGNED,
    LINES_ALIGNED_AGAIN,
    LINES_CONFIRM,
    LINES_RANDOM,
    MOST_LINES,
    Lines,
    line_room,
)
from .decision import tolerance_of
from .pooled_bars import has_coarse_noise
from .rungs import begin_climber, lowest_exponent

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


def begin_lines(lines: Lines) -> None:
    """Begin with the random lines; claims that are no numbers go to the check of single coordinates at once."""
    if lines.unfit_claims > 0:
        lines.phase = LINES_CONFIRM
        return
    lines.random_exponent = first_exponent(lines)
    begin_pool(lines, LINES_RANDOM, RANDOM_LINES, MOST_LINES, lines.random_exponent)


def first_exponent(lines: Lines) -> int:
    """Return the exponent of the smallest step whose noise is harmless."""
    lowest = lowest_exponent(lines) + ABOVE_LOWEST
    wanted = HARMLESS * lines.norm
    if wanted <= 0.0:
        return LARGEST_FIRST_EXPONENT
    ratio = FIRST_NOISE * lines.engine.noise / wanted
    if not ratio < 1.0:
        return LARGEST_FIRST_EXPONENT
    if ratio <= math.ldexp(1.0, lowest):
        return lowest
    mantissa, exponent = math.frexp(ratio)
    # The nearest power of two on the scale of exponents.
    exponent = exponent if mantissa >= 0.7071067811865476 else exponent - 1
    return exponent if exponent < LARGEST_FIRST_EXPONENT else LARGEST_FIRST_EXPONENT


def target_bar(lines: Lines) -> float:
    """Return the bar at which lines need not climb further."""
    norm = lines.norm
    # A gradient in float32 is itself not better known.
    if lines.engine.float32 != 0:
        return TARGET_FLOAT32 * norm
    if has_coarse_noise(lines):
        return TARGET * norm
    return smaller(TARGET * norm, larger(TYPICAL_PART * lines.typical_slope, SMALLEST_TARGET * norm))


def most_rungs(lines: Lines, count: int) -> int:
    """Return how many rungs the budget allows a pool."""
    if lines.engine.budget > 0 and lines.engine.budget < SMALL_BUDGET:
        return CHEAPEST_RUNGS
    rungs = line_room(lines) // (2 * count)
    return MOST_RUNGS if rungs > MOST_RUNGS else (rungs if rungs > CHEAPEST_RUNGS else CHEAPEST_RUNGS)


def begin_pool(lines: Lines, phase: int, seeds: int, count: int, exponent: int) -> None:
    """Begin lines over the whole vector that climb together."""
    aligned = phase == LINES_ALIGNED or phase == LINES_ALIGNED_AGAIN
    lines.phase = phase
    begin_pool_over(lines, 0, lines.engine.n, 1 if aligned else 0, seeds, count, exponent)


def begin_pool_over(lines: Lines, start: int, stop: int, aligned: int, seeds: int, count: int, exponent: int) -> None:
    """Begin lines over a part of the vector that climb together."""
    most = most_rungs(lines, count)
    begin_climber(lines.pool, start, stop, aligned, exponent, most, target_bar(lines))
    lines.pool.lines = count
    for line in range(count):
        lines.pool.seeds[line] = line_seed(lines.engine.seed, seeds + line)
    lines.tolerance = tolerance_of(lines, aligned != 0)


def begin_part(lines: Lines, start: int, stop: int, seeds: int) -> None:
    """Begin lines over a part of the vector."""
    first = seeds + MOST_LINES * lines.part.done
    begin_pool_over(lines, start, stop, 0, first, MOST_LINES, lines.random_exponent)
