"""A factor, or an error, that depends on the row, the column or the slice alone."""

from __future__ import annotations

import numpy as np

from ..problem.numbers import Flat
from .evidence import MARGIN, Evidence
from .explanation import Explanation, is_no_coincidence

ROUNDING = 1e-9
# Factors of different rows must differ by more than this, relatively: else they are one factor.
DIFFERENT = 1e-4
SHOWN = 4


def by_axis(whole: Evidence) -> Explanation | None:
    """Explain the errors of an array by a factor, or an error, for each index of one axis; None if none fits."""
    if len(whole.shape) < 2 or not whole.is_complete or not np.isfinite(whole.claimed).all():
        return None
    for axis, length in enumerate(whole.shape):
        if length < 2 or len(whole.claimed) // length < 2:
            continue
        found = _factors(whole, axis) or _same_error(whole, axis)
        if found is not None:
            return found
    return None


def _rows(whole: Evidence, axis: int, values: Flat) -> Flat:
    return np.moveaxis(whole.shaped(values), axis, 0).reshape(whole.shape[axis], -1)


def _factors(whole: Evidence, axis: int) -> Explanation | None:
    claimed, slope, bar = (_rows(whole, axis, each) for each in (whole.claimed, whole.slope, whole.bar))
    if not slope.all():
        return None
    ratio = claimed / slope
    allowed = MARGIN * np.abs(claimed / slope**2) * bar + ROUNDING * np.abs(ratio)
    best = np.argmin(allowed, axis=1)
    at = np.arange(len(ratio))
    factors, own = ratio[at, best], allowed[at, best]
    if np.ptp(factors) <= DIFFERENT * np.max(np.abs(factors)):
        return None
    tolerance = allowed + own[:, None]
    if not np.all(np.abs(ratio - factors[:, None]) <= tolerance):
        return None
    if not is_no_coincidence(tolerance.reshape(-1), np.abs(ratio).reshape(-1), len(ratio), len(whole.shape)):
        return None
    left = claimed - factors[:, None] * slope
    text = f"claimed = slope × a factor for each index of axis {axis}: {_listed(factors)}"
    return Explanation("rows", "", text)


def _same_error(whole: Evidence, axis: int) -> Explanation | None:
    error, bar = _rows(whole, axis, whole.error), _rows(whole, axis, whole.bar)
    allowed = MARGIN * bar + ROUNDING * np.abs(_rows(whole, axis, whole.claimed))
    best = np.argmin(allowed, axis=0)
    at = np.arange(error.shape[1])
    same, own = error[best, at], allowed[best, at]
    tolerance = allowed + own
    if len(error) < 3 or np.ptp(same) == 0 or not np.all(np.abs(error - same) <= tolerance):
        return None
    scale = np.full(error.size, np.abs(same).mean())
    if not is_no_coincidence(tolerance.reshape(-1), scale, error.shape[1], len(whole.shape)):
        return None
    text = (
        f"claimed - slope is the same all along axis {axis}: is something added once too often, or not summed over it?"
    )
    return Explanation("rows", "", text)


def _listed(factors: Flat) -> str:
    shown = ", ".join(f"{factor:.4g}" for factor in factors[:SHOWN])
    return f"{shown}, …" if len(factors) > SHOWN else shown
