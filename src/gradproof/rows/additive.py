"""Whether an objective and its gradient add up over the rows of the data: only then fewer rows tell of all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from ..problem.numbers import Flat

# By how much a sum of parts may miss the whole: of the size of its terms, and of the largest value there is.
ALLOWED = {"float64": (1e-7, 1e-11), "float32": (1e-3, 1e-5)}
# So few rows cannot tell a sum with a constant from anything else.
FEWEST_FOR_A_CONSTANT = 4


class Splits(NamedTuple):
    """Values on all rows, and on the two parts of two different splits of them."""

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
    """How values on parts of the rows make the value on all: a mean, or a sum of what rows add to a constant.

    The mean covers mean(losses) + regulariser, the sum covers sum(losses) + regulariser, which each part counts again.
    """

    is_mean: bool

    def whole(self, parts: Sequence[Flat], sizes: Sequence[int], constant: Flat) -> Flat:
        """Return the value on all rows, from those on parts that cover each row once."""
        if self.is_mean:
            total = sum(size * part for size, part in zip(sizes, parts, strict=True))
            return np.asarray(total / sum(sizes))
        return np.asarray(sum(parts) - (len(parts) - 1) * constant)

    def constant(self, splits: Splits) -> Flat:
        """Return what each part counts again."""
        first = splits.parts[0]
        return np.zeros_like(splits.whole) if self.is_mean else np.asarray(first[0] + first[1] - splits.whole)

    def of_error(self, errors: Sequence[float], sizes: Sequence[int]) -> float:
        """Return the bound of the whole's error, from those of its parts."""
        weights = [size / sum(sizes) for size in sizes] if self.is_mean else [1.0] * len(sizes)
        return float(sum(weight * error for weight, error in zip(weights, errors, strict=True)))


def two_splits(order: Flat) -> tuple[tuple[Flat, Flat], tuple[Flat, Flat]]:
    """Return the rows cut in two ways: at a half, and at a quarter."""
    half, quarter = len(order) // 2, max(1, len(order) // 4)
    return (order[:half], order[half:]), (order[:quarter], order[quarter:])


def evaluated(value: Callable[[Flat], Flat], order: Flat) -> Splits:
    """Return what a function of the rows gives on all of them and on the parts of two splits."""
    first, second = two_splits(order)
    parts = ((value(first[0]), value(first[1])), (value(second[0]), value(second[1])))
    sizes = ((len(first[0]), len(first[1])), (len(second[0]), len(second[1])))
    return Splits(sizes, value(np.sort(order)), parts)


def form_of(values: Sequence[Splits], noise: float, gradient: Splits, arithmetic: str) -> Form | None:
    """Return the form that the objective at several points and its gradient at x have in common; None for no such.

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
        # The gradient first: where noise hides the values, they fit any form.
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
    """Say for each element whether parts that cover each row once make the whole, but for rounding.

    Parameters
    ----------
    form
        How they should.
    splits
        The whole, and two splits from which the form takes its constant.
    parts, sizes
        The values on the parts, and how many rows each has.
    arithmetic
        In which the values were computed.
    noise
        What rounding may add to each of them.
    """
    constant = form.constant(splits)
    made = form.whole(parts, sizes, constant)
    terms = form.whole([np.abs(part) for part in parts], sizes, -np.abs(constant)) + np.abs(splits.whole)
    of_terms, of_largest = ALLOWED.get(arithmetic, ALLOWED["float32"])
    allowed = of_terms * terms + of_largest * np.max(terms, initial=0.0) + 32 * len(sizes) * noise
    with np.errstate(invalid="ignore"):  # what is not finite adds up to nothing
        return np.asarray(np.abs(made - splits.whole) <= allowed)
