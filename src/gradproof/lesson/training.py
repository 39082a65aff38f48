"""A check along the training: the optimizer goes its way with the claimed gradient, and points on it are checked.

A bug can hide at the initial point: behind weights that start at 0, behind units that are dead or saturated, behind a
regulariser that is larger than all else.  After some steps it cannot.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from ..checking import check
from ..evaluators.choice import gradient_function
from ..problem.numbers import Flat, whole
from ..problem.point import Problem, call, read_problem
from ..report.report import Report
from ..rows.fewer_rows import row_count
from ..rows.on_rows import OnRows
from ..run.progress import Progress, shown
from .optimizers import ALL_ROWS, OPTIMIZERS, Update, batches
from .trajectory import Trajectory, verdict_over

AT = (0, 10, 100)


def check_along(
    objective: Any,
    gradient: Any,
    x: Any,
    *,
    optimizer: str | Callable[[Any, Any], Any] = "sgd",
    steps: int = 100,
    at: Sequence[int] = AT,
    rows: int | None = None,
    learning_rate: float | None = None,
    batch_size: int | None = None,
    seed: int = 0,
    stop_at_wrong: bool = False,
    time_limit: float | None = None,
    progress: Progress = None,
    **settings: Any,
) -> Trajectory:
    """Train with the claimed gradient, and check it at some of the points on the way.

    Parameters
    ----------
    objective, gradient, x
        As for `check`; the gradient is a function.
    optimizer
        "batch" (gradient descent on all rows), "sgd" (one row a step), "minibatch", "momentum", "adagrad" or "adam" (32
        rows a step); or a function that takes x and the gradient there, in the structure of x, and returns the next x.
    steps
        How many steps the optimizer goes.
    at
        After how many steps to check, 0 for x itself; by default 0, 10, 100 and `steps`, as far as it goes.
    rows
        The number of data points, as for `check`; without it the gradient takes x alone, and each step is on all data.
    learning_rate, batch_size
        Of the optimizer, where its own are not to be used.  A batch size needs `rows`.
    seed
        Of the order of the rows, and of the checks.
    stop_at_wrong
        Whether to end at the first point at which the gradient is wrong.
    time_limit
        In seconds, for all together.
    progress
        As for `check`: one bar for the steps and the evaluations of all checks.
    **settings
        The other arguments of `check` but save and resume, for every point; a budget is one point's.

    Returns
    -------
    Trajectory
        A report for each point, and one verdict; true in a boolean context only where all are right.

    Raises
    ------
    TypeError, ValueError
        Where an argument is not what is said above.
    """
    if {"save", "resume"} & set(settings):
        raise TypeError("save and resume are for one check; a check along the training is several")
    problem = read_problem(x)
    chosen = _points(steps, at)
    count = None if rows is None else row_count(rows)
    if not callable(gradient := gradient_function(gradient, problem)):
        raise TypeError(f"gradient must be a function, not of type {type(gradient).__name__}: each step calls it")
    update = _update(optimizer, learning_rate, problem)
    size = _batch_size(optimizer, batch_size, count)
    deadline = None if time_limit is None else time.monotonic() + time_limit
    with shown(progress, max(chosen) + len(chosen) * (2 * problem.n + 2)) as advance:
        settings |= {"rows": rows, "seed": seed, "progress": _passed_on(advance) if advance else False}
        points = _walk(gradient, problem, update, _rows_of_steps(count, size, seed), chosen, advance)
        checked = functools.partial(_checked, objective, gradient, problem, settings, deadline)
        reports, stopped_by = _reports(points, checked, stop_at_wrong=stop_at_wrong)
    unchecked = tuple(chosen[len(reports) :])
    return Trajectory(
        verdict=verdict_over(tuple(reports), unchecked),
        steps=tuple(chosen[: len(reports)]),
        reports=tuple(reports),
        optimizer=optimizer if isinstance(optimizer, str) else getattr(optimizer, "__name__", "an update"),
        stopped_by=stopped_by if unchecked or stopped_by == "interrupted" else "",
        unchecked=unchecked,
    )


def _walk(
    gradient: Callable[..., Any],
    problem: Problem,
    update: Update,
    rows: Iterator[Flat | None],
    chosen: list[int],
    advance: Callable[[int], object] | None,
) -> Iterator[Flat]:
    """Yield the points to check; the last one is not finite where the optimizer diverged."""
    x = problem.x.copy()
    for step in range(max(chosen) + 1):
        if step in chosen or not np.isfinite(x).all():
            yield x
        if step == max(chosen):
            return
        part = next(rows)
        function = gradient if part is None else OnRows(gradient, part, "gradient")
        value = call(function, problem.layout.build(x.copy()), "gradient")
        slopes = problem.layout.flatten(value, "the gradient's result")
        with np.errstate(all="ignore"):  # what diverges says so by itself
            x = update(x, slopes).astype(x.dtype)
        if advance is not None:
            advance(1)


def _checked(
    objective: Any, gradient: Any, problem: Problem, settings: dict[str, Any], deadline: float | None, point: Flat
) -> Report | str:
    """Return the report of a point, or what keeps it from being checked."""
    if not np.isfinite(point).all():
        return "diverged"
    left = None if deadline is None else deadline - time.monotonic()
    if left is not None and left <= 0:
        return "time_limit"
    return check(objective, gradient, problem.layout.build(point.copy()), time_limit=left, **settings)


def _reports(
    points: Iterator[Flat], checked: Callable[[Flat], Report | str], *, stop_at_wrong: bool
) -> tuple[list[Report], str]:
    """Return the reports of the points, and what ended them early."""
    reports: list[Report] = []
    try:
        for point in points:
            report = checked(point)
            if isinstance(report, str):
                return reports, report
            reports.append(report)
            if report.stopped_by in ("time_limit", "interrupted"):
                return reports, report.stopped_by
            if stop_at_wrong and report.verdict == "wrong":
                return reports, "wrong"
    except KeyboardInterrupt:
        if not reports:
            raise
        return reports, "interrupted"
    return reports, ""


def _rows_of_steps(count: int | None, size: int, seed: int) -> Iterator[Flat | None]:
    if count is not None:
        yield from batches(count, size, seed)
    while True:
        yield None


def _passed_on(advance: Callable[[int], object]) -> Callable[[int, int], object]:
    """Return what tells a bar of all checks of one check after the other."""
    before = 0

    def progress(done: int, _total: int) -> None:
        nonlocal before
        before = before if done > before else 0  # another check has begun
        advance(done - before)
        before = done

    return progress


def _points(steps: Any, at: Any) -> list[int]:
    steps = whole(steps, "steps must be an integer")
    if steps < 0:
        raise ValueError(f"steps must be 0 or more, not {steps}")
    if at is AT:
        return sorted({step for step in AT if step < steps} | {steps})
    if isinstance(at, str) or not hasattr(at, "__iter__"):
        at = (at,)
    chosen = sorted({whole(step, "each of at must be an integer") for step in at})
    if not chosen or chosen[0] < 0 or chosen[-1] > steps:
        raise ValueError(f"at must name points from 0 to steps, which is {steps}, not {at!r:.60}")
    return chosen


def _update(optimizer: Any, learning_rate: float | None, problem: Problem) -> Update:
    if isinstance(optimizer, str) and optimizer in OPTIMIZERS:
        known = OPTIMIZERS[optimizer]
        rate = known.learning_rate if learning_rate is None else float(learning_rate)
        if not 0 < rate < np.inf:
            raise ValueError(f"learning_rate must be positive and finite, not {learning_rate}")
        return known.update(rate)
    if not callable(optimizer):
        names = ", ".join(f'"{name}"' for name in OPTIMIZERS)
        raise ValueError(f"optimizer must be one of {names}, or a function of x and gradient, not {optimizer!r:.40}")
    if learning_rate is not None:
        raise ValueError("learning_rate is for the optimizers that have a name; a function has its own")
    layout = problem.layout

    def update(x: Flat, gradient: Flat) -> Flat:
        moved = optimizer(layout.build(x.copy()), layout.build(gradient))
        if moved is None:
            raise TypeError("the optimizer returned None, not the next x: is a `return` missing?")
        return layout.flatten(moved, "the optimizer's result")

    return update


def _batch_size(optimizer: Any, size: Any, count: int | None) -> int:
    """Return of how many rows each step is."""
    if size is not None:
        if count is None:
            raise ValueError("batch_size needs rows, the number of data points")
        rows = whole(size, "batch_size must be an integer")
        if rows < 1:
            raise ValueError(f"batch_size must be at least 1 row, not {size}")
        return rows
    usual = OPTIMIZERS[optimizer].batch_size if isinstance(optimizer, str) else ALL_ROWS
    return usual or count or 1
