"""Coordinates that lines found: their list, and how closely they are looked at."""

import numpy as np
import pytest
from lineladders import memory

from gradproof.core.records.lines import CANDIDATES
from gradproof.core.search import candidates


def test_candidates_are_kept_in_order_and_once():
    lines = memory()
    random = np.random.default_rng(1)
    kept = set()
    for index in random.integers(0, 2**40, 50).tolist() * 2:
        assert candidates.add_candidate(lines, index)
        kept.add(index)
        assert lines.candidates.indices[: lines.candidates.count] == sorted(kept)


def test_candidates_have_room_for_so_many():
    lines = memory()
    for index in range(CANDIDATES):
        assert candidates.add_candidate(lines, 10 * index)
    before = bytes(lines)
    assert not candidates.add_candidate(lines, 5)
    assert candidates.add_candidate(lines, 630)
    assert bytes(lines) == before


@pytest.mark.parametrize(
    ("chosen", "bar", "smallest", "rtol"),
    [
        (1e-3, 1e-9, 1e-13, 1e-3),
        (0.0, 0.0, 1e-13, 0.0),
        (0.0, 1e-8, 1e-13, 5e-9),
        (0.0, 1e-2, 1e-13, 0.0),
        (0.0, 1e-8, 1.5e-7, 1e-6),
        (0.0, 6e-6, 1.5e-7, 3e-6),
    ],
)
def test_how_closely_candidates_are_looked_at(chosen, bar, smallest, rtol):
    """As closely as the lines did: half of their bar; never less than the default, nor than float32 allows."""
    lines = memory()
    lines.chosen_rtol, lines.failed.bar, lines.smallest_tolerance, lines.norm = chosen, bar, smallest, 1.0
    assert candidates.confirming_rtol(lines) == pytest.approx(rtol, rel=1e-12, abs=0)
    lines.failed.bar, lines.norm = 1024 * bar, 1024.0
    assert candidates.confirming_rtol(lines) == pytest.approx(rtol, rel=1e-12, abs=0)


def test_without_a_norm_the_default_holds():
    lines = memory()
    lines.failed.bar, lines.norm = 1.0, 0.0
    assert candidates.confirming_rtol(lines) == 0.0
