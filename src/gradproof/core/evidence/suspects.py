"""Which steps of a ladder may have crossed a kink: where slopes change in another way than those of a smooth function.

One-sided slopes of a smooth function change in proportion to the step (Taylor).  A kink at distance d leaves slopes
below d as they are, and adds J (1 - d / h) above it: the change comes at once, and then dies away.
"""

from __future__ import annotations

import math

from ..records.engine import Engine, Slot
from .ladder import slope_noise, slope_of_side

NO_SUSPECT = -1
# A change counts when it is so much larger than the noise bars of its two slopes.
CLEAR = 2.0
# A change within this part of the foreseen one is that of a smooth function; higher orders of h make it inexact.
FORESEEN = 0.5


def next_suspect(engine: Engine, slot: Slot, side: int, first: int) -> int:
    """Return the first place from `first` on whose slope of one side changes suspiciously to the next coarser one."""
    for place in range(first, slot.count - 1):
        change = change_above(slot, side, place)
        noise = slope_noise(engine, slot, place) + slope_noise(engine, slot, place + 1)
        if math.isfinite(change) and math.fabs(change) > CLEAR * noise:
            if not (place > 0 and is_foreseen(engine, slot, side, place, change, noise)):
                return place
    return NO_SUSPECT


def change_above(slot: Slot, side: int, place: int) -> float:
    """Return how the slope of a side changes from a place to the next coarser step."""
    return slope_of_side(slot.ladder[place + 1], side) - slope_of_side(slot.ladder[place], side)


def is_foreseen(engine: Engine, slot: Slot, side: int, place: int, change: float, noise: float) -> bool:
    """Return whether the change of slopes below foretells, in proportion to the steps, the change at a place."""
    before = change_above(slot, side, place - 1)
    noise_before = slope_noise(engine, slot, place) + slope_noise(engine, slot, place - 1)
    if not math.fabs(before) > noise_before:
        return False
    step = slot.ladder[place].step
    foreseen = before * (slot.ladder[place + 1].step - step) / (step - slot.ladder[place - 1].step)
    return math.fabs(change - foreseen) <= FORESEEN * math.fabs(foreseen) + noise
