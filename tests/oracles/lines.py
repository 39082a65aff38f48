"""Lines t -> f(x + t) whose slopes at t = 0 are known in closed form: smooth ones, kinks and jumps planted in them."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple


class Line(NamedTuple):
    """A line and its slopes on the two sides of 0."""

    value: Callable[[float], float]
    left: float
    right: float


def _smooth() -> dict[str, Line]:
    def line(value: Callable[[float], float], slope: float) -> Line:
        return Line(value, slope, slope)

    return {
        "exp": line(lambda t: math.exp(0.7 * t), 0.7),
        "exp_down": line(lambda t: 5 * math.exp(-0.3 * t), -1.5),
        "sin": line(lambda t: math.sin(1.1 * t + 0.4), 1.1 * math.cos(0.4)),
        "cos_at_top": line(lambda t: 3 + math.cos(t), 0.0),
        "quartic": line(lambda t: (t + 1.5) ** 4 - 2 * t, 4 * 1.5**3 - 2),
        "cubic": line(lambda t: t**3 - 3 * t + 1, -3.0),
        "square_at_bottom": line(lambda t: 2 + t * t, 0.0),
        "bell": line(lambda t: 1 / (1 + (t + 0.5) ** 2), -1 / (1 + 0.25) ** 2),
        "tanh": line(lambda t: math.tanh(t + 0.2), 1 / math.cosh(0.2) ** 2),
        "logistic": line(lambda t: math.log1p(math.exp(t)), 0.5),
        "line": line(lambda t: 4 - 0.25 * t, -0.25),
        "far_from_zero": line(lambda t: 1e6 + math.sin(t + 1), math.cos(1)),
    }


SMOOTH = _smooth()


def with_kink(line: Line, distance: float, change: float) -> Line:
    """The slope grows by `change` at t = distance, from left to right; at 0 the two sides differ."""
    left = line.left + (change if distance < 0 else 0.0)
    right = line.right + (change if distance <= 0 else 0.0)
    return Line(lambda t: line.value(t) + change * max(t - distance, 0.0), left, right)


def with_jump(line: Line, distance: float, height: float) -> Line:
    """The value grows by `height` beyond t = distance."""
    return Line(lambda t: line.value(t) + (height if t > distance else 0.0), line.left, line.right)


def mirrored(line: Line) -> Line:
    """The line from its other end."""
    return Line(lambda t: line.value(-t), -line.right, -line.left)


def in_units(line: Line, power: int, power_of_t: int) -> Line:
    """The line in other units: f * 2 ** power over t * 2 ** power_of_t, without any rounding."""
    scale = 2.0 ** (power - power_of_t)
    return Line(
        lambda t: math.ldexp(line.value(math.ldexp(t, -power_of_t)), power), line.left * scale, line.right * scale
    )


def with_jumps(t: float) -> float:
    """From afar its slope is 1, near x it is 0.5: jumps make up for it."""
    return 3 + t - 0.5 * (t + 0.037 - 0.1 * math.floor((t + 0.037) / 0.1))
