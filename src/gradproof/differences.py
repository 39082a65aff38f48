"""The pieces that are useful by themselves: numerical gradients, relative errors, kinks, and the noise floor."""

from __future__ import annotations

import functools
import math
import numbers
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from .core.records import codes
from .evaluators.callback import FAILED, Callback, as_native
from .evaluators.objectives import is_compiled
from .library import ffi, native, pointer
from .problem.numbers import Flat, as_float, as_numbers, in_short
from .problem.point import Problem, read_problem


@dataclass(frozen=True)
class Kink:
    """A kink of f along one coordinate.

    Attributes
    ----------
    index : int
        Flat index of the coordinate.
    name : str
        Its name, such as ``"W1[3, 7]"``.
    distance : float
        Signed distance from x to the kink, in units of x; 0 if it is at x.
    left, right : float
        The slopes of f on the two sides of the kink.

    Examples
    --------
    >>> from gradproof import find_kinks
    >>> kink, = find_kinks(lambda x: abs(x[0]), [0.0])
    >>> kink
    Kink(index=0, name='x[0]', distance=0.0, left=-1.0, right=1.0)
    """

    index: int
    name: str
    distance: float
    left: float
    right: float


class NoiseFloor(NamedTuple):
    """The rounding noise of an objective near a point, and its arithmetic.

    Attributes
    ----------
    noise : float
        Standard deviation of the rounding errors of f, in units of f.
    arithmetic : str
        "float64", "float32" or "coarser than float32".

    Examples
    --------
    >>> import numpy as np
    >>> from gradproof import noise_floor
    >>> noise, arithmetic = noise_floor(lambda x: np.sum(np.sin(x)), np.array([0.5, 1.0, 2.0]))
    >>> noise < 1e-14, arithmetic
    (True, 'float64')
    """

    noise: float
    arithmetic: str


def forward_difference(f: Any, x: Any, *, step: Any = None, out: Any = None) -> Any:
    """Approximate the gradient by forward differences, ``(f(x + h) - f(x)) / h``, in n + 1 evaluations.

    Parameters
    ----------
    f : callable
        The objective, of any kind that `check` accepts but `in_place` and `terms`.
    x : array_like or structure of arrays
        The point: an array of any shape, float64 or float32, or a structure of arrays.  It is never modified.
    step : float or array_like, optional
        The step h, or one for each coordinate in the structure of `x`; a negative one looks backward.  The default
        balances truncation and noise [1]_: the square root of the measured relative noise of f, times the size of the
        coordinate.  It takes about ten more evaluations.
    out : ndarray, optional
        Array in which to write the result, if `x` is a single array.

    Returns
    -------
    ndarray or structure of ndarrays
        The numerical gradient, in the structure and the dtype of `x`.

    Raises
    ------
    ValueError, TypeError
        If an argument is invalid, f(x) is not finite, or f does not return one real number.  Exceptions of `f`
        propagate.

    See Also
    --------
    centered_difference : More accurate, at twice the cost.

    Notes
    -----
    The error is of order h (Taylor), plus rounding noise over h.  Differences are divided by the step actually taken
    after rounding.

    References
    ----------
    .. [1] J. J. Moré and S. M. Wild, "Estimating derivatives of noisy simulations", ACM Transactions on Mathematical
       Software 38, article 19 (2012).

    Examples
    --------
    >>> import numpy as np
    >>> from gradproof import forward_difference
    >>> forward_difference(lambda x: np.sum(x**2), np.array([1.0, 2.0, 3.0])).round(5)
    array([2., 4., 6.])
    >>> forward_difference(lambda x: np.sum(x**2), np.array([1.0, 2.0, 3.0]), step=0.5)
    array([2.5, 4.5, 6.5])
    """
    return _differences("gradproof_forward_difference", f, x, step, out)


def centered_difference(f: Any, x: Any, *, step: Any = None, out: Any = None) -> Any:
    """Approximate the gradient by centered differences, ``(f(x + h) - f(x - h)) / 2h``, in 2n evaluations.

    Parameters
    ----------
    f, x, step, out
        As for `forward_difference`, but the default step is the cube root of the relative noise, times the size of the
        coordinate [1]_.

    Returns
    -------
    ndarray or structure of ndarrays
        The numerical gradient, in the structure and the dtype of `x`.

    Raises
    ------
    ValueError, TypeError
        As for `forward_difference`.

    Notes
    -----
    The error is of order h squared (Taylor), plus rounding noise over h.  Centered differences are more accurate than
    forward differences, but no safer at kinks: looking to both sides of x, they cross kinks at least as often.

    References
    ----------
    .. [1] J. J. Moré and S. M. Wild, "Estimating derivatives of noisy simulations", ACM Transactions on Mathematical
       Software 38, article 19 (2012).

    Examples
    --------
    >>> import numpy as np
    >>> from gradproof import centered_difference
    >>> gradient = centered_difference(lambda p: np.sum(p["W"] ** 3) + p["b"], {"W": np.array([1.0, 2.0]), "b": 0.5})
    >>> gradient["W"].round(6)
    array([ 3., 12.])
    >>> round(float(gradient["b"]), 6)
    1.0
    """
    return _differences("gradproof_centered_difference", f, x, step, out)


def relative_error(a: Any, b: Any, *, out: Any = None) -> Flat:
    """Compute ``|a - b| / max(|a|, |b|)`` elementwise; 0 where both are 0, and NaN where one is NaN.

    Parameters
    ----------
    a, b : array_like
        Arrays of the same shape, float64 or float32.  Two float32 arrays are read without a copy.
    out : ndarray of float64, optional
        Array of that shape in which to write the result.

    Returns
    -------
    ndarray of float64
        The relative errors, in the shape of `a`.

    Raises
    ------
    ValueError, TypeError
        If the shapes differ, or an argument does not hold real numbers.

    Examples
    --------
    >>> from gradproof import relative_error
    >>> relative_error([1.0, 2.0, 0.0], [1.0, 2.5, 0.0])
    array([0. , 0.2, 0. ])
    """
    first, second, twin = _two_vectors(a, b)
    result = np.empty(first.shape) if out is None else _room(out, first.shape, np.dtype(np.float64))
    # In one pass, so it must not be written to memory from which other elements are yet to be read.
    shared = np.may_share_memory(result, first) or np.may_share_memory(result, second)
    buffer = np.empty(first.shape) if shared or not result.flags.carray else result
    _call(f"gradproof_relative_error{twin}", pointer(first), pointer(second), first.size, pointer(buffer), None, None)
    if buffer is not result:
        result[...] = buffer
    return result


def max_relative_error(a: Any, b: Any) -> tuple[float, int]:
    """Find the largest relative error of two arrays, in one pass and without a temporary array.

    Parameters
    ----------
    a, b : array_like
        Arrays of the same shape, float64 or float32.

    Returns
    -------
    value : float
        The largest relative error, as defined by `relative_error`; infinity if one is NaN, 0 if the arrays are empty.
    index : int
        The first flat index at which it occurs; -1 if the arrays are empty.

    Raises
    ------
    ValueError, TypeError
        If the shapes differ, or an argument does not hold real numbers.

    Examples
    --------
    >>> from gradproof import max_relative_error
    >>> max_relative_error([1.0, 2.0, 0.0], [1.0, 2.5, 0.0])
    (0.2, 1)
    """
    first, second, twin = _two_vectors(a, b)
    value, index = np.zeros(1), np.zeros(1, np.int64)
    _call(
        f"gradproof_relative_error{twin}",
        pointer(first), pointer(second), first.size, None, pointer(value), pointer(index),
    )  # fmt: skip
    return float(value[0]), int(index[0])


def find_kinks(f: Any, x: Any, *, radius: float | None = None) -> list[Kink]:
    """Find the nearest kink of f along each coordinate.

    Parameters
    ----------
    f : callable
        The objective, of any kind that `check` accepts but `in_place` and `terms`.
    x : array_like or structure of arrays
        The point, in any structure that `check` accepts.
    radius : float, optional
        How far from x to search along each coordinate, in units of x.  The default is a sixteenth of the size of the
        coordinate.

    Returns
    -------
    list of Kink
        The kinks found, at most one for each coordinate, in the order of the coordinates.  A `distance` of 0 means at
        x, as far as the noise of f permits to tell.

    Raises
    ------
    ValueError, TypeError
        If an argument is invalid, f(x) is not finite, or f does not return one real number.  Exceptions of `f` at x
        propagate; at other points they count as missing values.

    Notes
    -----
    The search takes 60 to 130 evaluations per coordinate, and up to 250 at an inflection point.  It may miss a kink
    away from x if curvature changes the slope more, between x and the kink, than the kink itself does.

    Examples
    --------
    >>> import numpy as np
    >>> from gradproof import find_kinks
    >>> kink, = find_kinks(lambda x: np.sum(np.abs(x)), np.array([0.001, 2.0]))
    >>> kink.name, round(kink.distance, 6), round(kink.left, 6), round(kink.right, 6)
    ('x[0]', -0.001, -1.0, 1.0)
    """
    problem = read_problem(x)
    reach = 0.0 if radius is None else _radius(radius)
    index, count = np.zeros(problem.n, np.int64), np.zeros(1, np.int64)
    distance, left, right = np.zeros((3, problem.n))
    _run(
        "gradproof_find_kinks", f, problem, reach, _work(problem), pointer(index),
        pointer(distance), pointer(left), pointer(right), problem.n, pointer(count),
    )  # fmt: skip
    return [
        Kink(int(i), problem.layout.name(int(i)), float(d), float(a), float(b))
        for i, d, a, b in zip(*(part[: count[0]] for part in (index, distance, left, right)), strict=True)
    ]


def noise_floor(f: Any, x: Any) -> NoiseFloor:
    """Measure the rounding noise of f near x, and tell in which arithmetic f computes, in about ten evaluations.

    Parameters
    ----------
    f : callable
        The objective, of any kind that `check` accepts but `in_place` and `terms`.
    x : array_like or structure of arrays
        The point, in any structure that `check` accepts.

    Returns
    -------
    noise : float
        Standard deviation of the rounding errors of f, in units of f; at least half a unit in the last place of f(x).
    arithmetic : {"float64", "float32", "coarser than float32"}
        The arithmetic that this noise suggests.

    Raises
    ------
    ValueError, TypeError
        If an argument is invalid, f(x) is not finite, or f does not return one real number.  Exceptions of `f` at x
        propagate.

    Notes
    -----
    The noise is estimated from a table of differences of equidistant values along one random line [1]_ [2]_.

    References
    ----------
    .. [1] R. W. Hamming, "Introduction to Applied Numerical Analysis", McGraw-Hill (1971).
    .. [2] J. J. Moré and S. M. Wild, "Estimating computational noise", SIAM Journal on Scientific Computing 33,
       1292-1314 (2011).

    Examples
    --------
    The sum hides that the sines are computed in float32:

    >>> import numpy as np
    >>> from gradproof import noise_floor
    >>> found = noise_floor(lambda x: float(np.sum(np.sin(x.astype(np.float32)))), np.array([0.5, 1.0, 2.0]))
    >>> found.arithmetic
    'float32'
    """
    problem = read_problem(x)
    noise, arithmetic = np.zeros(1), np.zeros(1, np.int64)
    _run("gradproof_noise_floor", f, problem, 0, _work(problem), pointer(noise), pointer(arithmetic))
    return NoiseFloor(float(noise[0]), codes.ARITHMETICS[int(arithmetic[0])])


def _differences(symbol: str, f: Any, x: Any, step: Any, out: Any) -> Any:
    problem = read_problem(x)
    steps = None if step is None else _steps(step, problem)
    slopes = np.empty(problem.n, problem.x.dtype)
    room = None if out is None else _room_of_one_array(out, problem)
    _run(symbol, f, problem, pointer(steps), pointer(slopes), _work(problem))
    if room is None:
        return problem.layout.build(slopes)
    room[...] = slopes.reshape(room.shape)
    return room


def _run(symbol: str, f: Any, problem: Problem, *arguments: Any) -> None:
    """Let the core call the objective, and raise what it raised."""
    twin = "_f32" if problem.is_float32 else ""
    function: Callable[..., int] = getattr(native(), symbol + twin)

    # A difference without a value is an error; the noise floor and the search for kinks go on without it.
    failed = FAILED if symbol.endswith("_difference") else codes.OUTSIDE

    def run(callback: Callback) -> tuple[Callback, int]:
        return callback, int(function(callback.pointer, callback.user, pointer(problem.x), problem.n, *arguments))

    callback, code = run(as_native(f, problem, failed))
    if code and is_compiled(f):
        # Compiled code only reports that it raised; called from Python, it raises its exception.
        callback, code = run(as_native(functools.partial(f), problem, failed))
    if code or callback.interrupted:
        callback.reraise(code)
        _raise(code)


def _call(symbol: str, *arguments: Any) -> None:
    _raise(int(getattr(native(), symbol)(*(ffi.NULL if argument is None else argument for argument in arguments))))


def _raise(code: int) -> None:
    if code == codes.OUT_OF_MEMORY:
        raise MemoryError(codes.CODES[code][1])
    if code == codes.OBJECTIVE_NOT_FINITE:
        raise ValueError(codes.CODES[code][1])
    if code:
        raise RuntimeError(codes.CODES.get(code, ("", f"the library returned the code {code}"))[1])


def _work(problem: Problem) -> Any:
    return pointer(np.empty(problem.n, problem.x.dtype))


def _two_vectors(a: Any, b: Any) -> tuple[Flat, Flat, str]:
    first, second = as_numbers(a, "a"), as_numbers(b, "b")
    if first.shape != second.shape:
        raise ValueError(f"b has the shape {second.shape}, but a has the shape {first.shape}")
    single = first.dtype == second.dtype == np.float32
    kept = np.dtype(np.float32 if single else np.float64)
    first, second = np.require(first, kept, ["C", "A"]), np.require(second, kept, ["C", "A"])
    return first, second, "_f32" if single else ""


def _room(out: Any, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Flat:
    if not isinstance(out, np.ndarray):
        raise TypeError(f"out must be an array, not an object of type {type(out).__name__}")
    if out.shape != shape or out.dtype != dtype:
        raise ValueError(
            f"out must have the shape {shape} and dtype {dtype}, not the shape {out.shape} and dtype {out.dtype}"
        )
    if not out.flags.writeable:
        raise ValueError("out must be writable, but is read-only")
    return out


def _room_of_one_array(out: Any, problem: Problem) -> Flat:
    shape = getattr(problem.layout.root, "shape", None)
    if shape is None:
        raise ValueError("out can be used only if x is a single array: leave it out")
    return _room(out, shape, problem.x.dtype)


def _steps(step: Any, problem: Problem) -> Flat:
    if isinstance(step, numbers.Real) and not isinstance(step, bool):
        steps = np.full(problem.n, as_float(step))
    elif isinstance(step, (np.generic, np.ndarray)) and step.ndim == 0:
        steps = np.full(problem.n, float(as_numbers(step, "step")))
    else:
        steps = problem.layout.flatten(step, "step")
    if not np.all(np.isfinite(steps) & (steps != 0)):
        bad = int(np.flatnonzero(~(np.isfinite(steps) & (steps != 0)))[0])
        raise ValueError(f"step must be finite and not 0, but for {problem.layout.name(bad)} it is {steps[bad]:g}")
    return steps


def _radius(radius: Any) -> float:
    if isinstance(radius, bool) or not isinstance(radius, numbers.Real):
        raise TypeError(f"radius must be a number, not {in_short(radius)}")
    reach = as_float(radius)
    if not 0 < reach < math.inf:
        raise ValueError(f"radius must be positive and finite, not {reach:g}; None means a sixteenth of the size of x")
    return reach
