"""The slopes of another array: two of them swapped, or one copied."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...problem.numbers import Flat
from ...report.explanation import Explanation
from ..coincidence import is_no_coincidence
from ..evidence import MARGIN, Evidence

ROUNDING = 1e-6
# Of more arrays than this not every pair is compared.
MOST = 64


def of_others(arrays: Sequence[Evidence], every: Sequence[Evidence]) -> dict[str, Explanation]:
    """Explain the errors of arrays by the slopes of other arrays, by their names; those that swapped theirs first.

    Parameters
    ----------
    arrays
        Those whose errors have no explanation.
    every
        All arrays, also those that are right.
    """
    if len(arrays) > MOST or len(every) > MOST:
        return {}
    tries = float(len(every) ** 2)
    fits = {(one.name, other.name) for one in arrays for other in every if _is_of(one, other)}
    sure = {(one.name, other.name) for one in arrays for other in every if _is_of(one, other, tries)}
    both = {one.name: one for one in arrays}
    found = {}
    for one, other in sorted(fits):
        swapped = (other, one) in fits and _is_of_both(both[one], both[other], tries)
        if one not in found and (swapped or (one, other) in sure):
            text = f"claimed = the slope of {other}{': are the two swapped?' if swapped else ''}"
            found[one] = Explanation("rearranged", "", text)
    return found


def _tolerance(one: Evidence, other: Evidence) -> Flat:
    allowed: Flat = MARGIN * np.max(other.bar, initial=0.0) + ROUNDING * np.abs(one.claimed)
    return allowed


def _is_of(one: Evidence, other: Evidence, tries: float = 0.0) -> bool:
    """Whether the claims of an array are the slopes of another, by no coincidence if tries are said."""
    if len(one.claimed) > 1 and not np.ptp(one.claimed):
        return False  # one number for all says little
    if one.name == other.name or len(one.places) != len(other.places) or not (one.is_complete and other.is_complete):
        return False
    tolerance = _tolerance(one, other)
    if not np.all(np.abs(one.claimed - other.slope) <= tolerance):
        return False
    return not tries or is_no_coincidence(tolerance, np.abs(one.claimed), 0, tries)


def _is_of_both(one: Evidence, other: Evidence, tries: float) -> bool:
    tolerance = np.concatenate([_tolerance(one, other), _tolerance(other, one)])
    return is_no_coincidence(tolerance, np.abs(np.concatenate([one.claimed, other.claimed])), 0, tries)
