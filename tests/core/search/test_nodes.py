"""Nodes: parts of a line that disagrees, how many of them there is room for, and which of them stays in memory."""

import pytest
from lineladders import memory

from gradproof.core.records.lines import CANDIDATES, MOST_NODES, MOST_STUCK, Node
from gradproof.core.search import nodes


def node(start, stop, residual=1.0):
    return Node(start, stop, -14, residual, 1e-9, 1e-10)


def parts(array, count):
    return [(array[number].start, array[number].stop) for number in range(count)]


def test_length():
    assert nodes.length(node(7, 8)) == 1
    assert nodes.length(node(7, 2**40)) == 2**40 - 7


@pytest.mark.parametrize(
    ("keep", "array", "count", "room"),
    [
        (nodes.append_node, "next_nodes", "next_count", MOST_NODES),
        (nodes.note_stuck, "stuck_nodes", "stuck_count", MOST_STUCK),
    ],
)
def test_nodes_are_kept_in_order_while_there_is_room(keep, array, count, room):
    lines = memory()
    before = bytes(lines.candidates)
    for number in range(room + 3):
        keep(lines, node(number, number + 2))
        assert getattr(lines, count) == min(number + 1, room)
    assert parts(getattr(lines, array), room) == [(number, number + 2) for number in range(room)]
    assert bytes(lines.candidates) == before


def test_a_node_is_copied():
    lines = memory()
    one = node(3, 9, -0.5)
    nodes.append_node(lines, one)
    assert bytes(lines.next_nodes[0]) == bytes(one)
    one.start = 4
    assert lines.next_nodes[0].start == 3


def test_a_coordinate_without_room_is_not_lost():
    lines = memory()
    for index in range(CANDIDATES + 2):
        nodes.note_coordinate(lines, node(index, index + 1))
    assert list(lines.candidates.indices[:CANDIDATES]) == list(range(CANDIDATES))
    first = CANDIDATES
    assert parts(lines.stuck_nodes, lines.stuck_count) == [(first, first + 1), (first + 1, first + 2)]


@pytest.mark.parametrize("residuals", [[1.0, -3.0, 2.0], [-3.0, 3.0], [0.0], [0.5, 4.0]])
def test_the_largest_of_those_that_are_stuck(residuals):
    """The first of equal ones; the line itself, whatever it says, only where nothing is stuck."""
    lines = memory()
    lines.nodes[0] = node(0, 100, 50.0)
    assert nodes.largest_stuck(lines).stop == 100
    for number, residual in enumerate(residuals):
        nodes.note_stuck(lines, node(number, number + 1, residual))
    sizes = [abs(residual) for residual in residuals]
    assert nodes.largest_stuck(lines).start == sizes.index(max(sizes))
