"""Slopes that are right but stand in the wrong places: transposed, read in another order, flipped, shifted, swapped."""

from __future__ import annotations

import math
from typing import NamedTuple, TypeAlias

import numpy as np

from ....problem.numbers import Flat
from ....report.explanation import Explanation
from ...coincidence import is_no_coincidence, sure_constants
from ...evidence import MARGIN, Evidence, along_axis
from ..factors import said, shown
from .candidates import ACCUMULATED, asked, candidates, moves

Candidates: TypeAlias = list[tuple[str, Flat]]

# The relative accuracy within which a claim is a slope.
ROUNDING = 1e-6
# Rows are compared with each other up to this many, which are at least this many.
MOST_ROWS, FEWEST = 400, 2
# Fewer quotients are one number too easily in one of the many arrangements.
FEWEST_WITH_FACTOR = 5
# Multiples of 1/1024 are round numbers.
ROUND = 1024.0
# What is true of those coordinates that were looked at, and may be of some others.
SHIFTED, EACH = "claimed = slope, shifted", "each claim is the slope of another coordinate"
# The most claims that are searched in one go.
PIECE = 1 << 16


def rearranged(whole: Evidence) -> Explanation | None:
    """Explain the errors of an array by slopes in other places; None if no arrangement fits.

    Parameters
    ----------
    whole
        All coordinates of the array, or some of them if all its claims are known.
    """
    if not np.isfinite(whole.claimed).all():
        return None
    if whole.wrong.sum() < FEWEST:
        return _copied(whole)
    if not whole.is_complete:
        return _from_samples(whole)
    claimed, slope = whole.shaped(whole.claimed), whole.shaped(whole.slope)
    tolerance, scale, moved = _tolerance(whole), np.abs(slope - np.mean(slope)).mean(), whole.shaped(whole.wrong)
    every, bars = list(candidates(slope)), candidates(whole.shaped(whole.bar))
    for (name, other), (_, bar) in zip(every, bars, strict=True):
        # The bar of a slope goes with it, where it is that of one slope.
        own = tolerance if ACCUMULATED in name else MARGIN * bar + ROUNDING * np.abs(claimed)
        for allowed in (own, tolerance) if other.shape == claimed.shape else ():
            fits = np.all(np.abs(claimed - other) <= allowed)
            if fits and is_no_coincidence(allowed[moved], np.full(int(moved.sum()), scale), 0, len(every)):
                return Explanation("rearranged", "", f"claimed = slope, {asked(name)}")
    elsewhere = _permuted(whole, claimed, slope, tolerance) or _among_themselves(whole) or _elsewhere(whole)
    return elsewhere or _times_one_factor(whole, every)


def _times_one_factor(whole: Evidence, every: Candidates) -> Explanation | None:
    """Return whether the claims are one factor times slopes in another arrangement."""
    if whole.wrong.sum() < FEWEST_WITH_FACTOR or not (whole.slope.all() and whole.claimed.all()):
        return None
    rows = [(name, other.ravel()) for name, other in every if other.shape == whole.shape and other.all()]
    others = np.array([other for _, other in rows]).reshape(len(rows), len(whole.claimed))
    ratios, off = whole.claimed / others, MARGIN * np.max(whole.bar) / np.abs(others) + ROUNDING
    for row, factor, within in sure_constants(ratios, np.abs(ratios) * off, len(every)):
        text = f"{said(shown(factor, float(np.min(within))), '')}, {rows[row][0]}"
        return Explanation("rearranged", "", text)
    return None


def _copied(whole: Evidence) -> Explanation | None:
    """Return whether a single wrong claim is the very number of one other claim, and no round one."""
    claims = whole.claimed if whole.claims is None else whole.claims
    own = int(whole.places[whole.wrong][0]) - whole.start
    claimed = float(whole.claimed[whole.wrong][0])
    if len(claims) != math.prod(whole.shape) or (claimed * ROUND).is_integer():
        return None
    # In pieces: the claims may be as many as memory holds.
    starts = range(0, len(claims), PIECE)
    same = np.concatenate([start + np.flatnonzero(claims[start : start + PIECE] == claimed) for start in starts])
    same = same[same != own]
    if len(same) != 1:
        return None
    here, there = (whole.entry(place) for place in (own, int(same[0])))
    return Explanation("rearranged", "", f"the claim of {here} is that of {there}: is an index mistaken?")


def _tolerance(whole: Evidence) -> Flat:
    """Return within what a claim is a slope that stands elsewhere: whose bar, is not known."""
    largest = float(np.max(MARGIN * whole.bar[whole.wrong], initial=0.0))
    return whole.shaped(np.maximum(MARGIN * whole.bar, largest) + ROUNDING * np.abs(whole.claimed))


def _permuted(whole: Evidence, claimed: Flat, slope: Flat, tolerance: Flat) -> Explanation | None:
    """Return whether the claims are the slopes with rows, columns or slices that have changed places."""
    for axis, length in enumerate(slope.shape):
        if not FEWEST <= length <= MOST_ROWS:
            continue
        rows, own = (np.moveaxis(each, axis, 0).reshape(length, -1) for each in (claimed, slope))
        allowed = np.moveaxis(tolerance, axis, 0).reshape(length, -1)
        fits = np.array([np.all(np.abs(row - own) <= each, axis=1) for row, each in zip(rows, allowed, strict=True)])
        moved = np.flatnonzero(~fits.diagonal())
        if fits.sum() != length or not (fits.any(axis=0).all() and fits.any(axis=1).all()) or len(moved) < FEWEST:
            continue
        scale = np.full(rows[moved].size, np.abs(slope - np.mean(slope)).mean())
        if not is_no_coincidence(allowed[moved].reshape(-1), scale, 0, float(length) ** len(moved)):
            continue
        what = _permutation(whole, fits.argmax(axis=1), moved)
        return Explanation("rearranged", "", f"claimed = slope, {asked(f'{what}{along_axis(slope.shape, axis)}')}")
    return None


def _permutation(whole: Evidence, order: Flat, moved: Flat) -> str:
    """Return what a permutation is: slope `order[i]` stands at i."""
    length = len(order)
    shifts = (np.arange(length) - order) % length
    if not np.ptp(shifts):
        return f"shifted by {shifts[0] if 2 * shifts[0] <= length else shifts[0] - length}"
    if np.array_equal(order, -np.arange(length) % length):
        return "reversed but for its first entry, as by a Fourier transform in place of its inverse,"
    places = int(moved[0]), int(order[moved[0]])
    first, second = (str(one) if whole.element is None else whole.entry(one) for one in places)
    if len(moved) == 2:
        return f"with entries {first} and {second} swapped"
    return f"with {len(moved)} of {length} entries permuted (at {first} stands the slope of {second})"


def _among_themselves(whole: Evidence) -> Explanation | None:
    """Return whether the wrong claims are the slopes of one another."""
    claimed, slope, places = whole.claimed[whole.wrong], whole.slope[whole.wrong], whole.places[whole.wrong]
    one, other = np.argsort(claimed), np.argsort(slope)
    tolerance = MARGIN * np.max(whole.bar[whole.wrong]) + ROUNDING * np.abs(claimed[one])
    count = len(claimed)
    if count > MOST_ROWS or np.any(np.abs(claimed[one] - slope[other]) > tolerance):
        return None
    scale = np.full(count, np.ptp(slope))
    # Sorted, a value has its place among as many others.
    if not is_no_coincidence(np.minimum(tolerance * count, scale), scale, 0):
        return None
    if count > 2:
        return Explanation("rearranged", "", f"the {count} wrong claims are the slopes of one another")
    first, second = (whole.entry(int(place) - whole.start) for place in places)
    return Explanation("rearranged", "", f"claimed = slope, {asked(f'with {first} and {second} swapped')}")


def _from_samples(whole: Evidence) -> Explanation | None:
    """Return whether the slopes of a few coordinates stand among all claims where an arrangement puts them."""
    if whole.claims is None or len(whole.claims) != math.prod(whole.shape) or len(whole.shape) < 1:
        return None
    seen = whole.part(whole.known)  # also those that are right: they would be moved, too
    every = list(moves(np.unravel_index(seen.places - whole.start, whole.shape), whole.shape))
    for name, places in every:
        claimed = whole.claims[places]
        tolerance = MARGIN * seen.bar + ROUNDING * np.abs(claimed)
        own = tolerance[seen.wrong], np.abs(seen.slope)[seen.wrong]
        if np.all(np.abs(claimed - seen.slope) <= tolerance) and is_no_coincidence(*own, 0, len(every)):
            return Explanation("rearranged", "", f"claimed = slope, {asked(name)}")
    wrong = whole.part(whole.wrong)
    allowed = MARGIN * wrong.bar + ROUNDING * np.abs(wrong.slope)
    return _found_among(Found(wrong.slope, allowed, wrong.places - whole.start), whole.claims, whole, "claim")


class Found(NamedTuple):
    """Values that are sought among others, within what they are known, and the coordinates that they are of."""

    values: Flat
    tolerance: Flat
    places: Flat


def _elsewhere(whole: Evidence) -> Explanation | None:
    """Return whether every wrong claim is the slope of some other coordinate of the array."""
    claimed = whole.claimed[whole.wrong]
    tolerance = MARGIN * np.max(whole.bar[whole.wrong]) + ROUNDING * np.abs(claimed)
    return _found_among(Found(claimed, tolerance, np.flatnonzero(whole.wrong)), whole.slope, whole, "slope")


def _found_among(sought: Found, others: Flat, whole: Evidence, what: str) -> Explanation | None:
    """Return whether all values stand among others, by no coincidence, each in another place than its own."""
    if len(np.unique(sought.values)) < max(FEWEST, len(sought.values) // 2) or not np.isfinite(others).all():
        return None
    order = np.argsort(others, kind="stable")
    ordered = others[order]
    at = np.clip(np.searchsorted(ordered, sought.values), 1, len(ordered) - 1)
    at -= np.abs(ordered[at - 1] - sought.values) <= np.abs(ordered[at] - sought.values)
    found, off = order[at], np.abs(ordered[at] - sought.values)
    if np.any(off > sought.tolerance) or np.any(found == sought.places):
        return None
    scale = np.full(len(off), float(np.subtract(*np.percentile(others, [90, 10]))))
    # Among many there is one close by more easily.
    if not is_no_coincidence(np.minimum(sought.tolerance * len(others), scale), scale, 0):
        return None
    here, there = int(sought.places[0]), int(found[0])
    first, second = (there, here) if what == "slope" else (here, there)
    example = f"that of {whole.entry(first)} stands at {whole.entry(second)}"
    return Explanation("rearranged", "", f"{EACH}: {example}")
