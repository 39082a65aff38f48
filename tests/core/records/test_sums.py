"""Compensated sums against exact fractions."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from properties import sized

from gradproof.core.records.sums import two_sum

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
