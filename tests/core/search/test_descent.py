"""The descent from a line that disagrees to the coordinates: all errors are found, level by level, for few values."""

import math

import numpy as np
import pytest
from descending import descended, disagreeing, prepare_level
from lineladders import begun
from properties import refuted

from gradproof.core.lines import phases
from gradproof.core.lines.norms import norms
from gradproof.core.records.lines import MOST_HALVINGS, Node, block_of
from gradproof.core.search import descent


def down(errors, n=10_000, **chosen):
    lines = disagreeing(errors, n, **chosen)
    descent.begin_descent(lines)
    return lines, descended(lines, errors, prepare_level, descent.advance_level)


def found(lines):
    return list(lines.candidates.indices[: lines.candidates.count])


def finds(errors, expected, n=10_000):
    lines, evaluations = down(errors, n)
    assert lines.phase == phases.CONFIRM
    assert found(lines) == sorted(expected)
    assert lines.stuck_count == 0
    return evaluations


@pytest.mark.parametrize("n", [1, 2, 3, 1000, 12_345])
@pytest.mark.parametrize("place", [0.0, 0.37, 1.0])
def test_one_error_takes_two_values_a_level(n, place):
    index = int(place * (n - 1))
    evaluations = finds({index: 1e-3}, [index], n)
    assert evaluations <= 2 * math.ceil(math.log2(n))


def test_one_error_twin():
    refuted(finds, {300: 1e-3}, [301])


@pytest.mark.parametrize("count", [2, 7, 19])
def test_errors_of_any_size_are_found(count):
    """More than there is room for at once, and the smallest a ten thousandth of the largest."""
    random = np.random.default_rng(count)
    indices = random.choice(10_000, count, replace=False).tolist()
    finds({index: 10.0 ** random.uniform(-5, -1) for index in indices}, indices)
    refuted(finds, dict.fromkeys(indices, 0.001), indices[:-1])


def test_no_more_is_under_way_than_there_is_room_for():
    errors = {17 * number: 1e-2 for number in range(30)}
    lines = disagreeing(errors, 1000)
    descent.begin_descent(lines)
    assert descent.halve_open_nodes(lines, np.ones(1000), np.zeros(1000))
    stages = [lines.halvings[number].stage != 0 for number in range(MOST_HALVINGS)]
    assert sum(stages) == 1
    assert lines.next_node == 1
    lines.node_count = MOST_HALVINGS + 4
    for number in range(1, MOST_HALVINGS + 4):
        lines.nodes[number] = lines.nodes[0]
    assert descent.halve_open_nodes(lines, np.ones(1000), np.zeros(1000))
    assert lines.next_node == MOST_HALVINGS


def test_what_is_in_neither_half_is_stuck():
    """Along the whole line something disagrees near its bar; measured again, neither half shows it."""
    lines = disagreeing({}, 1000, bar=4e-7)
    lines.nodes[0].residual = 1e-6
    descent.begin_descent(lines)
    descended(lines, {}, prepare_level, descent.advance_level)
    assert lines.phase == phases.CONFIRM
    assert lines.candidates.count == 0
    assert (lines.stuck_count, lines.stuck_nodes[0].start, lines.stuck_nodes[0].stop) == (1, 0, 1000)


def becomes_dense(count, phase):
    errors = {31 * number: 1e-2 for number in range(count)}
    lines, _ = down(errors, n=31 * count)
    assert lines.phase == phase
    assert lines.dense == (phase == phases.SAMPLING)


def test_forty_open_nodes_are_dense():
    becomes_dense(100, phases.SAMPLING)
    becomes_dense(descent.DENSE_NODES, phases.SAMPLING)
    becomes_dense(descent.DENSE_NODES - 1, phases.CONFIRM)
    refuted(becomes_dense, 100, phases.CONFIRM)


def turns_to_blocks(lines, errors, coarse):
    """In float32 with the second open node; in float64 with the eighth."""
    lines.engine.value = 1e-4 if coarse else 1.0
    for number in range(3):
        block = block_of(lines, number)
        block.norm, block.sum = 1.0, 10.0
    descent.begin_descent(lines)
    descended(lines, errors, prepare_level, descent.advance_level)
    assert (lines.phase == phases.ARRAYS) == coarse
    assert lines.candidates.count == (0 if coarse else len(errors))


@pytest.mark.parametrize("coarse", [True, False])
def test_in_float32_blocks_come_before_a_second_node(coarse):
    errors = {300: 1e-2, 7000: 1e-2}
    lines = disagreeing(errors, 9000, blocks=(0, 3000, 6000, 9000))
    turns_to_blocks(lines, errors, coarse)


def test_in_float32_one_error_is_followed_down_alone():
    errors = {300: 1e-2}
    lines = disagreeing(errors, 9000, blocks=(0, 3000, 6000, 9000))
    lines.engine.value = 1e-4
    descent.begin_descent(lines)
    assert descended(lines, errors, prepare_level, descent.advance_level) <= 2 * math.ceil(math.log2(9000))
    assert (lines.phase, found(lines)) == (phases.CONFIRM, [300])


def test_a_descent_begins_with_nothing_of_the_one_before():
    lines = begun()
    lines.next_count, lines.next_node, lines.candidates.count, lines.stuck_count, lines.dense = 3, 2, 5, 1, 1
    for number in range(MOST_HALVINGS):
        lines.halvings[number].stage = 2
    descent.begin_descent(lines)
    assert (lines.node_count, lines.next_count, lines.next_node) == (1, 0, 0)
    assert (lines.candidates.count, lines.stuck_count, lines.dense) == (0, 0, 0)
    assert not any(lines.halvings[number].stage for number in range(MOST_HALVINGS))
    assert lines.phase == phases.HALVING


def with_open_eighths(parts, n=8192):
    """A check whose line along the claim shows these parts of the claim in the eighths of x that are open."""
    x, claimed = np.linspace(1, 3, n), np.linspace(-2, 5, n)
    lines = disagreeing({}, n)
    lines.failed.aligned, lines.sum = 1, norms(lines, x, claimed, 0, n).total
    lines.failed.residual = 0.01 * lines.sum
    lines.next_count = len(parts)
    for number, part in enumerate(parts):
        start, stop = n * number // 8, n * (number + 1) // 8
        shown = part * norms(lines, x, claimed, start, stop).total
        lines.next_nodes[number] = Node(start, stop, -14, shown, 1e-9, 0.0)
    return lines, x, claimed


def test_an_error_is_even_where_all_parts_of_x_show_the_same_part_of_their_claims():
    assert descent.is_even(*with_open_eighths([0.01] * 8))
    lines, x, claimed = with_open_eighths([0.006, *[0.01] * 6, 0.014])
    assert descent.is_even(lines, x, claimed)
    lines.next_nodes[7].start += 1
    assert not descent.is_even(lines, x, claimed)


@pytest.mark.parametrize("parts", [[0.08], [0.01] * 7, [0.004, *[0.01] * 7], [*[0.01] * 7, -0.01], [0.02] * 4])
def test_an_error_in_a_part_of_x_is_not_even(parts):
    assert not descent.is_even(*with_open_eighths(parts))


@pytest.mark.parametrize("field", ["named", "aligned"])
def test_an_error_of_named_blocks_or_along_a_random_line_is_not_said_to_be_even(field):
    lines, x, claimed = with_open_eighths([0.01] * 8)
    if field == "named":
        lines.named = 2
    else:
        lines.failed.aligned = 0
    assert not descent.is_even(lines, x, claimed)
