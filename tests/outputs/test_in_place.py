"""Functions of many outputs that read the user's own arrays: right and wrong, and the arrays as they were."""

import sys
import threading

import numpy as np
import pytest

from gradproof import check, check_hvp, check_jacobian, check_jvp, check_vjp, in_place


class Layer:
    def __init__(self):
        self.parameters = {"W": np.arange(6.0).reshape(2, 3) / 7, "b": np.array([0.5, -0.25])}
        self.inputs = np.array([0.5, -1.0, 2.0])

    def forward(self):
        return np.tanh(self.parameters["W"] @ self.inputs + self.parameters["b"])

    def backward(self, cotangent, mean=1.0):
        inner = cotangent * (1 - self.forward() ** 2)
        return {"W": np.outer(inner, self.inputs), "b": inner * mean}

    def tangent(self, tangent):
        return (1 - self.forward() ** 2) * (tangent["W"] @ self.inputs + tangent["b"])


def test_a_backward_pass_of_parameters_that_are_kept_elsewhere():
    layer = Layer()
    before = {name: array.copy() for name, array in layer.parameters.items()}
    objective = in_place(layer.parameters, layer.forward)
    assert check_vjp(objective, layer.backward)
    assert check_vjp(objective, layer.backward, layer.parameters, only="b").n == 2
    report = check_vjp(objective, lambda cotangent: layer.backward(cotangent, 0.5))
    assert {one.name for one in report.findings} == {"output[0] / b[0]", "output[1] / b[1]"}
    assert str(report.explanations[0]).startswith("all of b: claimed = 0.5 × slope")
    assert all((layer.parameters[name] == before[name]).all() for name in before)


def test_forward_products_and_matrices_in_place():
    layer, x = Layer(), np.array([0.5, 1.0, 2.0])
    objective = in_place(layer.parameters, layer.forward)
    assert check_jvp(objective, layer.tangent)
    wrong = check_jvp(objective, lambda tangent: layer.tangent(tangent) * [1, -1])
    assert wrong.findings[0].name.startswith("output[1] / ")
    assert check_jacobian(in_place(x, lambda: (x**2, np.diag(2 * x))), True)
    assert check_jacobian(in_place(x, lambda: x**2), lambda: np.diag(x)).wrong.tolist() == [0, 1, 2]
    assert check_hvp(in_place(x, lambda: x**3), lambda vector: 3 * x**2 * vector)
    assert check_hvp(in_place(x, lambda: x**3), lambda vector: 2 * x**2 * vector).wrong.tolist() == [0, 1, 2]


def test_outputs_that_are_views_of_the_parameters():
    x = np.array([0.5, 1.0, 2.0])
    assert check_vjp(in_place(x, lambda: {"same": x, "more": [x[1:], 1]}), lambda c: c["same"] + [0, *c["more"][0]])
    report = check_vjp(in_place(x, lambda: x), lambda c: c * [1, 1, 2])
    assert [one.name for one in report.findings] == ["output[2] / x[2]"]


def test_arrays_are_restored_when_the_function_raises():
    x = np.array([0.5, 1.0, 2.0])

    def fails():
        x[0] = 7.0
        raise KeyError("no")

    with pytest.raises(KeyError):
        check_vjp(in_place(x, fails), lambda c: c)
    assert x.tolist() == [0.5, 1.0, 2.0]


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda x: check_vjp(in_place(x, lambda y: y), lambda c: c), "the function is called without arguments"),
        (lambda x: check_vjp(in_place(x, lambda: x), lambda x, c: c), "the derivative is called without x"),
        (lambda x: check_vjp(in_place(x, lambda: x), lambda c: c, 2 * x), "x must be left out"),
        (lambda x: check_vjp(in_place(lambda: x, x), lambda c: c), "the parameters first, then the function"),
        (lambda x: check_vjp(lambda x: x, lambda x, c: c), "x is missing"),
    ],
)
def test_refusals(call, sentence):
    with pytest.raises(TypeError, match=sentence):
        call(np.ones(3))
    with pytest.raises(ValueError, match="an executor cannot be used with in_place"):
        check_vjp(in_place(np.ones(3), lambda: 1.0), lambda c: c, executor=object())


def layer_of_parts(inputs, weights):
    return weights @ inputs, (inputs, weights)


def backward(c, kept):
    return kept[1].T @ c, np.outer(c, kept[0])


def forward(x):
    return layer_of_parts(*x)[0]


def test_functions_of_the_course_lead_to_the_call_that_fits():
    """Forward and backward passes that take parts of x one by one, and return what they keep."""
    parts = (np.ones(3), np.arange(6.0).reshape(2, 3))
    with pytest.raises(TypeError, match=r"x, a tuple, is one argument: .* write `lambda x: f\(\*x\)`"):
        check_vjp(layer_of_parts, backward, parts)
    with pytest.raises(TypeError, match=r"x, a dict, is one argument: .* write `lambda x: f\(\*\*x\)`"):
        check_vjp(layer_of_parts, backward, {"inputs": parts[0], "weights": parts[1]})
    assert check_vjp(forward, lambda x, c: backward(c, x), parts)
    with pytest.raises(ValueError, match="the vjp returned a tuple of length 2, whose first part is like x"):
        check_vjp(lambda x: parts[1] @ x, lambda x, c: backward(c, (x, parts[1])), parts[0])
    with pytest.raises(TypeError, match=r"for what one cotangent c gave check\(lambda x: np.sum"):
        check_vjp(forward, parts, parts)


@pytest.mark.skipif(sys.version_info < (3, 11), reason="exceptions have no notes")
def test_a_product_that_raises_is_told_what_it_is_called_with():
    def unpacking(x, cotangent):
        one, two, three = cotangent
        return one + two + three

    with pytest.raises(ValueError, match="not enough values") as caught:
        check_vjp(lambda x: (x, {"kept": x}), unpacking, np.ones(3))
    assert "the vector is a tuple of 2 parts" in caught.value.__notes__[0]


def test_a_product_that_writes_to_its_vector():
    def overwriting(x, cotangent):
        cotangent[x < 0] = 0
        return cotangent

    x = np.array([0.5, -1.0, 2.0])
    report = check_vjp(lambda x: np.maximum(x, 0), overwriting, x)
    assert report
    assert report.warnings[0].startswith("The vjp writes to the vector that it is called with.")
    assert check_vjp(lambda x: np.maximum(x, 0), lambda x, c: c * (x > 0), x).warnings == ()


def product(x, cotangent):
    return 2 * x * cotangent


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (
            lambda x: check_vjp(product, np.square, x),
            "the first two arguments seem to be swapped: the arguments are the f",
        ),
        (lambda x: check_vjp(product, 3, x), "x alone: .* give what else it takes as args="),
        (lambda x: check_vjp(x, np.square, product), "not an object of type ndarray: the arguments are the function"),
        (
            lambda x: check_vjp(np.square, x, product),
            "the third argument is a function: the arguments are the function",
        ),
        (
            lambda x: check(np.sum, product, x),
            r"a product with a cotangent is checked by check_vjp\(function, vjp, x\)",
        ),
        (
            lambda x: check_hvp(np.exp, np.diag(x), x),
            r"hvp must be a function hvp\(x, vector\).* check_jacobian\(gradient",
        ),
        (lambda x: check_hvp(lambda x: np.sum(x**2), product, x), "takes the gradient, not the objective"),
    ],
)
def test_functions_and_points_in_each_others_place(call, sentence):
    with pytest.raises(TypeError, match=sentence):
        call(np.ones(3))
    assert check_vjp(np.square, product, np.ones(3))
    assert check_hvp(lambda x: x**2, product, np.ones(3))


@pytest.mark.parametrize("factor", [1, 2])
def test_another_thread_that_moves_them(factor):
    x = np.array([0.5, 1.0, 2.0])
    before, calls, said = x.tobytes(), [], []

    def again():
        try:
            said.append(check_vjp(in_place(x, function), lambda c: 3 * x**2 * c))
        except ValueError as problem:
            said.append(str(problem))

    def function():
        calls.append(1)
        if len(calls) == 3:
            thread = threading.Thread(target=again)
            thread.start()
            thread.join()
        return x**3

    for each in (
        lambda: check_vjp(in_place(x, function), lambda c: 3 * factor * x**2 * c),
        lambda: check_jvp(in_place(x, function), lambda t: 3 * factor * x**2 * t),
        lambda: check_jacobian(in_place(x, function), lambda: np.diag(3 * factor * x**2)),
        lambda: check_hvp(in_place(x, function), lambda v: 3 * factor * x**2 * v),
    ):
        calls.clear()
        assert each().wrong.tolist() == ([] if factor == 1 else [0, 1, 2])
        assert "a check in another thread is moving x in place" in said.pop()
    again()  # once these are over
    assert said[0].verdict == "right"
    assert x.tobytes() == before
