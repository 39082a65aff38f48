"""Floating-point numbers by exact fractions."""

from __future__ import annotations

import math
import sys
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np


def power_of_two_above(value: float, lowest: int = -1022, highest: int = 1020) -> float:
    """The smallest power of two that is not below |value|, its exponent kept in a range; the largest for NaN."""
    if math.isnan(value) or math.isinf(value):
        return math.ldexp(1.0, highest)
    size = abs(Fraction(value))
    if not size:
        return math.ldexp(1.0, lowest)
    exponent = size.numerator.bit_length() - size.denominator.bit_length() - 1
    while Fraction(2) ** exponent < size:
        exponent += 1
    return math.ldexp(1.0, min(max(exponent, lowest), highest))


def spacing(value: float) -> float:
    """The distance to the next larger number, as NumPy has it; NaN where there is no number."""
    if not math.isfinite(value):
        return math.nan
    return 2.0**971 if abs(value) == sys.float_info.max else float(np.spacing(np.abs(value)))


def root_mean_square(x: Any) -> float:
    """The root of the mean square in 60 digits; 1 where all is 0."""
    with mpmath.workdps(60):
        values = [mpmath.mpf(float(value)) for value in x]
        total = mpmath.fsum(value * value for value in values)
        return float(mpmath.sqrt(total / len(values))) if total else 1.0


def relative_error(a: float, b: float) -> float:
    """|a - b| / max(|a|, |b|) as a fraction, rounded once; 0 where both are 0, NaN where one is not finite."""
    if not (math.isfinite(a) and math.isfinite(b)):
        return math.nan
    if a == b:
        return 0.0
    first, second = Fraction(float(a)), Fraction(float(b))
    return float(abs(first - second) / max(abs(first), abs(second)))


def largest_relative_error(a: Any, b: Any) -> tuple[float, int]:
    """The largest relative error of two vectors and its first index: NaN counts as infinite; (0, -1) for none."""
    errors = [relative_error(float(p), float(q)) for p, q in zip(a, b, strict=True)]
    errors = [math.inf if math.isnan(error) else error for error in errors]
    return (max(errors), errors.index(max(errors))) if errors else (0.0, -1)
