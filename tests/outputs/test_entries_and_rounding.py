"""Single outputs are compared as the projection is: rounding is relative to its largest component."""

import numpy as np
import pytest

import gradproof

# At 40 and 45 the derivative is 4e-18 and 3e-20, which the function shows and 1 - ... rounds to 0.
X = np.array([-3.0, 0.5, 2.0, 40.0, 45.0])


def log_sigmoid(x):
    return -np.log1p(np.exp(-x))


def derivative(x):
    return 1 - 1 / (1 + np.exp(-x))


def constant_but_for_rounding(x):
    """The first output is log(1 + what is below its rounding): 0 whatever x is."""
    return np.array([np.log(1.0 + 1e-17 * x[0]), np.sin(x[0]), np.cos(x[1])])


def its_jacobian(x):
    return np.array([[1e-17, 0.0], [np.cos(x[0]), 0.0], [0.0, -np.sin(x[1])]])


@pytest.mark.parametrize("factor", [1.0, 1.001])
def test_derivatives_that_round_to_0(factor):
    def claimed(x):
        return derivative(x) * [1, factor, 1, 1, 1]

    reports = [
        gradproof.check_jacobian(log_sigmoid, lambda x: np.diag(claimed(x)), X),
        gradproof.check_vjp(log_sigmoid, lambda x, w: w * claimed(x), X),
        gradproof.check_jvp(log_sigmoid, lambda x, v: v * claimed(x), X),
    ]
    expected = [] if factor == 1.0 else ["output[1] / x[1]"]
    for report in reports:
        assert [one.name for one in report.findings] == expected
        assert report.verdict == ("wrong" if expected else "right")


@pytest.mark.parametrize("error", [0.0, 1e-3])
def test_noise_explains_a_suspect(error):
    x = np.array([0.5, 1.0])

    def jacobian(x):
        return its_jacobian(x) + np.array([[0.0, 0.0], [0.0, error], [0.0, 0.0]])

    report = gradproof.check_jacobian(constant_but_for_rounding, jacobian, x)
    assert [one.name for one in report.findings] == (["output[1] / x[1]"] if error else [])
    assert report.verdict == ("wrong" if error else "right")


def test_undecided_outputs_can_be_printed():
    """Their values are those of a check of one coordinate, whichever it is of x."""
    x = np.array([0.5, 1.0, 2.0])

    def stairs(x):
        return np.tanh(x.astype(np.float16)).astype(np.float64)

    report = gradproof.check_vjp(stairs, lambda x, w: w * (1 - np.tanh(x) ** 2), x)
    assert report.verdict == "inconclusive"
    assert "piecewise" in str(report)
    last = [one for one in report.findings if one.index == 2 and one.output == 2]
    assert all(one.ladder for one in last)


def beside_a_large_one(x):
    """The last output is 10,000 in float32: steps of x below 0.0005 do not move it."""
    x = x.astype(np.float32)
    return np.array([np.prod(x), np.sum(x), np.float32(1e4) + x[0]])


def jacobian_beside_a_large_one(x):
    x = x.astype(np.float64)
    return np.array([np.prod(x) / x, np.ones(3), [1.0, 0.0, 0.0]])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("wrong", [None, (1, 2), (2, 0)])
def test_an_output_that_small_steps_do_not_move(dtype, wrong):
    """The others move the sum of all as smoothly as if they were computed in float64."""
    x = np.array([0.001, 0.0004, 0.007], dtype)

    def jacobian(x):
        found = jacobian_beside_a_large_one(x)
        if wrong:
            found[wrong] += 0.5
        return found.astype(np.float32)

    reports = [
        gradproof.check_jacobian(beside_a_large_one, jacobian, x),
        gradproof.check_vjp(beside_a_large_one, lambda x, w: (w @ jacobian(x)).astype(np.float32), x),
    ]
    expected = [f"output[{wrong[0]}] / x[{wrong[1]}]"] if wrong else []
    for report in reports:
        assert [one.name for one in report.findings if one.cause == "wrong"] == expected
        assert report.verdict == ("wrong" if expected else "right")
        # What the large output hides of x[0] is no more than is said.
        assert report.resolutions[0] > 1e-3 or expected


@pytest.mark.parametrize("factor", [1.0, 1.5])
def test_derivatives_that_round_to_0_beside_a_large_output(factor):
    x = X.astype(np.float32)

    def function(x):
        return np.append(log_sigmoid(x), np.float32(1e4) + x[1])

    def jacobian(x):
        return np.vstack([np.diag(derivative(x)), [0, factor, 0, 0, 0]]).astype(np.float32)

    report = gradproof.check_jacobian(function, jacobian, x)
    expected = [] if factor == 1.0 else ["output[5] / x[1]"]
    assert [one.name for one in report.findings] == expected
    assert report.verdict == ("wrong" if expected else "right")


@pytest.mark.parametrize(("outputs", "seed"), [(300, 1), (300, 15), (40, 16)])
def test_an_error_that_only_a_sum_shows_is_found_in_its_output(outputs, seed):
    """At the step of the sum curvature hides it, or it is less than the relative tolerance where terms cancel."""
    random = np.random.default_rng(seed)
    matrix, scales = random.normal(size=(outputs, 3)), 10.0 ** random.uniform(-3, 2, outputs)
    x, wrong = random.normal(size=3), int(random.integers(outputs))

    def check(error):
        def vjp(x, cotangent):
            jacobian = (scales * np.cos(matrix @ x))[:, None] * matrix
            jacobian[wrong, 1] += error
            return cotangent @ jacobian

        return gradproof.check_vjp(lambda x: scales * np.sin(matrix @ x), vjp, x)

    right = check(0.0)
    assert right.verdict == "right"
    assert [(one.output, one.index) for one in check(3 * right.resolutions[1]).findings] == [(wrong, 1)]


@pytest.mark.parametrize("is_right", [True, False])
def test_outputs_in_float32_that_stand_still_hide_no_large_error(is_right):
    """A small step leaves each output but one as it is; so does one of an eighth of x, which moves what has a slope."""
    x = np.linspace(2.0, 6.0, 40, dtype=np.float32)

    def vjp(_, cotangent):
        return cotangent if is_right else np.full_like(cotangent, cotangent.mean())

    report = gradproof.check_vjp(lambda x: x + np.float32(1), vjp, x)
    assert report.verdict == ("right" if is_right else "wrong")
    assert is_right or {one.cause.name for one in report.findings[:5]} == {"WRONG"}


@pytest.mark.parametrize("factor", [1, 0])
def test_what_an_output_does_far_from_x_refutes_that_it_holds_still(factor):
    """A claim of 0 for it looks right as long as steps are short."""
    x = np.array([0.001, 0.0004, 0.007], np.float32)

    def vjp(x, cotangent):
        claimed = jacobian_beside_a_large_one(x)
        claimed[2] *= factor
        return cotangent @ claimed

    report = gradproof.check_vjp(beside_a_large_one, vjp, x)
    assert [one.name for one in report.findings] == ([] if factor else ["output[2] / x[0]"])
    assert report.verdict == ("right" if factor else "wrong")
