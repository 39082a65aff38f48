"""Small questions about floating-point numbers; for NaN, plain Python and compiled code give one answer."""

from __future__ import annotations

import math

from numpy import float64

from .abi import always_inlined
from .memory import bits, from_bits

# Powers of two between which steps lie: a few of the largest do not overflow.  The smallest is the smallest number that
# is not 0 where a library that was built with -ffast-math has told the processor to take subnormal numbers for 0.
LARGEST_POWER = 2.0**1020
SMALLEST_POWER = 2.0**-1022
# The bits of the mantissa in float64 (IEEE 754).
MANTISSA_MASK = (1 << 52) - 1
# The binary digits of float16; bfloat16 has fewer.
FLOAT16_BITS = 11


@always_inlined
def widened(value: float) -> float:
    """Return an element of a vector in float64; else compiled code would compute in float32 with those of float32."""
    double: float = float64(value)
    return double


def larger(a: float, b: float) -> float:
    """Return a where a > b, else b: also where one of the two is NaN.  It is one instruction."""
    return a if a > b else b


def smaller(a: float, b: float) -> float:
    """Return a where a < b, else b: also where one of the two is NaN.  It is one instruction."""
    return a if a < b else b


def larger_finite(value: float, largest: float) -> float:
    """Return the size of a value where it is finite and exceeds the largest one so far; else that one."""
    return larger(math.fabs(value), largest) if math.isfinite(value) else largest


def largest_finite(a: float, b: float) -> float:
    """Return the larger size of two values, of which either may not be finite; 0 where both are not."""
    return larger_finite(b, larger_finite(a, 0.0))


def middle(a: float, b: float) -> float:
    """Return the middle between two numbers; it does not overflow where their sum does."""
    return a / 2.0 + b / 2.0


def power_of_two_above(value: float) -> float:
    """Return the power of two >= |value|: a step that x takes exactly, unless its exponent changes on the way."""
    size = math.fabs(value)
    if not size < LARGEST_POWER:
        return LARGEST_POWER
    # Whatever the mantissa holds carries over to the exponent.
    return from_bits((bits(larger(size, SMALLEST_POWER)) + MANTISSA_MASK) & ~MANTISSA_MASK)


def spacing(value: float) -> float:
    """Return the distance from |value| to the next larger float64: one unit in the last place, at least 2**-1074.

    Where subnormal numbers are taken for 0 it is at least the smallest power: smaller differences are 0 there, too.
    """
    number = bits(math.fabs(value))
    # Two neighbours with the same exponent; not finite ones differ by NaN.
    unit = from_bits(number | 1) - from_bits(number & ~1)
    return SMALLEST_POWER if unit == 0.0 else unit


def has_few_bits(value: float) -> bool:
    """Return whether a number may be one of float16 or bfloat16."""
    return fits_in(value, FLOAT16_BITS)


def fits_in(value: float, bits: int) -> bool:
    """Return whether a number has at most so many binary digits."""
    digits = math.ldexp(math.frexp(value)[0], bits)
    return digits == math.floor(digits)
