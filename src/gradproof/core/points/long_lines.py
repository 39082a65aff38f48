"""Long random lines: the point of a probe and the change that the claim predicts, in one pass over the coordinates.

Sums are made in a fixed order, whoever makes them: lanes within a window, windows within a *segment* of 65,536
coordinates, and segments.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from numpy import uint32, uint64

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
from ..records.codes import (
    BAD_COUNT,
    DONE,
    NULL_CHANGES,
    NULL_CLAIMED,
    NULL_POINT,
    NULL_PROBES,
    NULL_SIZES,
    NULL_X,
    OVERLAP,
)
from ..records.floats import widened
from ..records.memory import element_bytes, is_null, offset
from ..records.overlapping import overlap
from ..records.sums import two_sum
from . import directions
from .directions import (
    SEGMENT,
    Scales,
    Sizes,
    first_parts,
    halves_of,
    hashed,
    mixed,
    parts_in_window,
    scale_of,
    scales_of,
    second_parts,
)
from .foretold import foretold_change

# One hash serves two coordinates: so many are moved at once in either half of a window.
BLOCK_BITS = 4
# More of them than any memory holds.
MOST_SEGMENTS = 1 << 32


class Motion(NamedTuple):
    """How the coordinates of a window move: a tuple, because compiled code keeps its numbers in registers."""

    key: uint64  # of the window
    scales: Scales  # how far its coordinates move
    unit: float  # the step along the line, times the unit of signed parts
    aligned: bool  # whether every coordinate moves so that its claimed value foretells growth


@kernel
def is_long(probe: Probe) -> bool:
    """Return whether a probe is on a long line: to move it takes the claimed gradient and the sizes of windows."""
    return probe.floor != 0.0


@always_inlined
def aligned_parts(signed: float, claim: float) -> float:
    """Return signed parts of a magnitude with the sign of the claimed value; where that is 0 or NaN, as they are."""
    parts = math.fabs(signed)
    turned = parts if claim > 0.0 else signed
    return -parts if claim < 0.0 else turned


@always_inlined
def moved(value: float, parts: float, motion: Motion) -> float:
    """Return the coordinate after its step: `parts` units of its scale."""
    return value + parts * motion.unit * scale_of(value, motion.scales)


@kernel
@multiversioned
def move_window(x: ConstVector, claimed: ConstVector, start: int, blocks: int, motion: Motion, point: Vector) -> None:
    """Move so many blocks of either half of a window along a random line, or so that all claims foretell growth."""
    seed, high = halves_of(motion.key)
    if motion.aligned:
        move_window_aligned(x, claimed, start, blocks, motion, point)
        return
    for first in range(start, start + (blocks << BLOCK_BITS)):
        second = first + directions.HALF_WINDOW
        bits = hashed(seed, high)
        seed = uint32(seed + directions.PLACE_FACTOR)
        point[first] = moved(widened(x[first]), first_parts(bits), motion)
        point[second] = moved(widened(x[second]), second_parts(bits), motion)


@always_inlined
def move_window_aligned(
    x: ConstVector, claimed: ConstVector, start: int, blocks: int, motion: Motion, point: Vector
) -> None:
    """Move so many blocks along the line on which every claimed value foretells growth."""
    seed, high = halves_of(motion.key)
    for first in range(start, start + (blocks << BLOCK_BITS)):
        second = first + directions.HALF_WINDOW
        bits = hashed(seed, high)
        seed = uint32(seed + directions.PLACE_FACTOR)
        point[first] = moved(widened(x[first]), aligned_parts(first_parts(bits), widened(claimed[first])), motion)
        point[second] = moved(widened(x[second]), aligned_parts(second_parts(bits), widened(claimed[second])), motion)


@kernel
@never_inlined
def move_some(x: ConstVector, claimed: ConstVector, first: int, last: int, motion: Motion, point: Vector) -> None:
    """Move some coordinates of a window: where a line begins or ends inside of it."""
    for index in range(first, last):
        own = parts_in_window(motion.key, index)
        parts = aligned_parts(own, widened(claimed[index])) if motion.aligned else own
        point[index] = moved(widened(x[index]), parts, motion)


@never_inlined
def move_segment(x: ConstVector, claimed: ConstVector, sizes: Sizes, probe: Probe, number: int, point: Vector) -> float:
    """Move the coordinates of a probe that lie in a segment; on a long line return the change that the claim predicts.

    On a short one each is moved by its own size, or the typical one where it is 0, and nothing is predicted.
    """
    start = number * SEGMENT
    last = start + SEGMENT
    start = start if start > probe.start else probe.start
    last = last if last < probe.stop else probe.stop
    long = is_long(probe)
    aligned = long and probe.aligned % directions.SCALES_UNIT != 0
    change = 0.0
    while start < last:
        window = start >> directions.WINDOW_BITS
        kind = probe.aligned // directions.SCALES_UNIT if long else directions.OWN_SIZE
        scales = scales_of(kind, probe.floor * sizes.windows[window] if long else sizes.typical)
        motion = Motion(mixed(probe.seed, window), scales, probe.step * directions.FRACTION, aligned)
        stop = move_in_window(x, claimed, start, last, motion, point)
        if long:
            change += foretold_change(x, claimed, start, stop, point)
        start = stop
    return change


def move_in_window(x: ConstVector, claimed: ConstVector, start: int, last: int, motion: Motion, point: Vector) -> int:
    """Move coordinates from `start` up to the end of its window, or to `last`; return where that was."""
    stop = (start | (directions.WINDOW - 1)) + 1
    stop = stop if stop < last else last
    half = start + directions.HALF_WINDOW
    blocks = 0
    if start & (directions.WINDOW - 1) == 0 and half < stop:
        blocks = (stop - half) >> BLOCK_BITS
        move_window(x, claimed, start, blocks, motion, point)
    done = blocks << BLOCK_BITS
    move_some(x, claimed, start + done, half if half < stop else stop, motion, point)
    move_some(x, claimed, half + done, stop, motion, point)
    return stop


def move_line(x: ConstVector, claimed: ConstVector, sizes: Sizes, probe: Probe, point: Vector) -> float:
    """Set the coordinates that a probe on a random line moves; return the change predicted for a long one, else 0."""
    total = 0.0
    rest = 0.0
    for number in range(probe.start // SEGMENT, (probe.stop + SEGMENT - 1) // SEGMENT):
        total, error = two_sum(total, move_segment(x, claimed, sizes, probe, number, point))
        rest += error
    return total + rest


def code_of_segments(x: ConstVector, claimed: ConstVector, sizes: ConstReals, probe: ConstProbes, point: Vector) -> int:
    """Return the code of the first pointer that is NULL; 0 where none is."""
    if is_null(x):
        return NULL_X
    if is_null(claimed):
        return NULL_CLAIMED
    if is_null(sizes):
        return NULL_SIZES
    if is_null(probe):
        return NULL_PROBES
    return NULL_POINT if is_null(point) else DONE


def writes_over(x: ConstVector, claimed: ConstVector, probe: Probe, first: int, count: int, point: Vector) -> bool:
    """Return whether the coordinates of segments that are set overlap those that are read."""
    start = probe.start if probe.start > first * SEGMENT else first * SEGMENT
    stop = probe.stop if probe.stop < (first + count) * SEGMENT else (first + count) * SEGMENT
    if start >= stop:
        return False
    room = (stop - start) * element_bytes(x)
    filled = offset(point, start)
    return overlap(filled, room, offset(x, start), room) or overlap(filled, room, offset(claimed, start), room)


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
        Filled with `count` values: the change that the claim predicts, segment by segment.

    Returns
    -------
    Code
        0, GRADPROOF_BAD_COUNT, GRADPROOF_OVERLAP, or the code of a NULL pointer.
    """
    code = code_of_segments(x, claimed, sizes, probe, point)
    if code != DONE:
        return code
    if is_null(changes):
        return NULL_CHANGES
    if not (0 <= first <= MOST_SEGMENTS and 0 <= count <= MOST_SEGMENTS):
        return BAD_COUNT
    if writes_over(x, claimed, probe[0], first, count, point):
        return OVERLAP
    for number in range(count):
        changes[number] = move_segment(x, claimed, Sizes(sizes, 1.0), probe[0], first + number, point)
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
        The change that the claim predicts for the step really taken; NaN where `changes` is NULL.
    """
    if is_null(changes):
        return math.nan
    total = 0.0
    rest = 0.0
    for number in range(count):
        total, error = two_sum(total, changes[number])
        rest += error
    return total + rest
