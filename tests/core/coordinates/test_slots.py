"""Slots: opened, waited for, used again; a check does not depend on how many there are."""

import math

import numpy as np
import pytest
from block import block
from properties import refuted
from rounds import checked

from gradproof.core.coordinates import rounds, slots, sweep
from gradproof.core.evidence import stages
from gradproof.core.records import engine as records
from gradproof.core.records.engine import SLOT_COUNT, WANTED_CAPACITY


def finds_the_free_one(function):
    engine = block()
    slots.free_all_slots(engine)
    for number in range(SLOT_COUNT):
        assert function(engine) == number
        engine.slots[number].stage = stages.PROOF
        assert slots.slots_at(engine, stages.PROOF) == number + 1
    assert function(engine) == -1
    engine.slots[7].stage = stages.FREE
    assert function(engine) == 7
    assert slots.slots_at(engine, stages.FREE) == 1


def test_free_slots():
    finds_the_free_one(slots.free_slot)
    refuted(finds_the_free_one, lambda engine: 0)


def wanted(want):
    slot = block().slots[3]
    for step in range(WANTED_CAPACITY + 5):
        want(slot, step + 0.5)
    assert slot.wanted_count == WANTED_CAPACITY
    assert list(slot.wanted) == [step + 0.5 for step in range(WANTED_CAPACITY)]
    assert not any(slot.answers)


def test_wanted_steps_stay_in_their_place():
    wanted(records.want)

    def beyond(slot, step):
        words = np.frombuffer(slot)[type(slot).offsets["wanted"] // 8 :]
        words[slot.wanted_count] = step
        slot.wanted_count += 1

    refuted(wanted, beyond)


def is_over_the_real_step(function):
    engine = block()
    engine.value = 1.0
    assert function(engine, 4.0, 0.5, 3.0) == 4.0
    assert function(engine, 4.0, -0.5, 3.0) == -4.0
    assert function(engine, 1.0, 1e-9, 2.0) == 1 / ((1 + 1e-9) - 1)
    assert math.isnan(function(engine, 1.0, 1e-20, 2.0))
    assert math.isnan(function(engine, 4.0, 0.5, math.inf))
    engine.float32 = 1
    assert function(engine, 1.0, 1e-7, 2.0) == 2.0**23


def test_one_sided_slopes():
    is_over_the_real_step(slots.one_sided_slope)
    refuted(is_over_the_real_step, lambda engine, x, step, value: (value - engine.value) / step)


def kinks_and_errors(x):
    return float(np.sum(np.abs(x[:3])) + np.sum(x[3:] ** 2) + max(x[4], x[5]))


@pytest.mark.parametrize("count", [1, 2, 5])
def test_fewer_slots_find_the_same(plain, monkeypatch, count):
    """What has no slot waits for one, in the order of the coordinates."""
    x = np.array([0.0, 0.0, 0.0, 1.0, 0.5, 0.5])
    claimed = np.array([0.5, 2.0, -0.5, 2.5, 1.5, 1.5])
    with_all = checked(plain, kinks_and_errors, x, claimed)
    for module in (slots, sweep, rounds):
        monkeypatch.setattr(module, "SLOT_COUNT", count)
    with_few = checked(plain, kinks_and_errors, x, claimed)
    assert with_few.causes == with_all.causes
    assert set(with_all.causes) == {"kink_at_point", "wrong"}
    assert len(with_few.findings) == len(with_all.findings)
    right = np.array([0.5, 0.7, -0.5, 2.0, 1.5, 1.5])
    assert "wrong" not in checked(plain, kinks_and_errors, x, right).causes
