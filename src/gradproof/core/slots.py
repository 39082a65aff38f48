"""Slots: opening one for a line, taking the answers to the steps it asked for, moving it on to its next stage."""

from __future__ import annotations

import math

from .abi import ConstReals, Engine, Reals
from .climb import (
    advance_climb,
    advance_dense,
    advance_ladder_far,
    advance_sparse,
    begin_ladder,
    top_step,
)
from .closer import advance_refinement, finish_step_jump, finish_zoom
from .jointline import advance_joint
from .ladder import insert_pair, largest_finite
from .proof import advance_proof, advance_proof_curved, advance_proof_far, advance_proof_flat, begin_proof
from .scales import (
    largest_claim_in_units,
    line_size,
    needed_resolution,
    pair_step,
    taken,
    tolerance,
)
from .state import (
    NOISE,
    SLOT_ANSWERS,
    SLOT_CLAIM_SCALE,
    SLOT_CLAIMED,
    SLOT_COUNT,
    SLOT_COUNT_PAIRS,
    SLOT_DECISION,
    SLOT_DISTANCE,
    SLOT_HIGH,
    SLOT_KINK,
    SLOT_LOW,
    SLOT_MISSING,
    SLOT_NEED,
    SLOT_NOISE,
    SLOT_RATIO,
    SLOT_REACH,
    SLOT_REFUTED,
    SLOT_SEED,
    SLOT_SIZE,
    SLOT_STAGE,
    SLOT_START,
    SLOT_STEP,
    SLOT_STOP,
    SLOT_TOLERANCE,
    SLOT_WANTED,
    SLOT_WANTED_COUNT,
    SLOT_ZOOMS,
    STAGE_CLIMB,
    STAGE_DENSE,
    STAGE_FIRST,
    STAGE_FREE,
    STAGE_JOINT_LADDER,
    STAGE_JOINT_PAIR,
    STAGE_LADDER_FAR,
    STAGE_PROOF,
    STAGE_PROOF_CURVED,
    STAGE_PROOF_FAR,
    STAGE_PROOF_FLAT,
    STAGE_REFINE,
    STAGE_SPARSE,
    STAGE_STEP_JUMP,
    STAGE_ZOOM,
    VALUE,
    slot_place,
    want_pair,
)
from .stepjump import advance_step_jump
from .zoom import FOUND, GOES_ON, advance_zoom


def free_slots(engine: Engine) -> None:
    """Empty every slot."""
    for k in range(SLOT_COUNT):
        engine[slot_place(k) + SLOT_STAGE] = STAGE_FREE


def is_open(engine: Engine, slot: int) -> bool:
    """Return whether a slot holds a line."""
    return engine[slot + SLOT_STAGE] != STAGE_FREE


def a_free_slot(engine: Engine) -> int:
    """Return the place of a free slot, -1 where there is none."""
    for k in range(SLOT_COUNT):
        if engine[slot_place(k) + SLOT_STAGE] == STAGE_FREE:
            return slot_place(k)
    return -1


def open_slot(engine: Engine, reals: Reals, slot: int, index: int, value: float, claimed: float) -> None:
    """Put a coordinate into a slot, with what it is measured with."""
    engine[slot + SLOT_START] = index
    engine[slot + SLOT_STOP] = index + 1
    engine[slot + SLOT_COUNT_PAIRS] = 0
    engine[slot + SLOT_WANTED_COUNT] = 0
    engine[slot + SLOT_DECISION] = 0
    engine[slot + SLOT_KINK] = 0
    engine[slot + SLOT_MISSING] = 0
    engine[slot + SLOT_REFUTED] = 0
    engine[slot + SLOT_SEED] = 0
    engine[slot + SLOT_ZOOMS] = 0
    reals[slot + SLOT_RATIO] = 0.0
    reals[slot + SLOT_CLAIMED] = claimed
    reals[slot + SLOT_SIZE] = line_size(reals, value)
    reals[slot + SLOT_TOLERANCE] = tolerance(reals, claimed, value)
    reals[slot + SLOT_NEED] = needed_resolution(reals, claimed, value)
    reals[slot + SLOT_CLAIM_SCALE] = largest_claim_in_units(reals, value)
    reals[slot + SLOT_NOISE] = reals[NOISE]
    reals[slot + SLOT_DISTANCE] = math.nan
    reals[slot + SLOT_REACH] = 0.0
    reals[slot + SLOT_LOW] = -math.inf
    reals[slot + SLOT_HIGH] = math.inf


def open_proof(
    engine: Engine,
    reals: Reals,
    slot: int,
    x: ConstReals,
    claimed: ConstReals,
    index: int,
    right_value: float,
    left_value: float,
    refuted: bool,
) -> None:
    """Open a slot for a short proof around the pair that is known already, and may have refuted the claim flatly."""
    open_slot(engine, reals, slot, index, x[index], claimed[index])
    engine[slot + SLOT_REFUTED] = 1 if refuted else 0
    step = pair_step(engine, reals, claimed[index], x[index])
    reals[slot + SLOT_STEP] = step
    take_pair(engine, reals, slot, x, step, right_value, left_value)
    begin_proof(engine, reals, slot, x)


def open_ladder(
    engine: Engine, reals: Reals, slot: int, index: int, value: float, claimed: float, reach: float
) -> None:
    """Open a slot for a ladder around one pair; one for kinks up to `reach` begins at its coarsest step."""
    open_slot(engine, reals, slot, index, value, claimed)
    reals[slot + SLOT_REACH] = reach
    engine[slot + SLOT_STAGE] = STAGE_FIRST
    first = top_step(reals, slot) if reach > 0.0 else pair_step(engine, reals, claimed, value)
    want_pair(engine, reals, slot, first)


def one_sided_slope(
    engine: Engine, reals: Reals, value_at_x: float, x_value: float, step: float, value: float
) -> float:
    """Return (f(x + step) - f(x)) over the step that was really taken; NaN where the value is missing."""
    real_step = taken(engine, x_value, step)
    if not math.isfinite(value) or real_step == 0.0:
        return math.nan
    return (value - value_at_x) / real_step


def take_pair(
    engine: Engine, reals: Reals, slot: int, x: ConstReals, step: float, right_value: float, left_value: float
) -> None:
    """Put the values on both sides of x into the ladder as slopes."""
    at_x = reals[VALUE]
    value = x[engine[slot + SLOT_START]]
    right = one_sided_slope(engine, reals, at_x, value, step, right_value)
    left = one_sided_slope(engine, reals, at_x, value, -step, left_value)
    insert_pair(engine, reals, slot, step, right, left, largest_finite(right_value, left_value))


def take_answers(engine: Engine, reals: Reals, slot: int, x: ConstReals) -> None:
    """Put the answered pairs of a slot into its ladder; single values stay where they are for their stage."""
    stage = engine[slot + SLOT_STAGE]
    wanted = engine[slot + SLOT_WANTED_COUNT]
    engine[slot + SLOT_WANTED_COUNT] = 0
    if stage == STAGE_STEP_JUMP or stage == STAGE_ZOOM:
        return
    for k in range(0, wanted - 1, 2):
        step = reals[slot + SLOT_WANTED + k]
        take_pair(engine, reals, slot, x, step, reals[slot + SLOT_ANSWERS + k], reals[slot + SLOT_ANSWERS + k + 1])


def advance(engine: Engine, reals: Reals, slot: int, x: ConstReals) -> None:
    """Move a slot on: it then wants more values, or is finished."""
    stage = engine[slot + SLOT_STAGE]
    if stage == STAGE_JOINT_PAIR or stage == STAGE_JOINT_LADDER:
        wanted = engine[slot + SLOT_WANTED_COUNT]
        engine[slot + SLOT_WANTED_COUNT] = 0
        advance_joint(engine, reals, slot, wanted)
        return
    take_answers(engine, reals, slot, x)
    if stage == STAGE_PROOF:
        advance_proof(engine, reals, slot, x)
    elif stage == STAGE_PROOF_CURVED:
        advance_proof_curved(engine, reals, slot)
    elif stage == STAGE_PROOF_FLAT:
        advance_proof_flat(engine, reals, slot)
    elif stage == STAGE_PROOF_FAR:
        advance_proof_far(engine, reals, slot)
    elif stage == STAGE_FIRST:
        begin_ladder(engine, reals, slot, x)
    elif stage == STAGE_SPARSE:
        advance_sparse(engine, reals, slot, x)
    elif stage == STAGE_DENSE:
        advance_dense(engine, reals, slot, x)
    elif stage == STAGE_CLIMB:
        advance_climb(engine, reals, slot, x)
    elif stage == STAGE_LADDER_FAR:
        advance_ladder_far(engine, reals, slot)
    elif stage == STAGE_REFINE:
        advance_refinement(engine, reals, slot)
    elif stage == STAGE_STEP_JUMP:
        if advance_step_jump(engine, reals, slot, x):
            finish_step_jump(engine, reals, slot)
    elif stage == STAGE_ZOOM:
        ending = advance_zoom(engine, reals, slot)
        if ending != GOES_ON:
            finish_zoom(engine, reals, slot, ending == FOUND)
