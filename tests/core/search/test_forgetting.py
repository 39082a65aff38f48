"""What lines said is forgotten, and blocks are looked at again."""

from lineladders import memory

from gradproof.core.lines.arrays import FOLLOWED, NOT_LOOKED_AT
from gradproof.core.records.lines import block_of
from gradproof.core.search.forgetting import forget_lines


def test_nothing_is_left_of_what_lines_said():
    lines = memory(1e-15, blocks=(0, 10, 20))
    lines.arrays, lines.disagreed, lines.random_lines, lines.random_bar = FOLLOWED, 1, 4, 1e-3
    for number in range(2):
        block_of(lines, number).bar = block_of(lines, number).aligned_bar = 1e-3
    forget_lines(lines)
    assert (lines.arrays, lines.disagreed, lines.random_lines, lines.random_bar) == (NOT_LOOKED_AT, 0, 0, 0)
    assert all(block_of(lines, number).bar == block_of(lines, number).aligned_bar == 0 for number in range(2))
