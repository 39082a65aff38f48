"""Which steps of a ladder may have crossed a kink: where slopes change in another way than those of a smooth function.

One-sided slopes of a smooth function change in proportion to the step (Taylor).  A kink at distance d leaves slopes
below d as they are, and adds J (1 - d / h) above it: the change comes at once, and then dies away.
"""

from __future__ import annotations

import math

from .abi import Engine, Reals
from .ladder import slope_noise
from .state import SLOT_COUNT_PAIRS, SLOT_LADDER_LEFT, SLOT_LADDER_RIGHT, SLOT_LADDER_STEP

NO_SUSPECT = -1
# A change counts when it is so much larger than the noise bars of its two slopes.
CLEAR = 2.0
# A change within this part of the foreseen one is that of a smooth function; higher orders of h make it inexact.
FORESEEN = 0.5


def next_suspect(engine: Engine, reals: Reals, slot: int, side: int, first: int) -> int:
    """Return the first place from `first` on whose slope of one side changes suspiciously to the next coarser one."""
    row = slot + (SLOT_LADDER_RIGHT if side == 1 else SLOT_LADDER_LEFT)
    for place in range(first, engine[slot + SLOT_COUNT_PAIRS] - 1):
        change = reals[row + place + 1] - reals[row + place]
        noise = slope_noise(reals, slot, place) + slope_noise(reals, slot, place + 1)
        if math.isfinite(change) and math.fabs(change) > CLEAR * noise:
            if not (place > 0 and is_foreseen(reals, slot, row, place, change, noise)):
                return place
    return NO_SUSPECT


def is_foreseen(reals: Reals, slot: int, row: int, place: int, change: float, noise: float) -> bool:
    """Return whether the change of slopes below foretells, in proportion to the steps, the change at a place."""
    before = reals[row + place] - reals[row + place - 1]
    noise_before = slope_noise(reals, slot, place) + slope_noise(reals, slot, place - 1)
    if not math.fabs(before) > noise_before:
        return False
    steps = slot + SLOT_LADDER_STEP + place
    foreseen = before * (reals[steps + 1] - reals[steps]) / (reals[steps] - reals[steps - 1])
    return math.fabs(change - foreseen) <= FORESEEN * math.fabs(foreseen) + noise
