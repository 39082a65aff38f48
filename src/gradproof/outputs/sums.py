"""Sums that are as good as exact, the same on every machine."""

from __future__ import annotations

import math

import numpy as np

from ..problem.numbers import Flat

# Up to this many values, Python's own sum, which is exact, is the fastest.
FEW = 512


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
    """Return the sums of the rows of a matrix, each as `compensated_sum` returns it."""
    if rows.shape[1] <= FEW:
        try:
            return list(map(math.fsum, rows.tolist()))
        except (OverflowError, ValueError):
            pass
    return [compensated_sum(row) for row in rows]
