"""Slots: opening one for a line, taking the answers to the steps it asked for, moving it on to its next stage."""

from __future__ import annotations

import math

from ..evidence.jumps import advance_step_jump
from ..evidence.ladder import insert_pair
from ..evidence.near_kinks import FOUND, GOES_ON, advance_zoom
from ..evidence.scales import largest_claim_in_units, line_size, needed_resolution, pair_step, real_step, tolerance
from ..records.engine import (
    SLOT_COUNT,
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
    Engine,
    Slot,
    coordinate_of,
    want_pair,
)
from ..records.floats import largest_finite
from .full_ladder import advance_climb, advance_dense, advance_ladder_far, advance_sparse, begin_ladder, top_step
from .refinement import advance_refinement, finish_step_jump, finish_zoom
from .shared_line import advance_joint
from .short_proof import advance_proof, advance_proof_curved, advance_proof_far, advance_proof_flat, begin_proof


def free_slots(engine: Engine) -> None:
    """Empty every slot."""
    for k in range(SLOT_COUNT):
        engine.slots[k].stage = STAGE_FREE


def is_open(slot: Slot) -> bool:
    """Return whether a slot holds a line."""
    return slot.stage != STAGE_FREE


def a_free_slot(engine: Engine) -> int:
    """Return the number of a free slot, -1 where there is none."""
    for k in range(SLOT_COUNT):
        if engine.slots[k].stage == STAGE_FREE:
            return k
    return -1


def open_slot(engine: Engine, slot: Slot, index: int) -> None:
    """Put a coordinate into a slot, with what it is measured with."""
    coordinate = coordinate_of(engine, index)
    slot.start = index
    slot.stop = index + 1
    slot.count = 0
    slot.wanted_count = 0
    slot.decision = 0
    slot.kink = 0
    slot.missing = 0
    slot.refuted = 0
    slot.seed = 0
    slot.zooms = 0
    slot.ratio = 0.0
    slot.x = coordinate.x
    slot.claimed = coordinate.claimed
    slot.size = line_size(engine, slot.x)
    slot.tolerance = tolerance(engine, coordinate)
    slot.need = needed_resolution(engine, coordinate)
    slot.claim_scale = largest_claim_in_units(engine, slot.x)
    slot.noise = engine.noise
    slot.distance = math.nan
    slot.reach = 0.0
    slot.slope.low = -math.inf
    slot.slope.high = math.inf


def open_proof(engine: Engine, slot: Slot, index: int, refuted: bool) -> None:
    """Open a slot for a short proof around the pair that is known already, and may have refuted the claim flatly."""
    open_slot(engine, slot, index)
    slot.refuted = 1 if refuted else 0
    step = pair_step(engine, coordinate_of(engine, index))
    slot.step = step
    sides = engine.pairs[index - engine.sweep.chunk_start]
    take_pair(engine, slot, step, sides.right, sides.left)
    begin_proof(engine, slot)


def open_ladder(engine: Engine, slot: Slot, index: int, reach: float) -> None:
    """Open a slot for a ladder around one pair; one for kinks up to `reach` begins at its coarsest step."""
    open_slot(engine, slot, index)
    slot.reach = reach
    slot.stage = STAGE_FIRST
    first = top_step(slot) if reach > 0.0 else pair_step(engine, coordinate_of(engine, index))
    want_pair(slot, first)


def one_sided_slope(engine: Engine, x: float, step: float, value: float) -> float:
    """Return (f(x + step) - f(x)) over the step that was really taken; NaN where the value is missing."""
    taken = real_step(engine, x, step)
    if not math.isfinite(value) or taken == 0.0:
        return math.nan
    return (value - engine.value) / taken


def take_pair(engine: Engine, slot: Slot, step: float, right_value: float, left_value: float) -> None:
    """Put the values on both sides of x into the ladder as slopes."""
    right = one_sided_slope(engine, slot.x, step, right_value)
    left = one_sided_slope(engine, slot.x, -step, left_value)
    insert_pair(slot, step, right, left, largest_finite(right_value, left_value))


def take_answers(engine: Engine, slot: Slot) -> None:
    """Put the answered pairs of a slot into its ladder; single values stay where they are for their stage."""
    stage = slot.stage
    wanted = slot.wanted_count
    slot.wanted_count = 0
    if stage == STAGE_STEP_JUMP or stage == STAGE_ZOOM:
        return
    for k in range(0, wanted - 1, 2):
        step = slot.wanted[k]
        take_pair(engine, slot, step, slot.answers[k], slot.answers[k + 1])


def advance(engine: Engine, slot: Slot) -> None:
    """Move a slot on: it then wants more values, or is finished."""
    stage = slot.stage
    if stage == STAGE_JOINT_PAIR or stage == STAGE_JOINT_LADDER:
        wanted = slot.wanted_count
        slot.wanted_count = 0
        advance_joint(engine, slot, wanted)
        return
    take_answers(engine, slot)
    if stage == STAGE_PROOF:
        advance_proof(engine, slot)
    elif stage == STAGE_PROOF_CURVED:
        advance_proof_curved(engine, slot)
    elif stage == STAGE_PROOF_FLAT:
        advance_proof_flat(engine, slot)
    elif stage == STAGE_PROOF_FAR:
        advance_proof_far(slot)
    elif stage == STAGE_FIRST:
        begin_ladder(engine, slot)
    elif stage == STAGE_SPARSE:
        advance_sparse(engine, slot)
    elif stage == STAGE_DENSE:
        advance_dense(engine, slot)
    elif stage == STAGE_CLIMB:
        advance_climb(engine, slot)
    elif stage == STAGE_LADDER_FAR:
        advance_ladder_far(engine, slot)
    elif stage == STAGE_REFINE:
        advance_refinement(engine, slot)
    elif stage == STAGE_STEP_JUMP:
        if advance_step_jump(engine, slot):
            finish_step_jump(engine, slot)
    elif stage == STAGE_ZOOM:
        ending = advance_zoom(engine, slot)
        if ending != GOES_ON:
            finish_zoom(engine, slot, ending == FOUND)
