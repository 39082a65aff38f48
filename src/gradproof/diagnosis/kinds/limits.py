"""Claims that were cut off at a limit, have lost their signs or their sizes, or are one and the same number."""

from __future__ import annotations

import numpy as np

from ...report.explanation import Explanation
from ..coincidence import is_no_coincidence
from ..evidence import MARGIN, Evidence

# So many claims have no size in common by chance, nor all of them a sign.
FEWEST, FEWEST_SIGNS = 3, 20
SAME = 1e-12
# A sum is told only where it is known to this part of itself.
RARE_SUM = 1e-3
# Numbers are round that are parts of so many.
ROUND = 64.0


def limited(whole: Evidence) -> Explanation | None:
    """Explain the errors of an array by claims that have one size; None if they differ."""
    wrong = whole.wrong
    claimed, slope = whole.claimed[wrong], whole.slope[wrong]
    if len(claimed) < FEWEST or not np.isfinite(claimed).all() or not claimed.all():
        return None
    size, signs = float(np.abs(claimed[0])), np.sign(claimed)
    if np.any(np.abs(np.abs(claimed) - size) > SAME * size):
        return None
    if np.ptp(np.abs(slope)) <= MARGIN * np.max(whole.bar[wrong]):
        return None  # slopes of one size as well: a factor says more
    if np.array_equal(signs, np.sign(slope)):
        right = whole.claimed[~wrong]
        if right.any() and np.all(np.abs(slope) > size) and np.all(np.abs(right) <= size):
            return Explanation("limited", "", f"claimed = slope, cut off at ±{size:.6g}", size)
        if np.ptp(signs) or len(signs) >= FEWEST_SIGNS:
            return Explanation("limited", "", f"claimed = {size:.6g} × sign(slope): only its sign is left", size)
    if np.ptp(signs):
        return None
    return Explanation("limited", "", f"every wrong claim is {claimed[0]:.6g}{_of_slopes(whole)}", float(claimed[0]))


def _of_slopes(whole: Evidence) -> str:
    """Return what one number for all claims is, if it is the sum or the mean of the slopes."""
    if not whole.is_complete:
        return ""
    value, total, count = float(whole.claimed[whole.wrong][0]), float(np.sum(whole.slope)), len(whole.slope)
    if (value * ROUND).is_integer():
        return ""  # sums of round slopes are round
    off = MARGIN * float(np.sum(whole.bar)) + SAME * float(np.sum(np.abs(whole.slope)))
    for name, known, allowed in (("sum", total, off), ("mean", total / count, off / count)):
        if abs(value - known) <= allowed < RARE_SUM * abs(known):
            return f", the {name} of all slopes of {whole.name}: is it taken over too many axes?"
    return ""


def spread(whole: Evidence) -> Explanation | None:
    """Explain claims that are the same all along an axis by the sum or the mean of the slopes; None if they are not."""
    if len(whole.shape) < 2 or not whole.is_complete or not np.isfinite(whole.claimed).all() or not whole.claimed.any():
        return None
    claimed, slope, bar = (whole.shaped(each) for each in (whole.claimed, whole.slope, whole.bar))
    for axis, length in enumerate(whole.shape):
        values = claimed.take(0, axis)
        if length < 2 or np.any(np.abs(claimed - np.expand_dims(values, axis)) > SAME * np.max(np.abs(claimed))):
            continue
        total, allowed, size = slope.sum(axis), MARGIN * bar.sum(axis), np.abs(slope).sum(axis)
        for name, count in (("sum", 1), ("mean", length)):
            tolerance = allowed + SAME * size
            if np.any(np.abs(values * count - total) > tolerance):
                continue
            if is_no_coincidence(tolerance.ravel(), size.ravel(), 0, 2.0 * len(whole.shape)):
                asked = "is it not handed back to each, or taken over an axis too much?"
                return Explanation("limited", "", f"claimed = the {name} of the slopes along axis {axis}: {asked}")
    return None


def absolute(whole: Evidence) -> Explanation | None:
    """Explain the errors of an array by signs that were lost: where slopes are negative; None if they were not."""
    wrong, live = whole.wrong, whole.known & (whole.claimed != 0)
    if not (np.isfinite(whole.claimed).all() and np.all(whole.claimed[live] > 0)) or wrong.sum() < FEWEST:
        return None
    off = np.abs(whole.claimed + whole.slope)[wrong]
    if (live & ~wrong).sum() < FEWEST or np.any(off > (MARGIN * whole.bar + 1e-6 * whole.claimed)[wrong]):
        return None
    return Explanation("limited", "", "claimed = |slope|, the sign is lost")
