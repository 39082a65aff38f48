"""Claims in a coarser arithmetic than the check's: float16, bfloat16, float32."""

from __future__ import annotations

import numpy as np

from ..problem.numbers import Flat
from ..report.explanation import Explanation
from .evidence import MARGIN, Evidence

FEWEST = 4
# Binary digits of each arithmetic, and what a chance value has to show it: each claim would be one by chance rarely.
ARITHMETICS = {"bfloat16": 8, "float16": 11, "float32": 24}


def rounded(part: Evidence) -> Explanation | None:
    """Explain the errors if every claim is a number of a coarser arithmetic, and off by no more than its rounding."""
    claimed = part.claimed
    if len(claimed) < FEWEST or not (np.isfinite(claimed).all() and claimed.any()):
        return None
    for name, digits in ARITHMETICS.items():
        kept = _to_digits(claimed, digits)
        if not np.array_equal(kept, claimed) or len(np.unique(claimed)) < FEWEST:
            continue
        # Sums of many products in this arithmetic are off by some of its units.
        allowed = MARGIN * part.bar + 64.0 * 2.0**-digits * np.max(np.abs(part.slope))
        if not np.all(np.abs(part.error) <= allowed):
            return None
        text = f"every claim is a number of {name}, off by its rounding: compute it in float64, or say rtol="
        return Explanation("rounded", "", text)
    return None


def _to_digits(values: Flat, digits: int) -> Flat:
    mantissa, exponent = np.frexp(values)
    rounded: Flat = np.ldexp(np.round(mantissa * 2.0**digits) / 2.0**digits, exponent)
    return rounded
