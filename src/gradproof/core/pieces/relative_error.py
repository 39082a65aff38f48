"""Relative errors of two vectors, and the largest of them with its index, in one pass."""

from __future__ import annotations

import math

from ..records.abi import (
    Code,
    ConstVector,
    Integer,
    Integers,
    Reals,
    always_inlined,
    exported,
    kernel,
    multiversioned,
    never_inlined,
)
from ..records.border import LARGEST_COUNT
from ..records.codes import BAD_N, DONE, NULL_X
from ..records.floats import widened
from ..records.memory import bits, from_bits, is_null

# Elements of a block: whether one has a larger error than all before it is found for several elements at once, without
# division; only where one has, the errors themselves are computed. What is left behind the last whole block is computed
# at once: a loop over a number of elements that is known is half as long.
BLOCK = 512
LARGEST_FLOAT64 = 1.7976931348623157e308
LARGEST_ERROR = 2.0


@always_inlined
def computed_error(a: float, b: float) -> float:
    """Return |a - b| / max(|a|, |b|); 0 where both are 0, NaN where one of them is infinite or NaN.

    One division and no branches, so that several elements are computed at once.
    """
    size_a = math.fabs(a)
    size_b = math.fabs(b)
    size = size_a if size_a > size_b else size_b
    error = math.fabs(a - b)
    # The difference of two numbers near the end of the range may overflow; its half does not.
    overflows = not error <= LARGEST_FLOAT64
    quotient = (math.fabs(0.5 * a - 0.5 * b) if overflows else error) / (size if size > 0.0 else 1.0)
    ratio = 2.0 * quotient if overflows else quotient
    # Always the same NaN: the bits of others depend on how they came about.
    return ratio if (ratio <= LARGEST_ERROR) & (size <= LARGEST_FLOAT64) else math.nan


@kernel
@never_inlined
def error_of(a: float, b: float) -> float:
    """Return the same, for loops that seldom run: they are shorter with a call."""
    return computed_error(a, b)


@kernel
@never_inlined
@multiversioned
def write_block(a: ConstVector, b: ConstVector, start: int, stop: int, out: Reals) -> None:
    """Write the errors of a block."""
    for index in range(start, stop):
        out[index] = computed_error(widened(a[index]), widened(b[index]))


@kernel
@never_inlined
@multiversioned
def may_hold_a_larger_one(a: ConstVector, b: ConstVector, start: int, best: float) -> int:
    """Return 0 where no error in a whole block is larger than the largest so far, which is found without division.

    Exact: rounding is monotonic, so that a difference whose rounded quotient is above `best` is not below the rounded
    product.
    """
    found = 0
    for index in range(start, start + BLOCK):
        first = widened(a[index])
        second = widened(b[index])
        size_a = math.fabs(first)
        size_b = math.fabs(second)
        size = size_a if size_a > size_b else size_b
        error = math.fabs(first - second)
        found |= 0 if (error < best * size) | (error == 0.0) else 1
    return found


@kernel
def size_of_error(a: float, b: float) -> int:
    """Return the bits of an error, with NaN above all others.

    As integers, numbers that are not negative keep their order, and NaN comes after infinity: a maximum takes a single
    comparison.
    """
    return bits(math.fabs(error_of(a, b)))


@kernel
@never_inlined
def place_of_largest(a: ConstVector, b: ConstVector, start: int, stop: int) -> int:
    """Return the first index in a block that has its largest error."""
    largest = -1
    place = start
    for index in range(start, stop):
        size = size_of_error(widened(a[index]), widened(b[index]))
        place = index if size > largest else place
        largest = size if size > largest else largest
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
    largest = -1
    place = -1
    best = 0.0
    asked = not (is_null(maximum) and is_null(index))
    for start in range(0, n, BLOCK):
        stop = start + BLOCK
        stop = stop if stop < n else n
        whole = stop - start == BLOCK
        if not is_null(out):
            write_block(a, b, start, stop, out)
        if asked and (place < 0 or not whole or may_hold_a_larger_one(a, b, start, best) != 0):
            found = place_of_largest(a, b, start, stop)
            size = size_of_error(widened(a[found]), widened(b[found]))
            if size > largest:
                largest = size
                place = found
                best = from_bits(size)
    if not is_null(maximum):
        maximum[0] = largest_error(best)
    if not is_null(index):
        index[0] = place
    return DONE


def largest_error(best: float) -> float:
    """Return the largest error as it is told: infinity for NaN."""
    return best if best <= math.inf else math.inf
