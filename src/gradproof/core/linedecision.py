"""What lines say once they have climbed: agreement, another look, a kink at x, or a disagreement to be located."""

from __future__ import annotations

import math

from .abi import Engine, Reals
from .climbers import RUNG, gap_at, has_rung, residual_at
from .floats import larger
from .linestate import (
    ALIGNED_BAR,
    CLIMBER_ALIGNED,
    CLIMBER_BAR,
    CLIMBER_BEST,
    CLIMBER_FIRST,
    CLIMBER_LINES,
    CLIMBER_REST,
    CLIMBER_SEEDS,
    CLIMBER_START,
    CLIMBER_STOP,
    CLIMBER_TAKEN,
    CLIMBER_TARGET,
    CURVED_SLOPE,
    FAILED_ALIGNED,
    FAILED_BAR,
    FAILED_GAP,
    FAILED_RESIDUAL,
    FAILED_SEED,
    LENGTH,
    LINE_VALUE,
    POOL,
    RANDOM_BAR,
    SLOPE_NORM,
    SLOPE_SUM,
    SMALLEST_TOLERANCE,
    TOLERANCE_NOW,
    node_place,
    write_node,
)
from .pooled import NOISE_BARS, has_coarse_noise, slope_noise_at

# Beyond so many bars a line needs no second look.
CLEAR = 3.0
GAP_NOISE = 8.0
SAME_GAP = 0.5
# Kinks that lie like a Poisson process halve the gap from step to step.
CONSTANT_GAP = 0.9
FIRST_RUNGS = 2
# What float32 inside of f leaves in a gradient, relative to its norm.
COARSE_TOLERANCE = 2e-6
FLOAT32_ROUNDING = 2.0**-24
DRIFTS = 3.0
# A resolution worse than this part of the slopes decides nothing.
DECIDES = 0.3
# The slope so much of a scale away: at an optimum, where all slopes are 0 at x.
AWAY = 1.0 / 128.0
# Where f is flat: so much of f over the scale.
FLAT_PART = 1e-3


def tolerance_of(reals: Reals, aligned: bool) -> float:
    """Return the rounding of the claimed gradient itself, along a line."""
    relative = reals[SMALLEST_TOLERANCE] + (COARSE_TOLERANCE if has_coarse_noise(reals) else 0.0)
    return relative * (reals[SLOPE_SUM] if aligned else reals[SLOPE_NORM])


def seen_residual(engine: Engine, reals: Reals) -> float:
    """Return the largest residual slope of the pool."""
    return math.fabs(residual_at(reals, POOL, engine[POOL + CLIMBER_BEST], worst_line(engine, reals)))


def sums_may_drift(engine: Engine, reals: Reals) -> bool:
    """Return whether a common factor is so near to 1 that sums in float32 inside of f may make it.

    A sum of n terms of one sign drifts by sqrt(n) roundings or more, the same way at every point: no noise shows it
    (Higham and Mary, "A new approach to probabilistic rounding error analysis", 2019).
    """
    if engine[POOL + CLIMBER_ALIGNED] == 0 or not has_coarse_noise(reals):
        return False
    drift = DRIFTS * math.sqrt(float(engine[LENGTH])) * FLOAT32_ROUNDING
    return seen_residual(engine, reals) <= drift * reals[SLOPE_SUM]


def worst_line(engine: Engine, reals: Reals) -> int:
    """Return the line of the pool whose residual slope is largest."""
    worst = 0
    best = engine[POOL + CLIMBER_BEST]
    for line in range(engine[POOL + CLIMBER_LINES]):
        if math.fabs(residual_at(reals, POOL, best, line)) > math.fabs(residual_at(reals, POOL, best, worst)):
            worst = line
    return worst


def bars_beyond(engine: Engine, reals: Reals) -> float:
    """Return the largest residual slope of the pool, in bars."""
    residual = seen_residual(engine, reals)
    bar = reals[POOL + CLIMBER_BAR] + reals[TOLERANCE_NOW]
    return residual / bar if bar > 0.0 else (0.0 if residual == 0.0 else math.inf)


def keeps_its_gap(engine: Engine, reals: Reals) -> bool:
    """Return whether the gap of most lines stands out of the noise and does not shrink with the step."""
    if reals[POOL + CLIMBER_BAR] <= reals[POOL + CLIMBER_TARGET]:
        return False
    lines = engine[POOL + CLIMBER_LINES]
    best = engine[POOL + CLIMBER_BEST]
    return 2 * standing_gaps(engine, reals, best) > lines and 2 * staying_gaps(engine, reals, best, SAME_GAP) >= lines


def begins_with_gaps(engine: Engine, reals: Reals) -> bool:
    """Return whether all lines have a gap from the first step on: larger steps would only add curvature to it."""
    lines = engine[POOL + CLIMBER_LINES]
    first = engine[POOL + CLIMBER_FIRST]
    if engine[POOL + CLIMBER_TAKEN] != FIRST_RUNGS or not has_rung(engine, POOL, first + RUNG):
        return False
    return standing_gaps(engine, reals, first) == lines and staying_gaps(engine, reals, first, CONSTANT_GAP) == lines


def standing_gaps(engine: Engine, reals: Reals, exponent: int) -> int:
    """Return how many lines have a gap that stands out of the noise."""
    noise = GAP_NOISE * NOISE_BARS * slope_noise_at(reals, exponent)
    count = 0
    for line in range(engine[POOL + CLIMBER_LINES]):
        count += 1 if math.fabs(gap_at(reals, POOL, exponent, line)) > noise else 0
    return count


def staying_gaps(engine: Engine, reals: Reals, exponent: int, part: float) -> int:
    """Return how many lines keep more than a part of the gap of the next larger step."""
    count = 0
    for line in range(engine[POOL + CLIMBER_LINES]):
        outer = math.fabs(gap_at(reals, POOL, exponent + RUNG, line))
        count += 1 if math.fabs(gap_at(reals, POOL, exponent, line)) > part * outer else 0
    return count


def note_curvature(engine: Engine, reals: Reals) -> None:
    """Note the slope that curvature makes a hundredth of a scale away."""
    best = engine[POOL + CLIMBER_BEST]
    total = 0.0
    for line in range(engine[POOL + CLIMBER_LINES]):
        total += math.fabs(gap_at(reals, POOL, best, line))
    mean = total / engine[POOL + CLIMBER_LINES]
    reals[CURVED_SLOPE] = larger(math.ldexp(mean, -int(best)) * AWAY, reals[CURVED_SLOPE])


def note_bar(engine: Engine, reals: Reals, bar: float) -> None:
    """Note the bar that lines of one kind passed with; the coarsest one counts."""
    place = ALIGNED_BAR if engine[POOL + CLIMBER_ALIGNED] != 0 else RANDOM_BAR
    reals[place] = larger(bar + reals[TOLERANCE_NOW], reals[place])


def note_seen(engine: Engine, reals: Reals) -> None:
    """Take what disagreed for a bar: no coordinate could be blamed for it."""
    place = ALIGNED_BAR if engine[FAILED_ALIGNED] != 0 else RANDOM_BAR
    seen = math.fabs(reals[FAILED_RESIDUAL]) + reals[FAILED_BAR] + reals[TOLERANCE_NOW]
    reals[place] = larger(seen, reals[place])


def note_failed(engine: Engine, reals: Reals, line: int) -> None:
    """Note the line that disagrees, as the first node of the halving."""
    best = engine[POOL + CLIMBER_BEST]
    residual = residual_at(reals, POOL, best, line)
    seed = engine[POOL + CLIMBER_SEEDS + line]
    note_failure(engine, reals, seed, best, residual, reals[POOL + CLIMBER_BAR], reals[POOL + CLIMBER_REST])
    engine[FAILED_GAP] = 0


def note_failure(
    engine: Engine, reals: Reals, seed: int, exponent: int, residual: float, bar: float, rest: float
) -> None:
    """Note a line that disagrees, with its residual slope and bar at a step."""
    engine[FAILED_SEED] = seed
    engine[FAILED_ALIGNED] = engine[POOL + CLIMBER_ALIGNED]
    reals[FAILED_RESIDUAL] = residual
    reals[FAILED_BAR] = bar
    write_node(
        engine,
        reals,
        node_place(0),
        engine[POOL + CLIMBER_START],
        engine[POOL + CLIMBER_STOP],
        exponent,
        residual,
        bar,
        rest,
    )


def decides(reals: Reals) -> bool:
    """Return whether the bar is small against what slopes are like here: else the gradient could be anything."""
    bar = reals[RANDOM_BAR]
    reference = larger(reals[SLOPE_NORM], reals[CURVED_SLOPE])
    if reference == 0.0:
        reference = FLAT_PART * math.fabs(reals[LINE_VALUE])
    return bar <= DECIDES * reference
