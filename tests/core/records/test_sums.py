"""Compensated sums against exact fractions, and divisions of numbers that are not negative."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from properties import refuted, sized

from gradproof.core.records.sums import quotient, remainder, two_sum

numbers = sized(-100, 100)


@given(numbers, numbers)
def test_nothing_is_lost(a, b):
    total, error = two_sum(a, b)
    assert total == a + b
    assert Fraction(total) + Fraction(error) == Fraction(a) + Fraction(b)


@given(st.lists(st.floats(-1, 1), min_size=1, max_size=50))
def test_a_sum_that_cancels(values):
    total, rest = 0.0, 0.0
    for value in [1e9, *values, -1e9]:
        total, error = two_sum(total, value)
        rest += error
    exact = float(sum(map(Fraction, values)))
    assert total + rest == pytest.approx(exact, rel=1e-15, abs=1e-16 * len(values))


def test_a_plain_sum_fails():
    total = sum([1e9, 0.1, 0.2, -1e9])
    assert total != pytest.approx(0.3, rel=1e-12)


@given(st.integers(0, 2**62), st.integers(1, 2**62))
def divide(parts, dividend, divisor):
    whole, left = parts
    found = whole(dividend, divisor)
    assert found * divisor + left(dividend, divisor) == dividend
    assert 0 <= left(dividend, divisor) < divisor


def test_divisions():
    divide((quotient, remainder))
    assert quotient(7, 2) == 3
    assert type(quotient(7, 2)) is type(remainder(7, 2)) is int


def test_a_quotient_rounded_up_fails():
    refuted(divide, (lambda a, b: -(-a // b), remainder))
