"""Blocks that are off along their own claims: the line that disagrees, a factor that all share, and their ladders."""

import pytest
from lineladders import memory

from gradproof.core.lines import arrays, phases
from gradproof.core.records.lines import block_of
from gradproof.core.search import array_errors

BAR = 1e-6


def off(factors, bars=BAR, n=100):
    """Blocks with claimed over measured slopes, and the bars of these."""
    lines = memory(1e-15, blocks=range(0, n * len(factors) + 1, n))
    lines.engine.n, lines.engine.rtol = n * len(factors), 1e-5
    lines.sum = float(len(factors))
    for number, factor in enumerate(factors):
        block = block_of(lines, number)
        block.sum = block.claim = 1.0
        block.residual = 1.0 / factor - 1.0
        block.aligned_bar = bars
        block.exponent = -20
    return lines


@pytest.mark.parametrize(
    ("factors", "bars", "common"),
    [
        ([2.0, 2.0, 2.0], BAR, True),
        ([0.5, 0.5, 0.5], BAR, True),
        ([2.0, 2.0, 1.0], BAR, False),
        ([2.0, 2.0, 2.01], BAR, False),
        ([1.0, 1.0, 1.0], BAR, False),
        ([2.0, 2.02, 2.0], 0.01, True),
        ([2.0], BAR, False),
    ],
)
def test_a_factor_that_all_share(factors, bars, common):
    assert (array_errors.common_part(off(factors, bars)) != 0) == common


def test_a_shared_factor_gets_one_ladder_over_everything():
    lines = off([2.0, 2.0, 2.0])
    array_errors.begin_array_factors(lines)
    assert (lines.phase, lines.arrays, lines.factor_count) == (phases.FACTORS, arrays.FOLLOWED, 1)
    ladder = lines.halvings[0].ladder
    assert (ladder.start, ladder.stop, ladder.aligned) == (0, 300, 1)
    assert lines.candidates.count > 0


def test_those_most_off_get_the_ladders():
    lines = off([1.0, 1.01, 2.0, *(1.0 + 0.01 * k for k in range(2, 12))])
    array_errors.begin_array_factors(lines)
    starts = [lines.halvings[number].ladder.start // 100 for number in range(lines.factor_count)]
    assert starts == [2, 12, 11, 10, 9, 8, 7, 6]


def test_in_float32_no_coordinate_is_drawn():
    lines = off([1.0, 2.0])
    lines.engine.float32 = 1
    array_errors.begin_array_factors(lines)
    assert (lines.factor_count, lines.candidates.count) == (1, 0)


def test_the_block_is_noted_as_the_line_that_disagrees():
    lines = off([1.0, 2.0])
    array_errors.note_off(lines, 1)
    failed, node = lines.failed, lines.nodes[0]
    assert (failed.aligned, failed.gap, failed.phase, failed.residual) == (1, 0, phases.ARRAYS, -0.5)
    assert (node.start, node.stop, node.exponent, node.residual, node.bar) == (100, 200, -20, -0.5, BAR)
    assert failed.allowed == pytest.approx(1.5e-5)
