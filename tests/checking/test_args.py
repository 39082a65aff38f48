"""Further arguments of objective and gradient, whoever evaluates them."""

from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import numpy as np
import pytest
import workers

import gradproof

X = np.array([0.5, 1.0, 2.0])
ARGS = (3, 2.0)


def f(x, power, factor):
    return factor * np.sum(x**power)


def g(x, power, factor):
    return factor * power * x ** (power - 1)


def faulty(x, power, factor):
    return g(x, power, factor) * [1, 1.01, 1]


def many(points, power, factor):
    return factor * np.sum(points**power, axis=1)


def on_rows(x, rows, power, factor):
    return len(rows) * f(x, power, factor)


def gradient_on_rows(x, rows, power, factor):
    return len(rows) * g(x, power, factor)


def faulty_on_rows(x, rows, power, factor):
    return len(rows) * faulty(x, power, factor)


KINDS = {
    "plain": (f, g, faulty, {}),
    "lines": (f, g, faulty, {"mode": "lines"}),
    "batched": (gradproof.batched(many), g, faulty, {}),
    "rows": (on_rows, gradient_on_rows, faulty_on_rows, {"rows": 5}),
    "batched on rows": (
        gradproof.batched(lambda points, rows, *args: len(rows) * many(points, *args)),
        gradient_on_rows,
        faulty_on_rows,
        {"rows": 5},
    ),
    "computed gradient": (f, g(X, *ARGS), faulty(X, *ARGS), {}),
}


@pytest.mark.parametrize("kind", KINDS)
def test_right_passes_and_wrong_fails(kind):
    objective, gradient, wrong, settings = KINDS[kind]
    assert gradproof.check(objective, gradient, X, args=ARGS, **settings).verdict == "right"
    report = gradproof.check(objective, wrong, X, args=ARGS, **settings)
    assert report.wrong.tolist() == [1]
    assert report.findings[0].cause is gradproof.Cause.WRONG


def test_the_report_is_that_of_a_function_of_x():
    closed = gradproof.check(lambda x: f(x, *ARGS), lambda x: faulty(x, *ARGS), X)
    assert gradproof.check(f, faulty, X, args=ARGS).to_dict() == closed.to_dict()


@pytest.mark.parametrize("pool", [ThreadPoolExecutor, ProcessPoolExecutor])
def test_executors_are_sent_the_arguments(pool):
    x = np.linspace(1, 2, 50)
    with pool(2) as executor:
        functions = workers.powers, workers.gradient_of_powers
        assert gradproof.check(*functions, x, args=ARGS, executor=executor).verdict == "right"
        wrong = workers.gradient_of_powers(x, *ARGS)
        wrong[7] *= 1.01
        assert gradproof.check(workers.powers, wrong, x, args=ARGS, executor=executor).wrong.tolist() == [7]


def test_anything_but_a_tuple_is_one_argument():
    weights = np.array([1.0, 2.0, 4.0])
    assert gradproof.check(lambda x, w: w @ x**2, lambda x, w: 2 * w * x, X, args=weights).verdict == "right"
    assert gradproof.check(lambda x, w: w @ x**2, lambda x, w: 2 * x, X, args=weights).wrong.tolist() == [1, 2]
    assert gradproof.check(f, g, X, args=ARGS).verdict == "right"


def test_assert_gradient_and_check_along_take_them():
    assert gradproof.assert_gradient(f, g, X, args=ARGS)
    with pytest.raises(gradproof.GradientError) as caught:
        gradproof.assert_gradient(f, faulty, X, args=ARGS)
    assert caught.value.report.wrong.tolist() == [1]
    settings = {"args": ARGS, "optimizer": "batch", "steps": 2, "learning_rate": 1e-3}
    assert gradproof.check_along(f, g, X, **settings)
    assert gradproof.check_along(f, faulty, X, **settings).first_wrong == 0


@pytest.mark.parametrize(
    ("objective", "gradient", "settings", "sentence"),
    [
        (lambda x: 1.0, g, {}, r"^with args=, the objective is called with x and 2 more arguments: "),
        (f, lambda x: x, {}, r"^with args=, the gradient is called with x and 2 more arguments: "),
        (gradproof.batched(lambda x: 1.0), g, {}, r"^with args=, the batched objective is called with x and 2 more"),
        (lambda x: 1.0, gradient_on_rows, {"rows": 2}, "the objective is called with x, an index array and 2 more"),
        (gradproof.in_place(X, lambda: 1.0), X, {"x": None}, "args= cannot be used with in_place"),
    ],
)
def test_functions_that_do_not_take_them(objective, gradient, settings, sentence):
    with pytest.raises(TypeError, match=sentence) as caught:
        gradproof.check(objective, gradient, **{"x": X, "args": ARGS, **settings})
    assert "\n" not in str(caught.value)


def test_c_functions_take_what_they_need_otherwise():
    numba = pytest.importorskip("numba")
    address = numba.cfunc("int32(CPointer(float64), int64, CPointer(float64), voidptr)")(lambda x, n, value, user: 1)
    with pytest.raises(
        TypeError, match=r"^args= is for Python functions: a C function takes .* native\(function, user="
    ):
        gradproof.check(gradproof.native(address), X, X, args=ARGS)


@pytest.mark.parametrize("which", ["objective", "gradient"])
def test_a_function_that_needs_more_is_told_of_args(which):
    functions = (f, g(X, *ARGS)) if which == "objective" else (lambda x: 1.0, g)
    with pytest.raises(TypeError, match=rf"^the {which} is called with x alone: .*; give what else it takes as args="):
        gradproof.check(*functions, X)


def test_an_exception_of_the_users_own_reaches_them():
    def failing(x, power, factor):
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine") as caught:
        gradproof.check(failing, g, X, args=ARGS)
    assert caught.traceback[-1].name == "failing"


def test_terms_take_them():
    terms = gradproof.terms(lambda x, power, factor: factor * x**power)
    assert gradproof.check(terms, g, X, args=ARGS).verdict == "right"
    assert gradproof.check(terms, faulty, X, args=ARGS).wrong.tolist() == [1]
