"""Checks along a training run: an optimizer follows the claimed gradient, and points on its way are checked.

At the initial point a bug can be hidden by weights that start at 0, by dead or saturated units, or by a regulariser
that is larger than everything else.  After some steps of training it no longer is.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..arguments.reading import read_arguments
from ..checking import check
from ..evaluators.choice import gradient_function
from ..problem.numbers import Flat, in_short, whole
from ..problem.point import Problem, call, read_problem
from ..report.report import Report
from ..rows.on_rows import OnRows, row_count
from ..run.keywords import AlongSettings
from ..run.progress import Progress, shown
from .optimizers import ALL_ROWS, OPTIMIZERS, Update, batches
from .trajectory import Trajectory, verdict_over

if TYPE_CHECKING:
    from typing_extensions import Unpack

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
    **settings: Unpack[AlongSettings],
) -> Trajectory:
    """Train with the claimed gradient, and check it at several points along the way.

    Parameters
    ----------
    objective, gradient, x
        As for `check`; the gradient must be a function, or True.
    optimizer : str or callable, optional
        "batch" (gradient descent on all rows), "sgd" (one row per step; the default), or "minibatch", "momentum",
        "adagrad" [1]_ or "adam" [2]_ (32 rows per step).  Or a function ``optimizer(x, gradient)`` that returns the
        next x, all in the structure of `x`.
    steps : int, optional
        The number of steps of the optimizer, 0 or more.
    at : sequence of int, optional
        After how many steps to check; 0 means at `x` itself.  The default is 0, 10, 100 and `steps`, as far as they do
        not exceed `steps`.
    rows : int, optional
        The number of data points, as for `check`.  Without it, the gradient is a function of x alone and every step
        uses all data.
    learning_rate : float, optional
        Positive; by default that of the optimizer.
    batch_size : int, optional
        The number of rows per step, which requires `rows`; by default that of the optimizer.
    seed : int, optional
        Seed for the order of the rows and for the checks.
    stop_at_wrong : bool, optional
        Whether to stop at the first point at which the gradient is wrong.
    time_limit : float, optional
        Maximum time in seconds, for everything together.
    progress : bool or callable, optional
        As for `check`, with one bar for all steps and checks.
    **settings
        Other arguments of `check`, except `save` and `resume`, for every point; a `budget` applies to each point.

    Returns
    -------
    Trajectory
        A report for each point, and one verdict; true only if the gradient is right at every point.

    Raises
    ------
    TypeError, ValueError
        If an argument is invalid, or as for `check`.

    References
    ----------
    .. [1] J. Duchi, E. Hazan and Y. Singer, "Adaptive subgradient methods for online learning and stochastic
       optimization", Journal of Machine Learning Research 12, 2121-2159 (2011).
    .. [2] D. P. Kingma and J. Ba, "Adam: A method for stochastic optimization", International Conference on Learning
       Representations (2015).

    Examples
    --------
    The cross term of this gradient has the wrong sign, which cannot be seen at 0:

    >>> import numpy as np
    >>> from gradproof import check_along
    >>> def objective(x):
    ...     return np.sum((x - 1) ** 2) + x[0] * x[1]
    >>> def gradient(x):
    ...     return 2 * (x - 1) - x[::-1]
    >>> found = check_along(objective, gradient, np.zeros(2), optimizer="batch", steps=10)
    >>> [report.verdict for report in found.reports]
    ['right', 'wrong']
    >>> found.first_wrong
    10
    """
    given: dict[str, Any] = {**settings}
    if {"save", "resume"} & set(given):
        raise TypeError("save and resume cannot be used here: check_along makes several checks")
    asked = read_arguments(objective, gradient, x, given.pop("args", ()), given.pop("bounds", None))
    objective, gradient, x = asked.objective, asked.gradient, asked.x
    given["bounds"] = asked.bounds
    problem = read_problem(x)
    chosen = _points(steps, at)
    count = None if rows is None else row_count(rows)
    if not callable(gradient := gradient_function(gradient, problem)):
        raise TypeError(f"gradient must be a function, which each step calls, not of type {type(gradient).__name__}")
    update = _update(optimizer, learning_rate, problem)
    size = _batch_size(optimizer, batch_size, count)
    deadline = None if time_limit is None else time.monotonic() + time_limit
    with shown(progress, max(chosen) + len(chosen) * (2 * problem.n + 2)) as advance:
        given |= {"rows": rows, "seed": seed, "progress": _passed_on(advance) if advance else False}
        points = _walk(gradient, problem, update, _rows_of_steps(count, size, seed), chosen, advance)
        checked = functools.partial(_checked, objective, gradient, problem, given, deadline)
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
    """Yield the points to check; the last one is not finite if the optimizer diverged."""
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
        with np.errstate(all="ignore"):  # divergence is reported without warnings
            x = update(x, slopes).astype(x.dtype)
        if advance is not None:
            advance(1)


def _checked(
    objective: Any, gradient: Any, problem: Problem, settings: dict[str, Any], deadline: float | None, point: Flat
) -> Report | str:
    """Return the report for a point, or the reason why it was not checked."""
    if not np.isfinite(point).all():
        return "diverged"
    left = None if deadline is None else deadline - time.monotonic()
    if left is not None and left <= 0:
        return "time_limit"
    return check(objective, gradient, problem.layout.build(point.copy()), time_limit=left, **settings)


def _reports(
    points: Iterator[Flat], checked: Callable[[Flat], Report | str], *, stop_at_wrong: bool
) -> tuple[list[Report], str]:
    """Return the reports for the points, and what ended them early."""
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
    """Return a progress callback for single checks that advances the bar of all checks."""
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
        raise ValueError(f"at must hold integers from 0 to steps, which is {steps}, not {in_short(at)}")
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
        raise ValueError(
            f"optimizer must be one of {names}, or a function of x and gradient, not {in_short(optimizer)}"
        )
    if learning_rate is not None:
        raise ValueError("learning_rate can only be set for named optimizers, not for a function")
    layout = problem.layout

    def update(x: Flat, gradient: Flat) -> Flat:
        moved = optimizer(layout.build(x.copy()), layout.build(gradient))
        if moved is None:
            raise TypeError("the optimizer returned None instead of the next x: is a `return` missing?")
        return layout.flatten(moved, "the optimizer's result")

    return update


def _batch_size(optimizer: Any, size: Any, count: int | None) -> int:
    """Return the number of rows per step."""
    if size is not None:
        if count is None:
            raise ValueError("batch_size requires rows, the number of data points")
        rows = whole(size, "batch_size must be an integer")
        if rows < 1:
            raise ValueError(f"batch_size must be at least 1 row, not {size}")
        return rows
    usual = OPTIMIZERS[optimizer].batch_size if isinstance(optimizer, str) else ALL_ROWS
    return usual or count or 1
