"""What a person writes who has no gradient checker at hand."""

from __future__ import annotations

from typing import Any

import numpy as np

# The roots of the unit roundoff that balance truncation and rounding.
FORWARD_STEP = 2.0**-26
CENTERED_STEP = 2.0**-17


def forward(f: Any, x: Any) -> Any:
    """Return the slopes by n + 1 calls."""
    point, slopes, here = x.copy(), np.empty_like(x), f(x)
    for index in range(x.size):
        step = FORWARD_STEP * max(1.0, abs(x[index]))
        point[index] = x[index] + step
        slopes[index] = (f(point) - here) / step
        point[index] = x[index]
    return slopes


def centered(f: Any, x: Any) -> Any:
    """Return the slopes by 2n calls."""
    point, slopes = x.copy(), np.empty_like(x)
    for index in range(x.size):
        step = CENTERED_STEP * max(1.0, abs(x[index]))
        point[index] = x[index] + step
        right = f(point)
        point[index] = x[index] - step
        slopes[index] = (right - f(point)) / (2 * step)
        point[index] = x[index]
    return slopes


def relative_error(a: Any, b: Any) -> Any:
    """Return the expression that everybody writes; NaN where both are 0."""
    with np.errstate(invalid="ignore"):
        return np.abs(a - b) / np.maximum(np.abs(a), np.abs(b))


def check(f: Any, gradient: Any, x: Any) -> float:
    """Return the largest relative error of a gradient."""
    return float(np.max(relative_error(centered(f, x), gradient(x))))
