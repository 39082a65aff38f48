"""Problems whose checks take the same evaluations on every machine.

Only additions, multiplications, divisions and square roots, each rounded as IEEE 754 says, and sums from left to right:
exponentials, matrix products and pairwise sums differ in their last bits from one processor to the next.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import numpy as np


class Problem(NamedTuple):
    """What is checked, and what must come out: fewer evaluations are no progress if the verdict is another one."""

    objective: Callable[[Any], Any]
    gradient: Callable[[Any], Any]
    x: Any
    verdict: str = "right"


def total(terms: Any) -> Any:
    """Return the sum from left to right."""
    return np.add.accumulate(terms)[-1]


def spread(n: int, seed: int = 0) -> Any:
    """Return a point with coordinates between -2 and 2, none of them small."""
    random = np.random.default_rng(seed)
    return (0.5 + 1.5 * random.random(n)) * np.where(random.random(n) < 0.5, -1.0, 1.0)


def smooth(n: int) -> Problem:
    weights = spread(n, seed=1)
    return Problem(
        lambda x: total(weights * x * x * x + x * x),
        lambda x: 3.0 * weights * x * x + 2.0 * x,
        spread(n),
    )


def coupled(n: int) -> Problem:
    """Return Rosenbrock's function, whose slopes are small beside its value: rounding hides some of them at first."""

    def gradient(x: Any) -> Any:
        slopes, bend = np.zeros_like(x), x[1:] - x[:-1] * x[:-1]
        slopes[:-1] = -400.0 * x[:-1] * bend - 2.0 * (1.0 - x[:-1])
        slopes[1:] += 200.0 * bend
        return slopes

    def value(x: Any) -> Any:
        bend, gap = x[1:] - x[:-1] * x[:-1], 1.0 - x[:-1]
        return total(100.0 * bend * bend + gap * gap)

    return Problem(value, gradient, spread(n))


def wrong(n: int, count: int) -> Problem:
    """Return a smooth problem in whose gradient so many coordinates are off by a hundredth."""
    right = smooth(n)
    factors = np.ones(n)
    factors[n // 2 : n // 2 + count] = 1.01
    return right._replace(gradient=lambda x: factors * right.gradient(x), verdict="wrong")


def all_wrong(n: int) -> Problem:
    right = smooth(n)
    return right._replace(gradient=lambda x: 0.5 * right.gradient(x), verdict="wrong")


def kinks_at_x(n: int) -> Problem:
    """Return a sum of absolute values at a point in which every third coordinate is 0."""
    x = spread(n)
    x[::3] = 0.0
    return Problem(lambda x: total(np.abs(x) + x * x), lambda x: np.sign(x) + 2.0 * x, x)


def kinks_near_x(n: int) -> Problem:
    """Return a sum of hinges, every third of which bends closer to x than a usual step reaches."""
    x = spread(n)
    bends = x - 1.0
    bends[::3] = x[::3] + np.resize([1e-7, -1e-7, 1e-9, -1e-9], len(x[::3]))
    return Problem(
        lambda x: total(np.maximum(x - bends, 0.0) + x * x),
        lambda x: (x > bends) + 2.0 * x,
        x,
    )


def float32_inside(n: int) -> Problem:
    """Return squares that are computed in float32, whatever comes in."""

    def value(x: Any) -> float:
        short = x.astype(np.float32)
        return float(total(short * short))

    return Problem(value, lambda x: 2.0 * x, spread(n))


def float32_point(n: int) -> Problem:
    right = smooth(n)
    return right._replace(x=right.x.astype(np.float32))


def noisy(n: int) -> Problem:
    """Return squares with nine digits, as a simulation writes them."""
    return Problem(lambda x: np.rint(total(x * x) * 2.0**30) / 2.0**30, lambda x: 2.0 * x, spread(n))


def at_the_edge(n: int) -> Problem:
    """Return square roots close to where they end."""
    x = np.resize([1e-12, 1e-6, 1e-3, 1.0], n)
    return Problem(lambda x: total(np.sqrt(x)), lambda x: 0.5 / np.sqrt(x), x)


def atoms(n: int) -> Problem:
    """Return the energy of atoms on a line that attract each other, close to where it is least."""

    def apart(x: Any) -> Any:
        return x[:, None] - x[None, :] + np.eye(n)

    def value(x: Any) -> Any:
        inverse = 1.0 / (apart(x) * apart(x))
        sixth = np.where(np.eye(n) == 1.0, 0.0, inverse * inverse * inverse)
        return total((2.0 * (sixth * sixth - sixth)).ravel())

    def gradient(x: Any) -> Any:
        inverse = 1.0 / (apart(x) * apart(x))
        sixth = np.where(np.eye(n) == 1.0, 0.0, inverse * inverse * inverse)
        pulls = 24.0 * (sixth - 2.0 * sixth * sixth) * inverse * apart(x)
        return np.add.accumulate(pulls, axis=1)[:, -1]

    x = 1.12 * np.arange(n)
    for _ in range(8000):
        x = x - 0.005 * gradient(x)
    return Problem(value, gradient, x)


def cubes(n: int) -> Problem:
    """Return a sum of cubes at its saddle, where a pair of points differs as little as noise."""
    x = spread(n)
    return Problem(lambda z: total((z - x) * (z - x) * (z - x)) + 2.0, lambda z: 3.0 * (z - x) * (z - x), x)


PROBLEMS: dict[str, Callable[[], Problem]] = {
    "smooth, n = 10": partial(smooth, 10),
    "smooth, n = 1000": partial(smooth, 1000),
    "smooth, n = 5000": partial(smooth, 5000),
    "coupled, n = 100": partial(coupled, 100),
    "coupled, n = 1000": partial(coupled, 1000),
    "one wrong, n = 1000": partial(wrong, 1000, 1),
    "ten wrong, n = 100": partial(wrong, 100, 10),
    "all wrong, n = 300": partial(all_wrong, 300),
    "kinks at x, n = 60": partial(kinks_at_x, 60),
    "kinks near x, n = 60": partial(kinks_near_x, 60),
    "float32 inside, n = 60": partial(float32_inside, 60),
    "float32 point, n = 60": partial(float32_point, 60),
    "noise, n = 60": partial(noisy, 60),
    "edge of the domain, n = 60": partial(at_the_edge, 60),
    "relaxed atoms, n = 40": partial(atoms, 40),
    "saddle of cubes, n = 100": partial(cubes, 100),
    "lines, n = 20000": partial(smooth, 20_000),
    "lines, float32 point, n = 20000": partial(float32_point, 20_000),
    "lines, one wrong, n = 20000": partial(wrong, 20_000, 1),
    "lines, ten wrong, n = 20000": partial(wrong, 20_000, 10),
    "lines, all wrong, n = 20000": partial(all_wrong, 20_000),
}
