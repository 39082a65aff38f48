"""The door for C: one call that checks, and the engine on memory of its own."""

from __future__ import annotations

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
    Reals,
    User,
    Vector,
    exported,
)
from .records.border import ConstOptions, Findings, Options, Probe, Probes, Report
from .records.codes import BAD_ARGUMENT, DONE, MODE_LINES, OUT_OF_MEMORY
from .records.engine import ROUND, Engine
from .records.memory import (
    allocate_like,
    allocate_reals,
    allocate_record,
    allocate_records,
    allocate_words,
    as_record,
    holds_float32,
    is_null,
    null_words,
    offset,
    release,
)


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


def copy_options(options: ConstOptions, own: Options, float32: bool) -> None:
    """Copy the options, or the defaults, and note the type of the points."""
    options_default(own)
    if not is_null(options):
        own.budget = options.budget
        own.seed = options.seed
        own.rtol = options.rtol
        own.mode = options.mode
        own.size = options.size
    own.float32 = 1 if float32 else 0


def run(
    engine: Engine,
    objective: Objective,
    user: User,
    x: ConstVector,
    claimed: ConstVector,
    sizes: ConstReals,
    probes: Probes,
    values: Reals,
    work: Vector,
) -> int:
    """Ask, evaluate, tell, until the check is done."""
    changes = offset(values, ROUND)
    code = DONE
    count = ask(engine, probes, ROUND)
    while count > 0 and code == DONE:
        code = evaluate(objective, user, x, claimed, sizes, engine.n, probes, count, values, changes, work)
        if code == DONE:
            code = tell(engine, x, claimed, values, changes, count)
            count = ask(engine, probes, ROUND)
    return code


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
        The point, n finite values; never written to.
    claimed : ConstVector
        The gradient under test, n values.
    n : Integer
        Number of coordinates, at least 1.
    options : ConstOptions
        Options, or NULL for the defaults; the type of the points is that of x.
    report : Report
        Filled with what was found.
    findings : Findings
        Filled with the findings in the order of their coordinates, at most `capacity`; may be NULL.
    capacity : Integer
        Number of findings that fit.

    Returns
    -------
    Code
        0: the check ran, report->verdict holds its verdict; GRADPROOF_BAD_ARGUMENT; GRADPROOF_OUT_OF_MEMORY; or the
        code of the objective at x.
    """
    if is_null(x) or is_null(claimed) or is_null(report) or n < 1:
        return BAD_ARGUMENT
    own = allocate_record(Options)
    if is_null(own):
        return OUT_OF_MEMORY
    copy_options(options, own, holds_float32(x))
    code = check_with(objective, user, x, claimed, n, own, report, findings, capacity)
    release(own)
    return code


def check_with(
    objective: Objective,
    user: User,
    x: ConstVector,
    claimed: ConstVector,
    n: int,
    options: ConstOptions,
    report: Report,
    findings: Findings,
    capacity: int,
) -> int:
    """Check with options that are there, on memory of the library's own: along lines two vectors, x and the point."""
    size = engine_size(n, 0, options)
    if size < 0:
        return BAD_ARGUMENT
    words = allocate_words(size)
    probes = allocate_records(Probe, ROUND)
    values = allocate_reals(2 * ROUND + window_count(n))
    work = allocate_like(x, n)
    code = OUT_OF_MEMORY
    if not (is_null(words) or is_null(probes) or is_null(values) or is_null(work)):
        engine = as_record(words, Engine)
        sizes = offset(values, 2 * ROUND)
        if chosen_mode(n, options) == MODE_LINES:
            windows(x, n, sizes)
        code = engine_start(engine, x, claimed, sizes, n, null_words(), 0, options)
        if code == DONE:
            code = run(engine, objective, user, x, claimed, sizes, probes, values, work)
        if code == DONE:
            code = result(engine, report, findings, capacity)
    release(words)
    release(probes)
    release(values)
    release(work)
    return code
