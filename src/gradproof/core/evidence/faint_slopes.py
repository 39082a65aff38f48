"""Slopes that noise hides near x: what f does over longer steps refutes a claim only where f moves in proportion."""

from __future__ import annotations

import math

from ..records.engine import Engine, Slot
from ..records.floats import larger, smaller
from .intervals import estimate
from .ladder import CLEARLY_MOVED, centered, noise_bar, slope_noise
from .scales import coordinate_size, line_size

# Steps of up to this part of x are beside it; where f has not moved at all, so are those of up to some sizes of x.
NEARBY = 0.125
NEARBY_WHERE_STILL = 4.0
# The part of a slope that may be noise where it must show an error.
SHOWS_ERROR = 0.5
# Over steps that differ by this factor, f moves in proportion: its slopes differ by at most this part.
PROPORTIONAL_SPAN = 16.0
EVEN = 0.25


def leads_nowhere(engine: Engine, slot: Slot) -> bool:
    """Return whether slopes hide in noise near x, and f does not move in proportion to steps that leave it.

    A term of f that is bounded, with a slope at x, may then hide in the noise, too: over longer steps it does not grow.
    """
    size = coordinate_size(engine, slot.x)
    # Where f moves elsewhere, one that stays does not depend on the coordinate, on the scale of the others.
    on_others = engine.noise_line.answered != 0 and engine.still == 0
    where_still = NEARBY_WHERE_STILL * (line_size(engine, slot.x) if on_others else size)
    return not shows_error(engine, slot, NEARBY * size, where_still) and not moves_in_proportion(engine, slot)


def shows_error(engine: Engine, slot: Slot, nearby: float, where_still: float) -> bool:
    """Return whether some slope up to a step nearby, or to a longer one where f does not move at all, shows the error.

    Noise hides the error less than half there, and the slope does not side with the claim.
    """
    error = math.fabs(slot.claimed - estimate(slot))
    still = True
    for place in range(slot.count):
        pair = slot.ladder[place]
        still = still and pair.right == 0.0 and pair.left == 0.0
        farthest = where_still if still else nearby
        # What a slot takes for noise may be the steps of f: where it has not moved, none of them was met.
        noise = noise_bar(engine.noise, pair.step) if still else slope_noise(engine, slot, place)
        if pair.step <= farthest and noise < SHOWS_ERROR * error:
            if not math.fabs(centered(slot, place) - slot.claimed) < SHOWS_ERROR * error:
                return True
    return not math.isfinite(error)


def moves_in_proportion(engine: Engine, slot: Slot) -> bool:
    """Return whether f moves clearly out of its noise over steps of very different lengths, as a line or a parabola.

    By the measured slope, or by a curvature: the gap between both sides then grows with the step.
    """
    slope = estimate(slot)
    curvature = math.inf
    shortest = shortest_curved = math.inf
    longest = longest_curved = 0.0
    for place in range(slot.count):
        pair = slot.ladder[place]
        noise = CLEARLY_MOVED * slope_noise(engine, slot, place)
        if is_even(centered(slot, place), slope) and math.fabs(slope) > noise:
            shortest = smaller(shortest, pair.step)
            longest = larger(longest, pair.step)
        if math.fabs(pair.right - pair.left) > noise:
            here = (pair.right - pair.left) / pair.step
            curvature = here if curvature == math.inf else curvature
            if is_even(here, curvature):
                shortest_curved = smaller(shortest_curved, pair.step)
                longest_curved = larger(longest_curved, pair.step)
    return longest >= PROPORTIONAL_SPAN * shortest or longest_curved >= PROPORTIONAL_SPAN * shortest_curved


def is_even(here: float, measured: float) -> bool:
    """Return whether what one step shows is what was measured, up to a small part."""
    return math.fabs(here - measured) <= EVEN * math.fabs(measured)
