"""What lines say once their ladders end: how far they are beyond their bar, and what they passed or failed with."""

from __future__ import annotations

import math

from ..evidence.scales import FLAT_PART, UNIT_FLOAT32
from ..records.floats import larger, smaller
from ..records.lines import LineLadder, Lines, write_node
from .rungs import gap_at, has_coarse_noise, residual_at

# Beyond so many bars a line needs no second look.
CLEAR_BARS = 3.0
# What float32 inside of f leaves in a gradient, relative to its norm.
COARSE_TOLERANCE = 2e-6
# A sum drifts by so many times the square root of its length, in roundings.
DRIFTS = 3.0
# A bar above this part of the slopes decides nothing.
DECISIVE_PART = 0.3
# An error that the caller allows in every coordinate makes no more than this along a line.
LARGEST_MAGNITUDE = 1.5
SURE_DEVIATIONS = 3.0
# Curvature is judged by the slope that it makes so much of a scale away: at an optimum all slopes are 0 at x.
AWAY = 1.0 / 128.0


def tolerance_of(lines: Lines, aligned: bool) -> float:
    """Return the rounding of the claimed gradient itself, along a line."""
    relative = lines.relative_tolerance + (COARSE_TOLERANCE if has_coarse_noise(lines) else 0.0)
    return relative * (lines.sum if aligned else lines.norm)


def allowed_along(lines: Lines, aligned: bool) -> float:
    """Return what the absolute error that the caller allows may make along a line, if every coordinate has it.

    Magnitudes of directions are below 3/2, so that it is certainly no more than that of the sum of the scales.  Signs
    of random lines know nothing of the errors: then three times the norm of the scales is 2.9 standard deviations or
    more, and a line beyond it is drawn again before it counts.  Shorter lines may make no more than long ones.
    """
    most = LARGEST_MAGNITUDE * lines.scale_sum
    if not aligned:
        most = smaller(SURE_DEVIATIONS * lines.scale_norm, most)
    return lines.engine.atol * most


def is_allowed(lines: Lines) -> bool:
    """Return whether the absolute error that the caller allows explains the line that disagrees."""
    allowed = allowed_along(lines, lines.failed.aligned != 0)
    return allowed > 0.0 and math.fabs(lines.failed.residual) <= lines.failed.bar + lines.tolerance + allowed


def allowance_of(lines: Lines) -> float:
    """Return what the allowed absolute error makes along one typical coordinate of the line that disagrees.

    Where this error explains the line, whatever disagrees is looked for: one error may be larger than allowed.  Where
    it does not, errors that are allowed must not lead astray, unless that has led nowhere once.
    """
    if lines.engine.atol == 0.0 or is_allowed(lines) or lines.disagreed > 1:
        return 0.0
    n = float(lines.engine.n)
    if lines.failed.aligned != 0:
        return lines.engine.atol * LARGEST_MAGNITUDE * lines.scale_sum / n
    return lines.engine.atol * SURE_DEVIATIONS * lines.scale_norm / math.sqrt(n)


def allowed_in(lines: Lines, length: int) -> float:
    """Return what the allowed absolute error makes along a part of so many coordinates of the line that disagrees."""
    if lines.allowance == 0.0:
        return 0.0
    return lines.allowance * (float(length) if lines.failed.aligned != 0 else math.sqrt(float(length)))


def worst_line(ladder: LineLadder) -> int:
    """Return the line of a ladder whose residual slope is largest at the best rung."""
    worst = 0
    for line in range(ladder.line_count):
        if math.fabs(residual_at(ladder, ladder.best, line)) > math.fabs(residual_at(ladder, ladder.best, worst)):
            worst = line
    return worst


def seen_residual(lines: Lines) -> float:
    """Return the largest residual slope of the pool."""
    return math.fabs(residual_at(lines.pool, lines.pool.best, worst_line(lines.pool)))


def bars_beyond(lines: Lines) -> float:
    """Return the largest residual slope of the pool, in bars."""
    residual = seen_residual(lines)
    bar = lines.pool.bar + lines.tolerance
    return residual / bar if bar > 0.0 else (0.0 if residual == 0.0 else math.inf)


def sums_may_drift(lines: Lines) -> bool:
    """Return whether a common factor is so near to 1 that sums in float32 inside of f may make it.

    A sum of n terms of one sign drifts by sqrt(n) roundings or more, the same way at every point: no noise shows it
    (Higham and Mary, "A new approach to probabilistic rounding error analysis", 2019).
    """
    if lines.pool.aligned == 0 or not has_coarse_noise(lines):
        return False
    drift = DRIFTS * math.sqrt(float(lines.engine.n)) * UNIT_FLOAT32
    return seen_residual(lines) <= drift * lines.sum


def curved_slope(lines: Lines) -> float:
    """Return the slope that curvature makes a hundredth of a scale away, from the gaps of the pool."""
    pool = lines.pool
    total = 0.0
    for line in range(pool.line_count):
        total += math.fabs(gap_at(pool, pool.best, line))
    mean = total / pool.line_count
    return math.ldexp(mean, -int(pool.best)) * AWAY


def note_curvature(lines: Lines) -> None:
    """Note the slope that curvature makes, which lines at other steps may have shown larger."""
    lines.curved_slope = larger(curved_slope(lines), lines.curved_slope)


def note_seen(lines: Lines) -> None:
    """Take what disagreed for a bar: no coordinate could be blamed for it."""
    raise_bar(lines, lines.failed.aligned, math.fabs(lines.failed.residual) + lines.failed.bar + lines.tolerance)


def raise_bar(lines: Lines, aligned: int, bar: float) -> None:
    """Raise the bar of random lines, or of those along the claim: of several the largest counts."""
    if aligned != 0:
        lines.aligned_bar = larger(bar, lines.aligned_bar)
    else:
        lines.random_bar = larger(bar, lines.random_bar)


def note_failure(lines: Lines, ladder: LineLadder, line: int, bar: float, gap: int) -> None:
    """Note a line that disagrees, at a kink at x or without one: it becomes the first node of the halving."""
    ladder.residual = residual_at(ladder, ladder.best, line)
    failed = lines.failed
    failed.seed = ladder.seeds[line]
    failed.aligned = ladder.aligned
    failed.gap = gap
    failed.residual = ladder.residual
    failed.bar = bar
    write_node(lines.nodes[0], ladder, bar)


def decides(lines: Lines, bar: float, curved: float) -> bool:
    """Return whether a bar is small against what slopes are like here, those made by curvature included.

    A bar of the absolute error that the caller allows is always enough.
    """
    reference = larger(lines.norm, curved)
    if reference == 0.0:
        reference = FLAT_PART * math.fabs(lines.engine.value)
    return bar <= larger(DECISIVE_PART * reference, allowed_along(lines, False))


def bar_decides(lines: Lines) -> bool:
    """Return whether the bar is small against what slopes are like here: else the gradient could be anything."""
    return decides(lines, lines.random_bar, lines.curved_slope)
