"""Weights that extrapolate slopes to step 0.

A scheme is data: the powers of the step that it cancels.  One-sided slopes err by h, h^2, h^3 (Taylor), centered ones
by h^2, h^4, h^6, the gap between the sides by h, h^3, h^5.  The first power and the distance to the next describe all
three.
"""

from __future__ import annotations

import math

from .abi import Reals
from .state import LADDER, LEVELS, SCRATCH_MATRIX, SCRATCH_STEP, SCRATCH_WEIGHTS

ROW = LEVELS + 1


def power(base: float, exponent: int) -> float:
    """Return base ** exponent by repeated multiplication: the same bits in every way of running."""
    result = 1.0
    for _ in range(exponent):
        result *= base
    return result


def fill_matrix(reals: Reals, first: int, size: int, first_power: int, power_distance: int) -> None:
    """Write the equations: a constant is kept, each power of the step is cancelled."""
    finest = reals[SCRATCH_STEP + first]
    for row in range(size):
        exponent = 0 if row == 0 else first_power + (row - 1) * power_distance
        for column in range(size):
            ratio = reals[SCRATCH_STEP + first + column] / finest
            reals[SCRATCH_MATRIX + row * ROW + column] = power(ratio, exponent)
        reals[SCRATCH_MATRIX + row * ROW + size] = 1.0 if row == 0 else 0.0


def swap_in_pivot(reals: Reals, column: int, size: int) -> None:
    """Bring the row with the largest entry of a column to its place."""
    pivot = column
    for row in range(column + 1, size):
        here = math.fabs(reals[SCRATCH_MATRIX + row * ROW + column])
        if here > math.fabs(reals[SCRATCH_MATRIX + pivot * ROW + column]):
            pivot = row
    if pivot != column:
        for k in range(size + 1):
            kept = reals[SCRATCH_MATRIX + column * ROW + k]
            reals[SCRATCH_MATRIX + column * ROW + k] = reals[SCRATCH_MATRIX + pivot * ROW + k]
            reals[SCRATCH_MATRIX + pivot * ROW + k] = kept


def solve(reals: Reals, size: int) -> None:
    """Solve the equations by elimination with pivots; the weights replace what SCRATCH_WEIGHTS held."""
    for column in range(size):
        swap_in_pivot(reals, column, size)
        pivot = reals[SCRATCH_MATRIX + column * ROW + column]
        for row in range(column + 1, size):
            factor = reals[SCRATCH_MATRIX + row * ROW + column] / pivot
            for k in range(column, size + 1):
                reals[SCRATCH_MATRIX + row * ROW + k] -= factor * reals[SCRATCH_MATRIX + column * ROW + k]
    for back in range(size):
        row = size - 1 - back
        total = reals[SCRATCH_MATRIX + row * ROW + size]
        for k in range(row + 1, size):
            total -= reals[SCRATCH_MATRIX + row * ROW + k] * reals[SCRATCH_WEIGHTS + k]
        reals[SCRATCH_WEIGHTS + row] = total / reals[SCRATCH_MATRIX + row * ROW + row]


def same_ratios(reals: Reals, first: int, size: int) -> bool:
    """Return whether the steps from `first` on have the ratios of those one place before: the weights are the same."""
    if first == 0:
        return False
    for k in range(1, size):
        here = reals[SCRATCH_STEP + first + k] / reals[SCRATCH_STEP + first]
        before = reals[SCRATCH_STEP + first - 1 + k] / reals[SCRATCH_STEP + first - 1]
        if here != before:
            return False
    return True


def extrapolate(reals: Reals, values: int, noise: int, count: int, first_power: int, power_distance: int) -> int:
    """Fill the tables of a series: level m, entry k extrapolates the steps k … k + m; return the number of levels.

    Parameters
    ----------
    reals : Reals
        The block; steps stand at SCRATCH_STEP, finest first.
    values, noise : int
        Places of the two tables (LADDER entries a level); level 0 is given.  A negative `noise` skips the noise table.
    count : int
        Number of steps.
    first_power, power_distance : int
        The powers of the step that the levels cancel.
    """
    levels = LEVELS if count > LEVELS else count
    for level in range(1, levels):
        size = level + 1
        for k in range(count - level):
            if not same_ratios(reals, k, size):
                fill_matrix(reals, k, size, first_power, power_distance)
                solve(reals, size)
            value = 0.0
            bar = 0.0
            for j in range(size):
                weight = reals[SCRATCH_WEIGHTS + j]
                value += weight * reals[values + k + j]
                if noise >= 0:
                    bar += math.fabs(weight) * reals[noise + k + j]
            reals[values + level * LADDER + k] = value
            if noise >= 0:
                reals[noise + level * LADDER + k] = bar
    return levels
