"""Halving of what disagrees: which half of a part of a line is wrong, the left one, the right one or both.

The left half is measured with the step and the bar that were proved on the whole line, for two evaluations; the right
half follows by subtraction.  One absolute bar at all levels: a bar relative to the part at hand would hide the smaller
of two errors.  Where that does not decide, a half gets a ladder of its own.
"""

from __future__ import annotations

import math

from .abi import Engine, Reals
from .climbers import begin_climber, lowest_exponent, residual_at
from .floats import larger, power_of_two_above
from .lineladder import NOISE_BARS, walk_ladder
from .linestate import (
    BLOCK_COUNT,
    BLOCK_START,
    CLIMBER_BAR,
    CLIMBER_BEST,
    CLIMBER_FIRST,
    CLIMBER_HAS_GAP,
    CLIMBER_RESIDUAL,
    CLIMBER_REST,
    CLIMBER_SEEDS,
    CLIMBER_SMALL,
    CLIMBER_WANTED,
    FAILED_ALIGNED,
    FAILED_SEED,
    FINISHED,
    HALVING_CLIMBER,
    HALVING_LEFT,
    HALVING_LEFT_BAR,
    HALVING_LEFT_EXPONENT,
    HALVING_LEFT_REST,
    HALVING_MIDDLE,
    HALVING_NODE,
    HALVING_RIGHT,
    HALVING_RIGHT_BAR,
    HALVING_RIGHT_EXPONENT,
    HALVING_RIGHT_REST,
    HALVING_STAGE,
    NODE_BAR,
    NODE_EXPONENT,
    NODE_RESIDUAL,
    NODE_REST,
    NODE_START,
    NODE_STOP,
    TOLERANCE_NOW,
    block_place,
)
from .pooled import slope_noise_at

HALVING_FREE = 0
HALVING_LEFT_PAIR = 1
HALVING_LEFT_LADDER = 2
HALVING_RIGHT_LADDER = 3
HALVING_LEFT_AGAIN = 4
HALVING_DONE = 5

# The step of the whole line serves where its bar is at most a third of what disagrees.
PLAIN = 3.0
LARGEST_FIRST = -4
LADDER_RUNGS = 8
LAST_RUNGS = 10
# Between these bars a subtraction does not decide.
DOUBT_LOW = 0.7
DOUBT_HIGH = 2.5
DOUBT_NOISE = 1.5
# A border of blocks serves as the middle where it lies in the middle half.
MARGIN = 4


def middle_of(engine: Engine, start: int, stop: int) -> int:
    """Return where a part is halved: at the border of blocks that is nearest to its middle, else in the middle."""
    middle = (start + stop) // 2
    best = start
    for number in range(1, engine[BLOCK_COUNT]):
        border = engine[block_place(number) + BLOCK_START]
        if math.fabs(border - middle) < math.fabs(best - middle):
            best = border
    margin = (stop - start) // MARGIN
    return best if start + margin <= best <= stop - margin and start < best < stop else middle


def begin_halving(engine: Engine, reals: Reals, halving: int, node: int) -> None:
    """Begin to halve a node: a pair on its left half, or a ladder where the step of the node does not serve."""
    start = engine[node + NODE_START]
    engine[halving + HALVING_NODE] = node
    engine[halving + HALVING_MIDDLE] = middle_of(engine, start, engine[node + NODE_STOP])
    exponent = engine[node + NODE_EXPONENT]
    residual = math.fabs(reals[node + NODE_RESIDUAL])
    bar = NOISE_BARS * slope_noise_at(reals, exponent) + reals[node + NODE_REST]
    if bar <= residual / PLAIN:
        engine[halving + HALVING_STAGE] = HALVING_LEFT_PAIR
        climb_half(engine, reals, halving, True, exponent, 1, 0.0)
    else:
        engine[halving + HALVING_STAGE] = HALVING_LEFT_LADDER
        first = exponent + 1 if exponent + 1 < LARGEST_FIRST else LARGEST_FIRST
        climb_half(engine, reals, halving, True, first, LADDER_RUNGS, residual / 6.0)


def climb_half(engine: Engine, reals: Reals, halving: int, left: bool, exponent: int, most: int, target: float) -> None:
    """Begin a climb on one half, along the line that disagreed."""
    node = engine[halving + HALVING_NODE]
    middle = engine[halving + HALVING_MIDDLE]
    start = engine[node + NODE_START] if left else middle
    stop = middle if left else engine[node + NODE_STOP]
    lowest = lowest_exponent(engine)
    climber = halving + HALVING_CLIMBER
    first = exponent if exponent > lowest else lowest
    begin_climber(engine, reals, climber, start, stop, engine[FAILED_ALIGNED], first, most, target)
    engine[climber + CLIMBER_SEEDS] = engine[FAILED_SEED]


def advance_halving(engine: Engine, reals: Reals, halving: int) -> None:
    """Go on after a rung: to the next one, to the other half, or to the end."""
    climber = halving + HALVING_CLIMBER
    stage = engine[halving + HALVING_STAGE]
    if stage == HALVING_LEFT_PAIR:
        engine[climber + CLIMBER_WANTED] = FINISHED
        take_left_pair(engine, reals, halving)
    else:
        walk_ladder(engine, reals, climber)
        if engine[climber + CLIMBER_WANTED] != FINISHED:
            return
        if stage == HALVING_RIGHT_LADDER:
            take_right_ladder(engine, reals, halving)
            return
        take_left_ladder(engine, reals, halving)
        if stage == HALVING_LEFT_AGAIN:
            engine[halving + HALVING_STAGE] = HALVING_DONE
            return
    subtract(engine, reals, halving)


def in_squares(a: float, b: float) -> float:
    """Return the root of the sum of two squares; overflow and underflow do not spoil it."""
    unit = power_of_two_above(larger(a, b))
    a /= unit
    b /= unit
    return unit * math.sqrt(a * a + b * b)


def take_left_pair(engine: Engine, reals: Reals, halving: int) -> None:
    """Take the residual slope of the left half at the step of the node."""
    node = engine[halving + HALVING_NODE]
    climber = halving + HALVING_CLIMBER
    exponent = engine[climber + CLIMBER_FIRST]
    noise = NOISE_BARS * slope_noise_at(reals, exponent)
    rest = reals[node + NODE_REST]
    reals[halving + HALVING_LEFT] = residual_at(reals, climber, exponent, 0)
    reals[halving + HALVING_LEFT_BAR] = in_squares(noise, rest)
    engine[halving + HALVING_LEFT_EXPONENT] = exponent
    reals[halving + HALVING_LEFT_REST] = rest


def ladder_bar_of(engine: Engine, reals: Reals, climber: int) -> float:
    """Return the bar of a finished ladder: at a kink at x, of the mean of both slopes."""
    return reals[climber + CLIMBER_SMALL] if engine[climber + CLIMBER_HAS_GAP] != 0 else reals[climber + CLIMBER_BAR]


def take_left_ladder(engine: Engine, reals: Reals, halving: int) -> None:
    """Take what the ladder of the left half found."""
    climber = halving + HALVING_CLIMBER
    reals[halving + HALVING_LEFT] = reals[climber + CLIMBER_RESIDUAL]
    reals[halving + HALVING_LEFT_BAR] = ladder_bar_of(engine, reals, climber)
    engine[halving + HALVING_LEFT_EXPONENT] = engine[climber + CLIMBER_BEST]
    reals[halving + HALVING_LEFT_REST] = reals[climber + CLIMBER_REST]


def take_right_ladder(engine: Engine, reals: Reals, halving: int) -> None:
    """Take what the ladder of the right half found; where neither half is wrong, look at the left one again."""
    climber = halving + HALVING_CLIMBER
    undecided = not (left_is_wrong(reals, halving) or right_is_wrong(reals, halving))
    reals[halving + HALVING_RIGHT] = reals[climber + CLIMBER_RESIDUAL]
    reals[halving + HALVING_RIGHT_BAR] = ladder_bar_of(engine, reals, climber)
    engine[halving + HALVING_RIGHT_EXPONENT] = engine[climber + CLIMBER_BEST]
    reals[halving + HALVING_RIGHT_REST] = reals[climber + CLIMBER_REST]
    if undecided and not right_is_wrong(reals, halving):
        residual = math.fabs(reals[engine[halving + HALVING_NODE] + NODE_RESIDUAL])
        engine[halving + HALVING_STAGE] = HALVING_LEFT_AGAIN
        climb_half(engine, reals, halving, True, engine[climber + CLIMBER_BEST], LAST_RUNGS, residual / 12.0)
    else:
        engine[halving + HALVING_STAGE] = HALVING_DONE


def subtract(engine: Engine, reals: Reals, halving: int) -> None:
    """Get the right half by subtraction; where that does not decide, it climbs a ladder of its own."""
    node = engine[halving + HALVING_NODE]
    bar = reals[node + NODE_BAR]
    left_bar = reals[halving + HALVING_LEFT_BAR]
    reals[halving + HALVING_RIGHT] = reals[node + NODE_RESIDUAL] - reals[halving + HALVING_LEFT]
    plain = engine[halving + HALVING_STAGE] == HALVING_LEFT_PAIR
    reals[halving + HALVING_RIGHT_BAR] = in_squares(bar, left_bar) if plain else bar + left_bar
    engine[halving + HALVING_RIGHT_EXPONENT] = engine[halving + HALVING_LEFT_EXPONENT]
    reals[halving + HALVING_RIGHT_REST] = reals[halving + HALVING_LEFT_REST]
    neither = not (left_is_wrong(reals, halving) or right_is_wrong(reals, halving))
    if not (neither or is_in_doubt(engine, reals, halving)):
        engine[halving + HALVING_STAGE] = HALVING_DONE
        return
    target = math.fabs(reals[node + NODE_RESIDUAL]) / 6.0
    seen = math.fabs(reals[halving + HALVING_RIGHT])
    seen = (seen if seen > left_bar else left_bar) / 3.0
    engine[halving + HALVING_STAGE] = HALVING_RIGHT_LADDER
    first = engine[halving + HALVING_LEFT_EXPONENT]
    climb_half(engine, reals, halving, False, first, LADDER_RUNGS, target if target < seen else seen)


def left_is_wrong(reals: Reals, halving: int) -> bool:
    """Return whether the residual slope of the left half is larger than its bar and the tolerance."""
    return math.fabs(reals[halving + HALVING_LEFT]) > reals[halving + HALVING_LEFT_BAR] + reals[TOLERANCE_NOW]


def right_is_wrong(reals: Reals, halving: int) -> bool:
    """Return whether the residual slope of the right half is larger than its bar and the tolerance."""
    return math.fabs(reals[halving + HALVING_RIGHT]) > reals[halving + HALVING_RIGHT_BAR] + reals[TOLERANCE_NOW]


def is_in_doubt(engine: Engine, reals: Reals, halving: int) -> bool:
    """Return whether the right half is so near to its bar that a subtraction does not decide."""
    bar = reals[halving + HALVING_RIGHT_BAR]
    noise = NOISE_BARS * slope_noise_at(reals, engine[halving + HALVING_LEFT_EXPONENT])
    beyond = math.fabs(reals[halving + HALVING_RIGHT]) - reals[TOLERANCE_NOW]
    return DOUBT_LOW * bar < beyond < DOUBT_HIGH * bar and bar > DOUBT_NOISE * noise
