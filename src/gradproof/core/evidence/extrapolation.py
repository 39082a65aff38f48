"""Weights that extrapolate slopes to step 0.

A scheme is data: the powers of the step that it cancels.  One-sided slopes err by h, h^2, h^3 (Taylor), centered ones
by h^2, h^4, h^6, the gap between the sides by h, h^3, h^5.  The first power and the distance to the next describe all
three.
"""

from __future__ import annotations

import math

from ..records.abi import Reals
from ..records.engine import LADDER, LEVELS, Scratch
from ..records.memory import is_null

ROW = LEVELS + 1


def power(base: float, exponent: int) -> float:
    """Return base ** exponent by repeated multiplication: the same bits in every way of running."""
    result = 1.0
    for _ in range(exponent):
        result *= base
    return result


def fill_matrix(scratch: Scratch, first: int, size: int, first_power: int, power_distance: int) -> None:
    """Write the equations: a constant is kept, each power of the step is cancelled."""
    finest = scratch.step[first]
    for row in range(size):
        exponent = 0 if row == 0 else first_power + (row - 1) * power_distance
        for column in range(size):
            ratio = scratch.step[first + column] / finest
            scratch.matrix[row * ROW + column] = power(ratio, exponent)
        scratch.matrix[row * ROW + size] = 1.0 if row == 0 else 0.0


def swap_in_pivot(scratch: Scratch, column: int, size: int) -> None:
    """Bring the row with the largest entry of a column to its place."""
    pivot = column
    for row in range(column + 1, size):
        here = math.fabs(scratch.matrix[row * ROW + column])
        if here > math.fabs(scratch.matrix[pivot * ROW + column]):
            pivot = row
    if pivot != column:
        for k in range(size + 1):
            kept = scratch.matrix[column * ROW + k]
            scratch.matrix[column * ROW + k] = scratch.matrix[pivot * ROW + k]
            scratch.matrix[pivot * ROW + k] = kept


def solve(scratch: Scratch, size: int) -> None:
    """Solve the equations by elimination with pivots; the weights replace the weights before."""
    for column in range(size):
        swap_in_pivot(scratch, column, size)
        pivot = scratch.matrix[column * ROW + column]
        for row in range(column + 1, size):
            factor = scratch.matrix[row * ROW + column] / pivot
            for k in range(column, size + 1):
                scratch.matrix[row * ROW + k] -= factor * scratch.matrix[column * ROW + k]
    for back in range(size):
        row = size - 1 - back
        total = scratch.matrix[row * ROW + size]
        for k in range(row + 1, size):
            total -= scratch.matrix[row * ROW + k] * scratch.weights[k]
        scratch.weights[row] = total / scratch.matrix[row * ROW + row]


def same_ratios(scratch: Scratch, first: int, size: int) -> bool:
    """Return whether the steps from `first` on have the ratios of those one place before: the weights are the same."""
    if first == 0:
        return False
    for k in range(1, size):
        here = scratch.step[first + k] / scratch.step[first]
        before = scratch.step[first - 1 + k] / scratch.step[first - 1]
        if here != before:
            return False
    return True


def extrapolate(
    scratch: Scratch, values: Reals, noise: Reals, count: int, first_power: int, power_distance: int
) -> int:
    """Fill the tables of a series: level m, entry k extrapolates the steps k … k + m; return the number of levels.

    Parameters
    ----------
    scratch : Scratch
        Its steps are given, finest first; weights and matrix are overwritten.
    values, noise : Reals
        The two tables (LADDER entries a level); level 0 is given.  Where `noise` is null there is no noise table.
    count : int
        Number of steps.
    first_power, power_distance : int
        The powers of the step that the levels cancel.
    """
    levels = LEVELS if count > LEVELS else count
    has_noise = not is_null(noise)
    for level in range(1, levels):
        size = level + 1
        for k in range(count - level):
            if not same_ratios(scratch, k, size):
                fill_matrix(scratch, k, size, first_power, power_distance)
                solve(scratch, size)
            value = 0.0
            bar = 0.0
            for j in range(size):
                weight = scratch.weights[j]
                value += weight * values[k + j]
                if has_noise:
                    bar += math.fabs(weight) * noise[k + j]
            values[level * LADDER + k] = value
            if has_noise:
                noise[level * LADDER + k] = bar
    return levels
