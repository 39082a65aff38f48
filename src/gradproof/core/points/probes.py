"""Points on lines through x: x + step * v, where v is 0 outside of the coordinates of the line."""

from __future__ import annotations

from ..records.abi import Code, ConstReals, ConstVector, Integer, Reals, Vector, exported, kernel, never_inlined
from ..records.border import LARGEST_COUNT, ConstProbes, Probe
from ..records.codes import (
    BAD_COUNT,
    BAD_N,
    BAD_PROBE,
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
from ..records.memory import element_bytes, is_null, offset, rounded_to_float32
from ..records.overlapping import overlap
from .directions import Sizes, coordinate_scale, direction, typical_size
from .long_lines import is_long, move_line


@kernel
def displaced(value: float, displacement: float, float32: bool) -> float:
    """Return a moved coordinate as the objective sees it: how far it is from `value` is the step really taken."""
    reached = value + displacement
    return rounded_to_float32(reached) if float32 else reached


@kernel
def displacement_of(value: float, typical: float, seed: int, step: float, index: int) -> float:
    """Return how far a probe moves one of its coordinates: by its step, on a random line times v."""
    if seed == 0:
        return step
    return step * direction(seed, index) * coordinate_scale(value, typical)


def write_probe(probe: Probe, start: int, stop: int, seed: int, step: float) -> None:
    """Write a probe at x, along a coordinate, or on a short random line; for other lines the caller adds to it."""
    probe.start = start
    probe.stop = stop
    probe.seed = seed
    probe.floor = 0.0
    probe.ratio = 0.0
    probe.step = step
    probe.aligned = 0


def typical_for(x: ConstVector, n: int, probes: ConstProbes, count: int) -> float:
    """Return the typical size of x where a probe is on a short random line, which takes it; else 1, at no cost."""
    for number in range(count):
        if probes[number].seed != 0 and not is_long(probes[number]):
            return typical_size(x, n)
    return 1.0


@kernel
def fits(probe: Probe, n: int) -> bool:
    """Return whether a probe moves coordinates that x has, and two different ones where it moves a pair."""
    return 0 <= probe.start <= probe.stop <= n and (probe.ratio == 0.0 or probe.start + 2 <= probe.stop)


def move(probe: Probe, x: ConstVector, point: Vector) -> None:
    """Set the coordinates that the probe moves by its step; the others of the point stay as they are."""
    step = probe.step
    if probe.ratio != 0.0:
        first = probe.start
        last = probe.stop - 1
        point[first] = widened(x[first]) + step
        point[last] = widened(x[last]) + probe.ratio * step
        return
    for index in range(probe.start, probe.stop):
        point[index] = widened(x[index]) + step


@kernel
@never_inlined
def put_back(probe: Probe, x: ConstVector, point: Vector) -> None:
    """Undo `move`."""
    if probe.ratio != 0.0:
        first = probe.start
        last = probe.stop - 1
        point[first] = x[first]
        point[last] = x[last]
        return
    for index in range(probe.start, probe.stop):
        point[index] = x[index]


@kernel
def sets_all(probe: Probe, start: int, stop: int) -> bool:
    """Return whether a probe sets every coordinate of [start, stop)."""
    return probe.ratio == 0.0 and probe.start <= start and stop <= probe.stop


@kernel
def leave(probe: Probe, following: Probe, x: ConstVector, point: Vector) -> None:
    """Undo a probe, unless the one that follows sets all of its coordinates anyway.

    A round over n coordinates so copies n numbers, instead of x n times.
    """
    if not sets_all(following, probe.start, probe.stop):
        put_back(probe, x, point)


def code_of_probes(
    probes: ConstProbes, count: int, n: int, claimed: ConstVector, sizes: ConstReals, changes: Reals
) -> int:
    """Return the code of what probes move that x does not have, or of what long lines take that is missing."""
    if is_null(probes):
        return NULL_PROBES
    for number in range(count):
        probe = probes[number]
        if not fits(probe, n):
            return BAD_PROBE
        if is_long(probe):
            if is_null(claimed):
                return NULL_CLAIMED
            if is_null(sizes):
                return NULL_SIZES
            if is_null(changes):
                return NULL_CHANGES
    return DONE


def code_of_points(x: ConstVector, claimed: ConstVector, n: int, points: Vector, count: int) -> int:
    """Return the code of what is wrong with the vectors, of which `points` has room for so many; 0 where nothing is."""
    if n < 0 or n > LARGEST_COUNT:
        return BAD_N
    if count < 0:
        return BAD_COUNT
    if is_null(x):
        return NULL_X
    if is_null(points):
        return NULL_POINT
    room = n * element_bytes(x)
    over_claim = not is_null(claimed) and overlap(points, count * room, claimed, room)
    return OVERLAP if over_claim or overlap(points, count * room, x, room) else DONE


def move_and_predict(x: ConstVector, claimed: ConstVector, sizes: Sizes, probe: Probe, point: Vector) -> float:
    """Set the coordinates that a probe moves; on a long line return the change that the claim predicts, else 0."""
    if is_long(probe) or (probe.seed != 0 and probe.ratio == 0.0):
        return move_line(x, claimed, sizes, probe, point)
    move(probe, x, point)
    return 0.0


@kernel
@never_inlined
def copy(x: ConstVector, n: int, point: Vector) -> None:
    """Begin a point where the lines go through."""
    for index in range(n):
        point[index] = x[index]


@exported
def points(
    x: ConstVector,
    claimed: ConstVector,
    sizes: ConstReals,
    n: Integer,
    probes: ConstProbes,
    count: Integer,
    points: Vector,
    changes: Reals,
) -> Code:
    """Write the points of probes, one after the other, for a caller that evaluates them itself.

    Parameters
    ----------
    x : ConstVector
        The point that the lines go through, n values.
    claimed : ConstVector
        The gradient under test; may be NULL where no probe stands on a long line (its `floor` is not 0).
    sizes : ConstReals
        What gradproof_windows wrote for x; may be NULL there, too.
    n : Integer
        Number of coordinates.
    probes : ConstProbes
        The probes, as gradproof_ask wrote them.
    count : Integer
        Number of probes.
    points : Vector
        Filled with count * n values; the point of probe k begins at k * n.
    changes : Reals
        For probes on long lines filled with the change that the claim predicts; may be NULL where there are none.

    Returns
    -------
    Code
        0; or the code of a NULL pointer, of a number out of its range, of a probe that moves coordinates which x does
        not have, or of overlapping memory.
    """
    if count == 0 and n >= 0:
        return DONE
    code = code_of_points(x, claimed, n, points, count)
    if code == DONE:
        code = code_of_probes(probes, count, n, claimed, sizes, changes)
    if code != DONE:
        return code
    all_sizes = Sizes(sizes, typical_for(x, n, probes, count))
    for number in range(count):
        row = offset(points, number * n)
        copy(x, n, row)
        change = move_and_predict(x, claimed, all_sizes, probes[number], row)
        if is_long(probes[number]):
            changes[number] = change
    return DONE
