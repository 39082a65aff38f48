"""Parts of an array that bugs are known for: where x is negative or large, its border, its diagonal."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..problem.numbers import Flat
from .evidence import Evidence, along_axis, between

# Regions of every second, third, … index are recognised up to this.
LARGEST_STRIDE = 8
# A part that bugs are known for, as of a diagonal or of |x|, counts as this part of a try.
LIKELIER = 1.0 / 16.0
# Fewer rows have one coordinate of something each by chance; of more the ways to choose one exceed all numbers.
FEWEST_ROWS, MOST_ROWS = 4, 100


def regions(whole: Evidence, mask: Flat, live: Flat) -> Iterator[tuple[str, Flat, float]]:
    """Yield parts of an array with their names, and how many others are as simple.

    Parameters
    ----------
    whole
        All that is known of the array.
    mask
        The coordinates for which a region is sought: limits are between them and the others.
    live
        The coordinates in which claim or slope is not 0.
    """
    x, is_matrix = whole.x, whole.element is None and len(whole.shape) == 2
    # The most telling ones first: of an identity the diagonal is where x > 0, and slopes of a softmax are below 0 just
    # at the labels.
    if is_matrix:
        yield from _by_diagonal(whole.shape)
        yield from _one_of_each(whole.shape, mask, live)
    yield "where x < 0", x < 0, LIKELIER
    yield "where x > 0", x > 0, LIKELIER
    yield "where the slope is < 0", whole.slope < 0, 1
    yield "where the slope is > 0", whole.slope > 0, 1
    if whole.element is None:
        yield from _by_index(whole.shape, mask)
    yield "where x equals another entry", _shared(x), 1
    # Limits of slopes prove nothing: errors of large ones are seen, those of small ones are not.
    yield from _beyond("x", x, mask, live)
    yield from _beyond("|x|", np.abs(x), mask, live)


def _by_index(shape: tuple[int, ...], mask: Flat) -> Iterator[tuple[str, Flat, float]]:
    """Yield parts that are defined by indices."""
    yield "on its border" if len(shape) > 1 else "at both ends", _border(shape), 1
    for first in range(1, len(shape) - 1):
        axes = " and ".join(map(str, range(first, len(shape))))
        yield f"on the border of axes {axes}", _border(shape, first), 1
    yield from _strided(shape, mask)


def _by_diagonal(shape: tuple[int, ...]) -> Iterator[tuple[str, Flat, float]]:
    """Yield the diagonal of a matrix, and what is on either side of it."""
    if min(shape) < 2:
        return
    row, column = np.indices(shape).reshape(2, -1)
    # Of a square matrix these are what is treated by itself, however small it is.
    tries = LIKELIER if shape[0] == shape[1] else 1.0
    yield "on its diagonal", row == column, tries
    yield "off its diagonal", row != column, tries
    yield "above its diagonal", row < column, tries
    yield "below its diagonal", row > column, tries


def _border(shape: tuple[int, ...], first: int = 0) -> Flat:
    """Return where an index of the axes from the first one on is at either end."""
    inside = np.zeros(shape, bool)
    inside[(slice(None),) * first + (slice(1, -1),) * (len(shape) - first)] = True
    return ~inside.reshape(-1)


def _one_of_each(shape: tuple[int, ...], mask: Flat, live: Flat) -> Iterator[tuple[str, Flat, float]]:
    """Yield what is sought, or the rest, if it is one coordinate of each row or column, as those of labels are."""
    for axis, which in ((1, "row"), (0, "column")):
        ways = LIKELIER * float(shape[axis]) ** min(shape[1 - axis], MOST_ROWS)
        for each, name in (
            (mask, f"at one place in each {which}"),
            (live & ~mask, f"but for one place in each {which}"),
        ):
            if shape[1 - axis] >= FEWEST_ROWS and shape[axis] > 2 and np.all(each.reshape(shape).sum(axis=axis) == 1):
                yield f"{name}, such as that of a label", mask, ways


def _shared(x: Flat) -> Flat:
    """Return where a value stands that another coordinate has, too."""
    _, which, counts = np.unique(x, return_inverse=True, return_counts=True)
    shared: Flat = counts[which.reshape(-1)] > 1
    return shared


def _strided(shape: tuple[int, ...], mask: Flat) -> Iterator[tuple[str, Flat, float]]:
    """Yield every second, third, … index of an axis, as far as all that is sought is among them."""
    at = np.unravel_index(np.flatnonzero(mask), shape)
    every = np.indices(shape).reshape(len(shape), -1)
    for axis, index in enumerate(at):
        for stride in range(2, min(LARGEST_STRIDE, shape[axis] // 2) + 1):
            rest = int(index[0]) % stride
            if np.all(index % stride == rest):
                along = along_axis(shape, axis)
                # As simple are the offsets of all strides up to this.
                offset = f" + {rest}" if rest else ""
                yield f"at every index {stride} i{offset}{along}", every[axis] % stride == rest, stride * (stride + 1)
    if len(shape) > 1 and all(length > 1 for length in shape):
        for rest, which in ((0, "even"), (1, "odd")):
            yield f"where the sum of the indices is {which}, as on a checkerboard", every.sum(axis=0) % 2 == rest, 2


def _beyond(name: str, values: Flat, mask: Flat, live: Flat) -> Iterator[tuple[str, Flat, float]]:
    """Yield where values are beyond a limit that divides what is sought from the rest."""
    others = values[live & ~mask]
    if not others.size or not np.isfinite(values).all():
        return
    tries = 4  # two sides of two values: of as many coordinates each has one limit
    if (low := np.max(others)) < (high := np.min(values[mask])):
        yield f"where {name} > {between(low, high)}", values > low, tries
    if (high := np.min(others)) > (low := np.max(values[mask])):
        yield f"where {name} < {between(low, high)}", values < high, tries
