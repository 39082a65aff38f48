"""Slopes by another variable: log(x), 1/x, a sigmoid; claimed = slope × a function of x."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..problem.numbers import Flat
from ..report.explanation import Explanation
from .coincidence import is_no_coincidence
from .evidence import MARGIN, Evidence

FEWEST = 3
ROUNDING = 1e-6


def by_variable(part: Evidence) -> Explanation | None:
    """Explain the errors by a slope that was taken by another variable than x, or forgotten; None if none fits."""
    if len(part.x) < FEWEST or not (np.isfinite(part.claimed).all() and part.slope.all() and part.claimed.all()):
        return None
    ratio = part.claimed / part.slope
    bar = MARGIN * np.abs(ratio / part.slope) * part.bar
    functions = list(_functions(part.x))
    for text, values in functions:
        if not np.isfinite(values).all() or not values.all() or np.ptp(values) <= 1e-3 * np.max(np.abs(values)):
            continue
        tolerance = bar + ROUNDING * np.abs(values)
        fits = np.all(np.abs(ratio - values) <= tolerance)
        if fits and is_no_coincidence(tolerance, np.abs(ratio), 0, len(functions)):
            return Explanation("scaled by x", "", text)
    return None


def _functions(x: Flat) -> Iterator[tuple[str, Flat]]:
    with np.errstate(all="ignore"):
        sigmoid = 1.0 / (1.0 + np.exp(-x))
        yield "claimed = slope × x: the slope by log(x)?", x
        yield "claimed = slope / x: a slope by log(x) that was divided by x again?", 1.0 / x
        yield "claimed = slope × exp(x)", np.exp(x)
        yield "claimed = slope × exp(-x): the slope by exp(x)?", np.exp(-x)
        yield "claimed = slope × s(1 - s) with s = sigmoid(x)", sigmoid * (1.0 - sigmoid)
        yield (
            "claimed = slope / (s(1 - s)) with s = sigmoid(x): is the sigmoid's derivative missing?",
            1.0 / (sigmoid * (1.0 - sigmoid)),
        )
        yield "claimed = slope × (1 - tanh(x)²)", 1.0 - np.tanh(x) ** 2
        yield "claimed = slope / (1 - tanh(x)²): is the derivative of tanh missing?", 1.0 / (1.0 - np.tanh(x) ** 2)
        yield "claimed = slope / 2x: is the derivative of a square missing?", 0.5 / x
        yield "claimed = slope × 2x", 2.0 * x
