"""Sums in a fixed order: the same bits for any number of threads, and on every processor."""

from __future__ import annotations

from numpy import int64, uint64


def two_sum(a: float, b: float) -> tuple[float, float]:
    """Return the sum of two numbers and its rounding error, exactly (Knuth, "Seminumerical Algorithms", 1969)."""
    total = a + b
    part = total - a
    return total, (a - (total - part)) + (b - part)


def quotient(dividend: int, divisor: int) -> int:
    """Return the quotient of two numbers that are not negative, rounded down: less code than `//` takes for any two."""
    return int(int64(uint64(dividend) // uint64(divisor)))


def remainder(dividend: int, divisor: int) -> int:
    """Return the remainder of such numbers."""
    return int(int64(uint64(dividend) % uint64(divisor)))
