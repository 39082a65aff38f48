"""Complex derivatives in every form and convention: sparse, operators, patterns; a convention that is another's."""

from __future__ import annotations

import numpy as np
import pytest
from manyoutputs import names

from gradproof import check_jacobian, check_jvp, check_vjp

sparse = pytest.importorskip("scipy.sparse")
linalg = pytest.importorskip("scipy.sparse.linalg")

RNG = np.random.default_rng(11)
W = RNG.normal(size=(4, 3)) + 1j * RNG.normal(size=(4, 3))
Z = RNG.normal(size=3) + 1j * RNG.normal(size=3)
X = RNG.normal(size=3)
CONVENTIONS = ["pytorch", "jax", "autograd"]


def holomorphic(z):
    return (W @ z) ** 2


def its_jacobian(z):
    return 2 * (W @ z)[:, None] * W


def squares(z):
    """A real function; its gradients are df/dx + i df/dy in the convention of PyTorch."""
    return np.abs(W @ z) ** 2


def gradients(convention):
    rows = 2 * (W @ Z)[:, None] * W.conj()
    return rows if convention == "pytorch" else rows.conj()


def waves(x):
    return np.exp(1j * (W.real @ x))


def derivative_of_waves(x):
    return 1j * waves(x)[:, None] * W.real


FORMS = [sparse.csr_matrix, sparse.coo_array, linalg.aslinearoperator]


@pytest.mark.parametrize("convention", CONVENTIONS)
@pytest.mark.parametrize("form", FORMS)
def test_sparse_and_operators(form, convention):
    cases = [
        (holomorphic, its_jacobian(Z), Z),
        (squares, gradients(convention), Z),
        (waves, derivative_of_waves(X), X),
    ]
    for function, matrix, x in cases:
        assert check_jacobian(function, form(matrix), x, convention=convention)
        other = matrix.copy()
        other[2, 1] *= 1.001
        report = check_jacobian(function, form(other), x, convention=convention)
        assert report.verdict == "wrong"
        assert report.findings
        assert all(name.startswith("output[2]") and " / x[1]" in name for name in names(report))
        assert check_jacobian(function, form(matrix.conj()), x, convention=convention).verdict == "wrong"


@pytest.mark.parametrize("form", [sparse.csr_matrix, linalg.aslinearoperator])
def test_complex_derivatives_of_real_numbers_are_refused(form):
    with pytest.raises(TypeError, match=r"the Jacobian must hold real numbers .*, not complex numbers"):
        check_jacobian(lambda x: x**2, form(np.diag(2 * X).astype(complex)), X)


@pytest.mark.parametrize("form", [np.asarray, sparse.csr_matrix, lambda pattern: pattern.tolist()])
def test_the_pattern_of_a_complex_number_is_that_of_its_parts(form):
    pattern = np.eye(3, dtype=bool)
    for jacobian in (np.diag(2 * Z), sparse.diags(2 * Z)):
        assert check_jacobian(lambda z: z**2, jacobian, Z, pattern=form(pattern))
    beside = np.diag(2 * Z)
    beside[0, 2] = 0.5j
    with pytest.raises(ValueError, match=r"outside of the pattern, such as output\[0\]\.real / x\[2\]\.imag"):
        check_jacobian(lambda z: z**2, beside, Z, pattern=form(pattern))


@pytest.mark.parametrize("convention", CONVENTIONS)
def test_the_convention_of_another_framework_is_named(convention):
    pulled = {"pytorch": lambda z, w: its_jacobian(z).conj().T @ w, "jax": lambda z, w: its_jacobian(z).T @ w}
    mine, other = ("pytorch", "jax") if convention == "pytorch" else ("jax", "pytorch")
    assert check_vjp(holomorphic, pulled[mine], Z, convention=convention)
    report = check_vjp(holomorphic, pulled[other], Z, convention=convention)
    assert report.verdict == "wrong"
    assert f'say convention="{other}"' in report.warnings[0]
    # What is wrong otherwise, too, is in no convention.
    report = check_vjp(holomorphic, lambda z, w: 1.5 * pulled[other](z, w), Z, convention=convention)
    assert report.verdict == "wrong"
    assert not any("convention" in one for one in report.warnings)


def test_conjugates_that_no_convention_explains():
    assert check_jvp(holomorphic, lambda z, v: its_jacobian(z) @ v, Z)
    report = check_jvp(holomorphic, lambda z, v: its_jacobian(z).conj() @ v, Z)
    assert report.verdict == "wrong"
    assert not any("convention" in one for one in report.warnings)
