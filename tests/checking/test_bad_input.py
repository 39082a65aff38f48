"""Bad input: one clear sentence that names the argument, what came and what was expected; nothing changes."""

import asyncio
import math

import numpy as np
import pytest

import gradproof

X = np.array([1.0, 2.0, 3.0])


def f(x):
    return float(np.sum(np.asarray(x) ** 2))


def g(x):
    return 2 * np.asarray(x)


def refused(error, sentence, objective=f, gradient=g, x=X, **settings):
    before = x.tobytes() if isinstance(x, np.ndarray) else None
    with pytest.raises(error) as caught:
        gradproof.check(objective, gradient, x, **settings)
    message = str(caught.value)
    assert sentence in message
    assert "\n" not in message
    assert before is None or x.tobytes() == before


@pytest.mark.parametrize(
    ("gradient", "error", "sentence"),
    [
        (np.ones(4), ValueError, "gradient has the shape (4,), but x has the shape (3,)"),
        (lambda x: np.ones((3, 2)), ValueError, "the gradient's result has the shape (3, 2), but x has the shape (3,)"),
        (lambda x: 1.0, ValueError, "the gradient's result has the shape (), but x has the shape (3,)"),
        (
            lambda x: np.ones((2, 3)),
            ValueError,
            "it is a Jacobian, which gradproof.check_jacobian(function, jacobian, x)",
        ),
        (lambda x: None, TypeError, "the gradient returned None instead of an array: is a `return` missing?"),
        (None, TypeError, "gradient is missing: call check(objective, gradient, x), or check(f, True, x)"),
        (np.ones(3) + 0j, TypeError, "gradient must hold real numbers (float64, float32 or integers), not complex"),
        (lambda x: np.ones(3, object), TypeError, "the gradient's result must hold real numbers"),
        (lambda x: ["a", "b", "c"], TypeError, "not text"),
        (lambda x: [[1.0], [1.0, 2.0], 3.0], ValueError, "the gradient's result cannot be converted to an array"),
        (lambda x: {"a": x}, ValueError, "the gradient's result is a dict with the keys 'a', but x has an array"),
        (lambda x, y: x, TypeError, "the gradient is called with x alone: "),
        (np.ones(3, np.float16), TypeError, "gradient must be float32 or float64, but is float16"),
        (np.ones(3, bool), TypeError, "not bool"),
    ],
)
def test_gradients_that_do_not_fit(gradient, error, sentence):
    refused(error, sentence, gradient=gradient)


@pytest.mark.parametrize(
    ("gradient", "sentence"),
    [
        ({"a": np.ones(2)}, "gradient lacks 'b': x has the keys 'a', 'b'"),
        ({"a": np.ones(2), "b": 1.0, "c": 2.0}, "gradient has the extra 'c': x has the keys 'a', 'b'"),
        ({"a": np.ones(3), "b": 1.0}, "gradient, at 'a', has the shape (3,), but x has the shape (2,)"),
        (np.ones(3), "gradient is an array of shape (3,), but x is a dict with the keys 'a', 'b'"),
        ([np.ones(2), 1.0], "gradient is a list of length 2, but x is a dict with the keys 'a', 'b'"),
    ],
)
def test_gradients_of_another_structure(gradient, sentence):
    x = {"a": np.ones(2), "b": 1.0}
    refused(ValueError, sentence, objective=lambda w: f(w["a"]) + w["b"], gradient=gradient, x=x)


def test_gradient_of_a_list_of_another_length():
    refused(ValueError, "gradient is a list of length 1, but x is a list of length 2", gradient=[X], x=[X, X])


@pytest.mark.parametrize(
    ("result", "error", "sentence"),
    [
        (None, TypeError, "the objective must return one real number, not None: is a `return` missing?"),
        ("1.5", TypeError, "not text ('1.5')"),
        (1 + 2j, TypeError, "not a complex number ((1+2j)): return its real part"),
        (np.complex128(1), TypeError, "not a complex number"),
        (
            np.ones(3),
            ValueError,
            "not an array of shape (3,): to check the derivative of a function of several outputs, call",
        ),
        (np.ones(0), ValueError, "not an array of shape (0,)"),
        ((1.0, X), TypeError, "not a tuple of length 2: if f returns (value, gradient), call check(f, True, x), or"),
        ([1.0], TypeError, "not a list of length 1: pass `lambda x: f(x)[0]`"),
        ((one for one in X), TypeError, "not a generator: is a `yield` meant to be a `return`?"),
        (True, TypeError, "not True"),
        ({}, TypeError, "not an object of type dict"),
        (np.array(["a"]), ValueError, "array of shape (1,)"),
    ],
)
@pytest.mark.parametrize("first", [0, 2, 4])
def test_objectives_that_return_no_number(result, error, sentence, first):
    calls = 0

    def objective(x):
        nonlocal calls
        calls += 1
        return result if calls > first else f(x)

    refused(error, sentence, objective=objective)


@pytest.mark.filterwarnings("error")
def test_functions_that_are_awaited():
    async def objective(x):
        return f(x)

    async def gradient(x):
        return g(x)

    refused(TypeError, "not a coroutine, as of `async def`: pass `lambda x: asyncio.run(f(x))`", objective=objective)
    refused(TypeError, "not a coroutine, as of `async def`: use asyncio.run", gradient=gradient)
    assert gradproof.check(lambda x: asyncio.run(objective(x)), lambda x: asyncio.run(gradient(x)), X)


@pytest.mark.parametrize("form", [np.float32, np.float64, np.array, lambda v: np.array([v]), lambda v: np.array([[v]])])
def test_objectives_that_return_a_number_in_some_form(form):
    assert gradproof.check(lambda x: form(f(x)), g, X).verdict == "right"
    assert gradproof.check(lambda x: form(f(x)), 1.1 * g(X), X).wrong.tolist() == [0, 1, 2]


def test_objectives_that_return_whole_numbers_and_fractions():
    from fractions import Fraction

    assert gradproof.check(lambda x: 7, np.zeros(3), X).wrong.size == 0
    assert gradproof.check(lambda x: Fraction(f(x)), g, X).verdict == "right"
    assert gradproof.check(lambda x: 10**400, np.zeros(3), X).verdict == "inconclusive"


@pytest.mark.parametrize(
    ("objective", "sentence"),
    [
        (lambda: 1.0, "the objective is called with x alone: "),
        (lambda x, y: 1.0, "the objective is called with x alone: "),
        (gradproof.batched(lambda: 1.0), "the batched objective is called with x alone: "),
        (None, "objective must be a function of x, not an object of type NoneType"),
        (3.0, "objective must be a function of x, not an object of type float"),
    ],
)
def test_objectives_that_are_no_functions(objective, sentence):
    refused(TypeError, sentence, objective=objective)


@pytest.mark.parametrize(
    ("x", "error", "sentence"),
    [
        (np.ones(0), ValueError, "x is empty: a gradient check needs at least one coordinate"),
        ([], ValueError, "x is empty"),
        ({}, ValueError, "x is empty"),
        ({"a": np.ones((0, 3))}, ValueError, "x is empty"),
        (np.array([1.0, np.nan, 3]), ValueError, "x must be finite, but x[1] is nan"),
        (
            np.array([[1.0, np.inf], [-np.inf, 0]]),
            ValueError,
            "x must be finite, but x[0, 1] is inf (and 1 more is not finite)",
        ),
        ({"a": 1.0, "W": np.array([[np.nan]])}, ValueError, "x must be finite, but W[0, 0] is nan"),
        (
            np.array([1, None]),
            TypeError,
            "x must hold real numbers (float64, float32 or integers), not an array of Python",
        ),
        ([1, None], TypeError, "or integers), not a list of Python objects"),
        ({1.0, 2.0}, TypeError, "or integers), not a set"),
        (None, TypeError, "x is missing: call check(objective, gradient, x)"),
        ("abc", TypeError, "not text"),
        ({"a": "abc"}, TypeError, "x, at 'a', must hold real numbers"),
        (np.ones(3, bool), TypeError, "not bool"),
        (
            np.ones(3, np.float16),
            TypeError,
            "x must be float32 or float64, but is float16: convert it to one of the two",
        ),
        (np.ones(3, np.longdouble), TypeError, "x must be float32 or float64, but is"),
        (np.array(["2020-01-01"], "M8[D]"), TypeError, "not datetime64[D]"),
    ],
)
def test_points_that_cannot_be_checked_at(x, error, sentence):
    refused(error, sentence, x=x)


@pytest.mark.parametrize(
    ("settings", "error", "sentence"),
    [
        ({"mode": "quick"}, ValueError, 'mode must be "auto", "full" or "lines", not \'quick\''),
        ({"mode": None}, ValueError, 'mode must be "auto", "full" or "lines", not None'),
        ({"mode": ["full"]}, ValueError, 'mode must be "auto", "full" or "lines", not [\'full\']'),
        ({"budget": 0}, ValueError, "budget must be at least 1 evaluation of the objective, not 0"),
        ({"budget": -3}, ValueError, "budget must be at least 1 evaluation of the objective, not -3"),
        ({"budget": 1 << 70}, ValueError, "budget must be less than 2**63"),
        ({"budget": 10.5}, TypeError, "budget must be an integer, not 10.5"),
        ({"budget": True}, TypeError, "budget must be an integer, not True"),
        ({"rtol": 0}, ValueError, "rtol must be a relative error between 0 and 1, such as 1e-5, not 0"),
        ({"rtol": 1.0}, ValueError, "rtol must be a relative error between 0 and 1, such as 1e-5, not 1.0"),
        ({"rtol": -1e-5}, ValueError, "not -1e-05"),
        ({"rtol": math.nan}, ValueError, "not nan"),
        ({"rtol": "small"}, TypeError, "rtol must be a number, not 'small'"),
        ({"atol": -1e-9}, ValueError, "atol must be an absolute error of 0 or more, such as 1e-8, not -1e-09"),
        ({"atol": math.nan}, ValueError, "atol must be an absolute error of 0 or more, such as 1e-8, not nan"),
        ({"atol": math.inf}, ValueError, "atol must be an absolute error of 0 or more, such as 1e-8, not inf"),
        ({"atol": "small"}, TypeError, "atol must be a number, not 'small'"),
        ({"atol": True}, TypeError, "atol must be a number, not True"),
        ({"seed": -1}, ValueError, "seed must be an integer from 0 to 2**64 - 1, not -1"),
        ({"seed": 1 << 64}, ValueError, "seed must be an integer"),
        ({"seed": 0.5}, TypeError, "seed must be an integer, not 0.5"),
        ({"time_limit": 0}, ValueError, "time_limit must be a positive number of seconds, not 0"),
        ({"time_limit": math.nan}, ValueError, "time_limit must be a positive number of seconds, not nan"),
        ({"time_limit": "1s"}, TypeError, "time_limit must be a number, not '1s'"),
        ({"progress": 3}, TypeError, "progress must be True, False, None or a callable(done, total), not 3"),
        ({"bounds": 3}, ValueError, "one pair (min, max) for each coordinate, not 3"),
        ({"bounds": (0, 1, 2)}, ValueError, "one pair (min, max) for each coordinate, not (0, 1, 2)"),
        ({"bounds": (0, 2)}, ValueError, "x must lie within the bounds, but x[2] is 3, outside [0, 2]"),
        ({"bounds": (np.ones(2), 9)}, ValueError, "the lower bound has the shape (2,), but x has the shape (3,)"),
        ({"bounds": (0, np.nan)}, ValueError, "the upper bound of x[0] is nan: give an infinite one, or None, where"),
        ({"bounds": ("a", None)}, TypeError, "the lower bound must hold real numbers"),
    ],
)
def test_settings_out_of_range(settings, error, sentence):
    refused(error, sentence, **settings)


def test_numpy_numbers_are_numbers():
    settings = {
        "budget": np.int64(1000),
        "seed": np.uint8(3),
        "rtol": np.float32(1e-4),
        "atol": np.int8(0),
        "time_limit": np.int32(60),
    }
    assert gradproof.check(f, g, X, **settings).verdict == "right"


class OwnError(Exception):
    pass


@pytest.mark.parametrize("after", [0, 1])
def test_an_exception_at_x_reaches_the_user(after):
    calls = 0

    def objective(x):
        nonlocal calls
        calls += 1
        if calls > after:
            raise OwnError("mine")
        return f(x)

    x = X.copy()
    with pytest.raises(OwnError, match=r"^mine$") as caught:
        gradproof.check(objective, g, x)
    assert caught.traceback[-1].name == "objective"
    assert np.array_equal(x, X)


def test_an_exception_of_the_gradient_reaches_the_user():
    def gradient(x):
        raise OwnError("mine")

    with pytest.raises(OwnError, match=r"^mine$") as caught:
        gradproof.check(f, gradient, X)
    assert caught.traceback[-1].name == "gradient"


def test_a_type_error_of_the_users_own_is_left_alone():
    def objective(x):
        return x + None

    with pytest.raises(TypeError, match=r"^unsupported operand") as caught:
        gradproof.check(objective, g, X)
    assert caught.traceback[-1].name == "objective"


@pytest.mark.parametrize("error", [OwnError, ValueError, StopIteration, FloatingPointError, RecursionError])
def test_an_exception_elsewhere_is_a_missing_value(error):
    def objective(x):
        if x[1] > 2:
            raise error
        return f(x)

    report = gradproof.check(objective, g, X)
    assert report.wrong.size == 0
    assert gradproof.check(objective, 1.1 * g(X), X).wrong.tolist() == [0, 1, 2]


def test_exceptions_everywhere_but_at_x():
    def objective(x):
        if not np.array_equal(x, X):
            raise OwnError
        return f(x)

    report = gradproof.check(objective, g, X)
    assert report.verdict == "inconclusive"
    assert {one.cause for one in report.findings} == {gradproof.Cause.DOMAIN}


def test_arithmetic_outside_of_the_domain_does_not_warn(recwarn):
    x = np.array([1.0, 1e-9])
    report = gradproof.check(lambda w: np.sum(np.log(w - 1e-9 * (1 - 1e-9))), lambda w: 1 / w, x)
    assert report is not None
    assert not [one for one in recwarn if "log" in str(one.message)]


def test_arithmetic_at_x_does_warn():
    with pytest.warns(RuntimeWarning, match="log"):
        gradproof.check(lambda w: np.sum(np.log(w)), np.ones(1), np.array([-1.0]))


@pytest.mark.parametrize("function", [f, 1.5, "loss", None])
def test_native_takes_native_functions(function):
    with pytest.raises(TypeError, match=r"^native\(\) takes a cffi or ctypes function pointer"):
        gradproof.native(function)


def test_batched_takes_functions():
    with pytest.raises(TypeError, match=r"^batched\(\) takes a function, not an object of type int"):
        gradproof.batched(3)


@pytest.mark.parametrize(
    ("function", "error", "sentence"),
    [
        (np.sum, ValueError, None),
        (lambda points: points, ValueError, "one value per point: 1 values for 1 points, not an array of shape (1, 3)"),
        (lambda points: None, TypeError, "the batched objective must return 1 real numbers, not object"),
        (lambda points: np.ones(len(points)) * 1j, TypeError, "not complex128"),
    ],
)
def test_batched_objectives_that_return_something_else(function, error, sentence):
    refused(error, sentence or "the batched objective must return one value per point", gradproof.batched(function))
