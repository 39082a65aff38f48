"""Dense errors: samples are followed down to wrong coordinates, and lines along the claim give a common factor."""

import numpy as np
import pytest
from descending import SEED, descended, disagreeing, prepare_level
from lineladders import begun, memory
from oracles import splitmix
from properties import refuted

from gradproof.core.lines import phases, rungs
from gradproof.core.lines.walk import walk
from gradproof.core.points.seeds import SAMPLE_NUMBERS
from gradproof.core.records.codes import AGREES, WRONG
from gradproof.core.records.lines import FINISHED, Node, block_of
from gradproof.core.search import dense_errors, descent


@pytest.mark.parametrize("seed", [0, 1, -5, 2**62])
def test_numbers_are_drawn_from_the_seed_of_the_check(seed):
    """The upper 52 bits of splitmix64, modulo the count."""
    lines = memory()
    lines.engine.seed = seed
    for number in range(20):
        for count in (1, 7, 1000, 2**40):
            expected = (splitmix.output(seed, SAMPLE_NUMBERS + number) >> 12) % count
            assert dense_errors.drawn(lines, number, count) == expected


def open_nodes(count):
    """A check whose level has so many open nodes, ten coordinates each."""
    lines = begun()
    for number in range(count):
        lines.next_nodes[number] = Node(10 * number, 10 * number + 10, -14, 1.0, 1e-9, 1e-9)
    lines.next_count = count
    return lines


def are_spread(count, samples):
    lines = open_nodes(count)
    dense_errors.begin_sampling(lines)
    assert (lines.phase, lines.dense, lines.sample_count) == (phases.SAMPLING, 1, len(samples))
    chosen = [lines.nodes[number].start // 10 for number in range(lines.sample_count)]
    assert all(one in sample for one, sample in zip(chosen, samples, strict=True))
    assert rungs.ladder_probes(lines) > 0


def test_samples_are_spread_over_all_open_nodes():
    are_spread(3, [range(1), range(1, 2), range(2, 3)])
    for count in (7, 40, 128):
        are_spread(count, [range(k * count // 6, (k + 1) * count // 6) for k in range(6)])
    refuted(are_spread, 40, [range(40, 80)] * 6)


def sampled(errors, n):
    lines = disagreeing(errors, n)
    descent.begin_descent(lines)
    descended(lines, errors, prepare_level, descent.advance_level)
    assert lines.phase == phases.SAMPLING

    def prepare(lines):
        if rungs.ladder_probes(lines) == 0:
            lines.phase = phases.FACTORS
        return lines.phase == phases.SAMPLING

    descended(lines, errors, prepare, dense_errors.advance_samples)
    return list(lines.candidates.indices[: lines.candidates.count])


def end_in(errors, n, wrong):
    candidates = sampled(errors, n)
    assert 3 <= len(candidates) <= dense_errors.SAMPLES
    assert set(candidates) <= set(wrong)


def test_samples_end_in_wrong_coordinates():
    random = np.random.default_rng(1)
    errors = {int(index): 10.0 ** random.uniform(-4, -1) for index in random.choice(5000, 400, replace=False)}
    end_in(errors, 5000, errors)
    refuted(end_in, errors, 5000, set(range(5000)) - set(errors))


@pytest.mark.parametrize(
    ("left", "right", "start"),
    [
        ((2.0, 1e-9), (1.0, 1e-9), 0),
        ((1.0, 1e-9), (-2.0, 1e-9), 50),
        ((1.0, 1e-9), (-2.0, 3.0), 0),
        ((2.0, 3.0), (1.0, 1e-9), 50),
        ((0.0, 1.0), (0.0, 1.0), None),
    ],
)
def test_a_sample_follows_its_worse_half(left, right, start):
    """Of halves that are wrong the one with the larger residual slope; with none the sample ends."""
    lines = begun()
    halving = lines.halvings[0]
    halving.left, halving.right = Node(0, 50, -14, *left, 0.0), Node(50, 100, -14, *right, 0.0)
    dense_errors.follow_worse_half(lines, 0)
    assert (halving.stage != 0) == (start is not None)
    if start is not None:
        assert (halving.node.start, halving.node.stop) == (start, start + 50)
        assert (lines.nodes[0].start, lines.nodes[0].stop) == (start, start + 50)


def blocks_of_factors(borders, opened):
    """Which parts of x get a line along the claim."""
    lines = memory(blocks=borders)
    lines.failed.seed, lines.engine.n = SEED, 3000
    block_of(lines, lines.block_count).start = borders[-1] if borders else 3000
    for number, (start, stop) in enumerate(opened):
        lines.next_nodes[number] = Node(start, stop, -17, 1.0, 1e-9, 1e-9)
    lines.next_count = len(opened)
    dense_errors.begin_factors(lines, dense_errors.DRAWN)
    assert lines.phase == phases.FACTORS
    ladders = [lines.halvings[number].ladder for number in range(lines.factor_count)]
    assert all((ladder.aligned, ladder.seeds[0], ladder.wanted) == (1, SEED, -17) for ladder in ladders)
    drawn = lines.candidates.indices[: lines.candidates.count]
    parts = [(ladder.start, ladder.stop) for ladder in ladders]
    each = max(8 // len(parts), 1)
    assert all(1 <= sum(start <= index < stop for index in drawn) <= each for start, stop in parts)
    assert all(any(start <= index < stop for start, stop in parts) for index in drawn)
    return parts


def test_named_blocks_that_are_touched_get_a_line():
    borders = (0, 1000, 1000, 2000, 3000)
    assert blocks_of_factors(borders, [(10, 20), (80, 90)]) == [(0, 1000)]
    assert blocks_of_factors(borders, [(0, 1000), (2500, 2600)]) == [(0, 1000), (2000, 3000)]
    assert blocks_of_factors(borders, [(900, 1100)]) == [(0, 1000), (1000, 2000)]
    many = tuple(range(0, 2001, 100))
    assert blocks_of_factors(many, [(0, 2000)]) == [(100 * number, 100 * number + 100) for number in range(8)]


def test_a_small_part_of_a_block_gets_the_line_instead_of_it():
    borders = (0, 1000, 1000, 2000, 3000)
    assert blocks_of_factors(borders, [(10, 20)]) == [(10, 20)]
    assert blocks_of_factors(borders, [(10, 30), (50, 60), (2500, 2600)]) == [(10, 60), (2000, 3000)]
    assert blocks_of_factors(borders, [(990, 1001)]) == [(990, 1000), (1000, 1001)]


def test_without_names_one_line_goes_over_all_that_is_open():
    assert blocks_of_factors((), [(50, 60), (10, 12), (70, 99)]) == [(10, 99)]


def of_factor(factor, rtol, cause, gap=0):
    """A block whose claim is a factor too large along the whole line."""
    lines = memory(1e-13, blocks=(0, 100))
    lines.engine.n, lines.engine.rtol = 100, rtol
    lines.failed.seed, lines.failed.gap, lines.dense = SEED, gap, 1
    lines.next_nodes[0], lines.next_count = Node(0, 100, -14, 1.0, 1e-9, 1e-9), 1
    dense_errors.begin_factors(lines, dense_errors.DRAWN)
    ladder = lines.halvings[0].ladder
    while ladder.wanted != FINISHED:
        step = 2.0**ladder.wanted
        values = np.array([1.0 + 5 * step, 1.0 - 5 * step])
        rungs.take_rung(lines, ladder, values, np.array([5 * step, -5 * step]) * factor, 0)
        walk(lines, ladder)
    dense_errors.finish_factors(lines)
    finding = lines.long_findings[0]
    assert (lines.phase, lines.finding_count, finding.start, finding.stop) == (phases.CONFIRM, 1, 0, 100)
    assert finding.claimed == pytest.approx(5 * factor, rel=1e-9)
    assert finding.slope == pytest.approx(5.0, abs=2 * finding.error_bar)
    assert finding.cause == cause


def beyond_kinks(residual, cause):
    """A block along whose line noise makes 0.05 of the bar, and kinks 0.15."""
    lines = memory(1e-13, blocks=(0, 100))
    lines.engine.n, lines.factor_count, lines.dense = 100, 1, 1
    ladder = lines.halvings[0].ladder
    ladder.start, ladder.stop, ladder.best, ladder.claims[0], ladder.has_gap = 0, 100, -9, 4.0, 0
    ladder.residual, ladder.bar, ladder.rest = residual, 0.2, 0.15
    dense_errors.finish_factors(lines)
    assert lines.long_findings[0].cause == cause
    assert lines.long_findings[0].error_bar == pytest.approx(0.35)


def test_what_kinks_make_counts_twice_because_some_cancel():
    beyond_kinks(0.36, WRONG)
    beyond_kinks(-0.34, AGREES)
    refuted(beyond_kinks, 0.3, WRONG)


def test_a_common_factor_is_found_block_by_block():
    of_factor(1.01, 1e-5, WRONG)
    of_factor(1.0, 1e-5, AGREES)
    of_factor(1.000_008, 1e-5, AGREES)
    of_factor(1.000_03, 1e-5, WRONG)
    of_factor(1.01, 0.02, AGREES)
    refuted(of_factor, 1.0, 1e-5, WRONG)


def test_at_kinks_at_x_a_block_is_wrong_only_by_its_coordinates():
    of_factor(1.01, 1e-5, AGREES, gap=1)
    refuted(of_factor, 1.01, 1e-5, WRONG, 1)


def test_where_open_nodes_lie():
    lines = open_nodes(2)
    for start, stop, part in ((0, 400, (0, 20)), (15, 400, (15, 20)), (0, 30, (0, 20)), (5, 15, (5, 15))):
        assert dense_errors.open_part(lines, start, stop) == part
    first, last = dense_errors.open_part(lines, 20, 30)
    assert first >= last
    assert block_of(memory(blocks=(0, 9)), 1).start == 9
