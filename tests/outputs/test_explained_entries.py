"""Bugs of Jacobians by name, where the sum of all outputs shows none: each with a right twin."""

import numpy as np
import pytest

import gradproof
from gradproof import check_jacobian, check_vjp

RANDOM = np.random.default_rng(3)
MATRIX, X = RANDOM.normal(size=(5, 5)), RANDOM.normal(size=5)
ROWS = np.array([1.0, -1.0, 1.0, 1.0, 0.5])[:, None]


def function(x):
    return np.sin(MATRIX @ x)


def jacobian(x):
    return np.cos(MATRIX @ x)[:, None] * MATRIX


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (lambda x: jacobian(x).T, ["the Jacobian: claimed = slope, transposed"]),
        (
            lambda x: ROWS * jacobian(x),
            ["output[1]: claimed = -1 × slope, the sign is wrong", "output[4]: claimed = 0.5 × slope: is a factor 2"],
        ),
        (
            lambda x: np.where(np.isin(np.arange(5), [0, 3])[:, None], 0.0, jacobian(x)),
            ["output[0]; output[3]: claimed = 0, but f depends on it"],
        ),
        (
            lambda x: np.round(jacobian(x), 2),
            ["output[0]; output[1]; output[2]; output[3]; output[4]: every wrong claim is its slope to 2 decimals"],
        ),
        (
            lambda x: np.where((np.arange(25) == 7).reshape(5, 5), -1, 1) * jacobian(x),
            ["output[1] / x[2]: claimed = -1 × slope"],
        ),
    ],
)
def test_bugs_of_jacobians_are_named(wrong, told):
    assert check_jacobian(function, jacobian, X)
    report = check_jacobian(function, wrong, X)
    said = list(map(str, report.explanations))
    assert all(one.startswith(words) for one, words in zip(said, told, strict=True))
    assert all(one.share <= 1.0 for one in report.explanations)
    assert report.unexplained == ()
    assert told[0][:60] in " ".join(str(report).split())
    assert all(one.explanation for one in report.findings)


def test_a_product_with_covectors_that_drops_an_output():
    def vjp(x, w):
        return jacobian(x).T @ (w * [1, 1, 0, 1, 1])

    report = check_vjp(function, vjp, X)
    assert [str(one) for one in report.explanations] == [
        "output[2]: claimed = 0, but f depends on it: is a path detached, or was it never written? "
        "(explains 100.0 % of the error)"
    ]


def test_entries_that_nothing_explains_are_named():
    claims = jacobian(X)
    claims[3, 1] += 0.31234
    report = check_jacobian(function, claims, X)
    assert report.explanations == ()
    assert report.unexplained == ("output[3] / x[1], too few to tell",)


def test_of_many_places_some_are_named_and_what_explains_nothing_is_not_said():
    """Rows whose entries are lost here and there; one tiny entry with a factor beside large errors of other kinds."""
    random = np.random.default_rng(5)
    matrix, x = random.normal(size=(30, 5)), random.normal(size=5)
    right = np.cos(matrix @ x)[:, None] * matrix
    lost = np.where(random.random((30, 5)) < 0.5, 0.0, right)
    said = str(check_jacobian(lambda x: np.sin(matrix @ x), lost, x).explanations[0])
    assert "more outputs: claimed = 0" in said
    assert said.count("output[") == 8
    few, errors = matrix[:2], np.stack([1e-3 * right[0], 9 * random.normal(size=5)])
    report = check_jacobian(lambda x: np.sin(few @ x), right[:2] + errors, x)
    assert report.explanations == ()
    assert {one.output for one in report.findings} == {0, 1}


def test_wrong_entries_with_both_ends_come_first():
    """More columns are wrong than are looked at output by output."""
    random = np.random.default_rng(6)
    matrix, x = random.normal(size=(90, 40)), random.normal(size=40)

    def wrong(x, c):
        return matrix.T @ (np.cos(matrix @ x) * c * np.where(np.arange(90) < 45, 1.0, 1.5))

    report = check_vjp(lambda x: np.sin(matrix @ x), wrong, x)
    outputs = [one.output for one in report.findings]
    assert min(outputs) == -1 < max(outputs)
    assert outputs.index(-1) == sum(one >= 0 for one in outputs)
    assert len(report.wrong) == 40


def test_random_errors_of_jacobians_are_not_explained():
    random = np.random.default_rng(11)
    for _ in range(40):
        shape = (int(random.integers(2, 6)), int(random.integers(2, 6)))
        matrix, x = random.normal(size=shape), random.normal(size=shape[1])
        mask = random.random(shape) < random.choice([0.2, 1.0])
        errors = np.where(mask, random.normal(size=shape) * 10.0 ** random.integers(-2, 1), 0.0)
        right = np.cos(matrix @ x)[:, None] * matrix
        report = gradproof.check_jacobian(lambda x, m=matrix: np.sin(m @ x), right + errors, x)
        assert report.explanations == (), report


def test_a_row_with_a_small_factor_is_no_solver():
    """The errors of the sum look like those of a solver's tolerance; the entries show one row."""
    random = np.random.default_rng(4)
    matrix, x = random.normal(size=(7, 5)), random.normal(size=5)
    factors = np.where(np.arange(7) == 3, 1.001, 1.0)[:, None]
    report = check_jacobian(lambda x: np.sin(matrix @ x), factors * np.cos(matrix @ x)[:, None] * matrix, x)
    assert [str(one).partition(" (")[0] for one in report.explanations] == ["output[3]: claimed = 1.001 × slope"]
    assert report.warnings == ()
