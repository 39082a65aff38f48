"""Errors that the slopes or the errors of another array explain: the two are swapped, or a part is shared."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np

from ....problem.numbers import Flat
from ....report.explanation import Explanation
from ...coincidence import is_no_coincidence, multiples
from ...evidence import MARGIN, Evidence
from .pairs import FEWEST_WRONG, ROUNDING, WAYS, are_alike, is_nothing


def swapped(arrays: Sequence[Evidence], every: Sequence[Evidence], tries: float) -> dict[str, Explanation]:
    """Explain claims that are the slopes of another array; those first that swapped theirs."""
    fits = {(one.name, other.name) for one in arrays for other in every if _is_of(one, other)}
    sure = {(one.name, other.name) for one in arrays for other in every if _is_of(one, other, tries)}
    both = {one.name: one for one in arrays}
    found: dict[str, Explanation] = {}
    for one, other in sorted(fits):
        are_swapped = (other, one) in fits and _is_of_both(both[one], both[other], tries)
        if one not in found and (are_swapped or (one, other) in sure):
            text = f"claimed = the slope of {other}{': are the two swapped?' if are_swapped else ''}"
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


def in_place_of_others(one: Evidence, other: Evidence, tries: float) -> Iterator[Explanation]:
    """Explain the errors of a few coordinates whose slopes stand in the same places of another array."""
    if one.is_complete or one.name == other.name or other.claims is None:
        return
    if len(other.claims) != math.prod(one.shape):
        return
    if not other.wrong.any():  # its claims are its own slopes, which are those of `one` as well
        return
    slope, claims = one.slope[one.wrong], other.claims[(one.places - one.start)[one.wrong]].astype(np.float64)
    tolerance = MARGIN * one.bar[one.wrong] + ROUNDING * np.abs(slope)
    if np.all(np.abs(claims - slope) <= tolerance) and is_no_coincidence(tolerance, np.abs(slope), 0, tries):
        text = f"claimed = the slope of another array, while its own stands in {other.name}: are the two swapped?"
        yield Explanation("rearranged", "", text)


def summed(one: Evidence, other: Evidence, tries: float) -> Iterator[Explanation]:
    """Explain claims that are sums of the slopes of another array over one of its axes: of weights, for biases."""
    if not (one.is_complete and other.is_complete) or len(other.shape) != len(one.shape) + 1:
        return
    for axis in range(len(other.shape)):
        if np.delete(other.shape, axis).tolist() != list(one.shape):
            continue
        slope, bar = (other.shaped(each).sum(axis=axis).ravel() for each in (other.slope, other.bar))
        for count, what in ((1, "summed"), (other.shape[axis], "averaged")):
            allowed = MARGIN * bar / count + ROUNDING * np.abs(one.claimed)
            if np.isfinite(one.claimed).all() and is_nothing(one, one.claimed - slope / count, allowed, tries):
                text = f"claimed = the slope of {other.name}, {what} over axis {axis}"
                yield Explanation("others", "", f"{text}: is its gradient reduced to this?")


def by_errors(one: Evidence, other: Evidence, tries: float) -> Iterator[Explanation]:
    """Explain errors that are slopes of another array, a multiple of these, or its errors."""
    if not are_alike(one, other):
        return
    allowed = MARGIN * (one.bar + other.bar) + ROUNDING * (np.abs(one.claimed) + np.abs(other.claimed))
    for sign, what in ((1.0, "+"), (-1.0, "-")):
        if is_nothing(one, one.error - sign * other.slope, allowed, tries):
            text = f"claimed = slope {what} that of {other.name}: is a part that they share missing, or counted twice?"
            yield Explanation("others", "", text)
        elif other.wrong.any() and is_nothing(one, one.error - sign * other.error, allowed, tries):
            first, second = sorted((one.name, other.name))
            are, of = ("the same", "+") if sign > 0 else ("the same but for their signs", "-")
            asked = f"is the derivative wrong of something that depends on {first} {of} {second}?"
            yield Explanation("others", "", f"the errors of {first} and {second} are {are}: {asked}")
    yield from _multiples(one, other, allowed, tries)


def _multiples(one: Evidence, other: Evidence, allowed: Flat, tries: float) -> Iterator[Explanation]:
    """Explain errors that are a multiple of the slopes of another array."""
    slope, error = other.slope[one.wrong], one.error[one.wrong]
    if len(error) < FEWEST_WRONG or not slope.all():
        return
    # The slopes of the other array are off by their own bars, times the factor.
    rough = float(np.max(np.abs(error))) / float(np.max(np.abs(slope)))
    off = max(1.0, rough) * allowed[one.wrong]
    for _, number, _ in multiples(error, off, slope[None], WAYS * tries):
        part = f"{'+' if number > 0 else '-'} {abs(number):.6g} × that of {other.name}"
        text = f"claimed = slope {part}: is a part that they share missing, or counted too often?"
        yield Explanation("others", "", text)
