"""Nodes of the halving: parts of a line that disagrees, down to single coordinates."""

from __future__ import annotations

import math

from ..records.lines import FINISHED, MOST_HALVINGS, MOST_NODES, MOST_STUCK, Halving, Lines, Node
from .candidates import add_candidate
from .halving import HALVING_FREE


def free_halvings(lines: Lines) -> None:
    """Empty the halvings; their ladders want nothing."""
    for number in range(MOST_HALVINGS):
        lines.halvings[number].stage = HALVING_FREE
        lines.halvings[number].ladder.wanted = FINISHED


def length(node: Node) -> int:
    """Return how many coordinates a node has."""
    return node.stop - node.start


def note_coordinate(lines: Lines, node: Node) -> None:
    """Keep a node of one coordinate as a candidate."""
    if not add_candidate(lines, node.start):
        note_stuck(lines, node)


def note_stuck(lines: Lines, node: Node) -> None:
    """Keep a node of which neither half could be found wrong."""
    count = lines.stuck_count
    if count < MOST_STUCK:
        lines.stuck_nodes[count] = node
        lines.stuck_count = count + 1


def append_half(lines: Lines, halving: Halving, left: bool) -> None:
    """Append a half to the next level."""
    if lines.next_count < MOST_NODES:
        write_half(halving, left, lines.next_nodes[lines.next_count])
        lines.next_count += 1


def write_half(halving: Halving, left: bool, node: Node) -> None:
    """Write one half of a node as a node."""
    half = halving.left if left else halving.right
    node.start = halving.node.start if left else halving.middle
    node.stop = halving.middle if left else halving.node.stop
    node.exponent = half.exponent
    node.residual = half.residual
    node.bar = half.bar
    node.rest = half.rest


def largest_stuck(lines: Lines) -> Node:
    """Return the node with the largest residual slope that could not be located; without any, the line itself."""
    best = lines.nodes[0]
    for number in range(lines.stuck_count):
        node = lines.stuck_nodes[number]
        if number == 0 or math.fabs(node.residual) > math.fabs(best.residual):
            best = node
    return best
