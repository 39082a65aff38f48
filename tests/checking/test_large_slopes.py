"""Slopes up to the largest float64, where the sum of two of them overflows."""

import math

import numpy as np
import pytest
from properties import refuted

import gradproof

SLOPES = [1e300, 1e307, 8.9e307, 9.1e307, 1e308, 1.7e308]
LINES = {
    "line": (lambda slope: lambda x: slope * x[0], 1.0),
    "line, small x": (lambda slope: lambda x: slope * x[0], 1e-3),
    "line, tiny x": (lambda slope: lambda x: slope * x[0], 1e-300),
    "line, f(x) is 0": (lambda slope: lambda x: slope * x[0], 0.0),
    "curved": (lambda slope: lambda x: slope * math.sin(x[0]), 2.0**-30),
}


def judges(name, slope, factor, verdict):
    make, x = LINES[name]
    report = gradproof.check(make(slope), np.array([factor * slope]), np.array([x]))
    assert report.verdict == verdict
    assert report.wrong.tolist() == ([0] if verdict == "wrong" else [])
    for one in report.findings:
        measured = (one.slope, one.left, one.right)
        assert measured == pytest.approx((slope,) * 3, rel=1e-5, abs=0)
        assert 0 < one.error_bar < 1e-4 * slope
        assert 0 < one.resolution < 1e-3 * slope
    assert 0 < report.resolution < 1e-3 * slope
    assert "nan" not in str(report)


@pytest.mark.parametrize("slope", SLOPES)
@pytest.mark.parametrize("name", LINES)
def test_lines(name, slope):
    judges(name, slope, 1.0, "right")
    for factor in (1.001, 0.999, 0.5, 0.0, -1.0):
        judges(name, slope, factor, "wrong")
    refuted(judges, name, slope, 0.5, "right")
    refuted(judges, name, slope, 1.0, "wrong")


def judges_kink(slope, factor, verdict):
    report = gradproof.check(lambda x: slope * abs(x[0]), np.array([factor * slope]), np.zeros(1))
    assert report.verdict == verdict
    [one] = report.findings
    assert (one.left, one.right) == pytest.approx((-slope, slope), rel=1e-5)
    assert one.slope == pytest.approx(0, abs=1e-4 * slope)


@pytest.mark.parametrize("slope", SLOPES)
def test_kinks(slope):
    for factor in (0.0, 0.9, -1.0, 1.0):
        judges_kink(slope, factor, "right")
    for factor in (1.01, -1.01):
        judges_kink(slope, factor, "wrong")
    refuted(judges_kink, slope, 0.9, "wrong")
    refuted(judges_kink, slope, 1.01, "right")
