"""The door for C: one call that checks, and the engine on memory of its own."""

from __future__ import annotations

from .abi import Code, Codes, ConstReals, ConstVector, Integer, Objective, Reals, User, Vector, exported
from .codes import BAD_ARGUMENT, CHEAPEST_LINES, DONE, LARGEST_FULL, MODE_AUTO, MODE_LINES, OUT_OF_MEMORY
from .directions import window_count, windows
from .engine import ask, engine_start, options_default, tell
from .evaluation import evaluate
from .floats import widened
from .lineresult import lines_result
from .lines import lines_ask, lines_start, lines_tell
from .linestate import lines_words
from .memory import (
    allocate_like,
    allocate_reals,
    allocate_record,
    allocate_records,
    allocate_words,
    as_record,
    holds_float32,
    is_null,
    null_reals,
    null_words,
    offset,
    release,
)
from .result import result
from .state import ROUND, Engine, engine_words
from .structs import ConstOptions, Findings, Options, Probe, Probes, Report


@exported
def begin(x: ConstReals, claimed: ConstReals, n: Integer, options: ConstOptions, code: Codes) -> Engine:
    """Begin a check on memory of the library's own; gradproof_end gives it back.

    Parameters
    ----------
    x, claimed, n, options
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
    if n >= 1:
        words = allocate_words(engine_words(n))
        outcome = OUT_OF_MEMORY
        if not is_null(words):
            outcome = engine_start(as_record(words, Engine), x, claimed, n, options)
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


@exported
def uses_lines(n: Integer, mode: Integer, budget: Integer) -> Integer:
    """Return whether a check of n coordinates goes along lines: never by timing, so that the same input stays the same.

    Parameters
    ----------
    n : Integer
        Number of coordinates.
    mode : Integer
        GRADPROOF_MODE_AUTO: lines where there are more than 5,000 coordinates, or where the budget has no room for two
        evaluations a coordinate but for the cheapest check by lines; GRADPROOF_MODE_FULL; GRADPROOF_MODE_LINES.
    budget : Integer
        Evaluations of the objective; 0: no limit.

    Returns
    -------
    Integer
        1 or 0.
    """
    if mode != MODE_AUTO:
        return 1 if mode == MODE_LINES else 0
    tight = budget > 0 and budget < 2 * n + 1 and budget >= CHEAPEST_LINES
    return 1 if n > LARGEST_FULL or tight else 0


def run(
    engine: Engine,
    objective: Objective,
    user: User,
    x: ConstVector,
    point: ConstReals,
    claimed: ConstReals,
    n: int,
    probes: Probes,
    values: Reals,
    work: Vector,
) -> int:
    """Ask, evaluate, tell, until the check is done."""
    code = DONE
    nothing = null_reals()
    count = ask(engine, point, claimed, probes, ROUND)
    while count > 0 and code == DONE:
        code = evaluate(objective, user, x, x, nothing, n, probes, count, values, nothing, work)
        if code == DONE:
            code = tell(engine, point, claimed, values, count)
            count = ask(engine, point, claimed, probes, ROUND)
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
    probes = allocate_records(Probe, ROUND)
    work = allocate_like(x, n)
    code = OUT_OF_MEMORY
    if not (is_null(own) or is_null(probes) or is_null(work)):
        copy_options(options, own, holds_float32(x))
        if uses_lines(n, own.mode, own.budget) != 0:
            code = check_lines(objective, user, x, claimed, n, own, probes, work, report, findings, capacity)
        else:
            code = check_full(objective, user, x, claimed, n, own, probes, work, report, findings, capacity)
    release(own)
    release(probes)
    release(work)
    return code


def check_full(
    objective: Objective,
    user: User,
    x: ConstVector,
    claimed: ConstVector,
    n: int,
    options: ConstOptions,
    probes: Probes,
    work: Vector,
    report: Report,
    findings: Findings,
    capacity: int,
) -> int:
    """Check every coordinate: the engine reckons in double, whatever the type of x."""
    words = allocate_words(engine_words(n))
    engine = as_record(words, Engine)
    values = allocate_reals(ROUND + 2 * n)
    code = OUT_OF_MEMORY
    if not (is_null(words) or is_null(values)):
        point = offset(values, ROUND)
        gradient = offset(values, ROUND + n)
        for index in range(n):
            point[index] = widened(x[index])
            gradient[index] = widened(claimed[index])
        code = engine_start(engine, point, gradient, n, options)
        if code == DONE:
            code = run(engine, objective, user, x, point, gradient, n, probes, values, work)
        if code == DONE:
            code = result(engine, report, findings, capacity)
    release(engine)
    release(values)
    return code


def check_lines(
    objective: Objective,
    user: User,
    x: ConstVector,
    claimed: ConstVector,
    n: int,
    options: ConstOptions,
    probes: Probes,
    work: Vector,
    report: Report,
    findings: Findings,
    capacity: int,
) -> int:
    """Check along lines: beside x and the gradient this takes one vector, the point at hand."""
    engine = as_record(allocate_words(lines_words(0)), Engine)
    values = allocate_reals(2 * ROUND + window_count(n))
    code = OUT_OF_MEMORY
    if not (is_null(engine) or is_null(values)):
        changes = offset(values, ROUND)
        sizes = offset(values, 2 * ROUND)
        windows(x, n, sizes)
        code = lines_start(engine, x, claimed, sizes, n, null_words(), 0, options)
        count = lines_ask(engine, x, claimed, probes, ROUND) if code == DONE else 0
        while count > 0 and code == DONE:
            code = evaluate(objective, user, x, claimed, sizes, n, probes, count, values, changes, work)
            if code == DONE:
                code = lines_tell(engine, values, changes, count)
                count = lines_ask(engine, x, claimed, probes, ROUND)
        if code == DONE:
            code = lines_result(engine, report, findings, capacity)
    release(engine)
    release(values)
    return code
