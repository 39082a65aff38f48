"""Two pairs: the slope less its truncation, what of the gap may be a kink, and what contradicts a claim."""

import math

import pytest
from block import block
from properties import refuted

from gradproof.core.evidence.ladder import insert_pair
from gradproof.core.proofs import two_pairs


def with_pairs(line, steps, claimed=1.0, noise=1e-16):
    engine = block()
    engine.value, engine.noise, engine.typical = line(0.0), noise, 1.0
    engine.sweep.largest_claim = 1.0
    slot = engine.slots[0]
    slot.noise, slot.claimed, slot.size, slot.x = noise, claimed, 1.0, 1.0
    for step in steps:
        right, left = (line(step) - line(0.0)) / step, (line(0.0) - line(-step)) / step
        insert_pair(slot, step, right, left, max(abs(line(step)), abs(line(-step))))
    return engine, slot


def knows(line, slope, least_bar, most_bar):
    engine, slot = with_pairs(line, (2.0**-8, 2.0**-6))
    assert two_pairs.has_two(slot, 2.0**-8)
    assert not two_pairs.has_two(slot, 2.0**-6)
    assert two_pairs.extrapolated(slot, 2.0**-8) == pytest.approx(slope, abs=1e-8)
    assert least_bar <= two_pairs.bar_of_two(engine, slot, 2.0**-8) <= most_bar


def test_slope_and_bar():
    """Of curvature nothing is left but higher orders; of a kink at x, half of its change of slope."""
    knows(math.exp, 1.0, 0.0, 1e-5)
    knows(lambda t: math.exp(t) + 0.1 * abs(t), 1.0, 0.099, 0.11)
    refuted(knows, lambda t: math.exp(t) + 0.1 * abs(t), 1.0, 0.0, 1e-5)


def test_a_gap_that_grows_with_the_cube_of_the_step():
    """Of t**4 nothing is left, be a claim 0 or not; of a kink beside it, half of its change of slope."""
    knows(lambda t: t + t**4, 1.0, 0.0, 1e-9)
    knows(lambda t: t + t**4 + 1e-8 * abs(t), 1.0, 1e-8, 1.01e-8)
    refuted(knows, lambda t: t + t**4 + 1e-8 * abs(t), 1.0, 0.0, 1e-9)
    knows(lambda t: t + t**4 + 1e-3 * abs(t), 1.0, 0.99e-3, 1.01e-3)


def contradicts(claimed, expected):
    engine, slot = with_pairs(math.exp, (2.0**-10, 2.0**-8, 2.0**-6), claimed)
    engine.sweep.suited_step = 2.0**-8
    assert bool(two_pairs.is_contradicted(engine, slot, 2.0**-8)) == expected


def test_contradictions():
    """A claim far from what two pairs find, and those at the next finer step; none where no step is known to suit f."""
    contradicts(1.0, False)
    contradicts(1.001, True)
    refuted(contradicts, 1.001, False)
    engine, slot = with_pairs(math.exp, (2.0**-10, 2.0**-8, 2.0**-6), 1.001)
    assert not two_pairs.is_contradicted(engine, slot, 2.0**-8)
    # Without the finer pair nothing is contradicted.
    assert not two_pairs.contradict(*with_pairs(math.exp, (2.0**-8, 2.0**-6), 1.001), 2.0**-8)


def suits(line, noise, coarser, finer):
    """The step at which a ladder finds two pairs to know most lies between two others."""
    engine, slot = with_pairs(line, [2.0**-k for k in range(0, 40, 2)], noise=noise)
    slot.slope.low = slot.slope.high = 1.0
    two_pairs.note_suited_step(engine, slot)
    assert finer <= engine.sweep.suited_step <= coarser
    assert engine.sweep.reached > 0.0


def test_the_step_that_suits():
    """Noise asks for coarser steps, and so does an f that varies slowly."""
    suits(math.exp, 1e-16, 2.0**-6, 2.0**-16)
    suits(math.exp, 1e-8, 0.5, 2.0**-6)
    refuted(suits, math.exp, 1e-8, 2.0**-8, 2.0**-16)
