"""The check in one call."""

from __future__ import annotations

import math

from ..coordinates.rounds import is_of_pairs
from ..machine.options import chosen_mode, take_options
from ..machine.result import open_report, write_result, write_undecided
from ..machine.rounds import end_before_its_time, next_pairs, next_round, take_values
from ..points.directions import first_not_finite_in, window_count, windows
from ..points.values import Problem, Watch, set_problem
from ..records.abi import Code, ConstVector, Integer, Objective, User, exported
from ..records.border import ConstOptions, Findings, Options, Report
from ..records.codes import (
    BAD_BOUNDS,
    DONE,
    LINES_EXPECTED,
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
from ..records.engine import Engine
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
    null_words,
    offset,
    release,
    seconds,
    untyped,
)
from ..records.overlapping import overlap
from ..records.record import WORD, words_of
from .shared import Workspace, begin_shares, room_words, threads_of, values_of_round
from .start import begin_engine, code_of_start, words_for

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

    The time limit is looked at after every call of the objective; a call under way is not interrupted.  Progress is
    called after every evaluation; with threads, after every one in the caller's thread, and at the end of a round.

    With options->threads above 1, the objective is called from up to that many threads at once, the caller's among
    them, wherever a round of points takes long enough to be shared.  It must be reentrant: every call has a point and
    a value of its own, but all have the same user data, which must not be written without a lock or atomics.  The
    report and the findings are the same bits for any number of threads.  Where a call of the objective ends the check,
    the other threads finish the calls that they are in; all have ended when gradproof_check returns.  An exception or a
    longjmp must not leave an objective in another thread, where nothing can catch it; and thread-local settings, such
    as a rounding mode, are the system's there, not the caller's.

    Parameters
    ----------
    objective : Objective
        Writes f(x) to *value and returns 0; GRADPROOF_OUTSIDE, or a value that is NaN, where it has none; or a code
        above 0, which ends the check at once and is handed back.
    user : User
        Handed to the objective unchanged.
    x : ConstVector
        The point, n finite values; the objective gets copies of it.
    claimed : ConstVector
        The gradient under test, n values.
    n : Integer
        Number of coordinates, at least 1.
    options : ConstOptions
        Options, or NULL for the defaults.  options->float32 does not matter here: points have the type of x.
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
    problem = local_record(Problem)
    set_problem(problem, objective, user, x, claimed, n)
    return check_in_memory(problem, x, own, report, findings, capacity)


def code_of_point(x: ConstVector, n: int, options: Options, report: Report) -> int:
    """Return the code of a point that is not finite or not within the bounds, and say which coordinate it is about."""
    index = first_not_finite_in(x, n)
    code = X_NOT_FINITE
    if index < 0:
        index, code = first_outside(x, n, options)
    if index < 0:
        return DONE
    write_undecided(report, index)
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


def check_in_memory(
    problem: Problem, x: ConstVector, options: Options, report: Report, findings: Findings, capacity: int
) -> int:
    """Check in one piece of memory: one round of probes, the engine, typical sizes, and a point for every thread."""
    claimed = as_like(x, problem.claimed)
    n = problem.n
    words = words_for(n, options)
    sizes = window_count(n)
    room = room_words(x, n)
    memory = allocate_bytes(WORD * (WORKSPACE_WORDS + words + sizes + threads_of(options) * room))
    if is_null(memory):
        return OUT_OF_MEMORY
    work = as_record(memory, Workspace)
    engine = as_record(offset(memory, WORKSPACE_WORDS), Engine)
    own_sizes = as_reals(offset(memory, WORKSPACE_WORDS + words))
    rooms = offset(memory, WORKSPACE_WORDS + words + sizes)
    if chosen_mode(n, options) == MODE_LINES:
        windows(x, n, own_sizes)
    work.problem = problem
    work.problem.sizes = own_sizes
    work.floats = 1 if holds_float32(x) else 0
    begin_watch(work.watch, options)
    begin_shares(work, memory, rooms, room, options)
    watch_progress(work.watch, n, options)
    code = begin_engine(engine, x, claimed, own_sizes, n, options)
    if code == DONE:
        code = run(engine, x, claimed, work)
    if engine.rounds > 0:
        write_result(engine, report, findings, capacity)
    # A callback may end the check with its last evaluation: what did not end by itself is not called right.
    if code != DONE and report.verdict == VERDICT_RIGHT:
        report.verdict = VERDICT_INCONCLUSIVE
    release(memory)
    return code


def next_points(engine: Engine, work: Workspace) -> int:
    """Ask for the next round; of pairs, only their number and their steps, unless points must be within bounds."""
    watch = work.watch
    if is_of_pairs(engine) and is_null(watch.lower) and is_null(watch.upper):
        work.problem.pairs = untyped(engine)
        return next_pairs(engine)
    work.problem.pairs = null_words()
    return next_round(engine, work.probes)


def begin_watch(watch: Watch, options: Options) -> None:
    """Set what every thread keeps an eye on."""
    clear_record(watch)
    watch.lower = options.lower
    watch.upper = options.upper
    if options.time_limit > 0.0:
        watch.deadline = seconds() + options.time_limit


def watch_progress(watch: Watch, n: int, options: Options) -> None:
    """Set what the caller's thread alone does: it tells the caller how far the check has come."""
    watch.progress = options.progress
    watch.progress_user = options.progress_user
    watch.expected = LINES_EXPECTED if chosen_mode(n, options) == MODE_LINES else 2 * n + 2


def run(engine: Engine, x: ConstVector, claimed: ConstVector, work: Workspace) -> int:
    """Ask, evaluate, tell, until the check is done or something ends it; return the code that did."""
    watch = work.watch
    count = next_points(engine, work)
    while count > 0:
        code = values_of_round(x, work, count)
        if watch.computed > 0:
            engine.skipped = watch.outside
            take_values(engine, x, claimed, work.values, work.changes, watch.computed)
        if code != DONE:
            end_before_its_time(engine, STOPPED_BY_CALLER)
            return code
        if engine.rounds == 1 and not math.isfinite(engine.value):
            return OBJECTIVE_NOT_FINITE
        count = next_points(engine, work)
        if count > 0 and watch.is_late != 0:
            end_before_its_time(engine, STOPPED_BY_TIME_LIMIT)
            count = 0
    return DONE
