"""Long random lines: the point of a probe and the change that the claim foretells, in one pass over the coordinates.

Sums have a fixed order, whoever makes them: lanes in a window, windows in a *segment* of 65,536 coordinates, segments.
"""

from __future__ import annotations

from numpy import int64, uint32

from .abi import Code, ConstProbes, ConstReals, ConstVector, Integer, Real, Reals, Vector, exported
from .codes import BAD_ARGUMENT, DONE
from .directions import (
    HALF,
    HALF_WINDOW,
    SHIFT,
    WINDOW,
    WINDOW_BITS,
    bits_of,
    coordinate_scale,
    hashed,
    high_half,
    low_half,
    magnitude_of,
    mixed,
    signed_magnitude,
)
from .floats import widened
from .memory import as_reals, is_null
from .structs import PROBE_ALIGNED, PROBE_FLOOR, PROBE_SEED, PROBE_START, PROBE_STEP, PROBE_STOP
from .sums import two_sum

SEGMENT = 65536
LANES = 8


def aligned_magnitude(half: uint32, claim: float) -> float:
    """Return the magnitude with the sign of the claimed value; where that is 0 or NaN, with its own."""
    if claim > 0.0:
        return magnitude_of(half)
    return -magnitude_of(half) if claim < 0.0 else signed_magnitude(half)


def move_window(
    x: ConstVector, start: int, key_low: uint32, key_high: uint32, floor: float, step: float, point: Vector
) -> None:
    """Move the 1,024 coordinates of a whole window along a random line."""
    for place in range(HALF_WINDOW):
        bits = hashed(key_low, key_high, uint32(place))
        first = start + place
        value = widened(x[first])
        point[first] = value + step * signed_magnitude(uint32(bits & HALF)) * coordinate_scale(value, 1.0, floor)
        second = first + HALF_WINDOW
        value = widened(x[second])
        point[second] = value + step * signed_magnitude(uint32(bits >> SHIFT)) * coordinate_scale(value, 1.0, floor)


def move_window_aligned(
    x: ConstVector,
    claimed: ConstVector,
    start: int,
    key_low: uint32,
    key_high: uint32,
    floor: float,
    step: float,
    point: Vector,
) -> None:
    """Move a whole window along the line on which every claimed value foretells growth."""
    for place in range(HALF_WINDOW):
        bits = hashed(key_low, key_high, uint32(place))
        first = start + place
        value = widened(x[first])
        move = aligned_magnitude(uint32(bits & HALF), widened(claimed[first]))
        point[first] = value + step * move * coordinate_scale(value, 1.0, floor)
        second = first + HALF_WINDOW
        value = widened(x[second])
        move = aligned_magnitude(uint32(bits >> SHIFT), widened(claimed[second]))
        point[second] = value + step * move * coordinate_scale(value, 1.0, floor)


def move_some(
    x: ConstVector,
    claimed: ConstVector,
    first: int,
    last: int,
    seed: int,
    floor: float,
    step: float,
    aligned: bool,
    point: Vector,
) -> None:
    """Move some coordinates of a window: where a line begins or ends inside of it."""
    for index in range(first, last):
        half = bits_of(seed, index)
        value = widened(x[index])
        move = aligned_magnitude(half, widened(claimed[index])) if aligned else signed_magnitude(half)
        point[index] = value + step * move * coordinate_scale(value, 1.0, floor)


def term(x: ConstVector, claimed: ConstVector, point: ConstVector, index: int) -> float:
    """Return the change that one claimed value foretells for the step really taken."""
    return widened(claimed[index]) * (widened(point[index]) - widened(x[index]))


def change_of(x: ConstVector, claimed: ConstVector, point: ConstVector, first: int, last: int) -> float:
    """Return the change that the claim foretells for a window, summed in eight lanes."""
    a = 0.0
    b = 0.0
    c = 0.0
    d = 0.0
    e = 0.0
    f = 0.0
    g = 0.0
    h = 0.0
    index = first
    while index + LANES <= last:
        a += term(x, claimed, point, index)
        b += term(x, claimed, point, index + 1)
        c += term(x, claimed, point, index + 2)
        d += term(x, claimed, point, index + 3)
        e += term(x, claimed, point, index + 4)
        f += term(x, claimed, point, index + 5)
        g += term(x, claimed, point, index + 6)
        h += term(x, claimed, point, index + 7)
        index += LANES
    while index < last:
        a += term(x, claimed, point, index)
        index += 1
    return ((a + e) + (c + g)) + ((b + f) + (d + h))


def move_segment(
    x: ConstVector, claimed: ConstVector, sizes: ConstReals, probe: ConstProbes, first: int, last: int, point: Vector
) -> float:
    """Move the coordinates [first, last) of a segment; return the change that the claim foretells for them."""
    numbers = as_reals(probe)
    seed = probe[PROBE_SEED]
    step = numbers[PROBE_STEP]
    aligned = probe[PROBE_ALIGNED] != 0
    change = 0.0
    start = first
    while start < last:
        window = start >> WINDOW_BITS
        stop = (window + 1) * WINDOW
        stop = stop if stop < last else last
        floor = numbers[PROBE_FLOOR] * sizes[window]
        if stop - start < WINDOW:
            move_some(x, claimed, start, stop, seed, floor, step, aligned, point)
        else:
            key = mixed(seed, window)
            if aligned:
                move_window_aligned(x, claimed, start, low_half(key), high_half(key), floor, step, point)
            else:
                move_window(x, start, low_half(key), high_half(key), floor, step, point)
        change += change_of(x, claimed, point, start, stop)
        start = stop
    return change


def move_line(x: ConstVector, claimed: ConstVector, sizes: ConstReals, probe: ConstProbes, point: Vector) -> float:
    """Set the coordinates that a probe on a long line moves; return the change that the claim foretells."""
    total = 0.0
    rest = 0.0
    start = probe[PROBE_START]
    while start < probe[PROBE_STOP]:
        stop = (start // SEGMENT + 1) * SEGMENT
        stop = stop if stop < probe[PROBE_STOP] else probe[PROBE_STOP]
        total, error = two_sum(total, move_segment(x, claimed, sizes, probe, start, stop, point))
        rest += error
        start = stop
    return total + rest


@exported
def move_segments(
    x: ConstVector,
    claimed: ConstVector,
    sizes: ConstReals,
    probe: ConstProbes,
    first: Integer,
    count: Integer,
    point: Vector,
    changes: Reals,
) -> Code:
    """Set a part of the coordinates that a probe on a long line moves: for threads that share one point.

    Parameters
    ----------
    x, claimed : ConstVector
        The point that the line goes through, and the claimed gradient.
    sizes : ConstReals
        What gradproof_windows wrote for x.
    probe : ConstProbes
        One probe on a random line whose `floor` is not 0.
    first : Integer
        Number of the first segment of 65,536 coordinates.
    count : Integer
        Number of segments.
    point : Vector
        The point; only coordinates of the line and of these segments are set.
    changes : Reals
        Filled with `count` values: the change that the claim foretells, segment by segment.

    Returns
    -------
    Code
        0, or GRADPROOF_BAD_ARGUMENT.
    """
    if is_null(x) or is_null(claimed) or is_null(sizes) or is_null(probe) or is_null(point) or is_null(changes):
        return BAD_ARGUMENT
    if first < 0 or count < 0:
        return BAD_ARGUMENT
    for number in range(count):
        start = int64((first + number) * SEGMENT)
        stop = start + SEGMENT
        start = start if start > probe[PROBE_START] else probe[PROBE_START]
        stop = stop if stop < probe[PROBE_STOP] else probe[PROBE_STOP]
        changes[number] = move_segment(x, claimed, sizes, probe, start, stop, point) if start < stop else 0.0
    return DONE


@exported
def sum_segments(changes: ConstReals, count: Integer) -> Real:
    """Return the sum of the changes of segments, as for the line as a whole.

    Parameters
    ----------
    changes : ConstReals
        What gradproof_move_segments wrote, for all segments of the line in their order.
    count : Integer
        Number of segments.

    Returns
    -------
    Real
        The change that the claim foretells for the step really taken.
    """
    total = 0.0
    rest = 0.0
    for number in range(count):
        total, error = two_sum(total, changes[number])
        rest += error
    return total + rest
