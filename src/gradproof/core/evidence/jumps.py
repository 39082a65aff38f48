"""Look for a jump of f between x and a larger step that supports a refuted claim.

Halving towards the largest deviation from a straight line, a jump keeps its size while a kink, or a smooth function,
loses half of it each time.  Jumps betray an inner solver or stairs; their height is then the noise of f.
"""

from __future__ import annotations

import math

from ..records import stages
from ..records.engine import Engine, Slot, want
from ..records.floats import larger
from .intervals import estimate
from .scales import taken

HALVINGS = 14
COMPARED_WITH = 7
# A jump must be seen clearly, and keep at least half of its size over the second half of the halvings.
CLEAR = 8.0
KEPT = 0.5


def begin_step_jump(slot: Slot, span: float) -> None:
    """Look for a jump in (x, x + span] first."""
    slot.stage = stages.STEP_JUMP
    slot.step_jump = 0.0
    slot.search.span = span
    begin_side(slot, 1)


def begin_side(slot: Slot, side: int) -> None:
    """Ask for the value at the far end of one side."""
    slot.search.side = side
    slot.search.iteration = 0
    slot.search.near = 0.0
    slot.search.near_value = 0.0
    slot.search.far = slot.search.span
    want(slot, side * slot.search.span)


def advance_step_jump(engine: Engine, slot: Slot) -> bool:
    """Halve once more; return True when both sides are searched."""
    rise = slot.answers[0] - engine.value
    side = slot.search.side
    iteration = slot.search.iteration
    if iteration == 0:
        slot.search.far_value = rise
    else:
        deviation = halve(engine, slot, rise)
        if not deviation >= CLEAR * slot.noise:
            return end_side(slot)
        if iteration == COMPARED_WITH:
            slot.search.first_change = deviation
        if iteration == HALVINGS:
            if deviation >= KEPT * slot.search.first_change:
                slot.step_jump = larger(deviation, slot.step_jump)
            return end_side(slot)
    slot.search.iteration = iteration + 1
    slot.search.middle = (slot.search.near + slot.search.far) / 2.0
    want(slot, side * slot.search.middle)
    return False


def end_side(slot: Slot) -> bool:
    """Go on to the left side, or end."""
    if slot.search.side == 1:
        begin_side(slot, -1)
        return False
    return True


def halve(engine: Engine, slot: Slot, rise: float) -> float:
    """Keep the half that deviates more from the straight line; return its deviation (NaN where a value is missing)."""
    side = slot.search.side
    slope = side * estimate(slot)
    value = slot.x
    middle = side * taken(engine, value, side * slot.search.middle)
    near = slot.search.near
    far = slot.search.far
    below = math.fabs(rise - slot.search.near_value - slope * (middle - near))
    above = math.fabs(slot.search.far_value - rise - slope * (far - middle))
    if not math.isfinite(below + above):
        return math.nan
    if below >= above:
        slot.search.far = middle
        slot.search.far_value = rise
        return below
    slot.search.near = middle
    slot.search.near_value = rise
    return above
