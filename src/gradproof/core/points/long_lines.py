"""Long random lines: the point of a probe and the change that the claim foretells, in one pass over the coordinates.

Sums have a fixed order, whoever makes them: lanes in a window, windows in a *segment* of 65,536 coordinates, segments.
"""

from __future__ import annotations

import math

from numpy import int64, uint32

from ..records.abi import (
    Code,
    ConstReals,
    ConstVector,
    Integer,
    Real,
    Reals,
    Vector,
    always_inlined,
    exported,
    kernel,
    multiversioned,
    never_inlined,
)
from ..records.border import ConstProbes, Probe
from ..records.codes import BAD_ARGUMENT, DONE
from ..records.floats import widened
from ..records.memory import is_null
from ..records.sums import two_sum
from .directions import (
    FRACTION,
    HALF_WINDOW,
    LANES,
    LAST_PLACE,
    PLACE_FACTOR,
    WINDOW,
    WINDOW_BITS,
    hashed,
    high_bits,
    high_half,
    low_bits,
    low_half,
    mixed,
    scale_above,
    signed_parts,
)

SEGMENT = 65536


@always_inlined
def aligned_parts(signed: float, claim: float) -> float:
    """Return signed parts of a magnitude with the sign of the claimed value; where that is 0 or NaN, as they are."""
    parts = math.fabs(signed)
    turned = parts if claim > 0.0 else signed
    return -parts if claim < 0.0 else turned


@always_inlined
def moved(value: float, parts: float, unit: float, floor: float) -> float:
    """Return the coordinate after its step: `parts` units of its scale."""
    return value + parts * unit * scale_above(value, floor)


@always_inlined
def move_window(
    x: ConstVector, start: int, key_low: uint32, key_high: uint32, floor: float, unit: float, point: Vector
) -> None:
    """Move the 1,024 coordinates of a whole window along a random line."""
    seed = key_low
    for first in range(start, start + HALF_WINDOW):
        bits = hashed(seed, key_high)
        seed = uint32(seed + PLACE_FACTOR)
        second = first + HALF_WINDOW
        point[first] = moved(widened(x[first]), float(signed_parts(low_bits(bits))), unit, floor)
        point[second] = moved(widened(x[second]), float(signed_parts(high_bits(bits))), unit, floor)


@always_inlined
def move_window_aligned(
    x: ConstVector,
    claimed: ConstVector,
    start: int,
    key_low: uint32,
    key_high: uint32,
    floor: float,
    unit: float,
    point: Vector,
) -> None:
    """Move a whole window along the line on which every claimed value foretells growth."""
    seed = key_low
    for first in range(start, start + HALF_WINDOW):
        bits = hashed(seed, key_high)
        seed = uint32(seed + PLACE_FACTOR)
        parts = aligned_parts(float(signed_parts(low_bits(bits))), widened(claimed[first]))
        point[first] = moved(widened(x[first]), parts, unit, floor)
        second = first + HALF_WINDOW
        parts = aligned_parts(float(signed_parts(high_bits(bits))), widened(claimed[second]))
        point[second] = moved(widened(x[second]), parts, unit, floor)


@kernel
@never_inlined
def move_some(
    x: ConstVector,
    claimed: ConstVector,
    first: int,
    last: int,
    key_low: uint32,
    key_high: uint32,
    floor: float,
    unit: float,
    aligned: bool,
    point: Vector,
) -> None:
    """Move some coordinates of a window: where a line begins or ends inside of it."""
    for index in range(first, last):
        place = uint32(index & (WINDOW - 1))
        bits = hashed(uint32(key_low + uint32(uint32(place & LAST_PLACE) * PLACE_FACTOR)), key_high)
        half = high_bits(bits) if place > LAST_PLACE else low_bits(bits)
        own = float(signed_parts(half))
        parts = aligned_parts(own, widened(claimed[index])) if aligned else own
        point[index] = moved(widened(x[index]), parts, unit, floor)


@always_inlined
def term(x: ConstVector, claimed: ConstVector, point: ConstVector, index: int) -> float:
    """Return the change that one claimed value foretells for the step really taken."""
    return widened(claimed[index]) * (widened(point[index]) - widened(x[index]))


@always_inlined
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


@kernel
@multiversioned
def move_segment(
    x: ConstVector, claimed: ConstVector, sizes: ConstReals, probe: Probe, first: int, last: int, point: Vector
) -> float:
    """Move the coordinates [first, last) of a segment; return the change that the claim foretells for them."""
    seed = probe.seed
    unit = probe.step * FRACTION
    aligned = probe.aligned != 0
    change = 0.0
    start = first
    while start < last:
        window = start >> WINDOW_BITS
        stop = (window + 1) * WINDOW
        stop = stop if stop < last else last
        floor = probe.floor * sizes[window]
        key = mixed(seed, window)
        low = low_half(key)
        high = high_half(key)
        if stop - start < WINDOW:
            move_some(x, claimed, start, stop, low, high, floor, unit, aligned, point)
        elif aligned:
            move_window_aligned(x, claimed, start, low, high, floor, unit, point)
        else:
            move_window(x, start, low, high, floor, unit, point)
        change += change_of(x, claimed, point, start, stop)
        start = stop
    return change


@kernel
def move_line(x: ConstVector, claimed: ConstVector, sizes: ConstReals, probe: Probe, point: Vector) -> float:
    """Set the coordinates that a probe on a long line moves; return the change that the claim foretells."""
    total = 0.0
    rest = 0.0
    start = probe.start
    while start < probe.stop:
        stop = (start // SEGMENT + 1) * SEGMENT
        stop = stop if stop < probe.stop else probe.stop
        total, error = two_sum(total, move_segment(x, claimed, sizes, probe, start, stop, point))
        rest += error
        start = stop
    return total + rest


@exported
@kernel
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
        start = start if start > probe[0].start else probe[0].start
        stop = stop if stop < probe[0].stop else probe[0].stop
        changes[number] = move_segment(x, claimed, sizes, probe[0], start, stop, point) if start < stop else 0.0
    return DONE


@exported
@kernel
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
