"""A check: ask, evaluate, tell, until the findings stand."""

from __future__ import annotations

import numbers
import operator
import os
import time
from collections.abc import Callable
from contextlib import closing
from typing import Any

import numpy as np

from .core import codes
from .core.structs import REPORT_EARLY, REPORT_UNTESTED, REPORT_VERDICT
from .engine import Engine, Options, Outcome
from .evaluators.arrays.inplace import InPlace
from .evaluators.choice import evaluator_for, gradient_function
from .evaluators.evaluator import Evaluator
from .evaluators.pace import Pace, TimeIsUp
from .linesengine import LinesEngine, uses_lines
from .problem.point import Problem, read_bounds, read_problem
from .problem.structure import Flat
from .report.cause import Cause
from .report.ladder import Values
from .report.report import Evidence, GradientError, InconclusiveError, Report, make_report
from .report.vacuous import remarks
from .run.keeping import Answers, Keeper, keeper_for
from .run.progress import Progress, shown

MODES = ("auto", "full", "lines")
# What a check along lines takes at most where nothing disagrees.
LINES_EXPECTED = 120
ACCEPTABLE = [code for code in codes.CAUSES if Cause.from_code(code).is_acceptable]


def check(
    objective: Any,
    gradient: Any,
    x: Any = None,
    *,
    mode: str = "auto",
    seed: int = 0,
    budget: int | None = None,
    time_limit: float | None = None,
    rtol: float | None = None,
    bounds: Any = None,
    rows: int | None = None,
    executor: Any = None,
    progress: Progress = None,
    save: str | os.PathLike[str] | None = None,
    resume: str | os.PathLike[str] | None = None,
) -> Report:
    """Say whether a gradient is right, which coordinates are wrong, and why.

    Parameters
    ----------
    objective
        `f(x) -> float`; a function compiled by Numba; `gradproof.batched(f)`; `gradproof.native(f)`;
        `gradproof.in_place(parameters, f)` for an f without arguments, whose parameters are then moved where they are.
    gradient
        `g(x)` with the shape or structure of x, or the array itself, computed at x; or `gradproof.native(g)`; with
        `in_place` a `g()` without arguments, or the arrays themselves.
    x
        An array of any shape, float64 or float32 (integers become float64), or a (nested) dict, list or tuple of
        arrays.  A list of plain numbers is one vector.  Where float32 and float64 meet in one structure, all of it is
        float64.  The functions get copies; x is never written to.  With `in_place` it is left out: the parameters hold
        the point.
    mode
        "full" tests every coordinate.  "lines" tests random lines over the whole vector, in some 30 to 100 evaluations
        however long it is, and finds the coordinates where they disagree; the report says what it would have seen.
        "auto" is "full" up to 5,000 coordinates where the budget allows it, else "lines".
    seed
        Of the random lines; the same input and seed give the same report.
    budget
        At most so many evaluations of the objective; what is then untested is said, and never called right.
    time_limit
        In seconds; as budget.
    rtol
        The relative error that counts as wrong, by default 1e-5, more where the objective computes in float32; along
        lines by default what they see, relative to the norm of the gradient, which the report says.
    bounds
        (lower, upper), each None, a number, an array or the structure of x: the objective is never evaluated outside.
    rows
        The number N of data points.  Objective and gradient are then called as f(x, rows) and g(x, rows), where `rows`
        is an int64 array of some of 0 to N - 1, not to be written to; the gradient must be that of the objective on
        the same rows.  What kinks or noise leave undecided on all rows is then checked on fewer rows at a time, until
        each row had its turn; a finding that rests on that says so in its `rows`, and `fewer_rows` what it proves.
        Along lines all rows decide.  A saved check is that on all rows.
    executor
        Evaluates the objective: one of `concurrent.futures`, or what has `submit(function, *arguments)` as they do,
        such as Dask's `client.get_executor()`.  Each of its workers keeps x, and in a check along lines the claimed
        gradient and one more vector; tasks are a few words for each evaluation.  The report is the same for any number
        of workers, also where some of them die on the way.  For other processes the objective must be picklable (a
        function at the top of a module), for threads safe to call from several of them at once.
    progress
        True, False, None (a bar where a terminal looks on), or a callable(done, total).
    save
        A file in which the check is kept while it goes on: every few seconds, and when it ends, in whatever way.  It is
        always whole, whenever the process may be killed.
    resume
        A file in which a check was saved: it goes on from there to the bits of a check that was never broken off.  x,
        gradient, seed, mode, rtol and bounds must be those with which it began, the objective, too, which nobody can
        verify.  No evaluation is done again; the gradient is called once, to compare, and that call is not counted.
        The budget counts all evaluations and may be larger than it was, or none; along lines it is planned with from
        the beginning, and a check that began without one goes on without.  The time limit is new.  The file is only
        read: `save` may name it again.

    Returns
    -------
    Report
        True in a boolean context only for the verdict "right".

    Raises
    ------
    TypeError, ValueError
        Where an argument is not what it must be, or the file of `resume` is damaged or holds another check.

    Notes
    -----
    Ctrl-C ends the check after its first round, and the report holds what was found until then; its `stopped_by` is
    "interrupted".  Before that, and when it is pressed again, it raises KeyboardInterrupt.

    A saved check is verified against damage, not against malice: resume what you trust.  `gradproof/run/saving.py` says
    what is in the file.
    """
    if rows is not None:
        if isinstance(objective, InPlace):
            raise TypeError("rows cannot be chosen in place: give f(x, rows) and g(x, rows), or leave rows out")
        from .rows.fewer_rows import check_on_rows

        settings = {"mode": mode, "seed": seed, "budget": budget, "time_limit": time_limit, "rtol": rtol}
        settings |= {"bounds": bounds, "executor": executor, "save": save, "resume": resume}
        return check_on_rows(objective, gradient, x, rows, progress, **settings)
    started = time.monotonic()
    options = _options(mode, seed, budget, rtol)
    deadline = None if time_limit is None else started + _time_limit(time_limit)
    keeper = keeper_for(save, resume)
    problem, gradient = _problem(objective, gradient, x, lambda n: uses_lines(n, mode, options.budget))
    box = read_bounds(bounds, problem)
    chosen = "lines" if problem.along_lines else "full"
    keeper.begin(problem, box, options, chosen)
    with (
        shown(progress, LINES_EXPECTED if problem.along_lines else 2 * problem.n + 2) as advance,
        closing(evaluator_for(objective, problem, Pace(deadline, keeper.advance(advance)), box, executor)) as evaluator,
    ):
        claimed, calls = keeper.claimed_gradient(gradient_function(gradient, problem), problem)
        values = Values(problem.x)
        engine = _engine(problem, claimed, evaluator, options, zeroed=keeper.keeps)
        answers = keeper.record(evaluator, engine, values, problem, calls)
        stopped_by = _run(engine, answers, evaluator, values, keeper)
    outcome = engine.result()
    if not stopped_by and budget is not None and (outcome.report[REPORT_UNTESTED] or outcome.report[REPORT_EARLY]):
        stopped_by = "budget"
    for remark in remarks(problem.layout, problem.x, claimed, _acceptable(problem, outcome)):
        problem.note(remark)
    if keeper.failure:
        problem.note(keeper.failure)
    return make_report(
        outcome,
        Evidence(problem.layout, claimed, values, engine.blocks()),
        mode=chosen,
        seed=options.seed,
        gradient_evaluations=calls,
        stopped_by=stopped_by,
        notes=problem.notes,
    )


def assert_gradient(
    objective: Any, gradient: Any, x: Any = None, *, inconclusive: str = "raise", **settings: Any
) -> Report:
    """Raise `GradientError` where a gradient is wrong, and `InconclusiveError` where the check could not decide.

    Parameters
    ----------
    objective, gradient, x
        As for `check`.
    inconclusive
        "raise", or "pass" to let through what could not be decided.
    **settings
        The other arguments of `check`.

    Returns
    -------
    Report
        Of a gradient that passed.

    Raises
    ------
    GradientError, InconclusiveError
        With the report.
    KeyboardInterrupt
        After Ctrl-C, because it is meant for all the tests, not for this one.
    """
    return right_or_raise(lambda: check(objective, gradient, x, **settings), inconclusive)


def right_or_raise(checked: Callable[[], Report], inconclusive: str) -> Report:
    """Make a report and return it where it passes; `assert_gradient` says what is raised where it does not."""
    if inconclusive not in ("raise", "pass"):
        raise ValueError(f'inconclusive must be "raise" or "pass", not {inconclusive!r}')
    report = checked()
    if report.stopped_by == "interrupted":
        raise KeyboardInterrupt
    if report.verdict == "wrong":
        raise GradientError(report)
    if report.verdict == "inconclusive" and inconclusive == "raise":
        raise InconclusiveError(report)
    return report


def _problem(objective: Any, gradient: Any, x: Any, along_lines: Callable[[int], bool]) -> tuple[Problem, Any]:
    """Return the problem, and the gradient as `claimed_gradient` takes it."""
    if isinstance(objective, InPlace):
        if x is not None and x is not objective.parameters:
            raise TypeError("x must be left out with in_place: the point is where its parameters are")
        return objective.problem(gradient, along_lines)
    if x is None:
        raise TypeError(
            "x is missing: check(objective, gradient, x); only for gradproof.in_place(parameters, f) it is left out"
        )
    problem = read_problem(x)
    problem.along_lines = along_lines(problem.n)
    return problem, gradient


def _engine(problem: Problem, claimed: Flat, evaluator: Evaluator, options: Options, *, zeroed: bool) -> Engine:
    if not problem.along_lines:
        return Engine(problem, claimed, options, zeroed=zeroed)
    return LinesEngine(problem, claimed, evaluator.use_lines(claimed).sizes, options)


def _acceptable(problem: Problem, outcome: Outcome) -> Flat:
    """Return for each coordinate whether its claimed value agrees; along lines, whether all of them do."""
    if not problem.along_lines:
        return np.isin(outcome.causes, ACCEPTABLE)
    right = int(outcome.report[REPORT_VERDICT]) == codes.VERDICT_RIGHT
    return np.broadcast_to(np.array(right), (problem.n,))


def _run(engine: Engine, answers: Answers, evaluator: Evaluator, kept: Values, keeper: Keeper) -> str:
    """Run the rounds of a check; say what ended them early: "time_limit", "interrupted", or nothing."""
    stopped_by = ""
    try:
        while len(probes := engine.ask()):
            values = answers.evaluate(probes)
            kept.keep(probes, values)
            engine.tell(values, evaluator.foretold(probes))
            answers.forget()
    except TimeIsUp:
        stopped_by = "time_limit"
    except KeyboardInterrupt:
        if not engine.rounds:
            raise
        stopped_by = "interrupted"
    finally:
        keeper.save()
    if stopped_by:
        values = answers.first_values()
        kept.keep(probes[: len(values)], values)
        engine.stop(values)
    return stopped_by


def _options(mode: str, seed: int, budget: int | None, rtol: float | None) -> Options:
    if mode not in MODES:
        raise ValueError(f'mode must be "auto", "full" or "lines", not {mode!r}')
    if not 0 <= _integer(seed, "seed") < 1 << 64:
        raise ValueError(f"seed must be an integer from 0 to 2**64 - 1, not {seed}")
    if budget is not None and _integer(budget, "budget") < 1:
        raise ValueError(f"budget must be at least 1 evaluation of the objective, not {budget}; None sets no limit")
    if budget is not None and operator.index(budget) >= 1 << 63:
        raise ValueError("budget must be less than 2**63 evaluations of the objective; None sets no limit")
    if rtol is not None and not 0 < _real(rtol, "rtol") < 1:
        raise ValueError(f"rtol must be a relative error between 0 and 1, such as 1e-5, not {rtol}")
    return Options(operator.index(budget) if budget is not None else 0, operator.index(seed), float(rtol or 0.0))


def _time_limit(seconds: float) -> float:
    if not _real(seconds, "time_limit") > 0:
        raise ValueError(f"time_limit must be a positive number of seconds, not {seconds}; None sets no limit")
    return float(seconds)


def _integer(value: Any, what: str) -> int:
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        raise TypeError(f"{what} must be an integer, not {value!r:.40}")
    return operator.index(value)


def _real(value: Any, what: str) -> float:
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        raise TypeError(f"{what} must be a number, not {value!r:.40}")
    return float(value)
