"""The front door: `check` and `assert_gradient`."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from .evaluators.arrays.inplace import InPlace
from .report.report import GradientError, InconclusiveError, Report
from .run.progress import Progress
from .run.rounds import run_check
from .run.settings import Settings


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
        the point.  One array of more than 256 MiB, as x or as the gradient, is not copied; if the functions write to
        it, the check ends with an error.
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
        Points that are left out for that count towards the budget, but not as evaluations; the report says how many.
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
    settings = Settings(mode, seed, budget, time_limit, rtol, bounds, executor, save, resume)
    if rows is None:
        return run_check(objective, gradient, x, settings, progress)
    if isinstance(objective, InPlace):
        raise TypeError("rows cannot be chosen in place: give f(x, rows) and g(x, rows), or leave rows out")
    from .rows.fewer_rows import check_on_rows

    return check_on_rows(objective, gradient, x, rows, settings, progress)


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
