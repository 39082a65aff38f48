"""Which lines come next: their seeds, their first step, the bar that is good enough, the rungs that they may take."""

from __future__ import annotations

import math

from ..points.seeds import RANDOM_LINES, line_seed
from ..records.floats import larger, smaller
from ..records.lines import MOST_LINES, Lines, evaluations_left
from . import phases
from .decision import tolerance_of
from .pooled_bars import POOLED_DEVIATIONS
from .rungs import RUNG, begin_line_ladder, is_step, lowest_exponent, noise_along, set_line

# The first step is the smallest one at which noise makes no more than half of a bar that is good enough: at smaller
# ones noise alone would be in the way of it.
NOISE_BARS = 2.0
LARGEST_FIRST_EXPONENT = -8
ABOVE_LOWEST = 6
# The middle between two powers of two on the scale of exponents, for a mantissa in [1/2, 1): the root of 1/2.
MIDDLE_MANTISSA = 0.7071067811865476
# Bars that are good enough, as parts of the norm; or of the typical slope where that is less, down to the smallest part
# of the norm that is worth its evaluations.
TARGET = 3e-8
TARGET_FLOAT32 = 1e-7
TYPICAL_PART = 2.5e-4
SMALLEST_TARGET = 1e-10
MOST_RUNGS = 12
# A move by this part of f is small: its curvature shows from rung to rung.
SMALL_MOVE = 1.0 / 64.0
# A budget below this has no room for more than the cheapest honest verdict.
SMALL_BUDGET = 60
CHEAPEST_RUNGS = 2


def begin_lines(lines: Lines) -> None:
    """Begin with the random lines; claims that are no numbers go to the check of single coordinates at once."""
    if lines.unfit_claims > 0:
        lines.phase = phases.CONFIRM
        return
    lines.random_exponent = first_exponent(lines)
    begin_pool(lines, phases.RANDOM, RANDOM_LINES, MOST_LINES, lines.random_exponent)


def first_exponent(lines: Lines) -> int:
    """Return the exponent of the smallest step whose noise is harmless."""
    lowest = lowest_exponent(lines) + ABOVE_LOWEST
    ratio = NOISE_BARS * POOLED_DEVIATIONS * noise_along(lines) / larger(target_bar(lines), TARGET * lines.norm)
    if not ratio < 1.0:
        return LARGEST_FIRST_EXPONENT
    if ratio <= math.ldexp(1.0, lowest):
        return lowest
    mantissa, exponent = math.frexp(ratio)
    exponent = exponent if mantissa >= MIDDLE_MANTISSA else exponent - 1
    return exponent if exponent < LARGEST_FIRST_EXPONENT else LARGEST_FIRST_EXPONENT


def aligned_exponent(lines: Lines) -> int:
    """Return the exponent of the step at which lines along the claim begin: that which was best along random lines.

    Along the claim all slopes add up.  Where that step would move f by much of itself, smaller ones come first, down to
    where f moves as far as it did along random lines: larger steps are then taken only if bars fall towards them.
    """
    exponent = lines.random_exponent
    random_move = math.ldexp(lines.norm, int(exponent))
    while is_step(lines, exponent - RUNG):
        move = math.ldexp(lines.sum, int(exponent))
        if move <= SMALL_MOVE * math.fabs(lines.engine.value) or move <= random_move:
            break
        exponent -= RUNG
    return exponent


def target_bar(lines: Lines) -> float:
    """Return the bar at which lines need not be measured better."""
    norm = lines.norm
    # A gradient in float32 is itself not better known.
    if lines.engine.float32 != 0:
        return TARGET_FLOAT32 * norm
    return smaller(TARGET * norm, larger(TYPICAL_PART * lines.typical_slope, SMALLEST_TARGET * norm))


def most_rungs(lines: Lines, count: int) -> int:
    """Return how many rungs the budget allows so many lines."""
    if 0 < lines.engine.budget < SMALL_BUDGET:
        return CHEAPEST_RUNGS
    rungs = CHEAPEST_RUNGS
    while rungs < MOST_RUNGS and 2 * count * (rungs + 1) <= evaluations_left(lines):
        rungs += 1
    return rungs


def begin_pool(lines: Lines, phase: int, seeds: int, count: int, exponent: int) -> None:
    """Begin lines over all of x that share a ladder."""
    aligned = phase == phases.ALIGNED or phase == phases.ALIGNED_AGAIN
    lines.phase = phase
    set_line(lines.pool, 0, lines.engine.n, line_seed(lines.engine.seed, seeds), 1 if aligned else 0)
    share_ladder(lines, seeds, count, exponent)


def begin_part(lines: Lines, start: int, stop: int, seeds: int) -> None:
    """Begin lines over a part of x that share a ladder."""
    first = seeds + MOST_LINES * lines.part.done
    set_line(lines.pool, start, stop, line_seed(lines.engine.seed, first), 0)
    share_ladder(lines, first, MOST_LINES, lines.random_exponent)


def share_ladder(lines: Lines, seeds: int, count: int, exponent: int) -> None:
    """Begin the ladder of the pool, which the line that is set shares with others: so many in all."""
    target = target_bar(lines)
    if lines.pool.aligned != 0:
        # Of the sum: a common factor is then known as well as anything has to be.
        target = larger(TARGET * lines.sum, target)
    begin_line_ladder(lines.pool, exponent, most_rungs(lines, count), target)
    lines.pool.line_count = count
    for line in range(1, count):
        lines.pool.seeds[line] = line_seed(lines.engine.seed, seeds + line)
    lines.tolerance = tolerance_of(lines, lines.pool.aligned != 0)
