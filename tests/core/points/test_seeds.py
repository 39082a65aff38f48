"""Seeds of random lines: no two kinds of lines share a number, and every kind has as many as it can take."""

import itertools

import driven
import drivenlines
import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from machine import both
from oracles import splitmix
from properties import refuted
from witnesses import signed

from gradproof.core.points import seeds
from gradproof.core.search import dense_errors

RANGES = dict(seeds.RANGES)
LINES = 4  # that climb together
BLOCKS = 2**22 - 64  # named blocks whose lines have seeds of their own

# How many numbers each kind of lines takes at most.
TAKEN = {
    seeds.NOISE_LINE: 1,
    seeds.RANDOM_LINES: LINES,
    seeds.ALIGNED_LINES: 2,
    # One for all arrays, each along its own claim.
    seeds.OWN_LINES: 1,
    # Along random and along aligned lines.
    seeds.LINES_AGAIN: 2 * LINES,
    seeds.UNLOCATED_LINES: 2 * LINES,
    # Over the coordinates that are 0.
    seeds.ZERO_LINES: 2,
    # Over all coordinates; a second one has finer steps, and the same direction.
    seeds.SMOOTHNESS: 1,
    # Lines among which the one is chosen that leads as far as claims can; that one itself, and four random ones.
    seeds.SHARED_KINKS: 4096 + 1 + 4,
    # Eight coordinates of each of eight blocks, behind those of six nodes.
    seeds.SAMPLE_NUMBERS: 8 * (8 + 1),
    # Named blocks, then 64 equal parts.
    seeds.PARTS: LINES * (BLOCKS + 64),
    seeds.PARTS_AGAIN: LINES * (BLOCKS + 64),
}


def do_not_overlap(ranges):
    places = sorted(ranges)
    assert places[0][0] == 0
    for (first, count), (following, _) in itertools.pairwise(places):
        assert count > 0
        assert first + count <= following


def test_ranges_do_not_overlap():
    do_not_overlap(seeds.RANGES)
    assert len(RANGES) == len(seeds.RANGES)
    refuted(do_not_overlap, [*seeds.RANGES, (seeds.PARTS_AGAIN - 1, 2)])


def hold(taken):
    for first, count in RANGES.items():
        assert taken[first] <= count


def test_ranges_hold_what_is_taken():
    hold(TAKEN)
    assert set(TAKEN) == set(RANGES)
    for first, count in RANGES.items():
        refuted(hold, TAKEN | {first: count + 1})


@pytest.fixture
def numbers(monkeypatch):
    """Every number of the sequence that a check takes, with the seed of the check."""
    taken, mixed = [], seeds.mixed

    def noting(seed, number):
        taken.append((int(seed), int(number)))
        return mixed(seed, number)

    monkeypatch.setattr(seeds, "mixed", noting)
    monkeypatch.setattr(dense_errors, "mixed", noting)
    return taken


def lie_in(ranges, numbers):
    for number in numbers:
        assert any(first <= number < first + count for first, count in ranges.items())


@pytest.mark.parametrize("problem", ["right", "some_wrong", "dense", "parts", "random"])
def test_lines_take_their_own_numbers(plain, library, numbers, problem):
    drivenlines.drive(plain, library, drivenlines.PROBLEMS[problem]())
    found = {number for _, number in numbers}
    lie_in({first: min(count, TAKEN[first]) for first, count in RANGES.items()}, found)
    assert set(range(seeds.RANDOM_LINES, seeds.RANDOM_LINES + LINES)) <= found
    assert len({seed for seed, _ in numbers}) == 1
    refuted(lie_in, {first: count for first, count in RANGES.items() if first != seeds.RANDOM_LINES}, found)


def test_shared_kinks_take_their_own_numbers(plain, numbers):
    def folds(x):
        return float(np.maximum(x.sum(), 0.0) + np.sum(x))

    x, claimed = np.zeros(4), np.array([1.25, 1.5, 1.75, 1.5])
    driven.drive(plain, (folds, x, claimed, 0))
    found = {number for _, number in numbers}
    assert found
    lie_in({seeds.SHARED_KINKS: TAKEN[seeds.SHARED_KINKS]}, found)
    refuted(lie_in, {seeds.SHARED_KINKS: 16}, found)


# The sequence has one number that is 0, and this is the seed whose first number it is.
SEED_OF_ZERO = -0x9E3779B97F4A7C15 % 2**64


@given(seed=st.integers(0, 2**64 - 1), number=st.sampled_from([*RANGES, 1, 2**40]))
@example(SEED_OF_ZERO, 0)
def is_the_seed(functions, seed, number):
    expected = signed(splitmix.output(seed, number)) or 1
    for function in functions:
        assert function(signed(seed), number) == expected


def test_seeds_of_lines():
    assert splitmix.output(SEED_OF_ZERO, 0) == 0
    is_the_seed(both(seeds.line_seed, "int64", "int64", result="int64"))
    refuted(is_the_seed, [lambda seed, number: signed(splitmix.output(seed, number))])


def is_beside(functions):
    for function in functions:
        for seed in (0, 1, -2, 5, 2**62, -(2**63)):
            assert function(seed) == seed + 1
        assert function(-1) == 1


def test_seeds_of_short_noise_lines():
    is_beside(both(seeds.noise_seed, "int64", result="int64"))
    refuted(is_beside, [lambda seed: seed + 1])
