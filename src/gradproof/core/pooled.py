"""Lines that climb together: one error bar for all of them at each rung, and the walk to the rung where it is least.

The smallest of several estimated bars is biased; pooled over four lines it is honest.  For one kink of jump J at the
distance u * t, inside of t, the error of the residual slope is J / 2 * (1 - u), its change to the next rung is
3 / 8 * J * u, and what the gap does not shrink by is J * (3 / 4 - 15 / 16 * u): no u makes both small while the error
is large.
"""

from __future__ import annotations

import math

from .abi import Engine, Reals
from .climbers import RUNG, gap_at, has_rung, is_step, residual_at
from .floats import larger, power_of_two_above, smaller
from .linestate import (
    CLIMBER_BAR,
    CLIMBER_BEST,
    CLIMBER_FIRST,
    CLIMBER_LINES,
    CLIMBER_MOST,
    CLIMBER_NOISE,
    CLIMBER_REST,
    CLIMBER_TAKEN,
    CLIMBER_TARGET,
    CLIMBER_WANTED,
    FINISHED,
    HIGHEST_EXPONENT,
    IS_FLOAT32,
    LINE_NOISE,
    LINE_VALUE,
)

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


def is_coarse(engine: Engine, reals: Reals) -> bool:
    """Return whether f or x is reckoned in float32."""
    return engine[IS_FLOAT32] != 0 or has_coarse_noise(reals)


def has_coarse_noise(reals: Reals) -> bool:
    """Return whether f is reckoned in float32."""
    return reals[LINE_NOISE] > COARSE_NOISE * math.fabs(reals[LINE_VALUE])


def slope_noise_at(reals: Reals, exponent: int) -> float:
    """Return the standard deviation of f over a step."""
    return math.ldexp(reals[LINE_NOISE], -int(exponent))


def change_of_line(reals: Reals, place: int, exponent: int, line: int) -> float:
    """Return how the residual slope of a line changes from a rung to the next larger one."""
    return residual_at(reals, place, exponent + RUNG, line) - residual_at(reals, place, exponent, line)


def kink_of_line(reals: Reals, place: int, exponent: int, line: int) -> float:
    """Return what of the gap of a line is no curvature."""
    return gap_at(reals, place, exponent, line) - gap_at(reals, place, exponent + RUNG, line) / 4.0


def pooled_change(engine: Engine, reals: Reals, place: int, exponent: int) -> float:
    """Return the root mean square over the lines of the change of the residual slope, of any size."""
    sizes = 0.0
    for line in range(engine[place + CLIMBER_LINES]):
        sizes += math.fabs(change_of_line(reals, place, exponent, line))
    unit = power_of_two_above(sizes)
    total = 0.0
    for line in range(engine[place + CLIMBER_LINES]):
        change = change_of_line(reals, place, exponent, line) / unit
        total += change * change
    return unit * math.sqrt(total / engine[place + CLIMBER_LINES])


def pooled_kink(engine: Engine, reals: Reals, place: int, exponent: int) -> float:
    """Return the root mean square over the lines of what of the gap is no curvature."""
    sizes = 0.0
    for line in range(engine[place + CLIMBER_LINES]):
        sizes += math.fabs(kink_of_line(reals, place, exponent, line))
    unit = power_of_two_above(sizes)
    total = 0.0
    for line in range(engine[place + CLIMBER_LINES]):
        kink = kink_of_line(reals, place, exponent, line) / unit
        total += kink * kink
    return unit * math.sqrt(total / engine[place + CLIMBER_LINES])


def scatter(engine: Engine, reals: Reals, place: int, exponent: int) -> float:
    """Return the standard deviation of the residual slopes, noise apart."""
    change = pooled_change(engine, reals, place, exponent)
    kink = pooled_kink(engine, reals, place, exponent)
    unit = power_of_two_above(larger(change, kink))
    change /= unit
    kink /= unit
    noise = slope_noise_at(reals, exponent) / unit
    square = 0.5 * change * change + 0.5 * kink * kink - NOISE_IN_CHANGES * noise * noise
    return SCATTER * unit * math.sqrt(larger(square, 0.0))


def is_known(engine: Engine, reals: Reals, place: int, exponent: int) -> bool:
    """Return whether a rung and the next larger one were taken, with finite values."""
    if not (has_rung(engine, place, exponent) and has_rung(engine, place, exponent + RUNG)):
        return False
    change = pooled_change(engine, reals, place, exponent)
    return math.isfinite(change) and math.isfinite(pooled_kink(engine, reals, place, exponent))


def pooled_rest(engine: Engine, reals: Reals, place: int, exponent: int) -> float:
    """Return what kinks and curvature may add to the residual slopes at a rung."""
    if not is_known(engine, reals, place, exponent):
        return math.inf
    rest = REST_BARS * scatter(engine, reals, place, exponent)
    if not is_known(engine, reals, place, exponent + RUNG):
        return rest
    change = pooled_change(engine, reals, place, exponent)
    outer_change = pooled_change(engine, reals, place, exponent + RUNG)
    kink = pooled_kink(engine, reals, place, exponent)
    noise = NOISE_BARS * slope_noise_at(reals, exponent)
    if outer_change > SMOOTH_RATIO * change and kink <= larger(noise, SMOOTH_GAP * change):
        return smaller(rest, SMOOTH_PART * change)
    # Kinks: residual slopes grow like the root of the step.
    outer = REST_BARS * OUTER_PART * OUTER_PART * scatter(engine, reals, place, exponent + RUNG)
    return larger(rest, outer)


def pooled_bar(engine: Engine, reals: Reals, place: int, exponent: int) -> float:
    """Return the error bar of the residual slopes at a rung."""
    return NOISE_BARS * slope_noise_at(reals, exponent) + pooled_rest(engine, reals, place, exponent)


def missing_rung(engine: Engine, place: int, exponent: int) -> int:
    """Return which of a rung and the next larger one is to be taken first; FINISHED where both are there."""
    if not has_rung(engine, place, exponent):
        return exponent
    if not has_rung(engine, place, exponent + RUNG):
        return exponent + RUNG
    return FINISHED


def note_best(engine: Engine, reals: Reals, place: int, exponent: int) -> None:
    """Note the rung with the least bar so far."""
    engine[place + CLIMBER_BEST] = exponent
    reals[place + CLIMBER_NOISE] = NOISE_BARS * slope_noise_at(reals, exponent)
    reals[place + CLIMBER_REST] = pooled_rest(engine, reals, place, exponent)
    reals[place + CLIMBER_BAR] = reals[place + CLIMBER_NOISE] + reals[place + CLIMBER_REST]


def walk_pool(engine: Engine, reals: Reals, place: int) -> None:
    """Decide which rung is wanted next; where none is, the best one is noted.

    The walk is gone through anew each time: it depends on the rungs alone.
    """
    wanted = next_rung(engine, reals, place)
    full = engine[place + CLIMBER_TAKEN] >= engine[place + CLIMBER_MOST]
    engine[place + CLIMBER_WANTED] = FINISHED if full else wanted
    if engine[place + CLIMBER_WANTED] == FINISHED:
        choose_best(engine, reals, place)


def next_rung(engine: Engine, reals: Reals, place: int) -> int:
    """Walk from the first rung to where the bar falls; return the first rung on the way that is missing."""
    first = engine[place + CLIMBER_FIRST]
    target = reals[place + CLIMBER_TARGET]
    wanted = missing_rung(engine, place, first)
    if wanted != FINISHED or pooled_bar(engine, reals, place, first) <= target:
        return wanted
    direction = -RUNG
    if is_step(engine, first + 2 * RUNG):
        wanted = missing_rung(engine, place, first + RUNG)
        if wanted != FINISHED:
            return wanted
        if pooled_bar(engine, reals, place, first + RUNG) < pooled_bar(engine, reals, place, first):
            direction = RUNG
    return walk_on(engine, reals, place, first, direction)


def walk_on(engine: Engine, reals: Reals, place: int, first: int, direction: int) -> int:
    """Walk in one direction until the target or two rises; return the first rung on the way that is missing."""
    best = pooled_bar(engine, reals, place, first)
    rises = 0
    exponent = first + direction
    while is_step(engine, exponent) and is_step(engine, exponent + RUNG):
        outer = exponent + 2 * RUNG
        if is_coarse(engine, reals) and is_step(engine, outer) and not has_rung(engine, place, outer):
            return outer
        wanted = missing_rung(engine, place, exponent)
        if wanted != FINISHED:
            return wanted
        bar = pooled_bar(engine, reals, place, exponent)
        rises = 0 if bar < best else rises + 1
        best = smaller(bar, best)
        if best <= reals[place + CLIMBER_TARGET] or rises >= MOST_RISES:
            return FINISHED
        exponent += direction
    return FINISHED


def choose_best(engine: Engine, reals: Reals, place: int) -> None:
    """Note the rung with the least bar, once all outer rungs are known."""
    reals[place + CLIMBER_BAR] = math.inf
    reals[place + CLIMBER_REST] = math.inf
    exponent = HIGHEST_EXPONENT - RUNG - ((HIGHEST_EXPONENT - engine[place + CLIMBER_FIRST]) & 1)
    while is_step(engine, exponent):
        if is_known(engine, reals, place, exponent):
            if pooled_bar(engine, reals, place, exponent) < reals[place + CLIMBER_BAR]:
                note_best(engine, reals, place, exponent)
        exponent -= RUNG
