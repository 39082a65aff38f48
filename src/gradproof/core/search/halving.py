"""Halving of what disagrees: which half of a part of a line is wrong, the left one, the right one or both.

The left half is measured with the step and the bar that were proved on the whole line, for two evaluations; the right
half follows by subtraction.  One absolute bar at all levels: a bar relative to the part at hand would hide the smaller
of two errors.  Where that does not decide, a half gets a ladder of its own.
"""

from __future__ import annotations

import math

from ..lines.rungs import begin_line_ladder, lowest_exponent, residual_at, set_line
from ..lines.single_bars import single_noise
from ..lines.walk import walk
from ..records.floats import larger, power_of_two_above, smaller
from ..records.lines import FINISHED, UNMEASURED, Halving, LineLadder, Lines, Node, block_of, write_node

# Stages; a halving that has ended is free for the next node.
HALVING_FREE = 0
HALVING_LEFT_PAIR = 1
HALVING_LEFT_LADDER = 2
HALVING_RIGHT_LADDER = 3
HALVING_LEFT_AGAIN = 4

# The step of the whole line serves where the disagreement is at least this many of its bars.
PAIR_BARS = 3.0
# A bar is good enough where the disagreement is this many of them, more at the last look; for the right half also where
# what subtraction left of it is.
TARGET_BARS = 6.0
LAST_TARGET_BARS = 12.0
RIGHT_TARGET_BARS = 3.0
LARGEST_FIRST = -4
LADDER_RUNGS = 8
LAST_RUNGS = 10
# Between these bars a subtraction does not decide, unless its bar is hardly more than noise.
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
    halving.node = node
    halving.left = node
    halving.right = node
    halving.left.allowed = UNMEASURED
    halving.right.allowed = UNMEASURED
    halving.left.stop = middle_of(lines, node.start, node.stop)
    halving.right.start = halving.left.stop
    residual = math.fabs(node.residual)
    if single_noise(lines, node.exponent) + node.rest <= residual / PAIR_BARS:
        halving.stage = HALVING_LEFT_PAIR
        measure(lines, halving, halving.left, node.exponent, 1, 0.0)
    else:
        halving.stage = HALVING_LEFT_LADDER
        first = node.exponent + 1 if node.exponent + 1 < LARGEST_FIRST else LARGEST_FIRST
        measure(lines, halving, halving.left, first, LADDER_RUNGS, residual / TARGET_BARS)


def measure(lines: Lines, halving: Halving, half: Node, exponent: int, most: int, target: float) -> None:
    """Begin a ladder on one half, along the line that disagreed."""
    lowest = lowest_exponent(lines)
    set_line(halving.ladder, half.start, half.stop, lines.failed.seed, lines.failed.aligned)
    begin_line_ladder(halving.ladder, exponent if exponent > lowest else lowest, most, target)


def advance_halving(lines: Lines, halving: Halving) -> None:
    """Go on after a rung: to the next one, to the other half, or to the end."""
    ladder = halving.ladder
    if halving.stage == HALVING_LEFT_PAIR:
        take_left_pair(lines, halving)
        subtract(lines, halving)
        return
    walk(lines, ladder)
    if ladder.wanted != FINISHED:
        return
    if halving.stage == HALVING_RIGHT_LADDER:
        take_right_ladder(lines, halving)
        return
    write_node(halving.left, ladder, ladder_bar_of(ladder))
    if halving.stage == HALVING_LEFT_AGAIN:
        halving.stage = HALVING_FREE
    else:
        subtract(lines, halving)


def root_of_squares(a: float, b: float) -> float:
    """Return the root of the sum of two squares; overflow and underflow do not spoil it."""
    unit = power_of_two_above(larger(a, b))
    a /= unit
    b /= unit
    return unit * math.sqrt(a * a + b * b)


def take_left_pair(lines: Lines, halving: Halving) -> None:
    """Take the residual slope of the left half at the step of the node."""
    exponent = halving.ladder.first
    halving.ladder.wanted = FINISHED
    halving.left.residual = residual_at(halving.ladder, exponent, 0)
    halving.left.bar = root_of_squares(single_noise(lines, exponent), halving.node.rest)
    halving.left.exponent = exponent


def ladder_bar_of(ladder: LineLadder) -> float:
    """Return the bar of a ladder that has ended: at a kink at x, of the mean of both slopes."""
    return ladder.mean_bar if ladder.has_gap != 0 else ladder.bar


def take_right_ladder(lines: Lines, halving: Halving) -> None:
    """Take what the ladder of the right half found; where neither half is wrong, look at the left one again."""
    ladder = halving.ladder
    undecided = neither_is_wrong(lines, halving)
    write_node(halving.right, ladder, ladder_bar_of(ladder))
    if undecided and not is_wrong(lines, halving.right):
        target = math.fabs(halving.node.residual) / LAST_TARGET_BARS
        halving.stage = HALVING_LEFT_AGAIN
        measure(lines, halving, halving.left, ladder.best, LAST_RUNGS, target)
    else:
        halving.stage = HALVING_FREE


def subtract(lines: Lines, halving: Halving) -> None:
    """Get the right half by subtraction; where that does not decide, it gets a ladder of its own."""
    node = halving.node
    left = halving.left
    right = halving.right
    right.residual = node.residual - left.residual
    independent = halving.stage == HALVING_LEFT_PAIR
    right.bar = root_of_squares(node.bar, left.bar) if independent else node.bar + left.bar
    right.exponent = left.exponent
    right.rest = left.rest
    halving.stage = HALVING_FREE
    if neither_is_wrong(lines, halving) or is_in_doubt(lines, right):
        halving.stage = HALVING_RIGHT_LADDER
        seen = larger(math.fabs(right.residual), left.bar) / RIGHT_TARGET_BARS
        target = smaller(math.fabs(node.residual) / TARGET_BARS, seen)
        measure(lines, halving, right, left.exponent, LADDER_RUNGS, target)


def is_wrong(lines: Lines, node: Node) -> bool:
    """Return whether the residual slope of a node is larger than its bar and the tolerance."""
    return math.fabs(node.residual) > node.bar + lines.tolerance


def neither_is_wrong(lines: Lines, halving: Halving) -> bool:
    """Return whether none of the halves is known to be wrong."""
    return not (is_wrong(lines, halving.left) or is_wrong(lines, halving.right))


def is_in_doubt(lines: Lines, right: Node) -> bool:
    """Return whether the right half is so near to its bar that a subtraction does not decide."""
    beyond = math.fabs(right.residual) - lines.tolerance
    noise = single_noise(lines, right.exponent)
    return DOUBT_LOW * right.bar < beyond < DOUBT_HIGH * right.bar and right.bar > DOUBT_NOISE * noise
