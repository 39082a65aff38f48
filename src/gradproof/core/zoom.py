"""Zoom on a kink near x: the change of slope stays when a kink is inside, and halves when f is smooth."""

from __future__ import annotations

import math

from .abi import Engine, Reals
from .floats import larger
from .ladder import NOISE_FACTOR
from .state import (
    SLOT_ANSWERS,
    SLOT_DISTANCE,
    SLOT_FAR,
    SLOT_FAR_VALUE,
    SLOT_FIRST_CHANGE,
    SLOT_ITERATION,
    SLOT_LOWEST,
    SLOT_MIDDLE_VALUE,
    SLOT_MIDWAY_CHANGE,
    SLOT_NEAR,
    SLOT_NEAR_VALUE,
    SLOT_NOISE,
    SLOT_SIDE,
    SLOT_STAGE,
    STAGE_ZOOM,
    VALUE,
    want,
)

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


def begin_zoom(engine: Engine, reals: Reals, slot: int, span: float) -> None:
    """Ask for the middle and the far end of one side."""
    side = engine[slot + SLOT_SIDE]
    engine[slot + SLOT_STAGE] = STAGE_ZOOM
    engine[slot + SLOT_ITERATION] = -1
    reals[slot + SLOT_NEAR] = 0.0
    reals[slot + SLOT_FAR] = span
    reals[slot + SLOT_NEAR_VALUE] = 0.0
    reals[slot + SLOT_FIRST_CHANGE] = 0.0
    want(engine, reals, slot, side * span / 2.0)
    want(engine, reals, slot, side * span)


def advance_zoom(engine: Engine, reals: Reals, slot: int) -> int:
    """Halve once more; return GOES_ON, FOUND or NOT_FOUND."""
    first = reals[slot + SLOT_ANSWERS] - reals[VALUE]
    second = reals[slot + SLOT_ANSWERS + 1] - reals[VALUE]
    if not math.isfinite(first + second):
        return NOT_FOUND
    if engine[slot + SLOT_ITERATION] < 0:
        reals[slot + SLOT_MIDDLE_VALUE] = first
        reals[slot + SLOT_FAR_VALUE] = second
    else:
        ending = narrow(engine, reals, slot, first, second)
        if ending != GOES_ON:
            return ending
    engine[slot + SLOT_ITERATION] += 1
    if engine[slot + SLOT_ITERATION] >= HALVINGS:
        return found(engine, reals, slot)
    near = reals[slot + SLOT_NEAR]
    width = reals[slot + SLOT_FAR] - near
    side = engine[slot + SLOT_SIDE]
    want(engine, reals, slot, side * (near + width / 4.0))
    want(engine, reals, slot, side * (near + 3.0 * width / 4.0))
    return GOES_ON


def found(engine: Engine, reals: Reals, slot: int) -> int:
    """Note the distance of the kink."""
    middle = (reals[slot + SLOT_NEAR] + reals[slot + SLOT_FAR]) / 2.0
    reals[slot + SLOT_DISTANCE] = engine[slot + SLOT_SIDE] * middle
    return FOUND


def narrow(engine: Engine, reals: Reals, slot: int, first: float, second: float) -> int:
    """Keep the half in which the slope changes most."""
    near = reals[slot + SLOT_NEAR]
    quarter = (reals[slot + SLOT_FAR] - near) / 4.0
    low = reals[slot + SLOT_NEAR_VALUE]
    middle = reals[slot + SLOT_MIDDLE_VALUE]
    high = reals[slot + SLOT_FAR_VALUE]
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
    iteration = engine[slot + SLOT_ITERATION]
    hidden = change <= 2.0 * NOISE_FACTOR * SQUARE_ROOT_OF_SIX * reals[slot + SLOT_NOISE] / quarter
    if hidden or quarter < reals[slot + SLOT_LOWEST]:
        return found(engine, reals, slot) if iteration >= ENOUGH_HALVINGS else NOT_FOUND
    if iteration >= COMPARED_FROM and change < KEPT * reals[slot + SLOT_FIRST_CHANGE]:
        return NOT_FOUND
    if iteration == MIDWAY:
        reals[slot + SLOT_MIDWAY_CHANGE] = change
    if iteration > MIDWAY and change > GREW * reals[slot + SLOT_MIDWAY_CHANGE]:
        return NOT_FOUND
    reals[slot + SLOT_FIRST_CHANGE] = larger(change, reals[slot + SLOT_FIRST_CHANGE])
    keep_half(reals, slot, place, near, quarter, first, second)
    return GOES_ON


def keep_half(reals: Reals, slot: int, place: int, near: float, quarter: float, first: float, second: float) -> None:
    """Move the ends and the middle to the half around the largest change."""
    middle = reals[slot + SLOT_MIDDLE_VALUE]
    if place == 0:
        reals[slot + SLOT_MIDDLE_VALUE] = first
        reals[slot + SLOT_FAR_VALUE] = middle
    elif place == 1:
        reals[slot + SLOT_NEAR_VALUE] = first
        reals[slot + SLOT_FAR_VALUE] = second
    else:
        reals[slot + SLOT_NEAR_VALUE] = middle
        reals[slot + SLOT_MIDDLE_VALUE] = second
    reals[slot + SLOT_NEAR] = near + place * quarter
    reals[slot + SLOT_FAR] = near + (place + 2) * quarter
