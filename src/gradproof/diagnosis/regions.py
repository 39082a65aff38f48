"""Parts of an array that bugs are known for: where x is negative or large, its border, its diagonal."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..problem.numbers import Flat
from .evidence import Evidence, along_axis, between

# Regions of every second, third, … index are recognised up to this.
LARGEST_STRIDE = 8


def regions(whole: Evidence, mask: Flat, live: Flat) -> Iterator[tuple[str, Flat, int]]:
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
    x = whole.x
    yield "where x < 0", x < 0, 1
    yield "where x > 0", x > 0, 1
    yield "where the slope is < 0", whole.slope < 0, 1
    yield "where the slope is > 0", whole.slope > 0, 1
    if whole.element is None:
        yield from _by_index(whole.shape, mask)
    yield "where x equals another entry", _shared(x), 1
    # Limits of slopes prove nothing: errors of large ones are seen, those of small ones are not.
    yield from _beyond("x", x, mask, live)
    yield from _beyond("|x|", np.abs(x), mask, live)


def _by_index(shape: tuple[int, ...], mask: Flat) -> Iterator[tuple[str, Flat, int]]:
    """Yield parts that are defined by indices."""
    yield "on its border" if len(shape) > 1 else "at both ends", _border(shape), 1
    if len(shape) == 2 and shape[0] > 1 < shape[1]:
        row, column = np.indices(shape).reshape(2, -1)
        yield "on its diagonal", row == column, 1
        yield "off its diagonal", row != column, 1
        yield "above its diagonal", row < column, 1
        yield "below its diagonal", row > column, 1
    yield from _strided(shape, mask)


def _border(shape: tuple[int, ...]) -> Flat:
    inside = np.zeros(shape, bool)
    inside[(slice(1, -1),) * len(shape)] = True
    return ~inside.reshape(-1)


def _shared(x: Flat) -> Flat:
    """Return where a value stands that another coordinate has, too."""
    _, which, counts = np.unique(x, return_inverse=True, return_counts=True)
    shared: Flat = counts[which.reshape(-1)] > 1
    return shared


def _strided(shape: tuple[int, ...], mask: Flat) -> Iterator[tuple[str, Flat, int]]:
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


def _beyond(name: str, values: Flat, mask: Flat, live: Flat) -> Iterator[tuple[str, Flat, int]]:
    """Yield where values are beyond a limit that divides what is sought from the rest."""
    others = values[live & ~mask]
    if not others.size or not np.isfinite(values).all():
        return
    tries = 4  # two sides of two values: of as many coordinates each has one limit
    if (low := np.max(others)) < (high := np.min(values[mask])):
        yield f"where {name} > {between(low, high)}", values > low, tries
    if (high := np.min(others)) > (low := np.max(values[mask])):
        yield f"where {name} < {between(low, high)}", values < high, tries
