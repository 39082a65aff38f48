"""Norms of the claimed gradient in the scales of the coordinates: what bars and resolutions are relative to."""

from __future__ import annotations

import math

from .abi import ConstReals, ConstVector, Reals
from .climbers import FLOOR
from .directions import WINDOW, WINDOW_BITS, coordinate_scale
from .floats import larger, widened
from .memory import holds_float32, rounded_to_float32

# Squares between these are neither lost nor too large.
SMALLEST_SQUARE = 1e-290
LARGEST_SQUARE = 1e290
SAMPLE = 512


def scaled_slope(x: ConstVector, claimed: ConstVector, sizes: ConstReals, index: int) -> float:
    """Return the claimed slope of a coordinate times its scale on a long line."""
    scale = coordinate_scale(widened(x[index]), 1.0, FLOOR * sizes[index >> WINDOW_BITS])
    return math.fabs(widened(claimed[index])) * scale


def write_norms(
    x: ConstVector, claimed: ConstVector, sizes: ConstReals, start: int, stop: int, norm: Reals, total: Reals
) -> None:
    """Write the Euclidean norm and the sum of the scaled slopes of [start, stop)."""
    squares = 0.0
    sums = 0.0
    first = start
    while first < stop:
        last = (first // WINDOW + 1) * WINDOW
        last = last if last < stop else stop
        part = 0.0
        square = 0.0
        for index in range(first, last):
            slope = scaled_slope(x, claimed, sizes, index)
            part += slope
            square += slope * slope
        sums += part
        squares += square
        first = last
    if sums > 0.0 and not SMALLEST_SQUARE < squares < LARGEST_SQUARE:
        squares = 0.0
        largest = 0.0
        for index in range(start, stop):
            largest = larger(scaled_slope(x, claimed, sizes, index), largest)
        for index in range(start, stop):
            slope = scaled_slope(x, claimed, sizes, index) / largest
            squares += slope * slope
        norm[0] = largest * math.sqrt(squares)
    else:
        norm[0] = math.sqrt(squares)
    total[0] = sums


def is_in_float32(claimed: ConstVector, n: int) -> bool:
    """Return whether every claimed value is a number of float32."""
    if holds_float32(claimed):
        return True
    for index in range(n):
        if claimed[index] != rounded_to_float32(claimed[index]):
            return False
    return True


def typical_slope(x: ConstVector, claimed: ConstVector, sizes: ConstReals, n: int, sample: Reals) -> float:
    """Return the median of the scaled slopes that are not 0, over some coordinates at equal distances; 0 without any.

    `sample` is memory for SAMPLE numbers.
    """
    count = 0
    step = larger(1.0, n / SAMPLE)
    for number in range(SAMPLE if n > SAMPLE else n):
        slope = scaled_slope(x, claimed, sizes, int(number * step))
        if slope > 0.0:
            sample[count] = slope
            count += 1
    for number in range(count):
        below = 0
        equal = 0
        for other in range(count):
            below += 1 if sample[other] < sample[number] else 0
            equal += 1 if sample[other] == sample[number] else 0
        if below <= count // 2 < below + equal:
            return sample[number]
    return 0.0
