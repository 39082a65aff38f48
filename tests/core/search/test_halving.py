"""Halving: which half of a line holds the errors, at which step it was seen, and where a part is cut in two."""

import numpy as np
import pytest
from lineladders import feed, memory, probes_of
from oracles import splitmix

from gradproof.core.records.lines import Node
from gradproof.core.search import halving

SEED = 12345
N = 100
NOISE = 1e-13


def rising(slope, curvature):
    return lambda t: slope * t + curvature * t**3


def halved(errors, curvature=0.0, bar=1e-9, exponent=-14, noise=NOISE, start=0, stop=N, seed=1):
    """Halve a part of a line with known errors of single coordinates, to the end; return its evaluations, too."""
    lines = memory(noise)
    random = np.random.default_rng(seed)
    lines.failed.seed = SEED
    halves = lines.halvings[0]

    def slope(first, last):
        return sum(e * splitmix.direction(SEED, index) for index, e in errors.items() if first <= index < last)

    halving.begin_halving(lines, halves, Node(start, stop, exponent, slope(start, stop), bar, bar))
    evaluations = 0
    while halves.stage != halving.HALVING_FREE:
        first, last, line_seed, aligned, _ = probes_of(halves.ladder)[0]
        assert (line_seed, aligned) == (SEED, 0)
        assert (first, last) in ((start, halves.left.stop), (halves.left.stop, stop))
        line = rising(slope(first, last), curvature)
        feed(lines, halves.ladder, [line], lambda: noise * random.normal())
        evaluations += 2
        assert evaluations < 100
        halving.advance_halving(lines, halves)
    for half in (halves.left, halves.right):
        assert abs(half.residual - slope(half.start, half.stop)) <= half.bar
    return halving.is_wrong(lines, halves.left), halving.is_wrong(lines, halves.right), evaluations


@pytest.mark.parametrize(
    ("errors", "wrong"),
    [
        ({3: 1.0}, (True, False)),
        ({49: -1e-3}, (True, False)),
        ({50: 1e-3}, (False, True)),
        ({99: 1e6}, (False, True)),
        ({3: 1.0, 70: -2.0}, (True, True)),
        ({3: 1.0, 70: 1e-5}, (True, True)),
        ({index: 1e-3 * (-1) ** index for index in range(50)}, (True, False)),
    ],
)
def test_the_wrong_half_is_found(errors, wrong):
    """For one pair: the other half follows by subtraction, and the smaller of two errors is not in its shadow."""
    *found, evaluations = halved(errors)
    assert tuple(found) == wrong
    assert evaluations == 2


@pytest.mark.parametrize("errors", [{3: 1e-6}, {70: 1e-6}, {3: 1e-6, 70: 2e-6}])
def test_where_the_step_of_the_line_does_not_serve_a_half_climbs_alone(errors):
    """A bar of half of what disagrees: too large for a pair at the same step."""
    left, right, evaluations = halved(errors, curvature=1.0, bar=4e-7, exponent=-12)
    assert (left, right) == (min(errors) < 50, max(errors) >= 50)
    assert 4 <= evaluations <= 40


def test_an_error_below_the_noise_is_in_neither_half():
    left, right, _ = halved({3: 1e-14, 70: 1e-14}, bar=1e-9)
    assert not left
    assert not right


def test_tolerance_counts():
    lines = memory()
    for half in (lines.halvings[0].left, lines.halvings[0].right):
        half.residual, half.bar = -3.0, 1.0
        for tolerance, answer in ((1.9, True), (2.1, False)):
            lines.tolerance = tolerance
            assert halving.is_wrong(lines, half) == answer


@pytest.mark.parametrize(
    ("blocks", "part", "middle"),
    [
        ((), (0, 100), 50),
        ((), (7, 8), 7),
        ((), (7, 9), 8),
        ((), (2**40, 2**41), 3 * 2**39),
        ((0, 40, 100), (0, 100), 40),
        ((0, 40, 61, 100), (0, 100), 40),
        ((0, 40, 58, 100), (0, 100), 58),
        ((0, 10, 100), (0, 100), 50),
        ((0, 25, 100), (0, 100), 25),
        ((0, 24, 100), (0, 100), 50),
        ((0, 40, 100), (0, 40), 20),
        ((0, 40, 100), (40, 100), 70),
        ((0, 40, 42, 100), (40, 42), 41),
        ((0, 41, 100), (40, 42), 41),
        ((0, 40, 100), (40, 41), 40),
    ],
)
def test_where_a_part_is_cut(blocks, part, middle):
    """At the border of blocks nearest to the middle, if it lies in the middle half; else in the middle."""
    assert halving.middle_of(memory(blocks=blocks), *part) == middle
