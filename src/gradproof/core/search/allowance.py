"""What rtol allows: a common factor, or the noise of a solver, that is spread over a part of x is no error.

A residual slope that rtol allows as a whole may still be that of one coordinate whose own slope is small.  Halving
tells: what is spread shrinks with the parts, and all of them show it; what is concentrated stays as it is.

The absolute error is one of every coordinate: errors of several times as much in some of them may make no more along a
line than it does in all.  So where it takes atol to allow a line, samples of its coordinates are looked at.
"""

from __future__ import annotations

import math

from ..evidence.ladder import insert_sorted
from ..lines.decision import allowed_by_atol, allowed_slope
from ..lines.norms import norms
from ..records.abi import ConstVector
from ..records.lines import UNMEASURED, Lines, Node
from ..records.memory import as_reals

# Where this many parts show what rtol allows, it is spread: no single coordinate makes it.
SPREAD_PARTS = 8
# A part that stands out from the others by this factor is followed further: errors at random, which are 0.67 standard
# deviations at the median, do not reach it (4 standard deviations).
STANDS_OUT = 6.0


def measure_node(lines: Lines, x: ConstVector, claimed: ConstVector, node: Node) -> None:
    """Measure what rtol allows a node, where that is not known yet."""
    if node.allowed == UNMEASURED:
        part = norms(lines, x, claimed, node.start, node.stop)
        node.allowed = allowed_slope(lines, part.norm, part.total, node.stop - node.start, lines.failed.aligned)


def is_within_rtol(node: Node) -> bool:
    """Return whether rtol allows what a node shows."""
    return math.fabs(node.residual) <= node.allowed


def part_of_allowed(node: Node) -> float:
    """Return what a node shows, as a part of what rtol allows it."""
    return math.fabs(node.residual) / node.allowed


def needs_atol(lines: Lines) -> bool:
    """Return whether rtol alone does not allow what the line shows that disagrees, and an absolute error may."""
    if lines.engine.atol == 0.0:
        return False
    by_rtol = lines.failed.allowed - allowed_by_atol(lines, lines.engine.n, lines.failed.aligned)
    return math.fabs(lines.failed.residual) > by_rtol


def is_left_alone(lines: Lines) -> bool:
    """Return whether the nodes over which an error is spread are left alone.

    Where it takes atol to allow the line they are not: some coordinates may be off by more.  Where even that does not
    allow it, errors that are allowed must not lead astray, unless that has led nowhere once.
    """
    if not needs_atol(lines):
        return True
    return lines.disagreed <= 1 and math.fabs(lines.failed.residual) > lines.failed.allowed


def leave_spread_nodes(lines: Lines, x: ConstVector, claimed: ConstVector) -> None:
    """Leave the nodes of the next level alone over which an error is spread that is allowed."""
    if not is_left_alone(lines):
        return
    for number in range(lines.next_count):
        measure_node(lines, x, claimed, lines.next_nodes[number])
    if lines.spread == 0.0:
        note_spread(lines)
    if lines.spread == 0.0:
        return
    kept = 0
    for number in range(lines.next_count):
        node = lines.next_nodes[number]
        if math.fabs(node.residual) <= lines.spread * node.allowed:
            lines.spread_nodes += 1
        else:
            lines.next_nodes[kept] = node
            kept += 1
    lines.next_count = kept


def note_spread(lines: Lines) -> None:
    """Note how much of what rtol allows the nodes of a level show, where so many show some that an error is spread."""
    # As work memory: the pairs of the sweep over the candidates are free until it begins.
    parts = as_reals(lines.engine.pairs)
    count = 0
    for number in range(lines.next_count):
        node = lines.next_nodes[number]
        if is_within_rtol(node):
            insert_sorted(parts, count, part_of_allowed(node))
            count += 1
    if count >= SPREAD_PARTS:
        seen = STANDS_OUT * parts[count // 2]
        lines.spread = seen if seen < 1.0 else 1.0
