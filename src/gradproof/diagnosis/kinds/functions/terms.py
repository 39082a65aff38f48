"""Claims that are values and no derivatives: they, or their squares, add up to f(x)."""

from __future__ import annotations

import numpy as np

from ....report.explanation import Explanation
from ...evidence import MARGIN, Evidence

FEWEST = 3
# Sums of claims are f(x) but for the rounding of both.
ROUNDING = 1e-10
# Sums of quotients are known this well, as parts of f(x).
SURE = 3e-5
RESIDUALS = "are they residuals, not multiplied with the derivatives of these?"


def of_terms(whole: Evidence, value: float) -> Explanation | None:
    """Explain claims by values of which f consists; None if they are not such values.

    Parameters
    ----------
    whole
        An array.
    value
        f(x).
    """
    claimed, count = whole.claimed, len(whole.claimed)
    if not whole.is_complete or count < FEWEST or not (np.isfinite(claimed).all() and np.isfinite(value) and value):
        return None
    # Sums of round numbers are round, as f(x) may be.
    if np.array_equal(np.round(claimed * 64.0), claimed * 64.0) or 2 * int(whole.wrong.sum()) <= count:
        return None
    text = _of_sums(whole, value) or _of_quotients(whole, value)
    return Explanation("values", "", text) if text else None


def _of_sums(whole: Evidence, value: float) -> str:
    claimed, count = whole.claimed, len(whole.claimed)
    total, squares = float(np.sum(claimed)), float(np.sum(claimed**2))
    off = ROUNDING * float(np.sum(np.abs(claimed)))
    if off < 1e-6 * abs(value):  # where sums cancel, rounding is too large a part of f(x)
        for sign, what in ((1.0, ""), (-1.0, "minus ")):
            if abs(sign * total - value) <= off:
                return f"the claims add up to {what}f(x): are they the values of its terms, not their derivatives?"
            if abs(sign * total / count - value) <= off / count:
                return f"the mean of the claims is {what}f(x): are they the values of its terms, not their derivatives?"
    for number, what in ((1.0, "the squares"), (0.5, "half the squares")):
        if abs(number * squares - value) <= ROUNDING * squares:
            return f"{what} of the claims add up to f(x): {RESIDUALS}"
        if abs(number * squares / count - value) <= ROUNDING * squares / count:
            return f"{what} of the claims have the mean f(x): {RESIDUALS}"
    return ""


def _of_quotients(whole: Evidence, value: float) -> str:
    if not whole.slope.all():
        return ""
    ratio = whole.claimed / whole.slope
    off = MARGIN * float(np.sum(np.abs(ratio / whole.slope) * whole.bar)) + ROUNDING * float(np.sum(np.abs(ratio)))
    if off > SURE * abs(value) or abs(float(np.sum(ratio)) - value) > off:
        return ""
    return (
        "claimed = slope × a number for each coordinate, which add up to f(x): is each derivative multiplied with the "
        "value of its term?"
    )
