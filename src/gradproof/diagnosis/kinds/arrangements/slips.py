"""Slopes that stand a few places off from some coordinate on, whatever the axes of the array are."""

from __future__ import annotations

import math

import numpy as np

from ....problem.numbers import Flat
from ....report.explanation import Explanation
from ...coincidence import is_no_coincidence
from ...evidence import MARGIN, Evidence

ROUNDING = 1e-6
# As many elements may be too many, or too few, and as many are left that show it.
MOST_OFF, FEWEST = 8, 4
# Along lines a few coordinates are looked at.
FEWEST_SAMPLES = 2


def slipped(whole: Evidence) -> Explanation | None:
    """Explain the errors of an array by slopes that stand off from a coordinate on, at its end by what follows."""
    if not whole.is_complete:
        return _of_samples(whole)
    if not np.isfinite(whole.claimed).all() or whole.wrong.sum() < FEWEST:
        return None
    first = int(np.flatnonzero(whole.wrong)[0])
    claimed, slope = whole.claimed[first:], whole.slope[first:]
    largest = float(np.max(MARGIN * whole.bar[whole.wrong]))
    for off in range(1, min(MOST_OFF, len(claimed) - FEWEST) + 1):
        for claims, slopes, sign in ((claimed[off:], slope[:-off], 1), (claimed[:-off], slope[off:], -1)):
            allowed = np.maximum(largest, ROUNDING * np.abs(claims))
            if np.all(np.abs(claims - slopes) <= allowed) and _is_seen(allowed, slope, whole, 2.0 * MOST_OFF):
                begins = f"from {whole.entry(first)} on, " if first else ""
                return Explanation("rearranged", "", f"{begins}{_said(sign * off, whole.shape)}")
    return None


def _of_samples(whole: Evidence) -> Explanation | None:
    """Explain a few errors by slopes that stand off among all claims, where none is right behind the first of them."""
    claims, wrong = whole.claims, whole.part(whole.wrong)
    at, rest = wrong.places - whole.start, (whole.places - whole.start)[whole.known & ~whole.wrong]
    if claims is None or len(claims) != math.prod(whole.shape) or len(at) < FEWEST_SAMPLES or np.any(rest > at[0]):
        return None
    for off in (sign * size for size in range(1, MOST_OFF + 1) for sign in (1, -1)):
        if not 0 <= at[0] + off <= at[-1] + off < len(claims):
            continue
        tolerance = MARGIN * wrong.bar + ROUNDING * np.abs(wrong.slope)
        fits = np.all(np.abs(claims[at + off] - wrong.slope) <= tolerance)
        if fits and is_no_coincidence(tolerance, np.abs(wrong.slope), 0, 2.0 * MOST_OFF):
            begins = f"from {whole.entry(int(at[0]))} on, if not before, "
            return Explanation("rearranged", "", f"{begins}{_said(off, whole.shape)}")
    return None


def _said(off: int, shape: tuple[int, ...]) -> str:
    """Return what claims are that are the slopes of coordinates so many places before them, or behind them."""
    # What holds for all of an index of the first axis is told of rows, or of slices.
    axis = next((axis for axis in range(len(shape)) if off % math.prod(shape[axis + 1 :]) == 0), 0)
    inner = math.prod(shape[axis + 1 :])
    one = "element" if inner == 1 else "row" if len(shape) == 2 else "slice"
    count = abs(off) // inner
    places = "" if count == 1 else f"{count} places "
    side = f"{places}{'before' if off > 0 else 'behind'} it{f' along axis {axis}' if inner > 1 else ''}"
    they = f"is {'an' if inner == 1 else 'a'} {one}" if count == 1 else f"are {count} {one}s"
    asked = "too many there, such as padding?" if off > 0 else "left out there?"
    return f"each claim is the slope of the coordinate {side}: {they} {asked}"


def _is_seen(allowed: Flat, slope: Flat, whole: Evidence, tries: float) -> bool:
    """Whether slopes differ by so much that those of other coordinates are not met by chance."""
    scale = np.full(len(allowed), float(np.abs(slope - np.mean(slope)).mean()))
    return is_no_coincidence(allowed, scale, 0, tries * len(whole.claimed))
