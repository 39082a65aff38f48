"""What lines say once they have climbed: agreement, another look, a kink at x, or a disagreement to be located."""

from __future__ import annotations

import math

from .abi import Engine, Reals
from .climbers import RUNG, gap_at, residual_at
from .floats import larger
from .linestate import (
    ALIGNED_BAR,
    CLIMBER_ALIGNED,
    CLIMBER_BAR,
    CLIMBER_BEST,
    CLIMBER_LINES,
    CLIMBER_NOISE,
    CLIMBER_REST,
    CLIMBER_SEEDS,
    CLIMBER_START,
    CLIMBER_STOP,
    CLIMBER_TARGET,
    CURVED_SLOPE,
    FAILED_ALIGNED,
    FAILED_BAR,
    FAILED_GAP,
    FAILED_RESIDUAL,
    FAILED_SEED,
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
from .pooled import has_coarse_noise

# Beyond so many bars a line needs no second look.
CLEAR = 3.0
GAP_NOISE = 8.0
SAME_GAP = 0.5
# What float32 inside of f leaves in a gradient, relative to its norm.
COARSE_TOLERANCE = 2e-6
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
    best = engine[POOL + CLIMBER_BEST]
    residual = math.fabs(residual_at(reals, POOL, best, worst_line(engine, reals)))
    bar = reals[POOL + CLIMBER_BAR] + reals[TOLERANCE_NOW]
    return residual / bar if bar > 0.0 else (0.0 if residual == 0.0 else math.inf)


def keeps_its_gap(engine: Engine, reals: Reals) -> bool:
    """Return whether the gap of most lines stands out of the noise and does not shrink with the step."""
    if reals[POOL + CLIMBER_BAR] <= reals[POOL + CLIMBER_TARGET]:
        return False
    best = engine[POOL + CLIMBER_BEST]
    standing = 0
    staying = 0
    lines = engine[POOL + CLIMBER_LINES]
    for line in range(lines):
        gap = math.fabs(gap_at(reals, POOL, best, line))
        standing += 1 if gap > GAP_NOISE * reals[POOL + CLIMBER_NOISE] else 0
        staying += 1 if gap > SAME_GAP * math.fabs(gap_at(reals, POOL, best + RUNG, line)) else 0
    return 2 * standing > lines and 2 * staying >= lines


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
