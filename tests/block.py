"""The memory of a check with one slot in it, for the tests of what works on a slot."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from gradproof.core.evidence import ladder
from gradproof.core.records.engine import (
    LARGEST_CHANGE,
    LARGEST_CLAIM,
    NOISE,
    RTOL,
    SLOT_CLAIMED,
    SLOT_NOISE,
    SLOT_SIZE,
    SLOT_STOP,
    TYPICAL,
    UNIT,
    VALUE,
    N,
    block_words,
    slot_place,
)

SLOT = slot_place(0)
# A ladder as a check climbs it: from four sizes down by quarters.
STEPS = 4.0 * 0.25 ** np.arange(24)

Line = Callable[[float], float]


def block(n: int = 1) -> tuple[Any, Any]:
    """The words of a check, and the same memory as reals."""
    words = np.zeros(block_words(n), np.int64)
    words[N] = n
    return words, words.view(np.float64)


def header(rtol: float = 1e-5, **fields: float) -> tuple[Any, Any]:
    """A block whose header holds what scales are made of."""
    words, reals = block()
    places = {"noise": NOISE, "unit": UNIT, "typical": TYPICAL, "claim": LARGEST_CLAIM, "change": LARGEST_CHANGE}
    reals[[UNIT, TYPICAL, RTOL]] = 2.0**-53, 1.0, rtol
    for name, value in fields.items():
        reals[places[name]] = value
    return words, reals


def climbed(
    line: Line, steps: Iterable[float] = STEPS, noise: float = 0.0, claimed: float = math.nan
) -> tuple[Any, Any]:
    """A block whose slot holds the pairs of a line, t -> f(x + t), as a ladder has them."""
    words, reals = block()
    at_x = line(0.0)
    reals[VALUE] = at_x
    reals[[NOISE, SLOT + SLOT_NOISE]] = noise or 4 * float(np.spacing(abs(at_x)))
    reals[SLOT + SLOT_SIZE] = 1.0
    reals[SLOT + SLOT_CLAIMED] = math.nan
    words[SLOT + SLOT_STOP] = 1
    for step in steps:
        ahead, behind = line(step), line(-step)
        largest = max((abs(value) for value in (ahead, behind) if math.isfinite(value)), default=0.0)
        ladder.insert_pair(words, reals, SLOT, step, (ahead - at_x) / step, (behind - at_x) / -step, largest)
    return words, reals
