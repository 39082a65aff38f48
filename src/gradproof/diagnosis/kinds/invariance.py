"""What f does not depend on, though its claimed gradient does: a common shift along an axis, or the size of x."""

from __future__ import annotations

import numpy as np

from ...report.explanation import Explanation
from ..coincidence import is_no_coincidence
from ..evidence import MARGIN, Evidence

# Claims do not add up to 0 if their sum is more than this part of the sum of their sizes.
CLEARLY = 1e-3
ROUNDING = 1e-9
# How rarely slopes along x itself may cancel by chance.
RARELY = 1e-5


def invariance(whole: Evidence) -> Explanation | None:
    """Tell what f does not depend on while the claims of an array say that it does; None if there is nothing."""
    text = _told(whole)
    return Explanation("invariance", "", text) if text else None


def _told(whole: Evidence) -> str:
    if not whole.is_complete or not np.isfinite(whole.claimed).all() or len(whole.claimed) < 2:
        return ""
    for axis, length in enumerate(whole.shape):
        if length > 1 and _ignores_shift(whole, axis):
            along = (f" along axis {axis}", f" all along axis {axis}") if len(whole.shape) > 1 else ("", "")
            return (
                f"the claims do not add up to 0{along[0]}, as the slopes do, since f does not change where the same is "
                f"added{along[1]}: is something not subtracted, such as a mean, or is the other half of a pair missing?"
            )
    terms, known = whole.claimed * whole.x, whole.slope * whole.x
    # Slopes that add up to 0 by chance do so within their bars, but no closer.
    closest = np.array([abs(float(np.sum(known)))]), np.array([float(np.sum(np.abs(known)))])
    is_sure = whole.ignores_size and is_no_coincidence(*closest, 0, rare=RARELY)
    if is_sure and abs(float(np.sum(terms))) > CLEARLY * float(np.sum(np.abs(terms))):
        return (
            "the claims depend on the size of x, f does not, where all of it grows by a factor: is the derivative of a "
            "norm or of another scale missing?"
        )
    return ""


def _ignores_shift(whole: Evidence, axis: int) -> bool:
    slope, bar, claimed = (whole.shaped(each) for each in (whole.slope, whole.bar, whole.claimed))
    # Where a claim is right it stands for the slope: then the sum is as uncertain as it is.
    total, allowed = np.abs(slope.sum(axis=axis)).ravel(), MARGIN * bar.sum(axis=axis).ravel()
    size = np.abs(slope).sum(axis=axis).ravel()
    used = size > 10.0 * allowed
    if not used.any() or np.any(total[used] > allowed[used]):
        return False
    off = np.abs(claimed.sum(axis=axis)).ravel() > CLEARLY * np.abs(claimed).sum(axis=axis).ravel() + allowed
    # Sums are much closer to 0 than so many bars allow: as close as the one that is off most.
    closest = np.maximum(np.max(total[used] / size[used]), ROUNDING) * size[used]
    return bool(2 * np.count_nonzero(off & used) > used.sum()) and is_no_coincidence(closest, size[used], 0)
