"""Slots: opening one for a coordinate, taking the values it asked for, and moving it to its next stage."""

from __future__ import annotations

import math

from ..evidence import stages
from ..evidence.jumps import advance_step_jump
from ..evidence.ladder import insert_pair
from ..evidence.near_kinks import FOUND, GOES_ON, advance_zoom
from ..evidence.scales import (
    FLOAT32_SPACING,
    coordinate_size,
    largest_claim_in_units,
    line_size,
    pair_step,
    real_step,
    tolerances,
)
from ..noise.assumed_noise import noise_until_measured
from ..proofs.curved_proof import advance_proof_curved
from ..proofs.full_ladder import (
    advance_all_steps,
    advance_coarser,
    advance_finest,
    advance_ladder_far,
    begin_ladder,
    top_step,
)
from ..proofs.refinement import advance_refinement, finish_step_jump, finish_zoom
from ..proofs.short_proof import (
    advance_proof,
    advance_proof_far,
    advance_proof_flat,
    advance_proof_tread,
    begin_proof,
)
from ..records.engine import SLOT_COUNT, Engine, Sides, Slot, coordinate_of, want_pair
from ..records.floats import larger, largest_finite, smaller, spacing
from ..records.memory import clear_record
from .shared_line import advance_shared_ladder, advance_shared_pair, take_pair_of_line

# Rounding of all coordinates changes a slope by at most so many times that of this one as their norm is larger, as far
# as f curves alike along all of them; of what may have other units, until it is known how f curves along all of them,
# at most this part of its own size counts.
MOST_OF_OTHERS = 2.0**-36


def free_all_slots(engine: Engine) -> None:
    """Empty every slot."""
    for k in range(SLOT_COUNT):
        engine.slots[k].stage = stages.FREE


def slots_at(engine: Engine, stage: int) -> int:
    """Return how many slots are at a stage."""
    count = 0
    for k in range(SLOT_COUNT):
        if engine.slots[k].stage == stage:
            count += 1
    return count


def has_open_slots(engine: Engine) -> bool:
    """Return whether any slot holds a line."""
    return slots_at(engine, stages.FREE) < SLOT_COUNT


def free_slot(engine: Engine) -> int:
    """Return the number of the first free slot, -1 where there is none."""
    for k in range(SLOT_COUNT):
        if engine.slots[k].stage == stages.FREE:
            return k
    return -1


def open_slot(engine: Engine, slot: Slot, index: int) -> None:
    """Put a coordinate into a slot, with its claim, its scales and the noise of f."""
    coordinate = coordinate_of(engine, index)
    clear_record(slot)
    slot.start = index
    slot.stop = index + 1
    slot.x = coordinate.x
    slot.spacing = spacing(slot.x) * (FLOAT32_SPACING if engine.float32 != 0 else 1.0)
    others = math.sqrt(engine.n) * spacing(engine.typical)
    slot.spacing = larger(smaller(others, MOST_OF_OTHERS * math.fabs(slot.x)), slot.spacing)
    slot.claimed = coordinate.claimed
    slot.size = line_size(engine, slot.x)
    slot.tolerance, slot.need = tolerances(engine, coordinate)
    slot.rounding = engine.sweep.rounding
    slot.claim_scale = largest_claim_in_units(engine, coordinate_size(engine, slot.x))
    slot.noise = noise_until_measured(engine, engine.noise)
    slot.distance = math.nan


def pair_of(engine: Engine, index: int) -> Sides:
    """Return the first pair of a coordinate of the chunk."""
    return engine.pairs[index - engine.sweep.chunk_start]


def open_proof(engine: Engine, slot: Slot, index: int, refuted: bool) -> None:
    """Open a slot for a short proof; its first pair is known, and may have refuted the claim flatly."""
    open_slot(engine, slot, index)
    slot.refuted = 1 if refuted else 0
    sides = pair_of(engine, index)
    slot.step = sides.step
    take_pair(engine, slot, slot.step, sides.right, sides.left)
    begin_proof(engine, slot)


def open_ladder(engine: Engine, slot: Slot, index: int, reach: float) -> None:
    """Open a slot for a full ladder; one that looks for kinks up to `reach` begins at its coarsest step."""
    open_slot(engine, slot, index)
    slot.reach = reach
    slot.stage = stages.LADDER_FIRST
    want_pair(slot, top_step(slot) if reach > 0.0 else pair_step(engine, coordinate_of(engine, index)))


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


def take_side(engine: Engine, slot: Slot, step: float, value: float) -> None:
    """Put one side of a second pair into the ladder, and for the other one as much in return until it is known."""
    other = 2.0 * engine.value - value
    if step < 0.0:
        other = slot.search.far_value
        slot.count = 1
        slot.missing = 0
        take_pair(engine, slot, -step, other, value)
    else:
        slot.search.far_value = value
        take_pair(engine, slot, step, value, other)


def take_answers(engine: Engine, slot: Slot) -> None:
    """Put the values of a slot into its ladder, pair by pair; one alone, and those of a search, are used directly."""
    stage = slot.stage
    wanted = slot.wanted_count
    slot.wanted_count = 0
    if stage == stages.STEP_JUMP or stage == stages.ZOOM:
        return
    if stage == stages.PROOF_FLAT and wanted == 1:
        take_side(engine, slot, slot.wanted[0], slot.answers[0])
    for k in range(0, wanted - 1, 2):
        if stage == stages.SHARED_PAIR or stage == stages.SHARED_LADDER:
            take_pair_of_line(engine, slot, slot.wanted[k], slot.answers[k], slot.answers[k + 1])
        else:
            take_pair(engine, slot, slot.wanted[k], slot.answers[k], slot.answers[k + 1])


def advance(engine: Engine, slot: Slot) -> None:
    """Take the values that a slot asked for and move it on: it then asks for more, or is finished or parked."""
    take_answers(engine, slot)
    stage = slot.stage
    if stage == stages.PROOF:
        advance_proof(engine, slot)
    elif stage == stages.PROOF_CURVED:
        advance_proof_curved(engine, slot)
    elif stage == stages.PROOF_FLAT:
        advance_proof_flat(engine, slot)
    elif stage == stages.PROOF_FAR:
        advance_proof_far(engine, slot)
    elif stage == stages.PROOF_TREAD:
        advance_proof_tread(engine, slot)
    elif stage == stages.LADDER_FIRST:
        begin_ladder(engine, slot)
    elif stage == stages.LADDER_FINEST:
        advance_finest(engine, slot)
    elif stage == stages.LADDER_ALL:
        advance_all_steps(engine, slot)
    elif stage == stages.LADDER_COARSER:
        advance_coarser(engine, slot)
    elif stage == stages.LADDER_FAR:
        advance_ladder_far(engine, slot)
    elif stage == stages.REFINEMENT:
        advance_refinement(engine, slot)
    elif stage == stages.SHARED_PAIR:
        advance_shared_pair(engine, slot)
    elif stage == stages.SHARED_LADDER:
        advance_shared_ladder(engine, slot)
    else:
        advance_search(engine, slot)


def advance_search(engine: Engine, slot: Slot) -> None:
    """Go on with the search for a jump of f, or for a kink; finish it where it has come to an end."""
    if slot.stage == stages.STEP_JUMP:
        if advance_step_jump(engine, slot):
            finish_step_jump(engine, slot)
    elif slot.stage == stages.ZOOM:
        ending = advance_zoom(engine, slot)
        if ending != GOES_ON:
            finish_zoom(engine, slot, ending == FOUND)
