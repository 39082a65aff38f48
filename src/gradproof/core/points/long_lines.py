"""Long random lines: the point of a probe and the change that the claim predicts, in one pass over the coordinates.

Sums are made in a fixed order, whoever makes them: lanes within a window, windows within a *segment* of 65,536
coordinates, and segments.
"""

from __future__ import annotations

import math

from ..records.abi import (
    Code,
    ConstReals,
    ConstVector,
    Integer,
    Real,
    Reals,
    Vector,
    exported,
    kernel,
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
from ..records.memory import element_bytes, is_null, offset
from ..records.overlapping import overlap
from ..records.sums import two_sum
from . import directions
from .directions import (
    SEGMENT,
    Sizes,
    mixed,
    scales_of,
)
from .windows import Motion, move_in_window

# More of them than any memory holds.
MOST_SEGMENTS = 1 << 32


@kernel
def is_long(probe: Probe) -> bool:
    """Return whether a probe is on a long line: to move it takes the claimed gradient and the sizes of windows."""
    return probe.floor != 0.0


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
        apart = scales.at_zero != scales.least
        motion = Motion(mixed(probe.seed, window), scales, probe.step * directions.FRACTION, apart, aligned)
        stop = (start | (directions.WINDOW - 1)) + 1
        stop = stop if stop < last else last
        # A short line has no claim: what x would predict instead is of no use to anybody.
        predicted = move_in_window(x, claimed if long else x, start, stop, motion, point)
        change += predicted if long else 0.0
        start = stop
    return change


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
