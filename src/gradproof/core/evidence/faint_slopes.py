"""Slopes that noise hides near x: what f does over longer steps refutes a claim only where f moves in proportion."""

from __future__ import annotations

import math

from ..records.engine import Engine, Slot
from ..records.floats import larger, smaller
from .intervals import estimate
from .ladder import CLEARLY_MOVED, centered, slope_noise
from .scales import line_size

# Steps of up to this part of x are beside it; where f does not move at all, those of up to some sizes of x are, too.
NEARBY = 0.125
NEARBY_WHERE_STILL = 4.0
# A slope must show an error: so much of it may be noise.
SHOWS_ERROR = 0.5
# Over steps that differ so many times, f moves in proportion: its slopes differ by at most this part.
PROPORTIONAL_SPAN = 16.0
EVEN = 0.25


def leads_nowhere(engine: Engine, slot: Slot) -> bool:
    """Return whether slopes hide in noise near x, and f does not move in proportion to steps that leave it.

    A term of f that is bounded, with a slope at x, may then hide in the noise, too: over longer steps it does not grow.
    """
    nearby = NEARBY_WHERE_STILL if is_still(slot) else NEARBY
    return not shows_error(engine, slot, nearby * line_size(engine, slot.x)) and not moves_in_proportion(engine, slot)


def is_still(slot: Slot) -> bool:
    """Return whether f is the same at all steps of the ladder, bit for bit."""
    for place in range(slot.count):
        if slot.ladder[place].right != 0.0 or slot.ladder[place].left != 0.0:
            return False
    return True


def shows_error(engine: Engine, slot: Slot, farthest: float) -> bool:
    """Return whether some slope up to the farthest step shows the error of the claim.

    Noise hides the error less than half there, and the slope does not side with the claim.
    """
    error = math.fabs(slot.claimed - estimate(slot))
    for place in range(slot.count):
        if slot.ladder[place].step <= farthest and slope_noise(engine, slot, place) < SHOWS_ERROR * error:
            if not math.fabs(centered(slot, place) - slot.claimed) < SHOWS_ERROR * error:
                return True
    return False


def moves_in_proportion(engine: Engine, slot: Slot) -> bool:
    """Return whether f moves clearly out of its noise by the measured slope, over steps of very different lengths."""
    slope = math.fabs(estimate(slot))
    shortest, longest = math.inf, 0.0
    for place in range(slot.count):
        is_even = math.fabs(centered(slot, place) - estimate(slot)) <= EVEN * slope
        if is_even and slope > CLEARLY_MOVED * slope_noise(engine, slot, place):
            shortest = smaller(shortest, slot.ladder[place].step)
            longest = larger(longest, slot.ladder[place].step)
    return longest >= PROPORTIONAL_SPAN * shortest
