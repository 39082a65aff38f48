"""Pairs of points along the claims of named blocks: which are asked for, at which steps, and what they say."""

import math

import numpy as np
import pytest
from lineladders import begin, memory

from gradproof.core.lines import arrays, phases
from gradproof.core.lines.rungs import rung_at
from gradproof.core.records.border import Probe
from gradproof.core.records.engine import ROUND
from gradproof.core.records.lines import block_of

NOISE = 1e-16


def blocks(sums, noise=NOISE, **settings):
    """The memory of a check whose blocks have these sums of claimed slopes, four coordinates each."""
    lines = memory(noise, blocks=range(0, 4 * len(sums) + 1, 4), **settings)
    lines.engine.n = 4 * len(sums)
    lines.sum = math.fsum(sums)
    lines.norm = math.hypot(*sums) / 2
    for number, total in enumerate(sums):
        block_of(lines, number).sum, block_of(lines, number).norm = total, total / 2
    return lines


def answer(lines, factors, curvature=0.0):
    """Tell the pairs what a function with these claimed over true slopes says; return what was asked."""
    asked = arrays.arrays_asked(lines)
    probes = np.zeros(asked, np.dtype(Probe)).view(np.recarray)
    arrays.write_arrays(lines, probes)
    slopes = [sum(block_of(lines, k).sum for k in range(p.start // 4, p.stop // 4)) for p in probes]
    true = [sum(block_of(lines, k).sum / factors[k] for k in range(p.start // 4, p.stop // 4)) for p in probes]
    values = np.array([1.0 + p.step * s + curvature * p.step**2 for p, s in zip(probes, true, strict=True)])
    changes = np.array([p.step * s for p, s in zip(probes, slopes, strict=True)])
    arrays.take_arrays(lines, values, changes)
    return [(int(p.start), int(p.stop), float(p.step)) for p in probes]


def test_two_probes_for_each_block_at_the_step_where_noise_and_curvature_are_alike():
    lines = blocks([1.0, 1e-4])
    assert arrays.begin_arrays(lines)
    assert (lines.phase, arrays.arrays_asked(lines)) == (phases.ARRAYS, 4)
    told = answer(lines, [1.0, 1.0])
    assert [(start, stop) for start, stop, _ in told] == [(0, 4), (0, 4), (4, 8), (4, 8)]
    for (_, _, right), (_, _, left), total in zip(told[::2], told[1::2], (1.0, 1e-4), strict=True):
        assert right == -left
        assert 0.5 <= right / math.sqrt(6 * NOISE / total) <= 2.0
    assert arrays.arrays_asked(lines) == 0
    assert arrays.most_off(lines) == -1


@pytest.mark.parametrize("factor", [2.0, 0.5, -1.0, 1.0001])
def test_a_block_is_off_by_its_factor(factor):
    lines = blocks([1.0, 0.5, 0.25])
    arrays.begin_arrays(lines)
    answer(lines, [1.0, factor, 1.0])
    assert arrays.most_off(lines) == 1
    assert arrays.bars_off(lines, 0) < 1 < arrays.bars_off(lines, 1)
    block = block_of(lines, 1)
    assert block.claim / (block.claim + block.residual) == pytest.approx(factor, rel=1e-5)


def test_what_rtol_allows_is_not_off():
    lines = blocks([1.0, 0.5])
    lines.engine.rtol = 1e-5
    arrays.begin_arrays(lines)
    answer(lines, [1 + 1e-5, 1 + 1e-4])
    assert arrays.bars_off(lines, 0) < 1 < arrays.bars_off(lines, 1)


def test_a_second_pair_at_a_better_step_where_a_factor_of_two_would_pass():
    """Curvature hides a factor at the first step, not at a smaller one; without it there is no second pair."""
    lines = blocks([1e-3])
    arrays.begin_arrays(lines)
    (_, _, first), _ = answer(lines, [1.0], curvature=1e4)
    assert arrays.arrays_asked(lines) == 2
    (_, _, second), _ = answer(lines, [1.0], curvature=1e4)
    assert second < first
    assert block_of(lines, 0).aligned_bar > 0
    assert arrays.arrays_asked(lines) == 0


def test_no_second_pair_beyond_what_a_check_takes_by_default():
    lines = blocks([1e-3])
    lines.engine.evaluations = 102
    arrays.begin_arrays(lines)
    answer(lines, [1.0], curvature=1e4)
    assert arrays.arrays_asked(lines) == 0


def test_claims_that_are_all_rounding_get_no_pair():
    lines = blocks([1.0, 1e-9, 0.0])
    lines.relative_tolerance = 1.5e-7
    assert arrays.begin_arrays(lines)
    assert {start for start, _, _ in answer(lines, [1.0] * 3)} == {0}
    assert block_of(lines, 1).aligned_bar == 0
    assert arrays.bars_off(lines, 1) == 0


@pytest.mark.parametrize(("budget", "evaluations"), [(50, 0), (100, 97)])
def test_without_room_there_are_no_pairs(budget, evaluations):
    lines = blocks([1.0, 1.0])
    lines.engine.budget, lines.engine.evaluations = budget, evaluations
    assert not arrays.begin_arrays(lines)
    assert not arrays.begin_arrays(memory())


def test_of_thousands_neighbours_share_a_pair_and_only_those_that_disagree_get_their_own():
    count = 1000
    lines = blocks([1.0] * count)
    factors = [2.0 if number == 777 else 1.0 for number in range(count)]
    arrays.begin_arrays(lines)
    assert arrays.arrays_asked(lines) == 2 * 250
    answer(lines, factors)
    own = answer(lines, factors)
    assert {start // 4 for start, _, _ in own} == {776, 777, 778, 779}
    assert arrays.most_off(lines) == 777
    assert sum(arrays.bars_off(lines, number) > 1 for number in range(count)) == 1
    assert all(block_of(lines, number).aligned_bar > 0 for number in range(count))


def test_pairs_that_do_not_fit_into_a_round_wait_for_the_next_one():
    """A round that is larger than what callers have room for would be written behind their memory."""
    count = ROUND // 2 + 3
    lines = blocks([1.0] * count)
    factors = [2.0] * count
    arrays.begin_arrays(lines)
    answer(lines, factors)
    rounds = [answer(lines, factors), answer(lines, factors)]
    assert [len(asked) for asked in rounds] == [ROUND, 6]
    assert [start // 4 for asked in rounds for start, _, _ in asked[::2]] == list(range(count))
    assert arrays.arrays_asked(lines) == 0
    assert all(arrays.bars_off(lines, number) > 1 for number in range(count))


def test_what_is_not_confirmed_is_part_of_the_bar():
    lines = blocks([1.0, 1.0])
    arrays.begin_arrays(lines)
    answer(lines, [2.0, 1.0])
    arrays.raise_bars_of_arrays(lines)
    assert arrays.most_off(lines) == -1
    assert block_of(lines, 0).aligned_bar > 0.5 > block_of(lines, 1).aligned_bar


def test_errors_all_over_a_block_are_spread_and_few_are_not():
    """Along a random line an error of every coordinate makes the root of their number times less."""
    lines = blocks([1.0])
    block_of(lines, 0).norm = lines.norm = 0.05
    arrays.begin_arrays(lines)
    answer(lines, [2.0])
    begin(lines.pool, 4, -20)
    for line, residual in enumerate((0.02, 0.001, -0.06, 0.02)):
        rung_at(lines.pool, -20).readings[line].residual = residual
    # The line that was followed is the worst one: the others count as much.
    lines.failed.residual = 0.06
    assert arrays.is_spread(lines)
    for line in range(4):
        rung_at(lines.pool, -20).readings[line].residual = 0.4
    assert not arrays.is_spread(lines)
    lines.next_count = arrays.DENSE_NODES
    assert arrays.is_spread(lines)


def unnamed(residuals, claims, *, aligned=0, random_bar=0.0):
    """The memory of a check of x without names, whose lines climbed together and have these residual slopes."""
    lines = memory(NOISE)
    lines.engine.n, lines.disagreed, lines.norm, lines.sum = 1000, 1, 1.0, 20.0
    lines.random_bar = random_bar
    block_of(lines, 0).sum, block_of(lines, 0).norm, block_of(lines, 1).start = 20.0, 1.0, 1000
    begin(lines.pool, len(residuals), -20)
    lines.pool.aligned, lines.pool.bar = aligned, 1e-3
    for line, (residual, claim) in enumerate(zip(residuals, claims, strict=True)):
        rung_at(lines.pool, -20).readings[line].residual = residual
        lines.pool.claims[line] = claim
    return lines


CLAIMS = (1.0, -0.5, 0.25, -2.0)


@pytest.mark.parametrize("part", [-0.5, 0.5, 0.01, -2.0])
def test_without_names_lines_in_proportion_to_their_claims_may_share_a_factor(part):
    residuals = [part * claim for claim in CLAIMS]
    assert arrays.begin_arrays(unnamed(residuals, CLAIMS))
    # Twins: one line shows another error besides; and where all lines agree, nothing is asked.
    assert not arrays.begin_arrays(unnamed([*residuals[:3], residuals[3] + 0.01], CLAIMS))
    agreed = unnamed(residuals, CLAIMS)
    agreed.disagreed = 0
    assert not arrays.begin_arrays(agreed)


def test_along_the_claim_few_errors_look_like_a_factor_that_random_lines_would_have_seen():
    assert arrays.begin_arrays(unnamed([0.2, 0.2], [20.0, 20.0], aligned=1, random_bar=0.01))
    assert not arrays.begin_arrays(unnamed([0.2, 0.2], [20.0, 20.0], aligned=1, random_bar=0.03))


def test_noise_that_hides_what_a_factor_leaves_shows_none():
    lines = unnamed([0.01, -0.02, 0.01, 0.01], CLAIMS)
    lines.pool.bar = 0.1
    assert not arrays.begin_arrays(lines)


def test_a_claim_of_few_coordinates_shows_no_factor():
    lines = unnamed(CLAIMS, CLAIMS)
    assert arrays.begin_arrays(lines)
    lines = unnamed(CLAIMS, CLAIMS)
    lines.norm = 2.0
    assert not arrays.begin_arrays(lines)
