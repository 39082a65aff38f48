"""Sums that are as good as exact, the same on every machine."""

from __future__ import annotations

import numpy as np

from ..problem.numbers import Flat


def compensated_sum(values: Flat) -> float:
    """Return the sum of a vector, rounded about once.

    Pairs are added, then pairs of these, and so on; what each addition loses is known exactly (Knuth, The Art of
    Computer Programming 2, section 4.2.2) and is added up beside.

    Parameters
    ----------
    values
        Any number of float64 values.
    """
    lost = 0.0
    while len(values) > 1:
        half = len(values) // 2
        one, other = values[:half], values[half : 2 * half]
        added = one + other
        virtual = added - one
        lost += float(np.add.reduce((one - (added - virtual)) + (other - virtual)))
        values = np.concatenate([added, values[2 * half :]])
    return float(values[0]) + lost if len(values) else 0.0
