"""Factors with which functions of x, or of slopes, add up to errors."""

from __future__ import annotations

import numpy as np

from ..problem.numbers import Flat

# No fit leaves more than this part of the errors.
MOST_LEFT = 0.1
# A term is seen that is somewhere so many times what errors may be off.
SEEN = 10.0
# Numbers that differ by less than this part of the largest are one.
CONSTANT = 1e-3


def fit(columns: Flat, errors: Flat, allowed: Flat) -> tuple[Flat, Flat] | None:
    """Return the factors with which columns add up to errors, and within what that was tested; None if they do not.

    Parameters
    ----------
    columns
        One for each function of x.
    errors
        What they should add up to.
    allowed
        Within what each error is known, above 0.
    """
    weights = 1.0 / np.maximum(allowed, 1e-300)
    scale = weights.max()
    weighted = columns * (weights / scale)[:, None]
    if not (np.isfinite(weighted).all() and np.isfinite(errors).all()):
        return None
    factors, _, rank, _ = np.linalg.lstsq(weighted, errors * weights / scale, rcond=1e-6)
    left = columns @ factors - errors
    # Bars as wide as what is left here would make a fit of anything, and say nothing.
    if rank < columns.shape[1] or np.linalg.norm(left * weights) > MOST_LEFT * np.linalg.norm(errors * weights):
        return None
    # The factors are off by what the errors may be off.
    tolerance = allowed + np.abs(columns) @ (np.abs(np.linalg.pinv(weighted)) @ (allowed * weights / scale))
    return (factors, tolerance) if np.all(np.abs(left) <= tolerance) else None


def all_matter(columns: Flat, fitted: tuple[Flat, Flat]) -> bool:
    """Return whether every column makes far more somewhere than what was fitted may be off: else it is not needed."""
    return bool(np.all(np.any(np.abs(fitted[0] * columns) > SEEN * fitted[1][:, None], axis=0)))


def are_constant(values: Flat) -> Flat:
    """Return whether numbers are all about the same: of many rows, which of them are."""
    same: Flat = np.ptp(values, axis=-1) <= CONSTANT * np.max(np.abs(values), axis=-1)
    return same
