"""Vectors that one small matrix mixes: claims that are slopes in other coordinates, or errors that are x, so mixed."""

from __future__ import annotations

import numpy as np

from ....problem.numbers import Flat
from ....report.explanation import Explanation
from ...coincidence import is_no_coincidence
from ...evidence import MARGIN, Evidence
from ...fits import fit

ROUNDING = 1e-9
# The most coordinates of points, controls, strains and the like; a matrix needs this many vectors for each of them.
MOST_OF_VECTOR, FEWEST_OF_EACH = 6, 2
# Entries are known to this, relatively to the largest, and mix coordinates where they are larger than that.
NEAR, SEEN = 1e-4, 1e-2
# Two sums, of slopes and of x, along two axes.
TRIES = 4.0


def of_mixture(whole: Evidence) -> Explanation | None:
    """Explain an array of short vectors by a matrix that makes claims of slopes, or errors of x; None if none does."""
    if len(whole.shape) != 2 or not whole.is_complete or whole.bar.max() <= 0.0:
        return None
    if not (np.isfinite(whole.claimed).all() and np.isfinite(whole.x).all()):
        return None
    for axis in (1, 0):
        vectors = (whole.claimed, whole.slope, whole.error, whole.x, MARGIN * whole.bar)
        claimed, slope, error, x, bar = (np.moveaxis(whole.shaped(each), axis, 1) for each in vectors)
        count, length = claimed.shape
        if not (2 <= length <= MOST_OF_VECTOR and count >= FEWEST_OF_EACH * length):
            continue
        allowed = bar + ROUNDING * np.abs(claimed)
        spread = np.broadcast_to(np.max(bar, axis=1, keepdims=True), bar.shape)
        scale = np.minimum(np.abs(claimed), np.abs(error))
        matrix = _matrix(slope, claimed, allowed + length * spread, scale)
        if matrix is not None and _is_mixed(matrix):
            return Explanation("mixture", "", f"claimed = {_product('slope', axis)}{_listed(matrix)}{_asked(matrix)}")
        matrix = _matrix(x, error, allowed, np.abs(error))
        if matrix is not None and _is_mixed(matrix):
            text = f"claimed = slope + {_product('x', axis)}{_listed(matrix)}{_asked_of_form(matrix)}"
            return Explanation("mixture", "", text)
    return None


def _matrix(columns: Flat, target: Flat, allowed: Flat, scale: Flat) -> Flat | None:
    """Return the matrix with which vectors make a target, by no coincidence; None if there is none."""
    found, tolerances = [], []
    for values, off in zip(target.T, allowed.T, strict=True):
        if np.all(np.abs(values) <= off):
            found.append(np.zeros(columns.shape[1]))
            tolerances.append(np.abs(values) + 1.0)
            continue
        fitted = fit(columns, values, np.maximum(off, 1e-300))
        if fitted is None:
            return None
        found.append(fitted[0])
        tolerances.append(fitted[1])
    matrix, tolerance = np.stack(found, axis=1), np.stack(tolerances, axis=1)
    return matrix if is_no_coincidence(tolerance.ravel(), scale.ravel(), matrix.size, TRIES) else None


def _is_mixed(matrix: Flat) -> bool:
    """Whether a matrix is seen to be none of factors alone, which are told as such."""
    return bool(np.any(np.abs(matrix - np.diag(matrix.diagonal())) > SEEN * np.max(np.abs(matrix))))


def _product(what: str, axis: int) -> str:
    return f"{what} @ one matrix" if axis == 1 else f"one matrix.T @ {what}"


def _listed(matrix: Flat) -> str:
    clean = np.where(np.abs(matrix) <= NEAR * np.max(np.abs(matrix)), 0.0, matrix)
    rows = ("[" + ", ".join(f"{one:.4g}" for one in row) + "]" for row in clean.tolist())
    return f" [{', '.join(rows)}]" if matrix.size <= MOST_OF_VECTOR + 3 else ""


def _asked(matrix: Flat) -> str:
    if np.all(np.abs(matrix @ matrix.T - np.eye(len(matrix))) <= NEAR):
        return ", a rotation: is it missing, or applied where its inverse should be?"
    return ": are these slopes by other coordinates, such as those of a cell?"


def _asked_of_form(matrix: Flat) -> str:
    if np.all(np.abs(matrix + matrix.T) <= NEAR * np.max(np.abs(matrix))):
        return ": is a matrix taken for symmetric that is not?"
    return ": is a quadratic form missing, or not in the objective?"
