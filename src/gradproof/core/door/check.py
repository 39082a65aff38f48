"""The check in one call."""

from __future__ import annotations

import math
from typing import Annotated

from ..machine.options import chosen_mode, take_options
from ..machine.result import copy_report, open_report, write_result
from ..machine.rounds import end_before_its_time, next_round, take_values
from ..points.directions import first_not_finite_in, window_count, windows
from ..points.values import Problem, Watch, watched_values
from ..records.abi import (
    Code,
    ConstVector,
    Integer,
    Objective,
    Pointer,
    Reals,
    User,
    Vector,
    exported,
)
from ..records.border import ConstOptions, Findings, Options, Probe, Report
from ..records.codes import (
    BAD_BOUNDS,
    DONE,
    MODE_LINES,
    NULL_OBJECTIVE,
    OBJECTIVE_NOT_FINITE,
    OUT_OF_MEMORY,
    OVERLAP,
    STOPPED_BY_CALLER,
    STOPPED_BY_TIME_LIMIT,
    VERDICT_INCONCLUSIVE,
    VERDICT_RIGHT,
    X_NOT_FINITE,
    X_OUTSIDE_BOUNDS,
)
from ..records.engine import ROUND, Engine
from ..records.floats import widened
from ..records.memory import (
    allocate_bytes,
    as_like,
    as_reals,
    as_record,
    clear_record,
    element_bytes,
    holds_float32,
    is_null,
    local_record,
    null_reals,
    offset,
    record_at,
    release,
    seconds,
)
from ..records.overlapping import overlap
from ..records.record import WORD, record, words_of
from .start import begin_engine, code_of_start, words_for

# What a check along lines takes where nothing disagrees, about.
LINES_EXPECTED = 120


@record
class Workspace:
    """What a check in one call keeps beside its engine: who watches, and one round of probes with their values."""

    watch: Watch  # bounds, progress, time limit
    probes: Annotated[Pointer[Probe], ROUND]  # what is asked
    values: Annotated[Reals, ROUND]  # f there
    changes: Annotated[Reals, ROUND]  # what the claim foretells there


WORKSPACE_WORDS = words_of(Workspace)


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
        Writes f(x) to *value and returns 0; GRADPROOF_OUTSIDE, or a value that is NaN, where it has none; or a code
        above 0, which ends the check at once and is handed back.
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
        Its size is set by the caller.  Filled with what was found; where a callback ended the check, with what was
        found until then; where the call is refused, the verdict is GRADPROOF_INCONCLUSIVE.
    findings : Findings
        The size of the first one is set by the caller.  Filled with the findings, worst first: what is wrong, then what
        is open, then kinks; if there are more than `capacity`, with the worst; may be NULL.
    capacity : Integer
        Number of findings that fit.

    Returns
    -------
    Code
        0: the check ran, and report->verdict is its verdict; above 0 the code of the objective or of progress;
        GRADPROOF_BAD_RETURN; GRADPROOF_OBJECTIVE_NOT_FINITE for f(x); GRADPROOF_OUT_OF_MEMORY; or the code of an
        argument or option that is refused.
    """
    own = local_record(Options)
    code = open_report(report, findings, capacity)
    if code == DONE and is_null(objective):
        code = NULL_OBJECTIVE
    if code == DONE:
        code = code_of_start(x, claimed, n)
    if code == DONE:
        code = take_options(own, options, n)
    if code == DONE:
        code = code_of_point(x, n, own, report)
    if code == DONE and writes_over(report, findings, capacity, x, claimed, n):
        code = OVERLAP
    if code != DONE:
        return code
    # Whatever the options say, the objective sees its points in the type of x.
    own.float32 = 1 if holds_float32(x) else 0
    return check_in_memory(Problem(objective, user, x, claimed, null_reals(), n), own, report, findings, capacity)


def code_of_point(x: ConstVector, n: int, options: Options, report: Report) -> int:
    """Return the code of a point that is not finite or not within the bounds, and say which coordinate it is about."""
    index = first_not_finite_in(x, n)
    code = X_NOT_FINITE
    if index < 0:
        index, code = first_outside(x, n, options)
    if index < 0:
        return DONE
    whole = local_record(Report)
    whole.verdict = VERDICT_INCONCLUSIVE
    whole.index = index
    copy_report(report, whole)
    return code


def first_outside(x: ConstVector, n: int, options: Options) -> tuple[int, int]:
    """Return the first coordinate that has impossible bounds, or is outside of them, and the code for it; or -1."""
    below = is_null(options.lower)
    above = is_null(options.upper)
    if below and above:
        return -1, DONE
    for index in range(n):
        lower = -math.inf if below else options.lower[index]
        upper = math.inf if above else options.upper[index]
        if not lower <= upper:
            return index, BAD_BOUNDS
        if not lower <= widened(x[index]) <= upper:
            return index, X_OUTSIDE_BOUNDS
    return -1, DONE


def writes_over(
    report: Report, findings: Findings, capacity: int, x: ConstVector, claimed: ConstVector, n: int
) -> bool:
    """Return whether report or findings overlap each other or what is read."""
    room = n * element_bytes(x)
    size = report.size
    if overlap(report, size, x, room) or overlap(report, size, claimed, room):
        return True
    if is_null(findings) or capacity == 0:
        return False
    filled = capacity * findings[0].size
    if overlap(findings, filled, report, size):
        return True
    return overlap(findings, filled, x, room) or overlap(findings, filled, claimed, room)


def check_in_memory(problem: Problem, options: Options, report: Report, findings: Findings, capacity: int) -> int:
    """Check in one piece of memory, which holds the engine, one round of probes, typical sizes, and a point."""
    x = problem.x
    n = problem.n
    words = words_for(n, options)
    sizes = window_count(n)
    memory = allocate_bytes(WORD * (words + WORKSPACE_WORDS + sizes) + n * element_bytes(x))
    if is_null(memory):
        return OUT_OF_MEMORY
    engine = as_record(memory, Engine)
    work = record_at(memory, WORD * words, Workspace)
    own_sizes = as_reals(offset(memory, words + WORKSPACE_WORDS))
    point = as_like(x, offset(memory, words + WORKSPACE_WORDS + sizes))
    if chosen_mode(n, options) == MODE_LINES:
        windows(x, n, own_sizes)
    begin_watch(work.watch, n, options)
    code = begin_engine(engine, x, problem.claimed, own_sizes, n, options)
    if code == DONE:
        with_sizes = Problem(problem.objective, problem.user, x, problem.claimed, own_sizes, n)
        code = run(engine, with_sizes, work, point)
    if engine.rounds > 0:
        write_result(engine, report, findings, capacity)
    # A callback may end the check with its last evaluation: what did not end by itself is not called right.
    if code != DONE and report.verdict == VERDICT_RIGHT:
        report.verdict = VERDICT_INCONCLUSIVE
    release(memory)
    return code


def begin_watch(watch: Watch, n: int, options: Options) -> None:
    """Set what is kept an eye on."""
    clear_record(watch)
    watch.lower = options.lower
    watch.upper = options.upper
    watch.progress = options.progress
    watch.progress_user = options.progress_user
    watch.expected = LINES_EXPECTED if chosen_mode(n, options) == MODE_LINES else 2 * n + 2
    if options.time_limit > 0.0:
        watch.deadline = seconds() + options.time_limit


def run(engine: Engine, problem: Problem, work: Workspace, point: Vector) -> int:
    """Ask, evaluate, tell, until the check is done or something ends it; return the code that did."""
    watch = work.watch
    count = next_round(engine, work.probes)
    while count > 0:
        code = watched_values(problem, work.probes, count, work.values, work.changes, point, watch)
        if watch.computed > 0:
            engine.skipped = watch.outside
            take_values(engine, problem.x, problem.claimed, work.values, work.changes, watch.computed)
        if code != DONE:
            end_before_its_time(engine, STOPPED_BY_CALLER)
            return code
        if engine.rounds == 1 and not math.isfinite(engine.value):
            return OBJECTIVE_NOT_FINITE
        count = next_round(engine, work.probes)
        if count > 0 and watch.is_late != 0:
            end_before_its_time(engine, STOPPED_BY_TIME_LIMIT)
            count = 0
    return DONE
