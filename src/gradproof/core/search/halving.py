"""Halving of what disagrees: which half of a part of a line is wrong, the left one, the right one or both.

The left half is measured with the step and the bar that were proved on the whole line, for two evaluations; the right
half follows by subtraction.  One absolute bar at all levels: a bar relative to the part at hand would hide the smaller
of two errors.  Where that does not decide, a half gets a ladder of its own.
"""

from __future__ import annotations

import math

from ..lines.pooled_bars import slope_noise_at
from ..lines.rungs import begin_climber, lowest_exponent, residual_at
from ..lines.single_bars import NOISE_BARS, walk_ladder
from ..records.floats import larger, power_of_two_above
from ..records.lines import FINISHED, Half, Halving, LineLadder, Lines, Node, block_of

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


def middle_of(lines: Lines, start: int, stop: int) -> int:
    """Return where a part is halved: at the border of blocks that is nearest to its middle, else in the middle."""
    middle = (start + stop) // 2
    best = start
    for number in range(1, lines.block_count):
        border = block_of(lines, number).start
        if math.fabs(border - middle) < math.fabs(best - middle):
            best = border
    margin = (stop - start) // MARGIN
    return best if start + margin <= best <= stop - margin and start < best < stop else middle


def begin_halving(lines: Lines, halving: Halving, node: Node) -> None:
    """Begin to halve a node: a pair on its left half, or a ladder where the step of the node does not serve."""
    start = node.start
    halving.node = node
    halving.middle = middle_of(lines, start, node.stop)
    exponent = node.exponent
    residual = math.fabs(node.residual)
    bar = NOISE_BARS * slope_noise_at(lines, exponent) + node.rest
    if bar <= residual / PLAIN:
        halving.stage = HALVING_LEFT_PAIR
        climb_half(lines, halving, True, exponent, 1, 0.0)
    else:
        halving.stage = HALVING_LEFT_LADDER
        first = exponent + 1 if exponent + 1 < LARGEST_FIRST else LARGEST_FIRST
        climb_half(lines, halving, True, first, LADDER_RUNGS, residual / 6.0)


def climb_half(lines: Lines, halving: Halving, left: bool, exponent: int, most: int, target: float) -> None:
    """Begin a climb on one half, along the line that disagreed."""
    node = halving.node
    middle = halving.middle
    start = node.start if left else middle
    stop = middle if left else node.stop
    lowest = lowest_exponent(lines)
    climber = halving.ladder
    first = exponent if exponent > lowest else lowest
    begin_climber(climber, start, stop, lines.failed.aligned, first, most, target)
    climber.seeds[0] = lines.failed.seed


def advance_halving(lines: Lines, halving: Halving) -> None:
    """Go on after a rung: to the next one, to the other half, or to the end."""
    climber = halving.ladder
    stage = halving.stage
    if stage == HALVING_LEFT_PAIR:
        climber.wanted = FINISHED
        take_left_pair(lines, halving)
    else:
        walk_ladder(lines, climber)
        if climber.wanted != FINISHED:
            return
        if stage == HALVING_RIGHT_LADDER:
            take_right_ladder(lines, halving)
            return
        take_ladder(halving.left, climber)
        if stage == HALVING_LEFT_AGAIN:
            halving.stage = HALVING_DONE
            return
    subtract(lines, halving)


def in_squares(a: float, b: float) -> float:
    """Return the root of the sum of two squares; overflow and underflow do not spoil it."""
    unit = power_of_two_above(larger(a, b))
    a /= unit
    b /= unit
    return unit * math.sqrt(a * a + b * b)


def take_left_pair(lines: Lines, halving: Halving) -> None:
    """Take the residual slope of the left half at the step of the node."""
    node = halving.node
    climber = halving.ladder
    exponent = climber.first
    noise = NOISE_BARS * slope_noise_at(lines, exponent)
    rest = node.rest
    halving.left.residual = residual_at(climber, exponent, 0)
    halving.left.bar = in_squares(noise, rest)
    halving.left.exponent = exponent
    halving.left.rest = rest


def ladder_bar_of(climber: LineLadder) -> float:
    """Return the bar of a finished ladder: at a kink at x, of the mean of both slopes."""
    return climber.small if climber.has_gap != 0 else climber.bar


def take_ladder(half: Half, ladder: LineLadder) -> None:
    """Take what the ladder of a half found."""
    half.residual = ladder.residual
    half.bar = ladder_bar_of(ladder)
    half.exponent = ladder.best
    half.rest = ladder.rest


def take_right_ladder(lines: Lines, halving: Halving) -> None:
    """Take what the ladder of the right half found; where neither half is wrong, look at the left one again."""
    climber = halving.ladder
    undecided = not (is_wrong(lines, halving.left) or is_wrong(lines, halving.right))
    take_ladder(halving.right, climber)
    if undecided and not is_wrong(lines, halving.right):
        residual = math.fabs(halving.node.residual)
        halving.stage = HALVING_LEFT_AGAIN
        climb_half(lines, halving, True, climber.best, LAST_RUNGS, residual / 12.0)
    else:
        halving.stage = HALVING_DONE


def subtract(lines: Lines, halving: Halving) -> None:
    """Get the right half by subtraction; where that does not decide, it climbs a ladder of its own."""
    node = halving.node
    bar = node.bar
    left_bar = halving.left.bar
    halving.right.residual = node.residual - halving.left.residual
    plain = halving.stage == HALVING_LEFT_PAIR
    halving.right.bar = in_squares(bar, left_bar) if plain else bar + left_bar
    halving.right.exponent = halving.left.exponent
    halving.right.rest = halving.left.rest
    neither = not (is_wrong(lines, halving.left) or is_wrong(lines, halving.right))
    if not (neither or is_in_doubt(lines, halving)):
        halving.stage = HALVING_DONE
        return
    target = math.fabs(node.residual) / 6.0
    seen = math.fabs(halving.right.residual)
    seen = (seen if seen > left_bar else left_bar) / 3.0
    halving.stage = HALVING_RIGHT_LADDER
    first = halving.left.exponent
    climb_half(lines, halving, False, first, LADDER_RUNGS, target if target < seen else seen)


def is_wrong(lines: Lines, half: Half) -> bool:
    """Return whether the residual slope of a half is larger than its bar and the tolerance."""
    return math.fabs(half.residual) > half.bar + lines.tolerance


def is_in_doubt(lines: Lines, halving: Halving) -> bool:
    """Return whether the right half is so near to its bar that a subtraction does not decide."""
    bar = halving.right.bar
    noise = NOISE_BARS * slope_noise_at(lines, halving.left.exponent)
    beyond = math.fabs(halving.right.residual) - lines.tolerance
    return DOUBT_LOW * bar < beyond < DOUBT_HIGH * bar and bar > DOUBT_NOISE * noise
