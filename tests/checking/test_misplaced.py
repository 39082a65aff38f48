"""Arguments in the wrong order, and gradients that return something else: what was wrong, and what to do."""

import numpy as np
import pytest

import gradproof

X = np.array([0.5, 1.0, 2.0])
ORDER = "call check(objective, gradient, x)"


def f(x):
    return np.sum(x**3)


def g(x):
    return 3 * x**2


def of_parts(p):
    return np.sum(p["a"] ** 2) + p["b"] ** 2


def gradient_of_parts(p):
    return {"a": 2 * p["a"], "b": 2 * p["b"]}


def test_in_order():
    assert gradproof.check(f, g, X).verdict == "right"
    assert gradproof.check(f, lambda x: g(x) * [1, 1, 1.1], X).wrong.tolist() == [2]


@pytest.mark.parametrize(
    ("arguments", "settings", "error", "sentence"),
    [
        ((g, f, X), {}, ValueError, "the objective returns an array like x, and the gradient one number: "),
        (
            (g, f, X),
            {"mode": "lines"},
            ValueError,
            "the objective returns an array like x, and the gradient one number",
        ),
        ((gradient_of_parts, of_parts, {"a": X, "b": 1.0}), {}, ValueError, "the objective returns an array like x"),
        (
            (lambda x, rows: g(x), lambda x, rows: f(x), X),
            {"rows": 3},
            ValueError,
            "the objective returns an array like",
        ),
        (
            (lambda x, a: g(x), lambda x, a: f(x), X),
            {"args": (1,)},
            ValueError,
            "the objective returns an array like x",
        ),
        ((f, X, g), {}, TypeError, "the second argument looks like x, and the third is a function: "),
        ((f, {"a": X}, g), {}, TypeError, "the second argument looks like x, and the third is a function: "),
    ],
)
def test_swapped(arguments, settings, error, sentence):
    with pytest.raises(error) as caught:
        gradproof.check(*arguments, **settings)
    message = str(caught.value)
    assert message.startswith("the arguments seem to be swapped: ")
    assert sentence in message
    assert message.endswith(ORDER)


@pytest.mark.parametrize("arguments", [(X, f, g), (f, g, f), (f, True, g)])
def test_functions_as_x(arguments):
    with pytest.raises(TypeError, match=r"^x must be the point, but the third argument is a function: call check\("):
        gradproof.check(*arguments)


@pytest.mark.parametrize("objective", [f, lambda x: 1 / 0, lambda x: "text", gradproof.batched(f)])
def test_a_gradient_that_is_one_number(objective):
    with pytest.raises(
        ValueError, match=r"^the gradient's result has the shape \(\), .*: return one slope for each coor"
    ):
        gradproof.check(objective, lambda x: np.float64(1.0), X)


def test_a_gradient_that_is_one_number_in_place_and_for_structures():
    with pytest.raises(ValueError, match="return one slope for each coordinate, in the structure of x"):
        gradproof.check(gradproof.in_place(X.copy(), lambda: 1.0), lambda: 1.0)
    with pytest.raises(ValueError, match="of type float, but x is a dict with the keys 'a', 'b': return one slope"):
        gradproof.check(of_parts, lambda p: 1.0, {"a": X, "b": 1.0})


def test_one_number_is_the_gradient_of_a_function_of_one():
    assert gradproof.check(lambda x: x**2, lambda x: 2 * x, 1.5).verdict == "right"
    assert gradproof.check(lambda x: x**2, lambda x: 2.1 * x, 1.5).wrong.tolist() == [0]


@pytest.mark.parametrize(
    ("objective", "gradient", "x", "sentence"),
    [
        (f, lambda x: (f(x), g(x)), X, "the gradient returned a pair (value, gradient): if one function returns both"),
        (f, lambda x: [np.array(f(x)), g(x)], X, "call check(f, True, x); otherwise pass `lambda x: g(x)[1]`"),
        (
            of_parts,
            lambda p: (of_parts(p), gradient_of_parts(p)),
            {"a": X, "b": 1.0},
            "returned a pair (value, gradient)",
        ),
        (f, lambda x: (g(x), {"steps": 3}), X, "a tuple of length 2, whose first part is like x: if that is the gradi"),
        (
            f,
            lambda x: [x[:1], x[1:]],
            X,
            "is a list of 2 parts, but x is an array of shape (3,): return one array like x",
        ),
        (f, lambda x: (x, x, x, x), X, "whose first part is like x"),
        (lambda x: x**2, lambda x: (np.ones(2), np.ones(1)), 1.5, "a tuple of 2 parts, but x is one number"),
        (
            of_parts,
            lambda p: tuple(gradient_of_parts(p).values()),
            {"a": X, "b": 1.0},
            "is a tuple of length 2, but x is",
        ),
    ],
)
@pytest.mark.parametrize("mode", ["full", "lines"])
def test_gradients_of_another_structure(objective, gradient, x, sentence, mode):
    with pytest.raises(ValueError, match="gradient") as caught:
        gradproof.check(objective, gradient, x, mode=mode)
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("shape", [(5,), (3,), (2, 2)])
def test_objectives_with_several_outputs_are_led_to_their_checks(shape):
    with pytest.raises(
        ValueError, match=r"^the objective must return one real number, not an array of shape"
    ) as caught:
        gradproof.check(lambda x: np.ones(shape), g, X)
    assert "gradproof.check_vjp(function, vjp, x), or check_jvp or check_jacobian" in str(caught.value)
    assert "sum" not in str(caught.value)
