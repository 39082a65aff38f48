"""Lines on other scales, on memory made for them: small x, zeros of x, sizes that differ too much."""

import numpy as np
import pytest
from lineladders import LENGTH, begun, memory
from properties import refuted

from gradproof.core.lines import phases
from gradproof.core.lines.arrays import arrays_asked
from gradproof.core.machine import line_rounds, line_scales, line_start
from gradproof.core.points.directions import ABOVE_FLOOR, ONLY_ZEROS, OWN_SIZE, WITHOUT_ZEROS
from gradproof.core.records.lines import SAMPLED, block_of

X = np.random.default_rng(3).normal(size=LENGTH)
CLAIMED = np.random.default_rng(4).normal(size=LENGTH)


@pytest.mark.parametrize(
    ("answered", "typical", "floor", "small"),
    [(0, 1e-20, 0.1, True), (1, 1e-20, 0.1, False), (0, 1.0, 0.1, False), (0, 1e-20, 1e20, False)],
)
def test_whether_f_does_not_move_because_x_is_small(answered, typical, floor, small):
    """Only where nothing answered, x is small, and that has not been tried yet."""
    lines = begun(phases.NOISE)
    lines.engine.noise_line.answered, lines.engine.typical, lines.floor = answered, typical, floor
    assert line_scales.does_not_move(lines) == small


def test_small_x_are_measured_anew_on_the_scale_1():
    lines = begun(phases.SCALE_UP)
    lines.engine.typical = 1e-20
    line_scales.change_scales(lines, 1e-20 * np.ones(LENGTH), CLAIMED)
    assert (lines.phase, lines.scales) == (phases.NOISE, ABOVE_FLOOR)
    assert lines.floor == pytest.approx(1e20)
    assert lines.norm == pytest.approx(np.linalg.norm(CLAIMED))


@pytest.mark.parametrize(("zeros", "scales"), [(0, ABOVE_FLOOR), (10, WITHOUT_ZEROS), (LENGTH, ABOVE_FLOOR)])
def test_lines_leave_zeros_where_there_are_others(zeros, scales):
    x = X.copy()
    x[:zeros] = 0
    lines = begun(phases.LEAVE_ZEROS)
    line_scales.change_scales(lines, x, CLAIMED)
    assert lines.scales == scales
    assert lines.phase == (phases.RANDOM if scales == WITHOUT_ZEROS else phases.REPEAT)
    assert lines.disagreed == (0 if scales == WITHOUT_ZEROS else 1)


def test_blocks_come_before_lines_leave_zeros():
    """A block of nothing but zeros, as the biases of a new network, is not moved by what comes then."""
    x = X.copy()
    x[:10] = 0
    lines = memory(1e-16, blocks=(0, 10, LENGTH))
    lines.engine.n, lines.phase, lines.norm, lines.sum = LENGTH, phases.LEAVE_ZEROS, 1.0, 50.0
    for number in range(2):
        block_of(lines, number).sum = 25.0
    line_scales.change_scales(lines, x, CLAIMED)
    assert (lines.phase, lines.scales, arrays_asked(lines)) == (phases.ARRAYS, ABOVE_FLOOR, 4)
    for number in range(2):
        block_of(lines, number).wanted, block_of(lines, number).aligned_bar = 0, 1e-3
    line_rounds.finish_arrays(lines)
    assert lines.phase == phases.LEAVE_ZEROS
    line_scales.change_scales(lines, x, CLAIMED)
    assert (lines.phase, lines.scales) == (phases.RANDOM, WITHOUT_ZEROS)
    assert block_of(lines, 0).norm == 0
    assert block_of(lines, 0).aligned_bar == 1e-3


def looks_at(zeros, again, count):
    x = X.copy()
    x[::7][:zeros] = 0
    lines = begun(phases.LEFT_OUT)
    lines.engine.typical = 1.0
    lines.scales = ONLY_ZEROS if again else WITHOUT_ZEROS
    lines.left_out = SAMPLED if again and zeros > 32 else 1
    line_scales.change_scales(lines, x, CLAIMED)
    assert lines.scales == ONLY_ZEROS
    assert lines.candidates.count == count
    assert lines.phase == (phases.CONFIRM if count else phases.GAP)
    assert all(x[index] == 0 for index in lines.candidates.indices[:count])


def test_zeros_are_looked_at_alone_where_they_are_few_else_along_lines():
    looks_at(1, False, 1)
    looks_at(16, False, 16)
    looks_at(17, False, 0)
    refuted(looks_at, 17, False, 17)


@pytest.mark.parametrize(("zeros", "count"), [(17, 17), (32, 32), (100, 16), (700, 16)])
def test_where_lines_through_zeros_disagree_all_or_some_of_them_are_looked_at_alone(zeros, count):
    looks_at(zeros, True, count)


def chosen(x, claimed, scales):
    lines = begun()
    lines.engine.n = x.size
    line_start.choose_scales(lines, x, claimed)
    assert lines.scales == scales


def test_sizes_that_differ_too_much():
    """Slopes of coordinates a billionth as large as the others: of their own size, or of one that is much larger."""
    x = np.ones(100)
    x[3] = 1e-9
    chosen(x, np.ones(100), ABOVE_FLOOR)
    chosen(x, 1 / x, OWN_SIZE)
    chosen(np.ones(100), 1 / x, ABOVE_FLOOR)
    chosen(X, CLAIMED, ABOVE_FLOOR)
    refuted(chosen, x, 1 / x, ABOVE_FLOOR)


def test_coordinates_that_hardly_move_are_looked_at_alone():
    x, claimed = np.ones(100), np.ones(100)
    x[[3, 50]] = 1e-9
    claimed[[3, 50]] = 1e9
    lines = begun(phases.LEFT_OUT)
    lines.engine.n, lines.scales, lines.norm = 100, OWN_SIZE, 10.0
    line_scales.change_scales(lines, x, claimed)
    assert list(lines.candidates.indices[: lines.candidates.count]) == [3, 50]
    assert lines.phase == phases.CONFIRM
