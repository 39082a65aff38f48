"""The public check of a Hessian-vector product, which must also be symmetric."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..report.raising import right_or_raise
from ..report.report import Report
from ..run.keywords import Inconclusive, OutputsSettings
from .checks import held, outputs_check
from .claimed.claims import ByCovectors
from .claimed.symmetry import asymmetry

if TYPE_CHECKING:
    from typing_extensions import Unpack


def check_hvp(
    gradient: Callable[[Any], Any], hvp: Callable[[Any, Any], Any], x: Any = None, **settings: Unpack[OutputsSettings]
) -> Report:
    """Check a Hessian-vector product against the gradient, and that it is symmetric.

    Parameters
    ----------
    gradient : callable
        ``gradient(x)`` returns the gradient, in the structure of `x`; it is taken to be right.
    hvp : callable
        ``hvp(x, vector)`` returns the product of the Hessian with a vector; both have the structure of `x`.
    x : array_like or structure of arrays
        The point, as for `check_vjp`.
    **settings
        As for `check_vjp`.

    Returns
    -------
    Report
        As for `check_vjp`: findings name a component of the gradient and a coordinate.  A product that is not symmetric
        is wrong, whatever the gradient; a warning says by how much.

    Raises
    ------
    TypeError, ValueError
        As for `check_vjp`.

    Examples
    --------
    >>> import numpy as np
    >>> import gradproof
    >>> x = np.array([0.5, 1.0, 2.0])
    >>> def gradient(x):
    ...     return 2 * x * np.sum(x**2)
    >>> def hvp(x, v):
    ...     return 2 * v * np.sum(x**2) + 4 * x * np.dot(x, v)
    >>> gradproof.check_hvp(gradient, hvp, x).verdict
    'right'
    >>> report = gradproof.check_hvp(gradient, lambda x, v: 2 * v * np.sum(x**2) + 2 * x * np.dot(x, v), x)
    >>> report.verdict, report.findings[0].name
    ('wrong', 'output[2] / x[1]')
    """
    with held(gradient):
        check = outputs_check(gradient, hvp, _Products, x, settings)
        if check.function.layout.n == 1 < check.problem.layout.total:
            raise TypeError("check_hvp takes the gradient, not the objective: the function returned a single number")
        report = check.run()
        if report.stopped_by or check.function.layout.n != check.problem.n:
            return report
        return check.refuted(report, asymmetry(check.claims, check.problem.n, check.settings.seed, check.unit))


def assert_hvp(
    gradient: Callable[[Any], Any],
    hvp: Callable[[Any, Any], Any],
    x: Any = None,
    *,
    inconclusive: Inconclusive = "raise",
    **settings: Unpack[OutputsSettings],
) -> Report:
    """Raise an exception unless a Hessian-vector product is right; for use in tests.

    Parameters
    ----------
    gradient, hvp, x, **settings
        As for `check_hvp`.
    inconclusive : {"raise", "pass"}, optional
        What to do if the check cannot decide, as for `assert_gradient`.

    Returns
    -------
    Report
        The report of a product that passed.

    Raises
    ------
    GradientError, InconclusiveError, TypeError, ValueError
        As for `assert_gradient`.

    Examples
    --------
    >>> import numpy as np
    >>> import gradproof
    >>> gradproof.assert_hvp(np.exp, lambda x, v: np.exp(x) * v, np.array([0.5, 1.0])).verdict
    'right'
    """
    return right_or_raise(lambda: check_hvp(gradient, hvp, x, **settings), inconclusive)


class _Products(ByCovectors):
    """The Hessian is symmetric: its product with a covector is that with a vector."""

    word = "Hessian-vector product"
    form = "hvp must be a function hvp(x, vector)"
    instead = "for a matrix call check_jacobian(gradient, matrix, x)"
