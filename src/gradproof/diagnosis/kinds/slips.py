"""Slopes that stand a few places off from some coordinate on, whatever the axes of the array are."""

from __future__ import annotations

import numpy as np

from ...problem.numbers import Flat
from ...report.explanation import Explanation
from ..coincidence import is_no_coincidence
from ..evidence import MARGIN, Evidence

ROUNDING = 1e-6
# As many elements may be too many, or too few, and as many are left that show it.
MOST_OFF, FEWEST = 8, 4


def slipped(whole: Evidence) -> Explanation | None:
    """Explain the errors of an array by slopes that stand off from a coordinate on, at its end by what follows."""
    if not whole.is_complete or not np.isfinite(whole.claimed).all() or whole.wrong.sum() < FEWEST:
        return None
    first = int(np.flatnonzero(whole.wrong)[0])
    claimed, slope = whole.claimed[first:], whole.slope[first:]
    largest = float(np.max(MARGIN * whole.bar[whole.wrong]))
    for off in range(1, min(MOST_OFF, len(claimed) - FEWEST) + 1):
        for claims, slopes, what in (
            (claimed[off:], slope[:-off], f"{_before(off)} it: {_elements(off)} too many there, such as padding?"),
            (claimed[:-off], slope[off:], f"{_behind(off)} it: {_elements(off)} left out there?"),
        ):
            allowed = np.maximum(largest, ROUNDING * np.abs(claims))
            if np.all(np.abs(claims - slopes) <= allowed) and _is_seen(allowed, slope, whole, 2.0 * MOST_OFF):
                begins = f"from {whole.entry(first)} on, " if first else ""
                return Explanation("rearranged", "", f"{begins}each claim is the slope of the coordinate {what}")
    return None


def _before(off: int) -> str:
    return "before" if off == 1 else f"{off} places before"


def _behind(off: int) -> str:
    return "behind" if off == 1 else f"{off} places behind"


def _elements(off: int) -> str:
    return "is an element" if off == 1 else f"are {off} elements"


def _is_seen(allowed: Flat, slope: Flat, whole: Evidence, tries: float) -> bool:
    """Whether slopes differ by so much that those of other coordinates are not met by chance."""
    scale = np.full(len(allowed), float(np.abs(slope - np.mean(slope)).mean()))
    return is_no_coincidence(allowed, scale, 0, tries * len(whole.claimed))
