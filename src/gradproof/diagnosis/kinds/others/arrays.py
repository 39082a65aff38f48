"""Errors that another array explains: slopes are swapped, an error is shared, or a matrix is used in another way."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence

import numpy as np

from ....problem.numbers import Flat
from ....report.explanation import Explanation
from ...coincidence import is_no_coincidence, sure_constants
from ...evidence import MARGIN, Evidence
from ..matrices import inverse_of

ROUNDING = 1e-6
# Of more arrays than this not every pair is compared.
MOST = 64
# Two arrays are compared in at most this many ways.
WAYS = 8.0
# Two coordinates fit almost anything.
FEWEST_WRONG = 3


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
    left = [one for one in arrays if one.name not in found]
    found |= _stands_in([one for one in left if not one.is_complete], every, tries)
    found |= _summed([one for one in arrays if one.name not in found], every, tries)
    found |= _by_errors([one for one in arrays if one.name not in found], every, tries)
    found |= _by_values([one for one in arrays if one.name not in found], every, tries)
    found |= _by_products([one for one in arrays if one.name not in found], every, tries)
    return found | _by_matrices([one for one in arrays if one.name not in found], every, tries)


def _by_matrices(arrays: Sequence[Evidence], every: Sequence[Evidence], tries: float) -> dict[str, Explanation]:
    """Explain claims that are the slopes times another array and its inverse: where it stands for its transpose."""
    squares = [one for one in every if one.is_complete and _is_square(one.shape)]
    turned = [(one.name, form, matrix) for one in squares for form, matrix in _transposed(one)]
    found: dict[str, Explanation] = {}
    for one in arrays:
        if not one.is_complete or one.wrong.sum() < FEWEST_WRONG or not np.isfinite(one.claimed).all():
            continue
        products = ((name, *each) for name, form, matrix in turned for each in _products(one, form, matrix))
        for name, text, values, bar in products:
            allowed = MARGIN * bar + ROUNDING * np.abs(values)
            if name != one.name and _is(one, one.claimed - values, allowed, tries):
                asked = f"does {name} stand where its transpose should, or the other way round?"
                found.setdefault(one.name, Explanation("others", "", f"claimed = {text}: {asked}"))
    return found


def _is_square(shape: tuple[int, ...]) -> bool:
    return len(shape) == 2 and 1 < shape[0] == shape[1] <= MOST


def _transposed(one: Evidence) -> Iterator[tuple[str, Flat]]:
    """Yield by what a product changes if a matrix stands where its transpose should."""
    x, name = one.shaped(one.x), one.name
    if (inverse := inverse_of(x)) is not None:
        yield f"{name} @ {name}.T⁻¹", x @ inverse.T
        yield f"{name}.T @ {name}⁻¹", x.T @ inverse
        yield f"{name}⁻¹ @ {name}.T", inverse @ x.T
        yield f"{name}.T⁻¹ @ {name}", inverse.T @ x


def _products(one: Evidence, form: str, matrix: Flat) -> Iterator[tuple[str, Flat, Flat]]:
    """Yield the slopes of a vector or a matrix multiplied with another, and by how much these are off."""
    if not 1 <= len(one.shape) <= 2:
        return
    slope, bar, size = one.shaped(one.slope), one.shaped(one.bar), np.abs(matrix)
    if one.shape[0] == len(matrix):
        yield f"{form} @ slope", (matrix @ slope).ravel(), (size @ bar).ravel()
    if len(one.shape) == 2 and one.shape[1] == len(matrix):
        yield f"slope @ {form}", (slope @ matrix).ravel(), (bar @ size).ravel()


def _stands_in(arrays: Sequence[Evidence], every: Sequence[Evidence], tries: float) -> dict[str, Explanation]:
    """Explain the errors of a few coordinates whose slopes stand in the same places of another array."""
    found = {}
    for one, other in itertools.product(arrays, every):
        if one.name == other.name or other.claims is None or len(other.claims) != math.prod(one.shape):
            continue
        if not other.wrong.any():  # its claims are its own slopes, which are those of `one` as well
            continue
        slope, claims = one.slope[one.wrong], other.claims[(one.places - one.start)[one.wrong]].astype(np.float64)
        tolerance = MARGIN * one.bar[one.wrong] + ROUNDING * np.abs(slope)
        if np.all(np.abs(claims - slope) <= tolerance) and is_no_coincidence(tolerance, np.abs(slope), 0, tries):
            text = f"claimed = the slope of another array, while its own stands in {other.name}: are the two swapped?"
            found[one.name] = Explanation("rearranged", "", text)
    return found


def _summed(arrays: Sequence[Evidence], every: Sequence[Evidence], tries: float) -> dict[str, Explanation]:
    """Explain claims that are sums of the slopes of another array over one of its axes: of weights, for biases."""
    found: dict[str, Explanation] = {}
    for one, other in itertools.product(arrays, every):
        if one.name in found or not (one.is_complete and other.is_complete) or len(other.shape) != len(one.shape) + 1:
            continue
        for axis in range(len(other.shape)):
            if np.delete(other.shape, axis).tolist() != list(one.shape):
                continue
            slope, bar = (other.shaped(each).sum(axis=axis).ravel() for each in (other.slope, other.bar))
            for count, what in ((1, "summed"), (other.shape[axis], "averaged")):
                allowed = MARGIN * bar / count + ROUNDING * np.abs(one.claimed)
                if np.isfinite(one.claimed).all() and _is(one, one.claimed - slope / count, allowed, tries):
                    text = f"claimed = the slope of {other.name}, {what} over axis {axis}"
                    found[one.name] = Explanation("others", "", f"{text}: is its gradient reduced to this?")
    return found


def _by_errors(arrays: Sequence[Evidence], every: Sequence[Evidence], tries: float) -> dict[str, Explanation]:
    """Explain errors of arrays that are slopes of another array, or its errors."""
    found: dict[str, Explanation] = {}
    for one, other in itertools.product(arrays, every):
        if one.name in found or not _are_alike(one, other):
            continue
        allowed = MARGIN * (one.bar + other.bar) + ROUNDING * (np.abs(one.claimed) + np.abs(other.claimed))
        for sign, what in ((1.0, "+"), (-1.0, "-")):
            if _is(one, one.error - sign * other.slope, allowed, tries):
                text = (
                    f"claimed = slope {what} that of {other.name}: is a part that they share missing, or counted twice?"
                )
                found[one.name] = Explanation("others", "", text)
            elif other.wrong.any() and _is(one, one.error - sign * other.error, allowed, tries):
                first, second = sorted((one.name, other.name))
                are, of = ("the same", "+") if sign > 0 else ("the same but for their signs", "-")
                asked = f"is the derivative wrong of something that depends on {first} {of} {second}?"
                text = f"the errors of {first} and {second} are {are}: {asked}"
                found[one.name] = Explanation("others", "", text)
        if one.name not in found and (text := _multiple(one, other, allowed, tries)):
            found[one.name] = Explanation("others", "", text)
    return found


def _multiple(one: Evidence, other: Evidence, allowed: Flat, tries: float) -> str:
    """Return the multiple of the slopes of another array by which claims are off; "" if it is none."""
    slope, error = other.slope[one.wrong], one.error[one.wrong]
    if one.wrong.sum() < FEWEST_WRONG or not slope.all():
        return ""
    # The slopes of the other array are off by their own bars, times the factor.
    rough = float(np.max(np.abs(error))) / float(np.max(np.abs(slope)))
    off = (max(1.0, rough) * allowed[one.wrong] / np.abs(slope))[None]
    for _, number, _ in sure_constants((error / slope)[None], off, WAYS * tries):
        part = f"{'+' if number > 0 else '-'} {abs(number):.6g} × that of {other.name}"
        return f"claimed = slope {part}: is a part that they share missing, or counted too often?"
    return ""


def _by_values(arrays: Sequence[Evidence], every: Sequence[Evidence], tries: float) -> dict[str, Explanation]:
    """Explain errors that are a multiple of another array itself, or of how far the two are apart: a lost coupling."""
    found: dict[str, Explanation] = {}
    for one, other in itertools.product(arrays, every):
        if one.name in found or not _are_alike(one, other) or one.wrong.sum() < FEWEST_WRONG:
            continue
        bases = np.stack([other.x, one.x - other.x])[:, one.wrong]
        allowed = MARGIN * one.bar + ROUNDING * np.abs(one.claimed)
        with np.errstate(all="ignore"):
            ratios = np.nan_to_num(one.error[one.wrong] / bases, nan=np.inf)
            fits = list(sure_constants(ratios, allowed[one.wrong] / np.abs(bases), WAYS * tries))
        for row, number, _ in fits:
            of = other.name if row == 0 else f"({one.name} - {other.name})"
            text = f"claimed = slope {'+' if number > 0 else '-'} {abs(number):.6g} × {of}"
            found[one.name] = Explanation("others", "", f"{text}: is a term of the two missing, or counted twice?")
    return found


def _by_products(arrays: Sequence[Evidence], every: Sequence[Evidence], tries: float) -> dict[str, Explanation]:
    """Explain claims that are the slopes times a power of another array, or a multiple of that: a forgotten factor."""
    found: dict[str, Explanation] = {}
    for one, other in itertools.product(arrays, every):
        if one.name in found or not _are_alike(one, other) or one.wrong.sum() < FEWEST_WRONG:
            continue
        claimed, slope, x = one.claimed[one.wrong], one.slope[one.wrong], other.x[one.wrong]
        if not (np.isfinite(claimed).all() and claimed.all() and slope.all() and x.all()) or _have_one_size(x):
            continue
        bases = np.stack([x, 1.0 / x, x**2, 1.0 / x**2])
        ratio = claimed / slope
        allowed = MARGIN * np.abs(ratio / slope) * one.bar[one.wrong] + ROUNDING * np.abs(ratio)
        for row, number, _ in sure_constants(ratio / bases, allowed / np.abs(bases), WAYS * tries):
            times = f"{'×' if row % 2 == 0 else '/'} {other.name}{'²' if row > 1 else ''}"
            factor = "" if abs(number - 1.0) <= ROUNDING else f"{number:.6g} × "
            asked = f"is {other.name} a factor too often, or missing?"
            found[one.name] = Explanation("others", "", f"claimed = {factor}slope {times}: {asked}")
    return found


def _have_one_size(values: Flat) -> bool:
    return bool(np.ptp(np.abs(values)) <= 1e-3 * np.max(np.abs(values)))


def _are_alike(one: Evidence, other: Evidence) -> bool:
    """Whether two arrays have the same shape and are known throughout."""
    return one.name != other.name and one.shape == other.shape and one.is_complete and other.is_complete


def _is(one: Evidence, off: Flat, allowed: Flat, tries: float) -> bool:
    """Whether what errors differ by is nothing, by no coincidence."""
    if not np.all(np.abs(off) <= allowed):
        return False
    return is_no_coincidence(allowed[one.wrong], np.abs(one.error[one.wrong]), 0, WAYS * tries)


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
