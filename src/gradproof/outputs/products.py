"""The public checks of products with covectors and tangents, and what all checks of many outputs share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, cast

from ..report.raising import right_or_raise
from ..report.report import Report
from ..run.keywords import Inconclusive, OutputsSettings
from .along.tangents import AlongLines, goes_along_lines
from .checks import held, outputs_check
from .claimed.claims import ByCovectors, ByTangents

if TYPE_CHECKING:
    from typing_extensions import Unpack


def check_vjp(
    function: Callable[[Any], Any], vjp: Callable[[Any, Any], Any], x: Any = None, **settings: Unpack[OutputsSettings]
) -> Report:
    """Check a vector-Jacobian product: the backward pass of a function with many outputs.

    The outputs are added up with random weights, and the product with these weights is checked as the gradient of the
    sum, by the same rules as in `check`.  What disagrees is then looked at output by output.

    Parameters
    ----------
    function : callable
        ``function(x)`` returns an array, real or complex, or a (nested) dict, list or tuple of arrays.  Or
        `gradproof.in_place(parameters, function)`, for ``function()`` and ``vjp(cotangent)``; `x` is then left out.
    vjp : callable
        ``vjp(x, cotangent)`` returns the product of the cotangent with the Jacobian of `function`, in the structure of
        `x`.  The cotangent has the structure of the output.
    x : array_like or structure of arrays
        The point, as for `check`; a function of several arrays takes them as a tuple or a dict.  Integers, truth
        values, text and None in a structure stay as they are.
    **settings
        As for `check`: mode, seed, budget, time_limit, rtol, atol, bounds, only, held, names, convention, sign,
        executor, progress; and args, for ``function(x, *args)`` and ``vjp(x, cotangent, *args)``.

    Returns
    -------
    Report
        Findings name both ends, such as ``output[2, 1] / W[3, 7]``; their `output` is the flat index of the output, -1
        where only the sum over several is known to be wrong.  `wrong` has the flat indices of the coordinates of `x`.

    Raises
    ------
    TypeError, ValueError
        If an argument is invalid, or a result does not have the expected structure.

    See Also
    --------
    check_jvp, check_jacobian : The same for products with tangents, and for matrices.
    check_adjoint : Whether a jvp and a vjp fit each other.

    Notes
    -----
    A covector of ones is what a backward pass sees that is checked under ``sum``: it does not notice that the incoming
    gradient is forgotten.  Here signs are random and magnitudes uniform in [0.5, 1.5), drawn from `seed` for each array
    of the output.  With several arrays of the output, each is also compared by itself, from the same evaluations.  The
    product is called once more, with minus the covector: one that is right for incoming gradients of one sign alone,
    as that of a guided ReLU, is wrong.

    An output that is not finite at `x`, or random, is left out and named; the verdict is then not "right".

    Examples
    --------
    >>> import numpy as np
    >>> import gradproof
    >>> def function(x):
    ...     return np.tanh(x["W"] @ x["b"])
    >>> def vjp(x, cotangent):
    ...     inner = cotangent * (1 - np.tanh(x["W"] @ x["b"]) ** 2)
    ...     return {"W": np.outer(inner, x["b"]), "b": x["W"].T @ inner}
    >>> x = {"W": np.array([[0.5, -1.0], [0.25, 2.0]]), "b": np.array([1.0, 0.5])}
    >>> gradproof.check_vjp(function, vjp, x).verdict
    'right'

    A backward pass that forgets its incoming gradient:

    >>> def forgetful(x, cotangent):
    ...     return vjp(x, np.ones(2))
    >>> report = gradproof.check_vjp(function, forgetful, x)
    >>> report.verdict, report.findings[0].name
    ('wrong', 'output[1] / b[1]')
    """
    with held(function):
        return outputs_check(function, vjp, ByCovectors, x, settings).run()


def assert_vjp(
    function: Callable[[Any], Any],
    vjp: Callable[[Any, Any], Any],
    x: Any = None,
    *,
    inconclusive: Inconclusive = "raise",
    **settings: Unpack[OutputsSettings],
) -> Report:
    """Raise an exception unless a vector-Jacobian product is right; for use in tests.

    Parameters
    ----------
    function, vjp, x, **settings
        As for `check_vjp`.
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
    >>> gradproof.assert_vjp(np.sin, lambda x, cotangent: cotangent * np.cos(x), np.array([0.5, 1.0])).verdict
    'right'
    """
    return right_or_raise(lambda: check_vjp(function, vjp, x, **settings), inconclusive)


def check_jvp(
    function: Callable[[Any], Any], jvp: Callable[[Any, Any], Any], x: Any = None, **settings: Unpack[OutputsSettings]
) -> Report:
    """Check a Jacobian-vector product: the forward derivative of a function with many outputs.

    Parameters
    ----------
    function : callable
        ``function(x)``, or `in_place`, as for `check_vjp`.
    jvp : callable
        ``jvp(x, tangent)`` returns the product of the Jacobian of `function` with the tangent, in the structure of the
        output.  The tangent has the structure of `x`.
    x : array_like or structure of arrays
        The point, as for `check_vjp`.
    **settings
        As for `check_vjp`.

    Returns
    -------
    Report
        As for `check_vjp`.

    Raises
    ------
    TypeError, ValueError
        As for `check_vjp`.

    Notes
    -----
    The product is called with a unit tangent for each coordinate; every output is then compared by itself, from the
    evaluations that serve their sum with random weights.  Along lines it is called with a random tangent for each of
    four lines through all of `x` and for each named array, and every output is compared along each; coordinates that
    are to blame are found by halving a line.  In float32, within bounds and with an executor, lines take one product a
    coordinate.

    Examples
    --------
    >>> import numpy as np
    >>> import gradproof
    >>> x = np.array([0.5, 1.0, 2.0])
    >>> gradproof.check_jvp(np.cumsum, lambda x, tangent: np.cumsum(tangent), x).verdict
    'right'
    >>> report = gradproof.check_jvp(np.cumsum, lambda x, tangent: np.cumsum(tangent) * [1, 1, 0.5], x)
    >>> [finding.name for finding in report.findings]
    ['output[2] / x[0]', 'output[2] / x[1]', 'output[2] / x[2]']
    """
    with held(function):
        check = outputs_check(function, jvp, ByTangents, x, settings)

        def located(indices: Sequence[int], budget: int) -> Report:
            given = {**settings, "only": list(indices), "held": None, "mode": "full", "budget": budget}
            return outputs_check(function, jvp, ByTangents, x, given).run()

        along = AlongLines(check, cast(ByTangents, check.claims), located) if goes_along_lines(check) else None
        report = None if along is None else along.report()
        return check.run() if report is None else report


def assert_jvp(
    function: Callable[[Any], Any],
    jvp: Callable[[Any, Any], Any],
    x: Any = None,
    *,
    inconclusive: Inconclusive = "raise",
    **settings: Unpack[OutputsSettings],
) -> Report:
    """Raise an exception unless a Jacobian-vector product is right; for use in tests.

    Parameters
    ----------
    function, jvp, x, **settings
        As for `check_jvp`.
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
    >>> gradproof.assert_jvp(np.sin, lambda x, tangent: np.cos(x) * tangent, np.array([0.5, 1.0])).verdict
    'right'
    """
    return right_or_raise(lambda: check_jvp(function, jvp, x, **settings), inconclusive)
