"""Matrices: an outer product too much or too little, the symmetric part of the slopes, their product with x."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ...problem.numbers import Flat
from ...report.explanation import Explanation
from ..coincidence import is_no_coincidence, multiples
from ..evidence import MARGIN, Evidence
from ..fits import all_matter, fit

ROUNDING = 1e-6
# Errors have the direction of a derivative if they differ from it by so little, as a part of them.
NEAR = 1e-6
# Inverses of matrices with a larger condition number are known too badly.
MOST_CONDITION = 1e6
# Two coordinates fit any sum of two of them.
FEWEST_WRONG = 3


def outer_product(whole: Evidence) -> Explanation | None:
    """Explain the errors of a matrix by a single outer product, which one term of a sum is; None if they are none."""
    if len(whole.shape) != 2 or not whole.is_complete or not np.isfinite(whole.claimed).all():
        return None
    wrong = whole.shaped(whole.wrong)
    rows, columns = np.flatnonzero(wrong.any(axis=1)), np.flatnonzero(wrong.any(axis=0))
    if len(rows) < 2 or len(columns) < 2:
        return None
    error, bar = (whole.shaped(each)[np.ix_(rows, columns)] for each in (whole.error, MARGIN * whole.bar))
    row, column = np.unravel_index(int(np.argmax(np.abs(error))), error.shape)
    if not (error[row].all() and error[:, column].all()):
        return None
    expected = np.outer(error[:, column], error[row]) / error[row, column]
    relative = bar / np.abs(error)
    tolerance = bar + np.abs(expected) * (relative[:, [column]] + relative[[row]] + relative[row, column] + ROUNDING)
    if not np.all(np.abs(error - expected) <= tolerance):
        return None
    free = np.ones_like(wrong[np.ix_(rows, columns)])
    free[row], free[:, column] = False, False
    if not is_no_coincidence(tolerance[free], np.abs(error[free]), 0):
        return None
    asked = "is a term missing or doubled, such as one row of the data, or wrong that depends on one product with x?"
    if error.shape == whole.shape and _are_singular(whole.shaped(whole.x), error):
        asked = "the one of the largest singular value of x: is a spectral norm taken for a constant?"
    return Explanation("outer product", "", f"claimed - slope is one outer product: {asked}")


def _are_singular(x: Flat, error: Flat) -> bool:
    """Whether errors are a multiple of the derivative of the largest singular value of x."""
    if not np.isfinite(x).all():
        return False
    left, _, right = np.linalg.svd(x, full_matrices=False)
    derivative = np.outer(left[:, 0], right[0])
    size = float(np.linalg.norm(error))
    return bool(abs(abs(float(np.sum(derivative * error))) - size) <= NEAR * size)


def orthogonality(whole: Evidence) -> Explanation | None:
    """Explain the errors of a matrix by the derivative of |x.T x - c|², which keeps columns orthogonal; None if not."""
    if len(whole.shape) != 2 or not whole.is_complete or min(whole.shape) < 2 or not np.isfinite(whole.x).all():
        return None
    if not np.isfinite(whole.claimed).all() or whole.bar.max() <= 0.0:
        return None
    x = whole.shaped(whole.x)
    columns = np.stack([(x @ x.T @ x).ravel(), whole.x], axis=1)
    allowed = MARGIN * whole.bar + ROUNDING * np.abs(whole.claimed)
    alone = fit(columns[:, :1], whole.error, np.maximum(allowed, 1e-300))
    fitted = alone or fit(columns, whole.error, np.maximum(allowed, 1e-300))
    if fitted is None or not all_matter(columns[:, : len(fitted[0])], fitted):
        return None
    if not is_no_coincidence(fitted[1], np.abs(whole.error), len(fitted[0]), 2.0):
        return None
    factor = float(fitted[0][0])
    sign, is_there = ("+", "not in the objective") if factor > 0.0 else ("-", "missing")
    if alone is not None:
        text = f"claimed = slope {sign} {abs(factor):.6g} × x @ x.T @ x"
        return Explanation("matrix", "", f"{text}: is a part such as |x.T @ x|² {is_there}?", factor)
    target = float(-fitted[0][1]) / factor
    if target <= 0.0:
        return None
    asked = f"is a penalty of orthogonality, as |x.T @ x - I|², {is_there}?"
    diagonal = "I" if f"{target:.4g}" == "1" else f"{target:.4g} × I"
    text = f"claimed = slope {sign} {abs(factor):.6g} × x @ (x.T @ x - {diagonal})"
    return Explanation("matrix", "", f"{text}: {asked}", factor)


def of_matrix(whole: Evidence) -> Explanation | None:
    """Explain the claims of a square matrix by its slopes and their transpose, or by their product with x."""
    if len(whole.shape) != 2 or whole.shape[0] != whole.shape[1] or not whole.is_complete:
        return None
    if whole.wrong.sum() < FEWEST_WRONG or not np.isfinite(whole.claimed).all():
        return None
    claimed, slope, bar, x = (whole.shaped(each) for each in (whole.claimed, whole.slope, whole.bar, whole.x))
    moved = whole.shaped(whole.wrong)
    largest = float(np.max(whole.bar[whole.wrong], initial=0.0))
    bar = MARGIN * np.maximum(bar, largest)
    candidates = [*_symmetric(slope, bar), *_products(slope, bar, x), *_transposed_inside(slope, bar, x)]
    candidates += _by_eigenvectors(slope, bar, x)
    for text, values, allowed in candidates:
        tolerance = allowed + ROUNDING * np.abs(values)
        if np.all(np.abs(claimed - values) <= tolerance):
            scale = np.full(int(moved.sum()), np.abs(slope).mean())
            if is_no_coincidence(tolerance[moved], scale, 0, len(candidates)):
                return Explanation("matrix", "", f"claimed = {text}")
    allowed = bar + ROUNDING * np.abs(claimed)
    return _not_symmetric(claimed - slope, slope, allowed) or _inverse_added(claimed - slope, allowed, x)


def _not_symmetric(error: Flat, slope: Flat, allowed: Flat) -> Explanation | None:
    """Explain errors that cancel in the symmetric part of the claims, where slopes are symmetric; None if none do."""
    upper = np.triu_indices(len(error), 1)
    tolerance = (allowed + allowed.T)[upper]
    if np.any(np.abs(slope - slope.T)[upper] > tolerance) or np.any(np.abs(error.diagonal()) > allowed.diagonal()):
        return None
    met = np.abs(error)[upper] > tolerance
    if met.sum() < 2 or np.any(np.abs(error + error.T)[upper] > tolerance):
        return None
    if not is_no_coincidence(tolerance[met], np.abs(error)[upper][met], 0):
        return None
    text = "(claimed + claimed.T) / 2 = slope, but the claims are not symmetric: is their symmetric part not taken?"
    return Explanation("matrix", "", text)


def _symmetric(slope: Flat, bar: Flat) -> Iterator[tuple[str, Flat, Flat]]:
    both, allowed = slope + slope.T, bar + bar.T
    yield "(slope + slope.T) / 2: is the slope of a symmetric matrix meant?", both / 2, allowed / 2
    yield "slope + slope.T: is the slope of a symmetric matrix meant?", both, allowed
    without = both - np.diag(slope.diagonal())
    yield "slope + slope.T, the diagonal once: is the slope of a symmetric matrix meant?", without, allowed
    for name, triangle in (("upper", np.triu), ("lower", np.tril)):
        yield f"the {name} triangle of slope + slope.T, the diagonal once", triangle(without), allowed
        yield f"the {name} triangle of the slope: is only that part of x used?", triangle(slope), bar
    yield "(slope - slope.T) / 2: is the slope of an antisymmetric matrix meant?", (slope - slope.T) / 2, allowed / 2


def _products(slope: Flat, bar: Flat, x: Flat) -> Iterator[tuple[str, Flat, Flat]]:
    size = np.abs(x)
    yield "slope @ x.T, like a stress for the slope of a cell", slope @ x.T, bar @ size.T
    yield "slope @ x", slope @ x, bar @ size
    yield "x.T @ slope, like a stress for the slope of a cell", x.T @ slope, size.T @ bar
    yield "x @ slope", x @ slope, size @ bar
    inverse = inverse_of(x)
    if inverse is not None:
        volume = float(np.linalg.det(x))
        stress = "a Cauchy stress for the slope of a deformation gradient"
        yield f"slope @ x.T / det(x), like {stress}", slope @ x.T / volume, bar @ size.T / abs(volume)
        second = "x⁻¹ @ slope, like a second Piola-Kirchhoff stress for the slope of a deformation gradient"
        yield second, inverse @ slope, np.abs(inverse) @ bar


def _transposed_inside(slope: Flat, bar: Flat, x: Flat) -> Iterator[tuple[str, Flat, Flat]]:
    """Yield slopes of a function of the inverse of x if x stands where its transpose should, or the other way round."""
    inverse = inverse_of(x)
    if inverse is None:
        return
    left, right = inverse @ x.T, x.T @ inverse
    sizes = np.abs(left), np.abs(right)
    asked = "is x solved with where its transpose should be, or the other way round?"
    yield f"x⁻¹ @ x.T @ slope: {asked}", left @ slope, sizes[0] @ bar
    yield f"slope @ x.T @ x⁻¹: {asked}", slope @ right, bar @ sizes[1]
    yield f"x⁻¹ @ x.T @ slope @ x.T @ x⁻¹: {asked}", left @ slope @ right, sizes[0] @ bar @ sizes[1]


def _by_eigenvectors(slope: Flat, bar: Flat, x: Flat) -> Iterator[tuple[str, Flat, Flat]]:
    """Yield the parts of the slopes of a symmetric x that are those of its eigenvalues, and of its eigenvectors."""
    if not np.isfinite(x).all() or np.any(np.abs(x - x.T) > ROUNDING * np.max(np.abs(x))):
        return
    vectors = np.linalg.eigh((x + x.T) / 2.0)[1]
    sizes = np.abs(vectors)
    within = vectors.T @ slope @ vectors
    values = vectors @ np.diag(within.diagonal()) @ vectors.T
    allowed = sizes @ np.diag((sizes.T @ bar @ sizes).diagonal()) @ sizes.T
    yield "the slope's part by the eigenvalues of x: is the derivative of its eigenvectors missing?", values, allowed
    rest = "the slope's part by the eigenvectors of x: is the derivative of its eigenvalues missing?"
    yield rest, slope - values, allowed + bar


def inverse_of(x: Flat) -> Flat | None:
    """Return the inverse of x, None if it is not known well."""
    if not np.isfinite(x).all() or np.linalg.cond(x) > MOST_CONDITION:
        return None
    inverse: Flat = np.linalg.inv(x)
    return inverse


def _inverse_added(error: Flat, allowed: Flat, x: Flat) -> Explanation | None:
    """Explain errors that are a multiple of the inverse of x, which is the derivative of log|det x|."""
    inverse = inverse_of(x)
    if inverse is None or not inverse.all():
        return None
    every = np.stack([inverse.T.ravel(), inverse.ravel()])
    for row, number, _ in multiples(error.ravel(), allowed.ravel(), every, 2.0):
        term = f"{'+' if number > 0 else '-'} {abs(number):.6g} × {('x⁻ᵀ', 'x⁻¹')[row]}"
        asked = "is the derivative of a log-determinant missing, or has it a wrong factor?"
        return Explanation("matrix", "", f"claimed = slope {term}: {asked}", number)
    return None
