"""Dense kinks under coarse noise: what the finest steps that see an error say of the claim.

Where kinks lie on both sides of x at every distance, slopes drift from step to step as a random walk does, and a
stretch of steps at which they happen to agree is no proof: noise hides what lies nearer to x.  So in float32 a claim is
refuted only if the finest steps refute it, too: left and right slope at the finest step whose noise is small against
the error leave it outside, and slopes at finer steps are not nearer to it than to what was measured.
"""

from __future__ import annotations

import math

from ..records.engine import Engine, Slot
from ..records.floats import larger, smaller
from .decision import DECIDED_WRONG, STILL_OPEN
from .intervals import estimate
from .ladder import centered, slope_noise
from .scales import UNIT_FLOAT32

# Noise so small against the error that a slope must show it; so large that slopes only lean to one side.
SHOWS = 0.5
LEANS = 1.2


def spare_claim(engine: Engine, slot: Slot) -> None:
    """Take back that a claim is wrong where f is coarse and the finest steps do not say so."""
    if slot.decision != DECIDED_WRONG or engine.unit != UNIT_FLOAT32:
        return
    error = math.fabs(slot.claimed - estimate(slot))
    if not math.isfinite(error):
        return
    for place in range(slot.count):
        noise = slope_noise(engine, slot, place)
        slope = centered(slot, place)
        if math.isfinite(slope) and noise < LEANS * error:
            if noise < SHOWS * error:
                if is_between(slot, place, noise):
                    slot.decision = STILL_OPEN
                return
            claimed = slot.claimed
            if math.fabs(slope - claimed) < math.fabs(slope - estimate(slot)):
                slot.decision = STILL_OPEN
                return


def is_between(slot: Slot, place: int, noise: float) -> bool:
    """Return whether the claim lies between left and right slope, give or take their noise."""
    right = slot.ladder[place].right
    left = slot.ladder[place].left
    return smaller(left, right) - noise <= slot.claimed <= larger(left, right) + noise
