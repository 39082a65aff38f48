"""autograd's check_grads: its curried form and its arguments; every entry of a Jacobian instead of one direction."""

import numpy as np
import pytest

import gradproof
from gradproof import compat
from gradproof.compat.autograd import check_grads

pytest.importorskip("autograd")

import autograd.numpy as anp
from autograd.builtins import dict as traced_dict
from autograd.extend import defjvp, defvjp, primitive

X = np.array([0.5, 1.0, -0.75])


def sine(factor=1.0, forward=None):
    @primitive
    def function(x):
        return np.sin(x)

    defvjp(function, lambda answer, x: lambda w: factor * anp.cos(x) * w)
    defjvp(function, lambda v, answer, x: (factor if forward is None else forward) * anp.cos(x) * v)
    return function


def failing(checked, *args):
    with pytest.raises(AssertionError) as caught:
        checked(*args)
    assert isinstance(caught.value, gradproof.GradientError)
    return {one.name for one in caught.value.report.findings}


def test_a_primitive_by_hand():
    off = np.array([1, 1 + 1e-3, 1])
    assert check_grads(sine())(X) is None
    assert failing(check_grads(sine(off), modes="rev", order=1), X) == {"output[1] / x[1]"}
    assert failing(check_grads(sine(1.0, off), modes=["fwd"], order=1), X) == {"output[1] / x[1]"}
    assert check_grads(sine(1.0, off), modes=["rev"])(X) is None
    assert failing(check_grads(sine(1.0, -1.0)), X) == {f"output[{i}] / x[{i}]" for i in range(3)}


def test_a_wrong_second_derivative():
    @primitive
    def function(x):
        return np.sin(x)

    defvjp(function, lambda answer, x: lambda w: np.cos(x if isinstance(x, np.ndarray) else x._value) * w)
    assert check_grads(function, modes=["rev"], order=1)(X) is None
    assert all(" / x.0[" in name for name in failing(check_grads(function, modes=["rev"]), X))


def test_arguments_are_chosen_and_may_be_structures():
    def function(x, y, *, power):
        return traced_dict({"outer": anp.outer(x["a"] ** power, y), "sum": anp.sum(x["b"][0])})

    point = {"a": X, "b": [np.array([2.0, 3.0])]}
    assert check_grads(function, (0, 1), modes=["rev"])(point, X[:2], power=2) is None
    assert check_grads(function, 1, ["rev"])(point, X[:2], power=2) is None
    assert check_grads(anp.tanh)(0.5) is None

    def forgets(x, y):
        return sine(1.5)(x) * y

    assert check_grads(forgets, 1)(X, X) is None
    assert failing(check_grads(forgets, (0, 1), order=1), X, X) == {f"output[{i}] / x.0[{i}]" for i in range(3)}


def test_complex_numbers_have_autograds_convention():
    z = X + 1j * X[::-1]
    assert check_grads(lambda z: anp.abs(z) * z * anp.conj(z[::-1]))(z) is None
    assert check_grads(anp.sin)(1.0 + 0.5j) is None

    @primitive
    def square(z):
        return z**2

    defvjp(square, lambda answer, z: lambda w: 2 * anp.conj(z) * w)
    assert "output[0].real / x[0].imag" in failing(check_grads(square, modes=["rev"], order=1), z)


def test_tolerances():
    off = sine(1 + 1e-3)
    for allowed in ({"rtol": 2e-3}, {"atol": 1e-3}):
        assert check_grads(off, order=1, **allowed)(X) is None
    for allowed in ({"rtol": 5e-4}, {"atol": 1e-4}):
        assert failing(check_grads(off, order=1, **allowed), X)


def test_the_common_name_is_autograds_where_no_arguments_are_given():
    for given in ((), (0,), ((0,),)):
        checked = compat.check_grads(sine(), *given, modes=["rev"])
        assert checked(X) is None
    with pytest.raises(gradproof.GradientError):
        compat.check_grads(sine(1.1), modes=["rev", "fwd"], order=1)(X)


def test_what_is_no_mode_is_refused():
    with pytest.raises(ValueError, match="modes must hold some of"):
        check_grads(anp.sin, modes=["reverse"])
    with pytest.raises(TypeError, match="give modes by name"):
        check_grads(anp.sin, ["rev"])
    for args in (X, (X,)):
        with pytest.raises(TypeError, match=r"call check_grads\(f\)\(\*args\)"):
            check_grads(anp.sin, args)


def test_empty_arrays():
    """There is nothing to measure; but what an empty output sends back must be 0."""
    assert check_grads(anp.sin)(np.ones((0, 3))) is None
    assert check_grads(lambda x: anp.sin(x)[:0])(X) is None
    assert check_grads(anp.sum)(np.ones(0)) is None

    @primitive
    def nothing(x):
        return x[:0]

    defvjp(nothing, lambda answer, x: lambda w: np.ones(3))
    with pytest.raises(AssertionError, match="a product with an empty array is not 0"):
        check_grads(nothing, modes=["rev"], order=1)(X)


def test_several_plain_numbers():
    """They are two arguments, not an array of two numbers, in derivatives of any order."""
    assert check_grads(anp.multiply, (0, 1), order=3)(1.5, 0.25) is None

    @primitive
    def product(x, y):
        return x * y

    defvjp(product, lambda answer, x, y: lambda w: w * y, lambda answer, x, y: lambda w: w * x * 1.001)
    assert failing(check_grads(product, (0, 1), modes=["rev"], order=1), 1.5, 0.25) == {"output / x.1"}
