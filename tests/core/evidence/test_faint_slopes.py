"""Slopes that hide in noise near x: right claims of nearly constant objectives, and wrong ones that show."""

import math

import numpy as np
import pytest
from block import block
from properties import refuted

import gradproof
from gradproof.core.evidence import faint_slopes, ladder
from gradproof.core.evidence.decision import DECIDED_WRONG as WRONG
from gradproof.core.evidence.decision import STILL_OPEN, withdraw_refutation
from gradproof.core.evidence.scales import UNIT_FLOAT64

SIZE = 2.0**-10
STEPS = [SIZE * 4.0**k for k in range(-10, 7)]
NOISE = 1e-16


def refuted_slot(rise, claimed, measured):
    """A check whose slot called a claim wrong; rise(step) is f beside x, less f(x), on a grid of the noise."""
    engine = block()
    slot = engine.slots[0]
    engine.unit, engine.value, engine.largest_value, engine.noise = UNIT_FLOAT64, 1.0, 1.0, NOISE
    slot.noise, slot.x = NOISE, SIZE
    slot.claimed, slot.decision = claimed, WRONG
    slot.slope.low = slot.slope.high = measured
    for step in STEPS:
        right, left = (np.round(rise(sign * step) / NOISE) * NOISE / (sign * step) for sign in (1, -1))
        ladder.insert_pair(slot, step, right, left, 1.0)
    return engine, slot


def bounded(amplitude):
    return lambda step: amplitude * math.sin(step / SIZE)


def parabola(step):
    return 1e6 * NOISE * (step / SIZE) ** 2


def is_withdrawn(function, rise, claimed, measured):
    engine, slot = refuted_slot(rise, claimed, measured)
    function(engine, slot)
    return slot.decision == STILL_OPEN


def withdraws_what_leads_nowhere(function):
    # The slope at x is the claimed one, and hides in the noise; that of long steps is 0.
    assert is_withdrawn(function, bounded(20 * NOISE), 20 * NOISE / SIZE, 0.0)
    # A hundred thousand times as large, it shows beside x, and so does a claim that is wrong.
    assert not is_withdrawn(function, bounded(2e6 * NOISE), -2e6 * NOISE / SIZE, 2e6 * NOISE / SIZE)
    # f moves in proportion, though only steps far longer than x show it.
    assert not is_withdrawn(function, lambda step: 3 * NOISE * step / SIZE, -3 * NOISE / SIZE, 3 * NOISE / SIZE)
    # So it does where it is a parabola beside a minimum, but not where it is one beside x alone.
    for rise, withdrawn in ((parabola, False), (lambda step: 10 * NOISE * (1 - math.cos(step / SIZE)), True)):
        assert is_withdrawn(function, rise, 20 * NOISE / SIZE, 0.0) == withdrawn
    # f does not move at all.
    assert not is_withdrawn(function, lambda step: 0.0, 20 * NOISE / SIZE, 0.0)
    assert is_withdrawn(function, lambda step: 0.0, 0.1 * NOISE / SIZE, 0.0)
    # Where it moves, it is by steps, which the slot takes for noise.
    engine, slot = refuted_slot(lambda step: 0.1 * math.floor(step / SIZE + 0.5), 1.0 / SIZE, 0.0)
    engine.noise, slot.noise = NOISE, 0.1
    function(engine, slot)
    assert slot.decision == WRONG
    # A claim may be no number.
    assert not is_withdrawn(function, bounded(20 * NOISE), math.nan, 0.0)
    # The sides are missing.
    assert not is_withdrawn(function, lambda step: math.nan if step < 0 else step, -1.0, 1.0)


def test_what_leads_nowhere():
    withdraws_what_leads_nowhere(withdraw_refutation)


@pytest.mark.parametrize(
    ("name", "value"), [("NEARBY", 4.0), ("NEARBY", 0.0), ("NEARBY_WHERE_STILL", 0.0), ("PROPORTIONAL_SPAN", 1e30)]
)
def test_what_leads_nowhere_twin(monkeypatch, name, value):
    monkeypatch.setattr(faint_slopes, name, value)
    refuted(withdraws_what_leads_nowhere, withdraw_refutation)


def nearly_constant(seed, amplitude):
    """An objective near 1 that varies by so much over steps as long as x, its gradient, and x."""
    random = np.random.default_rng(seed)
    n, scale = int(random.integers(3, 12)), 10.0 ** random.integers(-3, 0)
    matrix, x = random.normal(size=(int(random.integers(1, 20)), n)) / scale, random.normal(size=n) * scale
    return (
        lambda at: np.mean(1 + amplitude * np.sin(matrix @ at)),
        amplitude * np.cos(matrix @ x) @ matrix / len(matrix),
        x,
    )


@pytest.mark.parametrize("seed", range(12))
def test_nearly_constant_objectives(seed):
    for amplitude in (3e-15, 3e-14, 3e-13):
        objective, gradient, x = nearly_constant(seed, amplitude)
        assert gradproof.check(objective, gradient, x).verdict != "wrong"
    objective, gradient, x = nearly_constant(seed, 1e-8)
    assert gradproof.check(objective, gradient, x).verdict == "right"
    gradient[1] *= -2
    assert list(gradproof.check(objective, gradient, x).wrong) == [1]


def test_flat_coordinates_at_an_optimum():
    random = np.random.default_rng(1)
    matrix, data = random.normal(size=(30, 6)), random.normal(size=30)
    x = np.linalg.lstsq(matrix, data, rcond=None)[0]

    def squares(at):
        return np.sum((matrix @ at - data) ** 2)

    claimed = 2 * matrix.T @ (matrix @ x - data)
    report = gradproof.check(squares, claimed, x)
    assert report.verdict == "right"
    for index in range(6):
        wrong = claimed.copy()
        wrong[index] += 300 * report.resolution
        assert list(gradproof.check(squares, wrong, x).wrong) == [index]
