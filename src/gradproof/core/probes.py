"""Points on lines through x.

On the coordinates of a line v is a random sign times a random magnitude times the scale of the coordinate.  Signs and
magnitudes come from a hash of (seed, index): nothing is stored, and any thread or machine finds the same point.
"""

from __future__ import annotations

import math

from numpy import int64, uint64

from .abi import Code, ConstProbes, ConstReals, ConstVector, Integer, Vector, exported
from .codes import BAD_ARGUMENT, DONE
from .floats import widened
from .memory import as_reals, is_null, offset, rounded_to_float32
from .structs import PROBE_FLOOR, PROBE_RATIO, PROBE_SEED, PROBE_START, PROBE_STEP, PROBE_STOP, PROBE_WORDS

# Steele, Lea and Flood, "Fast splittable pseudorandom number generators" (2014): splitmix64.
GOLDEN = uint64(0x9E3779B97F4A7C15)
FIRST_FACTOR = uint64(0xBF58476D1CE4E5B9)
SECOND_FACTOR = uint64(0x94D049BB133111EB)
ONE = uint64(1)
# The upper 52 of 64 bits make the magnitude, the lowest one the sign: they share no bit.
BITS_LEFT_OUT = uint64(12)
FRACTION = 2.0**-52
SMALLEST_MAGNITUDE = 0.5


def mixed(seed: int, index: int) -> uint64:
    """Return 64 bits that look random, for a seed and an index: splitmix64's output number `index`."""
    # By way of int64, because a seed of 64 bits may stand in a word as a negative number.  All in uint64: beside int64
    # the compiler would make floating-point numbers of it.
    bits: uint64 = uint64(int64(seed)) + uint64(int64(index) + 1) * GOLDEN
    bits = (bits ^ (bits >> uint64(30))) * FIRST_FACTOR
    bits = (bits ^ (bits >> uint64(27))) * SECOND_FACTOR
    mixed_bits: uint64 = bits ^ (bits >> uint64(31))
    return mixed_bits


def direction(seed: int, index: int) -> float:
    """Return a random sign times a random magnitude, uniform in [0.5, 1.5); 1 for the seed 0.

    Magnitudes are never near zero, so that no single error can hide; and not all equal, because pure signs are blind
    to a swapped pair.
    """
    if seed == 0:
        return 1.0
    bits = mixed(seed, index)
    magnitude = SMALLEST_MAGNITUDE + float(bits >> BITS_LEFT_OUT) * FRACTION
    return magnitude if (bits & ONE) == ONE else -magnitude


def coordinate_scale(value: float, typical: float, floor: float) -> float:
    """Return the scale of a coordinate on a random line: its size, the typical one where it is 0; at least `floor`."""
    scale = math.fabs(value) if value != 0.0 else typical
    return scale if scale >= floor else floor


def typical_size(x: ConstVector, n: Integer) -> float:
    """Return the root mean square of x, 1 where all of x is 0; neither overflow nor underflow spoils it."""
    largest = 0.0
    for index in range(n):
        size = math.fabs(widened(x[index]))
        largest = size if size > largest else largest
    if largest == 0.0:
        return 1.0
    total = 0.0
    for index in range(n):
        # Below half of the range of exponents a square adds nothing to a mean that holds 1.
        part = widened(x[index]) / largest
        total += part * part
    size = largest * math.sqrt(total / n)
    # Rounding may take the mean of a few of the smallest subnormals to 0.
    return size if size > 0.0 else largest


def displaced(value: float, displacement: float, float32: bool) -> float:
    """Return the coordinate after the step as the objective sees it; less the value it is the step really taken."""
    reached = value + displacement
    return rounded_to_float32(reached) if float32 else reached


def displacement_of(value: float, typical: float, seed: int, floor: float, step: float, index: int) -> float:
    """Return how far a probe moves one of its coordinates: its step; along a random line, times v."""
    if seed == 0:
        return step
    return step * direction(seed, index) * coordinate_scale(value, typical, floor)


def is_random(probes: ConstProbes, count: int) -> bool:
    """Return whether one of the probes stands on a random line, which takes the typical size of x."""
    random = False
    for number in range(count):
        random = random or probes[number * PROBE_WORDS + PROBE_SEED] != 0
    return random


def fits(probes: ConstProbes, numbers: ConstReals, place: int, n: int) -> bool:
    """Return whether the coordinates of a probe are coordinates of x: two different ones where it moves a pair."""
    start = probes[place + PROBE_START]
    stop = probes[place + PROBE_STOP]
    return 0 <= start <= stop <= n and (numbers[place + PROBE_RATIO] == 0.0 or start + 2 <= stop)


def move(probes: ConstProbes, numbers: ConstReals, place: int, x: ConstVector, typical: float, point: Vector) -> None:
    """Set the coordinates that the probe moves; the others of the point stay as they are."""
    seed = probes[place + PROBE_SEED]
    floor = numbers[place + PROBE_FLOOR]
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
        point[index] = value + displacement_of(value, typical, seed, floor, step, index)


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


@exported
def points(x: ConstVector, n: Integer, probes: ConstProbes, count: Integer, points: Vector) -> Code:
    """Write the points of probes, one after the other: for a caller that evaluates them itself.

    Parameters
    ----------
    x : ConstVector
        The point that the lines go through, n values.
    n : Integer
        Number of coordinates.
    probes : ConstProbes
        The probes, as gradproof_ask wrote them.
    count : Integer
        Number of probes.
    points : Vector
        Filled with count * n values; the point of probe k begins at k * n.

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
    numbers = as_reals(probes)
    typical = typical_size(x, n) if is_random(probes, count) else 1.0
    for number in range(count):
        place = number * PROBE_WORDS
        if not fits(probes, numbers, place, n):
            return BAD_ARGUMENT
        row = offset(points, number * n)
        for index in range(n):
            row[index] = x[index]
        move(probes, numbers, place, x, typical, row)
    return DONE
