"""Coordinates that lines found: their list, and how closely they are looked at."""

import numpy as np
import pytest
from climbing import memory

from gradproof.core.records.lines import (
    CANDIDATE_COUNT,
    CANDIDATE_INDICES,
    CANDIDATES,
    CHOSEN_RTOL,
    FAILED_BAR,
    SLOPE_NORM,
    SMALLEST_TOLERANCE,
    TOLERANCE_NOW,
)
from gradproof.core.search import candidates


def test_candidates_are_kept_in_order_and_once():
    words, _ = memory()
    random = np.random.default_rng(1)
    kept = set()
    for index in random.integers(0, 2**40, 50).tolist() * 2:
        assert candidates.add_candidate(words, index)
        kept.add(index)
        count = int(words[CANDIDATE_COUNT])
        assert words[CANDIDATE_INDICES : CANDIDATE_INDICES + count].tolist() == sorted(kept)


def test_candidates_have_room_for_so_many():
    words, _ = memory()
    for index in range(CANDIDATES):
        assert candidates.add_candidate(words, 10 * index)
    before = words.copy()
    assert not candidates.add_candidate(words, 5)
    assert candidates.add_candidate(words, 630)
    assert words.tobytes() == before.tobytes()


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
    _, reals = memory()
    reals[[CHOSEN_RTOL, FAILED_BAR, SMALLEST_TOLERANCE, TOLERANCE_NOW, SLOPE_NORM]] = chosen, bar, smallest, 0.0, 1.0
    assert candidates.confirming_rtol(reals) == pytest.approx(rtol, rel=1e-12, abs=0)
    reals[[FAILED_BAR, SLOPE_NORM]] = 1024 * bar, 1024.0
    assert candidates.confirming_rtol(reals) == pytest.approx(rtol, rel=1e-12, abs=0)


def test_without_a_norm_the_default_holds():
    _, reals = memory()
    reals[[FAILED_BAR, SLOPE_NORM]] = 1.0, 0.0
    assert candidates.confirming_rtol(reals) == 0.0
