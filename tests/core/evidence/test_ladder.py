"""The ladder of a slot, against sorted lists and NumPy's median."""

import math

import numpy as np
import pytest
from block import block
from hypothesis import example, given
from hypothesis import strategies as st
from machine import both
from oracles import reals as oracle
from properties import reachable, refuted, sized, wide

from gradproof.core.evidence import ladder
from gradproof.core.records.engine import LADDER

pairs = st.tuples(st.integers(-40, 40).map(lambda power: 2.0**power), reachable, reachable, wide)


def held(slot):
    """The pairs of the ladder, the finest first."""
    held_pairs = [slot.ladder[k] for k in range(slot.count)]
    return [(pair.step, pair.right, pair.left, pair.value) for pair in held_pairs]


@given(rows=st.lists(pairs, max_size=30))
@example([(1.0, 1.0, 1.0, 1.0), (1.0, 2.0, 2.0, 2.0)])
@example([(2.0**-k, 1.0, 1.0, 1.0) for k in range(LADDER + 5)])
def keeps_its_order(insert, rows):
    """Sorted by the step, one pair a step (the first), at most as many as there is room for."""
    slot = block().slots[0]
    kept = {}
    for row in rows:
        insert(slot, *row)
        if len(kept) < LADDER:
            kept.setdefault(row[0], row)
    expected = sorted(kept.values())
    assert np.array_equal(np.reshape(held(slot), (-1, 4)), np.reshape(expected, (-1, 4)), equal_nan=True)
    missing = sum(not (math.isfinite(right) and math.isfinite(left)) for _, right, left, _ in expected)
    assert slot.missing == missing
    for k, row in enumerate(expected):
        assert ladder.place_of_step(slot, row[0]) == k
    assert ladder.place_of_step(slot, 3.0) == -1


def test_insert():
    keeps_its_order(ladder.insert_pair)


def at_the_end(slot, *row):
    if slot.count < LADDER:
        pair = slot.ladder[slot.count]
        pair.step, pair.right, pair.left, pair.value = row
        slot.count += 1


def twice(slot, step, *row):
    ladder.insert_pair(slot, step, *row)
    ladder.insert_pair(slot, step * 2, *row)


@pytest.mark.parametrize("wrong", [at_the_end, twice])
def test_insert_twin(wrong):
    refuted(keeps_its_order, wrong)


@given(rows=st.lists(pairs, max_size=20))
@example([(1.0, 2.0, 4.0, 1.0), (2.0, -3.0, 1e-300, 1.0)])
@example([(1.0, math.nan, math.inf, 1.0)])
def is_the_median(function, rows):
    """Of the slopes that are above their noise bar; no more than the largest of the three coarsest steps."""
    engine = block()
    slot = engine.slots[0]
    for row in rows:
        ladder.insert_pair(slot, *row)
    sizes, coarse = [], 0.0
    for k, (_, right, left, _) in enumerate(held(slot)):
        noise = ladder.slope_noise(engine, slot, k)
        heard = [abs(slope) for slope in (right, left) if noise < abs(slope) < math.inf]
        sizes += heard
        coarse = max(coarse, *heard, 0.0) if k >= slot.count - 3 else 0.0
    # NumPy's median is the mean of the two in the middle.
    assert function(engine, slot) == (min(float(np.median(sizes)), coarse) if sizes else 0.0)


def test_median_slope():
    is_the_median(ladder.median_slope)


def test_median_slope_twin():
    def first(engine, slot):
        return abs(float(slot.ladder[0].right))

    refuted(is_the_median, first)


@given(noise=sized(-20, 0), value=wide, growth=sized(-3, 4))
@example(1e-16, 0.0, 1.0)
@example(1e-16, 1.0, 1e9)
def grows_with_the_value(functions, noise, value, growth):
    noise, largest = abs(noise), abs(value * growth) or abs(growth)
    factor = min(max(largest / abs(value), 1.0), 100.0) if value else 1.0
    for function in functions:
        assert function(noise, value, largest) == max(oracle.spacing(largest), noise * factor)


def test_value_noise():
    grows_with_the_value(both(ladder.value_noise, "float64", "float64", "float64"))
    refuted(grows_with_the_value, [lambda noise, value, largest: max(oracle.spacing(largest), noise)])
    refuted(grows_with_the_value, [lambda noise, value, largest: noise * max(1.0, largest / abs(value or 1.0))])


def four_deviations(function, slope):
    engine = block()
    slot = engine.slots[0]
    engine.value, slot.noise, engine.noise = 1.0, 1e-9, 1e-9
    ladder.insert_pair(slot, 0.125, 3.0, 5.0, 1.0)
    ladder.insert_pair(slot, 0.5, 1.0, 1.0, 7.0)
    # A slope has two values in it: four times their common standard deviation, over the step.
    assert function(engine, slot, 0) == pytest.approx(4 * math.hypot(1e-9, 1e-9) / 0.125, rel=1e-12)
    assert function(engine, slot, 1) == pytest.approx(4 * math.hypot(7e-9, 7e-9) / 0.5, rel=1e-12)
    assert slope(slot, 0) == 4.0
    assert ladder.noise_bar(1e-9, 0.125) == pytest.approx(4 * math.hypot(1e-9, 1e-9) / 0.125, rel=1e-12)


def test_noise_and_centered_slope():
    four_deviations(ladder.slope_noise, ladder.centered)
    refuted(four_deviations, lambda engine, slot, place: 4e-9 / 0.125, ladder.centered)
    refuted(four_deviations, ladder.slope_noise, lambda slot, place: 3.0)
