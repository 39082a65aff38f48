"""Objectives with right gradients, in NumPy and compiled."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

ROWS = 32  # of the logistic regression: few enough that a check of 3000 parameters takes a fraction of a second
PENALTY = 1e-2


class Task(NamedTuple):
    """Something to check."""

    name: str
    objective: Callable[[Any], Any]
    gradient: Callable[[Any], Any]
    x: Any


def rosenbrock(n: int) -> Task:
    """Return Rosenbrock's function: a few NumPy calls, cheap enough that what a checker adds would show."""
    return Task("Rosenbrock", rosenbrock_value, rosenbrock_gradient, np.random.default_rng(1).uniform(-1.5, 1.5, n))


def rosenbrock_value(x: Any) -> Any:
    return np.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2)


def rosenbrock_gradient(x: Any) -> Any:
    gradient = np.zeros_like(x)
    bend = x[1:] - x[:-1] ** 2
    gradient[:-1] = -400.0 * x[:-1] * bend - 2.0 * (1.0 - x[:-1])
    gradient[1:] += 200.0 * bend
    return gradient


def logistic(n: int) -> Task:
    """Return a logistic regression: a matrix times the parameters, as in most real objectives."""
    random = np.random.default_rng(2)
    table, labels = random.normal(size=(ROWS, n)), random.choice([-1.0, 1.0], ROWS)

    def value(w: Any) -> Any:
        return np.log1p(np.exp(-labels * (table @ w))).sum() + 0.5 * PENALTY * (w @ w)

    def gradient(w: Any) -> Any:
        return PENALTY * w - table.T @ (labels / (1.0 + np.exp(labels * (table @ w))))

    return Task("logistic regression", value, gradient, random.normal(size=n) / np.sqrt(n))


def saturating(n: int) -> Task:
    """Return a smooth function of a long vector that takes little more than reading it."""
    slopes = np.random.default_rng(4).normal(size=n)

    def value(x: Any) -> float:
        return float(0.5 * n * np.log1p((x @ x) / n) + slopes @ x)

    def gradient(x: Any) -> Any:
        return x / (1.0 + (x @ x) / n) + slopes

    return Task("a saturating function", value, gradient, np.random.default_rng(5).normal(size=n))


def small(n: int) -> Task:
    """Return a function that takes a fraction of a microsecond, so that a check is mostly what is around it."""

    def gradient(x: Any) -> Any:
        slopes = np.zeros_like(x)
        slopes[0] = 2.0 * x.item(0)
        return slopes

    return Task("a small function", lambda x: x.item(0) * x.item(0) + 1.0, gradient, np.full(n, 0.5))


@functools.cache
def compiled_rosenbrock() -> Any:
    """Return Rosenbrock's function as Numba compiles it."""
    import numba

    def value(x: Any) -> float:
        total = 0.0
        for index in range(x.size - 1):
            bend = x[index + 1] - x[index] * x[index]
            total += 100.0 * bend * bend + (1.0 - x[index]) * (1.0 - x[index])
        return total

    return numba.njit(value)


@functools.cache
def native_rosenbrock() -> Any:
    """Return the same function behind a C pointer."""
    import numba
    from numba import types

    value_of = compiled_rosenbrock()

    def call(x: Any, n: Any, value: Any, user: Any) -> int:
        value[0] = value_of(numba.carray(x, (n,)))
        return 0

    doubles = types.CPointer(types.float64)
    return numba.cfunc(types.int32(doubles, types.int64, doubles, types.voidptr))(call)


@functools.cache
def compiled_loops() -> tuple[Any, Any]:
    """Return, compiled: the check that a person writes around that function, and 2n calls of it and nothing else."""
    import numba

    value_of = compiled_rosenbrock()

    def check(x: Any, claimed: Any) -> float:
        worst, point = 0.0, x.copy()
        for index in range(x.size):
            step = 2.0**-17 * max(1.0, abs(x[index]))
            point[index] = x[index] + step
            right = value_of(point)
            point[index] = x[index] - step
            slope = (right - value_of(point)) / (2.0 * step)
            point[index] = x[index]
            worst = max(worst, abs(slope - claimed[index]) / max(abs(slope), abs(claimed[index])))
        return worst

    def calls(x: Any) -> float:
        total, point = 0.0, x.copy()
        for index in range(2 * x.size):
            # Something must change from call to call, or the compiler calls once.
            point[index % x.size] += 2.0**-30
            total += value_of(point)
        return total

    return numba.njit(check), numba.njit(calls)
