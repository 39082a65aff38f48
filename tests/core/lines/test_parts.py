"""Shorter lines for a larger budget: which parts there are, and the bar that all of them have passed with."""

import itertools

import numpy as np
import pytest
from lineladders import memory

from gradproof.core.lines import parts
from gradproof.core.records.lines import block_of


def walked(n, budget, blocks=(), bars=None):
    """Go through all parts; each passes with a bar, and takes what a part costs."""
    lines = memory(blocks=blocks)
    lines.engine.n, lines.engine.budget = n, budget
    parts.begin_parts(lines)
    found = []
    while True:
        start, stop = parts.next_part(lines)
        if start >= stop:
            return found, lines
        found.append((int(start), int(stop)))
        lines.pool.bar = bars[len(found) - 1] if bars else 1.0
        parts.note_part(lines)
        lines.engine.evaluations += parts.PART_COST
        assert len(found) < 1000


def covers(found, n):
    assert found[0][0] == 0
    assert found[-1][1] == n
    assert all(one[1] == other[0] for one, other in itertools.pairwise(found))


@pytest.mark.parametrize("n", [8 * 1024, 64 * 1024, 64 * 1024 + 1, 100_000, 10**7 + 3, 2**40 + 1])
@pytest.mark.parametrize(("budget", "count"), [(8 * 72, 8), (64 * 72 - 1, 8), (64 * 72, 64)])
def test_equal_parts_cover_the_vector(n, budget, count):
    found, lines = walked(n, budget)
    covers(found, n)
    assert len(found) == (count if n >= count * 1024 else 8)
    assert all(start % 1024 == 0 for start, _ in found)
    assert lines.part.done == len(found)
    longest = max(stop - start for start, stop in found)
    assert longest <= 2 * min(stop - start for start, stop in found) + 2048


@pytest.mark.parametrize(("n", "budget"), [(10**6, 0), (10**6, 8 * 72 - 1), (8191, 10**6)])
def test_without_room_there_are_no_parts(n, budget):
    assert walked(n, budget)[0] == []


def test_named_blocks_come_first():
    blocks = (0, 100, 100, 5000, 20_000, 20_000)
    found, lines = walked(20_000, 5 * 72, blocks)
    assert found == [(0, 100), (100, 5000), (5000, 20_000)]
    own = [block_of(lines, number).bar for number in range(5)]
    assert own == [1.0, 0.0, 1.0, 1.0, 0.0]
    assert lines.part.bar == 1.0
    found, lines = walked(20_000, (5 + 8) * 72, blocks)
    assert found[:3] == [(0, 100), (100, 5000), (5000, 20_000)]
    covers(found[3:], 20_000)
    assert lines.part.done == len(found)


def test_more_blocks_than_the_budget_has_room_for():
    found, _ = walked(20_000, 8 * 72, tuple(range(0, 20_001, 1000)))
    covers(found, 20_000)
    assert len(found) == 8


def test_an_empty_first_block():
    assert walked(9000, 4 * 72, (0, 0, 5000, 9000))[0] == [(0, 5000), (5000, 9000)]


def test_of_parts_of_one_kind_the_largest_bar_counts_and_of_two_kinds_the_smaller():
    blocks, n = (0, 5000, 20_000), 20_000
    bars = [3.0, 5.0, *np.linspace(1.0, 2.0, 8)]
    assert walked(n, 2 * 72, blocks, bars)[1].part.bar == 5.0
    assert walked(n, (2 + 8) * 72, blocks, bars)[1].part.bar == 2.0
    assert walked(n, (2 + 8) * 72, blocks, [3.0, 1.0, *[7.0] * 8])[1].part.bar == 3.0


def test_parts_that_were_not_all_done_have_no_bar():
    lines = memory()
    lines.engine.n, lines.engine.budget = 10_000, 10**4
    parts.begin_parts(lines)
    for _ in range(7):
        assert parts.next_part(lines) != (0, 0)
        lines.pool.bar = 1.0
        parts.note_part(lines)
    assert lines.part.bar == 0.0
