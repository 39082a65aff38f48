"""The entry points of the package: `check` and `assert_gradient`."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from .arguments.reading import Asked, read_arguments
from .evaluators.objectives import InPlace, Terms
from .report.report import Report
from .run.rounds import run_check
from .run.settings import Settings, refuse_unknown_precision

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from .run.keywords import CheckSettings, Convention, Inconclusive, Mode, Precision
    from .run.progress import Progress


def check(
    objective: Any,
    gradient: Any = None,
    x: Any = None,
    *,
    args: Any = (),
    mode: Mode = "auto",
    seed: int = 0,
    budget: int | None = None,
    time_limit: float | None = None,
    rtol: float | None = None,
    atol: float | None = None,
    bounds: Any = None,
    only: Any = None,
    held: Any = None,
    names: Sequence[str] | None = None,
    convention: Convention | None = None,
    sign: int = 1,
    precision: Precision | None = None,
    rows: int | None = None,
    executor: Any = None,
    progress: Progress = None,
    save: str | os.PathLike[str] | None = None,
    resume: str | os.PathLike[str] | None = None,
) -> Report:
    """Check a gradient: tell whether it is right, which coordinates are wrong, and why.

    Parameters
    ----------
    objective : callable, or a problem
        The scalar function ``f(x) -> float``.  It may be a plain function, a function compiled by Numba,
        `gradproof.batched(f)`, `gradproof.native(f)`, or `gradproof.in_place(parameters, f)`.  Or, in a call
        ``check(problem)``, an object or a dict that holds everything: an objective (``fun``, ``obj`` or ``objective``),
        a gradient (``jac``, ``grad`` or ``gradient``), a point (``x0``), and possibly ``args`` and bounds (``bounds``,
        or ``lb`` and ``ub``, or ``bl`` and ``bu``), such as the keyword arguments of `scipy.optimize.minimize`.
        ``check(problem, x=x)`` checks elsewhere.
    gradient : callable, array_like or True
        ``g(x)``, which returns the gradient in the shape or structure of `x`; or the gradient itself, already computed
        at `x`; or `gradproof.native(g)`.  With `in_place` it is ``g()``, without arguments.  True if the objective
        returns ``(value, gradient)``, as with ``jac=True`` in SciPy; the call that gives the gradient at `x` then gives
        the first value there, too.
    x : array_like or structure of arrays
        The point at which to check: an array of any shape, float64 or float32 (integers become float64), or a (nested)
        dict, list or tuple of arrays; complex numbers are two coordinates each, and truth values in a structure are
        none.  A list of plain numbers is one vector.  A structure that mixes float32 and float64 is checked in float64.
        The functions receive copies; `x` itself is never modified.  With `in_place`, leave it out: the parameters are
        the point.  A Series or DataFrame of pandas reaches the functions as such; its labels name the coordinates, and
        a gradient with labels is put in their order.  A single array of more than 256 MiB, as `x` or as the gradient,
        is not copied; if the functions modify it, the check raises an error.
    args : tuple, optional
        Further arguments: objective and gradient are called as ``f(x, *args)`` and ``g(x, *args)``, or with `rows` as
        ``f(x, rows, *args)``.  Anything but a tuple is a single argument.  Not with `native` and `in_place`.
    mode : {"auto", "full", "lines"}, optional
        "full" tests every coordinate.  "lines" tests random lines through all of `x`, in some 30 to 100 evaluations and
        two for each named array, and locates the coordinates where they disagree; the report states the smallest error
        that would have been detected.  "auto" (the default) is "full" up to 5,000 coordinates if the budget allows it,
        and "lines" otherwise.
    seed : int, optional
        Seed of the random lines, from 0 to 2**64 - 1.  The same input and seed give the same report.
    budget : int, optional
        Maximum number of evaluations of the objective.  Coordinates left untested are reported, and the verdict is then
        never "right".
    time_limit : float, optional
        Maximum time in seconds, with the same consequences as `budget`.
    rtol : float, optional
        The relative error that counts as wrong.  The default is 1e-5, and larger if the objective computes in float32.
        Along lines the default is what the lines can resolve, relative to the norm of the gradient; the report says it.
    atol : float, optional
        An absolute error of a claimed component that is allowed, in the unit of the gradient, in addition to `rtol`.
        The default is none.  A component with |claimed| below it may be anything of that size, 0 included; the report
        counts such components as not vouched for.
    bounds : (lower, upper), Bounds or list of pairs, optional
        The objective is never evaluated outside these bounds.  In ``(lower, upper)`` each is None, a number, an array,
        or has the structure of `x`.  As in SciPy, they may also be a `scipy.optimize.Bounds`, or a pair ``(min, max)``
        for each coordinate, in which None stands for no bound.  For two coordinates, write ``(lower, upper)`` with
        arrays, and pairs as a list of tuples: what can be read in both ways is refused.  Points outside are no
        evaluations and do not count towards `budget`; the report gives their number.
    only, held : optional
        Which coordinates to check, and which not: names with wildcards such as ``"layers.*.bias"`` or ``"W[3, :]"``,
        flat indices, a mask with the shape of `x`, or a structure of masks; or a list of names and indices.  The others
        stay where they are, and may be infinite or NaN.  Reports count and name coordinates as they are in all of `x`.
    names : sequence of str, optional
        Names for the coordinates of an `x` that is one vector.
    convention : {"pytorch", "jax", "autograd"}, optional
        What a gradient for a complex coordinate x + iy is: df/dx + i df/dy, as PyTorch has it (the default), or its
        conjugate, as JAX and autograd have it.  Real and imaginary parts are coordinates of their own.
    sign : {1, -1}, optional
        -1 if `gradient` returns minus the gradient, such as a force, which is minus the gradient of an energy.  The
        report gives the claims as gradients.
    precision : {"float64"}, optional
        Evaluate `f` with `x` in float64, at the same point; the gradient stays the one at `x` as it is.  What rounding
        in its precision explains is not called wrong.  A note says where `f` computes in float32 all the same, or takes
        no `x` in float64, and is checked as it is.  Not with `in_place`, `native`, `terms` and `rows`.
    rows : int, optional
        The number N of data points.  Objective and gradient are then called as ``f(x, rows)`` and ``g(x, rows)``, where
        ``rows`` is a read-only int64 array with some of the indices 0 to N - 1; the gradient must be that of the
        objective on the same rows.  Coordinates that kinks or noise leave undecided on all rows are then checked again
        on fewer rows at a time, until every row has been used; such a finding states this in its `rows`.  Along lines
        all rows are used.  A saved check covers the check on all rows only.
    executor : concurrent.futures.Executor, optional
        Evaluates the objective; anything with a method ``submit(function, *arguments)`` will do, such as Dask's
        ``client.get_executor()``.  Processes need an objective that can be pickled (a function at the top level of a
        module), threads one that is safe to call concurrently.  The report does not depend on the number of workers,
        even if some of them die.
    progress : bool or callable, optional
        True or False for a line that shows the progress or none, or a function ``progress(done, total)``.  By default
        there is a line if the errors go to a terminal.
    save : path_like, optional
        File in which to save the check every few seconds and at its end, however it ends.  The file is complete at
        every moment, even if the process is killed.
    resume : path_like, optional
        File of a saved check to continue.  The result is the same, bit for bit, as if the check had never been
        interrupted; only f(x) is evaluated again.  The arguments `x`, `gradient`, `seed`, `mode`, `rtol`, `atol` and
        `bounds` must be the original ones, and so must the objective: f(x) is compared.  A check goes on as it
        began where `mode` is left out.  The budget counts all evaluations and may be raised or dropped, but along lines
        it is fixed at the start.  The time limit starts anew.  `save` may name the file again.

    Returns
    -------
    Report
        The result.  ``bool(report)`` is True only for the verdict "right", and ``print(report)`` shows the table.

    Raises
    ------
    TypeError, ValueError
        If an argument is invalid, if the objective does not return one real number or is not finite at `x`, or if the
        file of `resume` is damaged or belongs to another check.
    IndexError
        If `only` or `held` name a coordinate that `x` does not have.

    See Also
    --------
    assert_gradient : The same check as an assertion.
    check_along : Checks at several points along a training run.

    Notes
    -----
    An exception that the objective raises at `x` propagates.  At any other point it counts as a missing value.

    Ctrl-C ends a check after its first round: the report holds what was found so far, and its `stopped_by` is
    "interrupted".  Before that, or if pressed again, it raises KeyboardInterrupt.

    A saved check is protected against damage, not against malice: resume only files that you trust.

    Slopes are extrapolated from several steps [1]_, and their error bars include the rounding noise of the objective,
    which is measured where it matters [2]_.

    References
    ----------
    .. [1] L. F. Richardson, "The approximate arithmetical solution by finite differences of physical problems involving
       differential equations", Philosophical Transactions of the Royal Society A 210, 307-357 (1911).
    .. [2] J. J. Moré and S. M. Wild, "Estimating computational noise", SIAM Journal on Scientific Computing 33,
       1292-1314 (2011).

    Examples
    --------
    >>> import numpy as np
    >>> from gradproof import check
    >>> def objective(x):
    ...     return np.sum(x**4)
    >>> def gradient(x):
    ...     return 4 * x**3
    >>> x = np.array([1.0, 2.0, 3.0])
    >>> report = check(objective, gradient, x)
    >>> report.verdict
    'right'

    A gradient with a mistake, in two named arrays:

    >>> def objective(p):
    ...     return np.sum((p["W"] @ p["b"]) ** 2)
    >>> def gradient(p):
    ...     y = p["W"] @ p["b"]
    ...     return {"W": 2 * np.outer(y, p["b"]), "b": p["W"].T @ y}  # a 2 is missing
    >>> p = {"W": np.array([[1.0, 2.0], [3.0, 4.0]]), "b": np.array([0.5, 1.0])}
    >>> report = check(objective, gradient, p)
    >>> [finding.name for finding in report.findings]  # the worst first
    ['b[1]', 'b[0]']
    >>> print(report)
    wrong: the gradient is wrong in 2 of 6 coordinates
    ...
    """
    asked = read_arguments(objective, gradient, x, args, bounds)
    rest = (save, resume, atol, only, held, names, convention, sign)
    settings = Settings(mode, seed, budget, time_limit, rtol, asked.bounds, executor, *rest)
    try:
        if precision is not None:
            return _run_in_float64(asked, precision, rows, settings, progress)
        return _run(asked, rows, settings, progress)
    except ValueError as error:
        from .arguments.swapped import with_swap_explained

        if (better := with_swap_explained(error, asked.objective, asked.x, rows)) is error:
            raise
        raise better from None


def _run_in_float64(asked: Asked, precision: Any, rows: Any, settings: Settings, progress: Progress) -> Report:
    # Imported on use: most checks evaluate f as it is.
    from .arguments.precise import InFloat64

    refuse_unknown_precision(precision)
    lifted = InFloat64(asked, rows)
    settings = settings._replace(rtol=settings.rtol or lifted.rtol or None, atol=settings.atol or lifted.atol or None)
    report: Report = lifted.noted(_run(lifted.asked, None, settings, progress))
    return report


def _run(asked: Asked, rows: int | None, settings: Settings, progress: Progress) -> Report:
    if isinstance(asked.objective, Terms):
        if rows is not None:
            raise TypeError("rows= cannot be used with terms(): the terms say what the rows would")
        # Imported on use: most objectives return one number.
        from .outputs.termwise import check_terms

        return check_terms(asked.objective, asked.gradient, asked.x, settings, progress)
    if rows is None:
        return run_check(asked.objective, asked.gradient, asked.x, settings, progress)
    if isinstance(asked.objective, InPlace):
        raise TypeError("rows cannot be chosen in place: give f(x, rows) and g(x, rows), or leave rows out")
    from .rows.fewer_rows import check_on_rows

    return check_on_rows(asked.objective, asked.gradient, asked.x, rows, settings, progress)


def assert_gradient(
    objective: Any,
    gradient: Any = None,
    x: Any = None,
    *,
    inconclusive: Inconclusive = "raise",
    **settings: Unpack[CheckSettings],
) -> Report:
    """Raise an exception unless a gradient is right; for use in tests.

    Parameters
    ----------
    objective, gradient, x
        As for `check`.
    inconclusive : {"raise", "pass"}, optional
        What to do if the check cannot decide: raise `InconclusiveError` (the default), or return the report.
    **settings
        The other arguments of `check`.

    Returns
    -------
    Report
        The report of a gradient that passed.

    Raises
    ------
    GradientError
        If the gradient is wrong.  Its `report` says where and why.
    InconclusiveError
        If the check could not decide; a subclass of `GradientError`.
    KeyboardInterrupt
        After Ctrl-C, so that the whole test run ends.
    TypeError, ValueError
        If an argument is invalid, as for `check`.

    Examples
    --------
    >>> import numpy as np
    >>> from gradproof import GradientError, assert_gradient
    >>> x = np.array([0.5, 1.0, 2.0])
    >>> assert_gradient(lambda x: np.sum(np.sin(x)), np.cos, x).verdict
    'right'
    >>> assert_gradient(lambda x: (np.sum(np.sin(x)), np.cos(x)), True, x).verdict
    'right'
    >>> try:
    ...     assert_gradient(lambda x: np.sum(np.sin(x)), np.sin, x)
    ... except GradientError as error:
    ...     print(error.report.wrong)
    [0 1 2]
    """
    __tracebackhide__ = True
    from .report.raising import right_or_raise

    return right_or_raise(lambda: check(objective, gradient, x, **settings), inconclusive)
