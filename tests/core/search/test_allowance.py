"""What rtol allows: nodes over which an error is spread are left alone, those in which it is concentrated are not."""

import numpy as np
import pytest
from descending import descended, disagreeing
from lineladders import memory
from properties import refuted

from gradproof.core.lines import phases
from gradproof.core.records.lines import UNMEASURED, Node
from gradproof.core.search import allowance, descent

N = 4096
RTOL = 1e-5
X = np.ones(N)
CLAIMED = np.random.default_rng(0).normal(size=N)
NORM = float(np.linalg.norm(CLAIMED))


@pytest.mark.parametrize("aligned", [0, 1])
def test_what_rtol_allows_a_part(aligned):
    """Three deviations of random errors of rtol along a random line; along the claim a factor, times 1.5."""
    lines = memory()
    lines.engine.n, lines.engine.rtol, lines.failed.aligned = N, RTOL, aligned
    node = Node(100, 300, -14, 1.0, 1e-9, 1e-9, UNMEASURED)
    allowance.measure_node(lines, X, CLAIMED, node)
    part = CLAIMED[100:300]
    expected = 1.5 * RTOL * np.abs(part).sum() if aligned else 3 * RTOL * np.linalg.norm(part)
    assert node.allowed == pytest.approx(expected, rel=1e-12)
    # What is known is not measured again.
    allowance.measure_node(lines, X, 2 * CLAIMED, node)
    assert node.allowed == pytest.approx(expected, rel=1e-12)


def down(errors, bar=1e-9):
    lines = disagreeing(errors, N, bar=bar)
    lines.engine.rtol = RTOL
    lines.nodes[0].allowed = UNMEASURED
    descent.begin_descent(lines)

    def prepare(lines):
        return descent.prepare_level(lines, X, CLAIMED)

    evaluations = descended(lines, errors, prepare, descent.advance_level)
    return lines, evaluations


def spread(size):
    return dict(enumerate(size * RTOL * CLAIMED * np.random.default_rng(1).normal(size=N)))


def is_left_alone(errors, most):
    lines, evaluations = down(errors)
    assert lines.phase == phases.CONFIRM
    assert (lines.candidates.count, lines.stuck_beyond) == (0, 0)
    assert lines.spread_nodes > 0
    assert evaluations <= most


@pytest.mark.parametrize("size", [1e-3, 1e-2, 0.1, 0.5])
def test_what_is_spread_is_left_alone_after_a_few_levels(size):
    is_left_alone(spread(size), 200)
    refuted(is_left_alone, {77: size * RTOL * NORM}, 200)


@pytest.mark.parametrize("index", [0, 1234, N - 1])
def test_one_coordinate_is_followed_down_however_small_beside_the_norm(index):
    lines, evaluations = down({index: 0.1 * RTOL * NORM})
    assert list(lines.candidates.indices[: lines.candidates.count]) == [index]
    assert evaluations <= 24
    assert lines.spread_nodes == 0


def test_one_coordinate_that_stands_out_of_what_is_spread_is_followed_down():
    errors = spread(1e-3)
    errors[1234] += 0.5 * RTOL * NORM
    lines, _ = down(errors)
    assert list(lines.candidates.indices[: lines.candidates.count]) == [1234]
    assert lines.spread_nodes > 0


def test_a_small_part_that_is_wrong_all_over_is_not_what_rtol_allows():
    """Beside the norm of all it is nothing; of its own it is all."""
    small = CLAIMED.copy()
    small[:512] *= 1e-7
    errors = dict(enumerate(-2 * small[:512]))
    lines = disagreeing(errors, N, bar=1e-10, noise=1e-15)
    lines.engine.rtol = RTOL
    lines.nodes[0].allowed = UNMEASURED
    descent.begin_descent(lines)
    descended(lines, errors, lambda lines: descent.prepare_level(lines, X, small), descent.advance_level)
    assert lines.spread_nodes == 0
    assert lines.dense == 1 or lines.candidates.count > 0


def test_a_level_with_few_parts_says_nothing_of_the_whole():
    lines = memory()
    lines.engine.n, lines.engine.rtol = N, RTOL
    for count in (allowance.SPREAD_PARTS - 1, allowance.SPREAD_PARTS):
        for number in range(count):
            lines.next_nodes[number] = Node(100 * number, 100 * number + 100, -14, 1e-6, 1e-9, 1e-9, 1e-5)
        lines.next_count = count
        allowance.leave_spread_nodes(lines, X, CLAIMED)
        assert (lines.spread > 0) == (count == allowance.SPREAD_PARTS)
        assert lines.next_count == (0 if lines.spread > 0 else count)


ATOL = 1e-3


def toward_coordinates(errors, looks=1):
    """The descent where an absolute error is allowed, of a claim of zeros: what it allows the whole line is known."""
    lines = disagreeing(errors, N)
    lines.engine.atol, lines.disagreed = ATOL, looks
    lines.scale_norm, lines.scale_sum = N**0.5, float(N)
    lines.failed.residual, lines.failed.allowed = lines.nodes[0].residual, 3 * ATOL * N**0.5
    lines.nodes[0].allowed = UNMEASURED
    descent.begin_descent(lines)
    descended(lines, errors, lambda lines: descent.prepare_level(lines, X, np.zeros(N)), descent.advance_level)
    return lines


def ends_in_samples(errors, looks=1):
    lines = toward_coordinates(errors, looks)
    assert (lines.phase, lines.dense) == (phases.SAMPLING, 1)
    assert lines.spread_nodes == 0


def signs(size, part=1):
    return dict(zip(range(0, N, part), size * ATOL * np.random.default_rng(2).choice([-1.0, 1.0], N), strict=False))


def test_samples_are_looked_at_where_it_takes_atol_to_allow_a_line():
    """Ten times what is allowed, in one coordinate of 32, makes no more than what is allowed in all of them."""
    ends_in_samples(signs(0.5))
    ends_in_samples(signs(10, 32))
    # Its twin: an error of one coordinate ends in it.
    refuted(ends_in_samples, {77: 10 * ATOL})


def test_what_atol_allows_leads_astray_once_at_most():
    """Where it does not allow the line, errors that are allowed are left alone, but not at the second look."""
    errors = signs(0.5)
    errors[1234] = 1e3 * ATOL
    lines = toward_coordinates(errors)
    assert list(lines.candidates.indices[: lines.candidates.count]) == [1234]
    assert lines.spread_nodes > 0
    ends_in_samples(errors, looks=2)
    refuted(ends_in_samples, errors)


@pytest.mark.parametrize(
    ("atol", "residual", "needed"), [(0.0, 1.0, False), (ATOL, 0.9, False), (ATOL, 1.1, True), (ATOL, -1.1, True)]
)
def test_whether_it_takes_atol_to_allow_a_line(atol, residual, needed):
    """Here rtol allows 1."""
    lines = memory()
    lines.engine.n, lines.engine.atol = N, atol
    lines.scale_norm, lines.scale_sum = N**0.5, float(N)
    lines.failed.residual, lines.failed.allowed = residual, 1.0 + 3 * atol * N**0.5
    assert allowance.needs_atol(lines) == needed
