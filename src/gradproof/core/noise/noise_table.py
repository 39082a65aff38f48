"""The noise of values at equal distances, from the table of their differences.

Differencing removes what is smooth and keeps what is noise: order k multiplies the variance of independent noise by
(2k)! / (k!)^2 (Hamming, "Introduction to Applied Numerical Analysis", 1971; Moré and Wild, "Estimating computational
noise", 2011).
"""

from __future__ import annotations

import math

from ..records.abi import Reals
from ..records.codes import ARITHMETIC_COARSE, ARITHMETIC_FLOAT32, ARITHMETIC_FLOAT64
from ..records.floats import larger, smaller

# Orders 4, 5 and 6 of nine values: below 4 the function itself shows, above 6 too few differences are left.
LOWEST_ORDER = 4
HIGHEST_ORDER = 6
# Noise is what makes the orders agree within this factor, and gives differences of both signs; a smooth function
# does neither.
AGREEMENT = 6.0
# Fewer different values are the steps of an arithmetic, not its noise.
FEWEST_DIFFERENT = 5
# Values on a grid are whole steps apart, up to rounding.
OFF_GRID = 1e-6
# Float64 changes at spacings of 2**-46, with a noise of 2**-53 of |f|; float32: 2**-18 and 2**-24; bfloat16: 2**-9.
ABOVE_FLOAT64_SPACING = 2.0**-34
ABOVE_FLOAT64_NOISE = 2.0**-30
ABOVE_FLOAT32_SPACING = 2.0**-18
ABOVE_FLOAT32_NOISE = 2.0**-16


def divide_by_largest(values: Reals, count: int) -> float:
    """Divide values by the largest of their sizes, so that squares stay in range; return it (0: all are 0)."""
    size = 0.0
    for k in range(count):
        size = larger(math.fabs(values[k]), size)
    if size > 0.0:
        for k in range(count):
            values[k] = values[k] / size
    return size


def take_differences(values: Reals, count: int) -> tuple[float, bool]:
    """Replace `count` values by their differences; return the sum of their squares, and whether both signs occur."""
    squares = 0.0
    lowest = 0.0
    highest = 0.0
    for k in range(count - 1):
        change = values[k + 1] - values[k]
        values[k] = change
        squares += change * change
        lowest = smaller(change, lowest)
        highest = larger(change, highest)
    return squares, lowest < 0.0 < highest


def noise_of_values(values: Reals, count: int) -> tuple[float, bool]:
    """Return the standard deviation of the noise of values at equal distances, and whether it is noise.

    It is the median of the three orders.  Where these do not agree the function itself shows, and the largest of them
    bounds the noise.  The values are overwritten.
    """
    size = divide_by_largest(values, count)
    variance_part = 1.0
    smallest = math.inf
    largest = 0.0
    total = 0.0
    both_signs = False
    for order in range(1, HIGHEST_ORDER + 1):
        squares, signs = take_differences(values, count - order + 1)
        # (k!)^2 / (2k)! from that of the order before: k^2 / (2k (2k - 1)).
        variance_part *= order / (2.0 * (2 * order - 1))
        if order == LOWEST_ORDER:
            both_signs = signs
        if order >= LOWEST_ORDER:
            deviation = math.sqrt(variance_part * squares / (count - order))
            total += deviation
            smallest = smaller(deviation, smallest)
            largest = larger(deviation, largest)
    agree = largest <= AGREEMENT * smallest and both_signs
    return size * (total - smallest - largest if agree else largest), agree


def grid_of(values: Reals, count: int, finest: float) -> float:
    """Return the step of the grid that all values lie on: of stairs, or of an arithmetic; 0 where they lie on none.

    The same change each time, up to rounding, is a straight line; on stairs it is the same to the last bit, as it is on
    a straight line over the steps of float64: up to the finest stairs.
    """
    grid = 0.0
    for k in range(1, count):
        change = math.fabs(values[k] - values[k - 1])
        if change > 0.0 and (grid == 0.0 or change < grid):
            grid = change
    if grid == 0.0:
        return 0.0
    even = True
    exact = True
    for k in range(1, count):
        steps = math.fabs(values[k] - values[k - 1]) / grid
        if math.fabs(steps - math.floor(steps + 0.5)) > OFF_GRID:
            return 0.0
        even = even and 0.5 < steps < 1.5
        exact = exact and steps == 1.0
    return 0.0 if even and not (exact and grid > finest) else grid


def different_values(values: Reals, count: int) -> int:
    """Return how many different values there are."""
    different = 0
    for k in range(count):
        first = 0
        while first < k and values[first] != values[k]:
            first += 1
        if first == k:
            different += 1
    return different


def arithmetic_of(spacing: float, noise: float, value: float) -> int:
    """Return the arithmetic inside f that its noise betrays, and the spacing (relative to x) at which it changes."""
    size = math.fabs(value)
    if spacing > ABOVE_FLOAT32_SPACING and noise > ABOVE_FLOAT32_NOISE * size:
        return ARITHMETIC_COARSE
    if spacing > ABOVE_FLOAT64_SPACING and noise > ABOVE_FLOAT64_NOISE * size:
        return ARITHMETIC_FLOAT32
    return ARITHMETIC_FLOAT64
