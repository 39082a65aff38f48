"""Tests whether an objective and its gradient add up over the rows: only then do fewer rows prove anything."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from ..problem.numbers import Flat

# By how much a sum of parts may differ from the whole, relative to the size of its terms and to the largest value.
ALLOWED = {"float64": (1e-7, 1e-11), "float32": (1e-3, 1e-5)}
# With fewer rows than this, a sum with a constant cannot be told from anything else.
FEWEST_FOR_A_CONSTANT = 4


class Splits(NamedTuple):
    """Values on all rows, and on both parts of two different splits."""

    sizes: tuple[tuple[int, int], tuple[int, int]]
    whole: Flat
    parts: tuple[tuple[Flat, Flat], tuple[Flat, Flat]]

    def only(self, index: int) -> Splits:
        """Return the values of one element."""
        place = slice(index, index + 1)
        (first, second), (third, fourth) = self.parts
        parts = ((first[place], second[place]), (third[place], fourth[place]))
        return Splits(self.sizes, self.whole[place], parts)


class Form(NamedTuple):
    """How the value on all rows follows from those on parts: as a mean, or as a sum plus a constant.

    The mean covers mean(losses) + regulariser; the sum covers sum(losses) + regulariser, where each part contains the
    regulariser.
    """

    is_mean: bool

    def whole(self, parts: Sequence[Flat], sizes: Sequence[int], constant: Flat) -> Flat:
        """Return the value on all rows from those on parts that cover each row once."""
        if self.is_mean:
            total = sum(size * part for size, part in zip(sizes, parts, strict=True))
            return np.asarray(total / sum(sizes))
        return np.asarray(sum(parts) - (len(parts) - 1) * constant)

    def constant(self, splits: Splits) -> Flat:
        """Return the constant that every part contains."""
        first = splits.parts[0]
        return np.zeros_like(splits.whole) if self.is_mean else np.asarray(first[0] + first[1] - splits.whole)

    def of_error(self, errors: Sequence[float], sizes: Sequence[int]) -> float:
        """Return a bound on the error of the whole from those of its parts."""
        weights = [size / sum(sizes) for size in sizes] if self.is_mean else [1.0] * len(sizes)
        return float(sum(weight * error for weight, error in zip(weights, errors, strict=True)))


def two_splits(order: Flat) -> tuple[tuple[Flat, Flat], tuple[Flat, Flat]]:
    """Return the rows split in two ways: at one half and at one quarter."""
    half, quarter = len(order) // 2, max(1, len(order) // 4)
    return (order[:half], order[half:]), (order[:quarter], order[quarter:])


def evaluated(value: Callable[[Flat], Flat], order: Flat) -> Splits:
    """Evaluate a function of the rows on all of them and on the parts of two splits."""
    first, second = two_splits(order)
    parts = ((value(first[0]), value(first[1])), (value(second[0]), value(second[1])))
    sizes = ((len(first[0]), len(first[1])), (len(second[0]), len(second[1])))
    return Splits(sizes, value(np.sort(order)), parts)


def form_of(values: Sequence[Splits], noise: float, gradient: Splits, arithmetic: str) -> Form | None:
    """Return the form in which the objective at several points and its gradient at x add up; None if there is none.

    Parameters
    ----------
    values
        The objective at x and at other points, as arrays of one element.
    noise
        The rounding noise of the objective.
    gradient
        The claimed gradient at x.
    arithmetic
        "float64" or "float32".
    """
    count = sum(gradient.sizes[0])
    for form in (Form(is_mean=True), Form(is_mean=False)):
        # The gradient first: if noise hides the values, they fit any form.
        if (form.is_mean or count >= FEWEST_FOR_A_CONSTANT) and _adds_up(form, gradient, arithmetic, 0.0):
            return form if all(_adds_up(form, one, arithmetic, noise) for one in values) else None
    return None


def _adds_up(form: Form, splits: Splits, arithmetic: str, noise: float) -> bool:
    return all(
        adds_up(form, splits, parts, sizes, arithmetic, noise).all()
        for parts, sizes in zip(splits.parts, splits.sizes, strict=True)
    )


def adds_up(
    form: Form, splits: Splits, parts: Sequence[Flat], sizes: Sequence[int], arithmetic: str, noise: float = 0.0
) -> Flat:
    """Return for each element whether parts that cover each row once add up to the whole, within rounding.

    Parameters
    ----------
    form
        How they should add up.
    splits
        The whole, and two splits that determine the constant of the form.
    parts, sizes
        The values on the parts, and their numbers of rows.
    arithmetic
        The arithmetic in which the values were computed.
    noise
        Rounding noise of each value.
    """
    constant = form.constant(splits)
    made = form.whole(parts, sizes, constant)
    terms = form.whole([np.abs(part) for part in parts], sizes, -np.abs(constant)) + np.abs(splits.whole)
    of_terms, of_largest = ALLOWED.get(arithmetic, ALLOWED["float32"])
    allowed = of_terms * terms + of_largest * np.max(terms, initial=0.0) + 32 * len(sizes) * noise
    with np.errstate(invalid="ignore"):  # values that are not finite never add up
        return np.asarray(np.abs(made - splits.whole) <= allowed)
