"""Weights that extrapolate to step 0, by exact fractions: elimination, and Lagrange's closed form."""

from __future__ import annotations

from fractions import Fraction
from math import prod
from typing import Any


def solved(steps: Any, powers: list[int]) -> list[Fraction]:
    """The weights that keep a constant and cancel these powers of the step."""
    h = [Fraction(float(step)) for step in steps]
    rows = [[step**power for step in h] + [Fraction(power == 0)] for power in [0, *powers]]
    size = len(h)
    for column in range(size):
        pivot = next(row for row in range(column, size) if rows[row][column])
        rows[column], rows[pivot] = rows[pivot], rows[column]
        rows[column] = [entry / rows[column][column] for entry in rows[column]]
        for row in range(size):
            if row != column:
                factor = rows[row][column]
                rows[row] = [a - factor * b for a, b in zip(rows[row], rows[column], strict=True)]
    return [row[size] for row in rows]


def lagrange(steps: Any, power: int) -> list[Fraction]:
    """The weights that cancel power, 2 power, 3 power …: a polynomial in step ** power, at 0."""
    nodes = [Fraction(float(step)) ** power for step in steps]
    return [prod(b / (b - a) for b in nodes if b != a) for a in nodes]
