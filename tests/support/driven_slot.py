"""A slot that holds one coordinate, driven through its stages by the values of a line that is known."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from block import block

from gradproof.core.coordinates import slots
from gradproof.core.evidence import scales, stages
from gradproof.core.records.engine import coordinate_of

# t -> f(x + t)
Line = Callable[[float], float]
MANY = 60


def check_of(line: Line, claimed: float, x: float = 1.0, noise: float = 0.0) -> Any:
    """A check of one coordinate that knows f(x) and its noise."""
    engine = block()
    engine.value, engine.typical, engine.unit, engine.sweep.rtol = line(0.0), 1.0, 2.0**-53, 1e-5
    engine.noise = noise or 4 * float(np.spacing(abs(line(0.0))))
    engine.beyond_float32 = int(line(0.0) != float(np.float32(line(0.0))))
    coordinate = coordinate_of(engine, 0)
    coordinate.x, coordinate.claimed = x, claimed
    scales.note_largest_claims(engine)
    return engine


def with_proof(line: Line, claimed: float, refuted: bool = False, noise: float = 0.0) -> Any:
    """A check whose slot has begun a short proof around the first pair."""
    engine = check_of(line, claimed, noise=noise)
    step = scales.pair_step(engine, coordinate_of(engine, 0))
    pair = engine.pairs[0]
    pair.right, pair.left, pair.step = line(step), line(-step), step
    slots.open_proof(engine, engine.slots[0], 0, refuted)
    return engine


def with_ladder(line: Line, claimed: float, noise: float = 0.0, reach: float = 0.0) -> Any:
    """A check whose slot has begun a full ladder."""
    engine = check_of(line, claimed, noise=noise)
    slots.open_ladder(engine, engine.slots[0], 0, reach)
    return engine


def answer(engine: Any, line: Line) -> int:
    """Give a slot the values that it wants, and move it on; return how many there were."""
    slot = engine.slots[0]
    wanted = int(slot.wanted_count)
    for place in range(wanted):
        slot.answers[place] = line(slot.wanted[place])
    slots.advance(engine, slot)
    return wanted


def settled(engine: Any, line: Line) -> tuple[Any, int]:
    """Answer until the slot is finished or parked; return it, and how many values it took."""
    slot, values = engine.slots[0], 0
    for _ in range(MANY):
        if slot.stage in (stages.FINISHED, stages.PARKED):
            return slot, values
        assert slot.wanted_count > 0
        values += answer(engine, line)
    raise AssertionError("the slot does not come to an end")


def steps_wanted(slot: Any) -> list[float]:
    """The steps of the pairs that a slot wants."""
    steps = list(slot.wanted[: slot.wanted_count])
    assert steps[1::2] == [-step for step in steps[0::2]]
    return steps[0::2]


def missing_right(line: Line) -> Line:
    """A line whose domain ends at x."""
    return lambda t: math.nan if t > 0 else line(t)
