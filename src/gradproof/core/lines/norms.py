"""Norms of the claimed gradient in the scales of the coordinates, to which bars and resolutions are relative."""

from __future__ import annotations

import math
from typing import NamedTuple

from ..evidence.ladder import insert_sorted
from ..points.directions import (
    LARGEST_SQUARE,
    SMALLEST_SQUARE,
    WINDOW,
    WINDOW_BITS,
    Scales,
    scale_of,
    scales_of,
    size_in_window,
    window_count,
    window_ends,
)
from ..points.lanes import LANES
from ..records.abi import ConstVector, Reals, always_inlined, kernel, never_inlined
from ..records.floats import larger, widened
from ..records.lines import Lines
from ..records.memory import holds_float32, rounded_to_float32

# The number of slopes of which the typical one is taken.
SAMPLE = 512
HALF_LANES = LANES // 2


class Measures(NamedTuple):
    """What is measured of the scaled slopes of a part of x."""

    norm: float  # Euclidean norm
    total: float  # sum
    largest: float  # the largest one


@always_inlined
def scaled_slope(x: ConstVector, claimed: ConstVector, scales: Scales, index: int) -> float:
    """Return the claimed slope of a coordinate times its scale on a long line."""
    return math.fabs(widened(claimed[index])) * scale_of(widened(x[index]), scales)


def scales_in_window(lines: Lines, x: ConstVector, window: int) -> Scales:
    """Return the scales that long lines give the coordinates of a window."""
    return scales_of(lines.scales, floor_in_window(lines, x, window))


def floor_in_window(lines: Lines, x: ConstVector, window: int) -> float:
    """Return the smallest scale that coordinates of a window have on long lines."""
    size = size_in_window(x, lines.engine.n, window)
    return lines.floor * (size if size > 0.0 else lines.empty_size)


@kernel
@never_inlined
def window_sums(
    x: ConstVector, claimed: ConstVector, scales: Scales, first: int, last: int
) -> tuple[float, float, float]:
    """Return the sum of the scaled slopes of a part of a window, that of their squares, and the largest one."""
    a = 0.0
    b = 0.0
    c = 0.0
    d = 0.0
    aa = 0.0
    bb = 0.0
    cc = 0.0
    dd = 0.0
    largest = 0.0
    index = first
    while index + HALF_LANES <= last:
        one = scaled_slope(x, claimed, scales, index)
        two = scaled_slope(x, claimed, scales, index + 1)
        three = scaled_slope(x, claimed, scales, index + 2)
        four = scaled_slope(x, claimed, scales, index + 3)
        a += one
        b += two
        c += three
        d += four
        aa += one * one
        bb += two * two
        cc += three * three
        dd += four * four
        largest = largest_of(largest, largest_of(largest_of(one, two), largest_of(three, four)))
        index += HALF_LANES
    while index < last:
        one = scaled_slope(x, claimed, scales, index)
        a += one
        aa += one * one
        largest = largest_of(largest, one)
        index += 1
    return (a + c) + (b + d), (aa + cc) + (bb + dd), largest


@always_inlined
def largest_of(a: float, b: float) -> float:
    """Return the larger one of two numbers, as one instruction."""
    return a if a > b else b


def norms(lines: Lines, x: ConstVector, claimed: ConstVector, start: int, stop: int) -> Measures:
    """Measure the scaled slopes of [start, stop); neither overflow nor underflow of a square spoils the norm."""
    squares = 0.0
    sums = 0.0
    largest = 0.0
    first = start
    while first < stop:
        window = first // WINDOW
        end = (window + 1) * WINDOW
        last = end if end < stop else stop
        part, square, most = window_sums(x, claimed, scales_in_window(lines, x, window), first, last)
        sums += part
        squares += square
        largest = larger(most, largest)
        first = last
    if sums > 0.0 and not SMALLEST_SQUARE < squares < LARGEST_SQUARE:
        return Measures(norm_in_units(lines, x, claimed, (start, stop), largest), sums, largest)
    return Measures(math.sqrt(squares), sums, largest)


def norm_in_units(lines: Lines, x: ConstVector, claimed: ConstVector, part: tuple[int, int], unit: float) -> float:
    """Return the norm of the scaled slopes of a part of x, by way of their squares in a unit."""
    squares = 0.0
    for window in range(part[0] // WINDOW, (part[1] + WINDOW - 1) // WINDOW):
        first = window * WINDOW if window * WINDOW > part[0] else part[0]
        last = (window + 1) * WINDOW if (window + 1) * WINDOW < part[1] else part[1]
        scales = scales_in_window(lines, x, window)
        for index in range(first, last):
            slope = scaled_slope(x, claimed, scales, index) / unit
            squares += slope * slope
    return unit * math.sqrt(squares)


def count_zeros(x: ConstVector, n: int) -> int:
    """Return how many coordinates are exactly 0."""
    count = 0
    for index in range(n):
        count += 1 if widened(x[index]) == 0.0 else 0
    return count


def scale_norms(lines: Lines, x: ConstVector) -> tuple[float, float]:
    """Return the Euclidean norm and the sum of the scales of all coordinates; no square overflows or underflows."""
    largest = 0.0
    for window in range(window_count(lines.engine.n)):
        first, last = window_ends(lines.engine.n, window)
        scales = scales_in_window(lines, x, window)
        for index in range(first, last):
            largest = larger(scale_of(widened(x[index]), scales), largest)
    squares = 0.0
    sums = 0.0
    for window in range(window_count(lines.engine.n)):
        first, last = window_ends(lines.engine.n, window)
        scales = scales_in_window(lines, x, window)
        for index in range(first, last):
            scale = scale_of(widened(x[index]), scales) / largest
            sums += scale
            squares += scale * scale
    return largest * math.sqrt(squares), largest * sums


def is_in_float32(claimed: ConstVector, n: int) -> bool:
    """Return whether every claimed value is a number of float32."""
    if holds_float32(claimed):
        return True
    for index in range(n):
        if claimed[index] != rounded_to_float32(claimed[index]):
            return False
    return True


def median_slope(lines: Lines, x: ConstVector, claimed: ConstVector, sample: Reals) -> float:
    """Return the median of the scaled slopes that are not 0, over some coordinates at equal distances; 0 without any.

    `sample` is memory for SAMPLE numbers.
    """
    n = lines.engine.n
    count = 0
    step = larger(1.0, n / SAMPLE)
    window = 0
    scales = scales_in_window(lines, x, window)
    for number in range(SAMPLE if n > SAMPLE else n):
        index = int(number * step)
        if index >> WINDOW_BITS != window:
            window = index >> WINDOW_BITS
            scales = scales_in_window(lines, x, window)
        slope = scaled_slope(x, claimed, scales, index)
        if slope > 0.0:
            insert_sorted(sample, count, slope)
            count += 1
    return sample[count // 2] if count > 0 else 0.0
