"""From a line that disagrees down to the coordinates: level by level, every open node halved in the same round.

Where so many nodes are open that errors are dense, the descent stops, and some of them are sampled.
"""

from __future__ import annotations

import math

from ..lines import phases
from ..lines.arrays import DENSE_NODES, NOT_LOOKED_AT, begin_arrays, begin_pairs, is_lost
from ..lines.norms import norms
from ..lines.rungs import is_coarse
from ..records.abi import ConstVector
from ..records.lines import FINISHED, MOST_HALVINGS, Halving, Lines, block_of
from .allowance import leave_spread_nodes, measure_node
from .dense_errors import DRAWN_ALONG, begin_factors, begin_sampling, is_narrow, open_part
from .halving import HALVING_FREE, advance_halving, is_wrong
from .nodes import append_node, follow, note_stuck

# Where this many are open, errors may be those of whole blocks, which are seen at once along their claims; in float32,
# where halving is dear, as soon as there is more than one.
SHARED_NODES = 8
SHARED_NODES_COARSE = 2
# Errors that a factor makes are the same part of each node's claim; beside them nodes show noise and magnitudes.
EVEN_PART = 0.5


def begin_descent(lines: Lines) -> None:
    """Begin with the line that disagrees, which is node 0."""
    lines.phase = phases.HALVING
    lines.node_count = 1
    lines.next_count = 0
    lines.next_node = 0
    lines.candidates.count = 0
    lines.confirming = 0
    lines.stuck_count = 0
    lines.stuck_beyond = 0
    lines.spread_nodes = 0
    lines.spread = 0.0
    lines.dense = 0
    free_halvings(lines)


def free_halvings(lines: Lines) -> None:
    """Free all halvings; their ladders want nothing."""
    for number in range(MOST_HALVINGS):
        lines.halvings[number].stage = HALVING_FREE
        lines.halvings[number].ladder.wanted = FINISHED


def halve_open_nodes(lines: Lines, x: ConstVector, claimed: ConstVector) -> bool:
    """Begin to halve the nodes of the level, as far as there is room; return whether any is under way."""
    busy = False
    for number in range(MOST_HALVINGS):
        halving = lines.halvings[number]
        while halving.stage == HALVING_FREE and lines.next_node < lines.node_count:
            node = lines.nodes[lines.next_node]
            lines.next_node += 1
            measure_node(lines, x, claimed, node)
            follow(lines, halving, node)
        busy = busy or halving.stage != HALVING_FREE
    return busy


def advance_level(lines: Lines) -> None:
    """Move every halving on that has its rung."""
    for number in range(MOST_HALVINGS):
        halving = lines.halvings[number]
        if halving.stage != HALVING_FREE:
            advance_halving(lines, halving)
            if halving.stage == HALVING_FREE:
                keep_wrong_halves(lines, halving)


def keep_wrong_halves(lines: Lines, halving: Halving) -> None:
    """Append the wrong halves of a node to the next level; where neither is wrong, the node is stuck."""
    left = is_wrong(lines, halving.left)
    right = is_wrong(lines, halving.right)
    if left:
        append_node(lines, halving.left)
    if right:
        append_node(lines, halving.right)
    if not left and not right:
        note_stuck(lines, halving.node)


def is_shared(lines: Lines) -> bool:
    """Return whether errors may be those of whole blocks, and it is time to see that, or to follow what was seen."""
    fewest = SHARED_NODES_COARSE if is_coarse(lines) else SHARED_NODES
    if lines.arrays != NOT_LOOKED_AT:
        fewest = DENSE_NODES
    return lines.failed.gap == 0 and (is_lost(lines) or (lines.next_count >= fewest and is_spread(lines)))


def is_spread(lines: Lines) -> bool:
    """Return whether the open nodes reach over more than a small part of a block."""
    for number in range(lines.block_count):
        start = block_of(lines, number).start
        stop = block_of(lines, number + 1).start
        if not is_narrow(open_part(lines, start, stop), start, stop):
            return True
    return False


def is_even(lines: Lines, x: ConstVector, claimed: ConstVector) -> bool:
    """Return whether many open nodes cover all of x, and each is about as far off as all of it, in parts of its claim.

    Errors in a part of x, or of a few coordinates, are not.
    """
    if lines.named > 0 or lines.failed.aligned == 0 or lines.next_count < SHARED_NODES:
        return False
    covered = 0
    for number in range(lines.next_count):
        node = lines.next_nodes[number]
        usual = lines.failed.residual / lines.sum * norms(lines, x, claimed, node.start, node.stop).total
        if not math.fabs(node.residual - usual) <= EVEN_PART * math.fabs(usual):
            return False
        covered += node.stop - node.start
    return covered == lines.engine.n


def lies_in_zeros(lines: Lines) -> bool:
    """Return whether most of what is open lies in blocks that claim nothing: no line along the claim shows these."""
    length = 0
    for number in range(lines.block_count):
        block = block_of(lines, number)
        part = open_part(lines, block.start, block_of(lines, number + 1).start)
        if part[0] < part[1]:
            length += part[1] - part[0] if block.sum == 0.0 else part[0] - part[1]
    return length > 0 and lines.next_count >= SHARED_NODES and lines.arrays != NOT_LOOKED_AT


def prepare_level(lines: Lines, x: ConstVector, claimed: ConstVector) -> bool:
    """Return whether there is something to ask; where a level is done, go on to the next one, or to what follows."""
    if halve_open_nodes(lines, x, claimed):
        return True
    leave_spread_nodes(lines, x, claimed)
    if is_shared(lines) and (begin_arrays(lines) or (is_even(lines, x, claimed) and begin_pairs(lines))):
        return False
    if lines.next_count + lines.candidates.count >= DENSE_NODES:
        begin_sampling(lines)
    elif lies_in_zeros(lines):
        lines.dense = 1
        begin_factors(lines, 0 if is_coarse(lines) else DRAWN_ALONG)
    elif lines.next_count == 0:
        lines.phase = phases.CONFIRM
    else:
        for number in range(lines.next_count):
            lines.nodes[number] = lines.next_nodes[number]
        lines.node_count = lines.next_count
        lines.next_count = 0
        lines.next_node = 0
    return False
