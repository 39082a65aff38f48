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
