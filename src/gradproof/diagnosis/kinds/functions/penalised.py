"""A factor of the slopes that one part has not: a penalty, or a constant, that is right where the rest is not."""

from __future__ import annotations

import math

import numpy as np

from ....problem.numbers import Flat
from ....report.explanation import Explanation
from ...coincidence import is_no_coincidence
from ...evidence import MARGIN, Evidence
from ...fits import all_matter, fit
from ..additions import ROUNDING, cancels, term

# Claims of a factor and a penalty are compared with themselves, which are larger than errors.
FEWEST_OF_BOTH = 4
# Claims are the same number to this many digits of the largest.
SAME_DIGITS = 9
# What divides a deviation may have something small added.
NEAR_ONE = 1e-6


def factor_and_penalty(part: Evidence) -> Explanation | None:
    """Explain the errors by a factor of the slopes that one part has not: a penalty, or a constant; None if none fits.

    Such a part is right where all the rest is a sum for a mean, say, or has the wrong sign.
    """
    if len(part.x) < FEWEST_OF_BOTH or not np.isfinite(part.claimed).all() or part.bar.max() <= 0.0:
        return None
    if not (np.isfinite(part.slope).all() and np.isfinite(part.x).all()):
        return None
    # Few different claims are made by any two factors, however often each stands there.
    if len(np.unique(np.round(part.claimed / np.max(np.abs(part.claimed)), SAME_DIGITS))) < FEWEST_OF_BOTH:
        return None
    return next(filter(None, (_of_both(part, name) for name in ("x", "1"))), None)


def _standardised(claimed: Flat) -> str:
    """Return what of claims whose mean is 0 is 1: their standard deviation, or their norm; "" if nothing."""
    if not cancels(claimed):
        return ""
    deviations = {"the standard deviation 1": (0, 1), "the norm 1": (0, len(claimed))}
    values = {name: float(np.std(claimed, ddof=ddof)) * math.sqrt(count) for name, (ddof, count) in deviations.items()}
    values["the standard deviation 1 (of N - 1)"] = float(np.std(claimed, ddof=1))
    return next((name for name, value in values.items() if abs(value - 1.0) <= NEAR_ONE), "")


def _of_both(part: Evidence, name: str) -> Explanation | None:
    """Return the factors of the slopes and of one function of x that together make the claims."""
    base = part.x if name == "x" else np.ones_like(part.x)
    columns = np.stack([part.slope, base], axis=1)
    rough = abs(float(np.linalg.lstsq(columns, part.claimed, rcond=None)[0][0]))
    allowed = MARGIN * max(rough, 1.0) * part.bar + ROUNDING * np.abs(part.claimed)
    fitted = fit(columns, part.claimed, allowed)
    # Errors that are nearly one of the two are made by both as soon as what is left of them is.
    left = min(float(np.linalg.norm(part.error - each * (each @ part.error / (each @ each)))) for each in columns.T)
    scale = np.minimum(np.abs(part.claimed), np.minimum(np.abs(part.error), left / math.sqrt(len(base))))
    if fitted is None or not is_no_coincidence(fitted[1], scale, 2, 4.0):
        return None
    factor, times = map(float, fitted[0])
    # What both factors do must be seen.
    if min(abs(factor - 1.0), abs(factor)) <= 1e-3 or not all_matter(columns, fitted):
        return None
    if name == "1" and (standardised := _standardised(part.claimed)):
        text = f"claimed = {factor:.6g} × slope {term(times, name)}, with the mean 0 and {standardised}"
        return Explanation("factor", "", f"{text}: are the slopes standardised?", factor)
    if name == "1" and cancels(part.claimed):
        text = f"claimed = {factor:.6g} × (slope {term(times / factor, name)}), so that the claims have the sum 0"
        return Explanation("factor", "", f"{text}: is their mean subtracted?", factor)
    right = times / (1.0 - factor)
    part_of = f"{right:.6g} × x, as of an L2 penalty" if name == "x" else f"that is {right:.6g} everywhere"
    text = f"claimed = {factor:.6g} × slope {term(times, name)}, as if all had that factor but a part {part_of}"
    return Explanation("factor", "", text, factor)
