"""The public check of a Jacobian: a matrix, dense or sparse, a linear operator, or blocks."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from ..problem.numbers import Flat
from ..problem.point import Problem, call
from ..problem.structure import Layout
from ..report.raising import right_or_raise
from ..report.report import Report
from ..run.keywords import Inconclusive, OutputsSettings
from .checks import outputs_check
from .claimed.claims import ByMatrix, ByTangents, Claims
from .claimed.matrices import as_matrix, as_pattern, is_operator, outside

if TYPE_CHECKING:
    from typing_extensions import Unpack


def check_jacobian(
    function: Callable[[Any], Any], jacobian: Any, x: Any, *, pattern: Any = None, **settings: Unpack[OutputsSettings]
) -> Report:
    """Check the Jacobian of a function with many outputs, such as the residuals of a fit.

    Parameters
    ----------
    function : callable
        ``function(x)`` returns an array, real or complex, or a (nested) dict, list or tuple of arrays.
    jacobian : callable or matrix
        The matrix of derivatives at `x`, or ``jacobian(x)``, which returns it: an array of shape (outputs, coordinates)
        or of the shape of the output followed by that of `x`; a sparse matrix or a LinearOperator of SciPy; or the
        structure of the output that holds, for each of its arrays, the structure of `x` with such arrays.
    x : array_like or structure of arrays
        The point, as for `check_vjp`.
    pattern : matrix, optional
        Where the Jacobian may differ from 0: truth values or numbers, dense or sparse, of shape (outputs, coordinates).
        The derivatives outside must be 0, which is checked like any other claim.
    **settings
        As for `check_vjp`.

    Returns
    -------
    Report
        As for `check_vjp`.  Every entry is compared by itself, from the evaluations that serve the sum of all outputs.

    Raises
    ------
    TypeError, ValueError
        As for `check_vjp`; also if the Jacobian is not 0 outside of the pattern.

    Examples
    --------
    The residuals of an exponential fit, with a wrong column for the rate:

    >>> import numpy as np
    >>> import gradproof
    >>> t = np.array([0.0, 0.5, 1.0])
    >>> def residuals(p):
    ...     return p[0] * np.exp(-p[1] * t) - np.array([2.0, 1.2, 0.7])
    >>> def jacobian(p):
    ...     return np.stack([np.exp(-p[1] * t), p[0] * t * np.exp(-p[1] * t)], axis=1)  # a minus is missing
    >>> report = gradproof.check_jacobian(residuals, jacobian, np.array([2.0, 1.0]))
    >>> [finding.name for finding in report.findings]
    ['output[2] / x[1]', 'output[1] / x[1]']
    """

    def claiming(problem: Problem, layout: Layout) -> Claims:
        calls, value = 0, jacobian
        if callable(value) and not is_operator(value):
            calls, value = 1, call(jacobian, problem.copy_of_x()[0], "Jacobian")
        if is_operator(value):
            return ByOperator(value, problem, layout)
        matrix = as_matrix(value, problem, layout)
        if pattern is not None:
            _refuse_outside(matrix, as_pattern(pattern, problem, layout), problem, layout)
        return ByMatrix(matrix if problem.sign > 0 else -matrix, calls)

    return outputs_check(function, claiming, x, settings).run()


def assert_jacobian(
    function: Callable[[Any], Any],
    jacobian: Any,
    x: Any,
    *,
    pattern: Any = None,
    inconclusive: Inconclusive = "raise",
    **settings: Unpack[OutputsSettings],
) -> Report:
    """Raise an exception unless a Jacobian is right; for use in tests.

    Parameters
    ----------
    function, jacobian, x, pattern, **settings
        As for `check_jacobian`.
    inconclusive : {"raise", "pass"}, optional
        What to do if the check cannot decide, as for `assert_gradient`.

    Returns
    -------
    Report
        The report of a Jacobian that passed.

    Raises
    ------
    GradientError, InconclusiveError, TypeError, ValueError
        As for `assert_gradient`.

    Examples
    --------
    >>> import numpy as np
    >>> import gradproof
    >>> A = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    >>> gradproof.assert_jacobian(lambda x: A @ x, A, np.array([1.0, 0.5])).verdict
    'right'
    """
    return right_or_raise(lambda: check_jacobian(function, jacobian, x, pattern=pattern, **settings), inconclusive)


class ByOperator(ByTangents):
    """Claims by a linear operator: ``matvec`` for columns, and ``rmatvec`` for covectors where it has one."""

    word = "Jacobian"

    def __init__(self, operator: Any, problem: Problem, layout: Layout) -> None:
        every = problem.whole.layout
        if tuple(operator.shape) != (layout.n, every.n):
            raise ValueError(
                f"the operator has the shape {tuple(operator.shape)}, but ({layout.n}, {every.n}) is expected: one row "
                "for each output, one column for each coordinate"
            )
        super().__init__(lambda _, tangent: None, problem, layout)
        self._operator = operator

    def product(self, tangent: Flat) -> Flat:
        """Return the product with a tangent, flat."""
        self.calls += 1
        indices, every = self._problem.layout.indices, tangent
        if indices is not None:
            every = np.zeros(self._problem.layout.total)
            every[indices] = tangent
        return self._problem.sign * np.asarray(self._operator.matvec(every), np.float64).reshape(-1)

    def projected(self, weights: Flat) -> Flat:
        """Return the product with a covector; from those with tangents where there is no other."""
        try:
            every = self._problem.sign * np.asarray(self._operator.rmatvec(weights), np.float64).reshape(-1)
        except NotImplementedError:
            return super().projected(weights)
        self.calls += 1
        indices = self._problem.layout.indices
        return every if indices is None else every[indices]


def _refuse_outside(matrix: Any, pattern: Any, problem: Problem, layout: Layout) -> None:
    rows, columns = outside(matrix, pattern)
    if len(rows):
        first = f"{layout.name(int(rows[0]))} / {problem.layout.name(int(columns[0]))}"
        raise ValueError(f"the Jacobian is not 0 in {len(rows):,} entries outside of the pattern, such as {first}")
