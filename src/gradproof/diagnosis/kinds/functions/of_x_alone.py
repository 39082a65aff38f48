"""Claims that depend on x alone, although slopes do not: what is left of a gradient whose other factors were lost."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ....problem.numbers import Flat
from ....report.explanation import Explanation
from ...coincidence import is_no_coincidence
from ...evidence import Evidence
from ..additions import FEWEST_OF_SIDES

FEWEST = 5
# Claims are computed in float64, from few terms.
ROUNDING = 1e-9
# What is left where a penalty alone is differentiated.
PENALTIES = {"x": "an L2 penalty", "sign(x)": "an L1 penalty"}


def of_x_alone(part: Evidence) -> Explanation | None:
    """Explain the claims by x alone: a multiple of one of its functions, and a constant; None if they are none."""
    claimed, x = part.claimed, part.x
    if not np.isfinite(claimed).all() or len(np.unique(x)) < FEWEST or len(np.unique(claimed)) < 2:
        return None
    with np.errstate(all="ignore"):
        found = next(_fits(x, claimed), None)
    if found is None:
        return None
    name, factor, constant = found
    text = f"claimed = {'' if factor == 1.0 else f'{factor:.6g} × '}{name}"
    if constant:
        text = f"{text} {'+' if constant > 0 else '-'} {abs(constant):.6g}"
    if not constant and name in PENALTIES:
        return Explanation("x alone", "", f"{text}: is only the part of {PENALTIES[name]} left, and the rest detached?")
    return Explanation("x alone", "", f"{text}, of which the slopes are no multiple: is the rest missing?")


def _fits(x: Flat, claimed: Flat) -> Iterator[tuple[str, float, float]]:
    """Yield functions of x of which the claims are a multiple, with factor and constant; those without one first."""
    names, rows = zip(*_functions(x), strict=True)
    every = np.array(rows)
    # Two claims that are far apart give factor and constant; all others must agree with them.
    low, high = int(np.argmin(claimed)), int(np.argmax(claimed))
    factors = np.stack([claimed[high] / every[:, high], np.ptp(claimed) / (every[:, high] - every[:, low])])
    constants = np.stack([np.zeros(len(every)), claimed[high] - factors[1] * every[:, high]])
    for free, factor, constant in zip((1, 2), factors, constants, strict=True):
        allowed = ROUNDING * (np.abs(factor[:, None] * every) + np.abs(constant)[:, None])
        off = np.abs(factor[:, None] * every + constant[:, None] - claimed)
        for row in np.flatnonzero(np.all(off <= allowed, axis=1) & (np.ptp(every, axis=1) > 0.0) & (factor != 0.0)):
            if free == 2 and names[row] == "sign(x)" and len(x) < FEWEST_OF_SIDES:
                continue
            # What varies must be seen beside the constant, and beside what is lost where both nearly cancel.
            scale = np.minimum(np.abs(claimed - constant[row]), np.ptp(claimed))
            if is_no_coincidence(allowed[row], scale, free, 2.0 * len(names)):
                yield names[row], _rounded(factor[row]), float(constant[row])


def _rounded(number: float) -> float:
    """Return 1 for what is 1 but for rounding."""
    return 1.0 if abs(number - 1.0) <= ROUNDING else float(number)


def _functions(x: Flat) -> Iterator[tuple[str, Flat]]:
    yield "x", x
    yield "sign(x)", np.sign(x)
    yield "|x|", np.abs(x)
    yield "x²", x**2
    yield "x³", x**3
    yield "1/x", 1.0 / x
    yield "√x", np.sqrt(x)
    yield "log(x)", np.log(x)
    yield "exp(x)", np.exp(x)
    yield "exp(-x)", np.exp(-x)
    yield "sin(x)", np.sin(x)
    yield "cos(x)", np.cos(x)
    yield "tanh(x)", np.tanh(x)
    yield "sinh(x)", np.sinh(x)
    yield "sigmoid(x)", 1.0 / (1.0 + np.exp(-x))
