"""The gradient checks of SciPy: `check_grad`, `approx_fprime` and `check_derivative`, with the same signatures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..checking import check
from ..outputs.jacobian import check_jacobian
from ..problem.numbers import Flat
from ..report.report import Report
from .shared.distance import Distance, largest_of, norm_of
from .shared.slopes import centered_slopes, stepped_slopes

# What counts as agreement, so that the caller's threshold decides: relative errors that forward differences, which
# people's thresholds are made for, hardly resolve.  Jacobians of more
# coordinates are checked along lines, whose own tolerance is what they can resolve.
RTOL = 1e-7
LONG = 5000


def check_grad(
    func: Callable[..., Any],
    grad: Callable[..., Any],
    x0: Any,
    *args: Any,
    epsilon: Any = None,
    direction: str = "all",
    rng: Any = None,
    seed: Any = None,
) -> Distance:
    """Check a gradient, with the signature of `scipy.optimize.check_grad`.

    Parameters
    ----------
    func : callable
        ``func(x0, *args)``: a number, or a vector of outputs.
    grad : callable
        ``grad(x0, *args)``: the gradient, or the Jacobian with one row for each output.
    x0 : array_like
        The point.
    *args
        Further arguments of both functions.
    epsilon : optional
        Has no effect: steps are chosen from the noise of `func`.
    direction : {"all", "random"}, optional
        Whether to check every coordinate, or one random direction.
    rng, seed : optional
        A seed or a generator for that direction; `seed` is its name in older versions of SciPy.

    Returns
    -------
    Distance
        A float with the attribute `report`: the 2-norm of the difference between the claim and the measured slopes,
        for ``assert check_grad(func, grad, x0) < 1e-6``.

    Raises
    ------
    TypeError, ValueError
        As for `gradproof.check`.

    Notes
    -----
    Components that agree to 1e-7, to the error bar of their slope, or with the slopes on both sides of a kink count as
    0: a right gradient gives 0, where forward differences leave 1e-8 and more.  Those that are wrong count with their
    measured error, those that could not be decided with the largest error that they may have; infinity if nothing is
    known.  A Jacobian by more than 5,000 coordinates is checked along lines: what is wrong counts as far as it was
    located.

    Examples
    --------
    >>> import numpy as np
    >>> from gradproof.compat import check_grad
    >>> def func(x):
    ...     return x[0] ** 2 - 0.5 * x[1] ** 3
    >>> def grad(x):
    ...     return [2 * x[0], -1.5 * x[1] ** 2]
    >>> float(check_grad(func, grad, [1.5, -1.5]))
    0.0
    >>> wrong = check_grad(func, lambda x: [2 * x[0], 1.5 * x[1] ** 2], [1.5, -1.5])
    >>> round(wrong, 6), wrong.report.wrong
    (6.75, array([1]))
    """
    x = _point(x0, "check_grad(func, grad, x0)")
    if direction == "random":
        return norm_of(_along(func, grad, x, args, seed if rng is None else rng))
    if direction != "all":
        raise ValueError(f'direction must be "all" or "random", not {direction!r}')
    return norm_of(_report(lambda x: func(x, *args), lambda x: grad(x, *args), np.atleast_1d(x)))


def approx_fprime(xk: Any, f: Callable[..., Any], epsilon: Any = None, *args: Any) -> Flat:
    """Approximate a gradient or a Jacobian, with the signature of `scipy.optimize.approx_fprime`.

    Parameters
    ----------
    xk : array_like
        The point, a vector.
    f : callable
        ``f(xk, *args)``: a number, or a vector of outputs.
    epsilon : float or array_like, optional
        Step for forward differences, or one for each coordinate.  The default takes centered differences, with steps
        chosen from the noise of `f`: about 2n + 12 evaluations, and far smaller errors.
    *args
        Further arguments of `f`.

    Returns
    -------
    ndarray
        The gradient, or the Jacobian with one row for each output.

    Raises
    ------
    TypeError, ValueError
        As for `gradproof.centered_difference`.

    Examples
    --------
    >>> import numpy as np
    >>> from gradproof.compat import approx_fprime
    >>> def f(x, scale):
    ...     return scale * x[0] ** 2 + x[1] ** 2
    >>> approx_fprime(np.ones(2), f, None, 3.0).round(8)
    array([6., 2.])
    >>> approx_fprime([1.0, 2.0], np.exp).round(6)
    array([[2.718282, 0.      ],
           [0.      , 7.389056]])
    """
    x = np.atleast_1d(_point(xk, "approx_fprime(xk, f)"))

    def function(x: Flat) -> Any:
        return f(x, *args)

    if epsilon is None:
        slopes = centered_slopes(function, x)
    else:
        slopes = stepped_slopes(function, x, np.broadcast_to(np.asarray(epsilon, np.float64), x.shape))
    return slopes[0] if slopes.ndim == 2 and len(slopes) == 1 else slopes


def check_derivative(
    fun: Callable[..., Any],
    jac: Callable[..., Any],
    x0: Any,
    bounds: Any = (-np.inf, np.inf),
    args: tuple[Any, ...] = (),
    kwargs: dict[str, Any] | None = None,
) -> Distance:
    """Check a gradient or a Jacobian, with the signature of SciPy's `check_derivative` for `least_squares`.

    Parameters
    ----------
    fun : callable
        ``fun(x, *args, **kwargs)``: a number, or a vector of outputs.
    jac : callable
        ``jac(x, *args, **kwargs)``: the gradient or the Jacobian, dense or sparse.
    x0 : array_like
        The point.
    bounds : (lower, upper), optional
        `fun` is never evaluated outside.
    args, kwargs : tuple and dict, optional
        Further arguments of both functions.

    Returns
    -------
    Distance
        A float with the attribute `report`: the largest error of an entry, relative to its slope where that is larger
        than 1.  What agrees counts as 0, as for `check_grad`.

    Raises
    ------
    TypeError, ValueError
        As for `gradproof.check_jacobian`.

    Examples
    --------
    >>> import numpy as np
    >>> from gradproof.compat import check_derivative
    >>> t = np.array([0.0, 0.5, 1.0])
    >>> def residuals(p):
    ...     return p[0] * np.exp(-p[1] * t)
    >>> def jacobian(p):
    ...     return np.stack([np.exp(-p[1] * t), -p[0] * t * np.exp(-p[1] * t)], axis=1)
    >>> float(check_derivative(residuals, jacobian, [2.0, 1.0]))
    0.0
    >>> check_derivative(residuals, lambda p: jacobian(p) * [1, -1], [2.0, 1.0]) > 1
    True
    """
    more = kwargs or {}
    x = np.atleast_1d(_point(x0, "check_derivative(fun, jac, x0)"))
    report = _report(lambda x: fun(x, *args, **more), lambda x: jac(x, *args, **more), x, bounds=_finite(bounds))
    return largest_of(report)


def _point(x: Any, call: str) -> Flat:
    """Return a point as an array; if it is none, say what is expected where."""
    if callable(x):
        raise TypeError(f"the point is a function: the arguments seem to be swapped; call {call}")
    if hasattr(x, "jac") and hasattr(x, "x"):
        raise TypeError("the point is what a minimizer returned: pass its x")
    return np.array(x, np.float64)


def _report(function: Callable[[Flat], Any], jacobian: Callable[[Flat], Any], x: Flat, **settings: Any) -> Report:
    """Check the derivatives of a function with one output or with many."""
    if np.ndim(function(x.copy())) == 0:
        return check(function, lambda x: _row(jacobian(x)), x, mode="full", rtol=RTOL, **settings)
    rtol = RTOL if x.size <= LONG else None
    try:
        return check_jacobian(function, lambda x: _numbers(jacobian(x)), x, rtol=rtol, **settings)
    except ValueError:
        if x.size > 1 and np.ndim(jacobian(x.copy())) == 0:
            raise ValueError(
                "the arguments seem to be swapped: the function returns an array, and its derivative one number"
            ) from None
        raise


def _numbers(jacobian: Any) -> Any:
    """Return a Jacobian that may be given as lists."""
    return jacobian if hasattr(jacobian, "shape") else np.asarray(jacobian, np.float64)


def _row(gradient: Any) -> Any:
    """Return a gradient, which may be given as lists or as a sparse matrix with one row."""
    return _numbers(gradient.toarray() if hasattr(gradient, "toarray") else gradient)


def _along(func: Callable[..., Any], grad: Callable[..., Any], x: Flat, args: tuple[Any, ...], rng: Any) -> Report:
    """Check the slope along one random direction."""
    claimed = np.asarray(grad(x.copy(), *args), np.float64)
    if claimed.ndim > 1:
        raise ValueError('direction="random" is for functions with one output: the gradient must be a vector')
    # A generator and the older RandomState both have it.
    random = rng if hasattr(rng, "standard_normal") else np.random.default_rng(rng)
    direction = np.asarray(random.standard_normal(size=x.shape))

    def objective(w: Flat) -> Any:
        return func(x + w[0] * direction, *args)

    return check(objective, np.array([float(np.dot(claimed.ravel(), direction.ravel()))]), np.zeros(1), rtol=RTOL)


def _finite(bounds: Any) -> Any:
    """Return bounds as `gradproof.check` takes them; None for those that bound nothing."""
    lower, upper = (np.asarray(one, np.float64) for one in bounds)
    return None if np.all(lower == -np.inf) and np.all(upper == np.inf) else (lower, upper)
