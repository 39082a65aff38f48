"""Where kinks meet at zeros of x, what automatic differentiation claims need be no slope of f: a note says so."""

import numpy as np
import pytest

import gradproof
from gradproof.report.remarks.meeting_kinks import REMARK


def added_to_relu(zeros):
    """Return a sum after relu of what a block adds, which starts at 0, to numbers of which many are 0 exactly."""
    random = np.random.default_rng(0)
    inner, weights = random.normal(size=(8, 20)), random.normal(size=20)
    base = np.where(random.random(20) < zeros, 0.0, random.random(20) + 0.5)

    def objective(p):
        return np.sum(weights * np.maximum(base + p["w"] @ inner, 0.0))

    def gradient(p):
        return {"w": inner @ (weights * (base + p["w"] @ inner > 0))}

    return objective, gradient


@pytest.mark.parametrize("mode", ["full", "lines"])
def test_a_block_that_starts_at_0_before_relu(mode):
    objective, gradient = added_to_relu(zeros=0.5)
    report = gradproof.check(objective, gradient, {"w": np.zeros(8)}, mode=mode)
    assert report.verdict == "wrong"
    assert REMARK in report.warnings
    # Off the kinks, as the note advises.
    assert gradproof.check(objective, gradient, {"w": np.full(8, 0.01)}, mode=mode).verdict == "right"


def test_a_bug_where_x_is_0_and_f_is_smooth():
    objective, gradient = added_to_relu(zeros=0.0)

    def wrong(p):
        return {"w": 1.01 * gradient(p)["w"]}

    x = {"w": np.zeros(8)}
    assert gradproof.check(objective, gradient, x).verdict == "right"
    report = gradproof.check(objective, wrong, x)
    assert (report.verdict, len(report.wrong)) == ("wrong", 8)
    assert REMARK not in report.warnings


def test_a_path_that_is_lost_where_x_is_0_and_f_is_bent():
    """A coarse step refutes claims of 0; left and right slopes differ by what f is bent within it."""
    x = np.c_[np.linspace(0, 5, 11), np.zeros(11)]
    weights = np.linspace(0.4, 1.6, 22).reshape(11, 2)

    def objective(x):
        apart = np.sum((x - [2.3, 0.1]) ** 2, axis=1)
        bent = 0.7 * np.sum(np.diff(x, axis=0) ** 2) + 1.9 * np.sum(np.diff(x, 2, axis=0) ** 2)
        return float(2 * np.sum(np.exp(-2 * apart)) + bent + np.sum(weights * x))

    def gradient(x):
        apart = np.exp(-2 * np.sum((x - [2.3, 0.1]) ** 2, axis=1))[:, None]
        out = weights - 8 * apart * (x - [2.3, 0.1])
        first, second = np.diff(x, axis=0), np.diff(x, 2, axis=0)
        out[1:] += 1.4 * first
        out[:-1] -= 1.4 * first
        out[2:] += 3.8 * second
        out[1:-1] -= 7.6 * second
        out[:-2] += 3.8 * second
        return out

    assert gradproof.check(objective, gradient, x).verdict == "right"
    report = gradproof.check(objective, lambda x: gradient(x) * [1.0, 0.0], x)
    assert (report.verdict, len(report.wrong)) == ("wrong", 11)
    assert REMARK not in report.warnings
