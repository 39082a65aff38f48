"""What may be noise before any has been measured: rounding of f to float32, and of terms that cancel."""

from __future__ import annotations

import math

from ..evidence.scales import FLOAT32_SPACING
from ..records.abi import never_inlined
from ..records.engine import Engine
from ..records.floats import larger, power_of_two_above, spacing
from .line_values import needs_float32, seems_rounded
from .noise_line import ROUNDING_NOISE

# The noise of rounding to float32, in units of that which is assumed: four units in the last place.
FLOAT32_TO_ASSUMED = ROUNDING_NOISE * FLOAT32_SPACING / 4.0
# Rounding moves the difference of two values by one unit in the last place, and by two where both are near an edge.
ROUNDED = 2.0


def noise_until_measured(engine: Engine, noise: float) -> float:
    """Return a noise bar; where noise is only assumed, and f seems to be rounded to float32, that of float32."""
    return noise * FLOAT32_TO_ASSUMED if engine.noise_measured == 0 and seems_rounded(engine) else noise


@never_inlined
def may_be_rounded(engine: Engine, moved: float) -> bool:
    """Return whether rounding of the terms of f may make what moves it if a claim is wrong.

    Terms that cancel may be as large as x, or larger where f(x) is a whole number of steps, and where f seems to be
    rounded to float32, slopes of several steps may be the same by chance.  Once the noise is known, it says more.
    """
    if engine.noise_measured != 0:
        return False
    size = math.fabs(engine.value)
    units = FLOAT32_SPACING if seems_rounded(engine) else 1.0
    if moved <= ROUNDED * units * spacing(larger(size, engine.typical)):
        return True
    steps = size / power_of_two_above(moved / ROUNDED) if needs_float32(size) else 0.0
    return steps >= 1.0 and steps == math.floor(steps)
