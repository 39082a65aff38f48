"""Relative errors of two vectors, and the largest of them with its index, in one pass."""

from __future__ import annotations

import math

from ..records.abi import Code, ConstVector, Integer, Integers, Reals, exported, kernel, never_inlined
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


@kernel
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
@never_inlined
def block_largest(a: ConstVector, b: ConstVector, start: int, stop: int, out: Reals, keep: bool) -> int:
    """Return the bits of the largest error in a block, with NaN above all others; write the errors if they are kept.

    As integers, numbers that are not negative keep their order, and NaN comes after infinity: a maximum takes a single
    comparison.
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
@never_inlined
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
@never_inlined
def place_in_block(a: ConstVector, b: ConstVector, start: int, stop: int, word: int) -> int:
    """Return the first index in a block whose error has these bits."""
    for index in range(start, stop):
        if bits(math.fabs(error_of(widened(a[index]), widened(b[index])))) == word:
            return index
    return start


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
    keep = not is_null(out)
    for start in range(0, n, BLOCK):
        stop = start + BLOCK
        stop = stop if stop < n else n
        whole = stop - start == BLOCK
        if keep or place < 0 or not whole or may_hold_a_larger_one(a, b, start, best) != 0:
            word = block_largest(a, b, start, stop, out, keep)
            if word > largest:
                largest = word
                place = place_in_block(a, b, start, stop, word)
                best = from_bits(word)
    if not is_null(maximum):
        maximum[0] = largest_error(best)
    if not is_null(index):
        index[0] = place
    return DONE


def largest_error(best: float) -> float:
    """Return the largest error as it is told: infinity for NaN."""
    return best if best <= math.inf else math.inf
