"""Sums that are as good as exact, the same on every machine."""

from __future__ import annotations

import math

import numpy as np

from ..problem.numbers import Flat

# Up to this many values, Python's own sum, which is exact, is the fastest.
FEW = 512
# Where fewer than one in this many values is not 0, it takes less time to leave the others out.
SPARSE = 64
# The smallest numbers above 0, and a rounding unit between those of the two types.
SMALLEST, SMALLEST_IN_FLOAT32, SINGLE = 2.0**-1074, 2.0**-149, 1e-10


def compensated_sum(values: Flat) -> float:
    """Return the sum of a vector, rounded about once.

    Pairs are added, then pairs of these, and so on; what each addition loses is known exactly (Knuth, The Art of
    Computer Programming 2, section 4.2.2) and is added up beside.

    Parameters
    ----------
    values
        Any number of float64 values.
    """
    if len(values) <= FEW:
        try:
            return math.fsum(values.tolist())
        except (OverflowError, ValueError):  # infinities of both signs, or a sum beyond all numbers
            return float(np.add.reduce(values))
    rough = float(np.add.reduce(values))
    if not math.isfinite(rough):
        return rough
    lost = 0.0
    while len(values) > 1:
        half = len(values) // 2
        one, other = values[:half], values[half : 2 * half]
        added = one + other
        virtual = added - one
        lost += float(np.add.reduce((one - (added - virtual)) + (other - virtual)))
        values = np.concatenate([added, values[2 * half :]])
    return float(values[0]) + lost if len(values) else 0.0


def compensated_sums(rows: Flat) -> list[float]:
    """Return the sums of the rows of a matrix, each as `compensated_sum` returns it of what is not 0."""
    # Few numbers are added up before it is seen how many of them are 0.
    if rows.size > FEW:
        filled = rows != 0
        # What one number of x does to outputs that each depend on a few.
        if SPARSE * np.count_nonzero(filled) < rows.size:
            ends = np.cumsum(np.count_nonzero(filled, axis=1))
            return list(map(compensated_sum, np.split(rows[filled], ends[:-1])))
    if rows.shape[1] <= FEW:
        try:
            return list(map(math.fsum, rows.tolist()))
        except (OverflowError, ValueError):
            pass
    return [compensated_sum(row) for row in rows]


def norm(values: Flat) -> float:
    """Return the norm of a vector, also where squares of its values have none."""
    with np.errstate(all="ignore"):
        found = float(np.linalg.norm(values))
    if 0.0 < found < math.inf:
        return found
    largest = float(np.max(np.abs(values), initial=0.0))
    return largest * float(np.linalg.norm(values / largest)) if 0.0 < largest < math.inf else found


def are_apart(terms: Flat, others: Flat, tolerance: float, unit: float) -> bool:
    """Return whether two sums that should be equal differ by more than rounding, also where squares have no value.

    Parameters
    ----------
    terms, others
        What is added up in each of the two.
    tolerance
        By how much they may differ, relative to the norms of what is added up.
    unit
        The rounding unit of the arithmetic in which that was computed.
    """
    largest = max(float(np.max(np.abs(each), initial=0.0)) for each in (terms, others))
    if not math.isfinite(largest):
        return True
    if largest == 0.0:
        return False
    one, other = terms / largest, others / largest
    # What subnormal numbers lose in each of the products.
    lost = len(terms) * len(others) * (SMALLEST if unit < SINGLE else SMALLEST_IN_FLOAT32) / largest
    size = float(np.linalg.norm(one) + np.linalg.norm(other))
    return not abs(float(np.add.reduce(one) - np.add.reduce(other))) <= tolerance * size + lost
