"""What the first pair sees: the error that it states, and claims that a ladder accepts beside one that it accepts."""

import math

from block import block
from properties import refuted

from gradproof.core.evidence.ladder import insert_pair, noise_bar
from gradproof.core.proofs import first_pair

STEP = 2.0**-13
NOISE = 1e-12


def engine_of(suited=0.0, measured=0):
    engine = block()
    engine.value, engine.noise, engine.typical = 1.0, NOISE, 1.0
    engine.sweep.suited_step, engine.noise_measured = suited, measured
    return engine


def states(function):
    """Twice tolerance and noise, or what a proof needs; more where steps that suit f or a ladder come next."""
    assert function(engine_of(), 2.0, 2.0, 0.5) == 6.0
    assert function(engine_of(), 2.0, 1.0, 0.5) == 5.0
    assert function(engine_of(suited=STEP), 2.0, 1.0, 0.5) == 4.5 * 3.0
    assert function(engine_of(measured=1), 2.0, 1.0, 3.0) == 2.0 + 15.0
    assert function(engine_of(), 2.0, 1.0, 3.0) == 10.0


def test_stated_error():
    states(first_pair.seen_by_pair)
    refuted(states, lambda engine, allowed, needed, noise: 2.0 * (allowed + noise))


def are_told_apart(function):
    """The claim is off a pair whose sides agree, by more than it would state, and the ladder excludes neither."""

    def told(claimed=1.0, right=1.0, left=1.0, width=1e-3, step=STEP, tolerance=1e-5):
        engine = engine_of()
        slot = engine.slots[0]
        slot.x, slot.claimed, slot.tolerance, slot.need = 1.0, claimed, tolerance, tolerance
        slot.slope.low, slot.slope.high = claimed - width, claimed + width
        insert_pair(slot, STEP, right, left, 1.0)
        return bool(function(engine, slot, step))

    bar = 1e-5 + noise_bar(NOISE, STEP)
    assert not told()
    assert not told(claimed=1.0 + 0.99 * bar)
    assert told(claimed=1.0 + 3.0 * bar)
    # The ladder knows more, if it excludes what the pair shows by its bar; the sides differ, or one is missing; f does
    # not move; there is no such pair.
    assert told(claimed=1.0 + 3.0 * bar, width=2.1 * bar)
    assert not told(claimed=1.0 + 3.0 * bar, width=1.9 * bar)
    assert not told(claimed=1.0 + 3.0 * bar, right=1.0 - 1.5 * bar, left=1.0 + 1.5 * bar)
    assert not told(claimed=1.0 + 3.0 * bar, right=math.nan)
    assert not told(claimed=1e-4, right=0.0, left=0.0)
    assert not told(claimed=1.0 + 3.0 * bar, step=2.0 * STEP)


def notices_noise_of_finer_pairs(function):
    """The gap of a finer pair shows that noise is more than assumed; one of a kink shows no more than the pair does."""

    def told(finer, measured=0):
        engine = engine_of(measured=measured)
        slot = engine.slots[0]
        bar = 1e-5 + noise_bar(NOISE, STEP)
        slot.x, slot.claimed, slot.tolerance, slot.need = 1.0, 1.0 + 3.0 * bar, 1e-5, 1e-5
        slot.slope.low, slot.slope.high = slot.claimed - 1e-3, slot.claimed + 1e-3
        insert_pair(slot, STEP, 1.0, 1.0, 1.0)
        insert_pair(slot, STEP / 16.0, 1.0 + finer * bar, 1.0 - finer * bar, 1.0)
        insert_pair(slot, STEP / 64.0, 1.0, math.nan, 1.0)
        return bool(function(engine, slot, STEP))

    assert told(0.0)
    assert told(2.0)
    assert not told(40.0)
    assert not told(-40.0)
    assert told(40.0, measured=1)


def test_noise_that_is_only_assumed():
    notices_noise_of_finer_pairs(first_pair.is_told_apart)
    refuted(notices_noise_of_finer_pairs, lambda engine, slot, step: True)
    refuted(notices_noise_of_finer_pairs, lambda engine, slot, step: abs(slot.ladder[1].right - 1.0) < 1e-3)


def test_claims_that_are_told_apart():
    are_told_apart(first_pair.is_told_apart)
    refuted(are_told_apart, lambda engine, slot, step: True)
    refuted(are_told_apart, lambda engine, slot, step: abs(slot.claimed - slot.ladder[0].right) > 2e-5)
