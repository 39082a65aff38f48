"""What slots that wait for the noise reveal about it: how much f changes, and which coordinate can be moved."""

from __future__ import annotations

import math

from ..evidence import stages
from ..evidence.decision import gap, is_curved
from ..records.engine import SLOT_COUNT, Engine
from ..records.floats import larger, larger_finite

NO_SLOT = -1
# Curvature moves f by so small a part of its noise, and grows with the step all the same, by no chance.
HIDDEN_PART = 2.0**-6


def size_of_changes(engine: Engine) -> float:
    """Return the size of f, or of its changes over the size of a coordinate if these are larger, as far as is known."""
    size = larger(math.fabs(engine.value), engine.sweep.largest_change)
    for k in range(SLOT_COUNT):
        slot = engine.slots[k]
        if slot.stage == stages.PARKED:
            for place in range(slot.count):
                size = larger_finite(slot.size * slot.ladder[place].right, size)
                size = larger_finite(slot.size * slot.ladder[place].left, size)
    return size


def movable_slot(engine: Engine) -> int:
    """Return the first slot whose finest pair has a finite slope on one side at least, NO_SLOT where all are free.

    Where bounds leave no room for any pair, it is the last one: the finest spacings are far shorter.
    """
    number = NO_SLOT
    for k in range(SLOT_COUNT):
        slot = engine.slots[k]
        if slot.stage == stages.PARKED and slot.count > 0:
            number = k
            pair = slot.ladder[0]
            if math.isfinite(pair.right) or math.isfinite(pair.left):
                return number
    return number


def lone_coordinate(engine: Engine) -> int:
    """Return the coordinate that alone waits for the noise; NO_SLOT where there is none, or another one.

    With another claim, one that its first pair accepts, nobody would have asked for the noise.
    """
    index = NO_SLOT
    waiting = 0
    for k in range(SLOT_COUNT):
        if engine.slots[k].stage == stages.PARKED:
            index = engine.slots[k].start
            waiting += 1
    return index if waiting == 1 else NO_SLOT


def shows_curvature(engine: Engine) -> bool:
    """Return whether the finest pairs of a slot show a curvature that noise would have hidden: they have none of it."""
    number = movable_slot(engine)
    if number < 0:
        return False
    slot = engine.slots[number]
    pair = slot.ladder[0]
    return is_curved(slot, 0) and math.fabs(gap(pair)) * pair.step < HIDDEN_PART * engine.noise
