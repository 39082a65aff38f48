"""Factors along an axis that are the numbers of another array: a scale of each row or column that was forgotten."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

import numpy as np

from ....report.explanation import Explanation
from ...evidence import Evidence
from .pairs import ASKED, FORMS, MOST, ROUNDING, functions_of, multiples_of_slopes

# Fewer numbers, and factors of them, may be anything.
FEWEST_ALONG = 3


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
    if not one.is_complete:
        return
    for axis, length in enumerate(one.shape):
        if length != len(other.x):
            continue
        with np.errstate(all="ignore"):
            bases = functions_of(other.x[np.unravel_index(np.flatnonzero(one.wrong), one.shape)[axis]])
        for row, number, tolerance in multiples_of_slopes(one, bases, len(FORMS) * len(one.shape) * tries):
            if np.ptp(bases[row]) <= ROUNDING * np.max(np.abs(bases[row])):
                continue
            factor = "" if abs(number - 1.0) <= float(np.min(tolerance)) else f"{number:.6g} × "
            times = FORMS[row].format(other.name)
            yield f"claimed = {factor}slope {times} along axis {axis}: {ASKED}"
