"""Rounding noise: the table of differences as NumPy has it, and the true noise of functions by high precision."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from typing import Any, NamedTuple

import mpmath
import numpy as np

DIGITS = 40
MATRIX = np.random.default_rng(11).normal(size=(20, 8))
SIGNS = np.where(MATRIX[:, 0] > 0.3, 1.0, -1.0)


def orders(values: Any) -> tuple[list[float], bool]:
    """The noise by orders 4, 5 and 6 of a table of differences (Hamming), and whether the fourth change sign."""
    size = np.abs(values).max() or 1.0
    found = []
    for order in (4, 5, 6):
        part = math.factorial(order) ** 2 / math.factorial(2 * order)
        found.append(float(size * math.sqrt(part * np.mean(np.diff(values / size, order) ** 2))))
    fourth = np.diff(values / size, 4)
    return found, bool(fourth.min() < 0 < fourth.max())


class Function(NamedTuple):
    """A function in floating point, and the same in as many digits as are asked for."""

    name: str
    inexact: Callable[[Any], Any]
    exact: Callable[[list[Any]], Any]


def _margins(x: Any) -> list[Any]:
    return [
        sign * mpmath.fdot(map(mpmath.mpf, row), x) for sign, row in zip(SIGNS.tolist(), MATRIX.tolist(), strict=True)
    ]


def _matrix(x: Any) -> tuple[Any, Any]:
    return MATRIX.astype(x.dtype), SIGNS.astype(x.dtype)


def _squares(x: Any) -> Any:
    matrix, signs = _matrix(x)
    return np.sum((signs * (matrix @ x) - x.dtype.type(1)) ** 2)


def _logistic(x: Any) -> Any:
    matrix, signs = _matrix(x)
    return np.sum(np.logaddexp(x.dtype.type(0), -signs * (matrix @ x)))


def _hinge(x: Any) -> Any:
    matrix, signs = _matrix(x)
    return np.sum(np.maximum(x.dtype.type(0), 1 - signs * (matrix @ x)))


def _valley(x: Any) -> Any:
    return np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


def _entropy(x: Any) -> Any:
    top = x.max()
    return np.log(np.sum(np.exp(x - top))) + top - x[0]


FUNCTIONS = {
    one.name: one
    for one in (
        Function("squares", _squares, lambda x: mpmath.fsum((m - 1) ** 2 for m in _margins(x))),
        Function("logistic", _logistic, lambda x: mpmath.fsum(mpmath.log1p(mpmath.exp(-m)) for m in _margins(x))),
        Function("hinge", _hinge, lambda x: mpmath.fsum(max(0, 1 - m) for m in _margins(x))),
        Function("sines", lambda x: np.sum(np.sin(x)), lambda x: mpmath.fsum(map(mpmath.sin, x))),
        Function("product", np.prod, mpmath.fprod),
        Function("norm", lambda x: np.sqrt(np.sum(x * x)), lambda x: mpmath.sqrt(mpmath.fsum(v * v for v in x))),
        Function(
            "valley",
            _valley,
            lambda x: mpmath.fsum(100 * (b - a * a) ** 2 + (1 - a) ** 2 for a, b in itertools.pairwise(x)),
        ),
        Function("entropy", _entropy, lambda x: mpmath.log(mpmath.fsum(map(mpmath.exp, x))) - x[0]),
        # Rounded to the spacing of 1e6 on its way.
        Function("cancelling", lambda x: np.sum(x * x) + 1e6 - 1e6, lambda x: mpmath.fsum(v * v for v in x)),
        # Its noise is that of the sum, times what exp makes of it.
        Function("exp_of_sum", lambda x: np.exp(np.sum(x)), lambda x: mpmath.exp(mpmath.fsum(x))),
    )
}


def true_noise(function: Function, x: Any, count: int = 30) -> float:
    """The standard deviation of (floating point - exact) at points near x; at least half a unit in the last place."""
    random = np.random.default_rng(3)
    errors = []
    with mpmath.workdps(DIGITS):
        for _ in range(count):
            near = (x * (1 + 2.0**-10 * random.normal(size=x.size))).astype(x.dtype)
            exact = function.exact([mpmath.mpf(float(value)) for value in near])
            errors.append(float(mpmath.mpf(float(function.inexact(near))) - exact))
    return max(float(np.std(errors)), float(np.spacing(np.abs(function.inexact(x)))) / 2)
