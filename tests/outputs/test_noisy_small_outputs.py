"""Outputs that are small differences of large numbers: noisier than their size tells, and yet checked."""

import numpy as np
import pytest

import gradproof
from gradproof.outputs.checks import outputs_check
from gradproof.outputs.claimed.claims import ByCovectors


def log_softmax(x):
    largest = x.max(-1, keepdims=True)
    return x - largest - np.log(np.sum(np.exp(x - largest), -1, keepdims=True))


def vjp(x, cotangent):
    return cotangent - np.exp(log_softmax(x)) * cotangent.sum(-1, keepdims=True)


def points(seed):
    """Return rows of which one is nearly decided: an output of it is about -1e-5, rounded like the others."""
    x = np.random.default_rng(seed).normal(size=(6, 5))
    x[2, 1] += 13
    return x


@pytest.mark.parametrize("seed", range(12))
def test_what_only_a_sum_with_scaled_outputs_shows_is_no_evidence(seed):
    x = points(seed)
    assert np.abs(log_softmax(x)).min() < 1e-3
    report = gradproof.check_vjp(log_softmax, vjp, x)
    assert report.verdict == "right", str(report)


@pytest.mark.parametrize("seed", range(3))
def test_a_wrong_small_output_is_found(seed):
    x = points(seed)
    place = np.unravel_index(np.argmin(np.abs(log_softmax(x))), x.shape)

    def wrong(x, cotangent):
        doubled = cotangent.copy()
        doubled[place] *= 2
        return vjp(x, doubled)

    report = gradproof.check_vjp(log_softmax, wrong, x)
    assert report.verdict == "wrong"
    assert {one.name.partition(" / ")[0] for one in report.findings} == {f"output[{place[0]}, {place[1]}]"}


@pytest.mark.parametrize("seed", [8, 16, 203])
@pytest.mark.parametrize("as_type", [np.float32, np.float64])
def test_the_last_digit_of_a_large_output_is_no_kink_that_excuses_another(seed, as_type):
    """The large output moves by one digit within the steps that the small one needs; either may be cast to float64."""
    random = np.random.default_rng(seed)
    x = random.normal(size=1).astype(np.float32)
    weight = np.float32(random.normal() * 0.02)

    def function(x):
        return np.stack([np.float32(7.1) + weight * np.sin(x[0]), np.float32(2.5) * np.sin(x[0])]).astype(as_type)

    def vjp(x, c, factor=1.0):
        return np.array([(c[0] * weight + c[1] * 2.5 * factor) * np.cos(x[0])], np.float32)

    assert gradproof.check_vjp(function, vjp, x)
    report = gradproof.check_vjp(function, lambda x, c: vjp(x, c, 1.0005), x)
    assert [one.name for one in report.findings] == ["output[1] / x[0]"]
    assert report.kinks.size == 0


def test_the_resolution_of_outputs_in_float32_that_do_not_move():
    """An output of 178 does not move at all; what is claimed of it would be seen only far from x."""
    x = np.array([0.5, 0.25], np.float32)

    def function(x):
        return np.stack([np.float32(178), np.float32(0.4) * np.sin(x[0])])

    def vjp(x, c, wrong=0.0):
        return np.array([c[1] * 0.4 * np.cos(x[0]), c[0] * wrong], np.float32)

    report = gradproof.check_vjp(function, vjp, x)
    assert report
    assert 2e-4 < report.resolutions[1] < 2e-2
    wrong = gradproof.check_vjp(function, lambda x, c: vjp(x, c, 2.5 * report.resolutions[1]), x)
    assert [one.name for one in wrong.findings] == ["output[0] / x[1]"]
    in_float64 = gradproof.check_vjp(lambda x: np.stack([178, 0.4 * np.sin(x[0])]), vjp, x.astype(np.float64))
    assert in_float64.resolutions[1] < 1e-6


def terms_that_cancel(seed, dtype):
    """Return a function, its Jacobian and a point: rounding moves three of four outputs in steps, each of its own."""
    random = np.random.default_rng(seed)
    x = 10.0 ** random.uniform(-4, -2) * random.normal(size=3)
    matrix = random.normal(size=(24, 3)).astype(dtype)
    sizes = (10.0 ** random.uniform(-4, 2, 24)).astype(dtype)

    def function(x):
        far, near, root, plain = (matrix @ x).reshape(4, 6)
        outputs = [(far + 1000) ** 2 - 1_000_000, 1 - np.cos(near), np.sqrt(1 + root**2) - 1, np.tanh(plain)]
        return (sizes * np.ravel(outputs)).astype(dtype)

    def jacobian(x):
        far, near, root, plain = (matrix.astype(float) @ x.astype(float)).reshape(4, 6)
        slopes = [2 * (far + 1000), np.sin(near), root / np.sqrt(1 + root**2), 1 / np.cosh(plain) ** 2]
        return (sizes * np.ravel(slopes))[:, None] * matrix

    return function, jacobian, x.astype(dtype)


@pytest.mark.parametrize("seed", [48, 81, 92, 115, 130, 183])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_steps_of_rounding_of_several_sizes_in_one_sum_refute_nothing(seed, dtype):
    function, jacobian, x = terms_that_cancel(seed, dtype)
    report = gradproof.check_vjp(function, lambda x, c: c @ jacobian(x), x)
    assert report.verdict != "wrong", str(report)
    alone = outputs_check(function, lambda x, c: c @ jacobian(x), ByCovectors, x, {}).run(only_verdict=True)
    assert alone.verdict == report.verdict


@pytest.mark.parametrize("seed", [81, 183])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_an_error_beside_steps_of_rounding_is_named(seed, dtype):
    function, jacobian, x = terms_that_cancel(seed, dtype)
    # The smooth output whose slope is the largest.
    row = 18 + int(np.argmax(np.abs(jacobian(x)[18:, 1])))

    def wrong(x, cotangent):
        claimed = jacobian(x)
        claimed[row, 1] *= 2
        return cotangent @ claimed

    report = gradproof.check_vjp(function, wrong, x)
    found = [one.name for one in report.findings if one.cause is gradproof.Cause.WRONG]
    assert found == [f"output[{row}] / x[1]"], str(report)
    assert outputs_check(function, wrong, ByCovectors, x, {}).run(only_verdict=True).verdict == "wrong"


@pytest.mark.parametrize("factor", [1, 0])
def test_steps_of_rounding_of_one_output_confirm_no_claim_of_0(factor):
    """Its first pair does not move it, which agrees with 0 where any rounding beside a large output is allowed."""
    x = np.array([3.2758424e-05], np.float32)

    def function(x):
        return np.float32([0.36, 37]) * np.array([np.log1p(np.exp(x[0])), np.exp(x[0])])

    def vjp(x, c):
        slope = np.exp(float(x[0]))
        return np.array([factor * c[0] * 0.36 * slope / (1 + slope) + c[1] * 37 * slope])

    report = gradproof.check_vjp(function, vjp, x)
    assert [(one.name, one.cause.name) for one in report.findings] == [("output[0] / x[0]", "WRONG")] * (1 - factor)
    assert report.verdict == ("right" if factor else "wrong")


@pytest.mark.parametrize("seed", [0, 4, 5, 6, 7, 8, 10, 16, 81, 183])
def test_steps_of_rounding_along_lines(seed):
    """Lines move nothing at x: as coordinates they are all 0, and are tested together."""
    function, jacobian, x = terms_that_cancel(seed, np.float64)
    assert gradproof.check_jvp(function, lambda x, v: jacobian(x) @ v, x, mode="lines").verdict == "right"
    row = 18 + int(np.argmax(np.abs(jacobian(x)[18:, 1])))

    def wrong(x, tangent):
        claimed = jacobian(x)
        claimed[row, 1] *= 2
        return claimed @ tangent

    report = gradproof.check_jvp(function, wrong, x, mode="lines")
    assert [one.name for one in report.findings] == [f"output[{row}] / x[1]"]


def tells_arrays_apart(function, vjp, x, small):
    """What is right passes; an error of 1e-6 in the small array is named, and so is one of a hundredth in the other."""
    report = gradproof.check_vjp(function, vjp, x, atol=1e-9)
    assert report.verdict == "right", str(report)
    report = gradproof.check_vjp(function, lambda x, c: vjp(x, c, 1e-6), x, atol=1e-9)
    assert report.verdict == "wrong"
    assert [one.name for one in report.findings] == [f"{small} / x[3]"]
    fifth = 1 + 0.01 * (np.arange(x.size) == 5)
    report = gradproof.check_vjp(function, lambda x, c: vjp(x, c) * fifth, x, atol=1e-9)
    assert report.verdict == "wrong"
    assert [one.name for one in report.findings] == ["energy / x[5]"]


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("rest", [lambda x: 0.1 * x + 0.2 * x - 0.3 * x, lambda x: x - x.mean()], ids=["zeros", "mean"])
def test_an_array_that_is_rounding_alone_leaves_the_others_open_no_more(seed, rest):
    """Multiplied until it is as large as the others, it would hide these; its terms are a 2**52 times larger."""
    x = np.random.default_rng(seed).normal(size=20)

    def function(x):
        return {"energy": (x**2).sum(), "rest": rest(x).sum()}

    def vjp(x, cotangent, wrong=0.0):
        product = 2 * x * cotangent["energy"]
        product[3] += wrong * cotangent["rest"]
        return product

    assert abs(function(x)["rest"]) < 1e-14
    tells_arrays_apart(function, vjp, x, "rest")


def test_an_array_near_0_whose_claims_are_rounding_of_larger_terms():
    """As of what a saturated softmax leaves: errors of 1e-17 that pass by themselves pass where all is added up."""

    def function(x):
        return {"energy": (x**2).sum(), "tail": np.exp(-400 - x**2).sum()}

    def vjp(x, cotangent, wrong=0.0):
        tail = -2 * x * np.exp(-400 - x**2) + (0.1 * x + 0.2 * x - 0.3 * x)
        tail[3] += wrong
        return 2 * x * cotangent["energy"] + tail * cotangent["tail"]

    tells_arrays_apart(function, vjp, np.random.default_rng(0).normal(size=8), "tail")
