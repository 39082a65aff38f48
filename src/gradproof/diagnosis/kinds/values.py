"""What the values of claims tell by themselves: they are exactly 0, not finite, or numbers of a coarser arithmetic."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from ...problem.numbers import Flat
from ...report.explanation import Explanation
from ..coincidence import is_no_coincidence
from ..evidence import MARGIN, Evidence

FEWEST = 4
# So many errors may be counts, which are no larger; numbers are round that are parts of so many.
FEWEST_COUNTS, LARGEST, ROUND = 2, 1e6, 64.0
# Slopes that are this part of claims at most, and no more than their bars, are nothing but rounding.
NOTHING = 1e-9
# They must be known this well, as parts of claims.
NEARLY = 1e-2
# The relative accuracy of what is computed from a claim in float64.
ROUNDING = 1e-9
# Binary digits of each arithmetic, and what a chance value has to show it: each claim would be one by chance rarely.
ARITHMETICS = {"bfloat16": 8, "float16": 11, "float32": 24}
ZERO = "claimed = 0, but f depends on it: is a path detached, or was it never written?"


def zero(part: Evidence) -> Explanation | None:
    """Explain the errors if every wrong claim is exactly 0."""
    if part.claimed.any() or not len(part.claimed):
        return None
    return Explanation("zero", "", ZERO, 0.0)


def no_dependence(part: Evidence) -> Explanation | None:
    """Explain the errors if f does not depend on these coordinates at all."""
    if not len(part.slope) or np.any(np.abs(part.slope) > NOTHING * np.abs(part.claimed)):
        return None
    if np.any(np.abs(part.slope) > MARGIN * part.bar) and part.slope.any():
        return None
    # Nor are slopes 0 that are only known not to be their claims.
    allowed = MARGIN * part.bar
    if np.any(allowed > NEARLY * np.abs(part.claimed)):
        return None
    # A single slope among others may only be too small to be seen beside a large claim.
    if len(part.slope) == 1 < math.prod(part.shape):
        return None
    is_bound = part.slope.any() or np.any(allowed > NOTHING * np.abs(part.claimed))
    within = f" as far as it is measured (below {np.max(allowed):.1g})" if is_bound else ""
    return Explanation("no dependence", "", f"the slope is 0{within}, the claim is not: f does not depend on it here")


def not_finite(part: Evidence) -> Explanation | None:
    """Explain the errors if no wrong claim is finite."""
    if np.isfinite(part.claimed).any() or not len(part.claimed):
        return None
    what = "NaN" if np.isnan(part.claimed).all() else "infinite" if np.isinf(part.claimed).all() else "not finite"
    return Explanation("not finite", "", f"claimed is {what}")


def asked_at_zeros(found: Explanation) -> Explanation:
    """Return what explains claims that are 0, or not finite, with what is asked where they are just those at x = 0."""
    if found.kind == "zero":
        return replace(found, text="claimed = 0, but f depends on it: is x = 0 taken for inactive?")
    return replace(found, text=f"{found.text}: a division by x = 0, or log(0)?")


def rounded(part: Evidence) -> Explanation | None:
    """Explain the errors if every claim is a number of a coarser arithmetic, and off by no more than its rounding."""
    claimed = part.claimed
    if len(claimed) < FEWEST or not (np.isfinite(claimed).all() and claimed.any()):
        return None
    if np.array_equal(claimed, np.round(claimed)):
        return _integers(part)
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


def whole_numbers(part: Evidence) -> Explanation | None:
    """Explain the errors if each is a whole number, while slopes and claims are none: of something that is counted."""
    if len(part.claimed) < FEWEST_COUNTS or not np.isfinite(part.claimed).all():
        return None
    error, allowed = part.error, MARGIN * part.bar + ROUNDING * np.abs(part.claimed)
    if np.any(np.abs(error - np.round(error)) > allowed) or np.any(np.abs(error) > LARGEST):
        return None
    # Of round numbers all differences are round.
    if np.count_nonzero(np.abs(part.claimed * ROUND - np.round(part.claimed * ROUND)) > ROUND * allowed) < len(error):
        return None
    if not is_no_coincidence(allowed, np.ones_like(error), 0):
        return None
    text = "claimed - slope is a whole number in each: are counts missing, or is something counted otherwise?"
    return Explanation("addition", "", text)


def _integers(part: Evidence) -> Explanation | None:
    """Explain the errors if claims are the integers beside the slopes."""
    error, allowed = part.error, MARGIN * part.bar
    # To the nearest one, or all of them up, down, or towards 0.
    moved = (error, -error, -error * np.sign(part.slope))
    ways = [np.abs(error) - 0.5, *(np.maximum(each - 1.0, -each) for each in moved)]
    if not any(np.all(off <= allowed) for off in ways) or len(np.unique(part.claimed)) < FEWEST:
        return None
    return Explanation("rounded", "", "every wrong claim is an integer beside its slope: is it kept as integers?")


def _to_digits(values: Flat, digits: int) -> Flat:
    mantissa, exponent = np.frexp(values)
    rounded: Flat = np.ldexp(np.round(mantissa * 2.0**digits) / 2.0**digits, exponent)
    return rounded
