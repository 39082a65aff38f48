"""The evidence along one coordinate: its slopes at every step of the full ladder, finest first."""

from __future__ import annotations

from ..coordinates.slots import advance, open_ladder
from ..evidence import stages
from ..evidence.ladder import centered, noise_bar
from ..evidence.scales import DEFAULT_RTOL, UNIT_FLOAT32, UNIT_FLOAT64, note_largest_claims
from ..records.abi import Code, ConstVector, Integer, Integers, Objective, Real, User, Vector, exported
from ..records.border import RUNG_BYTES, Rung, Rungs
from ..records.codes import BAD_ARGUMENT, DONE, OUT_OF_MEMORY
from ..records.engine import Engine
from ..records.floats import widened
from ..records.memory import allocate_record, as_record, as_words, is_null, offset, release, untyped
from ..records.record import WORD
from .kinks import KinkSearch, answer
from .noise_floor import measure_noise, set_function


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
        Filled with the steps, finest first, at most `capacity`; rungs[0].size must be sizeof(gradproof_rung).  May be
        NULL where `capacity` is 0.
    capacity : Integer
        Number of rungs that fit; there are never more than 96.
    count : Integers
        Filled with the number of steps, which may be larger than `capacity`.

    Returns
    -------
    Code
        0; GRADPROOF_BAD_ARGUMENT; GRADPROOF_OUT_OF_MEMORY; GRADPROOF_OBJECTIVE_NOT_FINITE where f(x) is not finite; or
        the code of the objective at x.
    """
    if is_null(objective) or is_null(x) or is_null(work) or is_null(count) or not 0 <= index < n or capacity < 0:
        return BAD_ARGUMENT
    if capacity > 0 and (is_null(rungs) or rungs[0].size < RUNG_BYTES or rungs[0].size % WORD != 0):
        return BAD_ARGUMENT
    search = allocate_record(KinkSearch)
    code = OUT_OF_MEMORY
    if not is_null(search):
        set_function(search.function, objective, user, n)
        code = measure_noise(search.function, x, work)
    if code == DONE:
        for place in range(n):
            work[place] = x[place]
        search.work = untyped(work)
        search.index = index
        climb(search, widened(x[index]), claimed)
        count[0] = search.function.engine.slots[0].count
        write_rungs(search.function.engine, rungs, capacity)
    release(search)
    return code


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
        advance(engine, slot)


def write_rungs(engine: Engine, rungs: Rungs, capacity: int) -> None:
    """Write the pairs of the ladder that fit, each as far behind the one before as the first one says."""
    slot = engine.slots[0]
    fitting = min(slot.count, capacity)
    if fitting < 1:
        return
    words = as_words(rungs)
    stride = rungs[0].size // WORD
    for place in range(fitting):
        pair = slot.ladder[place]
        rung = as_record(offset(words, place * stride), Rung)
        rung.size = stride * WORD
        rung.step = pair.step
        rung.left = pair.left
        rung.right = pair.right
        rung.slope = centered(slot, place)
        rung.gap = pair.right - pair.left
        rung.error_bar = noise_bar(engine.noise, pair.step)
