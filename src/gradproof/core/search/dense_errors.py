"""Dense errors: some nodes are followed down to single coordinates, and lines along the claim give a common factor."""

from __future__ import annotations

import math

from numpy import int64, uint64

from ..lines import phases
from ..lines.decision import allowed_by_atol, drift, tolerance_of
from ..lines.rungs import begin_line_ladder, set_line
from ..points.directions import mixed
from ..points.seeds import SAMPLE_NUMBERS
from ..records.floats import larger
from ..records.lines import LineLadder, Lines, block_of
from ..records.sums import quotient
from .candidates import add_candidate
from .halving import HALVING_FREE, advance_halving, is_wrong
from .long_findings import begin_long_findings, factor_bar, write_factor
from .nodes import follow

SAMPLES = 6
# Blocks that get a line along the claim, and the rungs that it may take.
FACTORS = 8
FACTOR_RUNGS = 6
# Coordinates that are drawn from these blocks, all in all: at least one of each.
DRAWN = 8
# Fewer where a line over a whole block shows already what they show.
DRAWN_ALONG = 4
# Open nodes that reach over less than 1/16 of a block, such as a row, are told instead of it.  Small errors all over it
# show only where claims are large, which is rarely in so small a part.
NARROW = 16


def drawn(lines: Lines, number: int, count: int) -> int:
    """Return a number below `count` that looks random, the same for the same seed."""
    return int(int64((mixed(lines.engine.seed, SAMPLE_NUMBERS + number) >> uint64(12)) % uint64(count)))


def begin_sampling(lines: Lines) -> None:
    """Choose the nodes that are followed down to single coordinates; the open ones of the level stay as they are."""
    lines.phase = phases.SAMPLING
    lines.dense = 1
    open_nodes = lines.next_count
    lines.sample_count = SAMPLES if open_nodes > SAMPLES else open_nodes
    for number in range(lines.sample_count):
        # One of each sixth of the open nodes: nodes of all blocks.
        low = quotient(number * open_nodes, lines.sample_count)
        high = quotient((number + 1) * open_nodes, lines.sample_count)
        lines.nodes[number] = lines.next_nodes[low + drawn(lines, number, high - low)]
    largest = largest_open_node(lines)
    # What stands out of the others may be another error: of its sixth it is the one.
    lines.nodes[quotient((largest + 1) * lines.sample_count - 1, open_nodes)] = lines.next_nodes[largest]
    for number in range(lines.sample_count):
        follow(lines, lines.halvings[number], lines.nodes[number])


def largest_open_node(lines: Lines) -> int:
    """Return the number of the open node of the next level with the largest residual slope."""
    largest = 0
    for number in range(1, lines.next_count):
        if math.fabs(lines.next_nodes[number].residual) > math.fabs(lines.next_nodes[largest].residual):
            largest = number
    return largest


def advance_samples(lines: Lines) -> None:
    """Move every sample on that has its rung."""
    for number in range(lines.sample_count):
        halving = lines.halvings[number]
        if halving.stage != HALVING_FREE:
            advance_halving(lines, halving)
            if halving.stage == HALVING_FREE:
                follow_worse_half(lines, number)


def follow_worse_half(lines: Lines, number: int) -> None:
    """Replace the node of a sample by the wrong half with the larger residual slope; without one the sample ends."""
    left = lines.halvings[number].left
    right = lines.halvings[number].right
    worse = left
    if is_wrong(lines, right) and not (is_wrong(lines, left) and math.fabs(left.residual) >= math.fabs(right.residual)):
        worse = right
    if is_wrong(lines, worse):
        lines.nodes[number] = worse
        follow(lines, lines.halvings[number], lines.nodes[number])


def open_part(lines: Lines, start: int, stop: int) -> tuple[int, int]:
    """Return the part of [start, stop) in which the open nodes lie; an empty one if there are none."""
    first = stop
    last = start
    for number in range(lines.next_count):
        node = lines.next_nodes[number]
        if node.start < stop and node.stop > start:
            first = node.start if node.start < first else first
            last = node.stop if node.stop > last else last
    # A node may reach beyond a block.
    return first if first > start else start, last if last < stop else stop


def is_narrow(part: tuple[int, int], start: int, stop: int) -> bool:
    """Return whether a part is so small that the rest of [start, stop) is left alone."""
    return NARROW * (part[1] - part[0]) <= stop - start


def begin_factors(lines: Lines, count: int) -> None:
    """Begin lines along the claim over the blocks that disagree, or their parts that do; draw coordinates of these."""
    lines.phase = phases.FACTORS
    lines.factor_count = 0
    begin_long_findings(lines)
    for number in range(lines.block_count):
        start = block_of(lines, number).start
        stop = block_of(lines, number + 1).start
        part = open_part(lines, start, stop)
        if part[0] < part[1] and lines.factor_count < FACTORS:
            # All of x is no array that has a cause of its own.
            if lines.named > 0 and not is_narrow(part, start, stop):
                part = start, stop
            begin_factor(lines, part, lines.next_nodes[0].exponent, 0.0)
    draw_candidates(lines, count)


def begin_factor(lines: Lines, part: tuple[int, int], exponent: int, target: float) -> None:
    """Begin the line along the claim over a part of x."""
    ladder = lines.halvings[lines.factor_count].ladder
    lines.factor_count += 1
    set_line(ladder, part[0], part[1], lines.failed.seed, 1)
    begin_line_ladder(ladder, exponent, FACTOR_RUNGS, target)


def draw_candidates(lines: Lines, count: int) -> None:
    """Draw so many coordinates in all, as many of each block."""
    for number in range(lines.factor_count):
        ladder = lines.halvings[number].ladder
        for sample in range(quotient(count, lines.factor_count)):
            index = ladder.start + drawn(lines, DRAWN * (number + 1) + sample, ladder.stop - ladder.start)
            add_candidate(lines, index)


def finish_factors(lines: Lines) -> None:
    """Write what is known of the blocks; their coordinates are confirmed next."""
    for number in range(lines.factor_count):
        halving = lines.halvings[number]
        ladder = halving.ladder
        allowed = (lines.engine.rtol + drift(lines)) * math.fabs(ladder.claims[0])
        tolerance = larger(factor_tolerance(lines, ladder), allowed)
        write_factor(lines, halving, tolerance + allowed_by_atol(lines, ladder.stop - ladder.start, 1))
        note_array(lines, ladder)
    # Where samples were taken, coordinates come next; else what the blocks say decides.
    lines.phase = phases.CONFIRM if lines.dense != 0 else phases.ARRAYS


def factor_tolerance(lines: Lines, ladder: LineLadder) -> float:
    """Return the rounding of the claim along a line: of samples along the one that disagreed, else along the claim.

    With it what is usual of half the gaps of all blocks: kinks on both sides may cancel in that of a single one.
    """
    rounding = lines.tolerance if lines.dense != 0 else tolerance_of(lines, True)
    return rounding + lines.usual_gap * math.fabs(ladder.claims[0])


def note_array(lines: Lines, ladder: LineLadder) -> None:
    """Note what its ladder says of the block that a line covers."""
    for number in range(lines.block_count):
        block = block_of(lines, number)
        if block.start == ladder.start and block_of(lines, number + 1).start == ladder.stop:
            block.claim = ladder.claims[0]
            block.residual = ladder.residual
            block.aligned_bar = factor_bar(ladder) + factor_tolerance(lines, ladder)
