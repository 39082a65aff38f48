"""Compensated sums: of terms that cancel, the sum as if it had been made with twice the digits, and then rounded."""

from __future__ import annotations


def two_sum(a: float, b: float) -> tuple[float, float]:
    """Return the sum of two numbers and its rounding error, exactly (Knuth, "Seminumerical Algorithms", 1969)."""
    total = a + b
    part = total - a
    return total, (a - (total - part)) + (b - part)
