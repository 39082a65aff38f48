"""Jacobians in every form: dense, sparse, operators, blocks, complex; wrong rows, columns and entries are named."""

from __future__ import annotations

import numpy as np
import pytest
from manyoutputs import POINT, X, function, jacobian, names, two_arrays, with_entry

from gradproof import GradientError, assert_jacobian, check_jacobian

sparse = pytest.importorskip("scipy.sparse")
linalg = pytest.importorskip("scipy.sparse.linalg")


def blocks(p):
    t, s = 1 - np.tanh(p["W"] @ p["b"]) ** 2, 2 * p["W"].sum(axis=0)
    return {
        "y": {"W": np.einsum("i,ij,k->ijk", t, np.eye(3), p["b"]), "b": t[:, None] * p["W"]},
        "z": {"W": np.einsum("k,kj,i->kij", s, np.eye(4), np.ones(3)), "b": np.zeros((4, 4))},
    }


FORMS = [
    lambda matrix: matrix,
    lambda matrix: lambda x: matrix,
    sparse.csr_matrix,
    sparse.coo_array,
    linalg.aslinearoperator,
    lambda matrix: linalg.LinearOperator(matrix.shape, matvec=lambda v: matrix @ v),
]


@pytest.mark.parametrize("form", FORMS)
def test_forms(form):
    report = check_jacobian(function, form(jacobian(X)), X)
    assert report, str(report)
    assert report.evaluations == 2 + 2 * 5
    report = check_jacobian(function, form(with_entry(jacobian(X), 3, 2, 1.001)), X)
    assert names(report) == ["output[3] / x[2]"]
    assert report.wrong.tolist() == [2]


def test_every_entry_counts_however_small_beside_its_column():
    matrix, scales = np.array([[1.0, 2.0], [3.0, -1.0], [0.5, 4.0]]), np.array([1e6, 1.0, 1e-6])
    x = np.array([0.3, 0.7])

    def f(x):
        return scales * np.sin(matrix @ x)

    claims = (scales * np.cos(matrix @ x))[:, None] * matrix
    assert check_jacobian(f, claims, x)
    report = check_jacobian(f, with_entry(claims, 2, 1, 1.01), x)
    assert names(report) == ["output[2] / x[1]"]


def test_wrong_rows_and_columns():
    bad = jacobian(X)
    bad[4] *= 0.5
    assert set(names(check_jacobian(function, bad, X))) == {f"output[4] / x[{i}]" for i in range(5)}
    bad = jacobian(X)
    bad[:, 3] *= 0.5
    report = check_jacobian(function, bad, X)
    assert report.wrong.tolist() == [3]
    assert set(names(report)) == {f"output[{j}] / x[3]" for j in range(6)}


def test_a_transposed_block():
    matrix = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 9.0]])
    assert check_jacobian(lambda x: matrix @ x, matrix, np.ones(3))
    report = check_jacobian(lambda x: matrix @ x, matrix.T, np.ones(3))
    assert report.wrong.tolist() == [0, 1, 2]
    assert len(report.findings) == 6


def test_blocks_as_frameworks_return_them():
    assert check_jacobian(two_arrays, blocks, POINT)

    def wrong(p):
        claimed = blocks(p)
        claimed["z"]["W"][1, 2, 1] = 0.5
        return claimed

    assert names(check_jacobian(two_arrays, wrong, POINT)) == ["z[1] / W[2, 1]"]
    dense = np.zeros((7, 16))
    dense[:3, :12], dense[:3, 12:] = blocks(POINT)["y"]["W"].reshape(3, 12), blocks(POINT)["y"]["b"]
    dense[3:, :12] = blocks(POINT)["z"]["W"].reshape(4, 12)
    assert check_jacobian(two_arrays, dense, POINT)
    assert not check_jacobian(two_arrays, with_entry(dense, 0, 0, 1.1), POINT)


def test_shapes_of_arrays():
    x = np.arange(1.0, 7.0).reshape(2, 3)
    claims = np.zeros((2, 2, 3))
    claims[0, 0], claims[1, 1] = 2 * x[0], 2 * x[1]

    def f(x):
        return np.sum(x**2, axis=1)

    assert check_jacobian(f, claims, x)
    assert check_jacobian(f, claims.reshape(2, 6), x)
    assert names(check_jacobian(f, claims * [[[1, 1, 1], [1, 1.5, 1]]], x)) == ["output[1] / x[1, 1]"]
    with pytest.raises(ValueError, match=r"the Jacobian has the shape \(6, 2\), but the output has the shape \(2,\)"):
        check_jacobian(f, claims.reshape(2, 6).T, x)


def test_patterns():
    n, rng = 40, np.random.default_rng(3)
    matrix = sparse.random(60, n, 0.1, random_state=5, format="csr")
    x = rng.normal(size=n)

    def f(x):
        return np.sin(matrix @ x)

    claims = sparse.diags(np.cos(matrix @ x)) @ matrix
    pattern = matrix != 0
    assert check_jacobian(f, claims, x, pattern=pattern)
    assert check_jacobian(f, claims, x, pattern=pattern.toarray())
    row, column = (int(each[3]) for each in claims.nonzero())
    # The function has a derivative outside of the pattern.
    narrower = pattern.tolil()
    narrower[row, column] = False
    kept = claims.tolil()
    kept[row, column] = 0.0
    report = check_jacobian(f, kept.tocsr(), x, pattern=narrower.tocsr())
    assert names(report) == [f"output[{row}] / x[{column}]"]
    # The claims have one.
    with pytest.raises(ValueError, match=rf"not 0 in 1 entries outside of the pattern, such as output\[{row}\]"):
        check_jacobian(f, claims, x, pattern=narrower.tocsr())
    with pytest.raises(ValueError, match="the pattern has the shape"):
        check_jacobian(f, claims, x, pattern=pattern.T)


def test_a_sparse_jacobian_without_entries():
    nothing, pattern = sparse.csr_array((2, 2)), sparse.csr_array(np.eye(2))
    x = np.array([0.5, 2.0])
    assert check_jacobian(lambda x: np.ones(2), nothing, x, pattern=pattern)
    report = check_jacobian(lambda x: np.array([1.0, x[1]]), nothing, x, pattern=pattern)
    assert names(report) == ["output[1] / x[1]"]


def test_complex_derivatives():
    z = np.array([1.0 + 2.0j, -0.5 + 0.25j])
    assert check_jacobian(lambda z: z**2, np.diag(2 * z), z)
    report = check_jacobian(lambda z: z**2, np.diag(2 * z * [1, 1.1]), z)
    assert report.wrong.tolist() == [2, 3]
    assert "output[1].real / x[1].real" in names(report)
    x = np.array([0.5, 1.5])
    assert check_jacobian(lambda x: np.exp(1j * x), np.diag(1j * np.exp(1j * x)), x)
    assert not check_jacobian(lambda x: np.exp(1j * x), np.diag(-1j * np.exp(1j * x)), x)


def test_assertions_and_refusals():
    assert assert_jacobian(function, jacobian, X).verdict == "right"
    with pytest.raises(GradientError, match="the Jacobian is wrong in 5 of 5 coordinates"):
        assert_jacobian(function, lambda x: 2 * jacobian(x), X)
    with pytest.raises(ValueError, match=r"the operator has the shape \(5, 6\), but \(6, 5\) is expected"):
        check_jacobian(function, linalg.aslinearoperator(jacobian(X).T), X)
    with pytest.raises(ValueError, match=r"the Jacobian has the shape \(5, 6\)"):
        check_jacobian(function, sparse.csr_array(jacobian(X).T), X)


def tridiagonal(n=30):
    second = sparse.diags([np.ones(n - 1), -2 * np.ones(n), np.ones(n - 1)], [-1, 0, 1]).tocsr()
    u = np.random.default_rng(3).normal(size=n)
    return second, u, (second + sparse.diags(3 * u**2)).tocsr(), lambda u: second @ u + u**3


def test_the_entries_of_an_operator_within_a_pattern_take_a_product_for_each_group_of_columns():
    second, u, jacobian, function = tridiagonal()
    report = check_jacobian(function, linalg.aslinearoperator(jacobian), u, pattern=second != 0)
    # Three groups, one random tangent, and the two products that show whether matvec and rmatvec fit.
    assert report
    assert report.gradient_evaluations == 3 + 1 + 2
    other = jacobian.copy()
    other[4, 5] *= 1.0001
    report = check_jacobian(function, linalg.aslinearoperator(other), u, pattern=second != 0)
    assert names(report) == ["output[4] / x[5]"]


@pytest.mark.parametrize("place", [(3, 17), (29, 0)])
def test_an_operator_that_is_not_zero_outside_of_the_pattern_is_refused(place):
    second, u, jacobian, function = tridiagonal()
    outside = jacobian.tolil()
    outside[place] = 0.5
    with pytest.raises(ValueError, match=rf"outside of the pattern in 1 rows, such as that of output\[{place[0]}\]"):
        check_jacobian(function, linalg.aslinearoperator(outside.tocsr()), u, pattern=second != 0)
    # The function is not zero there: what is claimed is.
    report = check_jacobian(
        lambda u: function(u) + 0.5 * np.eye(30)[place[0]] * u[place[1]],
        linalg.aslinearoperator(jacobian), u, pattern=second != 0,
    )  # fmt: skip
    assert names(report) == [f"output[{place[0]}] / x[{place[1]}]"]


@pytest.mark.parametrize("of", ["matvec", "rmatvec"])
def test_an_operator_whose_two_products_do_not_fit_is_wrong(of):
    _, u, jacobian, function = tridiagonal()
    products = {"matvec": lambda v: jacobian @ v, "rmatvec": lambda w: jacobian.T @ w}
    assert check_jacobian(function, linalg.LinearOperator(jacobian.shape, **products), u)
    right = products[of]
    products[of] = lambda v: 1.001 * right(v)
    report = check_jacobian(function, linalg.LinearOperator(jacobian.shape, **products), u)
    assert report.verdict == "wrong"
    assert report.warnings[0].startswith("matvec and rmatvec of the operator do not fit each other")


def test_a_transposed_shape_is_told():
    with pytest.raises(ValueError, match=r"x has \(5,\): \(6, 5\) is expected; transpose it$"):
        check_jacobian(function, jacobian(X).T, X)
