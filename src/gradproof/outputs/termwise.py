"""Checks of sums of terms: differences are taken term by term, and terms that are wrong are named."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from ..diagnosis.parts import Blamed, blamed_part
from ..evaluators.objectives import Terms
from ..problem.bounds import read_bounds
from ..problem.nodes import Leaf
from ..problem.numbers import Flat
from ..problem.point import Problem, call
from ..problem.structure import Layout
from ..report.cause import Cause
from ..report.report import Report
from ..run.progress import Progress
from ..run.rounds import run_check
from ..run.settings import Settings
from .checks import OutputsCheck
from .claimed.claims import ByMatrix
from .claimed.matrices import as_matrix
from .covectors import Covector
from .function import Function, Projected
from .localisation.columns import Column
from .sums import compensated_sum

# Terms that never change matter where they are larger than the others by this factor.
LARGER = 16.0
# Coordinates in which the errors are compared with the slopes of the terms.
COORDINATES = 16


def check_terms(objective: Terms, gradient: Any, x: Any, settings: Settings, progress: Progress) -> Report:
    """Check a gradient of a sum of terms; the arguments are those of `gradproof.check`."""
    settings.options()
    problem = settings.problem(x)
    function = Function(objective.function, problem, settings.budget, "terms")
    _refuse_what_is_not_finite(function)
    value = call(gradient, problem.copy_of_x()[0], "gradient") if callable(gradient) else gradient
    if _is_by_term(value, function.layout, problem.whole):
        return _TermsCheck(function, problem.sign * value, problem, settings, progress).run()
    return _check_sum(
        function, _Known(value, gradient) if callable(gradient) else gradient, problem, settings, progress
    )


class _Known:
    """A gradient that was called once: its first value is not computed again."""

    def __init__(self, value: Any, gradient: Any) -> None:
        self._first = [value]
        self._gradient = gradient

    def __call__(self, x: Any) -> Any:
        """Return the gradient at x."""
        return self._first.pop() if self._first else self._gradient(x)


def _refuse_what_is_not_finite(function: Function) -> None:
    bad = np.flatnonzero(~np.isfinite(function.at_x))
    if bad.size:
        raise ValueError(f"every term must be finite at x, but {function.layout.name(int(bad[0]))} is not")


def _is_by_term(value: Any, layout: Layout, problem: Problem) -> bool:
    """Whether a gradient has one row for each term, and cannot be that of their sum."""
    shape = np.shape(value) if hasattr(value, "shape") else ()
    root = problem.layout.root
    return isinstance(root, Leaf) and shape != root.shape and shape in ((layout.n, problem.n), (layout.n, *root.shape))


class _TermsCheck(OutputsCheck):
    """A check with a gradient for each term: that of their sum, and every entry by itself."""

    def __init__(
        self, function: Function, gradients: Any, problem: Problem, settings: Settings, progress: Progress
    ) -> None:
        matrix = np.reshape(np.asarray(gradients, np.float64), (function.layout.n, problem.whole.n))
        claims = _Gradients(as_matrix(matrix, problem, function.layout), 1)
        super().__init__(function, claims, problem, settings, progress)

    def _covectors(self, usable: Flat) -> list[Covector]:
        return [_ones(self.function)]


class _Gradients(ByMatrix):
    word = "gradient"


def _ones(function: Function) -> Covector:
    n = function.layout.n
    return Covector("terms", np.ones(n), np.arange(n))


def _check_sum(function: Function, gradient: Any, problem: Problem, settings: Settings, progress: Progress) -> Report:
    """Check the gradient of the sum, and look for a term that explains its errors."""
    report = _report_of_sum(function, gradient, problem, settings, progress)
    explained = "" if report.stopped_by else _explanation(report, function, problem, settings.bounds)
    return replace(
        report,
        value=compensated_sum(function.at_x),
        evaluations=function.calls if settings.executor is None else report.evaluations,
        unexplained=() if explained else report.unexplained,
        warnings=(*[explained] * bool(explained), *report.warnings),
    )


def _report_of_sum(
    function: Function, gradient: Any, problem: Problem, settings: Settings, progress: Progress
) -> Report:
    """Check the gradient of the sum; once more where only terms that never change made its rounding look large."""
    objective, again = Projected(function, _ones(function)), problem.again()
    again.notes.extend(problem.notes)
    report = run_check(objective, gradient, problem, settings, progress)
    if report.verdict != "inconclusive" or report.stopped_by or settings.budget is not None:
        return report
    finer = Projected(function, _ones(function), constant=objective.evaluated.unmoved(function.at_x))
    if not 0 < LARGER * finer.centre <= objective.centre:
        return report
    return run_check(finer, gradient, again, settings, progress)


def _explanation(report: Report, function: Function, problem: Problem, bounds: Any) -> str:
    """Return which term explains all errors of the gradient, and how; "" if none does, or several do."""
    wrong = [one for one in report.findings if one.cause is Cause.WRONG and not one.is_line]
    wrong = [one for one in wrong if np.isfinite(one.claimed)][:COORDINATES]
    if not wrong:
        return ""
    places = [problem.layout.place(one.index) for one in wrong]
    box = read_bounds(bounds, problem)
    columns = [Column(function, problem, place, box) for place in places]
    slopes = np.stack([column.slopes(one.step, 0.0).centre for column, one in zip(columns, wrong, strict=True)], axis=1)
    errors = np.array([one.claimed - one.slope for one in wrong])
    name, blamed = _blamed(function.layout, slopes, errors)
    if blamed is None:
        return ""
    what = blamed.meaning or f"is wrong by {blamed.factor:.3g} times its slope"
    return f"{name} {what}: its slopes explain all {len(wrong)} errors."


def _blamed(layout: Layout, slopes: Flat, errors: Flat) -> tuple[str, Blamed | None]:
    """Return what explains all errors: a term, or an array whose terms do together, such as a penalty."""
    one = blamed_part(slopes, errors)
    if one is not None:
        return layout.name(one.number), one
    leaves = layout.arrays
    array = blamed_part(np.add.reduceat(slopes, [leaf.start for leaf in leaves], axis=0), errors)
    # The only array is the sum itself.
    return (leaves[array.number].path, array) if array is not None and len(leaves) > 1 else ("", None)
