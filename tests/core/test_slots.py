"""Slots: opened, waited for, used again; a check does not depend on how many there are."""

import math

import numpy as np
import pytest
from block import block
from properties import refuted
from rounds import checked

from gradproof.core.coordinates import phases, rounds, slots
from gradproof.core.coordinates import shared_kinks as joint
from gradproof.core.records import engine as state
from gradproof.core.records.engine import SLOT_COUNT, SLOT_STAGE, STAGE_FREE, STAGE_PROOF, slot_place


def finds_the_free_one(function):
    words, _ = block()
    slots.free_slots(words)
    for number in range(SLOT_COUNT):
        assert function(words) == slot_place(number)
        words[slot_place(number) + SLOT_STAGE] = STAGE_PROOF
        assert slots.is_open(words, slot_place(number))
    assert function(words) == -1
    words[slot_place(7) + SLOT_STAGE] = STAGE_FREE
    assert function(words) == slot_place(7)
    assert not slots.is_open(words, slot_place(7))


def test_free_slots():
    finds_the_free_one(slots.a_free_slot)
    refuted(finds_the_free_one, lambda words: slot_place(0))


def wanted(want):
    words, reals = block()
    slot = slot_place(3)
    for step in range(state.WANTED_CAPACITY + 5):
        want(words, reals, slot, step + 0.5)
    assert words[slot + state.SLOT_WANTED_COUNT] == state.WANTED_CAPACITY
    steps = reals[slot + state.SLOT_WANTED :][: state.WANTED_CAPACITY]
    assert steps.tolist() == [step + 0.5 for step in range(state.WANTED_CAPACITY)]
    assert not reals[slot + state.SLOT_ANSWERS :][: state.WANTED_CAPACITY].any()


def test_wanted_steps_stay_in_their_place():
    wanted(state.want)

    def beyond(words, reals, slot, step):
        reals[slot + state.SLOT_WANTED + words[slot + state.SLOT_WANTED_COUNT]] = step
        words[slot + state.SLOT_WANTED_COUNT] += 1

    refuted(wanted, beyond)


def is_over_the_real_step(function):
    words, reals = block()
    assert function(words, reals, 1.0, 4.0, 0.5, 3.0) == 4.0
    assert function(words, reals, 1.0, 4.0, -0.5, 3.0) == -4.0
    assert function(words, reals, 1.0, 1.0, 1e-9, 2.0) == 1 / ((1 + 1e-9) - 1)
    assert math.isnan(function(words, reals, 1.0, 1.0, 1e-20, 2.0))
    assert math.isnan(function(words, reals, 1.0, 4.0, 0.5, math.inf))
    words[state.FLOAT32] = 1
    assert function(words, reals, 1.0, 1.0, 1e-7, 2.0) == 2.0**23


def test_one_sided_slopes():
    is_over_the_real_step(slots.one_sided_slope)
    refuted(is_over_the_real_step, lambda words, reals, at_x, x, step, value: (value - at_x) / step)


def kinks_and_errors(x):
    return float(np.sum(np.abs(x[:3])) + np.sum(x[3:] ** 2) + max(x[4], x[5]))


@pytest.mark.parametrize("count", [1, 2, 5])
def test_fewer_slots_find_the_same(plain, monkeypatch, count):
    """What has no slot waits for one, in the order of the coordinates."""
    x = np.array([0.0, 0.0, 0.0, 1.0, 0.5, 0.5])
    claimed = np.array([0.5, 2.0, -0.5, 2.5, 1.5, 1.5])
    with_all = checked(plain, kinks_and_errors, x, claimed)
    for module in (slots, phases, rounds, joint):
        monkeypatch.setattr(module, "SLOT_COUNT", count)
    with_few = checked(plain, kinks_and_errors, x, claimed)
    assert with_few.causes == with_all.causes
    assert set(with_all.causes) == {"kink_at_point", "wrong"}
    assert len(with_few.findings) == len(with_all.findings)
    right = np.array([0.5, 0.7, -0.5, 2.0, 1.5, 1.5])
    assert "wrong" not in checked(plain, kinks_and_errors, x, right).causes
