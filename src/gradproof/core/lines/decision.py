"""What lines say once their ladders end: how far they are beyond their bar, and what they passed or failed with."""

from __future__ import annotations

import math

from ..evidence.ladder import CLEARLY_MOVED
from ..evidence.scales import FLAT_PART, UNIT_FLOAT32
from ..records.floats import larger, smaller
from ..records.lines import HIGHEST_EXPONENT, LineLadder, Lines, write_node
from .rungs import FLOOR, RUNG, gap_at, has_coarse_noise, residual_at

# Beyond this many bars a line needs no second look.
CLEAR_BARS = 3.0
# What float32 inside of f leaves in a gradient, relative to its norm.
COARSE_TOLERANCE = 2e-6
# A sum drifts by this many times the square root of its length, in roundings.
DRIFTS = 3.0
# Errors of rtol at random in every coordinate make a slope of rtol times the norm along a random line, at one standard
# deviation; a common factor makes it times the sum along the claim, where magnitudes are at most 1.5.
RANDOM_DEVIATIONS = 3.0
LARGEST_MAGNITUDE = 1.5
# A bar above this part of the slopes decides nothing.
DECISIVE_PART = 0.3
# Curvature is judged by the slope that it makes so much of a scale away: at an optimum all slopes are 0 at x.
AWAY = 1.0 / 128.0
# Sizes below this are far from 1: where f does not move on them, it may on the scale 1.
SMALL_SIZE = 2.0**-10
# Curvature shrinks a gap by four from one rung to the next smaller one; kinks like a Poisson process by two.
SHRINKING_PART = 0.5
# Errors all over x add up along the claim: to so much of the ratio of sum and norm, times what they make along a random
# line.
SPREAD_PART = 0.5
# A factor of all of x explains what lines show where it leaves no more than this part of it.
LEFT_PART = 0.25
# The ratio of sum and norm is the root of how many coordinates make the claim: of fewer than 256 each may be the error.
FEWEST_CARRY = 16.0


def tolerance_of(lines: Lines, aligned: bool) -> float:
    """Return the rounding of the claimed gradient itself, along a line."""
    relative = lines.relative_tolerance + (COARSE_TOLERANCE if has_coarse_noise(lines) else 0.0)
    return relative * (lines.sum if aligned else lines.norm)


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


def mean_residual(pool: LineLadder) -> float:
    """Return the mean size of the residual slopes of the pool."""
    total = 0.0
    for line in range(pool.line_count):
        total += math.fabs(residual_at(pool, pool.best, line))
    return total / pool.line_count


def may_share_factor(lines: Lines) -> bool:
    """Return whether one factor, that of their sums, explains the lines that climbed together.

    Along the claim any errors may look like one: few of them random lines would have seen.  Where few coordinates make
    the claim, their errors look like one anywhere.
    """
    if not lines.sum > FEWEST_CARRY * lines.norm:
        return False
    pool = lines.pool
    residual = 0.0
    claim = 0.0
    for line in range(pool.line_count):
        residual += math.copysign(1.0, pool.claims[line]) * residual_at(pool, pool.best, line)
        claim += math.fabs(pool.claims[line])
    few = SPREAD_PART * lines.sum / lines.norm * lines.random_bar * pool.line_count if pool.aligned != 0 else 0.0
    return claim > 0.0 and math.fabs(residual) > few and is_explained_by(lines, residual / claim)


def is_explained_by(lines: Lines, part: float) -> bool:
    """Return whether an error of so large a part of all claims explains the lines that climbed."""
    pool = lines.pool
    shown = 0.0
    left = 0.0
    for line in range(pool.line_count):
        residual = residual_at(pool, pool.best, line)
        rest = math.fabs(residual - part * pool.claims[line])
        if not rest <= pool.bar + lines.tolerance:
            return False
        shown += math.fabs(residual)
        left += rest
    return left <= LEFT_PART * shown


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
    return seen_residual(lines) <= drift(lines) * lines.sum


def drift(lines: Lines) -> float:
    """Return the part of a slope that sums in float32 inside of f may make, where f has some."""
    return DRIFTS * math.sqrt(float(lines.engine.n)) * UNIT_FLOAT32 if has_coarse_noise(lines) else 0.0


def is_small(lines: Lines) -> bool:
    """Return whether x is so small that its size may not be the scale on which f varies, and that was not tried yet."""
    return lines.floor == FLOOR and lines.engine.typical < SMALL_SIZE


def leads_nowhere_along(lines: Lines, residual: float, slope: float, bar: float) -> bool:
    """Return whether an error was not seen on the scale of x, and f has no clear slope on the far longer scale 1.

    A term of f that is bounded, with a slope at x, may then hide in the noise, too: over longer steps it does not grow.
    """
    return math.fabs(residual) <= lines.unseen * lines.floor and not math.fabs(slope) > CLEARLY_MOVED * bar


def hardly_moves(lines: Lines) -> bool:
    """Return whether noise hides what small x do, up to the largest step."""
    pool = lines.pool
    at_largest = pool.best + 2 * RUNG > HIGHEST_EXPONENT
    return is_small(lines) and at_largest and pool.noise >= pool.rest and pool.noise + pool.rest > pool.target


def curved_slope(lines: Lines) -> float:
    """Return the slope that curvature makes a hundredth of a scale away, from the gaps of the pool at its best rung."""
    return math.ldexp(mean_gap(lines.pool, lines.pool.best), -int(lines.pool.best)) * AWAY


def note_curvature(lines: Lines) -> None:
    """Note the slope that curvature makes, which lines at other steps may have shown larger.

    Only what shrinks with the step is curvature: a jump at x makes gaps that grow, a kink such that stay, and noise
    such that are small.
    """
    gap = mean_gap(lines.pool, lines.pool.best)
    if gap <= SHRINKING_PART * mean_gap(lines.pool, lines.pool.best + RUNG):
        gap = larger(gap - lines.pool.noise, 0.0)
        lines.curved_slope = larger(math.ldexp(gap, -int(lines.pool.best)) * AWAY, lines.curved_slope)


def mean_gap(pool: LineLadder, exponent: int) -> float:
    """Return the mean size of the gaps at a rung."""
    total = 0.0
    for line in range(pool.line_count):
        total += math.fabs(gap_at(pool, exponent, line))
    return total / pool.line_count


def allowed_slope(lines: Lines, norm: float, total: float, length: int, aligned: int) -> float:
    """Return the residual slope that errors within the tolerances make along a part of a line.

    Known are the norm and the sum of the claimed slopes of the part, and how many coordinates it has.
    """
    rtol = lines.engine.rtol
    if aligned != 0:
        return LARGEST_MAGNITUDE * rtol * total + allowed_by_atol(lines, length, aligned)
    return RANDOM_DEVIATIONS * rtol * norm + allowed_by_atol(lines, length, aligned)


def allowed_by_atol(lines: Lines, length: int, aligned: int) -> float:
    """Return what the absolute error that is allowed makes along so many typical coordinates, if all have it.

    Magnitudes of directions are below 3/2, so that it is certainly no more than that of the sum of the scales.  Signs
    of random lines know nothing of the errors: then three times the norm of the scales is 2.9 standard deviations.
    """
    part = float(length) / float(lines.engine.n)
    most = LARGEST_MAGNITUDE * lines.scale_sum * part
    if aligned == 0:
        most = smaller(RANDOM_DEVIATIONS * lines.scale_norm * math.sqrt(part), most)
    return lines.engine.atol * most


def allowed_along(lines: Lines, ladder: LineLadder) -> float:
    """Return the residual slope that is allowed along a line over all of x; for parts that is not known here: 0."""
    if ladder.start > 0 or ladder.stop < lines.engine.n:
        return 0.0
    return allowed_slope(lines, lines.norm, lines.sum, lines.engine.n, ladder.aligned)


def note_seen(lines: Lines) -> None:
    """Take what disagreed for a bar: no coordinate could be blamed for it."""
    seen = math.fabs(lines.failed.residual)
    raise_bar(lines, lines.failed.aligned, seen + lines.failed.bar + lines.tolerance)
    if lines.failed.gap != 0:
        lines.hidden_gap = larger(seen, lines.hidden_gap)
    elif lines.failed.aligned == 0:
        lines.seen = larger(seen, lines.seen)
    elif lines.sum > 0.0:
        # The claims are so many times what they should be.
        lines.seen_factor = lines.sum / (lines.sum + lines.failed.residual)


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
    failed.slope = ladder.residual + ladder.claims[line]
    failed.phase = lines.phase
    failed.allowed = allowed_along(lines, ladder)
    write_node(lines.nodes[0], ladder, bar)


def decides(lines: Lines, bar: float, curved: float) -> bool:
    """Return whether a bar is small against what slopes are like here, those made by curvature included.

    A bar of the absolute error that is allowed is always enough.
    """
    reference = larger(lines.norm, curved)
    if reference == 0.0:
        reference = FLAT_PART * math.fabs(lines.engine.value)
    return bar <= larger(DECISIVE_PART * reference, allowed_by_atol(lines, lines.engine.n, 0))


def bar_decides(lines: Lines) -> bool:
    """Return whether the bar is small against what slopes are like here: else the gradient could be anything."""
    return decides(lines, lines.random_bar, lines.curved_slope)
