"""Norms of the claimed gradient in the scales of the coordinates, to which bars and resolutions are relative."""

from __future__ import annotations

import math

from ..evidence.ladder import insert_sorted
from ..points.directions import LARGEST_SQUARE, SMALLEST_SQUARE, WINDOW, WINDOW_BITS, scale_above
from ..records.abi import ConstReals, ConstVector, Reals, always_inlined, kernel
from ..records.floats import larger, widened
from ..records.memory import holds_float32, rounded_to_float32
from ..records.sums import LANES
from .rungs import FLOOR

# So many slopes give the typical one.
SAMPLE = 512
HALF_LANES = LANES // 2


@always_inlined
def scaled_slope(x: ConstVector, claimed: ConstVector, floor: float, index: int) -> float:
    """Return the claimed slope of a coordinate times its scale on a long line, which is at least `floor`."""
    return math.fabs(widened(claimed[index])) * scale_above(widened(x[index]), floor)


def floor_at(sizes: ConstReals, index: int) -> float:
    """Return the smallest scale that a coordinate of this window has."""
    return FLOOR * sizes[index >> WINDOW_BITS]


@kernel
def window_sums(x: ConstVector, claimed: ConstVector, floor: float, first: int, last: int) -> tuple[float, float]:
    """Return the sum of the scaled slopes of a part of a window and that of their squares, in four lanes each."""
    a = 0.0
    b = 0.0
    c = 0.0
    d = 0.0
    aa = 0.0
    bb = 0.0
    cc = 0.0
    dd = 0.0
    index = first
    while index + HALF_LANES <= last:
        one = scaled_slope(x, claimed, floor, index)
        two = scaled_slope(x, claimed, floor, index + 1)
        three = scaled_slope(x, claimed, floor, index + 2)
        four = scaled_slope(x, claimed, floor, index + 3)
        a += one
        b += two
        c += three
        d += four
        aa += one * one
        bb += two * two
        cc += three * three
        dd += four * four
        index += HALF_LANES
    while index < last:
        one = scaled_slope(x, claimed, floor, index)
        a += one
        aa += one * one
        index += 1
    return (a + c) + (b + d), (aa + cc) + (bb + dd)


def norms(x: ConstVector, claimed: ConstVector, sizes: ConstReals, start: int, stop: int) -> tuple[float, float]:
    """Return the Euclidean norm and the sum of the scaled slopes of [start, stop)."""
    squares = 0.0
    sums = 0.0
    first = start
    while first < stop:
        end = (first // WINDOW + 1) * WINDOW
        last = end if end < stop else stop
        part, square = window_sums(x, claimed, floor_at(sizes, first), first, last)
        sums += part
        squares += square
        first = last
    if sums > 0.0 and not SMALLEST_SQUARE < squares < LARGEST_SQUARE:
        squares = 0.0
        largest = 0.0
        for index in range(start, stop):
            largest = larger(scaled_slope(x, claimed, floor_at(sizes, index), index), largest)
        for index in range(start, stop):
            slope = scaled_slope(x, claimed, floor_at(sizes, index), index) / largest
            squares += slope * slope
        return largest * math.sqrt(squares), sums
    return math.sqrt(squares), sums


def scale_norms(x: ConstVector, sizes: ConstReals, n: int) -> tuple[float, float]:
    """Return the Euclidean norm and the sum of the scales of all coordinates; no square overflows or underflows."""
    largest = 0.0
    for index in range(n):
        largest = larger(scale_above(widened(x[index]), floor_at(sizes, index)), largest)
    squares = 0.0
    sums = 0.0
    for index in range(n):
        # A scale is never 0, because no size of a window is.
        scale = scale_above(widened(x[index]), floor_at(sizes, index)) / largest
        sums += scale
        squares += scale * scale
    return largest * math.sqrt(squares), largest * sums


@kernel
def are_finite(vector: ConstVector, first: int, last: int) -> bool:
    """Return whether no value of [first, last) is infinite or NaN: counted, so that several are looked at at once."""
    count = 0
    for index in range(first, last):
        value = widened(vector[index])
        count += 1 if value - value == 0.0 else 0
    return count == last - first


def is_in_float32(claimed: ConstVector, n: int) -> bool:
    """Return whether every claimed value is a number of float32."""
    if holds_float32(claimed):
        return True
    for index in range(n):
        if claimed[index] != rounded_to_float32(claimed[index]):
            return False
    return True


def median_slope(x: ConstVector, claimed: ConstVector, sizes: ConstReals, n: int, sample: Reals) -> float:
    """Return the median of the scaled slopes that are not 0, over some coordinates at equal distances; 0 without any.

    `sample` is memory for SAMPLE numbers.
    """
    count = 0
    step = larger(1.0, n / SAMPLE)
    for number in range(SAMPLE if n > SAMPLE else n):
        index = int(number * step)
        slope = scaled_slope(x, claimed, floor_at(sizes, index), index)
        if slope > 0.0:
            insert_sorted(sample, count, slope)
            count += 1
    return sample[count // 2] if count > 0 else 0.0
