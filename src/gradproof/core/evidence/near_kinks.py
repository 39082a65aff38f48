"""Kinks near x: which steps of a ladder may have crossed one, and the zoom that finds it.

One-sided slopes of a smooth function change in proportion to the step (Taylor).  A kink at distance d leaves slopes
below d as they are, and adds J (1 - d / h) above it: the change comes at once, and then dies away.  While a side is
halved around its sharpest bend, the change of slope stays when a kink is inside, and halves when f is smooth.
"""

from __future__ import annotations

import math

from ..records.engine import Engine, Search, Slot, want
from ..records.floats import larger
from . import stages
from .ladder import DEVIATIONS, slope_noise, slope_of_side

NO_SUSPECT = -1
# A change counts when it exceeds this many noise bars of its two slopes.
CLEAR_CHANGE = 2.0
# A change within this part of the expected one is that of a smooth function; higher orders of h make it inexact.
INEXACT = 0.5
ZOOM_HALVINGS = 20
# A change of slope that noise hides, or steps that x does not see, end the zoom: a kink, if four halvings had kept it.
ENOUGH_HALVINGS = 4
# The noise of a second difference, a - 2b + c, in that of one value.
SQUARE_ROOT_OF_SIX = 2.449489742783178
# From the third halving on a kink must have kept this part of the largest change.
COMPARED_FROM = 2
KINK_KEPT = 0.3
# Three overlapping second differences see between half and all of a kink, whatever the width; what grows while the
# width shrinks is a ripple, or noise.
MIDWAY = 5
GREW = 2.5
GOES_ON = 0
FOUND = 1
NOT_FOUND = 2


def next_suspect(engine: Engine, slot: Slot, side: int, first: int) -> int:
    """Return the first place from `first` on whose slope of one side changes suspiciously to the next coarser one."""
    for place in range(first, slot.count - 1):
        change, noise = change_above(engine, slot, side, place)
        if math.isfinite(change) and math.fabs(change) > CLEAR_CHANGE * noise:
            if place == 0 or not is_expected(engine, slot, side, place):
                return place
    return NO_SUSPECT


def change_above(engine: Engine, slot: Slot, side: int, place: int) -> tuple[float, float]:
    """Return how the slope of a side changes from a place to the next coarser step, and the noise bar of the change."""
    change = slope_of_side(slot.ladder[place + 1], side) - slope_of_side(slot.ladder[place], side)
    return change, slope_noise(engine, slot, place) + slope_noise(engine, slot, place + 1)


def is_expected(engine: Engine, slot: Slot, side: int, place: int) -> bool:
    """Return whether a change is in proportion to the one from the next finer step, which noise does not hide."""
    change, noise = change_above(engine, slot, side, place)
    before, noise_before = change_above(engine, slot, side, place - 1)
    if not math.fabs(before) > noise_before:
        return False
    step = slot.ladder[place].step
    expected = before * (slot.ladder[place + 1].step - step) / (step - slot.ladder[place - 1].step)
    return math.fabs(change - expected) <= INEXACT * math.fabs(expected) + noise


def begin_zoom(slot: Slot, span: float) -> None:
    """Ask for the middle and the far end of one side."""
    search = slot.search
    slot.stage = stages.ZOOM
    search.iteration = -1
    search.near = 0.0
    search.far = span
    search.near_value = 0.0
    search.first_change = 0.0
    want(slot, search.side * span / 2.0)
    want(slot, search.side * span)


def advance_zoom(engine: Engine, slot: Slot) -> int:
    """Halve once more; return GOES_ON, FOUND or NOT_FOUND."""
    search = slot.search
    first = slot.answers[0] - engine.value
    second = slot.answers[1] - engine.value
    if not math.isfinite(first + second):
        return NOT_FOUND
    if search.iteration < 0:
        search.middle_value = first
        search.far_value = second
    else:
        ending = narrow(slot, first, second)
        if ending != GOES_ON:
            return ending
    search.iteration += 1
    if search.iteration >= ZOOM_HALVINGS:
        return note_kink(slot)
    width = search.far - search.near
    want(slot, search.side * (search.near + width / 4.0))
    want(slot, search.side * (search.near + 3.0 * width / 4.0))
    return GOES_ON


def note_kink(slot: Slot) -> int:
    """Note the distance of the kink that was found."""
    middle = (slot.search.near + slot.search.far) / 2.0
    slot.distance = slot.search.side * middle
    return FOUND


def narrow(slot: Slot, first: float, second: float) -> int:
    """Keep the half in which the slope changes most, unless the zoom ends here."""
    search = slot.search
    quarter = (search.far - search.near) / 4.0
    start, change = sharpest_bend(search, first, second, quarter)
    hidden = change <= 2.0 * DEVIATIONS * SQUARE_ROOT_OF_SIX * slot.noise / quarter
    if hidden or quarter < slot.lowest:
        return note_kink(slot) if search.iteration >= ENOUGH_HALVINGS else NOT_FOUND
    if search.iteration >= COMPARED_FROM and change < KINK_KEPT * search.first_change:
        return NOT_FOUND
    if search.iteration == MIDWAY:
        search.midway_change = change
    if search.iteration > MIDWAY and change > GREW * search.midway_change:
        return NOT_FOUND
    search.first_change = larger(change, search.first_change)
    keep_half(search, start, first, second)
    search.far = search.near + (start + 2) * quarter
    search.near += start * quarter
    return GOES_ON


def sharpest_bend(search: Search, first: float, second: float, quarter: float) -> tuple[int, float]:
    """Return the half in which the slope changes most, by the quarter at which it begins, and this change."""
    middle = search.middle_value
    start = 0
    change = math.fabs(search.near_value - 2.0 * first + middle) / quarter
    inner = math.fabs(first - 2.0 * middle + second) / quarter
    outer = math.fabs(middle - 2.0 * second + search.far_value) / quarter
    if inner > change:
        start = 1
        change = inner
    if outer > change:
        start = 2
        change = outer
    return start, change


def keep_half(search: Search, start: int, first: float, second: float) -> None:
    """Keep the values of the half that begins at a quarter."""
    middle = search.middle_value
    if start == 0:
        search.middle_value = first
        search.far_value = middle
    elif start == 1:
        search.near_value = first
        search.far_value = second
    else:
        search.near_value = middle
        search.middle_value = second
