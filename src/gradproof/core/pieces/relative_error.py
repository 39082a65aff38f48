"""Relative error of two vectors: of each pair of elements, and the largest of all with its index, in one pass."""

from __future__ import annotations

import math

from ..records.abi import Code, ConstVector, Integer, Integers, Reals, exported, kernel
from ..records.codes import BAD_ARGUMENT, DONE
from ..records.floats import widened
from ..records.memory import bits, is_null

# Whether a block holds a larger error than those before is seen for several elements at once, and without dividing; the
# error and its place are looked up only where it does.
BLOCK = 512
LARGEST = 1.7976931348623157e308
LARGEST_RATIO = 2.0


@kernel
def error_of(a: float, b: float) -> float:
    """Return |a - b| / max(|a|, |b|); 0 where both are 0, NaN where a is NaN, b is NaN, or one of them is infinite."""
    size_a = math.fabs(a)
    size_b = math.fabs(b)
    size = size_a if size_a > size_b else size_b
    error = math.fabs(a - b)
    # Opposite signs near the end of the range: the difference overflows, its half does not.
    if size == 0.0:
        return 0.0 if a == b else math.nan
    ratio = error / size if error <= LARGEST else 2.0 * (math.fabs(0.5 * a - 0.5 * b) / size)
    # One NaN for all: the bits of others depend on where they came from.
    return ratio if ratio <= LARGEST_RATIO and size <= LARGEST else math.nan


@kernel
def block_largest(a: ConstVector, b: ConstVector, start: int, stop: int, out: Reals, keep: bool) -> int:
    """Return the bits of the largest error in a block, NaN above all others; write the errors where they are kept.

    The bits of numbers that are not negative are in the order of the numbers, and NaN comes after infinity: one
    comparison of integers is all that a maximum takes.
    """
    largest = 0
    for index in range(start, stop):
        error = error_of(widened(a[index]), widened(b[index]))
        if keep:
            out[index] = error
        word = bits(math.fabs(error))
        largest = word if word > largest else largest
    return largest


@kernel
def may_hold_a_larger_one(a: ConstVector, b: ConstVector, start: int, stop: int, best: float) -> int:
    """Return 0 where no error in a block is above the best so far: no division is needed to see that.

    Exact: rounding is monotonic, so that an error whose rounded ratio is above `best` is not below the rounded product.
    """
    found = 0
    for index in range(start, stop):
        first = widened(a[index])
        second = widened(b[index])
        size_a = math.fabs(first)
        size_b = math.fabs(second)
        size = size_a if size_a > size_b else size_b
        error = math.fabs(first - second)
        found |= 0 if (error < best * size) | (error == 0.0) else 1
    return found


@kernel
def place_in_block(a: ConstVector, b: ConstVector, start: int, stop: int, word: int) -> int:
    """Return the first index in a block whose error has these bits."""
    for index in range(start, stop):
        if bits(math.fabs(error_of(widened(a[index]), widened(b[index])))) == word:
            return index
    return start


@exported
@kernel
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
        0, or GRADPROOF_BAD_ARGUMENT.
    """
    if n < 0 or (n > 0 and (is_null(a) or is_null(b))):
        return BAD_ARGUMENT
    largest = -1
    place = -1
    best = 0.0
    keep = not is_null(out)
    for start in range(0, n, BLOCK):
        stop = start + BLOCK if start + BLOCK < n else n
        if keep or place < 0 or may_hold_a_larger_one(a, b, start, stop, best) != 0:
            word = block_largest(a, b, start, stop, out, keep)
            if word > largest:
                largest = word
                place = place_in_block(a, b, start, stop, word)
                best = error_of(widened(a[place]), widened(b[place]))
    if not is_null(maximum):
        maximum[0] = largest_error(a, b, place)
    if not is_null(index):
        index[0] = place
    return DONE


@kernel
def largest_error(a: ConstVector, b: ConstVector, place: int) -> float:
    """Return the error at a place: 0 where there is none, infinity for NaN."""
    if place < 0:
        return 0.0
    error = error_of(widened(a[place]), widened(b[place]))
    return error if error <= math.inf else math.inf
