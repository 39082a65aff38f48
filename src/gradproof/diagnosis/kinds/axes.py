"""Errors by an axis: a factor or an error for each index of it, or errors that add up to 0 over it."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

import numpy as np

from ...problem.numbers import Flat
from ...report.explanation import Explanation
from ..coincidence import is_no_coincidence
from ..evidence import MARGIN, Evidence
from ..fits import fit

ROUNDING = 1e-9
# Factors of different rows must differ by more than this, relatively: else they are one factor.
DIFFERENT = 1e-4
SHOWN = 4
# Most rows have one factor where so many times those are more that have another.
FEWEST_OF_MOST = 4
FEWEST_WRONG = 4
# Sums that are 0 must be known to this part of what is added: errors that vary smoothly nearly cancel.
WELL = 100
# Points have at most this many coordinates.
MOST_DIMENSIONS = 3
# Norms of so many rows are not the same by chance.
FEWEST_OF_NORMS = 3
# A mean and a variance fit almost any three errors.
FEWEST_OF_STATISTICS = 4


class Rows(NamedTuple):
    """What is known of an array, one row for each index of an axis, and how many axes it has."""

    axis: int
    axes: int
    x: Flat
    claimed: Flat
    slope: Flat
    bar: Flat
    error: Flat

    @property
    def allowed(self) -> Flat:
        """By how much an error may be off."""
        off: Flat = MARGIN * self.bar + ROUNDING * np.abs(self.claimed)
        return off


Explaining: TypeAlias = Callable[[Rows], str]


def by_axis(whole: Evidence) -> Explanation | None:
    """Explain the errors of an array by a factor, or an error, for each index of one axis; None if none fits."""
    if len(whole.shape) < 2 or not whole.is_complete or not np.isfinite(whole.claimed).all():
        return None
    explaining: tuple[Explaining, ...] = (_factors, _same_error, _times_x, _statistics)
    axes = [axis for axis, length in enumerate(whole.shape) if 2 <= length <= len(whole.claimed) // 2]
    every = [_rows(whole, axis) for axis in axes]
    text = next(filter(None, (explain(rows) for explain in explaining for rows in every)), "")
    return Explanation("rows", "", text) if text else None


def _rows(whole: Evidence, axis: int) -> Rows:
    vectors = (whole.x, whole.claimed, whole.slope, whole.bar, whole.error)
    rows = (np.moveaxis(whole.shaped(each), axis, 0).reshape(whole.shape[axis], -1) for each in vectors)
    return Rows(axis, len(whole.shape), *rows)


def _factors(rows: Rows) -> str:
    """Return a factor of the slopes for each index, or for those of which claims are wrong."""
    wrong = np.asarray((np.abs(rows.error) > rows.allowed).any(axis=1))
    met = np.ones(len(rows.slope), bool) if rows.slope.all() else wrong
    slope, claimed, bar = (each[met] for each in (rows.slope, rows.claimed, rows.bar))
    if met.sum() < 2 or not slope.all():
        return ""
    ratio = claimed / slope
    allowed = MARGIN * np.abs(claimed / slope**2) * bar + ROUNDING * np.abs(ratio)
    factors = _by_row(ratio, allowed, rows.axes, wrong[met])
    if factors is None:
        return ""
    indices = np.flatnonzero(met)
    if few := _few_others(factors, indices):
        return f"claimed = {few} of axis {rows.axis}"
    first = [str(index) for index in indices[:SHOWN].tolist()] + ["…"] * bool(met.sum() > SHOWN)
    at = "" if met.all() else f", at {', '.join(first)}"
    said = f"claimed = slope × a factor for each index of axis {rows.axis}{at}: {_listed(factors)}"
    norms = np.linalg.norm(rows.claimed, axis=1)
    are_same = len(norms) >= FEWEST_OF_NORMS and np.ptp(norms) <= ROUNDING * np.max(norms)
    return f"{said}; the claims of each have the norm {norms[0]:.6g}: are they normalised?" if are_same else said


def _few_others(factors: Flat, indices: Flat) -> str:
    """Return the factor that most rows have, and those of the few others; "" where factors are many."""
    most = float(np.median(factors))
    others = np.flatnonzero(np.abs(factors - most) > DIFFERENT * np.max(np.abs(factors)))
    if not most or FEWEST_OF_MOST * len(others) > len(factors) or len(others) > SHOWN:
        return ""
    shown = ((f"{factors[at]:.4g} × slope" if factors[at] else "0", indices[at]) for at in others)
    return f"{most:.4g} × slope, but {', '.join(f'{other} at index {index}' for other, index in shown)}"


def _times_x(rows: Rows) -> str:
    """Return a factor of x for each index by which the claims are off: where each is divided by its norm."""
    if not rows.x.all() or not rows.error.all():
        return ""
    every = np.ones(len(rows.x), bool)
    factors = _by_row(rows.error / rows.x, rows.allowed / np.abs(rows.x), rows.axes, every)
    if factors is None:
        return ""
    where = f"claimed = slope + a factor for each index of axis {rows.axis} × x: {_listed(factors)}"
    return f"{where}; is the derivative of a norm missing, or of a penalty with a weight for each?"


def _by_row(ratio: Flat, allowed: Flat, axes: int, wrong: Flat) -> Flat | None:
    """Return the factors of rows, None if they have none, or one for all; rows that are not wrong are no evidence."""
    best = np.argmin(allowed, axis=1)
    at = np.arange(len(ratio))
    factors, own = ratio[at, best], allowed[at, best]
    if np.ptp(factors) <= DIFFERENT * np.max(np.abs(factors)):
        return None
    tolerance = allowed + own[:, None]
    if not np.all(np.abs(ratio - factors[:, None]) <= tolerance):
        return None
    scale = np.abs(ratio)[wrong].reshape(-1)
    fits = is_no_coincidence(tolerance[wrong].reshape(-1), scale, int(wrong.sum()), axes)
    return factors if fits else None


def _listed(factors: Flat) -> str:
    """Return the first of some factors."""
    shown = ", ".join(f"{factor:.4g}" for factor in factors[:SHOWN])
    return f"{shown}, …" if len(factors) > SHOWN else shown


def _same_error(rows: Rows) -> str:
    """Return an error that is the same at each index."""
    error, allowed = rows.error, rows.allowed
    best = np.argmin(allowed, axis=0)
    at = np.arange(error.shape[1])
    same, own = error[best, at], allowed[best, at]
    tolerance = allowed + own
    if len(error) < 3 or np.ptp(same) == 0 or not np.all(np.abs(error - same) <= tolerance):
        return ""
    scale = np.full(error.size, np.abs(same).mean())
    if not is_no_coincidence(tolerance.reshape(-1), scale, error.shape[1], rows.axes):
        return ""
    said = f"claimed - slope is the same all along axis {rows.axis}"
    total, sizes = np.abs(rows.claimed.sum(axis=0)), np.abs(rows.claimed).sum(axis=0)
    if np.all(total <= ROUNDING * sizes):
        return f"{said}, so that the claims have the sum 0 along it: is their mean subtracted?"
    return f"{said}: is something, such as a mean, not subtracted, added too often, or wrong of their sum?"


def _statistics(rows: Rows) -> str:
    """Return a mean and a variance for each index whose derivatives are missing: then errors are c + d × x."""
    error, allowed = rows.error, np.maximum(rows.allowed, 1e-300)
    if error.shape[1] < FEWEST_OF_STATISTICS or not error.any():
        return ""
    tolerance = np.empty_like(error)
    for row, x in enumerate(rows.x):
        if len(np.unique(x)) < FEWEST_OF_STATISTICS:
            return ""
        fitted = fit(np.stack([np.ones_like(x), x], axis=1), error[row], allowed[row])
        if fitted is None:
            return ""
        tolerance[row] = fitted[1]
    scale = np.broadcast_to(np.abs(error).mean(axis=1, keepdims=True), error.shape)
    if not is_no_coincidence(tolerance.reshape(-1), scale.reshape(-1), 2 * len(error), rows.axes):
        return ""
    where = f"claimed = slope + c + d × x, with c and d for each index of axis {rows.axis}"
    return f"{where}: are a mean or a variance taken for constants?"


def of_two_rows(whole: Evidence) -> Explanation | None:
    """Say so if the errors of two rows add up to 0: then they are no product of anything, but of a term of the two."""
    if len(whole.shape) != 2 or not whole.is_complete or whole.shaped(whole.wrong).any(axis=1).sum() != 2:
        return None
    return adds_up_to_zero(whole)


def adds_up_to_zero(whole: Evidence) -> Explanation | None:
    """Say so if the errors of an array add up to 0 over its first axis: those of forces between pairs do."""
    if len(whole.shape) != 2 or not whole.is_complete or whole.shape[0] < 2 or not np.isfinite(whole.claimed).all():
        return None
    error, bar = whole.shaped(whole.error), whole.shaped(whole.bar)
    wrong = whole.shaped(whole.wrong)
    # Whole numbers, one as another, add up to 0 by chance.
    if not np.any(whole.claimed[whole.wrong] % 1.0):
        return None
    total, allowed = np.abs(error.sum(axis=0)), MARGIN * np.where(wrong, bar, 0.0).sum(axis=0)
    size = np.abs(error).sum(axis=0)
    # Claims that are almost 0 have errors that add up to 0 as the slopes do.
    used = (size > WELL * allowed) & (np.abs(whole.shaped(whole.claimed)).sum(axis=0) > WELL * allowed)
    if wrong.sum() < FEWEST_WRONG or not used.any() or not np.all(total[used] <= allowed[used] + ROUNDING * size[used]):
        return None
    # Sums are closer to 0 than so many bars allow: as close as the one that is off most.
    closest = np.maximum(np.max(total[used] / size[used]), ROUNDING) * size[used]
    if not is_no_coincidence(closest, size[used], 0):
        return None
    rows = np.flatnonzero(wrong.any(axis=1))
    # Where f does not depend on a common shift, errors of any kind add up to 0 in claims that do not either.
    if len(rows) > 2 and whole.shape[1] > MOST_DIMENSIONS and whole.ignores_shifts:
        return None
    who = f"a term between {rows[0]} and {rows[1]}" if len(rows) == 2 else "terms between pairs"
    if whole.shape[1] > MOST_DIMENSIONS and len(rows) > 2:
        who = f"a softmax over it, or of {who},"
    return Explanation("sum", "", f"the errors add up to 0 over axis 0, as those of {who} do, for example")
