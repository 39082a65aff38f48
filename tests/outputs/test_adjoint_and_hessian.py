"""The dot-product test, and Hessian-vector products."""

from __future__ import annotations

import numpy as np
import pytest
from manyoutputs import POINT, X, jacobian, jvp, names, vjp, vjp_of_two, with_entry

from gradproof import GradientError, assert_adjoint, assert_hvp, check_adjoint, check_hvp


def jvp_of_two(p, tangent):
    t = 1 - np.tanh(p["W"] @ p["b"]) ** 2
    inner = tangent["W"] @ p["b"] + p["W"] @ tangent["b"]
    return {"y": t * inner, "z": 2 * p["W"].sum(axis=0) * tangent["W"].sum(axis=0)}


def test_adjoint_pairs_pass_and_others_are_located():
    report = check_adjoint(jvp, vjp, X)
    assert report
    assert (report.subject, report.against, report.rounds) == ("vjp", "jvp", 0)
    assert "right: the vjp agrees with the jvp in all 5 coordinates" in str(report)
    bad = with_entry(jacobian(X), 5, 3, 1.0001)
    report = check_adjoint(jvp, lambda x, c: bad.T @ c, X)
    assert names(report) == ["output[5] / x[3]"]
    assert report.wrong.tolist() == [3]
    assert report.findings[0].claimed == pytest.approx(bad[5, 3], rel=1e-12)
    assert report.findings[0].slope == pytest.approx(jacobian(X)[5, 3], rel=1e-12)


def test_adjoint_of_named_arrays():
    assert check_adjoint(jvp_of_two, vjp_of_two, POINT)

    def wrong(p, cotangent):
        claimed = vjp_of_two(p, cotangent)
        claimed["b"][2] += cotangent["z"][3]
        return claimed

    assert names(check_adjoint(jvp_of_two, wrong, POINT)) == ["z[3] / b[2]"]


def test_adjoint_of_complex_operators():
    rng = np.random.default_rng(0)
    matrix = rng.normal(size=(4, 3)) + 1j * rng.normal(size=(4, 3))
    z = np.ones(3) + 0j
    assert check_adjoint(lambda z, t: matrix @ t, lambda z, c: matrix.conj().T @ c, z)
    assert not check_adjoint(lambda z, t: matrix @ t, lambda z, c: matrix.T @ c, z)
    assert check_adjoint(lambda z, t: matrix @ t, lambda z, c: matrix.T @ c, z, convention="jax")


def test_float32_operators():
    matrix = jacobian(X).astype(np.float32)
    x = X.astype(np.float32)
    assert check_adjoint(lambda x, t: matrix @ t, lambda x, c: matrix.T @ c, x)
    bad = with_entry(matrix, 3, 3, 1.1)
    assert names(check_adjoint(lambda x, t: matrix @ t, lambda x, c: bad.T @ c, x)) == ["output[3] / x[3]"]


def test_assert_adjoint():
    assert assert_adjoint(jvp, vjp, X).verdict == "right"
    with pytest.raises(GradientError, match="the vjp is wrong in") as caught:
        assert_adjoint(jvp, lambda x, c: 2 * vjp(x, c), X)
    assert caught.value.report.wrong.tolist() == [0, 1, 2, 3, 4]


def gradient(x):
    return 2 * x * np.sum(x**2)


def hessian(x):
    return 2 * np.eye(len(x)) * np.sum(x**2) + 4 * np.outer(x, x)


def test_hessian_vector_products():
    report = check_hvp(gradient, lambda x, v: hessian(x) @ v, X)
    assert report
    assert report.subject == "Hessian-vector product"
    bad = hessian(X)
    bad[1, 2] = bad[2, 1] = 0.0
    report = check_hvp(gradient, lambda x, v: bad @ v, X)
    assert set(names(report)) == {"output[1] / x[2]", "output[2] / x[1]"}
    assert not any("symmetric" in note for note in report.warnings)


def test_a_product_that_is_not_symmetric():
    matrix = np.array([[2.0, 1.0], [0.0, 3.0]])
    report = check_hvp(lambda x: matrix @ x, lambda x, v: matrix @ v, np.ones(2))
    assert report.verdict == "wrong"
    assert report.warnings[0].startswith("The product is not symmetric: for two random vectors, u · H v and v · H u")


def test_assert_hvp():
    assert assert_hvp(gradient, lambda x, v: hessian(x) @ v, X).verdict == "right"
    with pytest.raises(GradientError, match="the Hessian-vector product is wrong in 5 of 5"):
        assert_hvp(gradient, lambda x, v: v * np.sum(x**2), X)
    with pytest.raises(TypeError, match="the Hessian-vector product is called with x and a vector: "):
        assert_hvp(gradient, hessian, X)


def linear_operator(matrix, adjoint):
    linalg = pytest.importorskip("scipy.sparse.linalg")
    return linalg.LinearOperator(matrix.shape, lambda v: matrix @ v, lambda w: adjoint @ w, dtype=matrix.dtype)


@pytest.mark.parametrize("kind", [np.float64, np.complex128])
def test_a_linear_operator_by_itself(kind):
    numbers = np.random.default_rng(0).standard_normal((2, 4, 6))
    matrix = (numbers[0] + 1j * numbers[1]).astype(kind) if kind == np.complex128 else numbers[0]
    adjoint = matrix.conj().T.copy()
    right = linear_operator(matrix, adjoint)
    assert check_adjoint(right).verdict == "right"
    assert assert_adjoint(right, right.H, np.ones(6, kind)).n == 6 * (1 + (kind == np.complex128))
    adjoint[2, 1] += 0.1
    report = check_adjoint(linear_operator(matrix, adjoint), np.ones((2, 3), kind))
    assert report.verdict == "wrong"
    assert {one.name.replace(".real", "").replace(".imag", "") for one in report.findings} == {"output[1] / x[0, 2]"}
    assert check_adjoint(right, linear_operator(adjoint, matrix)).verdict == "wrong"


def test_operators_that_cannot_be_checked_are_refused():
    matrix = np.ones((4, 6))
    operator = linear_operator(matrix, matrix.T)
    one_way = type(operator)((4, 6), lambda v: matrix @ v)
    with pytest.raises(ValueError, match="x holds 5 numbers, but the operator takes 6"):
        check_adjoint(operator, np.ones(5))
    with pytest.raises(TypeError, match="the operator has no rmatvec"):
        check_adjoint(one_way)
    with pytest.raises(TypeError, match="has its own adjoint"):
        check_adjoint(operator, lambda _, w: matrix.T @ w, np.ones(6))
    with pytest.raises(TypeError, match="takes a jvp, a vjp and x; or a linear operator"):
        check_adjoint(matrix)


@pytest.mark.parametrize("size", [1e-310, 1e-200, 1e160, 1e300])
def test_products_whose_squares_have_no_value(size):
    matrix, x = size * np.arange(1.0, 7.0).reshape(2, 3), np.ones(3)
    other = with_entry(matrix, 1, 2, 1.01)
    for claimed, verdict, wrong in ((matrix, "right", []), (other, "wrong", ["output[1] / x[2]"])):
        report = check_adjoint(lambda x, v: matrix @ v, lambda x, w, claimed=claimed: claimed.T @ w, x)
        assert (report.verdict, names(report)) == (verdict, wrong)
    square = size * np.array([[2.0, 1.0], [1.0, 3.0]])
    for shear, verdict in ((0.0, "right"), (0.1 * size, "wrong")):
        hessian = square + np.array([[0.0, shear], [0.0, 0.0]])
        report = check_hvp(lambda x, h=hessian: h @ x, lambda x, v, h=hessian: h @ v, np.array([0.5, 1.0]))
        assert report.verdict == verdict
        assert any("not symmetric" in each for each in report.warnings) == bool(shear)


@pytest.mark.parametrize("value", [np.inf, -np.inf, np.nan, 1e308])
def test_an_entry_that_is_not_finite_or_next_to_it(value):
    matrix, x = np.arange(1.0, 7.0).reshape(2, 3), np.ones(3)
    spoilt = matrix.copy()
    spoilt[1, 2] = value
    with np.errstate(all="ignore"):
        backward = check_adjoint(lambda x, v: matrix @ v, lambda x, w: spoilt.T @ w, x)
        forward = check_adjoint(lambda x, v: spoilt @ v, lambda x, w: matrix.T @ w, x)
    assert backward.verdict == forward.verdict == "wrong"
    assert "output[1] / x[2]" in names(backward)
    assert "output[1] / x[2]" in names(forward)
    assert check_adjoint(lambda x, v: matrix @ v, lambda x, w: matrix.T @ w, x)
