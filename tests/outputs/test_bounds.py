"""Outside of the bounds nothing is evaluated, also where what disagrees is looked at output by output."""

import numpy as np
import pytest

import gradproof

X = np.array([0.5, 1.25])


def jacobian(x, row, factor):
    matrix = np.array([[2 * x[0], 0], [0, 0.5 / np.sqrt(x[1])], [x[1], x[0]]])
    matrix[row, 0] *= factor
    return matrix


class Inside:
    """A function that keeps the points at which it is evaluated."""

    def __init__(self):
        self.points = []

    def __call__(self, x):
        self.points.append(x.copy())
        return np.array([x[0] ** 2, np.sqrt(x[1]), x[0] * x[1]])


@pytest.mark.parametrize("room", [0.0, 1e-7, 1e-4, 0.1])
@pytest.mark.parametrize("row", [0, 2])
@pytest.mark.parametrize("factor", [1.0, 2.0])
def test_a_bound_near_x(room, row, factor):
    upper = X + np.array([room, 1.0])
    lower = X - np.array([0.25, room])
    claims = [
        (gradproof.check_jacobian, lambda x: jacobian(x, row, factor)),
        (gradproof.check_vjp, lambda x, w: jacobian(x, row, factor).T @ w),
        (gradproof.check_jvp, lambda x, v: jacobian(x, row, factor) @ v),
    ]
    for check, claim in claims:
        function = Inside()
        report = check(function, claim, X, bounds=(lower, upper))
        points = np.array(function.points)
        assert (points >= lower).all()
        assert (points <= upper).all()
        assert [one.name for one in report.findings] == [f"output[{row}] / x[0]"] * (factor != 1)
        assert report.verdict == ("wrong" if factor != 1 else "right")


def test_terms():
    function, upper = Inside(), X + np.array([0.0, 1.0])
    report = gradproof.check(
        gradproof.terms(function), lambda x: jacobian(x, 0, 0.0).sum(axis=0), X, bounds=(None, upper)
    )
    assert report.warnings[0] == "terms[0] is missing in the gradient: its slopes explain all 1 errors."
    assert (np.array(function.points) <= upper).all()
