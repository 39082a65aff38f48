"""Zoom on a kink near x: the change of slope stays when a kink is inside, and halves when f is smooth."""

from __future__ import annotations

import math

from ..records import stages
from ..records.engine import Engine, Slot, want
from ..records.floats import larger
from .ladder import NOISE_FACTOR

HALVINGS = 20
# A change of slope that noise hides, or steps that x does not see, end the zoom: a kink, if four halvings had kept it.
ENOUGH_HALVINGS = 4
SQUARE_ROOT_OF_SIX = 2.449489742783178
# From the third halving on a kink must have kept this part of the largest change.
COMPARED_FROM = 2
KEPT = 0.3
# Three overlapping second differences see between half and all of a kink, whatever the width; what grows while the
# width shrinks is a ripple, or noise.
MIDWAY = 5
GREW = 2.5

GOES_ON = 0
FOUND = 1
NOT_FOUND = 2


def begin_zoom(slot: Slot, span: float) -> None:
    """Ask for the middle and the far end of one side."""
    side = slot.search.side
    slot.stage = stages.ZOOM
    slot.search.iteration = -1
    slot.search.near = 0.0
    slot.search.far = span
    slot.search.near_value = 0.0
    slot.search.first_change = 0.0
    want(slot, side * span / 2.0)
    want(slot, side * span)


def advance_zoom(engine: Engine, slot: Slot) -> int:
    """Halve once more; return GOES_ON, FOUND or NOT_FOUND."""
    first = slot.answers[0] - engine.value
    second = slot.answers[1] - engine.value
    if not math.isfinite(first + second):
        return NOT_FOUND
    if slot.search.iteration < 0:
        slot.search.middle_value = first
        slot.search.far_value = second
    else:
        ending = narrow(slot, first, second)
        if ending != GOES_ON:
            return ending
    slot.search.iteration += 1
    if slot.search.iteration >= HALVINGS:
        return found(slot)
    near = slot.search.near
    width = slot.search.far - near
    side = slot.search.side
    want(slot, side * (near + width / 4.0))
    want(slot, side * (near + 3.0 * width / 4.0))
    return GOES_ON


def found(slot: Slot) -> int:
    """Note the distance of the kink."""
    middle = (slot.search.near + slot.search.far) / 2.0
    slot.distance = slot.search.side * middle
    return FOUND


def narrow(slot: Slot, first: float, second: float) -> int:
    """Keep the half in which the slope changes most."""
    near = slot.search.near
    quarter = (slot.search.far - near) / 4.0
    low = slot.search.near_value
    middle = slot.search.middle_value
    high = slot.search.far_value
    changes = (
        math.fabs(low - 2.0 * first + middle) / quarter,
        math.fabs(first - 2.0 * middle + second) / quarter,
        math.fabs(middle - 2.0 * second + high) / quarter,
    )
    place = 0
    change = changes[0]
    for k in range(1, 3):
        if changes[k] > change:
            place = k
            change = changes[k]
    iteration = slot.search.iteration
    hidden = change <= 2.0 * NOISE_FACTOR * SQUARE_ROOT_OF_SIX * slot.noise / quarter
    if hidden or quarter < slot.lowest:
        return found(slot) if iteration >= ENOUGH_HALVINGS else NOT_FOUND
    if iteration >= COMPARED_FROM and change < KEPT * slot.search.first_change:
        return NOT_FOUND
    if iteration == MIDWAY:
        slot.search.midway_change = change
    if iteration > MIDWAY and change > GREW * slot.search.midway_change:
        return NOT_FOUND
    slot.search.first_change = larger(change, slot.search.first_change)
    keep_half(slot, place, near, quarter, first, second)
    return GOES_ON


def keep_half(slot: Slot, place: int, near: float, quarter: float, first: float, second: float) -> None:
    """Move the ends and the middle to the half around the largest change."""
    middle = slot.search.middle_value
    if place == 0:
        slot.search.middle_value = first
        slot.search.far_value = middle
    elif place == 1:
        slot.search.near_value = first
        slot.search.far_value = second
    else:
        slot.search.near_value = middle
        slot.search.middle_value = second
    slot.search.near = near + place * quarter
    slot.search.far = near + (place + 2) * quarter
