"""A product, a matrix or a gradient that is given in place of another one: the refusal says what checks it."""

from __future__ import annotations

import numpy as np
import pytest

from gradproof import check_adjoint, check_hvp, check_jvp, check_vjp

A = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
X = np.array([0.5, 1.0, 2.0])


def function(x):
    return A @ x


def jvp(_, tangent):
    return A @ tangent


def vjp(_, cotangent):
    return A.T @ cotangent


def test_what_is_given_for_itself():
    assert check_vjp(function, vjp, X)
    assert check_jvp(function, jvp, X)
    assert check_adjoint(jvp, vjp, X)


@pytest.mark.parametrize(
    ("check", "claim", "message"),
    [
        (check_vjp, jvp, "the vjp is called with x and a cotangent, but seems to take a tangent: gradproof.check_jvp"),
        (check_jvp, vjp, "the jvp is called with x and a tangent, but seems to take a cotangent: gradproof.check_vjp"),
        (check_jvp, A, "not an object of type ndarray; for a matrix call check_jacobian"),
        (check_vjp, lambda cotangent: A.T @ cotangent, "if it does not depend on x, write `lambda x, vector:"),
        (check_jvp, lambda tangent: A @ tangent, "if it does not depend on x, write `lambda x, vector:"),
        (check_vjp, lambda x: A, "a whole matrix at x is checked by gradproof.check_jacobian"),
        (check_hvp, lambda x: np.eye(3), "a whole matrix at x is checked by gradproof.check_jacobian"),
    ],
)
def test_what_is_given_for_another(check, claim, message):
    with pytest.raises(TypeError, match=message):
        check(function, claim, X)


def test_a_pair_of_output_and_product():
    with pytest.raises(ValueError, match=r"as of jax\.jvp, return the second alone"):
        check_jvp(function, lambda x, tangent: (A @ x, A @ tangent), X)


def test_an_exception_of_the_product_itself_stays():
    def raising(x, vector):
        raise ValueError("of its own")

    for check in (check_vjp, check_jvp):
        with pytest.raises(ValueError, match=r"^of its own"):
            check(function, raising, X)
    with pytest.raises(ValueError, match=r"^of its own"):
        check_adjoint(raising, raising, X)


def test_an_adjoint_pair_in_the_other_order():
    with pytest.raises(TypeError, match=r"which the vjp seems to take: call check_adjoint\(jvp, vjp, x\)"):
        check_adjoint(vjp, jvp, X)
    with pytest.raises(TypeError, match="for a matrix A write `lambda x, v: A @ v`"):
        check_adjoint(A, A.T, X)
