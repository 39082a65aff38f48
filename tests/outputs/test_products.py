"""Products with covectors and tangents: right ones pass, wrong ones fail at the entry that is wrong."""

from __future__ import annotations

import concurrent.futures

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from manyoutputs import POINT, RNG, W, X, function, jacobian, jvp, names, two_arrays, vjp, vjp_of_two, with_entry

import gradproof
from gradproof import Cause, GradientError, InconclusiveError, assert_jvp, assert_vjp, check_jvp, check_vjp


def test_right_products_cost_what_one_objective_costs():
    report = check_vjp(function, vjp, X)
    assert report, str(report)
    assert (report.n, report.outputs, report.subject, report.against) == (5, 6, "vjp", "function")
    # Two calls at x, and a pair for each coordinate.
    assert report.evaluations == 2 + 2 * 5
    assert str(report).startswith("right: the vjp agrees with the function in all 5 coordinates")


def test_a_wrong_entry_is_named_at_both_ends():
    bad = with_entry(jacobian(X), 4, 1, 1.01)
    report = check_vjp(function, lambda x, cotangent: bad.T @ cotangent, X)
    assert report.verdict == "wrong"
    assert report.wrong.tolist() == [1]
    assert names(report) == ["output[4] / x[1]"]
    one = report.findings[0]
    assert (one.index, one.output, one.cause) == (1, 4, Cause.WRONG)
    assert one.claimed == pytest.approx(bad[4, 1])
    assert one.slope == pytest.approx(jacobian(X)[4, 1], rel=1e-5)


@pytest.mark.parametrize("factor", [0.0, -1.0, 1.1, 1.0])
def test_a_kink_of_one_output_at_x_hides_no_error_of_another(factor):
    """For their sum it allows many claims; each output by itself allows none but its own slope."""
    x = np.array([0.0, 0.5])

    def function(x):
        return np.array([3.0 * np.abs(x).sum(), np.sin(x[0]) + x[1] ** 2])

    claimed = np.array([[0.0, 3.0], [factor, 1.0]])
    report = check_vjp(function, lambda x, cotangent: cotangent @ claimed, x)
    if factor == 1.0:
        assert report.verdict == "right"
    else:
        assert report.wrong.tolist() == [0]
        assert names(report)[0] == "output[1] / x[0]"
        assert report.findings[0].cause is Cause.WRONG


@pytest.mark.parametrize(("seed", "part"), [(2, 0.0), (22, 0.0), (22, 1.001), (22, 1.0)])
def test_outputs_one_by_one_do_not_clear_a_product_that_is_not_linear(seed, part):
    """Of every cotangent a part of the largest component comes back: of unit ones it may be none that is wrong."""
    matrix = np.random.default_rng(seed).normal(size=(6, 5))[1:]
    x = np.linspace(0.5, 1.0, 5)

    def vjp(x, cotangent):
        product = cotangent @ matrix
        product[np.argmax(np.abs(product))] *= part
        return product

    report = check_vjp(lambda x: matrix @ x, vjp, x)
    if part == 1.0:
        assert report.verdict == "right"
    else:
        assert len(report.wrong) == 1
        assert report.findings[0].cause is Cause.WRONG


def test_a_backward_pass_that_forgets_its_incoming_gradient_passes_under_a_sum_but_not_here():
    def forgetful(x, cotangent):
        return vjp(x, np.ones(6))

    assert gradproof.check(lambda x: function(x).sum(), lambda x: forgetful(x, None), X)
    report = check_vjp(function, forgetful, X)
    assert report.verdict == "wrong"
    assert report.wrong.tolist() == [0, 1, 2, 3, 4]
    # It is not linear either, which goes without saying.
    assert report.warnings == ("The vjp is the same for every cotangent: it forgets its incoming gradient.",)
    assert not any("forgets" in note for note in check_vjp(function, vjp, X).warnings)


def test_a_product_that_is_not_linear_is_told():
    report = check_vjp(function, lambda x, cotangent: vjp(x, np.abs(cotangent)), X)
    assert report.verdict == "wrong"
    assert report.warnings[0] == "The product is not linear in the vector that it is called with."


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("of", [np.abs, lambda one: np.maximum(one, 0.0), lambda one: -np.minimum(one, 0.0)])
def test_a_product_that_is_right_for_one_sign_of_its_cotangent_is_wrong(of, seed):
    """As that of a guided ReLU: with a single output half of all cotangents see nothing."""
    one, slope = np.array([0.5, 1.0]), np.array([2.0, -3.0])
    assert (
        check_vjp(lambda x: slope @ x, lambda x, cotangent: slope * cotangent, one, seed=seed).gradient_evaluations == 2
    )
    report = check_vjp(lambda x: slope @ x, lambda x, cotangent: slope * of(cotangent), one, seed=seed)
    assert report.verdict == "wrong"
    assert report.warnings[0] == "The product is not linear in the vector that it is called with."


@pytest.mark.parametrize("product", [lambda x, vector: vector * np.cos(x), lambda x, vector: 2 * vector])
def test_arguments_in_the_other_order_are_told(product):
    report = check_vjp(np.sin, lambda cotangent, x: product(x, cotangent), X[:3])
    assert report.verdict == "wrong"
    assert "seems to take them in the other order" in report.warnings[0]


def test_arguments_in_the_other_order_whose_shapes_do_not_fit():
    with pytest.raises(TypeError, match=r"^the vjp is called with x and a cotangent, in this order, but seems"):
        check_vjp(function, lambda cotangent, x: vjp(x, cotangent), X)


def test_an_error_of_the_product_itself_is_the_users():
    def failing(x, cotangent):
        raise KeyError(len(cotangent))

    with pytest.raises(KeyError, match="6"):
        check_vjp(function, failing, X)


def test_a_product_that_varies_from_call_to_call_does_not_count_as_one_that_is_not_linear():
    calls = iter(range(100))
    report = check_vjp(function, lambda x, cotangent: vjp(x, cotangent) * (1 + 1e-8 * (next(calls) % 2)), X)
    assert report
    assert any(note.startswith("Two calls of the vjp at x differ") for note in report.warnings)


def test_named_arrays_at_both_ends():
    assert check_vjp(two_arrays, vjp_of_two, POINT).evaluations < 1.1 * 2 * 16 + 3

    def wrong(p, cotangent):
        claimed = vjp_of_two(p, cotangent)
        claimed["W"][2, 1] += 0.3 * cotangent["y"][1]
        return claimed

    report = check_vjp(two_arrays, wrong, POINT)
    assert names(report) == ["y[1] / W[2, 1]"]
    assert report.wrong.tolist() == [9]


@pytest.mark.parametrize("size", [1e-9, 1e9])
def test_an_array_that_drowns_beside_another_is_seen(size):
    def both(p):
        return {"y": two_arrays(p)["y"], "z": size * two_arrays(p)["z"]}

    def product(p, cotangent, factor=1.0):
        return vjp_of_two(p, {"y": factor * cotangent["y"], "z": size * cotangent["z"]})

    assert check_vjp(both, product, POINT)
    report = check_vjp(both, lambda p, c: product(p, c, 1.01), POINT)
    assert report.verdict == "wrong"
    assert all(name.startswith("y") for name in names(report))


def test_a_small_output_in_an_array_with_large_ones_is_seen():
    scale = 10.0 ** np.arange(-12, 12, 4)
    assert check_vjp(lambda x: scale * function(x), lambda x, c: vjp(x, scale * c), X)
    bad = scale * [1.1, 1, 1, 1, 1, 1]
    report = check_vjp(lambda x: scale * function(x), lambda x, c: vjp(x, bad * c), X)
    assert report.verdict == "wrong"
    assert all(name.startswith("output[0] /") for name in names(report))


def test_tangents():
    report = check_jvp(function, jvp, X)
    assert report
    assert report.gradient_evaluations == 5
    bad = with_entry(jacobian(X), 2, 3, -1.0)
    report = check_jvp(function, lambda x, tangent: bad @ tangent, X)
    assert names(report) == ["output[2] / x[3]"]


def test_along_lines_one_output_of_many_is_found():
    n = 12_000
    x = RNG.normal(size=n)

    def chain(x):
        return np.sin(x[:-1]) * x[1:]

    def product(x, cotangent, factor=1.0):
        out = np.zeros(n)
        out[:-1] = cotangent * np.cos(x[:-1]) * x[1:]
        out[1:] += cotangent * np.sin(x[:-1])
        out[777] *= factor
        return out

    report = check_vjp(chain, product, x)
    assert report
    assert report.mode == "lines"
    assert report.evaluations < 100
    report = check_vjp(chain, lambda x, c: product(x, c, 1.5), x)
    assert report.wrong.tolist() == [777]
    assert set(names(report)) == {"output[776] / x[777]", "output[777] / x[777]"}


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_arithmetic_of_the_function(dtype):
    weights, x = W.astype(np.float32), X.astype(dtype)

    def single(x):
        return np.tanh(weights @ x.astype(np.float32))

    def product(x, cotangent, factor=1.0):
        inner = cotangent.astype(np.float32) * (1 - single(x) ** 2)
        return factor * (weights.T @ inner)

    assert check_vjp(single, product, x)
    report = check_vjp(single, lambda x, c: product(x, c, 1.05), x)
    assert report.verdict == "wrong"
    assert report.wrong.tolist() == [0, 1, 2, 3, 4]


def test_integers_and_other_things_are_held():
    x = {"x": X, "index": np.array([1, 0, 3]), "flag": True, "nothing": None, "word": "mean", "axis": 0}

    def gather(p):
        assert p["flag"] is True
        assert (p["nothing"], p["word"], p["axis"]) == (None, "mean", 0)
        assert p["index"].dtype.kind == "i"
        return p["x"][p["index"]] ** 2

    def product(p, cotangent, factor=2.0):
        out = np.zeros(5)
        np.add.at(out, p["index"], factor * cotangent * p["x"][p["index"]])
        return {"x": out, "index": None}

    report = check_vjp(gather, product, x)
    assert report
    assert report.n == 5
    report = check_vjp(gather, lambda p, c: product(p, c, 1.0), x)
    assert report.wrong.tolist() == [0, 1, 3]
    assert set(names(report)) == {"output[0] / x[1]", "output[1] / x[0]", "output[2] / x[3]"}


def test_empty_and_0d_outputs():
    assert check_vjp(lambda x: (x * 2, np.zeros(0), np.sum(x)), lambda x, c: 2 * c[0] + c[2], X)
    report = check_vjp(lambda x: (x * 2, np.zeros(0), np.sum(x)), lambda x, c: 2 * c[0] + 2 * c[2], X)
    assert set(names(report)) == {f"output.2 / x[{index}]" for index in range(5)}
    assert check_vjp(lambda x: 3 * x, lambda x, c: 3 * c, np.float64(2.0))
    assert not check_vjp(lambda x: 3 * x, lambda x, c: 2 * c, np.float64(2.0))


def test_threads_give_the_same_report():
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        assert check_vjp(function, vjp, X, executor=pool)
        report = check_vjp(function, lambda x, c: vjp(x, c) * [1, 1, 1, 1.1, 1], X, executor=pool)
    assert report.wrong.tolist() == [3]


def test_only_some_coordinates():
    def wrong(x, c):
        return vjp(x, c) * [1, 1, 1, 1, 2]

    assert check_vjp(function, wrong, X, held=[4])
    report = check_vjp(function, wrong, X, only=[0, 4])
    assert report.wrong.tolist() == [4]
    assert (report.n, report.held) == (2, 3)
    assert all(name.endswith("/ x[4]") for name in names(report))
    assert check_jvp(function, lambda x, t: jvp(x, t * [1, 1, 1, 1, 2]), X, only=[0, 1])


def test_a_budget_ends_the_check():
    report = check_vjp(function, vjp, X, budget=7)
    assert report.verdict == "inconclusive"
    assert report.evaluations <= 7
    assert report.untested > 0


def test_assertions():
    assert assert_vjp(function, vjp, X).verdict == "right"
    assert assert_jvp(function, jvp, X).verdict == "right"
    with pytest.raises(GradientError, match="the vjp is wrong in 5 of 5") as caught:
        assert_vjp(function, lambda x, c: 2 * vjp(x, c), X)
    assert caught.value.report.wrong.tolist() == [0, 1, 2, 3, 4]
    with pytest.raises(GradientError, match="the jvp is wrong in 5 of 5"):
        assert_jvp(function, lambda x, t: 2 * jvp(x, t), X)
    with pytest.raises(InconclusiveError):
        assert_vjp(function, vjp, X, budget=7)
    assert assert_vjp(function, vjp, X, budget=7, inconclusive="pass").untested


@settings(max_examples=60, deadline=None)
@given(
    seed=some.integers(0, 2**32),
    outputs=some.integers(1, 90),
    n=some.integers(1, 12),
    factor=some.sampled_from([0.0, 0.5, 0.999, -1.0, 2.0]),
)
def test_any_single_wrong_entry_is_named(seed, outputs, n, factor):
    random = np.random.default_rng(seed)
    matrix, x = random.normal(size=(outputs, n)), random.normal(size=n)

    def f(x):
        return np.sin(matrix @ x)

    def claims(x):
        return np.cos(matrix @ x)[:, None] * matrix

    assert check_vjp(f, lambda x, c: claims(x).T @ c, x)
    row, column = int(random.integers(outputs)), int(random.integers(n))
    bad = with_entry(claims(x), row, column, factor)
    # A wrong part of a millionth of the sum is not what a sum over many outputs shows.
    if abs(bad[row, column] - claims(x)[row, column]) > 1e-3 * np.linalg.norm(claims(x)[:, column]):
        report = check_vjp(f, lambda x, c: bad.T @ c, x)
        assert names(report) == [f"output[{row}] / x[{column}]"]


@pytest.mark.parametrize(
    ("arguments", "error", "sentence"),
    [
        ((3, vjp, X), TypeError, "function must be a function of x, not an object of type int"),
        ((function, 3, X), TypeError, r"vjp must be a function vjp\(x, cotangent\), not an object of type int"),
        ((lambda x: None, vjp, X), TypeError, "the function returned None instead of its outputs"),
        ((lambda x: "text", vjp, X), TypeError, "output must hold real numbers"),
        ((lambda x: np.full(3, np.nan), vjp, X), ValueError, r"no output is finite at x: output\[0\] is nan"),
        ((lambda x: np.arange(3) > 1, vjp, X), TypeError, "output must hold real numbers"),
        ((function, lambda x: x, X), TypeError, "the vjp is called with x and a cotangent"),
        (
            (function, lambda x, c: c, X),
            ValueError,
            r"^the vjp's result has the shape \(6,\), but x has the shape \(5,\)",
        ),
        (
            (function, lambda x, c: np.ones((5, 6)), X),
            ValueError,
            r"if it is a whole matrix, return its product with the vector that is passed, or call gradproof.check_jac",
        ),
        ((function, lambda x, c: None, X), TypeError, "^the vjp returned None instead of an array"),
        ((function, vjp, np.array([])), ValueError, "x is empty"),
        ((function, vjp, None), TypeError, "x is missing"),
    ],
)
def test_refusals(arguments, error, sentence):
    with pytest.raises(error, match=sentence):
        check_vjp(*arguments)


def test_settings_that_are_refused():
    with pytest.raises(TypeError, match=r"unexpected keyword argument 'tolerance'; the settings are mode, seed"):
        check_vjp(function, vjp, X, tolerance=1)
    with pytest.raises(TypeError, match=r"save= is for checks of one objective"):
        check_vjp(function, vjp, X, save="file")
    with pytest.raises(ValueError, match="mode must be"):
        check_vjp(function, vjp, X, mode="fast")


@pytest.mark.parametrize("size", [1e-250, 1e170])
def test_outputs_whose_squares_have_no_value(size):
    A = np.arange(6.0).reshape(2, 3) / 7
    for factor, verdict in (([1, 1, 1], "right"), ([1, 1.01, 1], "wrong")):
        products = lambda x, w, factor=factor: size * A.T @ (w * np.cos(A @ x)) * factor  # noqa: E731
        with np.errstate(all="raise"):  # as users have it who look for errors of their own
            report = check_vjp(lambda x: size * np.sin(A @ x), products, np.array([0.5, 1.0, 2.0]))
        assert (report.verdict, report.wrong.tolist()) == (verdict, [1] if verdict == "wrong" else [])
