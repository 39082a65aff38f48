"""Outputs in float32 that hold still beside x as rounding hides how they move: claims of 0 for them are looked at."""

import numpy as np
import pytest

import gradproof

KINDS = [
    (lambda z: (z + np.float32(1000)) ** 2 - np.float32(1_000_000), lambda z: 2 * (z + 1000)),
    (lambda z: 1 - np.cos(z), np.sin),
    (lambda z: np.log(1 + z * z), lambda z: 2 * z / (1 + z * z)),
    (lambda z: np.sqrt(1 + z * z) - 1, lambda z: z / np.sqrt(1 + z * z)),
]


def one_that_cancels(seed):
    """Return a function whose first output is a small difference of large numbers, its Jacobian and a small point."""
    random = np.random.default_rng(seed)
    n, outputs = int(random.integers(2, 13)), int(random.integers(2, 9))
    x = (10.0 ** random.uniform(-4, -1) * random.normal(size=n)).astype(np.float32)
    matrix = random.normal(size=(outputs, n)).astype(np.float32)
    value, slope = KINDS[int(random.integers(4))]
    size = np.float32(10.0 ** random.uniform(-2, 2))

    def function(x):
        z = matrix @ x
        return np.append(size * value(z[0]), np.tanh(z[1:])).astype(np.float32)

    def jacobian(x):
        z = matrix.astype(float) @ x.astype(float)
        return np.append(size * slope(z[0]), 1 / np.cosh(z[1:]) ** 2)[:, None] * matrix

    return function, jacobian, x


@pytest.mark.parametrize("seed", [6, 32, 42, 43, 48, 51, 54, 55, 56, 64, 67, 70, 71, 77, 78])
def test_a_claim_of_0_for_an_output_that_holds_still(seed):
    function, jacobian, x = one_that_cancels(seed)

    def forgotten(x, cotangent):
        return jacobian(x).T[:, 1:] @ cotangent[1:]

    assert gradproof.check_vjp(function, lambda x, c: c @ jacobian(x), x).verdict != "wrong"
    report = gradproof.check_vjp(function, forgotten, x)
    assert report.verdict != "right"
    assert {one.output for one in report.findings} == {0}


@pytest.mark.parametrize("claimed", [0.0, 1.0])
def test_an_output_that_is_flat_between_kinks_may_hold_still(claimed):
    """Far from x it moves to both sides, as one that cancels does."""
    x = np.float32([0.01, -0.02])

    def function(x):
        return np.stack([np.sign(x[0]) * np.maximum(np.abs(x[0]) - np.float32(0.05), 0), np.sin(x[1])])

    report = gradproof.check_vjp(function, lambda x, c: np.stack([claimed * c[0], np.cos(x[1]) * c[1]]), x)
    assert report.verdict == ("wrong" if claimed else "right")
    assert [one.name for one in report.findings] == ["output[0] / x[0]"] * int(claimed)
