"""What lines said is forgotten, and blocks are looked at again."""

from lineladders import memory

from gradproof.core.lines.arrays import FOLLOWED, NOT_LOOKED_AT
from gradproof.core.records.lines import block_of
from gradproof.core.search.forgetting import forget_arrays, forget_lines


def told():
    lines = memory(1e-15, blocks=(0, 10, 20))
    lines.arrays, lines.disagreed, lines.random_lines, lines.random_bar = FOLLOWED, 1, 4, 1e-3
    for number in range(2):
        block_of(lines, number).bar = block_of(lines, number).aligned_bar = 1e-3
    return lines


def test_nothing_is_left_of_what_lines_said():
    lines = told()
    forget_lines(lines)
    assert (lines.disagreed, lines.random_lines, lines.random_bar) == (0, 0, 0)
    assert all(block_of(lines, number).bar == 0 for number in range(2))


def test_what_blocks_said_along_their_claims_is_forgotten_apart():
    """It holds on other scales, too, but not with other noise."""
    lines = told()
    forget_lines(lines)
    assert lines.arrays == FOLLOWED
    assert all(block_of(lines, number).aligned_bar == 1e-3 for number in range(2))
    forget_arrays(lines)
    assert lines.arrays == NOT_LOOKED_AT
    assert all(block_of(lines, number).aligned_bar == 0 for number in range(2))
