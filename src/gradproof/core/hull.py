"""Dense kinks under coarse noise: what the finest steps that see an error say of the claim.

Where kinks lie on both sides of x at every distance, slopes drift from step to step as a random walk does, and a
stretch of steps at which they happen to agree is no proof: noise hides what lies nearer to x.  So in float32 a claim is
refuted only if the finest steps refute it, too: left and right slope at the finest step whose noise is small against
the error leave it outside, and slopes at finer steps are not nearer to it than to what was measured.
"""

from __future__ import annotations

import math

from .abi import Engine, Reals
from .evidence import estimate
from .floats import larger, smaller
from .judge import DECIDED_WRONG
from .ladder import centered, slope_noise
from .scales import UNIT_FLOAT32
from .state import (
    SLOT_CLAIMED,
    SLOT_COUNT_PAIRS,
    SLOT_DECISION,
    SLOT_LADDER_LEFT,
    SLOT_LADDER_RIGHT,
    UNIT,
)

OPEN = 0
# Noise so small against the error that a slope must show it; so large that slopes only lean to one side.
SHOWS = 0.5
LEANS = 1.2


def spare_claim(engine: Engine, reals: Reals, slot: int) -> None:
    """Take back that a claim is wrong where f is coarse and the finest steps do not say so."""
    if engine[slot + SLOT_DECISION] != DECIDED_WRONG or reals[UNIT] != UNIT_FLOAT32:
        return
    error = math.fabs(reals[slot + SLOT_CLAIMED] - estimate(reals, slot))
    if not math.isfinite(error):
        return
    for place in range(engine[slot + SLOT_COUNT_PAIRS]):
        noise = slope_noise(reals, slot, place)
        slope = centered(reals, slot, place)
        if math.isfinite(slope) and noise < LEANS * error:
            if noise < SHOWS * error:
                if is_between(reals, slot, place, noise):
                    engine[slot + SLOT_DECISION] = OPEN
                return
            claimed = reals[slot + SLOT_CLAIMED]
            if math.fabs(slope - claimed) < math.fabs(slope - estimate(reals, slot)):
                engine[slot + SLOT_DECISION] = OPEN
                return


def is_between(reals: Reals, slot: int, place: int, noise: float) -> bool:
    """Return whether the claim lies between left and right slope, give or take their noise."""
    right = reals[slot + SLOT_LADDER_RIGHT + place]
    left = reals[slot + SLOT_LADDER_LEFT + place]
    return smaller(left, right) - noise <= reals[slot + SLOT_CLAIMED] <= larger(left, right) + noise
