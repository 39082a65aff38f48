"""Functions with further arguments, and those that return value and Jacobian together."""

from __future__ import annotations

import numpy as np
import pytest
from manyoutputs import names

import gradproof

X = np.array([0.5, 1.0, 2.0])


def function(x, scale, shift):
    return scale * x**2 + shift


def derivative(x, vector, scale, _):
    """All products: the Jacobian is diagonal."""
    return 2 * scale * x * vector


def jacobian(x, scale, _):
    return np.diag(2 * scale * x)


def pair(x, scale, shift):
    return function(x, scale, shift), jacobian(x, scale, shift)


@pytest.mark.parametrize(
    "check", [gradproof.check_vjp, gradproof.check_jvp, gradproof.check_hvp], ids=["vjp", "jvp", "hvp"]
)
def test_products(check):
    assert check(function, derivative, X, args=(3.0, 1.0))
    report = check(function, lambda x, vector, scale, _: 2 * x * vector, X, args=(3.0, 1.0))
    assert report.verdict == "wrong"
    assert report.wrong.tolist() == [0, 1, 2]
    assert check(lambda x, scale: scale * x, lambda x, vector, scale: scale * vector, X, args=3.0)


def test_jacobians():
    assert gradproof.check_jacobian(function, jacobian, X, args=(3.0, 1.0))
    assert gradproof.check_jacobian(function, jacobian(X, 3.0, 1.0), X, args=(3.0, 1.0))
    assert gradproof.check_jacobian(function, jacobian, X, args=(3.0, 1.0), only=[1])
    report = gradproof.check_jacobian(function, lambda x, *rest: 1.5 * jacobian(x, *rest), X, args=(3.0, 1.0), only=[1])
    assert names(report) == ["output[1] / x[1]"]


def test_adjoints():
    assert gradproof.check_adjoint(derivative, derivative, X, args=(3.0, 1.0))
    report = gradproof.check_adjoint(derivative, lambda x, w, scale, _: 2 * x * w, X, args=(3.0, 1.0))
    assert report.verdict == "wrong"


def test_errors_say_how_functions_are_called():
    with pytest.raises(TypeError, match=r"with args=, the function is called with x and 1 more argument: .*missing"):
        gradproof.check_vjp(function, derivative, X, args=3.0)
    with pytest.raises(TypeError, match=r"with args=, the derivative is called with x, a vector and 2 more arguments"):
        gradproof.check_vjp(function, lambda x, w: w, X, args=(3.0, 1.0))


def test_value_and_jacobian_in_one():
    assert gradproof.check_jacobian(pair, True, X, args=(3.0, 1.0))
    assert gradproof.check_jacobian(lambda x: pair(x, 1.0, 0.0), True, X)
    report = gradproof.check_jacobian(lambda x: (x**2, np.diag([2.0, 2.0, 5.0]) * x), True, X)
    assert names(report) == ["output[2] / x[2]"]
    with pytest.raises(TypeError, match=r"must return \(value, gradient\), not an array of shape \(3,\)"):
        gradproof.check_jacobian(lambda x: x**2, True, X)
