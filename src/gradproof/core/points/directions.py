"""Directions of random lines: signs, magnitudes and scales of the coordinates, from a hash of (seed, index).

Nothing is stored, and any thread or machine finds the same direction.  Coordinates come in *windows* of 1,024: a window
has one key of 64 bits, and one hash of 32 bits serves two of its coordinates, so that a processor can make several at
once.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from numpy import int32, int64, uint32, uint64

from ..records.abi import Code, ConstReals, ConstVector, Integer, Reals, always_inlined, exported, kernel, never_inlined
from ..records.border import LARGEST_COUNT
from ..records.codes import BAD_N, DONE, NULL_SIZES, NULL_X
from ..records.floats import widened
from ..records.memory import is_null, offset
from .lanes import LANES, WordLanes, all_lanes, all_words, lanes_at, sum_of, with_first

WINDOW = 1024
HALF_WINDOW = 512
WINDOW_BITS = 10
# What is predicted is summed by segments, whoever sums it.
SEGMENT = 65536

# Steele, Lea and Flood, "Fast splittable pseudorandom number generators" (2014): splitmix64.
GOLDEN = uint64(0x9E3779B97F4A7C15)
FIRST_FACTOR = uint64(0xBF58476D1CE4E5B9)
SECOND_FACTOR = uint64(0x94D049BB133111EB)
LOW_32_BITS = uint64(0xFFFFFFFF)
# Wellons, "Prospecting for hash functions" (2018): lowbias32, with the upper half of a key in its middle.
PLACE_FACTOR = uint32(0x9E3779B9)
FIRST_FACTOR_32 = uint32(0x7FEB352D)
SECOND_FACTOR_32 = uint32(0x846CA68B)
SHIFT = uint32(16)
MIDDLE_SHIFT = uint32(15)
LAST_PLACE = uint32(HALF_WINDOW - 1)
# Of the 16 bits of a coordinate the lowest is the sign, the others are the magnitude.
LOW_16_BITS = uint32(0xFFFF)
ONE = uint32(1)
POSITIVE = int32(1)
FRACTION = 2.0**-15
SMALLEST_PARTS = int32(16384)

# Which coordinates a long line moves, and how far: by their sizes, at least a floor, so that no error hides in a
# coordinate that happens to be near 0; by their own sizes, however small, where f varies on these; all but those that
# are 0, where f may have its kinks; only those.
ABOVE_FLOOR = 0
OWN_SIZE = 1
WITHOUT_ZEROS = 2
ONLY_ZEROS = 3
# A probe holds them in units of 2, beside whether its line is aligned, so that it needs no other word.
SCALES_UNIT = 2

# Sums of squares in this range have neither underflowed nor overflowed.
SMALLEST_SQUARE = 1e-290
LARGEST_SQUARE = 1e290


@always_inlined
def mixed(seed: int, index: int) -> uint64:
    """Return 64 bits that look random, for a seed and an index: splitmix64's output number `index`."""
    # By way of int64, because a seed of 64 bits may be stored as a negative number.  All in uint64: together with int64
    # the compiler would make it a floating-point number.
    bits: uint64 = uint64(int64(seed)) + uint64(int64(index) + 1) * GOLDEN
    bits = (bits ^ (bits >> uint64(30))) * FIRST_FACTOR
    bits = (bits ^ (bits >> uint64(27))) * SECOND_FACTOR
    mixed_bits: uint64 = bits ^ (bits >> uint64(31))
    return mixed_bits


@always_inlined
def halves_of(key: uint64) -> tuple[uint32, uint32]:
    """Return the lower and the upper 32 bits of the key of a window."""
    return uint32(key & LOW_32_BITS), uint32(key >> uint64(32))


@always_inlined
def hashed(seed: uint32, high: uint32) -> uint32:
    """Return 32 bits, 16 for a place in the first half of a window and 16 for the same place in the second half.

    `seed` is the lower half of the key, plus the place times PLACE_FACTOR; `high` is the upper half of the key.
    """
    bits = uint32(uint32(seed ^ uint32(seed >> SHIFT)) * FIRST_FACTOR_32)
    bits = uint32(uint32(bits ^ uint32(bits >> MIDDLE_SHIFT) ^ high) * SECOND_FACTOR_32)
    hashed_bits: uint32 = uint32(bits ^ uint32(bits >> SHIFT))
    return hashed_bits


@always_inlined
def hashed_words(seeds: WordLanes, high: WordLanes) -> WordLanes:
    """Return the same for eight places at once."""
    bits = (seeds ^ seeds >> all_words(SHIFT)) * all_words(FIRST_FACTOR_32)
    bits = (bits ^ bits >> all_words(MIDDLE_SHIFT) ^ high) * all_words(SECOND_FACTOR_32)
    return bits ^ bits >> all_words(SHIFT)


@always_inlined
def signed_parts_of(halves: WordLanes) -> WordLanes:
    """Return the signed parts that 16 bits each give eight coordinates."""
    parts = (halves >> all_words(ONE)) + all_words(uint32(SMALLEST_PARTS))
    turn = (halves & all_words(ONE)) - all_words(ONE)
    return (parts ^ turn) - turn


@always_inlined
def first_parts(bits: uint32) -> float:
    """Return the signed parts that a hash gives the coordinate in the first half of a window."""
    return signed_parts(uint32(bits & LOW_16_BITS))


@always_inlined
def second_parts(bits: uint32) -> float:
    """Return the signed parts that a hash gives the coordinate in the second half of a window."""
    return signed_parts(uint32(bits >> SHIFT))


@always_inlined
def signed_parts(half: uint32) -> float:
    """Return the magnitude that 16 bits give, with its sign, in units of 2**-15.

    Made of integers, because a processor works on more of them at once than on floating-point numbers; and without a
    choice, which takes it longer.
    """
    parts = int32(int32(half >> ONE) + SMALLEST_PARTS)
    # All bits of a negative one are to be turned, and 1 is added.
    turn = int32(int32(half & ONE) - POSITIVE)
    return float(int32(int32(parts ^ turn) - turn))


@always_inlined
def parts_in_window(key: uint64, index: int) -> float:
    """Return the signed parts of a coordinate, by the key of its window."""
    low, high = halves_of(key)
    place = uint32(index & (WINDOW - 1))
    bits = hashed(uint32(low + uint32(uint32(place & LAST_PLACE) * PLACE_FACTOR)), high)
    return second_parts(bits) if place > LAST_PLACE else first_parts(bits)


def direction(seed: int, index: int) -> float:
    """Return a random sign times a random magnitude, uniform in [0.5, 1.5); 1 for the seed 0.

    Magnitudes are never near zero, so that no single error can hide, and not all equal, because with signs alone a
    swapped pair cannot be seen.
    """
    if seed == 0:
        return 1.0
    return parts_in_window(mixed(seed, index >> WINDOW_BITS), index) * FRACTION


def coordinate_scale(value: float, typical: float) -> float:
    """Return the scale of a coordinate on a short random line: its size, or the typical one where it is 0."""
    return math.fabs(value) if value != 0.0 else typical


class Sizes(NamedTuple):
    """What is typical of the sizes of coordinates."""

    windows: ConstReals  # of each window: for long lines
    typical: float  # of all of x: for short ones


class Scales(NamedTuple):
    """The scales of the coordinates of a window on a long line: a tuple, for the sake of registers."""

    least: float  # smallest scale of a coordinate that is not 0
    share: float  # 0: coordinates that are not 0 stay where they are; else 1
    at_zero: float  # scale of a coordinate that is 0


def scales_of(kind: int, floor: float) -> Scales:
    """Return the scales of a kind, for the smallest scale that the window allows."""
    least = 0.0 if kind == OWN_SIZE else floor
    return Scales(least, 0.0 if kind == ONLY_ZEROS else 1.0, 0.0 if kind == WITHOUT_ZEROS else floor)


@always_inlined
def scale_of(value: float, scales: Scales) -> float:
    """Return the scale of a coordinate on a long line."""
    size = math.fabs(value)
    # Written this way, each is one instruction.
    scale = (size if size > scales.least else scales.least) * scales.share
    return scale if size > 0.0 else scales.at_zero


def typical_size(x: ConstVector, n: Integer) -> float:
    """Return the root mean square of x; 1 where all of x is 0."""
    size = root_mean_square(x, n)
    return size if size > 0.0 else 1.0


def root_mean_square(x: ConstVector, n: Integer) -> float:
    """Return the root mean square of x, without harm by overflow or underflow."""
    largest = 0.0
    for index in range(n):
        size = math.fabs(widened(x[index]))
        largest = size if size > largest else largest
    if largest == 0.0:
        return 0.0
    total = 0.0
    for index in range(n):
        # Where such a square underflows, it would add nothing to a sum that holds 1.
        part = widened(x[index]) / largest
        total += part * part
    size = largest * math.sqrt(total / n)
    # The mean of some of the smallest subnormals may be rounded to 0.
    return size if size > 0.0 else largest


def window_size(x: ConstVector, n: int) -> float:
    """Return the root mean square of a window, in one pass where no square overflows or underflows."""
    squares = sum_of_squares(x, n)
    if SMALLEST_SQUARE < squares < LARGEST_SQUARE:
        return math.sqrt(squares / n)
    return root_mean_square(x, n)


def size_in_window(x: ConstVector, n: int, window: int) -> float:
    """Return the root mean square of x in a window of its n coordinates."""
    first, last = window_ends(n, window)
    return window_size(offset(x, first), last - first)


@kernel
def sum_of_squares(x: ConstVector, n: int) -> float:
    """Return the sum of the squares, in lanes; what is left of these comes to the first one."""
    total = all_lanes(0.0)
    whole = n & -LANES
    for index in range(0, whole, LANES):
        value = lanes_at(x, index)
        total = total + value * value
    for index in range(whole, n):
        total = with_first(total, widened(x[index]) * widened(x[index]))
    return sum_of(total)


@kernel
@never_inlined
def first_not_finite_in(x: ConstVector, n: int) -> int:
    """Return the index of the first of n elements that is NaN or infinite, -1 where there is none."""
    rest = all_lanes(0.0)
    whole = n & -LANES
    for index in range(0, whole, LANES):
        # NaN, and it stays so, where an element is not finite.
        rest = rest + (lanes_at(x, index) - lanes_at(x, index))
    for index in range(whole if sum_of(rest) == 0.0 else 0, n):
        if not math.isfinite(widened(x[index])):
            return index
    return -1


def window_count(n: int) -> int:
    """Return the number of windows of n coordinates."""
    return (n + WINDOW - 1) // WINDOW


def window_ends(n: int, window: int) -> tuple[int, int]:
    """Return the first one of n coordinates in a window, and one past its last one."""
    first = window * WINDOW
    return first, first + WINDOW if first + WINDOW < n else n


@exported
def windows(x: ConstVector, n: Integer, sizes: Reals) -> Code:
    """Write the typical size of x in every window of 1,024 coordinates: their root mean square.

    A window of zeros gets the root mean square of the other sizes, or 1 where all of x is 0.  By windows, layers of
    different scale do not disturb each other.

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
        0, GRADPROOF_BAD_N, GRADPROOF_NULL_X, or GRADPROOF_NULL_SIZES.
    """
    if n < 1 or n > LARGEST_COUNT:
        return BAD_N
    if is_null(x):
        return NULL_X
    if is_null(sizes):
        return NULL_SIZES
    count = window_count(n)
    for window in range(count):
        sizes[window] = size_in_window(x, n, window)
    typical = typical_size(sizes, count)
    for window in range(count):
        if sizes[window] == 0.0:
            sizes[window] = typical
    return DONE
