"""The memory of a check with one slot in it, for the tests of what works on a slot."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from gradproof.core.evidence import ladder
from gradproof.core.machine import sealing
from gradproof.core.records.codes import MODE_FULL
from gradproof.core.records.engine import ENGINE_MARK, Engine, engine_words

# A ladder as a check climbs it: from four sizes down by quarters.
STEPS = 4.0 * 0.25 ** np.arange(24)

Line = Callable[[float], float]


def block(n: int = 1) -> Any:
    """The memory of a check of n coordinates."""
    engine: Any = Engine.from_buffer(np.zeros(engine_words(n), np.int64))
    engine.mark, engine.mode, engine.n, engine.sweep.count = ENGINE_MARK, MODE_FULL, n, n
    engine.layout, engine.words, engine.vectors = sealing.LAYOUT, engine_words(n), 64
    return engine


def sealed(engine: Any) -> Any:
    """The same check, as a call leaves it: what has been written into it by hand is what the next call finds."""
    sealing.seal(engine)
    return engine


def header(rtol: float = 1e-5, **fields: float) -> Any:
    """A check that knows what scales are made of: noise, unit, typical; largest_claim, largest_change."""
    engine = block()
    engine.unit, engine.typical, engine.sweep.rtol = 2.0**-53, 1.0, rtol
    for name, value in fields.items():
        setattr(engine if hasattr(engine, name) else engine.sweep, name, value)
    return engine


def climbed(line: Line, steps: Iterable[float] = STEPS, noise: float = 0.0, claimed: float = math.nan) -> Any:
    """A check whose slot holds the pairs of a line, t -> f(x + t), as a ladder has them."""
    engine = block()
    slot = engine.slots[0]
    at_x = line(0.0)
    engine.value, engine.largest_value = at_x, abs(at_x)
    engine.noise = slot.noise = noise or 4 * float(np.spacing(abs(at_x)))
    slot.size, slot.claimed, slot.stop = 1.0, math.nan, 1
    for step in steps:
        ahead, behind = line(step), line(-step)
        largest = max((abs(value) for value in (ahead, behind) if math.isfinite(value)), default=0.0)
        ladder.insert_pair(slot, step, (ahead - at_x) / step, (behind - at_x) / -step, largest)
    return engine
