"""One output that is NaN, random, or jumps spoils only itself, and is named."""

from __future__ import annotations

import numpy as np
import pytest
from manyoutputs import X, function, names, vjp

from gradproof import Cause, check_vjp

KEPT = np.array([1, 1, 0, 1, 1, 1])


def without(x, cotangent):
    """The product, for which the third output does not count."""
    return vjp(x, cotangent * KEPT)


def wrong(x, cotangent):
    claimed = without(x, cotangent)
    claimed[1] += cotangent[4]
    return claimed


def with_third(value):
    def changed(x):
        y = function(x)
        y[2] = value(x)
        return y

    return changed


def beside_x(x):
    """Not defined on the left of x, and infinitely steep on the right."""
    if x[1] == X[1]:
        return -1.0
    return np.log(x[1] - X[1]) if x[1] > X[1] else np.nan


RANDOM = np.random.default_rng(1)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (lambda x: np.nan, "output[2] is not finite at x, and was left out."),
        (lambda x: -np.inf, "output[2] is not finite at x, and was left out."),
        (lambda x: RANDOM.normal(), "output[2] is random, as two calls at x show, and was left out."),
        (beside_x, "output[2] is not finite, or not smooth enough, beside x, and was left out."),
    ],
)
def test_the_others_are_checked(value, said):
    report = check_vjp(with_third(value), without, X)
    assert report.verdict == "inconclusive"
    assert said in report.warnings
    assert report.outputs == 5
    report = check_vjp(with_third(value), wrong, X)
    assert report.verdict == "wrong"
    assert names(report)[0] == "output[4] / x[1]"
    assert report.wrong.tolist() == [1]


def test_a_function_that_is_random_everywhere_is_told():
    report = check_vjp(lambda x: function(x) + RANDOM.normal(size=6), vjp, X)
    assert report.verdict == "inconclusive"
    assert report.nondeterministic


def test_kinks_are_no_reason_to_leave_an_output_out():
    weights = np.array([[1.0, -2.0], [0.5, 1.0], [-1.0, 1.0]])
    x = np.array([1.0, 0.5])  # the first output is exactly at its kink

    def relu(x):
        return np.maximum(weights @ x, 0)

    def product(x, cotangent, slope=0.5):
        active = np.where(weights @ x > 0, 1.0, np.where(weights @ x == 0, slope, 0.0))
        return weights.T @ (active * cotangent)

    assert check_vjp(relu, product, x)
    report = check_vjp(relu, lambda x, c: product(x, c, 1.5), x)
    assert report.verdict == "wrong"
    assert {name.partition(" /")[0] for name in names(report)} == {"output[0]"}


@pytest.mark.parametrize("outputs", [6, 200])
@pytest.mark.parametrize("seed", range(5))
def test_kinks_of_all_outputs_at_once(outputs, seed):
    """Zero weights: every output is at its kink, and the weights of their sum have both signs."""
    weights = np.random.default_rng(outputs).normal(size=(outputs, 5))

    def relu(x):
        return np.maximum(weights @ x, 0)

    def product(x, cotangent, slope=0.0):
        return weights.T @ (np.where(weights @ x > 0, 1.0, slope) * cotangent)

    for slope in (0.0, 0.5, 1.0):
        report = check_vjp(relu, lambda x, c, slope=slope: product(x, c, slope), np.zeros(5), seed=seed)
        assert report, str(report)
        assert report.kinks.size
        assert not report.explanations
    report = check_vjp(relu, lambda x, c: product(x, c, 3.0), np.zeros(5), seed=seed)
    assert report.verdict == "wrong"


@pytest.mark.parametrize("seed", range(5))
def test_kinks_in_two_arrays_at_once(seed):
    weights = np.random.default_rng(3).normal(size=(9, 4))

    def both(x):
        return {"a": np.maximum(weights[:5] @ x, 0), "b": np.abs(weights[5:] @ x)}

    def product(x, cotangent, slope=0.0):
        return weights[:5].T @ (slope * cotangent["a"]) + weights[5:].T @ (0 * cotangent["b"])

    assert check_vjp(both, product, np.zeros(4), seed=seed)
    assert check_vjp(both, lambda x, c: product(x, c, 1.0), np.zeros(4), seed=seed)
    report = check_vjp(both, lambda x, c: product(x, c, -1.0), np.zeros(4), seed=seed)
    assert report.verdict == "wrong"
    wrong = [one.name for one in report.findings if one.cause is Cause.WRONG]
    assert wrong
    assert all(name.startswith("a[") for name in wrong)
