"""Twins: a right gradient passes, and the same with one fault fails, with the coordinate and the cause named."""

import math

import numpy as np
import pytest
from models import (
    LABELS,
    MATRIX,
    POINT,
    TWINS,
    forgotten,
    missing,
    negated,
    scaled,
    squares,
    squares_gradient,
    with_fault,
)

import gradproof
from gradproof import Cause


@pytest.mark.parametrize("name", TWINS)
def test_a_right_gradient_passes(name):
    report = gradproof.check(*TWINS[name], POINT)
    assert report.verdict == "right"
    assert report
    assert report.wrong.size == 0
    assert report.tested == report.agreeing == report.n == 8


@pytest.mark.parametrize("fault", [scaled, negated, forgotten, missing])
@pytest.mark.parametrize("name", TWINS)
def test_a_wrong_gradient_fails_and_is_located(name, fault):
    objective, gradient = TWINS[name]
    report = gradproof.check(objective, with_fault(gradient, fault), POINT)
    assert report.verdict == "wrong"
    assert not report
    assert report.wrong.tolist() == [5]
    [finding] = [one for one in report.findings if one.cause is Cause.WRONG]
    assert (finding.index, finding.start, finding.stop, finding.name) == (5, 5, 6, "x[5]")
    true = gradient(POINT)[5]
    assert abs(finding.slope - true) <= max(3 * finding.error_bar, 1e-4 * abs(true))


@pytest.mark.parametrize("name", TWINS)
def test_an_array_is_as_good_as_a_function(name):
    objective, gradient = TWINS[name]
    report = gradproof.check(objective, gradient(POINT), POINT)
    assert report.verdict == "right"
    assert report.gradient_evaluations == 0
    assert gradproof.check(objective, -gradient(POINT), POINT).wrong.tolist() == list(range(8))


def test_agreement_costs_two_evaluations_a_coordinate():
    report = gradproof.check(squares, squares_gradient, POINT)
    assert report.evaluations <= 2 * 8 + 2
    assert report.gradient_evaluations == 2


def relu_at_zero(claimed):
    x = np.array([0.5, 0.0, -0.7])
    return gradproof.check(lambda w: np.sum(np.maximum(w, 0)), np.array([1.0, claimed, 0.0]), x)


@pytest.mark.parametrize("claimed", [0.0, 0.5, 1.0])
def test_kink_at_the_point_right(claimed):
    report = relu_at_zero(claimed)
    assert report.verdict == "right"
    assert report.kinks.tolist() == [1]
    [finding] = report.findings
    assert finding.cause is Cause.KINK_AT_POINT
    assert (finding.left, finding.right) == pytest.approx((0, 1), abs=1e-6)
    assert finding.distance == 0


@pytest.mark.parametrize("claimed", [-0.5, 1.5])
def test_kink_at_the_point_wrong(claimed):
    report = relu_at_zero(claimed)
    assert report.verdict == "wrong"
    assert report.wrong.tolist() == [1]


def relu_near_zero(claimed):
    x = np.array([0.5, 0.25 + 1e-11, -0.7])
    return gradproof.check(lambda w: w[0] + max(w[1] - 0.25, 0), np.array([1.0, claimed, 0.0]), x)


def test_kink_near_the_point_right():
    report = relu_near_zero(1.0)
    assert report.verdict == "right"
    assert report.kinks.tolist() == [1]
    [finding] = report.findings
    assert finding.cause is Cause.KINK_CROSSED
    assert finding.distance == pytest.approx(-1e-11, rel=0.2)


@pytest.mark.parametrize("claimed", [0.0, 0.5])
def test_kink_near_the_point_wrong(claimed):
    report = relu_near_zero(claimed)
    assert report.verdict == "wrong"
    assert report.wrong.tolist() == [1]


def in_float32(x):
    return np.sum((MATRIX.astype(np.float32) @ x.astype(np.float32) - LABELS.astype(np.float32)) ** 2)


def test_float32_inside_right():
    report = gradproof.check(in_float32, squares_gradient, POINT)
    assert report.verdict == "right"
    assert report.wrong.size == 0


def test_float32_inside_wrong():
    report = gradproof.check(in_float32, with_fault(squares_gradient, negated), POINT)
    assert report.verdict == "wrong"
    assert report.wrong.tolist() == [5]
    assert report.arithmetic == "float32"


def test_float32_points_stay_float32():
    seen = set()

    def objective(x):
        seen.add(x.dtype.name)
        return squares(x.astype(np.float64))

    x = POINT.astype(np.float32)
    assert gradproof.check(objective, squares_gradient, x).verdict == "right"
    assert gradproof.check(objective, with_fault(squares_gradient, negated), x).wrong.tolist() == [5]
    assert seen == {"float32"}


def noisy(x):
    # Noise that is the same at every call: the last bits of x decide it.
    return x[0] + x[1] + 10 * math.sin(1e17 * float(np.sum(x)))


def test_noise_limits_what_can_be_said():
    report = gradproof.check(noisy, np.array([1.0, 1.5]), np.array([0.3, 0.4]))
    assert report.verdict == "inconclusive"
    assert report.wrong.size == 0
    assert {one.cause for one in report.findings} & {Cause.NOISE_LIMITED, Cause.STEP_LIMITED}


def test_domain_one_side_is_missing():
    def objective(x):
        if x[0] < 1:
            raise ValueError("outside")
        return x[0] ** 2 + x[1] ** 2

    x = np.array([1.0, 2.0])
    assert gradproof.check(objective, lambda x: 2 * x, x).wrong.size == 0
    assert gradproof.check(objective, lambda x: 3 * x, x).wrong.tolist() == [0, 1]


def test_domain_no_value_at_x():
    report = gradproof.check(lambda x: math.nan, lambda x: x, np.ones(3))
    assert report.verdict == "inconclusive"
    assert {one.cause for one in report.findings} == {Cause.DOMAIN}


def test_nondeterministic_objective():
    random = np.random.default_rng(1)
    report = gradproof.check(lambda x: np.sum(x**2) + random.normal(), lambda x: 2 * x, np.ones(3))
    assert report.nondeterministic
    assert report.spread > 0
    assert report.verdict == "inconclusive"
    assert "nondeterministic" in str(report)


def test_nondeterministic_gradient_is_noted():
    random = np.random.default_rng(1)
    report = gradproof.check(squares, lambda x: squares_gradient(x) * (1 + 1e-9 * random.normal()), POINT)
    assert "Two calls of the gradient at x differ" in " ".join(report.warnings)
    assert gradproof.check(squares, squares_gradient, POINT).warnings == ()


def test_assert_gradient():
    assert gradproof.assert_gradient(squares, squares_gradient, POINT).verdict == "right"
    with pytest.raises(gradproof.GradientError, match=r"x\[5\]") as caught:
        gradproof.assert_gradient(squares, with_fault(squares_gradient, negated), POINT)
    assert caught.value.report.wrong.tolist() == [5]
    assert isinstance(caught.value, AssertionError)
    assert not isinstance(caught.value, gradproof.InconclusiveError)


def test_assert_gradient_inconclusive():
    with pytest.raises(gradproof.InconclusiveError) as caught:
        gradproof.assert_gradient(squares, squares_gradient, POINT, budget=7)
    assert isinstance(caught.value, gradproof.GradientError)
    report = gradproof.assert_gradient(squares, squares_gradient, POINT, budget=7, inconclusive="pass")
    assert report.verdict == "inconclusive"
    with pytest.raises(gradproof.GradientError):
        gradproof.assert_gradient(squares, -squares_gradient(POINT), POINT, inconclusive="pass")
    with pytest.raises(ValueError, match='"raise" or "pass"'):
        gradproof.assert_gradient(squares, squares_gradient, POINT, inconclusive="ignore")


def test_noise_that_hides_the_gradient_is_not_called_right():
    x = np.array([1.0, -2.0, 0.5])
    for seed in range(20):
        random = np.random.default_rng(seed)
        report = gradproof.check(lambda w: float(np.sum(w**3) + random.normal()), lambda w: -3 * w**2, x)  # noqa: B023
        assert report.verdict != "right"


@pytest.mark.parametrize("value", [7.0, 0.1, 0.0])
def test_a_constant_objective_has_slopes_of_zero(value):
    x = np.array([1.0, -2.0])
    assert gradproof.check(lambda x: value, np.zeros(2), x).verdict == "right"
    assert gradproof.check(lambda x: value, np.array([0.0, 1e-6]), x).wrong.tolist() == [1]
