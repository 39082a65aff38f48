"""Errors that the values of another array explain: a coupling or a factor was forgotten, or a matrix is transposed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from ....problem.numbers import Flat
from ....report.explanation import Explanation
from ...coincidence import multiples
from ...evidence import MARGIN, Evidence
from ...fits import are_constant
from ..matrices import inverse_of
from .pairs import (
    ASKED,
    FEWEST_WRONG,
    FORMS,
    MOST,
    ROUNDING,
    WAYS,
    are_alike,
    functions_of,
    is_nothing,
    multiples_of_slopes,
)


def by_values(one: Evidence, other: Evidence, tries: float) -> Iterator[Explanation]:
    """Explain errors that are a multiple of another array itself, or of how far the two are apart: a lost coupling."""
    if not are_alike(one, other) or one.wrong.sum() < FEWEST_WRONG:
        return
    bases = np.stack([other.x, one.x - other.x])[:, one.wrong]
    allowed = (MARGIN * one.bar + ROUNDING * np.abs(one.claimed))[one.wrong]
    for row, number, _ in multiples(one.error[one.wrong], allowed, bases, WAYS * tries):
        of = other.name if row == 0 else f"({one.name} - {other.name})"
        text = f"claimed = slope {'+' if number > 0 else '-'} {abs(number):.6g} × {of}"
        yield Explanation("others", "", f"{text}: is a term of the two missing, or counted twice?")


def by_products(one: Evidence, other: Evidence, tries: float) -> Iterator[Explanation]:
    """Explain claims that are the slopes times a power of another array, or a multiple of that: a forgotten factor."""
    if not are_alike(one, other):
        return
    x = other.x[one.wrong]
    if not (len(x) and x.all()) or are_constant(np.abs(x)):
        return
    with np.errstate(all="ignore"):
        bases = functions_of(x)
    for row, number, _ in multiples_of_slopes(one, bases, WAYS * tries):
        factor = "" if abs(number - 1.0) <= ROUNDING else f"{number:.6g} × "
        text = f"claimed = {factor}slope {FORMS[row].format(other.name)}: {ASKED}"
        yield Explanation("others", "", text)


def by_matrices(arrays: Sequence[Evidence], every: Sequence[Evidence], tries: float) -> dict[str, Explanation]:
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
            if name != one.name and is_nothing(one, one.claimed - values, allowed, tries):
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
