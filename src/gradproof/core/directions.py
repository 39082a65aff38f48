"""Directions of random lines: signs, magnitudes and scales of the coordinates, from a hash of (seed, index).

Nothing is stored, and any thread or machine finds the same direction.  Coordinates come in *windows* of 1,024: a window
has one key of 64 bits, and one hash of 32 bits makes two of its coordinates, so that a processor can make several at
once.
"""

from __future__ import annotations

import math

from numpy import int64, uint32, uint64

from .abi import Code, ConstVector, Integer, Reals, exported
from .codes import BAD_ARGUMENT, DONE
from .floats import widened
from .memory import is_null, offset

WINDOW = 1024
HALF_WINDOW = 512
WINDOW_BITS = 10

# Steele, Lea and Flood, "Fast splittable pseudorandom number generators" (2014): splitmix64.
GOLDEN = uint64(0x9E3779B97F4A7C15)
FIRST_FACTOR = uint64(0xBF58476D1CE4E5B9)
SECOND_FACTOR = uint64(0x94D049BB133111EB)
WORD_BITS = uint64(32)
WORD = uint64(0xFFFFFFFF)
# Wellons, "Prospecting for hash functions" (2018): lowbias32, with the second half of a key in its middle.
PLACE_FACTOR = uint32(0x9E3779B9)
FIRST_FACTOR_32 = uint32(0x7FEB352D)
SECOND_FACTOR_32 = uint32(0x846CA68B)
SHIFT = uint32(16)
MIDDLE_SHIFT = uint32(15)
# Of 16 bits the lowest one is the sign, the others make the magnitude.
HALF = uint32(0xFFFF)
ONE = uint32(1)
FRACTION = 2.0**-15
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


def low_half(key: uint64) -> uint32:
    """Return the lower 32 bits of the key of a window."""
    half: uint32 = uint32(key & WORD)
    return half


def high_half(key: uint64) -> uint32:
    """Return the upper 32 bits of the key of a window."""
    half: uint32 = uint32(key >> WORD_BITS)
    return half


def hashed(low: uint32, high: uint32, place: uint32) -> uint32:
    """Return 32 bits for the places `place` and HALF_WINDOW + `place` of a window: 16 bits for each."""
    bits = uint32(low + uint32(place * PLACE_FACTOR))
    bits = uint32(uint32(bits ^ uint32(bits >> SHIFT)) * FIRST_FACTOR_32)
    bits = uint32(uint32(bits ^ uint32(bits >> MIDDLE_SHIFT) ^ high) * SECOND_FACTOR_32)
    hashed_bits: uint32 = uint32(bits ^ uint32(bits >> SHIFT))
    return hashed_bits


def magnitude_of(half: uint32) -> float:
    """Return the magnitude in [0.5, 1.5) that 16 bits give."""
    return SMALLEST_MAGNITUDE + float(half >> ONE) * FRACTION


def signed_magnitude(half: uint32) -> float:
    """Return the magnitude with the sign that 16 bits give."""
    magnitude = magnitude_of(half)
    return magnitude if uint32(half & ONE) == ONE else -magnitude


def bits_of(seed: int, index: int) -> uint32:
    """Return the 16 bits of a coordinate."""
    key = mixed(seed, index >> WINDOW_BITS)
    place = index & (WINDOW - 1)
    bits = hashed(low_half(key), high_half(key), uint32(place & (HALF_WINDOW - 1)))
    half: uint32 = uint32(bits >> SHIFT) if place >= HALF_WINDOW else uint32(bits & HALF)
    return half


def direction(seed: int, index: int) -> float:
    """Return a random sign times a random magnitude, uniform in [0.5, 1.5); 1 for the seed 0.

    Magnitudes are never near zero, so that no single error can hide; and not all equal, because pure signs are blind
    to a swapped pair.
    """
    if seed == 0:
        return 1.0
    return signed_magnitude(bits_of(seed, index))


def coordinate_scale(value: float, typical: float, floor: float) -> float:
    """Return the scale of a coordinate on a random line: its size, at least `floor` of what is typical around it.

    Where `floor` is 0, a coordinate that is 0 has the typical size.
    """
    if floor == 0.0:
        return math.fabs(value) if value != 0.0 else typical
    scale = math.fabs(value)
    return scale if scale >= floor * typical else floor * typical


def typical_size(x: ConstVector, n: Integer) -> float:
    """Return the root mean square of x, 1 where all of x is 0; neither overflow nor underflow spoils it."""
    size = root_mean_square(x, n)
    return size if size > 0.0 else 1.0


def root_mean_square(x: ConstVector, n: Integer) -> float:
    """Return the root mean square of x; neither overflow nor underflow spoils it."""
    largest = 0.0
    for index in range(n):
        size = math.fabs(widened(x[index]))
        largest = size if size > largest else largest
    if largest == 0.0:
        return 0.0
    total = 0.0
    for index in range(n):
        # Below half of the range of exponents a square adds nothing to a mean that holds 1.
        part = widened(x[index]) / largest
        total += part * part
    size = largest * math.sqrt(total / n)
    # Rounding may take the mean of a few of the smallest subnormals to 0.
    return size if size > 0.0 else largest


def window_count(n: int) -> int:
    """Return the number of windows of n coordinates."""
    return (n + WINDOW - 1) // WINDOW


@exported
def windows(x: ConstVector, n: Integer, sizes: Reals) -> Code:
    """Write the typical size of x in every window of 1,024 coordinates: their root mean square.

    A window of zeros has the root mean square of the others, and 1 where all of x is 0.  Layers of different scale do
    not disturb each other so.

    Parameters
    ----------
    x : ConstVector
        The point, n values.
    n : Integer
        Number of coordinates, at least 1.
    sizes : Reals
        Filled with (n + 1023) / 1024 values.

    Returns
    -------
    Code
        0, or GRADPROOF_BAD_ARGUMENT.
    """
    if is_null(x) or is_null(sizes) or n < 1:
        return BAD_ARGUMENT
    count = window_count(n)
    for window in range(count):
        start = window * WINDOW
        sizes[window] = root_mean_square(offset(x, start), n - start if n - start < WINDOW else WINDOW)
    typical = typical_size(sizes, count)
    for window in range(count):
        if sizes[window] == 0.0:
            sizes[window] = typical
    return DONE
