"""Small questions about floating-point numbers, against exact fractions; NaN has one answer in every way of running."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from machine import both
from oracles import reals
from properties import LARGEST, SMALLEST, anything, finite, refuted, same

from gradproof.core.records import floats


@given(value=anything)
@example(2.0**1020)
@example(2.0**-1022)
@example(2.0**-1023)
@example(LARGEST)
@example(SMALLEST)
@example(math.nan)
def is_the_power_of_two_above(functions, value):
    for function in functions:
        assert function(value) == reals.power_of_two_above(value)


def test_power_of_two_above():
    is_the_power_of_two_above(both(floats.power_of_two_above, "float64"))


@pytest.mark.parametrize(
    "wrong",
    [
        lambda value: math.ldexp(1.0, min(max(math.frexp(value)[1], -1022), 1020)),
        lambda value: 2.0 ** math.ceil(math.log2(abs(value) or 2.0**-1022)),
    ],
)
def test_power_of_two_above_twin(wrong):
    def quiet(value):
        try:
            return wrong(value)
        except (OverflowError, ValueError):
            return math.nan

    refuted(is_the_power_of_two_above, [quiet])


@given(a=finite, b=finite)
@example(LARGEST, LARGEST)
@example(-LARGEST, LARGEST)
def is_the_middle(functions, a, b):
    """To one unit in the last place, and half of the smallest number for each of the two."""
    exact = (Fraction(a) + Fraction(b)) / 2
    for function in functions:
        found = function(a, b)
        assert math.isfinite(found)
        assert abs(Fraction(found) - exact) <= abs(exact) / 2**52 + Fraction(SMALLEST)
        assert function(a, a) == a or abs(a) < 2.0**-1021


def test_middle():
    is_the_middle(both(floats.middle, "float64", "float64"))
    refuted(is_the_middle, [lambda a, b: (a + b) / 2])
    assert math.isnan(floats.middle(math.nan, 1.0))


@given(value=finite, size=finite)
def moves_exactly(function, value, size):
    """A power of two not below 16 units in the last place of x is taken exactly where the exponent of x stays."""
    step = function(max(abs(size), 16 * reals.spacing(value)))
    reached = value + step
    if math.frexp(reached)[1] == math.frexp(value)[1] and math.isfinite(reached):
        assert reached - value == step


def test_powers_of_two_are_steps_that_x_takes_exactly():
    moves_exactly(floats.power_of_two_above)
    refuted(moves_exactly, lambda size: 1.1 * size)


@given(value=anything)
@example(LARGEST)
@example(-1.0)
@example(math.inf)
def is_the_spacing(functions, value):
    for function in functions:
        assert same(function(value), reals.spacing(value))


def test_spacing():
    is_the_spacing(both(floats.spacing, "float64"))


@pytest.mark.parametrize("wrong", [lambda value: abs(value) * 2.0**-52, np.spacing])
def test_spacing_twin(wrong):
    refuted(is_the_spacing, [wrong])


@given(a=anything, b=anything)
@example(math.nan, 1.0)
@example(1.0, math.nan)
def is_the_larger(functions, a, b):
    """Where one of the two is NaN, the second: the same in Python and in machine code."""
    expected = b if math.isnan(a) or math.isnan(b) else max(a, b)
    for function in functions:
        assert function(a, b) == expected or (math.isnan(expected) and math.isnan(function(a, b)))


@given(a=anything, b=anything)
@example(math.nan, 1.0)
@example(1.0, math.nan)
def is_the_smaller(functions, a, b):
    expected = b if math.isnan(a) or math.isnan(b) else min(a, b)
    for function in functions:
        assert function(a, b) == expected or (math.isnan(expected) and math.isnan(function(a, b)))


def test_larger_and_smaller():
    is_the_larger(both(floats.larger, "float64", "float64"))
    is_the_smaller(both(floats.smaller, "float64", "float64"))


@pytest.mark.parametrize("wrong", [max, np.fmax, floats.smaller])
def test_larger_twin(wrong):
    refuted(is_the_larger, [wrong])


@pytest.mark.parametrize("wrong", [min, np.fmin, floats.larger])
def test_smaller_twin(wrong):
    refuted(is_the_smaller, [wrong])


def doubles(function):
    tenth = np.float32(0.1)
    assert function(tenth) * 3 - 0.3 == float(tenth) * 3 - 0.3


def test_elements_of_float32_vectors_are_reckoned_in_double():
    doubles(floats.widened)
    refuted(doubles, lambda value: value)


@given(a=anything, b=anything)
@example(math.nan, math.inf)
@example(-2.0, 1.0)
@example(-math.inf, -1.0)
def is_the_largest_finite(functions, a, b):
    expected = max((abs(value) for value in (a, b) if math.isfinite(value)), default=0.0)
    for function in functions:
        assert function(a, b) == expected


def test_largest_finite():
    is_the_largest_finite(both(floats.largest_finite, "float64", "float64"))
    refuted(is_the_largest_finite, [floats.larger])
    refuted(is_the_largest_finite, [lambda a, b: floats.larger(abs(a), abs(b))])
    assert floats.larger_finite(-3.0, 2.0) == 3.0
    assert floats.larger_finite(1.0, 2.0) == floats.larger_finite(math.inf, 2.0) == 2.0


@given(odd=st.integers(0, 2**52 - 1).map(lambda k: 2 * k + 1), power=st.integers(-1000, 900), bits=st.integers(1, 53))
def fits(functions, odd, power, bits):
    """As many binary digits as the odd part of the number has; all numbers of a kind with so many, of its range."""
    for function in functions:
        for value in (math.ldexp(odd, power), -math.ldexp(odd, power)):
            assert function(value, bits) == (odd.bit_length() <= bits)
        assert function(0.0, bits)


def test_fits_in():
    fits(both(floats.fits_in, "float64", "int64", result="boolean"))
    refuted(fits, [lambda value, bits: value == math.floor(value)])
    refuted(fits, [lambda value, bits: floats.fits_in(value, bits + 1)])


@given(value=st.one_of(st.floats(width=16, allow_nan=False, allow_infinity=False), finite))
@example(1.0 + 2.0**-10)
@example(1.0 + 2.0**-11)
def is_one_of_float16(functions, value):
    """Whatever its exponent is: bfloat16 has fewer digits and a wider range."""
    digits = math.frexp(value)[0]
    for function in functions:
        assert function(value) == (float(np.float16(digits)) == digits)


def test_has_few_bits():
    is_one_of_float16(both(floats.has_few_bits, "float64", result="boolean"))
    refuted(is_one_of_float16, [lambda value: float(np.float32(value)) == value])
    refuted(is_one_of_float16, [lambda value: False])
