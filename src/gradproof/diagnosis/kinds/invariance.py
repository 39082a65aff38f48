"""What f does not depend on, though its claimed gradient does: a common shift along an axis, or the size of x."""

from __future__ import annotations

import numpy as np

from ..coincidence import is_no_coincidence
from ..evidence import MARGIN, Evidence

# Claims do not add up to 0 if their sum is more than this part of the sum of their sizes.
CLEARLY = 1e-3


def invariance(whole: Evidence) -> str:
    """Return what f does not depend on while the claims of an array say that it does; "" if there is nothing."""
    if not whole.is_complete or not np.isfinite(whole.claimed).all() or len(whole.claimed) < 2:
        return ""
    for axis, length in enumerate(whole.shape):
        if length > 1 and _ignores_shift(whole, axis):
            along = f"all along axis {axis} of {whole.name}" if len(whole.shape) > 1 else f"to all of {whole.name}"
            return (
                f"f does not change where the same is added {along}: the slopes add up to 0 there. The claims do not: "
                "is something not subtracted, such as a mean, or the other half of a pair?"
            )
    terms = whole.claimed * whole.x
    if whole.ignores_size and abs(float(np.sum(terms))) > CLEARLY * float(np.sum(np.abs(terms))):
        return (
            f"f does not change where all of {whole.name} grows by a factor. The claims say that it does: is the "
            "derivative of a norm missing?"
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
    return bool(2 * np.count_nonzero(off & used) > used.sum()) and is_no_coincidence(allowed[used], size[used], 0)
