"""From one round to the next: filling slots, and moving on when a phase has nothing left to ask."""

from __future__ import annotations

from .abi import ConstReals, Engine, Reals
from .climb import begin_ladder
from .hull import spare_claim
from .joint import abandon_joint, begin_joint, open_next_line
from .judge import DECIDED_WRONG
from .ladder import assumed_slope_noise
from .noiseline import begin_noise, end_without_noise
from .outcome import cause_of, refute_by_pair, settle_slot
from .scales import UNIT_FLOAT32, pair_step, tolerance
from .slots import a_free_slot, free_slots, is_open, one_sided_slope, open_ladder, open_proof
from .state import (
    ASSUMED_NOISE,
    BUDGET,
    CHUNK,
    CHUNK_START,
    CHUNK_STOP,
    COORDINATE_CAUSE,
    COORDINATE_FINDING,
    COORDINATE_RESOLUTION,
    DENSE,
    DISAGREES_FLAT,
    EVALUATIONS,
    FILL,
    FINDINGS,
    LEFT_FOR_LADDER,
    NOISE,
    NOISE_COUNT,
    NOISE_MEASURED,
    PAIRS,
    PHASE,
    PHASE_DONE,
    PHASE_JOINT,
    PHASE_LADDERS,
    PHASE_NOISE,
    PHASE_PAIRS,
    PHASE_PROOFS,
    PROVED_WRONG,
    ROUND,
    SLOT_COUNT,
    SLOT_DECISION,
    SLOT_NOISE,
    SLOT_REFUTED,
    SLOT_STAGE,
    SLOT_START,
    SLOT_WANTED_COUNT,
    STAGE_FINISHED,
    STAGE_FREE,
    STAGE_PARKED,
    UNDECIDED,
    UNIT,
    VALUE,
    N,
    coordinate,
    slot_place,
)

# So many full proofs of wrong coordinates; where more is wrong, the scales are known and the pair alone counts.
FULL_PROOFS = 8
# Measured noise so much above what was assumed makes everything done so far worthless.
UNDERRATED = 4.0


def room(engine: Engine) -> int:
    """Return how many probes the next round may hold."""
    budget = engine[BUDGET]
    if budget <= 0:
        return ROUND
    left = budget - engine[EVALUATIONS]
    return left if left < ROUND else ROUND


def begin_sweep(engine: Engine, reals: Reals) -> None:
    """Begin (again) with the pairs of all coordinates."""
    engine[PHASE] = PHASE_PAIRS
    engine[CHUNK_START] = 0
    engine[CHUNK_STOP] = 0
    engine[FINDINGS] = 0
    engine[PROVED_WRONG] = 0
    engine[DENSE] = 0
    reals[ASSUMED_NOISE] = reals[NOISE]
    for index in range(engine[N]):
        place = coordinate(index)
        engine[place + COORDINATE_CAUSE] = UNDECIDED
        engine[place + COORDINATE_FINDING] = -1
        reals[place + COORDINATE_RESOLUTION] = 0.0
    free_slots(engine)


def end_noise(engine: Engine, reals: Reals) -> None:
    """Noise is known; where it is so much larger than assumed, what was done must be done again."""
    if reals[NOISE] > UNDERRATED * reals[ASSUMED_NOISE] or reals[UNIT] == UNIT_FLOAT32:
        begin_sweep(engine, reals)
    else:
        engine[PHASE] = PHASE_PROOFS


def next_chunk(engine: Engine) -> None:
    """Go on with the pairs behind the chunk."""
    engine[PHASE] = PHASE_PAIRS
    engine[CHUNK_START] = engine[CHUNK_STOP]


def prepare(engine: Engine, reals: Reals, x: ConstReals, claimed: ConstReals) -> None:
    """Move on until the next round has something to ask, or the check is done."""
    while engine[PHASE] >= PHASE_PAIRS and engine[PHASE] != PHASE_DONE:
        if ready(engine, reals, x, claimed):
            return


def ready(engine: Engine, reals: Reals, x: ConstReals, claimed: ConstReals) -> bool:
    """Return whether the phase has something to ask (or everything is done); else move to the next phase."""
    available = room(engine)
    phase = engine[PHASE]
    if available < 2:
        end_early(engine, reals)
        return True
    if phase == PHASE_PAIRS:
        return prepare_pairs(engine, available)
    if phase == PHASE_PROOFS:
        return prepare_proofs(engine, reals, x, claimed, available)
    if phase == PHASE_NOISE:
        if available >= NOISE_COUNT:
            return True
        end_without_noise(engine, reals)
        end_noise(engine, reals)
        return False
    if phase == PHASE_JOINT:
        return prepare_joint(engine, reals, x, claimed, available)
    return prepare_ladders(engine, reals, x, claimed, available)


def prepare_pairs(engine: Engine, available: int) -> bool:
    """Choose the next chunk; after the last one come the ladders."""
    left = engine[N] - engine[CHUNK_START]
    if left <= 0:
        engine[PHASE] = PHASE_LADDERS
        engine[FILL] = 0
        free_slots(engine)
        return False
    size = available // 2
    size = left if left < size else size
    size = CHUNK if size > CHUNK else size
    engine[CHUNK_STOP] = engine[CHUNK_START] + size
    return True


def prepare_proofs(engine: Engine, reals: Reals, x: ConstReals, claimed: ConstReals, available: int) -> bool:
    """Fill the slots with what disagreed in the chunk; when all of it is settled, go on."""
    continue_parked(engine, reals, x)
    if parked_slots(engine) > 0:
        engine[PHASE] = PHASE_NOISE
        begin_noise(engine, reals)
        return False
    settle_slots(engine, reals)
    fill_proofs(engine, reals, x, claimed)
    if open_slots(engine) > 0:
        return ask_or_end(engine, reals, available)
    next_chunk(engine)
    return False


def continue_parked(engine: Engine, reals: Reals, x: ConstReals) -> None:
    """Once the noise is known, let what the proofs left open climb: at once in the last chunk, else after it.

    What agrees with a pair comes first, so that a budget that ends soon leaves as little as possible untested.
    """
    if engine[NOISE_MEASURED] == 0:
        return
    for k in range(SLOT_COUNT):
        slot = slot_place(k)
        if engine[slot + SLOT_STAGE] == STAGE_PARKED:
            if engine[CHUNK_STOP] == engine[N]:
                reals[slot + SLOT_NOISE] = reals[NOISE]
                begin_ladder(engine, reals, slot, x)
            else:
                engine[coordinate(engine[slot + SLOT_START]) + COORDINATE_CAUSE] = LEFT_FOR_LADDER
                engine[slot + SLOT_STAGE] = STAGE_FREE


def parked_slots(engine: Engine) -> int:
    """Return how many slots wait for the noise to be known."""
    count = 0
    for k in range(SLOT_COUNT):
        if engine[slot_place(k) + SLOT_STAGE] == STAGE_PARKED:
            count += 1
    return count


def settle_slots(engine: Engine, reals: Reals) -> None:
    """Write down what the finished slots found."""
    for k in range(SLOT_COUNT):
        slot = slot_place(k)
        if engine[slot + SLOT_STAGE] == STAGE_FINISHED:
            spare_claim(engine, reals, slot)
            settle_slot(engine, reals, slot)
            if engine[slot + SLOT_DECISION] == DECIDED_WRONG:
                engine[PROVED_WRONG] += 1
            engine[slot + SLOT_STAGE] = STAGE_FREE


def prepare_ladders(engine: Engine, reals: Reals, x: ConstReals, claimed: ConstReals, available: int) -> bool:
    """Fill the slots with what was left; when nothing is, the check is done."""
    while engine[FILL] < engine[N]:
        index = engine[FILL]
        if cause_of(engine, index) == LEFT_FOR_LADDER:
            slot = a_free_slot(engine)
            if slot < 0:
                break
            open_ladder(engine, reals, slot, index, x[index], claimed[index], 0.0)
        engine[FILL] = index + 1
    if open_slots(engine) > 0:
        return ask_or_end(engine, reals, available)
    begin_joint(engine)
    return False


def prepare_joint(engine: Engine, reals: Reals, x: ConstReals, claimed: ConstReals, available: int) -> bool:
    """Fill the slots with lines of the joint test; when all are settled, the check is done."""
    slot = a_free_slot(engine)
    while slot >= 0 and open_next_line(engine, reals, slot, x, claimed):
        slot = a_free_slot(engine)
    if open_slots(engine) > 0:
        return ask_or_end(engine, reals, available)
    engine[PHASE] = PHASE_DONE
    return True


def end_early(engine: Engine, reals: Reals) -> None:
    """End the check before everything was tested."""
    abandon_joint(engine, reals)
    engine[PHASE] = PHASE_DONE


def ask_or_end(engine: Engine, reals: Reals, available: int) -> bool:
    """End the check where the budget has no room for what the first open slot wants."""
    for k in range(SLOT_COUNT):
        slot = slot_place(k)
        if is_open(engine, slot):
            if engine[slot + SLOT_WANTED_COUNT] > available:
                end_early(engine, reals)
            return True
    return True


def open_slots(engine: Engine) -> int:
    """Return how many slots hold a line."""
    count = 0
    for k in range(SLOT_COUNT):
        if is_open(engine, slot_place(k)):
            count += 1
    return count


def proofs_under_way(engine: Engine) -> int:
    """Return how many slots hold a coordinate whose pair was flatly elsewhere."""
    count = 0
    for k in range(SLOT_COUNT):
        slot = slot_place(k)
        if is_open(engine, slot) and engine[slot + SLOT_REFUTED] != 0:
            count += 1
    return count


def fill_proofs(engine: Engine, reals: Reals, x: ConstReals, claimed: ConstReals) -> None:
    """Open proofs in the order of the coordinates, as far as there are slots and full proofs are still wanted."""
    while engine[FILL] < engine[CHUNK_STOP]:
        index = engine[FILL]
        mark = cause_of(engine, index)
        if mark == DISAGREES_FLAT and engine[PROVED_WRONG] >= FULL_PROOFS:
            refute(engine, reals, x, claimed, index)
        elif mark == DISAGREES_FLAT or mark == UNDECIDED:
            slot = a_free_slot(engine)
            flat = mark == DISAGREES_FLAT
            if slot < 0 or (flat and proofs_under_way(engine) + engine[PROVED_WRONG] >= FULL_PROOFS):
                return
            k = index - engine[CHUNK_START]
            right = reals[PAIRS + 2 * k]
            left = reals[PAIRS + 2 * k + 1]
            open_proof(engine, reals, slot, x, claimed, index, right, left, flat)
        engine[FILL] = index + 1


def refute(engine: Engine, reals: Reals, x: ConstReals, claimed: ConstReals, index: int) -> None:
    """Errors are dense: the pair of a coordinate alone counts."""
    k = index - engine[CHUNK_START]
    step = pair_step(engine, reals, claimed[index], x[index])
    right = one_sided_slope(engine, reals, reals[VALUE], x[index], step, reals[PAIRS + 2 * k])
    left = one_sided_slope(engine, reals, reals[VALUE], x[index], -step, reals[PAIRS + 2 * k + 1])
    allowed = tolerance(reals, claimed[index], x[index])
    noise = assumed_slope_noise(reals, step)
    refute_by_pair(engine, reals, index, claimed[index], right, left, noise, allowed, step)
    engine[DENSE] = 1
