"""Jumps of f between x and a larger step that supports a claim which finer steps refute.

While an interval is halved around the largest deviation from a straight line, a jump keeps its height; a kink, or a
smooth function, loses half of its deviation each time.  Jumps betray an inner solver or stairs; their height is then
the noise of f.
"""

from __future__ import annotations

import math

from ..records.engine import Engine, Slot, want
from ..records.floats import larger
from . import stages
from .intervals import estimate
from .scales import real_step

# A jump exceeds this many deviations of the noise.
CLEAR_JUMP = 8.0
# It keeps half of its height over seven halvings, the last of which leaves this part of the interval, or less.
JUMP_KEPT = 0.5
KEPT_HALVINGS = 7
SHORT = 2.0**-14


def begin_step_jump(slot: Slot, span: float) -> None:
    """Begin with the right side, (x, x + span]."""
    slot.stage = stages.STEP_JUMP
    slot.step_jump = 0.0
    slot.search.jumps = 0
    slot.search.span = span
    begin_side(slot, 1)


def begin_side(slot: Slot, side: int) -> None:
    """Ask for the value at the far end of one side."""
    search = slot.search
    search.side = side
    search.iteration = 0
    search.near = 0.0
    search.near_value = 0.0
    search.far = search.span
    want(slot, side * search.span)


def advance_step_jump(engine: Engine, slot: Slot) -> bool:
    """Halve once more; return whether both sides are searched."""
    search = slot.search
    rise = slot.answers[0] - engine.value
    if search.iteration == 0:
        search.far_value = rise
        search.first_change = math.inf
    else:
        width = search.far - search.near
        if ends_side(slot, halve(engine, slot, rise), width):
            if search.side == -1:
                return True
            begin_side(slot, -1)
            return False
    search.iteration += 1
    search.middle = (search.near + search.far) / 2.0
    want(slot, search.side * search.middle)
    return False


def ends_side(slot: Slot, deviation: float, before: float) -> bool:
    """Note a jump if the deviation has been kept; return whether the search of this side ends.

    Many small jumps look like a slope of f until the interval has room for one of them alone: the halvings are counted
    from the last one that made the deviation smaller.  An interval that halving leaves as wide as before, between two
    neighbours of x, needs no more of them.
    """
    search = slot.search
    width = search.far - search.near
    if not deviation >= JUMP_KEPT * search.first_change:
        search.first_change = deviation
        search.iteration = 0
    is_clear = deviation >= CLEAR_JUMP * slot.noise
    is_whole = not 0.0 < width < before
    is_kept = search.iteration >= KEPT_HALVINGS and width <= SHORT * search.span
    found = is_clear and (is_whole or is_kept)
    if found:
        slot.step_jump = larger(deviation, slot.step_jump)
        search.jumps += 1
    return found or not is_clear or is_whole


def halve(engine: Engine, slot: Slot, rise: float) -> float:
    """Keep the half that deviates more from the straight line; return its deviation (NaN where a value is missing)."""
    search = slot.search
    slope = search.side * estimate(slot)
    middle = search.side * real_step(engine, slot.x, search.side * search.middle)
    below = math.fabs(rise - search.near_value - slope * (middle - search.near))
    above = math.fabs(search.far_value - rise - slope * (search.far - middle))
    if not math.isfinite(below + above):
        return math.nan
    if below >= above:
        search.far = middle
        search.far_value = rise
        return below
    search.near = middle
    search.near_value = rise
    return above
