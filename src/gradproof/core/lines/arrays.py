"""A pair of points for each named block, along its own claim: two evaluations tell by which factor the claim is off.

Along the claim all slopes of a block add up, against noise that is the same for a block as for all of x.  Both slopes,
the right and the left one, must agree: half their gap counts as error, and what is usual among all blocks besides, for
kinks on both sides may cancel in one of them.  What disagrees gets a ladder before anything is called wrong.
"""

from __future__ import annotations

import math

from ..evidence.ladder import insert_sorted
from ..points.probes import write_probe
from ..points.seeds import OWN_LINES, line_seed
from ..records.abi import ConstReals, never_inlined
from ..records.border import Probes
from ..records.engine import ROUND
from ..records.floats import smaller
from ..records.lines import FINISHED, LineLadder, Lines, block_of, evaluations_left
from ..records.memory import as_reals
from ..records.sums import quotient
from . import phases
from .decision import (
    SPREAD_PART,
    allowed_slope,
    drift,
    may_share_factor,
    mean_residual,
    tolerance_of,
)
from .plan import ABOVE_LOWEST, SMALL_BUDGET
from .rungs import gap_at, is_coarse, lowest_exponent, noise_along, residual_at, set_scales, take_rung
from .single_bars import single_noise

# What was done about the blocks.
NOT_LOOKED_AT = 0
PAIRS = 1
SECOND_PAIRS = 2
FOLLOWED = 3
# The most pairs that come first: of more blocks, neighbours share one.
MOST_PAIRS = 300
# A right gradient takes this many evaluations besides these pairs; the rest of them goes to blocks that could be off
# by a factor of 2 unseen.
BESIDES = 100
# Where f curves on the scale of its coordinates, noise and half the gap are alike at the step t with t * t so many
# times the noise over the claimed slope.
BALANCED = 6.0
# Larger steps would be no small part of a coordinate.
LARGEST_STEP = -3
# This many times the usual gap counts besides that of the block itself.
USUAL_GAPS = 2.0
# From this many open nodes of the halving on, coordinates included, errors are dense.
DENSE_NODES = 40
# Errors all over some blocks add up to more than few errors do, whose magnitudes differ by 3 at most.
SPREAD_RATIO = 16.0


def begin_arrays(lines: Lines) -> bool:
    """Begin with the pairs; those of an x without names are asked for only if lines say that it may share a factor."""
    if lines.named == 0 and lines.arrays == NOT_LOOKED_AT and not (lines.disagreed > 0 and may_share_factor(lines)):
        return False
    return begin_pairs(lines)


def begin_pairs(lines: Lines) -> bool:
    """Begin with the pairs, or with what they have shown; return whether anything is to be decided about them."""
    if lines.arrays == SECOND_PAIRS:
        lines.phase = phases.ARRAYS
        return True
    group = 1 + quotient(lines.block_count, MOST_PAIRS + 1)
    pairs = quotient(lines.block_count, group) + 1
    small = 0 < lines.engine.budget < SMALL_BUDGET or 2 * pairs > evaluations_left(lines)
    if lines.arrays != NOT_LOOKED_AT or small:
        return False
    lines.group = group
    lines.usual_gap = 0.0
    number = 0
    while number < lines.block_count:
        want_pair(lines, number)
        number += group
    if arrays_asked(lines) == 0:
        return False
    lines.arrays = PAIRS
    lines.phase = phases.ARRAYS
    return True


def group_end(lines: Lines, number: int) -> int:
    """Return one past the last block that shares a pair with a block."""
    end = number + lines.group
    return end if end < lines.block_count else lines.block_count


def group_sum(lines: Lines, number: int) -> float:
    """Return the sum of the claimed slopes of the blocks that share a pair."""
    total = 0.0
    for member in range(number, group_end(lines, number)):
        total += block_of(lines, member).sum
    return total


def want_pair(lines: Lines, number: int) -> None:
    """Want a pair at the step where noise and curvature are alike; none where the claim is all rounding."""
    block = block_of(lines, number)
    total = group_sum(lines, number)
    if total > tolerance_of(lines, True):
        block.wanted = 1
        block.exponent = bounded(lines, half_exponent(BALANCED * noise_along(lines) / total))


def half_exponent(square: float) -> int:
    """Return the exponent of the root of a number; one below all steps for 0."""
    return math.frexp(square)[1] >> 1 if square > 0.0 else -FINISHED


def bounded(lines: Lines, exponent: int) -> int:
    """Return the exponent, between those of the smallest and the largest step."""
    lowest = lowest_exponent(lines) + ABOVE_LOWEST
    exponent = exponent if exponent > lowest else lowest
    return exponent if exponent < LARGEST_STEP else LARGEST_STEP


def arrays_asked(lines: Lines) -> int:
    """Return how many probes the pairs of the next round take; of very many blocks some wait for the round after it."""
    count = 0
    for number in range(lines.block_count):
        count += 2 if block_of(lines, number).wanted == 1 else 0
    return count if count < ROUND else ROUND


def write_arrays(lines: Lines, probes: Probes) -> None:
    """Write the probes of the pairs."""
    written = 0
    seed = line_seed(lines.engine.seed, OWN_LINES)
    for number in range(lines.block_count):
        block = block_of(lines, number)
        if block.wanted == 1 and written < ROUND:
            step = math.ldexp(1.0, int(block.exponent))
            for signed in (step, -step):
                write_probe(probes[written], block.start, block_of(lines, group_end(lines, number)).start, seed, signed)
                set_scales(lines, probes[written], 1)
                written += 1


def take_arrays(lines: Lines, values: ConstReals, changes: ConstReals) -> None:
    """Take the values of the pairs; then look once more where a block could be off by a factor of 2 unseen."""
    taken = 0
    # No halving is under way.
    ladder = lines.halvings[0].ladder
    ladder.line_count = 1
    for number in range(lines.block_count):
        block = block_of(lines, number)
        if block.wanted == 1 and taken < ROUND:
            ladder.wanted = block.exponent
            taken = take_rung(lines, ladder, values, changes, taken)
            note_pair(lines, number, ladder)
            if lines.arrays != PAIRS:
                block.wanted = 0
    ladder.wanted = FINISHED
    if lines.arrays == PAIRS:
        note_usual_gap(lines)
        settle_pairs(lines)
        lines.arrays = SECOND_PAIRS


def note_pair(lines: Lines, number: int, ladder: LineLadder) -> None:
    """Note what a pair says of a block, unless another one has said it more sharply."""
    block = block_of(lines, number)
    bar = single_noise(lines, block.exponent) + math.fabs(gap_at(ladder, block.exponent, 0)) / 2.0
    bar += lines.usual_gap * ladder.claims[0] + tolerance_of(lines, True)
    if block.aligned_bar == 0.0 or bar < block.aligned_bar:
        block.claim = ladder.claims[0]
        block.residual = residual_at(ladder, block.exponent, 0)
        block.aligned_bar = bar


def note_usual_gap(lines: Lines) -> None:
    """Note what is usual of half the gaps, relative to the claimed slopes, and what sums in float32 may drift by."""
    # As work memory: the pairs of the sweep over the candidates are free until it begins.
    gaps = as_reals(lines.engine.pairs)
    count = 0
    for number in range(lines.block_count):
        block = block_of(lines, number)
        gap = (block.aligned_bar - single_noise(lines, block.exponent)) / block.claim if block.wanted == 1 else math.nan
        if gap >= 0.0:
            insert_sorted(gaps, count, gap)
            count += 1
    lines.usual_gap = USUAL_GAPS * gaps[count // 2] if count > 0 else 0.0
    lines.usual_gap += drift(lines)


def settle_pairs(lines: Lines) -> None:
    """Settle what the first pairs say, and want others: as many as a check has room for that nobody gave a budget."""
    most = lines.block_count if lines.block_count < MOST_PAIRS else MOST_PAIRS
    room = BESIDES + 2 * most - lines.engine.evaluations
    left = evaluations_left(lines)
    room = room if room < left else left
    group = lines.group
    number = 0
    while number < lines.block_count:
        block = block_of(lines, number)
        if block.wanted == 1:
            block.wanted = 0
            block.aligned_bar += lines.usual_gap * block.claim
            if group > 1:
                lines.group = group
                share_pair(lines, number, group_end(lines, number))
            elif room >= 2 and wants_second_pair(lines, number):
                room -= 2
        number += group
    lines.group = 1


def wants_second_pair(lines: Lines, number: int) -> bool:
    """Want a pair at a better step where a factor of 2 could pass unseen; return whether there is such a step."""
    block = block_of(lines, number)
    noise = single_noise(lines, block.exponent)
    better = bounded(lines, block.exponent + half_exponent(noise / (block.aligned_bar - noise)))
    if better == block.exponent or not 2.0 * block.aligned_bar > block.claim:
        return False
    block.exponent = better
    block.wanted = 1
    return True


def share_pair(lines: Lines, first: int, last: int) -> None:
    """Settle what a pair says of the blocks that share it: they agree as it does, or each gets a pair of its own."""
    residual = math.fabs(block_of(lines, first).residual)
    bar = block_of(lines, first).aligned_bar
    lines.group = 1
    for number in range(first, last):
        block = block_of(lines, number)
        block.aligned_bar = 0.0
        if not residual <= bar:
            want_pair(lines, number)
        elif block.sum > 0.0:
            block.claim = block.sum
            block.residual = 0.0
            block.aligned_bar = residual + bar


def bars_off(lines: Lines, number: int) -> float:
    """Return how many bars a block is off, beyond what rtol and atol allow; 0 where that is not known."""
    block = block_of(lines, number)
    length = block_of(lines, number + 1).start - block.start
    bar = block.aligned_bar + allowed_slope(lines, 0.0, block.sum, length, 1)
    return math.fabs(block.residual) / bar if block.aligned_bar > 0.0 and math.isfinite(block.residual) else 0.0


def most_off(lines: Lines) -> int:
    """Return the number of the block that is most bars off and not followed yet; -1 where none is off."""
    most = 1.0
    found = -1
    for number in range(lines.block_count):
        off = bars_off(lines, number)
        if off > most and block_of(lines, number).wanted == 0:
            most = off
            found = number
    return found


def raise_bars_of_arrays(lines: Lines) -> None:
    """Take what blocks are off for part of their bars, where their ladders did not confirm it."""
    for number in range(lines.block_count):
        if bars_off(lines, number) > 1.0:
            block = block_of(lines, number)
            block.aligned_bar += math.fabs(block.residual)


@never_inlined
def is_lost(lines: Lines) -> bool:
    """Return whether halving has lost what it followed to the noise of float32."""
    return lines.stuck_count > 0 and is_coarse(lines)


def is_spread(lines: Lines) -> bool:
    """Return whether blocks that are off need no search: errors are many, or add up along the claim as few do not.

    Where a search is lost they are all that there is to follow.
    """
    residual = 0.0
    total = 0.0
    squares = 0.0
    for number in range(lines.block_count):
        if bars_off(lines, number) > 1.0:
            block = block_of(lines, number)
            part = block.norm / lines.norm
            residual += math.fabs(block.residual)
            total += block.sum
            squares += part * part
    ratio = smaller(SPREAD_PART * total / (lines.norm * math.sqrt(squares)), SPREAD_RATIO)
    many = lines.next_count >= DENSE_NODES or lines.failed.aligned != 0 or is_lost(lines)
    # The worst of several random lines is biased, their mean is not.
    return many or residual > ratio * mean_residual(lines.pool)
