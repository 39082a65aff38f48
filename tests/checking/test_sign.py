"""`sign=-1`: the claim is minus the gradient, as forces are."""

import numpy as np
import pytest

import gradproof

X = np.random.default_rng(0).normal(size=5)


def energy(x):
    return float(np.sum(np.sin(x)))


def forces(x):
    return -np.cos(x)


def wrong_forces(x):
    return forces(x) * [1, 1, 1, -1, 1]


def test_forces():
    assert gradproof.check(energy, forces, X, sign=-1).verdict == "right"
    assert gradproof.check(energy, forces(X), X, sign=-1).verdict == "right"
    report = gradproof.check(energy, wrong_forces, X, sign=-1)
    assert (report.verdict, report.wrong.tolist(), report.warnings) == ("wrong", [3], ())
    (finding,) = report.findings
    assert finding.claimed == pytest.approx(-np.cos(X[3]))
    assert finding.slope == pytest.approx(np.cos(X[3]))


def test_in_place_and_assertions():
    x = X.copy()
    objective = gradproof.in_place(x, lambda: energy(x))
    assert gradproof.check(objective, lambda: forces(x), sign=-1).verdict == "right"
    assert gradproof.check(objective, lambda: wrong_forces(x), sign=-1).wrong.tolist() == [3]
    with pytest.raises(gradproof.GradientError, match="wrong in 1 of 5"):
        gradproof.assert_gradient(energy, wrong_forces, X, sign=-1)


def test_on_fewer_rows():
    """The second row hides the slopes of the first one but on rows of its own."""
    data = np.random.default_rng(1).normal(size=(40, 4))
    weights = np.zeros(40)
    weights[:20] = 1e9

    def f(x, rows):
        return float(np.sum(np.sin(data[rows] @ x) + weights[rows]))

    def g(x, rows):
        return data[rows].T @ np.cos(data[rows] @ x)

    x = np.full(4, 0.3)
    plain = gradproof.check(f, g, x, rows=40)
    negative = gradproof.check(f, lambda x, rows: -g(x, rows), x, rows=40, sign=-1)
    assert str(plain) == str(negative)
    chosen = gradproof.check(f, lambda x, rows: -g(x, rows), x, rows=40, sign=-1, only=[1, 3])
    assert chosen.n == 2


@pytest.mark.parametrize("factor", [1.0, 0.5])
def test_many_outputs(factor):
    matrix = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.5]])
    x = np.array([0.5, 1.0, 2.0])

    def function(x):
        return matrix @ np.sin(x)

    def jacobian(x):
        return -matrix * np.cos(x) * [1, factor, 1]

    reports = [
        gradproof.check_jacobian(function, jacobian, x, sign=-1),
        gradproof.check_jvp(function, lambda x, v: jacobian(x) @ v, x, sign=-1),
        gradproof.check_vjp(function, lambda x, w: jacobian(x).T @ w, x, sign=-1),
        gradproof.check_hvp(np.sin, lambda x, v: -np.cos(x) * v * [1, factor, 1], x, sign=-1),
    ]
    for report in reports:
        assert report.wrong.tolist() == ([] if factor == 1.0 else [1])


@pytest.mark.parametrize("sign", [0, 2, True, "-", None, 0.5])
def test_other_signs_are_refused(sign):
    with pytest.raises(ValueError, match="sign must be 1, or -1"):
        gradproof.check(energy, forces, X, sign=sign)


def test_products_of_each_other_have_no_sign():
    with pytest.raises(ValueError, match="here both products are claims"):
        gradproof.check_adjoint(lambda x, v: v, lambda x, w: w, X, sign=-1)
