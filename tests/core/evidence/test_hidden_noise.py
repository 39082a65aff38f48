"""Noise that only the ladder shows: stretches on which f is constant, values of f at x that stand out, stairs."""

import math

import numpy as np
import pytest
from block import climbed
from properties import refuted

from gradproof.core.evidence import hidden_noise
from gradproof.core.evidence.scales import UNIT_FLOAT32, UNIT_FLOAT64

STEPS = [2.0**power for power in range(-30, 1, 2)]


def slot_of(line, steps=STEPS, noise=1e-16, lowest=2.0**-30):
    """A check and its slot, whose ladder begins at the smallest step that x and f can see."""
    engine = climbed(line, steps, noise)
    engine.typical, engine.unit = 1.0, UNIT_FLOAT64
    engine.slots[0].lowest = lowest
    return engine, engine.slots[0]


def constant_to(reach, slope=1.0, value=3.0):
    """f is constant up to a distance on both sides of x, and then has a slope."""
    return lambda t: value + slope * math.copysign(max(abs(t) - reach, 0.0), t)


def on_treads(width, height, start=0.5, value=3.0):
    """Stairs: x lies at a part of its tread."""
    return lambda t: value + height * math.floor(t / width + start)


def counts_flat_steps(function):
    _, slot = slot_of(constant_to(2.0**-24))
    assert [function(slot, 1), function(slot, -1)] == [4, 4]
    _, slot = slot_of(lambda t: 3.0 + max(t, 0.0))
    assert [function(slot, 1), function(slot, -1)] == [0, slot.count]


def test_flat_places():
    counts_flat_steps(hidden_noise.flat_places)
    refuted(counts_flat_steps, lambda slot, side: 4)
    refuted(counts_flat_steps, lambda slot, side: hidden_noise.flat_places(slot, 1))


def is_flat_over_three_steps(function):
    for reach, flat in ((2.0**-26, True), (2.0**-28, False), (0.0, False)):
        assert function(slot_of(constant_to(reach))[1]) == flat
    # One side is enough.
    assert function(slot_of(lambda t: 3.0 + min(t, 0.0))[1])
    assert function(slot_of(lambda t: 3.0 + max(t, 0.0))[1])


def test_is_flat():
    is_flat_over_three_steps(hidden_noise.is_flat)
    refuted(is_flat_over_three_steps, lambda slot: True)
    refuted(is_flat_over_three_steps, lambda slot: hidden_noise.flat_places(slot, 1) >= 3)


def is_the_largest(function):
    engine, slot = slot_of(lambda t: -3.0 - t * t)
    assert function(engine, slot) == 4.0
    engine.value = -7.0
    assert function(engine, slot) == 7.0


def test_largest_value():
    is_the_largest(hidden_noise.largest_value)
    refuted(is_the_largest, lambda engine, slot: abs(engine.value))
    refuted(is_the_largest, lambda engine, slot: 4.0)


def is_the_first_change(function):
    """Over the finest step that moves f, of the sides on which f is flat; the smaller where it is on both."""
    assert function(slot_of(constant_to(2.0**-20, 0.5))[1]) == pytest.approx(0.5 * (2.0**-18 - 2.0**-20))
    assert function(slot_of(lambda t: 3.0 + max(t, -(2.0**-20)))[1]) == math.inf
    assert function(slot_of(lambda t: 3.0)[1]) == math.inf
    lower = slot_of(lambda t: 3.0 + max(t - 2.0**-20, 0.0) + 8.0 * min(t + 2.0**-20, 0.0))[1]
    assert function(lower) == pytest.approx(2.0**-18 - 2.0**-20)


def test_first_change():
    is_the_first_change(hidden_noise.first_change)
    refuted(is_the_first_change, lambda slot: math.inf)
    refuted(is_the_first_change, lambda slot: 0.75 * 2.0**-18)


def is_the_hidden_noise(function):
    """One unit in the last place of the largest value, at most the first change; 0 where f is nowhere constant."""
    unit = float(np.spacing(3.0))
    assert function(*slot_of(constant_to(2.0**-20))) == unit
    assert function(*slot_of(constant_to(2.0**-20, 0.25 * unit * 2.0**20))) <= unit
    assert function(*slot_of(lambda t: 3.0 + t)) == 0.0
    # In float32, of float32.
    engine, slot = slot_of(constant_to(2.0**-20))
    engine.unit = UNIT_FLOAT32
    assert function(engine, slot) == 2.0**29 * unit
    # Steps of rounding that is known as noise are nothing new; where all values are numbers of float32, though, it may
    # have been measured too small.
    engine.noise = hidden_noise.first_change(slot) / 15
    assert function(engine, slot) == 2.0**29 * unit
    engine.beyond_float32 = 1
    assert function(engine, slot) == 0.0
    engine.unit = UNIT_FLOAT64
    assert function(engine, slot) == 0.0
    engine.noise = hidden_noise.first_change(slot) / 17
    assert function(engine, slot) == unit
    # Terms that cancel in f(x), as large as x is.
    engine, slot = slot_of(constant_to(2.0**-20, value=0.0))
    assert function(engine, slot) == np.spacing(1.0)


def test_hidden_noise():
    is_the_hidden_noise(hidden_noise.hidden_noise)
    refuted(is_the_hidden_noise, lambda engine, slot: 0.0)
    refuted(is_the_hidden_noise, lambda engine, slot: float(np.spacing(3.0)))
    refuted(is_the_hidden_noise, lambda engine, slot: hidden_noise.first_change(slot))

    def knows_of_none(engine, slot):
        engine.noise = 0.0
        return hidden_noise.hidden_noise(engine, slot)

    refuted(is_the_hidden_noise, knows_of_none)


def are_told_from_rounding(function):
    """Stairs are flat beside x, or jump there, and are higher than what rounding makes."""
    unit = float(np.spacing(3.0))
    for line, stairs in (
        (on_treads(2.0**-20, 1e-6), True),
        # An edge at x itself: flat on the right, on the left the same jump over all of the finest steps.
        (on_treads(2.0**-20, 1e-6, start=0.0), True),
        (on_treads(2.0**-20, 16 * unit), False),
        (lambda t: 3.0 + max(t, 0.0), False),
        (lambda t: 3.0, False),
        (lambda t: 3.0 + t, False),
    ):
        assert function(*slot_of(line)) == stairs
    # Beside a larger x such narrow treads are made by rounding inside of f.
    engine, slot = slot_of(on_treads(2.0**-20, 1e-6))
    slot.size = 2.0**20
    assert not function(engine, slot)


def test_is_on_tread():
    are_told_from_rounding(hidden_noise.is_on_tread)
    refuted(are_told_from_rounding, lambda engine, slot: hidden_noise.is_flat(slot))
    refuted(are_told_from_rounding, lambda engine, slot: hidden_noise.first_change(slot) < math.inf)


def keeps_its_height(function):
    jump = slot_of(lambda t: 3.0 + (0.5 if t > 0 else t))[1]
    assert [function(jump, 1), function(jump, -1)] == [True, False]
    assert function(slot_of(lambda t: 3.0)[1], 1)
    falling = slot_of(lambda t: 3.0 + math.copysign(0.5 + 1e9 * abs(t), t) * (t != 0))[1]
    assert not function(falling, 1)


def test_is_flat_or_jumps():
    keeps_its_height(hidden_noise.is_flat_or_jumps)
    refuted(keeps_its_height, lambda slot, side: True)
    refuted(keeps_its_height, lambda slot, side: hidden_noise.flat_places(slot, side) >= 3)


def is_wide(function):
    """Flat up to the largest first step, 2**-13 sizes, on one side at least."""
    for width, wide in ((2.0**-11, True), (2.0**-13, False)):
        assert function(slot_of(on_treads(width, 1e-3))[1]) == wide
    one_side = slot_of(lambda t: 3.0 + 1e-3 * (t < 0) + 1e-3 * (t > 2.0**-10))[1]
    assert function(one_side)
    one_side.size = 16.0
    assert not function(one_side)


def test_is_wide_tread():
    is_wide(hidden_noise.is_wide_tread)
    refuted(is_wide, lambda slot: True)
    refuted(is_wide, hidden_noise.is_flat)


def stands_out(function):
    """f(x) is apart from the values beside it by a quarter of their largest distance over the finest steps."""

    def beside(t):
        return 3.0 + t + (1e-3 if t else 0.0)

    assert function(*slot_of(beside)) == pytest.approx(0.25e-3, rel=1e-3)
    assert function(*slot_of(beside, STEPS[:4])) == pytest.approx(0.25e-3, rel=1e-3)
    for line in (lambda t: 3.0 + t, abs, lambda t: 3.0 + (1e-3 if t > 0 else t), lambda t: 3.0):
        assert function(*slot_of(line)) == 0.0
    # Three steps alone: what grows from each to the next does not stand out.
    assert function(*slot_of(abs, STEPS[:3])) == 0.0
    # Coarser steps may be beyond the scale of f; without both sides nothing is known.
    assert function(*slot_of(beside, STEPS[4:])) == 0.0
    engine, slot = slot_of(beside)
    slot.missing = 1
    assert function(engine, slot) == 0.0


def whatever_grows(engine, slot):
    """Wrong on purpose: three steps that all count are taken for steps on which f stops growing."""
    stops, hidden_noise.stops_growing = (
        hidden_noise.stops_growing,
        lambda engine, slot, side: hidden_noise.growing_places(engine, slot, side) <= 3,
    )
    try:
        return hidden_noise.noise_of_value(engine, slot)
    finally:
        hidden_noise.stops_growing = stops


def test_noise_of_value():
    stands_out(hidden_noise.noise_of_value)
    refuted(stands_out, lambda engine, slot: 0.0)
    refuted(stands_out, whatever_grows)
    refuted(stands_out, lambda engine, slot: 0.25 * hidden_noise.largest_change(slot.ladder[0]))


def moves_f_as_far_over_all_steps(function):
    """A quarter of the most by which the gap between the sides moves f, where that is the same from rung to rung."""

    def stepping(jump):
        return lambda t: 3.0 + t + (jump if t else 0.0)

    assert function(*slot_of(stepping(1e-12))) == pytest.approx(0.5e-12, abs=1e-14)
    assert function(*slot_of(lambda t: 3.0 + t + 1e-12 * (t > 0))) == pytest.approx(0.25e-12, abs=1e-14)
    # From one, two or three steps of rounding to as many, over steps that are 64 times as long.
    treads = {2.0**-30: 1.0, 2.0**-28: 2.0, 2.0**-26: 3.0, 2.0**-24: 1.0}
    for more, noise in ((1.0, 0.25), (1.5, 0.0)):
        moved = {step: height * more**place for place, (step, height) in enumerate(treads.items())}
        found = function(*slot_of(lambda t, moved=moved: 3.0 + 1e-12 * moved.get(t, 0.0), [*treads]))
        assert found == pytest.approx(noise * 1e-12, abs=1e-14)
    assert function(*slot_of(stepping(1e-12), STEPS[:4])) > 0.0
    assert function(*slot_of(stepping(1e-12), STEPS[:3])) == 0.0
    # What is known already, and what is too much for rounding; kinks at x, and curvature.
    assert function(*slot_of(stepping(1e-12), noise=2e-13)) == 0.0
    for line in (stepping(1e-9), lambda t: 3.0 + abs(t), lambda t: 3.0 + t + 1e-6 * max(t, 0.0), math.exp, math.cos):
        assert function(*slot_of(line)) == 0.0


def test_noise_of_sides():
    moves_f_as_far_over_all_steps(hidden_noise.noise_of_sides)
    refuted(moves_f_as_far_over_all_steps, lambda engine, slot: 0.0)
    refuted(moves_f_as_far_over_all_steps, lambda engine, slot: 0.25 * hidden_noise.change_of_gap(slot, 0))


def is_nothing(function):
    """Less than eight standard deviations of its noise at x, and at every step."""
    for line, nothing in (
        (lambda t: 5e-10 * math.sin(1e6 * t), True),
        (lambda t: 0.0, True),
        (lambda t: 1e-8 + 0.0 * t, False),
        (lambda t: 1e-7 * t, False),
    ):
        assert function(*slot_of(line, noise=1e-9)) == nothing


def test_is_nothing_but_noise():
    is_nothing(hidden_noise.is_nothing_but_noise)
    refuted(is_nothing, lambda engine, slot: engine.value == 0.0)
    refuted(is_nothing, lambda engine, slot: abs(engine.value) <= 8e-9)
