"""The public check of a Jacobian: a matrix, dense or sparse, a linear operator, or blocks."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..arguments.pair import pair_of
from ..problem.point import Problem, call
from ..problem.structure import Layout
from ..report.raising import right_or_raise
from ..report.report import Report
from ..run.keywords import Inconclusive, OutputsSettings
from .checks import held, outputs_check, without_arguments
from .claimed.claims import ByMatrix, Claims
from .claimed.matrices import as_matrix, is_operator
from .claimed.operators import ByOperator
from .claimed.patterns import ByPattern, as_pattern, refuse_outside
from .claimed.symmetry import misfit
from .covectors import TANGENTS, signed

if TYPE_CHECKING:
    from typing_extensions import Unpack


def check_jacobian(
    function: Callable[[Any], Any],
    jacobian: Any,
    x: Any = None,
    *,
    pattern: Any = None,
    **settings: Unpack[OutputsSettings],
) -> Report:
    """Check the Jacobian of a function with many outputs, such as the residuals of a fit.

    Parameters
    ----------
    function : callable
        ``function(x)``, or `in_place`, as for `check_vjp`.
    jacobian : callable, matrix or True
        The matrix of derivatives at `x`, or ``jacobian(x)``, which returns it: an array of shape (outputs, coordinates)
        or of the shape of the output followed by that of `x`; a sparse matrix or a LinearOperator of SciPy; or the
        structure of the output that holds, for each of its arrays, the structure of `x` with such arrays.  True if the
        function returns ``(output, Jacobian)``, as with ``jac=True`` in `scipy.optimize.root`.
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

    def claiming(claim: Any, problem: Problem, layout: Layout) -> Claims:
        calls, value = 0, claim
        if callable(value) and not is_operator(value):
            calls, value = 1, call(claim, problem.copy_of_x()[0], "Jacobian")
        if is_operator(value):
            operators.append(ByOperator(value, problem, layout))
            return operators[0] if pattern is None else ByPattern(operators[0], pattern, problem, layout)
        matrix = as_matrix(value, problem, layout)
        if pattern is not None:
            refuse_outside(matrix, as_pattern(pattern, problem, layout), problem, layout)
        return ByMatrix(matrix if problem.sign > 0 else -matrix, calls)

    function, jacobian, rest = without_arguments(function, jacobian, settings)
    if jacobian is True:
        function, jacobian = pair_of(function)
    operators: list[ByOperator] = []
    with held(function):
        check = outputs_check(function, jacobian, claiming, x, rest)
        report = check.run()
        if report.stopped_by or not (operators and operators[0].has_adjoint):
            return report
        seed, n, outputs = check.settings.seed, check.problem.n, check.function.layout.n
        vectors = signed(seed, TANGENTS, n), signed(seed, 0, outputs)
        return check.refuted(report, misfit(operators[0], *vectors, check.unit))


def assert_jacobian(
    function: Callable[[Any], Any],
    jacobian: Any,
    x: Any = None,
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
