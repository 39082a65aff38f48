"""Along lines the same tolerance holds as in full mode: by all of x, by named arrays, and by single coordinates."""

import numpy as np
import pytest

import gradproof

N = 8000
X = np.random.default_rng(0).normal(size=N)
A = np.random.default_rng(1).normal(size=N)
RIGHT = A * np.cos(X) + X


def objective(x):
    return float(A @ np.sin(x) + 0.5 * (x @ x))


def checked(claimed, **chosen):
    return gradproof.check(objective, claimed, X, **chosen)


@pytest.mark.parametrize("size", [1e-10, 1e-9, 1e-8, 1e-7, 1e-6])
@pytest.mark.parametrize("seed", [0, 1])
def test_a_common_factor_that_rtol_allows_is_right_and_said(size, seed):
    report = checked(RIGHT * (1 + size), seed=seed)
    assert report.verdict == "right"
    assert report.wrong.size == 0
    assert report.power.factor > size / 2
    if size >= 1e-8:
        assert report.power.seen_factor == pytest.approx(1 + size, abs=0.2 * size)
        assert "a common factor of 1.0" in str(report.power)
        assert "seen, below rtol" in str(report.power)


@pytest.mark.parametrize("size", [1e-9, 1e-8, 1e-7, 1e-6])
@pytest.mark.parametrize("seed", [0, 1])
def test_what_a_solver_leaves_is_right_and_said(size, seed):
    errors = size * np.random.default_rng(seed).normal(size=N)
    for claimed in (RIGHT * (1 + errors), RIGHT + errors * np.sqrt(np.mean(RIGHT**2))):
        report = checked(claimed, seed=seed)
        assert report.verdict == "right"
        assert report.evaluations < 500
        if size >= 1e-7:
            assert report.power.relative > report.power.seen / report.power.norm > size / 10
            assert "of the norm along random lines" in str(report.power)


@pytest.mark.parametrize("factor", [1 + 1e-4, 1 - 1e-3])
def test_a_common_factor_beyond_rtol_is_wrong(factor):
    report = checked(RIGHT * factor)
    assert report.verdict == "wrong"
    assert report.wrong.size > 0


@pytest.mark.parametrize("size", [1e-8, 1e-7])
def test_one_sign_stands_out_of_what_a_solver_leaves(size):
    claimed = RIGHT * (1 + size * np.random.default_rng(5).normal(size=N))
    claimed[4321] *= -1
    report = checked(claimed)
    assert report.verdict == "wrong"
    assert report.wrong.tolist() == [4321]
    assert report.findings[0].cause is gradproof.Cause.WRONG


def test_one_small_slope_is_wrong_by_itself_although_rtol_of_the_norm_is_larger():
    """Its twin: the same error in a large slope."""
    slopes = np.abs(RIGHT) * np.maximum(np.abs(X), 0.1)
    error = 3e-6 * np.linalg.norm(slopes)
    # An error of a hundredth of one slope is one of a millionth of another one.
    claimed, index = RIGHT.copy(), int(np.argsort(np.abs(RIGHT))[40])
    claimed[index] += error / max(abs(X[index]), 0.1)
    report = checked(claimed)
    assert report.verdict == "wrong"
    assert report.wrong.tolist() == [index]
    claimed, index = RIGHT.copy(), int(np.argmax(slopes))
    claimed[index] *= 1 + 5e-6
    assert checked(claimed).verdict == "right"


def named(small):
    """Two arrays, of which the slopes of one are a hundred thousandth of those of the other."""
    scale = np.where(np.arange(N) < 300, 1e-5, 1.0)
    at = {"b": X[:300], "w": X[300:]}
    claimed = scale * (A * np.cos(scale * X) + scale * X)
    claimed[:300] *= small

    def of_names(p):
        return objective(scale * np.concatenate([p["b"], p["w"]]))

    return gradproof.check(of_names, {"b": claimed[:300], "w": claimed[300:]}, at)


def test_an_array_with_small_slopes_is_held_to_rtol_of_its_own():
    assert named(1.0).verdict == "right"
    report = named(2.0)
    assert report.verdict == "wrong"
    assert all(finding.name.startswith("b") for finding in report.findings)


def test_errors_above_the_resolution_are_found():
    """Planted one at a time, with the lines of which it was stated; a hundredth of it passes now and then."""
    right = checked(RIGHT)
    assert right.verdict == "right"
    scales = np.maximum(
        np.abs(X), 0.1 * np.repeat([np.sqrt(np.mean(X[k : k + 1024] ** 2)) for k in range(0, N, 1024)], 1024)[:N]
    )
    passed = 0
    for index in range(0, N, 80):
        for part in (1.01, 0.01):
            claimed = RIGHT.copy()
            claimed[index] += part * right.resolution / scales[index] * (-1) ** index
            report = checked(claimed)
            if part > 1:
                assert report.verdict == "wrong"
                assert report.wrong.tolist() == [index]
            else:
                passed += report.verdict == "right"
    assert passed > 0
