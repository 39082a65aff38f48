"""Nodes of the halving: parts of a line that disagrees, down to single coordinates."""

from __future__ import annotations

import math

from ..records.lines import MOST_NODES, MOST_STUCK, Halving, Lines, Node
from .allowance import is_within_rtol
from .candidates import add_candidate
from .halving import begin_halving


def length(node: Node) -> int:
    """Return how many coordinates a node has."""
    return node.stop - node.start


def follow(lines: Lines, halving: Halving, node: Node) -> None:
    """Follow a node further down: halve it, or keep it as a candidate where it is a single coordinate."""
    if length(node) == 1:
        note_coordinate(lines, node)
    else:
        begin_halving(lines, halving, node)


def note_coordinate(lines: Lines, node: Node) -> None:
    """Keep a node of one coordinate as a candidate."""
    if not add_candidate(lines, node.start):
        note_stuck(lines, node)


def note_stuck(lines: Lines, node: Node) -> None:
    """Keep a node of which neither half could be found wrong."""
    if not is_within_rtol(node):
        lines.stuck_beyond += 1
    if lines.stuck_count < MOST_STUCK:
        lines.stuck_nodes[lines.stuck_count] = node
        lines.stuck_count += 1


def append_node(lines: Lines, node: Node) -> None:
    """Append a node to the next level."""
    if lines.next_count < MOST_NODES:
        lines.next_nodes[lines.next_count] = node
        lines.next_count += 1


def largest_stuck(lines: Lines) -> Node:
    """Return the node with the largest residual slope that could not be located; without any, the line itself."""
    largest = lines.nodes[0]
    for number in range(lines.stuck_count):
        node = lines.stuck_nodes[number]
        if number == 0 or math.fabs(node.residual) > math.fabs(largest.residual):
            largest = node
    return largest
