"""Errors by an axis: a factor or an error for each index of it, or errors that add up to 0 over it."""

from __future__ import annotations

import numpy as np

from ..problem.numbers import Flat
from ..report.explanation import Explanation
from .coincidence import is_no_coincidence
from .evidence import MARGIN, Evidence

ROUNDING = 1e-9
# Factors of different rows must differ by more than this, relatively: else they are one factor.
DIFFERENT = 1e-4
SHOWN = 4
FEWEST_WRONG = 4


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


def adds_up_to_zero(whole: Evidence) -> Explanation | None:
    """Say so if the errors of an array add up to 0 over its first axis: those of forces between pairs do."""
    if len(whole.shape) != 2 or not whole.is_complete or whole.shape[0] < 2 or not np.isfinite(whole.claimed).all():
        return None
    error, bar = whole.shaped(whole.error), whole.shaped(whole.bar)
    wrong = whole.shaped(whole.wrong)
    total, allowed = np.abs(error.sum(axis=0)), MARGIN * np.where(wrong, bar, 0.0).sum(axis=0)
    size = np.abs(error).sum(axis=0)
    used = size > 10 * allowed
    if wrong.sum() < FEWEST_WRONG or not used.any() or not np.all(total[used] <= allowed[used] + 1e-9 * size[used]):
        return None
    tolerance = allowed[used] + 1e-9 * size[used]
    if not is_no_coincidence(tolerance, size[used], 0):
        return None
    rows = np.flatnonzero(wrong.any(axis=1))
    who = f" between {rows[0]} and {rows[1]}" if len(rows) == 2 else ""
    text = f"the errors add up to 0 over axis 0: a term between pairs{who} is missing, or counted twice"
    return Explanation("sum", "", text)
