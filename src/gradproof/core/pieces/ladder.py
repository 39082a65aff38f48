"""The evidence along one coordinate: its slopes at every step of the full ladder, finest first."""

from __future__ import annotations

from ..coordinates.slots import advance, open_ladder
from ..evidence import stages
from ..evidence.ladder import centered, noise_bar
from ..evidence.scales import DEFAULT_RTOL, UNIT_FLOAT32, UNIT_FLOAT64, note_largest_claims
from ..records.abi import Code, ConstVector, Integer, Integers, Objective, Real, User, Vector, exported
from ..records.border import RUNG_BYTES, Rung, Rungs, size_is_bad
from ..records.codes import BAD_CAPACITY, BAD_INDEX, BAD_RETURN, BAD_SIZE, DONE, NULL_OUTPUT, OUT_OF_MEMORY
from ..records.engine import Engine
from ..records.floats import widened
from ..records.memory import allocate_record, copy_bytes, is_null, local_record, record_at, release, untyped
from .kinks import KinkSearch, answer
from .noise_floor import code_of_function, measure_noise, set_function

# A rung has at least its size and its step.
LEAST_RUNG = 16


@exported
def ladder(
    objective: Objective,
    user: User,
    x: ConstVector,
    n: Integer,
    index: Integer,
    claimed: Real,
    work: Vector,
    rungs: Rungs,
    capacity: Integer,
    count: Integers,
) -> Code:
    """Write the evidence along one coordinate: its slopes at every step that a full ladder takes.

    Some 20 to 100 evaluations, those for the noise of f included; a claimed slope that the finest steps settle ends the
    ladder early.  |slope - claimed| shows why: in a wrong claim it is the same at every step; noise grows like 1 / step
    as steps shrink; truncation shrinks with the step; and where it drops at once, larger steps cross a kink.

    Parameters
    ----------
    objective, user, x, n, work
        As for gradproof_noise_floor.
    index : Integer
        The coordinate, from 0 to n - 1.
    claimed : Real
        Its claimed slope; NaN without one: then all steps are taken.
    rungs : Rungs
        The size of the first one is set by the caller.  Filled with the steps, finest first, at most `capacity`, of
        which there are never more than 96.  May be NULL where `capacity` is 0.
    capacity : Integer
        Number of rungs that fit.
    count : Integers
        Filled with the number of steps, which may be larger than `capacity`.

    Returns
    -------
    Code
        0; GRADPROOF_BAD_INDEX; GRADPROOF_BAD_CAPACITY; GRADPROOF_BAD_SIZE; or as gradproof_noise_floor.  Where a code
        above 0 of the objective ended the call, the steps until then, and their count, are there.
    """
    code = code_of_function(objective, x, n, work)
    if code != DONE:
        return code
    if not 0 <= index < n:
        return BAD_INDEX
    code = code_of_room(rungs, capacity, count)
    if code != DONE:
        return code
    search = allocate_record(KinkSearch)
    code = OUT_OF_MEMORY
    if not is_null(search):
        set_function(search.function, objective, user, n)
        code = measure_noise(search.function, x, work)
        if code > DONE or code == BAD_RETURN:
            count[0] = 0
    if code == DONE:
        for place in range(n):
            work[place] = x[place]
        search.work = untyped(work)
        search.index = index
        climb(search, widened(x[index]), claimed)
        code = search.code
        count[0] = search.function.engine.slots[0].count
        write_rungs(search.function.engine, rungs, capacity)
    release(search)
    return code


def code_of_room(rungs: Rungs, capacity: int, count: Integers) -> int:
    """Return the code of what is wrong with the memory for rungs; 0 where nothing is."""
    if capacity < 0:
        return BAD_CAPACITY
    if is_null(count) or (capacity > 0 and is_null(rungs)):
        return NULL_OUTPUT
    return BAD_SIZE if capacity > 0 and size_is_bad(rungs[0].size, LEAST_RUNG) else DONE


def climb(search: KinkSearch, x: float, claimed: float) -> None:
    """Take the steps of a full ladder, as in a check of this coordinate alone once the noise of f is known."""
    engine = search.function.engine
    search.coordinate.x = x
    search.coordinate.claimed = claimed
    engine.unit = UNIT_FLOAT32 if engine.float32 != 0 or engine.unit == UNIT_FLOAT32 else UNIT_FLOAT64
    engine.rtol = DEFAULT_RTOL
    engine.sweep.rtol = DEFAULT_RTOL
    engine.sweep.count = 1
    note_largest_claims(engine)
    slot = engine.slots[0]
    open_ladder(engine, slot, 0, 0.0)
    # A search for a jump of f, or for a kink, would come last, and adds no pair.
    while slot.stage != stages.FINISHED and slot.stage != stages.STEP_JUMP and slot.stage != stages.ZOOM:
        answer(search)
        if search.code != DONE:
            return
        advance(engine, slot)


def write_rungs(engine: Engine, rungs: Rungs, capacity: int) -> None:
    """Write the pairs of the ladder that fit, as far as the caller's structs go."""
    slot = engine.slots[0]
    fitting = min(slot.count, capacity)
    stride = rungs[0].size if fitting > 0 else 0
    rung = local_record(Rung)
    rung.size = stride
    for place in range(fitting):
        pair = slot.ladder[place]
        rung.step = pair.step
        rung.left = pair.left
        rung.right = pair.right
        rung.slope = centered(slot, place)
        rung.gap = pair.right - pair.left
        rung.error_bar = noise_bar(engine.noise, pair.step)
        copy_bytes(record_at(rungs, place * stride, Rung), rung, stride if stride < RUNG_BYTES else RUNG_BYTES)
