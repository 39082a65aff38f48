"""Multiples of what is measured: found by no coincidence, and never of 0."""

from __future__ import annotations

import numpy as np
import pytest

from gradproof import check
from gradproof.diagnosis.coincidence import multiples

BASES = np.random.default_rng(5).uniform(0.5, 2.0, (3, 12)) * np.where(np.arange(12) % 3, 1.0, -1.0)


def test_the_row_and_the_number_of_a_multiple_are_told():
    values = -0.37 * BASES[1]
    found = [(row, number) for row, number, _ in multiples(values, np.full(12, 1e-9), BASES, 3.0)]
    assert found == [(1, pytest.approx(-0.37))]
    # Errors known no better than they are large are a multiple of anything.
    assert not list(multiples(values, np.abs(values), BASES, 3.0))
    moved = values + np.where(np.arange(12) == 7, 1e-6, 0.0)
    assert not list(multiples(moved, np.full(12, 1e-9), BASES, 3.0))


@pytest.mark.parametrize("there", [0.0, np.nan, np.inf])
def test_nothing_is_a_multiple_of_0_or_of_no_number(there):
    bases = BASES[:1].copy()
    bases[0, 4] = there
    assert not list(multiples(0.5 * BASES[0], np.full(12, 1e-9), bases, 1.0))


def coupled(p):
    return float(np.sum(np.sin(p["a"])) + np.sum(np.cos(p["b"])) + 0.15 * np.sum((p["a"] - p["b"]) ** 2))


@pytest.mark.parametrize("elsewhere", [0.0, 2.0])
def test_a_coupling_is_none_where_two_arrays_are_equal_and_a_claim_is_wrong(elsewhere):
    random = np.random.default_rng(3)
    a = random.normal(size=12)
    b = np.where(np.arange(12) == 4, a, random.normal(size=12))
    extra = np.where(np.arange(12) == 4, elsewhere, 0.0)
    claims = {"a": np.cos(a) + extra, "b": -np.sin(b) + 0.3 * (b - a)}
    right = {"a": np.cos(a) + 0.3 * (a - b), "b": claims["b"]}
    assert check(coupled, right, {"a": a, "b": b}).verdict == "right"
    told = [str(one) for one in check(coupled, claims, {"a": a, "b": b}).explanations]
    assert (
        "a: claimed = slope - 0.3 × (a - b): is a term of the two missing, or counted twice?" in " ".join(told)
    ) == (elsewhere == 0.0)
