"""Sums in a fixed order: the same bits for any number of threads, and on every processor."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from numpy import int64, uint64

from .abi import always_inlined

Terms = TypeVar("Terms")
# Sums that run side by side, so that a processor need not wait for one addition before it begins the next.
LANES = 8


@always_inlined
def sum_in_lanes(term: Callable[[Terms, int], float], terms: Terms, first: int, last: int) -> float:
    """Return the sum of term(terms, index) over [first, last), in eight lanes."""
    a = 0.0
    b = 0.0
    c = 0.0
    d = 0.0
    e = 0.0
    f = 0.0
    g = 0.0
    h = 0.0
    index = first
    while index + LANES <= last:
        a += term(terms, index)
        b += term(terms, index + 1)
        c += term(terms, index + 2)
        d += term(terms, index + 3)
        e += term(terms, index + 4)
        f += term(terms, index + 5)
        g += term(terms, index + 6)
        h += term(terms, index + 7)
        index += LANES
    while index < last:
        a += term(terms, index)
        index += 1
    return ((a + e) + (c + g)) + ((b + f) + (d + h))


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
