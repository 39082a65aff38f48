"""Lines that climb together: one error bar for all of them at each rung, and the walk to the rung where it is least.

The smallest of several estimated bars is biased; pooled over four lines it is honest.  For one kink of jump J at the
distance u * t, inside of t, the error of the residual slope is J / 2 * (1 - u), its change to the next rung is
3 / 8 * J * u, and what the gap does not shrink by is J * (3 / 4 - 15 / 16 * u): no u makes both small while the error
is large.
"""

from __future__ import annotations

import math

from ..records.floats import larger, power_of_two_above, smaller
from ..records.lines import FINISHED, HIGHEST_EXPONENT, LineLadder, Lines
from .rungs import RUNG, gap_at, has_rung, is_step, residual_at

# Standard deviations of the noise of a slope that a bar holds; of what kinks and curvature leave.
NOISE_BARS = 4.0
REST_BARS = 5.0
# Kinks that lie like a Poisson process: residual slopes scatter by so much of how they change from rung to rung.
SCATTER = 0.667
# Variance of the noise in that change, in units of the noise over the step, squared.
NOISE_IN_CHANGES = 3.4
# Curvature: changes that shrink by 16 from rung to rung, where kinks would shrink them by 2.
SMOOTH_RATIO = 9.0
SMOOTH_GAP = 0.3
SMOOTH_PART = 0.25
OUTER_PART = 0.5
# Noise so large against f betrays float32 inside of it.
COARSE_NOISE = 1e-10
MOST_RISES = 2


def is_coarse(lines: Lines) -> bool:
    """Return whether f or x is reckoned in float32."""
    return lines.engine.float32 != 0 or has_coarse_noise(lines)


def has_coarse_noise(lines: Lines) -> bool:
    """Return whether f is reckoned in float32."""
    return lines.engine.noise > COARSE_NOISE * math.fabs(lines.engine.value)


def slope_noise_at(lines: Lines, exponent: int) -> float:
    """Return the standard deviation of f over a step."""
    return math.ldexp(lines.engine.noise, -int(exponent))


def change_of_line(ladder: LineLadder, exponent: int, line: int) -> float:
    """Return how the residual slope of a line changes from a rung to the next larger one."""
    return residual_at(ladder, exponent + RUNG, line) - residual_at(ladder, exponent, line)


def kink_of_line(ladder: LineLadder, exponent: int, line: int) -> float:
    """Return what of the gap of a line is no curvature."""
    return gap_at(ladder, exponent, line) - gap_at(ladder, exponent + RUNG, line) / 4.0


def pooled_change(ladder: LineLadder, exponent: int) -> float:
    """Return the root mean square over the lines of the change of the residual slope, of any size."""
    sizes = 0.0
    for line in range(ladder.lines):
        sizes += math.fabs(change_of_line(ladder, exponent, line))
    unit = power_of_two_above(sizes)
    total = 0.0
    for line in range(ladder.lines):
        change = change_of_line(ladder, exponent, line) / unit
        total += change * change
    return unit * math.sqrt(total / ladder.lines)


def pooled_kink(ladder: LineLadder, exponent: int) -> float:
    """Return the root mean square over the lines of what of the gap is no curvature."""
    sizes = 0.0
    for line in range(ladder.lines):
        sizes += math.fabs(kink_of_line(ladder, exponent, line))
    unit = power_of_two_above(sizes)
    total = 0.0
    for line in range(ladder.lines):
        kink = kink_of_line(ladder, exponent, line) / unit
        total += kink * kink
    return unit * math.sqrt(total / ladder.lines)


def scatter(lines: Lines, ladder: LineLadder, exponent: int) -> float:
    """Return the standard deviation of the residual slopes, noise apart."""
    change = pooled_change(ladder, exponent)
    kink = pooled_kink(ladder, exponent)
    unit = power_of_two_above(larger(change, kink))
    change /= unit
    kink /= unit
    noise = slope_noise_at(lines, exponent) / unit
    square = 0.5 * change * change + 0.5 * kink * kink - NOISE_IN_CHANGES * noise * noise
    return SCATTER * unit * math.sqrt(larger(square, 0.0))


def is_known(lines: Lines, ladder: LineLadder, exponent: int) -> bool:
    """Return whether a rung and the next larger one were taken, with finite values."""
    if not (has_rung(lines, ladder, exponent) and has_rung(lines, ladder, exponent + RUNG)):
        return False
    change = pooled_change(ladder, exponent)
    return math.isfinite(change) and math.isfinite(pooled_kink(ladder, exponent))


def pooled_rest(lines: Lines, ladder: LineLadder, exponent: int) -> float:
    """Return what kinks and curvature may add to the residual slopes at a rung."""
    if not is_known(lines, ladder, exponent):
        return math.inf
    rest = REST_BARS * scatter(lines, ladder, exponent)
    if not is_known(lines, ladder, exponent + RUNG):
        return rest
    change = pooled_change(ladder, exponent)
    outer_change = pooled_change(ladder, exponent + RUNG)
    kink = pooled_kink(ladder, exponent)
    noise = NOISE_BARS * slope_noise_at(lines, exponent)
    if outer_change > SMOOTH_RATIO * change and kink <= larger(noise, SMOOTH_GAP * change):
        return smaller(rest, SMOOTH_PART * change)
    # Kinks: residual slopes grow like the root of the step.
    outer = REST_BARS * OUTER_PART * OUTER_PART * scatter(lines, ladder, exponent + RUNG)
    return larger(rest, outer)


def pooled_bar(lines: Lines, ladder: LineLadder, exponent: int) -> float:
    """Return the error bar of the residual slopes at a rung."""
    return NOISE_BARS * slope_noise_at(lines, exponent) + pooled_rest(lines, ladder, exponent)


def missing_rung(lines: Lines, ladder: LineLadder, exponent: int) -> int:
    """Return which of a rung and the next larger one is to be taken first; FINISHED where both are there."""
    if not has_rung(lines, ladder, exponent):
        return exponent
    if not has_rung(lines, ladder, exponent + RUNG):
        return exponent + RUNG
    return FINISHED


def note_best(lines: Lines, ladder: LineLadder, exponent: int) -> None:
    """Note the rung with the least bar so far."""
    ladder.best = exponent
    ladder.noise = NOISE_BARS * slope_noise_at(lines, exponent)
    ladder.rest = pooled_rest(lines, ladder, exponent)
    ladder.bar = ladder.noise + ladder.rest


def walk_pool(lines: Lines, ladder: LineLadder) -> None:
    """Decide which rung is wanted next; where none is, the best one is noted.

    The walk is gone through anew each time: it depends on the rungs alone.
    """
    wanted = next_rung(lines, ladder)
    full = ladder.taken >= ladder.most
    ladder.wanted = FINISHED if full else wanted
    if ladder.wanted == FINISHED:
        choose_best(lines, ladder)


def next_rung(lines: Lines, ladder: LineLadder) -> int:
    """Walk from the first rung to where the bar falls; return the first rung on the way that is missing."""
    first = ladder.first
    target = ladder.target
    wanted = missing_rung(lines, ladder, first)
    if wanted != FINISHED or pooled_bar(lines, ladder, first) <= target:
        return wanted
    direction = -RUNG
    if is_step(lines, first + 2 * RUNG):
        wanted = missing_rung(lines, ladder, first + RUNG)
        if wanted != FINISHED:
            return wanted
        if pooled_bar(lines, ladder, first + RUNG) < pooled_bar(lines, ladder, first):
            direction = RUNG
    return walk_on(lines, ladder, first, direction)


def walk_on(lines: Lines, ladder: LineLadder, first: int, direction: int) -> int:
    """Walk in one direction until the target or two rises; return the first rung on the way that is missing."""
    best = pooled_bar(lines, ladder, first)
    rises = 0
    exponent = first + direction
    while is_step(lines, exponent) and is_step(lines, exponent + RUNG):
        outer = exponent + 2 * RUNG
        if is_coarse(lines) and is_step(lines, outer) and not has_rung(lines, ladder, outer):
            return outer
        wanted = missing_rung(lines, ladder, exponent)
        if wanted != FINISHED:
            return wanted
        bar = pooled_bar(lines, ladder, exponent)
        rises = 0 if bar < best else rises + 1
        best = smaller(bar, best)
        if best <= ladder.target or rises >= MOST_RISES:
            return FINISHED
        exponent += direction
    return FINISHED


def choose_best(lines: Lines, ladder: LineLadder) -> None:
    """Note the rung with the least bar, once all outer rungs are known."""
    ladder.bar = math.inf
    ladder.rest = math.inf
    exponent = HIGHEST_EXPONENT - RUNG - ((HIGHEST_EXPONENT - ladder.first) & 1)
    while is_step(lines, exponent):
        if is_known(lines, ladder, exponent):
            if pooled_bar(lines, ladder, exponent) < ladder.bar:
                note_best(lines, ladder, exponent)
        exponent -= RUNG
