"""The sweep over coordinates: filling slots for the next round, and moving to the next phase when one is done."""

from __future__ import annotations

from ..evidence import stages
from ..evidence.decision import DECIDED_WRONG, reconsider_on_stairs, withdraw_refutation
from ..evidence.intervals import NO_KINK
from ..evidence.scales import UNIT_FLOAT32, begin_arithmetic
from ..noise.curvature import note_excused, wants_curvature
from ..noise.noise_line import begin_noise
from ..noise.parked_slots import lone_coordinate
from ..noise.shown_arithmetic import UNDERRATED, rounds_arguments
from ..proofs.full_ladder import begin_ladder
from ..proofs.short_proof import misled
from ..records.engine import CHUNK, NOISE_COUNT, ROUND, SLOT_COUNT, Engine, Slot, coordinate_of
from . import phases
from .equal_values import begin_equal_values, open_next_group, weigh_group
from .outcome import (
    CURVED,
    DISAGREES_FLAT,
    LEFT_FOR_LADDER,
    UNDECIDED,
    is_refuted_by_pair,
    refute_by_pair,
    settle_by_pair,
    settle_slot,
)
from .pairs import SCOUTING
from .shared_kinks import abandon_shared_kinks, begin_shared_kinks, open_next_line, refute_line
from .slots import free_all_slots, free_slot, has_open_slots, open_ladder, open_proof, pair_of, slots_at
from .smoothness import begin_smoothness, excludes_kink, note_smoothness, open_smoothness_line, wants_line

# This many wrong coordinates get a full proof while each first pair agrees with its claim or flatly refutes it, as for
# a smooth f; beyond that the scales are known, and the first pair is enough.  After one alone, a step of f beside
# it would be called an error.
FEW_PROOFS = 2


def room(engine: Engine) -> int:
    """Return how many probes the next round may hold."""
    budget = engine.budget
    if budget <= 0:
        return ROUND
    left = budget - engine.evaluations
    return left if left < ROUND else ROUND


def begin_sweep(engine: Engine) -> None:
    """Begin with the pairs of all coordinates, the first time or again."""
    sweep = engine.sweep
    sweep.phase = phases.PAIRS
    sweep.chunk_start = 0
    sweep.chunk_stop = 0
    sweep.paired = 0
    sweep.finding_count = 0
    sweep.proved_wrong = 0
    sweep.enough_proofs = FEW_PROOFS
    sweep.dense = 0
    sweep.largest_turn = 0.0
    sweep.bend = 0.0
    sweep.scouting = SCOUTING
    sweep.suited_step = 0.0
    sweep.reached = 0.0
    sweep.assumed_noise = engine.noise
    lone = lone_coordinate(engine)
    for index in range(sweep.count):
        coordinate = coordinate_of(engine, index)
        coordinate.cause = UNDECIDED
        coordinate.kink = NO_KINK
        coordinate.finding = -1
        if index != lone:
            coordinate.resolution = 0.0
    free_all_slots(engine)
    begin_smoothness(engine)


def end_noise(engine: Engine) -> None:
    """Go on with the measured noise, or look first how much f is curved, where that may matter."""
    if rounds_arguments(engine):
        # Steps along coordinates reach numbers of float32, which f takes as they are: only slanted lines are noisy.
        engine.sweep.on_float32 = 1
        engine.noise = engine.sweep.assumed_noise
        begin_arithmetic(engine)
    if wants_curvature(engine) and room(engine) >= 2:
        engine.sweep.phase = phases.CURVATURE
    else:
        continue_with_noise(engine)


def continue_with_noise(engine: Engine) -> None:
    """Go on with the proofs, or from the beginning where noise is much larger than assumed."""
    if engine.noise > UNDERRATED * engine.sweep.assumed_noise or engine.unit == UNIT_FLOAT32:
        begin_sweep(engine)
    else:
        engine.sweep.phase = phases.PROOFS


def end_early(engine: Engine) -> None:
    """End the check before everything was tested."""
    abandon_shared_kinks(engine)
    end_sweep(engine)


def end_sweep(engine: Engine) -> None:
    """End the check, and say what it would have excused."""
    note_excused(engine)
    engine.sweep.phase = phases.DONE


def prepare(engine: Engine) -> None:
    """Move on until the next round has something to ask, or the check is done."""
    while engine.sweep.phase >= phases.PAIRS and engine.sweep.phase != phases.DONE:
        if ready(engine):
            return


def ready(engine: Engine) -> bool:
    """Return whether the phase has something to ask, or the check is done; else move to the next phase."""
    available = room(engine)
    phase = engine.sweep.phase
    if available < 2:
        end_early(engine)
        return True
    if phase == phases.PAIRS:
        return prepare_pairs(engine, available)
    if phase == phases.NOISE:
        if available >= NOISE_COUNT:
            return True
        # The budget has no room for the noise line: the assumed noise stays.
        engine.noise_measured = 1
        end_noise(engine)
        return False
    if phase == phases.PROOFS:
        return prepare_proofs(engine, available)
    if phase == phases.LADDERS:
        return prepare_ladders(engine, available)
    if phase == phases.EQUAL_VALUES:
        return prepare_equal_values(engine, available)
    return prepare_shared_kinks(engine, available)


def prepare_pairs(engine: Engine, available: int) -> bool:
    """Choose the next chunk, or the rest of one that has begun; after the last one go on to the ladders."""
    sweep = engine.sweep
    left = sweep.count - sweep.chunk_start - sweep.paired
    if left <= 0:
        sweep.phase = phases.LADDERS
        sweep.waiting = 0
        free_all_slots(engine)
        return False
    size = available // 2
    size = sweep.paired + (left if left < size else size)
    size = CHUNK if size > CHUNK else size
    sweep.chunk_stop = sweep.chunk_start + size
    return True


def prepare_proofs(engine: Engine, available: int) -> bool:
    """Fill the slots with coordinates of the chunk that disagree; once all are settled, go on to the next chunk."""
    if engine.noise_measured != 0:
        continue_parked(engine)
    if slots_at(engine, stages.PARKED) > 0:
        engine.sweep.phase = phases.NOISE
        begin_noise(engine, engine.sweep.count)
        return False
    settle_slots(engine)
    if wants_line(engine):
        open_smoothness_line(engine, engine.slots[0])
    elif slots_at(engine, stages.SHARED_LADDER) == 0:
        fill_proofs(engine)
    if has_open_slots(engine):
        return ask_or_end(engine, available)
    engine.sweep.phase = phases.PAIRS
    engine.sweep.chunk_start = engine.sweep.chunk_stop
    engine.sweep.paired = 0
    engine.sweep.scouting = 0
    return False


def continue_parked(engine: Engine) -> None:
    """Begin the ladders of what the proofs left open in the last chunk; in others, put them off until after it.

    Pairs come first, so that a small budget leaves as little as possible untested.
    """
    for k in range(SLOT_COUNT):
        slot = engine.slots[k]
        if slot.stage == stages.PARKED:
            if engine.sweep.chunk_stop == engine.sweep.count or engine.sweep.scouting != 0:
                slot.noise = engine.noise
                slot.rounding = engine.sweep.rounding
                begin_ladder(engine, slot)
            else:
                coordinate_of(engine, slot.start).cause = LEFT_FOR_LADDER
                slot.stage = stages.FREE


def fill_proofs(engine: Engine) -> None:
    """Open proofs in the order of the coordinates, as long as there are free slots and full proofs are needed."""
    sweep = engine.sweep
    if sweep.suited_step > 0.0 and sweep.scouting != 0:
        # The others are paired anew, at the step that suits f.
        sweep.chunk_stop = sweep.waiting
    while sweep.waiting < sweep.chunk_stop and (sweep.scouting == 0 or not has_open_slots(engine)):
        mark = coordinate_of(engine, sweep.waiting).cause
        flat = mark == DISAGREES_FLAT
        proofs = sweep.enough_proofs - sweep.proved_wrong
        if flat and proofs <= 0 and is_refuted_by_pair(engine, sweep.waiting):
            refute_by_pair(engine, sweep.waiting)
        elif mark == CURVED and excludes_kink(engine, sweep.waiting):
            settle_by_pair(engine, sweep.waiting)
        elif flat or mark == UNDECIDED or mark == CURVED:
            number = free_slot(engine)
            if number < 0 or (flat and 0 < proofs <= number):
                # No more errors are under way than proofs are needed.
                return
            open_proof(engine, engine.slots[number], sweep.waiting, flat)
        sweep.waiting += 1


def prepare_ladders(engine: Engine, available: int) -> bool:
    """Fill the slots with coordinates left for the ladder; once all are settled, go on to shared kinks."""
    sweep = engine.sweep
    while sweep.waiting < sweep.count:
        if coordinate_of(engine, sweep.waiting).cause == LEFT_FOR_LADDER:
            number = free_slot(engine)
            if number < 0:
                break
            open_ladder(engine, engine.slots[number], sweep.waiting, 0.0)
        sweep.waiting += 1
    if has_open_slots(engine):
        return ask_or_end(engine, available)
    begin_equal_values(engine)
    return False


def prepare_equal_values(engine: Engine, available: int) -> bool:
    """Fill the slots with lines over coordinates of equal values; once all are settled, go on to shared kinks."""
    number = free_slot(engine)
    while number >= 0 and open_next_group(engine, engine.slots[number]):
        number = free_slot(engine)
    if has_open_slots(engine):
        return ask_or_end(engine, available)
    begin_shared_kinks(engine)
    return False


def prepare_shared_kinks(engine: Engine, available: int) -> bool:
    """Fill the slots with lines over coordinates that may share a kink; once all are settled, the check is done."""
    number = free_slot(engine)
    while number >= 0 and open_next_line(engine, engine.slots[number]):
        number = free_slot(engine)
    if has_open_slots(engine):
        return ask_or_end(engine, available)
    end_sweep(engine)
    return True


def ask_or_end(engine: Engine, available: int) -> bool:
    """End the check if the budget has no room for what the first open slot wants; return True in any case."""
    for k in range(SLOT_COUNT):
        slot = engine.slots[k]
        if slot.stage != stages.FREE:
            if slot.wanted_count > available:
                end_early(engine)
            return True
    return True


def weigh_line(engine: Engine, slot: Slot) -> None:
    """Note what a line over several coordinates refutes."""
    if slot.decision == DECIDED_WRONG and engine.sweep.phase == phases.EQUAL_VALUES:
        weigh_group(engine, slot)
    elif slot.decision == DECIDED_WRONG:
        refute_line(engine, slot)


def note_proof(engine: Engine, slot: Slot) -> None:
    """Count a claim that was proved wrong; where its first pair showed another slope, no first pair is enough."""
    engine.sweep.proved_wrong += 1
    if engine.sweep.phase == phases.PROOFS and misled(engine, slot, pair_of(engine, slot.start).step):
        engine.sweep.enough_proofs = engine.sweep.count


def settle_slots(engine: Engine) -> None:
    """Record what the finished slots found, and free them."""
    for k in range(SLOT_COUNT):
        slot = engine.slots[k]
        if slot.stage == stages.FINISHED:
            if engine.sweep.phase >= phases.EQUAL_VALUES:
                weigh_line(engine, slot)
            elif slot.seed != 0:
                note_smoothness(engine, slot)
            else:
                reconsider_on_stairs(engine, slot)
                withdraw_refutation(engine, slot)
                settle_slot(engine, slot)
                if slot.decision == DECIDED_WRONG:
                    note_proof(engine, slot)
            slot.stage = stages.FREE
