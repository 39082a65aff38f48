"""Slopes by another variable: log(x), 1/x, a sigmoid; claimed = slope × a function of x."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np

from ...problem.numbers import Flat
from ...report.explanation import Explanation
from ..coincidence import is_no_coincidence
from ..evidence import MARGIN, Evidence
from .factors import ALONE, SURER

# Fewer coordinates are only explained by the commonest functions of x, those of its logarithm, square and inverse.
FEWEST, COMMONEST = 3, 8
FEWEST_OF_POWERS = 4
ROUNDING = 1e-6
POWERS = {"x": 1.0, "√x": 0.5, "x²": 2.0, "x³": 3.0}


def by_variable(part: Evidence) -> Explanation | None:
    """Explain the errors by a slope that was taken by another variable than x, or forgotten; None if none fits."""
    if not (np.isfinite(part.claimed).all() and part.slope.all() and part.claimed.all() and part.x.all()):
        return None
    ratio = part.claimed / part.slope
    bar = MARGIN * np.abs(ratio / part.slope) * part.bar
    with np.errstate(all="ignore"):
        text = next(_fits(part.x, ratio, bar), "") or next(_powers(part.x, ratio, bar), "")
    return Explanation("scaled by x", "", text) if text else None


def _fits(x: Flat, ratio: Flat, bar: Flat) -> Iterator[str]:
    """Yield what the quotients of claims and slopes are as functions of x."""
    few = len(x) < FEWEST
    # Of round numbers, and of those that are almost the same, any factor may be a function.
    if few and np.any(np.abs(4.0 * x - np.round(4.0 * x)) <= ROUNDING):
        return
    functions = list(itertools.islice(_functions(x), COMMONEST) if few else _functions(x))
    for text, values in functions:
        if not np.isfinite(values).all() or not values.all() or (not few and _is_constant(values)):
            continue
        tolerance = bar + ROUNDING * np.abs(values)
        fits = np.all(np.abs(ratio - values) <= (SURER * tolerance if few else tolerance))
        rare = {"rare": ALONE} if few else {}
        if fits and is_no_coincidence(tolerance, np.abs(ratio), 0, len(functions), **rare):
            yield text


def _powers(x: Flat, ratio: Flat, bar: Flat) -> Iterator[str]:
    """Yield a factor and a power of x that the quotients of claims and slopes are."""
    if len(x) < FEWEST_OF_POWERS or _is_constant(x):
        return
    for (name, power), sign in itertools.product(POWERS.items(), (1.0, -1.0)):
        values = x ** (sign * power)
        quotient, allowed = ratio / values, (bar + ROUNDING * np.abs(ratio)) / np.abs(values)
        best = int(np.argmin(allowed / np.abs(quotient)))
        tolerance = allowed + allowed[best]
        if np.all(np.abs(quotient - quotient[best]) <= tolerance):
            if is_no_coincidence(tolerance, np.abs(quotient), 1, 2 * len(POWERS)):
                yield f"claimed = {quotient[best]:.6g} × slope {'×' if sign > 0 else '/'} {name}"


def _is_constant(values: Flat) -> bool:
    return bool(np.ptp(values) <= 1e-3 * np.max(np.abs(values)))


def _functions(x: Flat) -> Iterator[tuple[str, Flat]]:
    """Yield functions of x, the commonest first, with what the claims are if these are the quotients."""
    is_log = " the slope by log(x)?" if (x > 0).all() else " is x a factor too often?"
    yield f"claimed = slope × x:{is_log}", x
    yield "claimed = slope / x: a slope by log(x) that was divided by x again?", 1.0 / x
    yield "claimed = slope / 2x: is the derivative of a square missing?", 0.5 / x
    yield "claimed = slope × 2x: is it the slope by x's root, or the derivative of a square twice?", 2.0 * x
    yield "claimed = -slope × x²: the slope by 1/x?", -(x**2)
    yield "claimed = -slope / x²: is the derivative of 1/x a factor too often?", -1.0 / x**2
    yield "claimed = slope × exp(x)", np.exp(x)
    yield "claimed = slope × exp(-x): the slope by exp(x)?", np.exp(-x)
    yield from _activations(x)


def _activations(x: Flat) -> Iterator[tuple[str, Flat]]:
    """Yield quotients of the derivatives of activations: one was forgotten, or another one taken."""
    right = _derivatives(x)
    yield "claimed = slope × s(1 - s) with s = sigmoid(x)", right["sigmoid"]
    missing = "is the sigmoid's derivative missing?"
    yield f"claimed = slope / (s(1 - s)) with s = sigmoid(x): {missing}", 1.0 / right["sigmoid"]
    yield "claimed = slope × (1 - tanh(x)²)", right["tanh"]
    yield "claimed = slope / (1 - tanh(x)²): is the derivative of tanh missing?", 1.0 / right["tanh"]
    for (one, claimed), (other, slope) in itertools.permutations(right.items(), 2):
        yield f"claimed = slope, but with the derivative of {one} in place of that of {other}?", claimed / slope
    for name, taken, values in _taken_wrongly(x):
        yield f"claimed = slope, but with {taken} in place of the derivative of {name}?", values / right[name]


def _derivatives(x: Flat) -> dict[str, Flat]:
    """Return the derivatives that are taken for each other."""
    sigmoid = 1.0 / (1.0 + np.exp(-x))
    return {
        "sigmoid": sigmoid * (1.0 - sigmoid),
        "tanh": 1.0 - np.tanh(x) ** 2,
        "softplus": sigmoid,
        "swish": sigmoid * (1.0 + x * (1.0 - sigmoid)),
        "exp": np.exp(x),
        "arctan": 1.0 / (1.0 + x**2),
        "artanh": 1.0 / (1.0 - x**2),
        "arcsin": 1.0 / np.sqrt(1.0 - x**2),
    }


def _taken_wrongly(x: Flat) -> Iterator[tuple[str, str, Flat]]:
    """Yield what is taken in place of a derivative: its input stands for its output, or the other way round."""
    sigmoid, tanh = 1.0 / (1.0 + np.exp(-x)), np.tanh(x)
    again = 1.0 / (1.0 + np.exp(-sigmoid))
    yield "sigmoid", "x(1 - x)", x * (1.0 - x)
    yield "sigmoid", "its derivative at sigmoid(x)", again * (1.0 - again)
    yield "tanh", "1 - x²", 1.0 - x**2
    yield "tanh", "its derivative at tanh(x)", 1.0 - np.tanh(tanh) ** 2
    yield "tanh", "tanh(x)", tanh
    yield "exp", "x", x
    yield "exp", "exp(x) - 1", np.exp(x) - 1.0
