"""The numerical derivatives of statsmodels: the functions of `statsmodels.tools.numdiff`, with the same signatures.

Nothing of statsmodels is imported.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..differences import noise_floor
from ..problem.numbers import Flat
from .shared.slopes import SMALLEST, UNIT, Outputs, centered_slopes, stepped_slopes

# An f that is nearly 0 at x is not as noisy as it looks: at least as exact as float32.
UNIT_FLOAT32 = float(np.finfo(np.float32).eps)
# Second differences at these multiples of the step that balances truncation and noise have a sixteenth of its noise;
# what they have in common is truncation, which is extrapolated.
EXTRAPOLATED = (4.0, 8.0)
# Second differences at both that are this part apart may not be those of an f that is smooth so far away.
UNLIKE = 0.05


def approx_fprime(
    x: Any,
    f: Callable[..., Any],
    epsilon: Any = None,
    args: tuple[Any, ...] = (),
    kwargs: dict[str, Any] | None = None,
    centered: bool = False,
) -> Flat:
    """Approximate a gradient or a Jacobian, with the signature of statsmodels' `approx_fprime`.

    Parameters
    ----------
    x : array_like
        The point, a vector.
    f : callable
        ``f(x, *args, **kwargs)``: a number or an array.
    epsilon : float or array_like, optional
        Step, or one for each coordinate.  The default takes centered differences with steps chosen from the noise of
        `f`, whether `centered` or not.
    args, kwargs : tuple and dict, optional
        Further arguments of `f`.
    centered : bool, optional
        With `epsilon`: whether to look at both sides, half of `epsilon` away, instead of forward.

    Returns
    -------
    ndarray
        The gradient; the Jacobian with one row for each output; of matrices, what statsmodels returns: the transpose of
        the derivatives by each coordinate.

    Raises
    ------
    TypeError, ValueError
        As for `gradproof.centered_difference`.

    Examples
    --------
    >>> import numpy as np
    >>> from gradproof.compat.statsmodels import approx_fprime
    >>> approx_fprime(np.array([1.0, 2.0]), lambda x: np.sum(x**3)).round(8)
    array([ 3., 12.])
    """
    point, function = _read(x, f, args, kwargs)
    if epsilon is None:
        slopes = centered_slopes(function, point)
    else:
        steps = np.broadcast_to(np.asarray(epsilon, np.float64), point.shape) / (2 if centered else 1)
        slopes = stepped_slopes(function, point, steps, centered=centered)
    by_coordinate = np.moveaxis(np.atleast_2d(slopes), -1, 0)
    transposed: Flat = by_coordinate.T if len(point) == 1 else by_coordinate.squeeze().T
    return transposed


def approx_fprime_cs(
    x: Any, f: Callable[..., Any], epsilon: Any = None, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
) -> Flat:
    """Compute a gradient or a Jacobian by complex steps, with the signature of statsmodels' `approx_fprime_cs`.

    Parameters
    ----------
    x : array_like
        The point, a vector.
    f : callable
        ``f(x, *args, **kwargs)``, which must be analytic and take complex numbers.
    epsilon : float or array_like, optional
        Step, or one for each coordinate; any small number will do.
    args, kwargs : tuple and dict, optional
        Further arguments of `f`.

    Returns
    -------
    ndarray
        The gradient, or the Jacobian with one row for each output, to rounding.

    Examples
    --------
    >>> import numpy as np
    >>> from gradproof.compat.statsmodels import approx_fprime_cs
    >>> approx_fprime_cs(np.array([1.0, 2.0]), lambda x: np.sum(x**3))
    array([ 3., 12.])
    """
    point, more = np.asarray(x, np.float64), kwargs or {}
    steps = UNIT * np.maximum(np.abs(point), SMALLEST) if epsilon is None else np.asarray(epsilon, np.float64)
    steps = np.broadcast_to(steps, point.shape)
    # A row of parameters moves as one, as in statsmodels, for functions of each parameter by itself.
    increments = 1j * np.identity(len(point)) * steps
    slopes = [np.imag(f(point + one, *args, **more)) / steps[row] for row, one in enumerate(increments)]
    transposed: Flat = np.asarray(slopes).T
    return transposed


def approx_hess(
    x: Any, f: Callable[..., Any], epsilon: Any = None, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
) -> Flat:
    """Approximate a Hessian by second differences, with the signature of statsmodels' `approx_hess`.

    Parameters
    ----------
    x : array_like
        The point, a vector.
    f : callable
        ``f(x, *args, **kwargs)``, one number.
    epsilon : float or array_like, optional
        Step, or one for each coordinate.  What balances truncation and the measured noise of `f` is its fourth root,
        relative to the coordinate: the default takes 4 and 8 times that and extrapolates, or that alone where `f` is
        not finite further away, or not smooth.
    args, kwargs : tuple and dict, optional
        Further arguments of `f`.

    Returns
    -------
    ndarray
        The Hessian, symmetric.

    Raises
    ------
    TypeError, ValueError
        As for `gradproof.noise_floor`.

    See Also
    --------
    gradproof.check_jacobian, gradproof.check_hvp : Check a Hessian against the gradient, which is far more accurate.

    Examples
    --------
    >>> import numpy as np
    >>> from gradproof.compat.statsmodels import approx_hess
    >>> approx_hess(np.array([1.0, 2.0]), lambda x: x[0] ** 2 * x[1]).round(4)
    array([[4., 2.],
           [2., 0.]])
    """
    point, function = _read(x, f, args, kwargs)
    if epsilon is None:
        outputs = Outputs(function, point)
        relative = noise_floor(outputs, point).noise / outputs.centre if outputs.centre else UNIT
        relative = min(max(relative, UNIT), UNIT_FLOAT32)
        steps = relative**0.25 * np.maximum(np.abs(point), SMALLEST)
        return _extrapolated(function, point, steps, relative * outputs.centre)
    return _second_differences(function, point, epsilon)


def _extrapolated(function: Callable[[Flat], Any], point: Flat, steps: Flat, noise: float) -> Flat:
    """Return second differences of two larger steps, extrapolated; those of the steps where that is off."""
    with np.errstate(all="ignore"):
        near, far = (_second_differences(function, point, times * steps) for times in EXTRAPOLATED)
    found: Flat = (4.0 * near - far) / 3.0
    is_finite = bool(np.isfinite(found).all())
    apart, bars = np.abs(near - far), noise / np.outer(steps, steps)
    if is_finite and not (apart > np.fmax(bars, UNLIKE * np.abs(near))).any():
        return found
    alone = _second_differences(function, point, steps)
    if not is_finite:
        return alone
    # Of a smooth f the three are apart like the squares of their steps.
    return np.where(np.abs(alone - found) > apart / 16 + bars, alone, found)


def _second_differences(function: Callable[[Flat], Any], point: Flat, epsilon: Any) -> Flat:
    steps = np.diag(np.broadcast_to(np.asarray(epsilon, np.float64), point.shape))
    hessian = np.zeros(steps.shape)
    for row, one in enumerate(steps):
        for column, other in enumerate(steps[: row + 1]):
            same = function(point + one + other) + function(point - one - other)
            opposite = function(point + one - other) + function(point - one + other)
            second = float(np.squeeze(same - opposite)) / (4 * one[row] * other[column])
            hessian[row, column] = hessian[column, row] = second
    return hessian


def _read(
    x: Any, f: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any] | None
) -> tuple[Flat, Callable[[Flat], Any]]:
    more = kwargs or {}
    return np.atleast_1d(np.array(x, np.float64)), lambda x: f(x, *args, **more)
