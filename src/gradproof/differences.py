"""The pieces that are useful alone: numerical gradients, relative errors, kinks, the noise floor.

They stand in for the whole engine where only one question is asked; the loops are those of the core.
"""

from __future__ import annotations

import functools
import math
import numbers
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from .core.records import codes
from .evaluators.callback import Callback, as_native
from .evaluators.compiled.jitted import is_compiled
from .library import ffi, native, pointer
from .problem.numbers import Flat, as_float, as_numbers
from .problem.point import Problem, read_problem


@dataclass(frozen=True)
class Kink:
    """A kink along a coordinate: where it is, and the slopes of f on its two sides."""

    index: int
    name: str
    distance: float
    left: float
    right: float


class NoiseFloor(NamedTuple):
    """The absolute rounding noise of an objective, and the arithmetic that it betrays."""

    noise: float
    arithmetic: str


def forward_difference(f: Any, x: Any, *, step: Any = None, out: Any = None) -> Any:
    """Return the numerical gradient by forward differences, (f(x + h) - f(x)) / h: n + 1 evaluations.

    The error is of order h (Taylor); h is the step that x really takes after rounding.

    Parameters
    ----------
    f
        The objective, of any kind that `check` takes.
    x
        The point: an array of any shape, float64 or float32, or a structure of arrays; never written to.
    step
        One step, or a step for each coordinate in the structure of x; negative ones look backward.  By default the
        square root of the measured relative noise, times the size of the coordinate (some ten evaluations more).
    out
        Filled and returned, where x is one array.

    Returns
    -------
    array or structure
        Of the structure and the arithmetic of x.

    Raises
    ------
    ValueError, TypeError
        For what is not a step, a point, or a value of an objective; what f raises goes through.
    """
    return _differences("gradproof_forward_difference", f, x, step, out)


def centered_difference(f: Any, x: Any, *, step: Any = None, out: Any = None) -> Any:
    """Return the numerical gradient by centered differences, (f(x + h) - f(x - h)) / 2h: 2n evaluations.

    The error is of order h squared (Taylor).  More accurate than forward differences, but not safer at kinks: it looks
    to both sides, and crosses them at least as often.

    Parameters
    ----------
    f, x, step, out
        As for `forward_difference`; the default step is the cube root of the relative noise.

    Returns
    -------
    array or structure
        Of the structure and the arithmetic of x.

    Raises
    ------
    ValueError, TypeError
        As for `forward_difference`.
    """
    return _differences("gradproof_centered_difference", f, x, step, out)


def relative_error(a: Any, b: Any, *, out: Any = None) -> Flat:
    """Return |a - b| / max(|a|, |b|) for each pair of elements: 0 where both are 0, NaN kept.

    Parameters
    ----------
    a, b
        Arrays of one shape, float64 or float32; two float32 arrays are read as they are, without a copy.
    out
        A float64 array of that shape; filled and returned.

    Returns
    -------
    array
        float64, of the shape of a.

    Raises
    ------
    ValueError, TypeError
        Where the shapes differ, or what came is not numbers.
    """
    first, second, twin = _two_vectors(a, b)
    result = np.empty(first.shape) if out is None else _room(out, first.shape, np.dtype(np.float64))
    # Written in one pass: not into memory from which other elements are still to be read.
    shared = np.may_share_memory(result, first) or np.may_share_memory(result, second)
    buffer = np.empty(first.shape) if shared or not result.flags.carray else result
    _call(f"gradproof_relative_error{twin}", pointer(first), pointer(second), first.size, pointer(buffer), None, None)
    if buffer is not result:
        result[...] = buffer
    return result


def max_relative_error(a: Any, b: Any) -> tuple[float, int]:
    """Return the largest relative error of two arrays and its flat index, in one pass without a temporary.

    Parameters
    ----------
    a, b
        Arrays of one shape, float64 or float32.

    Returns
    -------
    value : float
        The largest; infinity where a relative error is NaN, 0 where the arrays are empty.
    index : int
        The first flat index that has it; -1 where the arrays are empty.

    Raises
    ------
    ValueError, TypeError
        Where the shapes differ, or what came is not numbers.
    """
    first, second, twin = _two_vectors(a, b)
    value, index = np.zeros(1), np.zeros(1, np.int64)
    _call(
        f"gradproof_relative_error{twin}",
        pointer(first), pointer(second), first.size, None, pointer(value), pointer(index),
    )  # fmt: skip
    return float(value[0]), int(index[0])


def find_kinks(f: Any, x: Any, *, radius: float | None = None) -> list[Kink]:
    """Return the nearest kink of f along each coordinate that has one.

    Some 60 to 130 evaluations a coordinate, up to 250 at an inflection.  A kink away from x may be missed where
    curvature changes the slope by more, from x to there, than the kink does.

    Parameters
    ----------
    f
        The objective, of any kind that `check` takes; where it raises it has no value.
    x
        The point, of any structure that `check` takes.
    radius
        How far from x to look along a coordinate; by default a sixteenth of its size.

    Returns
    -------
    list of Kink
        In the order of the coordinates, with the signed distance (0: at x, as far as the noise lets one see) and the
        slopes on both sides.

    Raises
    ------
    ValueError, TypeError
        For what is not a radius, a point, or a value of an objective; what f raises at x goes through.
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
    """Return the absolute rounding noise of f near x, and the arithmetic that it betrays, in some ten evaluations.

    The standard deviation comes from a table of differences along one random line (Hamming, 1971; Moré and Wild, 2011).

    Parameters
    ----------
    f
        The objective, of any kind that `check` takes.
    x
        The point, of any structure that `check` takes.

    Returns
    -------
    noise : float
        The standard deviation, at least half a unit in the last place of f(x).
    arithmetic : str
        "float64", "float32" or "coarser than float32".

    Raises
    ------
    ValueError, TypeError
        Where f(x) is not finite, or for what is not a point or a value; what f raises at x goes through.
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
    """Let the core call the objective; raise what it raised."""
    twin = "_f32" if problem.is_float32 else ""
    function: Callable[..., int] = getattr(native(), symbol + twin)

    def run(callback: Callback) -> tuple[Callback, int]:
        return callback, int(function(callback.pointer, callback.user, pointer(problem.x), problem.n, *arguments))

    callback, code = run(as_native(f, problem))
    if code > 0 and is_compiled(f):
        # In machine code it says only that it raised; called from Python, it raises.
        callback, code = run(as_native(functools.partial(f), problem))
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
            f"out must have the shape {shape} and the type {dtype}, not the shape {out.shape} and the type {out.dtype}"
        )
    if not out.flags.writeable:
        raise ValueError("out is read-only: the result cannot be written into it")
    return out


def _room_of_one_array(out: Any, problem: Problem) -> Flat:
    shape = getattr(problem.layout.root, "shape", None)
    if shape is None:
        raise ValueError("out is for an x of one array; without it the result has the structure of x")
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
        raise TypeError(f"radius must be a number, not {radius!r:.40}")
    reach = as_float(radius)
    if not 0 < reach < math.inf:
        raise ValueError(f"radius must be a positive number, not {reach:g}; None is a sixteenth of the size of x")
    return reach
