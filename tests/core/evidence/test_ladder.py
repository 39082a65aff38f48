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
    assert function(engine, slot, True) == (min(float(np.median(sizes)), coarse) if sizes else 0.0)
    # Without a best step all of them tell of the slope at x.
    assert function(engine, slot, False) == function(engine, slot, True)


def test_median_slope():
    is_the_median(ladder.median_slope)


def test_median_slope_twin():
    def first(engine, slot, anywhere):
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


def ladder_of(line, powers, noise=1e-16, value=1.0):
    engine = block()
    engine.value, engine.slots[0].noise = value, noise
    for power in powers:
        step = 2.0**power
        ladder.insert_pair(engine.slots[0], step, line(step) / step, -line(-step) / step, value)
    return engine, engine.slots[0]


def tells_of_fading(function):
    """Slopes that shrink faster than those of a root, over a step at least four times as long."""
    for line, powers, fading in (
        (lambda t: math.copysign(1.0, t), (-20, -6), True),
        (lambda t: t, (-20, -6), False),
        (lambda t: math.copysign(abs(t) ** 0.6, t), (-20, -6), False),
        (lambda t: math.copysign(abs(t) ** 0.4, t), (-20, -6), True),
        (lambda t: math.copysign(1.0, t), (-7, -6), False),
        # Nothing is known of a change that noise may have made.
        (lambda t: math.copysign(1e-16, t), (-20, -6), False),
    ):
        assert function(*ladder_of(line, powers)) == fading


def test_fades():
    tells_of_fading(ladder.fades)
    refuted(tells_of_fading, lambda engine, slot: slot.ladder[slot.count - 1].right < slot.ladder[0].right)
    refuted(tells_of_fading, lambda engine, slot: False)


def are_changes(side, whole):
    _, slot = ladder_of(lambda t: 3.0 * t if t > 0 else 5.0 * t, [-3])
    pair = slot.ladder[0]
    assert [side(pair, 1), side(pair, -1)] == [3.0 / 8, 5.0 / 8]
    assert whole(pair) == 5.0 / 8


def test_changes():
    are_changes(ladder.change_of_side, ladder.largest_change)
    refuted(are_changes, lambda pair, side: abs(pair.right) * pair.step, ladder.largest_change)
    refuted(are_changes, ladder.change_of_side, lambda pair: abs(pair.right) * pair.step)


def grows_up_to(function):
    """The first step that f moves no farther than over the two coarser ones ends what tells of the slope at x."""
    powers = range(-20, 1, 2)
    engine, slot = ladder_of(lambda t: min(t, 2.0**-10), powers)
    assert [function(engine, slot, 1), function(engine, slot, -1)] == [6, 11]
    # Stairs move by as much over the next step, and farther over the one after it.
    assert function(*ladder_of(lambda t: max(t, 2.0**-9) if 2.0**-13 < t < 2.0**-9 else t, powers), 1) == 11
    # What noise may have made does not stand out.
    assert function(*ladder_of(lambda t: 1e-10 if t > 0 else 0.0, powers, noise=1e-10), 1) == 11
    assert function(*ladder_of(lambda t: 1e-10 if t > 0 else 0.0, powers, noise=1e-12), 1) == 1


def of_the_next_step(engine, slot, side):
    """Wrong on purpose: one coarser step is enough."""
    for place in range(slot.count - 1):
        change, farther = (ladder.change_of_side(slot.ladder[k], side) for k in (place, place + 1))
        if change > 2 * ladder.slope_noise(engine, slot, place) * slot.ladder[place].step and farther < 2 * change:
            return place + 1
    return slot.count


def test_growing_places():
    grows_up_to(ladder.growing_places)
    refuted(grows_up_to, lambda engine, slot, side: slot.count)
    refuted(grows_up_to, of_the_next_step)


def are_near_the_best_step(function, median):
    """Steps up to four times the best one; a wall beyond it is no typical slope unless it is looked for."""
    engine, slot = ladder_of(lambda t: t + 1e3 * max(t - 0.1, 0.0), range(-10, 3, 2))
    slot.best_step = 2.0**-8
    assert function(slot) == 3
    assert median(engine, slot, False) == 1.0
    slot.best_step = 0.0
    assert function(slot) == slot.count
    slot.best_step = 2.0**-12
    for place in range(slot.count):
        slot.ladder[place].right = slot.ladder[place].left = float(slot.ladder[place].step >= 0.25)
    assert (median(engine, slot, False), median(engine, slot, True)) == (0.0, 1.0)


def test_telling_count():
    are_near_the_best_step(ladder.telling_count, ladder.median_slope)
    refuted(are_near_the_best_step, lambda slot: slot.count, ladder.median_slope)
    refuted(are_near_the_best_step, ladder.telling_count, lambda *given: ladder.median_slope(*given[:2], True))
