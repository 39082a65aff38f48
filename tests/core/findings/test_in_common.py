"""What wrong coordinates have in common: a number that fits all of them, by no coincidence, or nothing is said."""

import math

import numpy as np
import pytest
from block import block
from hypothesis import given
from hypothesis import strategies as st
from properties import refuted
from witnesses import new_report, records

import gradproof
from gradproof.core.coordinates import outcome
from gradproof.core.findings import in_common as core
from gradproof.core.records.border import Finding
from gradproof.core.records.codes import (
    DONE,
    EXPLAINED_BY_FACTOR,
    EXPLAINED_BY_NOT_FINITE,
    EXPLAINED_BY_NOTHING,
    EXPLAINED_BY_X,
    EXPLAINED_BY_ZERO,
    KINK_AT_POINT,
    WRONG,
)
from gradproof.core.records.engine import coordinate_of, finding_of

X = np.array([0.7, -1.3, 2.1, 0.4, -0.9, 1.7])
SLOPES = np.array([1.2, -0.8, 2.5, 0.3, -1.9, 0.6])
FIRST = np.arange(6) < 3
OTHER = np.array([0.31, -0.17, 0.23, 0.41, -0.37, 0.11])


def explained(claimed, bars=1e-9, slopes=SLOPES, x=X, **fields):
    """What is said of findings about some wrong coordinates: those whose claims are not their slopes."""
    engine = block(len(x))
    for index, (one, slope, claim) in enumerate(zip(x, slopes, claimed, strict=True)):
        coordinate = coordinate_of(engine, index)
        coordinate.x, coordinate.claimed, coordinate.cause = one, claim, WRONG
        if claim != slope:
            finding = finding_of(engine, outcome.new_finding(engine, index))
            finding.slope, finding.error_bar = slope, np.broadcast_to(bars, len(x))[index]
            for name, values in fields.items():
                setattr(finding, name, values[index])
    report = new_report()
    core.note_explanation(engine, report)
    return report.explanation, report.explained, float(report.factor), float(report.factor_bar)


NOTHING = (EXPLAINED_BY_NOTHING, 0, 0.0, 0.0)


@pytest.mark.parametrize("factor", [-1.0, 2.0, 0.5, -0.5, 4.184, 1 / 64, 1.001])
def test_a_factor(factor):
    kind, count, found, bar = explained(factor * SLOPES)
    assert (kind, count) == (EXPLAINED_BY_FACTOR, 6)
    assert abs(found - factor) <= bar <= 1e-6 * abs(factor)
    # The twin: another one in a single coordinate.
    assert explained(factor * SLOPES * np.where(np.arange(6) == 4, 1.01, 1.0)) == NOTHING


def test_claims_of_zero():
    assert explained(0.0 * SLOPES) == (EXPLAINED_BY_ZERO, 6, 0.0, 0.0)
    assert explained(np.where(FIRST, 0.0, 2.0 * SLOPES)) == NOTHING
    # Nor is a claim 0 whose slope is known so badly that it may be any part of it.
    few = np.where(np.arange(6) == 5, 5.0, 0.0)
    assert explained(few, np.where(few == 0.0, 1e-9, 0.9), np.where(few == 0.0, SLOPES, 1.0)) == NOTHING
    # Slopes of opposite signs with claims of one: the middle between both factors is 0, too.
    assert explained(np.array([2.0, 2.0]), 1e-9, np.array([1.0, -1.0]), X[:2]) == NOTHING


def test_claims_that_are_not_finite():
    kind, count, factor, _ = explained(np.where(FIRST, math.nan, -math.inf))
    assert (kind, count) == (EXPLAINED_BY_NOT_FINITE, 6)
    assert math.isnan(factor)
    assert explained(np.where(FIRST, math.nan, 2.0 * SLOPES)) == NOTHING


@pytest.mark.parametrize("factor", [-0.1, 0.01, 3.0])
def test_a_penalty(factor):
    kind, count, found, bar = explained(SLOPES + factor * X)
    assert (kind, count) == (EXPLAINED_BY_X, 6)
    assert abs(found - factor) <= bar <= 1e-4 * abs(factor)
    assert explained(SLOPES + factor * X**2) == NOTHING
    # Where x is 0, nothing is added.
    assert explained(SLOPES + factor * X + 1.0 * (np.arange(6) == 2), x=X * (np.arange(6) != 2)) == NOTHING


def test_some_coordinates_are_wrong():
    assert explained(np.where(FIRST, 2.0, 1.0) * SLOPES)[:2] == (EXPLAINED_BY_FACTOR, 3)
    assert explained(np.where(FIRST, 2.0 * SLOPES, SLOPES + OTHER)) == NOTHING
    assert explained(SLOPES) == NOTHING


def test_few_coordinates_are_wrong():
    """One has a factor of its own; two have a simple one in common, or any other by chance; three have any."""
    for factor, fewest in ((2.0, 2), (-1.0, 2), (1.7, 3)):
        for count in range(1, 4):
            kind = explained(np.where(np.arange(6) < count, factor, 1.0) * SLOPES)[0]
            assert kind == (EXPLAINED_BY_FACTOR if count >= fewest else EXPLAINED_BY_NOTHING)
    assert explained(np.where(np.arange(6) < 2, SLOPES + 0.1 * X, SLOPES)) == NOTHING


def test_a_slope_of_zero():
    assert explained(np.where(FIRST, 2.0 * SLOPES, 1.0), slopes=np.where(FIRST, SLOPES, 0.0)) == NOTHING


def test_kinks_stay_out():
    claimed = np.where(np.arange(6) == 5, 7.0, 2.0 * SLOPES)
    assert explained(claimed) == NOTHING
    assert explained(claimed, kink=[0, 0, 0, 0, 0, 1])[:2] == (EXPLAINED_BY_FACTOR, 5)
    assert explained(claimed, cause=[WRONG] * 5 + [KINK_AT_POINT])[:2] == (EXPLAINED_BY_FACTOR, 5)


@given(seed=st.integers(0, 10**6), count=st.integers(1, 12), exponent=st.floats(-12.0, 0.5))
def random_errors_have_nothing_in_common(claims, seed, count, exponent):
    rng = np.random.default_rng(seed)
    slopes, x = rng.normal(size=count), rng.normal(size=count)
    bars = 10.0**exponent * np.abs(slopes) * rng.uniform(0.1, 1.0, count)
    assert explained(claims(rng, slopes), bars, slopes, x) == NOTHING


def test_random_errors():
    random_errors_have_nothing_in_common(lambda rng, slopes: slopes + rng.normal(size=len(slopes)))
    random_errors_have_nothing_in_common(lambda rng, slopes: slopes * rng.uniform(-3.0, 3.0, len(slopes)))
    refuted(random_errors_have_nothing_in_common, lambda rng, slopes: -slopes)


def checked(witness, claimed, x):
    def f(point, n, value, user):
        value[0] = objective(point[:n])
        return 0

    report = new_report()
    arguments = (None, x, claimed, x.size, None, report, records(Finding, 1), 1)
    assert witness("gradproof_check", f, *arguments) == DONE
    return report


def objective(x):
    return float(np.sum(np.sin(x) * OTHER) + np.sum(x**3) / 7)


def gradient(x):
    return np.cos(x) * OTHER + 3 * x**2 / 7


@pytest.mark.parametrize("factor", [1.0, 2.0, -1.0, 0.5, 4.184])
def test_the_same_as_in_python(witness, factor):
    """The number is that of Python's explanation, of which the core does not know."""
    report = checked(witness, factor * gradient(X), X)
    said = gradproof.check(objective, factor * gradient(X), X).explanations
    if factor == 1.0:
        assert (report.explanation, said) == (EXPLAINED_BY_NOTHING, ())
    else:
        assert (report.explanation, report.explained) == (EXPLAINED_BY_FACTOR, 6)
        assert [one.kind for one in said] == ["factor"]
        assert abs(said[0].number - report.factor) <= report.factor_bar
        assert abs(factor - report.factor) <= report.factor_bar < 1e-3


def test_a_penalty_as_in_python(witness):
    claimed = gradient(X) - 0.1 * X
    report = checked(witness, claimed, X)
    (said,) = gradproof.check(objective, claimed, X).explanations
    assert (report.explanation, report.explained, said.kind) == (EXPLAINED_BY_X, 6, "addition")
    assert abs(said.number - report.factor) <= report.factor_bar < 1e-3
