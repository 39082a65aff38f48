"""Sums of terms: what cancels is not lost, and a term that explains the errors is named."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from gradproof import GradientError, assert_gradient, check, terms
from gradproof.outputs.sums import compensated_sum, compensated_sums

RNG = np.random.default_rng(11)
A, Y, X = RNG.normal(size=(30, 4)), RNG.normal(size=30), RNG.normal(size=4)


def losses(w):
    return (A @ w - Y) ** 2


def gradients(w):
    """The gradient of each term, one a row."""
    return 2 * A * (A @ w - Y)[:, None]


def test_a_right_sum_passes():
    report = check(terms(losses), lambda w: gradients(w).sum(axis=0), X)
    assert report
    assert report.value == pytest.approx(math.fsum(losses(X)), rel=1e-15)
    assert (report.outputs, report.subject) == (0, "gradient")


@pytest.mark.parametrize(
    ("factor", "said"),
    [(0.0, "is missing in the gradient"), (2.0, "is counted twice"), (-1.0, "has the wrong sign")],
)
def test_a_term_that_explains_all_errors_is_named(factor, said):
    weights = np.ones(30)
    weights[17] = factor
    report = check(terms(losses), lambda w: weights @ gradients(w), X)
    assert report.wrong.tolist() == [0, 1, 2, 3]
    assert report.warnings[0] == f"terms[17] {said}: its slopes explain all 4 errors."
    assert "no simple explanation" not in str(report)


def test_a_term_with_another_factor():
    weights = np.ones(30)
    weights[3] = 1.25
    report = check(terms(losses), lambda w: weights @ gradients(w), X)
    assert report.warnings[0].startswith("terms[3] is wrong by 0.25 times its slope: its slopes explain all 4 errors")


@pytest.mark.parametrize("factor", [1.0, 1.001])
def test_large_terms_that_never_change_hide_nothing(factor):
    """Nothing of them is rounded, and they cancel."""

    def with_constants(w):
        return {"one": np.array([1e12]), "losses": 1e-3 * losses(w), "other": np.array([-1e12])}

    claimed = np.array([1.0, 1.0, factor, 1.0]) * 1e-3 * gradients(X).sum(axis=0)
    report = check(terms(with_constants), lambda w: claimed, X)
    assert report.verdict == ("right" if factor == 1.0 else "wrong")
    assert report.wrong.tolist() == [2] * (factor != 1.0)


def test_errors_that_no_term_explains_are_not_explained():
    report = check(terms(losses), lambda w: gradients(w).sum(axis=0) * [1, 1.5, 1, 0.5], X)
    assert report.wrong.tolist() == [1, 3]
    assert not any("terms[" in note for note in report.warnings)


@pytest.mark.parametrize("factor", [1.0, 1.5])
def test_the_gradient_is_called_as_often_as_is_told(factor):
    calls = 0

    def counted(w):
        nonlocal calls
        calls += 1
        return factor * gradients(w).sum(axis=0)

    report = check(terms(losses), counted, X)
    assert report.gradient_evaluations == calls == 2
    assert report.verdict == ("right" if factor == 1.0 else "wrong")


def test_a_gradient_of_each_term_names_the_wrong_entry():
    assert check(terms(losses), gradients, X)

    def wrong(w):
        claimed = gradients(w)
        claimed[22, 1] *= 1.001
        return claimed

    report = check(terms(losses), wrong, X)
    assert [one.name for one in report.findings] == ["terms[22] / x[1]"]
    assert report.wrong.tolist() == [1]


def test_cancellation_costs_no_resolution():
    large = np.where(np.arange(30) % 2, 1e9, -1e9)

    def f(w):
        return losses(w) * 1e-3 + large

    def g(w, factor=1.0):
        return 1e-3 * factor * gradients(w).sum(axis=0)

    assert check(terms(f), g, X)
    of_terms = check(terms(f), lambda w: g(w, 1 + 1e-3), X)
    assert of_terms.verdict == "wrong"


def test_along_lines():
    n = 6000
    x = RNG.normal(size=n)
    report = check(terms(np.sin), np.cos, x)
    assert report
    assert report.mode == "lines"
    claims = np.cos(x)
    claims[55] *= 3
    assert check(terms(np.sin), claims, x).wrong.tolist() == [55]


def test_assertion_and_refusals():
    assert assert_gradient(terms(losses), lambda w: gradients(w).sum(axis=0), X).verdict == "right"
    with pytest.raises(GradientError, match=r"terms\[0\] is missing"):
        assert_gradient(terms(losses), lambda w: gradients(w)[1:].sum(axis=0), X)
    with pytest.raises(TypeError, match=r"terms\(\) takes a function of x, not an object of type int"):
        terms(3)
    with pytest.raises(ValueError, match=r"every term must be finite at x, but terms\[2\] is not"):
        check(terms(lambda w: np.array([1.0, 2.0, np.nan])), lambda w: w, X)
    with pytest.raises(TypeError, match=r"rows= cannot be used with terms\(\)"):
        check(terms(losses), gradients, X, rows=30)


@given(some.lists(some.floats(-1e200, 1e200), max_size=200))
def test_compensated_sums_are_rounded_about_once(values):
    exact = math.fsum(values)
    size = math.fsum(abs(value) for value in values)
    assert abs(compensated_sum(np.array(values)) - exact) <= 2.0**-52 * abs(exact) + 2.0**-100 * size


@given(
    some.lists(some.tuples(some.integers(0, 99), some.floats(-1e200, 1e200)), max_size=5),
    some.sampled_from([100, 2000]),
)
def test_sums_of_rows_that_are_mostly_0_are_those_of_the_rest(moved, count):
    rows = np.zeros((4, count))
    for place, value in moved:
        rows[place % 3, place] = value
    assert compensated_sums(rows) == [math.fsum(row) for row in rows]


@pytest.mark.parametrize("count", [3, 1000])
def test_sums_of_what_is_not_finite(count):
    values = np.ones(count)
    values[:2] = np.inf, -np.inf
    assert math.isnan(compensated_sum(values))
    values[:2] = np.inf, 1.0
    assert compensated_sum(values) == math.inf
    values[:2] = 1.7e308, 1.7e308
    assert compensated_sum(values) == math.inf


def test_an_array_of_terms_that_explains_all_errors_is_named():
    def with_penalty(w):
        return {"fit": losses(w), "penalty": 0.1 * w**2}

    assert check(terms(with_penalty), lambda w: gradients(w).sum(axis=0) + 0.2 * w, X)
    report = check(terms(with_penalty), lambda w: gradients(w).sum(axis=0), X)
    assert report.warnings[0] == "penalty is missing in the gradient: its slopes explain all 4 errors."
    report = check(terms(with_penalty), lambda w: 0.5 * gradients(w).sum(axis=0) + 0.2 * w, X)
    assert report.warnings[0] == "fit is wrong by -0.5 times its slope: its slopes explain all 4 errors."
