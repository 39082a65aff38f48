"""Objectives of four coordinates that make a check difficult, with what may be claimed of them, and what may not."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

X = np.array([0.7, -1.2, 0.4, 2.1])
WEIGHTS = np.array([1.3, -0.4, 2.2, 0.9])


def squares(x: Any) -> float:
    return float(np.sum(np.asarray(x, np.float64) ** 2))


def stairs(height: float) -> Callable[[Any], float]:
    """An objective that answers in steps, as one with an inner solver does."""
    return lambda x: float(np.round(squares(x) / height) * height)


def solver(x: Any) -> float:
    """Smooth between jumps: what an inner solver leaves when it stops after another number of steps."""
    return squares(x) + 1e-7 * float(np.sum(np.floor(1e4 * x) % 3)) + 1e-3 * float(np.sum(x))


def one_sided(x: Any) -> float:
    return squares(x) if x[0] >= X[0] else math.nan


def in_float32(x: Any) -> float:
    values = x.astype(np.float32)
    return float(np.sum(values * values) + np.float32(40))


def hinges_in_float32(x: Any) -> float:
    return float(np.sum(np.maximum(x.astype(np.float32), np.float32(0))) + np.float32(3))


def cubes_and_kinks(x: Any) -> float:
    return float(np.sum(x**3) + np.abs(x[1] + 1.2) + abs(x[2] - 0.4 - 1e-9))


def cancelling(x: Any) -> float:
    return squares(x) + 1e9 - 1e9


def with_jumps(width: float, height: float) -> Callable[[Any], float]:
    """An objective whose slope near x is less than it looks from farther away, where jumps make up for it."""

    def objective(x: Any) -> float:
        return float(np.exp(0.1 * (WEIGHTS @ x)) + height * np.sum(np.floor(x / width) - x / width))

    return objective


def from_afar(x: Any) -> Any:
    """The gradient that an objective with jumps has from farther away."""
    return 0.1 * WEIGHTS * np.exp(0.1 * (WEIGHTS @ x))


def noisy(sigma: float) -> Callable[[Any], float]:
    """Noise that is the same at every call: the bits of x decide it."""

    def objective(x: Any) -> float:
        seed = int.from_bytes(np.asarray(x).tobytes(), "little")
        return squares(x) + sigma * float(np.random.default_rng(seed).normal())

    return objective


def random(sigma: float, seed: int = 5) -> Callable[[Any], float]:
    """Noise that is another at every call."""
    numbers = np.random.default_rng(seed)
    return lambda x: squares(x) + sigma * float(numbers.normal())


class Case(NamedTuple):
    """An objective, the point, and what may be claimed there; `wrong` spoils the claim of one coordinate."""

    objective: Callable[[Any], float]
    x: Any
    right: Any
    wrong: tuple[int, float]
    options: dict[str, int]


CASES = {
    "smooth": Case(squares, X, 2 * X, (2, 0.8008), {}),
    "stairs": Case(stairs(1e-6), X, 2 * X, (1, -2.7), {}),
    "higher_stairs": Case(stairs(1e-5), X, 2 * X, (1, -3.6), {}),
    "solver": Case(solver, X, 2 * X + 1e-3, (0, 1.6), {}),
    "between_jumps": Case(with_jumps(0.03, 3e-4), X, from_afar(X) - 0.01, (0, 0.3), {}),
    "beside_jumps": Case(with_jumps(0.1, 1e-3), X, from_afar(X) - 0.01, (0, 0.3), {}),
    "noise": Case(noisy(1e-3), X, 2 * X, (3, 4.2 * 1.03), {}),
    "less_noise": Case(noisy(1e-4), X, 2 * X, (3, 4.2 * 1.003), {}),
    "domain": Case(one_sided, X, 2 * X, (0, 1.5), {}),
    "float32_inside": Case(in_float32, X, 2 * X, (3, 4.4), {}),
    "float32_points": Case(in_float32, X.astype(np.float32).astype(float), 2 * X, (3, 4.4), {"float32": 1}),
    "hidden_kinks": Case(hinges_in_float32, np.array([1e-6, 0.5, -1e-6]), [0.0, 1.0, 1.0], (1, 0.8), {}),
    "kinks": Case(cubes_and_kinks, X, 3 * X**2 + [0, 0.3, -1, 0], (2, 1.48), {}),
    "kinks_wrong_side": Case(cubes_and_kinks, X, 3 * X**2 + [0, -1, -1, 0], (1, 5.4), {}),
    "cancelling": Case(cancelling, X, 2 * X, (3, 4.4), {}),
    "constant": Case(lambda x: 3.0, X, 0 * X, (1, 1e-3), {}),
    "one_coordinate": Case(lambda x: float(np.exp(x[0])), X[:1], np.exp(X[:1]), (0, 2.0), {}),
    "tiny": Case(lambda x: 1e-300 * squares(x / 1e-150), 1e-150 * X, 2e-150 * X, (3, 4.3e-150), {}),
    "huge": Case(lambda x: squares(x / 1e150), 1e150 * X, 2e-150 * X, (0, 1.41e-150), {}),
}
