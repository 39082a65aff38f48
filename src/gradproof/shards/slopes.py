"""The claimed slopes of some coordinates in their scales on long lines, by NumPy, piece by piece."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from ..core.lines.norms import SAMPLE
from ..core.points.directions import LARGEST_SQUARE, SMALLEST_SQUARE, WINDOW, scales_of
from ..problem.numbers import Flat
from .question import Part, Sums

# Windows that are looked at in one go: few enough for the cache of a processor.
PIECE = 32


class Piece(NamedTuple):
    """Some neighbouring coordinates of a shard, a window in a row, in float64, and the sizes of these windows."""

    start: int
    x: Flat
    claimed: Flat
    sizes: Flat

    def scales(self, kind: int, floor: float) -> Flat:
        """Return the scales of the coordinates on a long line."""
        size, least = np.abs(self.x), floor * self.sizes
        # For a typical size of 1, as the factors of what the window allows.
        of_one = scales_of(kind, 1.0)
        scale = np.maximum(size, of_one.least * least)
        if of_one.share == 1.0 and of_one.at_zero == of_one.least:
            return scale
        return np.where(size > 0.0, scale * of_one.share, of_one.at_zero * least)

    def slopes(self, kind: int, floor: float) -> Flat:
        """Return the absolute claimed slopes, each times the scale of its coordinate."""
        with np.errstate(all="ignore"):
            slopes: Flat = np.abs(self.claimed) * self.scales(kind, floor)
        return slopes


class Coordinates:
    """The coordinates of a shard, their claims, and the sizes of its windows.

    Parameters
    ----------
    x, claimed
        The coordinates and the claimed gradient.
    start
        The number of the first one.
    """

    def __init__(self, x: Flat, claimed: Flat, start: int) -> None:
        self.x = x
        self.claimed = claimed
        self.start = start
        self.stop = start + x.size
        # Of the windows that hold the shard, the first of which is number `start // WINDOW`.
        self.sizes = np.empty(0)

    def pieces(self, start: int, stop: int) -> Iterator[Piece]:
        """Yield those of the coordinates [start, stop) that are in the shard, in pieces."""
        first, last = max(start, self.start), min(stop, self.stop)
        while first < last:
            window = first // WINDOW
            whole = min(last // WINDOW, window + PIECE) - window if first % WINDOW == 0 else 0
            rows = max(whole, 1)
            end = first + whole * WINDOW if whole > 0 else min(last, (window + 1) * WINDOW)
            here, windows = slice(first - self.start, end - self.start), window - self.start // WINDOW
            x, claimed = (np.asarray(one[here], np.float64).reshape(rows, -1) for one in (self.x, self.claimed))
            yield Piece(first, x, claimed, self.sizes[windows : windows + rows, None])
            first = end

    def every(self) -> Iterator[Piece]:
        """Yield all coordinates of the shard, in pieces."""
        return self.pieces(self.start, self.stop)

    def sums(self, part: Part, *, slopes: bool) -> Sums:
        """Return sums over slopes, or over scales, of some coordinates."""
        pieces = self.pieces(part.start, part.stop)
        return joined([sums_of((one.slopes if slopes else one.scales)(part.scales, part.floor)) for one in pieces])


def sampled(n: int, start: int, stop: int) -> Flat:
    """Return which of the coordinates of a shard are in the sample of all n, at equal distances as the core has it."""
    indices = (np.arange(min(n, SAMPLE)) * max(1.0, n / SAMPLE)).astype(np.int64)
    own: Flat = indices[(start <= indices) & (indices < stop)]
    return own


def moves_of(probe: Flat, start: int, stop: int) -> list[tuple[int, float]]:
    """Return what a probe of one coordinate, or of a pair, moves in a shard: places in it, and how far."""
    first, last = int(probe["start"]), int(probe["stop"]) - 1
    step, ratio = float(probe["step"]), float(probe["ratio"])
    moves = [(first, step), (last, ratio * step)] if ratio else [(first, step)] * (first <= last)
    return [(index - start, by) for index, by in moves if start <= index < stop]


def sums_of(values: Flat) -> Sums:
    """Return the sums over some values, none of which is negative."""
    # Not by a product of vectors: threads of its library would wait for each other.
    total, largest, square = float(values.sum()), float(np.fmax.reduce(values, None)), float(np.square(values).sum())
    if largest == 0.0 or not math.isfinite(largest):
        return Sums(total, largest, largest)
    if not SMALLEST_SQUARE < square < LARGEST_SQUARE:
        scaled = values / largest
        return Sums(total, largest, float(np.square(scaled).sum()))
    return Sums(total, largest, square / largest / largest)


def joined(sums: list[Sums]) -> Sums:
    """Return sums over all of the coordinates."""
    largest = max((one.largest for one in sums), default=0.0)
    total = sum((one.total for one in sums), 0.0)
    if largest == 0.0 or not math.isfinite(largest):
        return Sums(total, largest, largest)
    return Sums(total, largest, sum((one.squares * (one.largest / largest) ** 2 for one in sums), 0.0))


def norm_of(sums: Sums) -> float:
    """Return the Euclidean norm of what was summed; as with all of x at one place, NaN where the sum is."""
    if math.isnan(sums.total):
        return math.nan
    return sums.largest * math.sqrt(sums.squares)
