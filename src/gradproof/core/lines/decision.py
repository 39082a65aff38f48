"""What lines say once they have climbed: agreement, another look, a kink at x, or a disagreement to be located."""

from __future__ import annotations

import math

from ..records.floats import larger
from ..records.lines import Lines, write_node
from .pooled_bars import NOISE_BARS, has_coarse_noise, slope_noise_at
from .rungs import RUNG, gap_at, has_rung, residual_at

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


def tolerance_of(lines: Lines, aligned: bool) -> float:
    """Return the rounding of the claimed gradient itself, along a line."""
    relative = lines.smallest_tolerance + (COARSE_TOLERANCE if has_coarse_noise(lines) else 0.0)
    return relative * (lines.sum if aligned else lines.norm)


def seen_residual(lines: Lines) -> float:
    """Return the largest residual slope of the pool."""
    return math.fabs(residual_at(lines.pool, lines.pool.best, worst_line(lines)))


def sums_may_drift(lines: Lines) -> bool:
    """Return whether a common factor is so near to 1 that sums in float32 inside of f may make it.

    A sum of n terms of one sign drifts by sqrt(n) roundings or more, the same way at every point: no noise shows it
    (Higham and Mary, "A new approach to probabilistic rounding error analysis", 2019).
    """
    if lines.pool.aligned == 0 or not has_coarse_noise(lines):
        return False
    drift = DRIFTS * math.sqrt(float(lines.engine.n)) * FLOAT32_ROUNDING
    return seen_residual(lines) <= drift * lines.sum


def worst_line(lines: Lines) -> int:
    """Return the line of the pool whose residual slope is largest."""
    worst = 0
    best = lines.pool.best
    for line in range(lines.pool.lines):
        if math.fabs(residual_at(lines.pool, best, line)) > math.fabs(residual_at(lines.pool, best, worst)):
            worst = line
    return worst


def bars_beyond(lines: Lines) -> float:
    """Return the largest residual slope of the pool, in bars."""
    residual = seen_residual(lines)
    bar = lines.pool.bar + lines.tolerance
    return residual / bar if bar > 0.0 else (0.0 if residual == 0.0 else math.inf)


def keeps_its_gap(lines: Lines) -> bool:
    """Return whether the gap of most lines stands out of the noise and does not shrink with the step."""
    if lines.pool.bar <= lines.pool.target:
        return False
    count = lines.pool.lines
    best = lines.pool.best
    return 2 * standing_gaps(lines, best) > count and 2 * staying_gaps(lines, best, SAME_GAP) >= count


def begins_with_gaps(lines: Lines) -> bool:
    """Return whether all lines have a gap from the first step on: larger steps would only add curvature to it."""
    count = lines.pool.lines
    first = lines.pool.first
    if lines.pool.taken != FIRST_RUNGS or not has_rung(lines, lines.pool, first + RUNG):
        return False
    return standing_gaps(lines, first) == count and staying_gaps(lines, first, CONSTANT_GAP) == count


def standing_gaps(lines: Lines, exponent: int) -> int:
    """Return how many lines have a gap that stands out of the noise."""
    noise = GAP_NOISE * NOISE_BARS * slope_noise_at(lines, exponent)
    count = 0
    for line in range(lines.pool.lines):
        count += 1 if math.fabs(gap_at(lines.pool, exponent, line)) > noise else 0
    return count


def staying_gaps(lines: Lines, exponent: int, part: float) -> int:
    """Return how many lines keep more than a part of the gap of the next larger step."""
    count = 0
    for line in range(lines.pool.lines):
        outer = math.fabs(gap_at(lines.pool, exponent + RUNG, line))
        count += 1 if math.fabs(gap_at(lines.pool, exponent, line)) > part * outer else 0
    return count


def note_curvature(lines: Lines) -> None:
    """Note the slope that curvature makes a hundredth of a scale away."""
    best = lines.pool.best
    total = 0.0
    for line in range(lines.pool.lines):
        total += math.fabs(gap_at(lines.pool, best, line))
    mean = total / lines.pool.lines
    lines.curved_slope = larger(math.ldexp(mean, -int(best)) * AWAY, lines.curved_slope)


def note_bar(lines: Lines, bar: float) -> None:
    """Note the bar that lines of one kind passed with; the coarsest one counts."""
    raise_bar(lines, lines.pool.aligned != 0, bar + lines.tolerance)


def note_seen(lines: Lines) -> None:
    """Take what disagreed for a bar: no coordinate could be blamed for it."""
    seen = math.fabs(lines.failed.residual) + lines.failed.bar + lines.tolerance
    raise_bar(lines, lines.failed.aligned != 0, seen)


def raise_bar(lines: Lines, aligned: bool, bar: float) -> None:
    """Raise the bar of the lines of one kind."""
    if aligned:
        lines.aligned_bar = larger(bar, lines.aligned_bar)
    else:
        lines.random_bar = larger(bar, lines.random_bar)


def note_failed(lines: Lines, line: int) -> None:
    """Note the line that disagrees, as the first node of the halving."""
    best = lines.pool.best
    residual = residual_at(lines.pool, best, line)
    seed = lines.pool.seeds[line]
    note_failure(lines, seed, best, residual, lines.pool.bar, lines.pool.rest)
    lines.failed.gap = 0


def note_failure(lines: Lines, seed: int, exponent: int, residual: float, bar: float, rest: float) -> None:
    """Note a line that disagrees, with its residual slope and bar at a step."""
    lines.failed.seed = seed
    lines.failed.aligned = lines.pool.aligned
    lines.failed.residual = residual
    lines.failed.bar = bar
    write_node(lines.nodes[0], lines.pool.start, lines.pool.stop, exponent, residual, bar, rest)


def decides(lines: Lines) -> bool:
    """Return whether the bar is small against what slopes are like here: else the gradient could be anything."""
    bar = lines.random_bar
    reference = larger(lines.norm, lines.curved_slope)
    if reference == 0.0:
        reference = FLAT_PART * math.fabs(lines.engine.value)
    return bar <= DECIDES * reference
