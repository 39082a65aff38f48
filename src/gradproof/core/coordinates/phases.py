"""From one round to the next: filling slots, and moving on when a phase has nothing left to ask."""

from __future__ import annotations

import math

from ..evidence.decision import DECIDED_WRONG, withdraw_refutation
from ..evidence.intervals import NO_KINK
from ..evidence.ladder import noise_bar
from ..evidence.noise_line import begin_noise
from ..evidence.scales import UNIT_FLOAT32, pair_step, tolerance
from ..records.engine import (
    CHUNK,
    DISAGREES_FLAT,
    LEFT_FOR_LADDER,
    NOISE_COUNT,
    PHASE_DONE,
    PHASE_JOINT,
    PHASE_LADDERS,
    PHASE_NOISE,
    PHASE_PAIRS,
    PHASE_PROOFS,
    ROUND,
    SLOT_COUNT,
    STAGE_FINISHED,
    STAGE_FREE,
    STAGE_PARKED,
    UNDECIDED,
    Engine,
    coordinate_of,
    finding_of,
)
from ..records.floats import larger, middle
from .full_ladder import begin_ladder
from .outcome import pair_resolution, settle_slot, settle_wrong
from .shared_kinks import abandon_joint, begin_joint, open_next_line
from .slots import a_free_slot, free_slots, is_open, one_sided_slope, open_ladder, open_proof

# So many full proofs of wrong coordinates; where more is wrong, the scales are known and the pair alone counts.
FULL_PROOFS = 8
# Measured noise so much above what was assumed makes everything done so far worthless.
UNDERRATED = 4.0


def room(engine: Engine) -> int:
    """Return how many probes the next round may hold."""
    budget = engine.budget
    if budget <= 0:
        return ROUND
    left = budget - engine.evaluations
    return left if left < ROUND else ROUND


def begin_sweep(engine: Engine) -> None:
    """Begin (again) with the pairs of all coordinates."""
    engine.sweep.phase = PHASE_PAIRS
    engine.sweep.chunk_start = 0
    engine.sweep.chunk_stop = 0
    engine.sweep.finding_count = 0
    engine.sweep.proved_wrong = 0
    engine.sweep.dense = 0
    engine.sweep.assumed_noise = engine.noise
    for index in range(engine.sweep.count):
        coordinate = coordinate_of(engine, index)
        coordinate.cause = UNDECIDED
        coordinate.kink = NO_KINK
        coordinate.finding = -1
        coordinate.resolution = 0.0
    free_slots(engine)


def end_noise(engine: Engine) -> None:
    """Noise is known; where it is so much larger than assumed, what was done must be done again."""
    if engine.noise > UNDERRATED * engine.sweep.assumed_noise or engine.unit == UNIT_FLOAT32:
        begin_sweep(engine)
    else:
        engine.sweep.phase = PHASE_PROOFS


def next_chunk(engine: Engine) -> None:
    """Go on with the pairs behind the chunk."""
    engine.sweep.phase = PHASE_PAIRS
    engine.sweep.chunk_start = engine.sweep.chunk_stop


def prepare(engine: Engine) -> None:
    """Move on until the next round has something to ask, or the check is done."""
    while engine.sweep.phase >= PHASE_PAIRS and engine.sweep.phase != PHASE_DONE:
        if ready(engine):
            return


def ready(engine: Engine) -> bool:
    """Return whether the phase has something to ask (or everything is done); else move to the next phase."""
    available = room(engine)
    phase = engine.sweep.phase
    if available < 2:
        end_early(engine)
        return True
    if phase == PHASE_PAIRS:
        return prepare_pairs(engine, available)
    if phase == PHASE_PROOFS:
        return prepare_proofs(engine, available)
    if phase == PHASE_NOISE:
        if available >= NOISE_COUNT:
            return True
        # There is no room for the noise line: what was assumed stays.
        engine.noise_measured = 1
        end_noise(engine)
        return False
    if phase == PHASE_JOINT:
        return prepare_joint(engine, available)
    return prepare_ladders(engine, available)


def prepare_pairs(engine: Engine, available: int) -> bool:
    """Choose the next chunk; after the last one come the ladders."""
    left = engine.sweep.count - engine.sweep.chunk_start
    if left <= 0:
        engine.sweep.phase = PHASE_LADDERS
        engine.sweep.fill = 0
        free_slots(engine)
        return False
    size = available // 2
    size = left if left < size else size
    size = CHUNK if size > CHUNK else size
    engine.sweep.chunk_stop = engine.sweep.chunk_start + size
    return True


def prepare_proofs(engine: Engine, available: int) -> bool:
    """Fill the slots with what disagreed in the chunk; when all of it is settled, go on."""
    continue_parked(engine)
    if parked_slots(engine) > 0:
        engine.sweep.phase = PHASE_NOISE
        begin_noise(engine)
        return False
    settle_slots(engine)
    fill_proofs(engine)
    if open_slots(engine) > 0:
        return ask_or_end(engine, available)
    next_chunk(engine)
    return False


def continue_parked(engine: Engine) -> None:
    """Once the noise is known, let what the proofs left open climb: at once in the last chunk, else after it.

    What agrees with a pair comes first, so that a budget that ends soon leaves as little as possible untested.
    """
    if engine.noise_measured == 0:
        return
    for k in range(SLOT_COUNT):
        slot = engine.slots[k]
        if slot.stage == STAGE_PARKED:
            if engine.sweep.chunk_stop == engine.sweep.count:
                slot.noise = engine.noise
                begin_ladder(engine, slot)
            else:
                coordinate_of(engine, slot.start).cause = LEFT_FOR_LADDER
                slot.stage = STAGE_FREE


def parked_slots(engine: Engine) -> int:
    """Return how many slots wait for the noise to be known."""
    count = 0
    for k in range(SLOT_COUNT):
        if engine.slots[k].stage == STAGE_PARKED:
            count += 1
    return count


def settle_slots(engine: Engine) -> None:
    """Write down what the finished slots found."""
    for k in range(SLOT_COUNT):
        slot = engine.slots[k]
        if slot.stage == STAGE_FINISHED:
            withdraw_refutation(engine, slot)
            settle_slot(engine, slot)
            if slot.decision == DECIDED_WRONG:
                engine.sweep.proved_wrong += 1
            slot.stage = STAGE_FREE


def prepare_ladders(engine: Engine, available: int) -> bool:
    """Fill the slots with what was left; when nothing is, the check is done."""
    while engine.sweep.fill < engine.sweep.count:
        index = engine.sweep.fill
        if coordinate_of(engine, index).cause == LEFT_FOR_LADDER:
            number = a_free_slot(engine)
            if number < 0:
                break
            open_ladder(engine, engine.slots[number], index, 0.0)
        engine.sweep.fill = index + 1
    if open_slots(engine) > 0:
        return ask_or_end(engine, available)
    begin_joint(engine)
    return False


def prepare_joint(engine: Engine, available: int) -> bool:
    """Fill the slots with lines of the joint test; when all are settled, the check is done."""
    number = a_free_slot(engine)
    while number >= 0 and open_next_line(engine, engine.slots[number]):
        number = a_free_slot(engine)
    if open_slots(engine) > 0:
        return ask_or_end(engine, available)
    engine.sweep.phase = PHASE_DONE
    return True


def end_early(engine: Engine) -> None:
    """End the check before everything was tested."""
    abandon_joint(engine)
    engine.sweep.phase = PHASE_DONE


def ask_or_end(engine: Engine, available: int) -> bool:
    """End the check where the budget has no room for what the first open slot wants."""
    for k in range(SLOT_COUNT):
        slot = engine.slots[k]
        if is_open(slot):
            if slot.wanted_count > available:
                end_early(engine)
            return True
    return True


def open_slots(engine: Engine) -> int:
    """Return how many slots hold a line."""
    count = 0
    for k in range(SLOT_COUNT):
        if is_open(engine.slots[k]):
            count += 1
    return count


def proofs_under_way(engine: Engine) -> int:
    """Return how many slots hold a coordinate whose pair was flatly elsewhere."""
    count = 0
    for k in range(SLOT_COUNT):
        slot = engine.slots[k]
        if is_open(slot) and slot.refuted != 0:
            count += 1
    return count


def fill_proofs(engine: Engine) -> None:
    """Open proofs in the order of the coordinates, as far as there are slots and full proofs are still wanted."""
    while engine.sweep.fill < engine.sweep.chunk_stop:
        index = engine.sweep.fill
        mark = coordinate_of(engine, index).cause
        if mark == DISAGREES_FLAT and engine.sweep.proved_wrong >= FULL_PROOFS:
            refute(engine, index)
        elif mark == DISAGREES_FLAT or mark == UNDECIDED:
            number = a_free_slot(engine)
            flat = mark == DISAGREES_FLAT
            if number < 0 or (flat and proofs_under_way(engine) + engine.sweep.proved_wrong >= FULL_PROOFS):
                return
            open_proof(engine, engine.slots[number], index, flat)
        engine.sweep.fill = index + 1


def refute(engine: Engine, index: int) -> None:
    """Errors are dense: the pair of a coordinate alone counts."""
    sides = engine.pairs[index - engine.sweep.chunk_start]
    coordinate = coordinate_of(engine, index)
    step = pair_step(engine, coordinate)
    noise = noise_bar(engine.noise, step)
    resolution = pair_resolution(tolerance(engine, coordinate), noise)
    number = settle_wrong(engine, index, resolution)
    if number >= 0:
        finding = finding_of(engine, number)
        finding.claimed = coordinate.claimed
        finding.right = one_sided_slope(engine, coordinate.x, step, sides.right)
        finding.left = one_sided_slope(engine, coordinate.x, -step, sides.left)
        finding.slope = middle(finding.right, finding.left)
        finding.error_bar = larger(math.fabs(finding.right - finding.left) / 2.0, noise)
        finding.step = step
    engine.sweep.dense = 1
