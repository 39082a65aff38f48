"""Relative errors of two vectors, and the largest of them with its index, in one pass."""

from __future__ import annotations

import math

from ..points.lanes import (
    LANES,
    all_chosen,
    all_lanes,
    are_all,
    are_at_most,
    are_below,
    are_wide,
    chosen,
    lanes_at,
    larger_of,
    put_lanes,
    sizes_of,
)
from ..records.abi import Code, ConstVector, Integer, Integers, Reals, exported, kernel, never_inlined, wide
from ..records.border import LARGEST_COUNT
from ..records.codes import BAD_N, DONE, NULL_X
from ..records.floats import widened
from ..records.memory import bits, element_bytes, from_bits, is_null

# Elements of a block: whether one has a larger error than all before it is found for several elements at once, without
# division; only where one has, the errors themselves are computed.
BLOCK = 512
LARGEST_FLOAT64 = 1.7976931348623157e308
SMALLEST_FLOAT64 = 5e-324
LARGEST_ERROR = 2.0
# Differences of float32 do not overflow in float64.
FLOAT32_BYTES = 4


@kernel
@never_inlined
def error_of(a: float, b: float) -> float:
    """Return |a - b| / max(|a|, |b|); 0 where both are 0, NaN where one of them is infinite or NaN."""
    size_a = math.fabs(a)
    size_b = math.fabs(b)
    size = size_a if size_a > size_b else size_b
    error = math.fabs(a - b)
    if size == 0.0:
        return 0.0 if a == b else math.nan
    # The difference of two numbers near the end of the range may overflow; its half does not.
    ratio = error / size if error <= LARGEST_FLOAT64 else 2.0 * (math.fabs(0.5 * a - 0.5 * b) / size)
    # Always the same NaN: the bits of others depend on how they came about.
    return ratio if ratio <= LARGEST_ERROR and size <= LARGEST_FLOAT64 else math.nan


@kernel
@wide
def write_errors(a: ConstVector, b: ConstVector, start: int, stop: int, out: Reals) -> None:
    """Write the errors of whole lanes: the same numbers, with one division and no branches."""
    for index in range(start, stop, LANES):
        first = lanes_at(a, index)
        second = lanes_at(b, index)
        size = larger_of(sizes_of(first), sizes_of(second))
        size = chosen(are_below(all_lanes(0.0), size), size, all_lanes(1.0))
        error = sizes_of(first - second)
        if element_bytes(a) == FLOAT32_BYTES:
            ratio = error / size
        else:
            half = all_lanes(0.5)
            fits = are_at_most(error, all_lanes(LARGEST_FLOAT64))
            ratio = chosen(fits, error, sizes_of(half * first - half * second)) / size
            ratio = chosen(fits, ratio, ratio + ratio)
        # Where one of the numbers is infinite, infinity was divided by infinity.
        known = are_at_most(ratio, all_lanes(LARGEST_ERROR))
        put_lanes(out, index, chosen(known, ratio, all_lanes(math.nan)))


@kernel
@wide
def may_hold_a_larger_one(a: ConstVector, b: ConstVector, start: int, best: float) -> bool:
    """Return whether an error in a whole block may be larger than the largest so far: found without division.

    Exact: rounding is monotonic, so that a difference whose rounded quotient is above `best` is not below the rounded
    product.
    """
    smaller = all_chosen()
    for index in range(start, start + BLOCK, LANES):
        first = lanes_at(a, index)
        second = lanes_at(b, index)
        size = larger_of(sizes_of(first), sizes_of(second))
        error = sizes_of(first - second)
        # Two numbers that are equal have no error, be they 0.
        smaller = smaller & are_below(error, larger_of(all_lanes(best) * size, all_lanes(SMALLEST_FLOAT64)))
    return not are_all(smaller)


@kernel
@never_inlined
def write_some_errors(a: ConstVector, b: ConstVector, start: int, stop: int, out: Reals) -> None:
    """Write errors one by one."""
    for index in range(start, stop):
        out[index] = error_of(widened(a[index]), widened(b[index]))


@kernel
@never_inlined
def place_of_largest(a: ConstVector, b: ConstVector, start: int, stop: int) -> int:
    """Return the first index in a block that has its largest error.

    By their bits: as integers, numbers that are not negative keep their order, and NaN comes after infinity.
    """
    largest = -1
    place = start
    for index in range(start, stop):
        word = bits(math.fabs(error_of(widened(a[index]), widened(b[index]))))
        place = index if word > largest else place
        largest = word if word > largest else largest
    return place


@exported
def relative_error(a: ConstVector, b: ConstVector, n: Integer, out: Reals, maximum: Reals, index: Integers) -> Code:
    """Compare two vectors: |a - b| / max(|a|, |b|) for each element, 0 where both are 0, NaN kept.

    Parameters
    ----------
    a, b : ConstVector
        Vectors of n values.
    n : Integer
        Number of elements.
    out : Reals
        Filled with n relative errors; may be NULL.
    maximum : Reals
        Filled with the largest of them: infinity where one is NaN, 0 where n is 0; may be NULL.
    index : Integers
        Filled with the first index that has the largest error, -1 where n is 0; may be NULL.

    Returns
    -------
    Code
        0, GRADPROOF_BAD_N, or GRADPROOF_NULL_X.
    """
    if n < 0 or n > LARGEST_COUNT:
        return BAD_N
    if n > 0 and (is_null(a) or is_null(b)):
        return NULL_X
    if not is_null(out):
        whole = n & -LANES if are_wide() else 0
        write_errors(a, b, 0, whole, out)
        write_some_errors(a, b, whole, n, out)
    if not (is_null(maximum) and is_null(index)):
        find_largest(a, b, n, maximum, index)
    return DONE


def find_largest(a: ConstVector, b: ConstVector, n: int, maximum: Reals, index: Integers) -> None:
    """Tell the largest error and where it is."""
    largest = -1
    place = -1
    for start in range(0, n, BLOCK):
        stop = start + BLOCK
        stop = stop if stop < n else n
        quick = start > 0 and stop - start == BLOCK and are_wide()
        if not quick or may_hold_a_larger_one(a, b, start, from_bits(largest)):
            found = place_of_largest(a, b, start, stop)
            word = bits(math.fabs(error_of(widened(a[found]), widened(b[found]))))
            if word > largest:
                largest = word
                place = found
    if not is_null(maximum):
        best = from_bits(largest) if n > 0 else 0.0
        maximum[0] = best if best <= math.inf else math.inf
    if not is_null(index):
        index[0] = place
