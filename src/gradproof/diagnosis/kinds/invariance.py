"""What f does not depend on, though its claimed gradient does: a common shift along an axis, or the size of x."""

from __future__ import annotations

import numpy as np

from ...report.explanation import OBSERVED, Explanation
from ..coincidence import is_no_coincidence
from ..evidence import MARGIN, Evidence, along_axis

# Claims do not add up to 0 if their sum is more than this part of the sum of their sizes.
CLEARLY = 1e-3
ROUNDING = 1e-9
# How rarely slopes along x itself may cancel by chance.
RARELY = 1e-5


def invariance(whole: Evidence) -> Explanation | None:
    """Explain errors that are the same all along an axis along which f does not change with a common shift.

    Such errors are what is left where something, such as a mean, is not subtracted; errors of any other kind break the
    sum of the claims as well, and tell nothing.
    """
    if not _is_usable(whole):
        return None
    for axis, length in enumerate(whole.shape):
        if length > 1 and _ignores_shift(whole, axis) and _is_same_along(whole, axis):
            along = along_axis(whole.shape, axis)
            text = (
                f"the errors are the same all{along or ' over'}, and f does not change where the same is added "
                f"all{along or ' over'}: is something, such as a mean, not subtracted?"
            )
            return Explanation("invariance", "", text)
    return None


def observed(whole: Evidence) -> str:
    """Return what f does not depend on while most claims say that it does, whatever the reason; "" if nothing."""
    if not _is_usable(whole) or 2 * np.count_nonzero(whole.wrong) <= np.count_nonzero(whole.claimed):
        return ""
    for axis, length in enumerate(whole.shape):
        if length > 1 and _ignores_shift(whole, axis):
            along = along_axis(whole.shape, axis)
            return (
                f"{whole.name}: f does not change where the same is added all{along or ' over'}, so that the slopes "
                f"add up to 0{along}, but the claims do not. That happens where the mean or the variance of a "
                f"normalisation is taken for a constant, for example; {OBSERVED}"
            )
    terms, known = whole.claimed * whole.x, whole.slope * whole.x
    # Slopes that add up to 0 by chance do so within their bars, but no closer.
    closest = np.array([abs(float(np.sum(known)))]), np.array([float(np.sum(np.abs(known)))])
    is_sure = whole.ignores_size and is_no_coincidence(*closest, 0, rare=RARELY)
    if is_sure and abs(float(np.sum(terms))) > CLEARLY * float(np.sum(np.abs(terms))):
        return (
            f"{whole.name}: f does not change where all of it grows by a factor, but the claims say that it does. "
            f"That happens where a norm or another scale is taken for a constant, for example; {OBSERVED}"
        )
    return ""


def _is_usable(whole: Evidence) -> bool:
    return whole.is_complete and bool(np.isfinite(whole.claimed).all()) and len(whole.claimed) > 1


def _is_same_along(whole: Evidence, axis: int) -> bool:
    """Whether errors are the same all along an axis, by no coincidence."""
    error, bar, claimed = (np.moveaxis(whole.shaped(each), axis, 0) for each in (whole.error, whole.bar, whole.claimed))
    allowed = (MARGIN * bar + ROUNDING * np.abs(claimed)).reshape(len(error), -1)
    error = error.reshape(len(error), -1)
    best, at = np.argmin(allowed, axis=0), np.arange(error.shape[1])
    same, tolerance = error[best, at], allowed + allowed[best, at]
    if np.any(np.abs(error - same) > tolerance):
        return False
    scale = np.full(error.size, np.abs(same).mean())
    return is_no_coincidence(tolerance.reshape(-1), scale, error.shape[1], len(whole.shape))


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
