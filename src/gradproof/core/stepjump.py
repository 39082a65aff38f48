"""Look for a jump of f between x and a larger step that supports a refuted claim.

Halving towards the largest deviation from a straight line, a jump keeps its size while a kink, or a smooth function,
loses half of it each time.  Jumps betray an inner solver or stairs; their height is then the noise of f.
"""

from __future__ import annotations

import math

from .abi import ConstReals, Engine, Reals
from .evidence import estimate
from .floats import larger
from .scales import taken
from .state import (
    SLOT_ANSWERS,
    SLOT_FAR,
    SLOT_FAR_VALUE,
    SLOT_FIRST_CHANGE,
    SLOT_ITERATION,
    SLOT_MIDDLE_VALUE,
    SLOT_NEAR,
    SLOT_NEAR_VALUE,
    SLOT_NOISE,
    SLOT_SIDE,
    SLOT_SPAN,
    SLOT_STAGE,
    SLOT_START,
    SLOT_STEP_JUMP,
    STAGE_STEP_JUMP,
    VALUE,
    want,
)

HALVINGS = 14
COMPARED_WITH = 7
# A jump must be seen clearly, and keep at least half of its size over the second half of the halvings.
CLEAR = 8.0
KEPT = 0.5


def begin_step_jump(engine: Engine, reals: Reals, slot: int, span: float) -> None:
    """Look for a jump in (x, x + span] first."""
    engine[slot + SLOT_STAGE] = STAGE_STEP_JUMP
    reals[slot + SLOT_STEP_JUMP] = 0.0
    reals[slot + SLOT_SPAN] = span
    begin_side(engine, reals, slot, 1)


def begin_side(engine: Engine, reals: Reals, slot: int, side: int) -> None:
    """Ask for the value at the far end of one side."""
    engine[slot + SLOT_SIDE] = side
    engine[slot + SLOT_ITERATION] = 0
    reals[slot + SLOT_NEAR] = 0.0
    reals[slot + SLOT_NEAR_VALUE] = 0.0
    reals[slot + SLOT_FAR] = reals[slot + SLOT_SPAN]
    want(engine, reals, slot, side * reals[slot + SLOT_SPAN])


def advance_step_jump(engine: Engine, reals: Reals, slot: int, x: ConstReals) -> bool:
    """Halve once more; return True when both sides are searched."""
    rise = reals[slot + SLOT_ANSWERS] - reals[VALUE]
    side = engine[slot + SLOT_SIDE]
    iteration = engine[slot + SLOT_ITERATION]
    if iteration == 0:
        reals[slot + SLOT_FAR_VALUE] = rise
    else:
        deviation = halve(engine, reals, slot, x, rise)
        if not deviation >= CLEAR * reals[slot + SLOT_NOISE]:
            return end_side(engine, reals, slot)
        if iteration == COMPARED_WITH:
            reals[slot + SLOT_FIRST_CHANGE] = deviation
        if iteration == HALVINGS:
            if deviation >= KEPT * reals[slot + SLOT_FIRST_CHANGE]:
                reals[slot + SLOT_STEP_JUMP] = larger(deviation, reals[slot + SLOT_STEP_JUMP])
            return end_side(engine, reals, slot)
    engine[slot + SLOT_ITERATION] = iteration + 1
    reals[slot + SLOT_MIDDLE_VALUE] = (reals[slot + SLOT_NEAR] + reals[slot + SLOT_FAR]) / 2.0
    want(engine, reals, slot, side * reals[slot + SLOT_MIDDLE_VALUE])
    return False


def end_side(engine: Engine, reals: Reals, slot: int) -> bool:
    """Go on to the left side, or end."""
    if engine[slot + SLOT_SIDE] == 1:
        begin_side(engine, reals, slot, -1)
        return False
    return True


def halve(engine: Engine, reals: Reals, slot: int, x: ConstReals, rise: float) -> float:
    """Keep the half that deviates more from the straight line; return its deviation (NaN where a value is missing)."""
    side = engine[slot + SLOT_SIDE]
    slope = side * estimate(reals, slot)
    value = x[engine[slot + SLOT_START]]
    middle = side * taken(engine, value, side * reals[slot + SLOT_MIDDLE_VALUE])
    near = reals[slot + SLOT_NEAR]
    far = reals[slot + SLOT_FAR]
    below = math.fabs(rise - reals[slot + SLOT_NEAR_VALUE] - slope * (middle - near))
    above = math.fabs(reals[slot + SLOT_FAR_VALUE] - rise - slope * (far - middle))
    if not math.isfinite(below + above):
        return math.nan
    if below >= above:
        reals[slot + SLOT_FAR] = middle
        reals[slot + SLOT_FAR_VALUE] = rise
        return below
    reals[slot + SLOT_NEAR] = middle
    reals[slot + SLOT_NEAR_VALUE] = rise
    return above
