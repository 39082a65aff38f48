"""What the slots that wait for the noise tell of it: the size of what f changes by, and what can be moved."""

import math

from block import block
from properties import refuted

from gradproof.core.evidence import ladder, stages
from gradproof.core.noise import parked_slots


def with_slots(*rows, value=1.0, largest_change=0.0):
    """A check with slots: stage, size, and the right and left slopes of the finest pair."""
    engine = block()
    engine.value, engine.sweep.largest_change = value, largest_change
    for place, (stage, size, right, left) in enumerate(rows):
        slot = engine.slots[place]
        slot.stage, slot.size = stage, size
        ladder.insert_pair(slot, 2.0**-20, right, left, 1.0)
    return engine


def is_the_size(function):
    """Of f, of the largest claimed change, or of a slope that was measured over the size of its coordinate."""
    parked = (stages.PARKED, 4.0, 3.0, -5.0)
    assert function(with_slots(value=-7.0)) == 7.0
    assert function(with_slots(value=-7.0, largest_change=9.0)) == 9.0
    assert function(with_slots(parked)) == 20.0
    assert function(with_slots((stages.PARKED, 4.0, 3.0, math.nan))) == 12.0
    assert function(with_slots((stages.PARKED, 4.0, math.inf, math.nan))) == 1.0
    # A slot that is finished has been wrong or right already.
    assert function(with_slots((stages.FINISHED, 4.0, 3.0, 5.0))) == 1.0


def test_size_of_changes():
    is_the_size(parked_slots.size_of_changes)
    refuted(is_the_size, lambda engine: abs(engine.value))
    refuted(is_the_size, lambda engine: max(abs(engine.value), engine.sweep.largest_change))


def can_be_moved(function):
    """The first that waits and has a value on one side at least; where none has, the last that waits."""
    nowhere = (stages.PARKED, 1.0, math.nan, math.nan)
    assert function(with_slots(nowhere, (stages.PARKED, 1.0, math.nan, 2.0))) == 1
    assert function(with_slots((stages.FINISHED, 1.0, 1.0, 1.0), (stages.PARKED, 1.0, 1.0, math.nan))) == 1
    assert function(with_slots((stages.PARKED, 1.0, 1.0, 1.0), (stages.PARKED, 1.0, 1.0, 1.0))) == 0
    assert function(with_slots(nowhere, nowhere, (stages.FINISHED, 1.0, 1.0, 1.0))) == 1
    empty = block()
    empty.slots[0].stage = stages.PARKED
    assert function(empty) == parked_slots.NO_SLOT


def test_movable_slot():
    can_be_moved(parked_slots.movable_slot)
    refuted(can_be_moved, lambda engine: 1)
    refuted(can_be_moved, lambda engine: parked_slots.NO_SLOT)


def waits_alone(function):
    """Its coordinate, where no other slot waits."""

    def alone(*at):
        engine = with_slots(*((stage, 1.0, 1.0, 1.0) for stage in at))
        for place in range(len(at)):
            engine.slots[place].start = 7 + place
        return function(engine)

    assert alone(stages.FINISHED, stages.PARKED, stages.PROOF) == 8
    assert alone(stages.PARKED) == 7
    assert alone(stages.PARKED, stages.PARKED) == alone(stages.FINISHED, stages.PROOF) == parked_slots.NO_SLOT


def test_lone_coordinate():
    waits_alone(parked_slots.lone_coordinate)
    refuted(waits_alone, lambda engine: parked_slots.NO_SLOT)
    refuted(waits_alone, lambda engine: engine.slots[max(parked_slots.movable_slot(engine), 0)].start)


def is_hidden_curvature(function):
    """Gaps of a slot that waits, which grow with the step, and would not be seen in that much noise."""

    def shown(gaps, noise, stage=stages.PARKED):
        engine = block()
        engine.noise = noise
        slot = engine.slots[3]
        slot.stage = stage
        for place, gap in enumerate(gaps):
            ladder.insert_pair(slot, 2.0 ** (2 * place - 20), 1.0 + gap, 1.0, 1.0)
        return bool(function(engine))

    assert shown((1e-6, 4e-6, 1.6e-5), 1e-9)
    # The noise may be no more than what the finest pair shows of it; and curvature has one sign, and grows by four.
    assert not shown((1e-6, 4e-6, 1.6e-5), 1e-11)
    assert not shown((1e-6, -4e-6, 1.6e-5), 1e-9)
    assert not shown((1e-6, 1e-6, 1e-6), 1e-9)
    assert not shown((0.0, 0.0, 0.0), 1e-9)
    assert not shown((1e-6, 4e-6), 1e-9)
    assert not shown((1e-6, 4e-6, 1.6e-5), 1e-9, stages.FINISHED)


def test_curvature_that_noise_would_hide():
    is_hidden_curvature(parked_slots.shows_curvature)
    refuted(is_hidden_curvature, lambda engine: True)
    refuted(is_hidden_curvature, lambda engine: engine.slots[3].count > 2)
