"""Where the wrong coordinates of an array are: all of it, some rows or columns, where x is 0, or here and there."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from ..problem.numbers import Flat
from .evidence import Evidence

SHOWN = 4
# Coordinates are those of a region by chance in one of this many ways to choose as many.
FEWEST_CHOICES = 1000


def place_of(whole: Evidence, mask: Flat) -> str:
    """Return in words where some coordinates of an array are.

    Parameters
    ----------
    whole
        All that is known of the array.
    mask
        The coordinates, at least one.
    """
    count = int(mask.sum())
    if math.prod(whole.shape) == 1:
        return whole.name
    if count == 1:
        return _element(whole, int(whole.places[mask][0]) - whole.start)
    live = whole.known & ((whole.claimed != 0) | (whole.slope != 0))
    if whole.is_complete and not (live & ~mask).any():
        return f"all of {whole.name}"
    if not whole.is_complete:
        if whole.claims is not None and not whole.claims.any():
            return f"all of {whole.name}"
        return f"{_slice_of(whole, mask)} ({count:,} of {int(whole.known.sum()):,} tested)"
    slices = _slices(whole, mask, live)
    if slices:
        return slices
    if np.array_equal(mask, whole.x == 0):
        return f"{whole.name} where x = 0"
    if known := next((name for name, each in _regions(whole) if _are(mask, each, live)), ""):
        return f"{whole.name} {known}"
    return f"{whole.name}, in {count:,} of {len(mask):,} coordinates"


def _slice_of(whole: Evidence, mask: Flat) -> str:
    """Return the row, column or slice in which all of a few coordinates lie by no chance; else the array."""
    at = np.unravel_index(whole.places[mask] - whole.start, whole.shape)
    for axis, (index, length) in enumerate(zip(at, whole.shape, strict=True)):
        if len(whole.shape) > 1 and float(length) ** (len(index) - 1) >= FEWEST_CHOICES and not np.ptp(index):
            parts = [":"] * len(whole.shape)
            parts[axis] = str(int(index[0]))
            return f"{whole.name}[{', '.join(parts)}]"
    return whole.name


def _are(mask: Flat, region: Flat, live: Flat) -> bool:
    """Whether coordinates are those of a region by no chance, but for some where both claim and slope are 0."""
    some, every = int((live & region).sum()), int(live.sum())
    return bool(math.comb(every, some) >= FEWEST_CHOICES and not np.any(mask & ~region | live & region & ~mask))


def _regions(whole: Evidence) -> Iterator[tuple[str, Flat]]:
    """Yield parts of an array that bugs are known for, with their names."""
    yield "where x < 0", whole.x < 0
    yield "where x > 0", whole.x > 0
    yield "on its border" if len(whole.shape) > 1 else "at both ends", _border(whole.shape)
    if len(whole.shape) != 2 or whole.shape[0] != whole.shape[1]:
        return
    row, column = np.indices(whole.shape).reshape(2, -1)
    yield "on its diagonal", row == column
    yield "off its diagonal", row != column
    yield "above its diagonal", row < column
    yield "below its diagonal", row > column


def _border(shape: tuple[int, ...]) -> Flat:
    inside = np.zeros(shape, bool)
    inside[(slice(1, -1),) * len(shape)] = True
    return ~inside.reshape(-1)


def _element(whole: Evidence, place: int) -> str:
    index = ", ".join(str(int(one)) for one in np.unravel_index(place, whole.shape))
    return f"{whole.name}[{index}]" if whole.shape else whole.name


def _slices(whole: Evidence, mask: Flat, live: Flat) -> str:
    """Return the rows, columns or slices that hold just these coordinates; "" if none do."""
    if len(whole.shape) < 2:
        return ""
    chosen, alive = whole.shaped(mask), whole.shaped(live)
    for axis, length in enumerate(whole.shape):
        others = tuple(other for other in range(len(whole.shape)) if other != axis)
        met = chosen.any(axis=others)
        shape = [1] * len(whole.shape)
        shape[axis] = length
        if met.all() or (alive & ~chosen & met.reshape(shape)).any():
            continue
        found = np.flatnonzero(met)
        parts = [":"] * len(whole.shape)
        if len(found) == 1:
            parts[axis] = str(int(found[0]))
            return f"all of {whole.name}[{', '.join(parts)}]"
        parts[axis] = "i"
        listed = ", ".join(str(int(one)) for one in found[:SHOWN]) + (", …" if len(found) > SHOWN else "")
        return f"all of {whole.name}[{', '.join(parts)}] for {len(found)} of {length} i: {listed}"
    return ""
