"""Points on lines through x: x + step * v, where v is 0 outside of the coordinates of the line."""

from __future__ import annotations

from .abi import Code, ConstProbes, ConstReals, ConstVector, Integer, Reals, Vector, exported, kernel
from .codes import BAD_ARGUMENT, DONE
from .directions import coordinate_scale, direction, typical_size
from .floats import widened
from .memory import as_reals, is_null, offset, rounded_to_float32
from .spans import move_line
from .structs import PROBE_FLOOR, PROBE_RATIO, PROBE_SEED, PROBE_START, PROBE_STEP, PROBE_STOP, PROBE_WORDS


@kernel
def displaced(value: float, displacement: float, float32: bool) -> float:
    """Return the coordinate after the step as the objective sees it; less the value it is the step really taken."""
    reached = value + displacement
    return rounded_to_float32(reached) if float32 else reached


@kernel
def displacement_of(value: float, typical: float, seed: int, step: float, index: int) -> float:
    """Return how far a probe moves one of its coordinates: its step; along a random line, times v."""
    if seed == 0:
        return step
    return step * direction(seed, index) * coordinate_scale(value, typical, 0.0)


@kernel
def is_long(numbers: ConstReals, place: int) -> bool:
    """Return whether a probe stands on a long line, which takes the claim and the sizes of windows."""
    return numbers[place + PROBE_FLOOR] != 0.0


@kernel
def is_random(probes: ConstProbes, count: int) -> bool:
    """Return whether one of the probes stands on a short random line, which takes the typical size of all of x."""
    numbers = as_reals(probes)
    random = False
    for number in range(count):
        place = number * PROBE_WORDS
        random = random or (probes[place + PROBE_SEED] != 0 and not is_long(numbers, place))
    return random


@kernel
def fits(probes: ConstProbes, numbers: ConstReals, place: int, n: int) -> bool:
    """Return whether the coordinates of a probe are coordinates of x: two different ones where it moves a pair."""
    start = probes[place + PROBE_START]
    stop = probes[place + PROBE_STOP]
    return 0 <= start <= stop <= n and (numbers[place + PROBE_RATIO] == 0.0 or start + 2 <= stop)


@kernel
def move(probes: ConstProbes, numbers: ConstReals, place: int, x: ConstVector, typical: float, point: Vector) -> None:
    """Set the coordinates that the probe moves; the others of the point stay as they are."""
    seed = probes[place + PROBE_SEED]
    step = numbers[place + PROBE_STEP]
    ratio = numbers[place + PROBE_RATIO]
    if ratio != 0.0:
        first = probes[place + PROBE_START]
        last = probes[place + PROBE_STOP] - 1
        point[first] = widened(x[first]) + step
        point[last] = widened(x[last]) + ratio * step
        return
    for index in range(probes[place + PROBE_START], probes[place + PROBE_STOP]):
        value = widened(x[index])
        point[index] = value + displacement_of(value, typical, seed, step, index)


@kernel
def put_back(probes: ConstProbes, numbers: ConstReals, place: int, x: ConstVector, point: Vector) -> None:
    """Take back what `move` did."""
    if numbers[place + PROBE_RATIO] != 0.0:
        first = probes[place + PROBE_START]
        last = probes[place + PROBE_STOP] - 1
        point[first] = x[first]
        point[last] = x[last]
        return
    for index in range(probes[place + PROBE_START], probes[place + PROBE_STOP]):
        point[index] = x[index]


@kernel
def fits_all(probes: ConstProbes, count: int, n: int, claimed: ConstVector, sizes: ConstReals, changes: Reals) -> bool:
    """Return whether every probe moves coordinates that x has, and what long lines take is there."""
    numbers = as_reals(probes)
    complete = not (is_null(claimed) or is_null(sizes) or is_null(changes))
    for number in range(count):
        place = number * PROBE_WORDS
        if not fits(probes, numbers, place, n) or (is_long(numbers, place) and not complete):
            return False
    return True


@kernel
def move_and_foretell(
    x: ConstVector,
    claimed: ConstVector,
    sizes: ConstReals,
    probes: ConstProbes,
    number: int,
    typical: float,
    point: Vector,
    changes: Reals,
) -> None:
    """Set the coordinates that a probe moves; on a long line note the change that the claim foretells."""
    place = number * PROBE_WORDS
    numbers = as_reals(probes)
    if is_long(numbers, place):
        changes[number] = move_line(x, claimed, sizes, offset(probes, place), point)
    else:
        move(probes, numbers, place, x, typical, point)


@exported
@kernel
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
    """Write the points of probes, one after the other: for a caller that evaluates them itself.

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
        For probes on long lines filled with the change that the claim foretells; may be NULL where there are none.

    Returns
    -------
    Code
        0, or GRADPROOF_BAD_ARGUMENT: a NULL pointer, or a probe that moves coordinates which x does not have.
    """
    if n < 0 or count < 0:
        return BAD_ARGUMENT
    if count == 0 or n == 0:
        return DONE
    if is_null(x) or is_null(probes) or is_null(points):
        return BAD_ARGUMENT
    if not fits_all(probes, count, n, claimed, sizes, changes):
        return BAD_ARGUMENT
    typical = typical_size(x, n) if is_random(probes, count) else 1.0
    for number in range(count):
        row = offset(points, number * n)
        for index in range(n):
            row[index] = x[index]
        move_and_foretell(x, claimed, sizes, probes, number, typical, row, changes)
    return DONE
