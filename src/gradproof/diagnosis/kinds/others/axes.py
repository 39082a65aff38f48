"""Factors along an axis that are the numbers of another array: a scale of each row or column that was forgotten."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

import numpy as np

from ....problem.numbers import Flat
from ....report.explanation import Explanation
from ...coincidence import sure_constants
from ...evidence import MARGIN, Evidence
from .arrays import FEWEST_WRONG, MOST, ROUNDING

# Fewer numbers, and factors of them, may be anything.
FEWEST_ALONG = 3
# What a number of the other array may do to a slope.
FORMS = ("× {}", "/ {}", "× {}²", "/ {}²", "× exp({})", "/ exp({})", "× exp(2 {})", "/ exp(2 {})")


def of_other_axes(arrays: Sequence[Evidence], every: Sequence[Evidence]) -> dict[str, Explanation]:
    """Explain the errors of arrays by slopes times a function of a vector along one of their axes, by their names.

    Parameters
    ----------
    arrays
        Those whose claims have a factor for each index of some axis.
    every
        All arrays, also those that are right.
    """
    vectors = [one for one in every if one.is_complete and len(one.places) == max(one.shape, default=0) >= FEWEST_ALONG]
    if max(len(vectors), len(arrays)) > MOST:
        return {}
    found: dict[str, Explanation] = {}
    for one, other in itertools.product(arrays, vectors):
        if one.name != other.name and (text := next(_fits(one, other, float(len(vectors))), "")):
            found.setdefault(one.name, Explanation("others", "", text))
    return found


def _fits(one: Evidence, other: Evidence, tries: float) -> Iterator[str]:
    """Yield what claims are that are slopes times a function of a vector along an axis, or a multiple of that."""
    wrong = one.wrong
    if not one.is_complete or wrong.sum() < FEWEST_WRONG or not one.claimed[wrong].all() or not one.slope[wrong].all():
        return
    ratio = one.claimed[wrong] / one.slope[wrong]
    allowed = MARGIN * np.abs(ratio / one.slope[wrong]) * one.bar[wrong] + ROUNDING * np.abs(ratio)
    for axis, length in enumerate(one.shape):
        if length != len(other.x):
            continue
        x = other.x[np.unravel_index(np.flatnonzero(wrong), one.shape)[axis]]
        with np.errstate(all="ignore"):
            bases = _functions(x)
            ratios, off = np.nan_to_num(ratio / bases, nan=np.inf), np.nan_to_num(allowed / np.abs(bases))
            fits = list(sure_constants(ratios, off, len(FORMS) * len(one.shape) * tries))
        for row, number, tolerance in fits:
            if np.ptp(bases[row]) > ROUNDING * np.max(np.abs(bases[row])):
                factor = "" if abs(number - 1.0) <= float(np.min(tolerance)) else f"{number:.6g} × "
                times = FORMS[row].format(other.name)
                asked = "is that factor missing, or there too often?"
                yield f"claimed = {factor}slope {times} along axis {axis}: {asked}"


def _functions(x: Flat) -> Flat:
    """Return what slopes may be multiplied with, one row for each form."""
    rows = np.array([x, x**2, np.exp(x), np.exp(2.0 * x)])
    return np.stack([rows, 1.0 / rows], axis=1).reshape(len(FORMS), -1)
