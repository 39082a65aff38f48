"""Extrapolation of slopes to step 0 (Richardson, 1911), on a ladder with any ratios of steps.

A scheme is data: the powers of the step that it cancels.  One-sided slopes err by h, h^2, h^3 (Taylor), centered ones
by h^2, h^4, h^6, the gap between the sides by h, h^3, h^5.  The first power and the distance to the next describe all
three.
"""

from __future__ import annotations

import math

from ..records.abi import Reals
from ..records.engine import LADDER, LEVELS, Scratch
from ..records.memory import is_null

# Entries in a row of the equations, the right-hand side included.
ROW = LEVELS + 1


def power(base: float, exponent: int) -> float:
    """Return base ** exponent by repeated multiplication: the same bits in every way of running."""
    result = 1.0
    for _ in range(exponent):
        result *= base
    return result


def write_equations(scratch: Scratch, first: int, size: int, first_power: int, power_distance: int) -> None:
    """Write the equations for the weights: a constant is kept, each power of the step is cancelled."""
    for row in range(size):
        exponent = 0 if row == 0 else first_power + (row - 1) * power_distance
        for column in range(size):
            ratio = scratch.step[first + column] / scratch.step[first]
            scratch.matrix[row * ROW + column] = power(ratio, exponent)
        scratch.matrix[row * ROW + size] = 1.0 if row == 0 else 0.0


def swap_in_pivot(matrix: Reals, column: int, size: int) -> None:
    """Bring the row with the largest entry of a column to its place."""
    pivot = column
    for row in range(column + 1, size):
        if math.fabs(matrix[row * ROW + column]) > math.fabs(matrix[pivot * ROW + column]):
            pivot = row
    for k in range(size + 1):
        entry = matrix[column * ROW + k]
        matrix[column * ROW + k] = matrix[pivot * ROW + k]
        matrix[pivot * ROW + k] = entry


def solve(scratch: Scratch, size: int) -> None:
    """Solve the equations by Gaussian elimination with partial pivoting; the new weights replace the old ones."""
    matrix = scratch.matrix
    for column in range(size):
        swap_in_pivot(matrix, column, size)
        for row in range(column + 1, size):
            factor = matrix[row * ROW + column] / matrix[column * ROW + column]
            for k in range(column, size + 1):
                matrix[row * ROW + k] -= factor * matrix[column * ROW + k]
    for row in range(size - 1, -1, -1):
        total = matrix[row * ROW + size]
        for k in range(row + 1, size):
            total -= matrix[row * ROW + k] * scratch.weights[k]
        scratch.weights[row] = total / matrix[row * ROW + row]


def same_ratios(scratch: Scratch, first: int, size: int) -> bool:
    """Return whether the steps from `first` on have the ratios of those one place before: the weights are the same."""
    if first == 0:
        return False
    for k in range(1, size):
        if scratch.step[first + k] / scratch.step[first] != scratch.step[first - 1 + k] / scratch.step[first - 1]:
            return False
    return True


def extrapolate(
    scratch: Scratch, values: Reals, noise: Reals, count: int, first_power: int, power_distance: int
) -> int:
    """Fill the tables of a series: level m, entry k extrapolates the steps k … k + m; return the number of levels.

    A table has LADDER entries a level.  Level 0 is given, and so are the `count` steps in the scratch, finest first.
    Where `noise` is null there is no noise table.
    """
    levels = min(LEVELS, count)
    has_noise = not is_null(noise)
    for level in range(1, levels):
        for k in range(count - level):
            if not same_ratios(scratch, k, level + 1):
                write_equations(scratch, k, level + 1, first_power, power_distance)
                solve(scratch, level + 1)
            value = 0.0
            bar = 0.0
            for j in range(level + 1):
                weight = scratch.weights[j]
                value += weight * values[k + j]
                if has_noise:
                    bar += math.fabs(weight) * noise[k + j]
            values[level * LADDER + k] = value
            if has_noise:
                noise[level * LADDER + k] = bar
    return levels
