"""Small outputs beside large ones are looked at along the way, whatever the function does at some of the points."""

import numpy as np
import pytest

import gradproof
from gradproof.outputs import function as functions
from gradproof.outputs.localisation import screen

sparse = pytest.importorskip("scipy.sparse")

X = np.linspace(0.5, 1.5, 9)
SIZES = np.logspace(0, -9, 9)


def function(x):
    return SIZES * np.sin(x)


def jacobian(x, factor=1.0):
    slopes = SIZES * np.cos(x)
    slopes[7] *= factor
    return np.diag(slopes)


def fails_above(place):
    """The function, which raises where one coordinate is larger than at x: its pairs have one point only."""

    def failing(x):
        if x[place] > X[place]:
            raise ValueError("too large")
        return function(x)

    return failing


@pytest.mark.parametrize("held", [1, 20, 1 << 12])
@pytest.mark.parametrize("f", [function, fails_above(3), fails_above(6)])
def test_a_wrong_claim_for_a_small_output_is_found(f, held, monkeypatch):
    monkeypatch.setattr(screen, "HELD_NUMBERS", held)
    report = gradproof.check_jacobian(f, lambda x: jacobian(x, 1.01), X)
    wrong = [one for one in report.findings if one.cause is gradproof.Cause.WRONG]
    assert [(one.name, one.index, one.output) for one in wrong] == [("output[7] / x[7]", 7, 7)]
    right = gradproof.check_jacobian(f, jacobian, X)
    assert right.wrong.size == 0
    assert right.verdict == ("right" if f is function else right.verdict)


def into_one_memory(memory):
    """The function, which returns the same memory at every call."""

    def reusing(x):
        memory[...] = function(x)
        return memory

    return reusing


def missing_above(x):
    return np.where(x[3] > X[3], np.nan, function(x))


@pytest.mark.parametrize("f", [function, fails_above(3), missing_above, into_one_memory(np.empty(9))])
@pytest.mark.parametrize("factor", [1.0, 1.01])
def test_outputs_are_weighed_many_at_a_time_as_one_by_one(f, factor, monkeypatch):
    found = []
    for held in (1, 20, 1 << 13):
        monkeypatch.setattr(functions, "HELD_NUMBERS", held)
        found.append(gradproof.check_jacobian(f, lambda x: jacobian(x, factor), X).to_json())
    assert found == [found[0]] * 3
    assert ("output[7] / x[7]" in found[0]) == (factor != 1.0)


@pytest.mark.parametrize("choice", [{"only": [1, 5, 7]}, {"bounds": (X - 1e-12, None)}])
def test_with_coordinates_that_are_chosen_or_kept_inside(choice):
    assert gradproof.check_jacobian(function, lambda x: jacobian(x, 1.01), X, **choice).wrong.tolist() == [7]
    assert gradproof.check_jacobian(function, jacobian, X, **choice).wrong.size == 0


def test_in_float32():
    x = X.astype(np.float32)
    f = lambda x: np.array([1.0, 1e-3], np.float32) * x[:2] ** 2  # noqa: E731
    right = lambda x: np.diag([2.0, 2e-3]) @ np.eye(2, 9) * x  # noqa: E731
    assert gradproof.check_jacobian(f, right, x).wrong.size == 0
    wrong = gradproof.check_jacobian(f, lambda x: right(x) * [[1], [1.2]], x)
    assert wrong.wrong.tolist() == [1]


@pytest.mark.parametrize("form", [np.asarray, sparse.csr_matrix])
def test_outputs_near_zero_cost_no_evaluations(form):
    """What is rounded in them are the terms of which they are made."""
    matrix = np.random.default_rng(5).normal(size=(4000, 20))
    x = np.random.default_rng(6).normal(size=20)
    slopes = np.cos(matrix @ x)[:, None] * matrix
    report = gradproof.check_jacobian(lambda x: np.sin(matrix @ x), form(slopes), x)
    assert report
    assert report.evaluations == 2 + 2 * 20
    slopes[np.argmin(np.abs(matrix @ x)), 7] *= 1.001
    report = gradproof.check_jacobian(lambda x: np.sin(matrix @ x), form(slopes), x)
    assert report.wrong.tolist() == [7]


@pytest.mark.parametrize(("factor", "verdict"), [(1.0, "right"), (1.01, "wrong")])
def test_a_small_slope_of_a_large_output_beside_a_large_slope(factor, verdict):
    def function(x):
        return np.array([3 * np.sin(x[0]), 1 - 1e-3 * np.cos(x[0])])

    def jacobian(x):
        return np.array([[3 * np.cos(x[0])], [factor * 1e-3 * np.sin(x[0])]])

    report = gradproof.check_jacobian(function, jacobian, np.array([0.8]))
    assert report.verdict == verdict
    assert [finding.name for finding in report.findings] == ["output[1] / x[0]"] * (factor != 1)
