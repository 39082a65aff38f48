"""The door for C: one call that checks, and a check on memory of the library's own."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from .machine.options import chosen_mode, options_default
from .machine.result import result
from .machine.rounds import ask, engine_size, engine_start, tell
from .points.directions import window_count, windows
from .points.values import evaluate
from .records.abi import (
    Code,
    Codes,
    ConstIntegers,
    ConstReals,
    ConstVector,
    Integer,
    Objective,
    Pointer,
    Reals,
    User,
    Vector,
    exported,
)
from .records.border import ConstOptions, Findings, Options, Probe, Report
from .records.codes import BAD_ARGUMENT, DONE, MODE_LINES, OUT_OF_MEMORY
from .records.engine import ROUND, Engine
from .records.memory import (
    allocate_like,
    allocate_reals,
    allocate_record,
    allocate_words,
    as_record,
    holds_float32,
    is_null,
    null_words,
    release,
)
from .records.record import record


class Problem(NamedTuple):
    """What is checked: the objective with its data, the point, the claimed gradient, and the sizes of the windows."""

    objective: Objective
    user: User
    x: ConstVector
    claimed: ConstVector
    sizes: ConstReals


@record
class Workspace:
    """What a check in one call keeps beside its engine: its options, and one round of probes with their values."""

    options: Options  # as the engine takes them
    probes: Annotated[Pointer[Probe], ROUND]  # what is asked
    values: Annotated[Reals, ROUND]  # f there
    changes: Annotated[Reals, ROUND]  # what the claim foretells there


@exported
def begin(
    x: ConstVector,
    claimed: ConstVector,
    sizes: ConstReals,
    n: Integer,
    borders: ConstIntegers,
    blocks: Integer,
    options: ConstOptions,
    code: Codes,
) -> Engine:
    """Begin a check on memory of the library's own; gradproof_end gives it back.

    Parameters
    ----------
    x, claimed, sizes, n, borders, blocks, options
        As in gradproof_engine_start.
    code : Codes
        Filled with 0, GRADPROOF_BAD_ARGUMENT or GRADPROOF_OUT_OF_MEMORY; may be NULL.

    Returns
    -------
    Engine
        The check, or NULL; `code` says why.
    """
    outcome = BAD_ARGUMENT
    words = null_words()
    size = engine_size(n, blocks, options)
    if size > 0:
        words = allocate_words(size)
        outcome = OUT_OF_MEMORY
        if not is_null(words):
            outcome = engine_start(as_record(words, Engine), x, claimed, sizes, n, borders, blocks, options)
            if outcome != DONE:
                release(words)
                words = null_words()
    if not is_null(code):
        code[0] = outcome
    return as_record(words, Engine)


@exported
def end(engine: Engine) -> None:
    """Give back what gradproof_begin allocated; NULL is harmless.

    Parameters
    ----------
    engine : Engine
        The check, or NULL.
    """
    if not is_null(engine):
        release(engine)


@exported
def check(
    objective: Objective,
    user: User,
    x: ConstVector,
    claimed: ConstVector,
    n: Integer,
    options: ConstOptions,
    report: Report,
    findings: Findings,
    capacity: Integer,
) -> Code:
    """Check a claimed gradient: the whole of gradproof in one call.

    Parameters
    ----------
    objective : Objective
        Writes f(x) to *value and returns 0.  Another code at x itself ends the check and is handed back; at other
        points it counts as a missing value, as NaN does.
    user : User
        Handed to the objective as it is.
    x : ConstVector
        The point, n finite values; the objective gets copies of it.
    claimed : ConstVector
        The gradient under test, n values.
    n : Integer
        Number of coordinates, at least 1.
    options : ConstOptions
        Options, or NULL for the defaults; the type of the points is that of x.
    report : Report
        Filled with what was found.
    findings : Findings
        Filled with the findings, worst first: what is wrong, then what is open, then kinks; if there are more than
        `capacity`, with the worst; may be NULL.
    capacity : Integer
        Number of findings that fit.

    Returns
    -------
    Code
        0: the check ran, and report->verdict is its verdict; GRADPROOF_BAD_ARGUMENT; GRADPROOF_OUT_OF_MEMORY; or the
        code of the objective at x.  The report is written only where it is 0.
    """
    size = engine_size(n, 0, options)
    if is_null(x) or is_null(claimed) or is_null(report) or capacity < 0 or size < 0:
        return BAD_ARGUMENT
    words = allocate_words(size)
    work = allocate_record(Workspace)
    sizes = allocate_reals(window_count(n))
    point = allocate_like(x, n)
    code = OUT_OF_MEMORY
    if not (is_null(words) or is_null(work) or is_null(sizes) or is_null(point)):
        engine = as_record(words, Engine)
        options_default(work.options)
        if not is_null(options):
            work.options = options
        # Whatever the options say, the objective sees its points in the type of x.
        work.options.float32 = 1 if holds_float32(x) else 0
        if chosen_mode(n, options) == MODE_LINES:
            windows(x, n, sizes)
        code = engine_start(engine, x, claimed, sizes, n, null_words(), 0, work.options)
        if code == DONE:
            code = run(engine, Problem(objective, user, x, claimed, sizes), work, point)
        if code == DONE:
            code = result(engine, report, findings, capacity)
    release(words)
    release(work)
    release(sizes)
    release(point)
    return code


def run(engine: Engine, problem: Problem, work: Workspace, point: Vector) -> int:
    """Ask, evaluate, tell, until the check is done; return the code of the objective where it ends the check."""
    objective, user, x, claimed, sizes = problem
    count = ask(engine, work.probes, ROUND)
    while count > 0:
        code = evaluate(
            objective, user, x, claimed, sizes, engine.n, work.probes, count, work.values, work.changes, point
        )
        if code != DONE:
            return code
        tell(engine, x, claimed, work.values, work.changes, count)
        count = ask(engine, work.probes, ROUND)
    return DONE
