"""The memory of a check along lines: the candidates where a check of coordinates has its own, and the named blocks."""

import ctypes

import pytest
from lineladders import memory
from properties import refuted

from gradproof.core.records import lines as state
from gradproof.core.records.engine import coordinate_of, finding_of


def test_candidates_are_the_coordinates_of_the_engine():
    lines = memory()
    lines.engine.sweep.count = state.CANDIDATES
    for number in (0, 1, state.CANDIDATES - 1):
        coordinate_of(lines.engine, number).claimed = 1.5 + number
        finding_of(lines.engine, number).slope = 2.5 + number
        assert lines.coordinates[number].claimed == 1.5 + number
        assert lines.findings[number].slope == 2.5 + number


def holds_its_blocks(lines, blocks, words):
    """The last record is the one that says where the last block ends."""
    last = state.block_of(lines, max(blocks, 1))
    assert ctypes.addressof(state.block_of(lines, 0)) == ctypes.addressof(lines) + ctypes.sizeof(lines)
    assert ctypes.addressof(last) + ctypes.sizeof(last) - ctypes.addressof(lines) == 8 * words


@pytest.mark.parametrize("blocks", [0, 1, 7])
def test_named_blocks(blocks):
    lines = memory(blocks=range(blocks + 1))
    holds_its_blocks(lines, blocks, state.lines_words(blocks))
    refuted(holds_its_blocks, lines, blocks, state.lines_words(max(blocks, 1) + 1))
    if blocks:
        assert [state.block_of(lines, k).start for k in range(blocks + 1)] == list(range(blocks + 1))


def test_evaluations_left():
    lines = memory()
    lines.engine.evaluations = 30
    assert state.evaluations_left(lines) > 1e12
    lines.engine.budget = 100
    assert state.evaluations_left(lines) == 70


def test_a_node_is_what_a_ladder_found():
    lines = memory()
    ladder, node = lines.pool, lines.nodes[3]
    ladder.start, ladder.stop, ladder.best, ladder.residual, ladder.rest = 5, 9, -12, 0.5, 0.125
    state.write_node(node, ladder, 0.25)
    assert (node.start, node.stop, node.exponent, node.residual, node.bar, node.rest) == (5, 9, -12, 0.5, 0.25, 0.125)
