"""Errors of square matrices: the derivative of log|det x|, and x that have no inverse."""

import warnings

import numpy as np
import pytest

import gradproof

REGULAR = np.array([[2.0, 0.5, -0.3], [0.7, -1.5, 0.4], [-0.6, 0.8, 1.2]])
SINGULAR = np.array([[1.0, 2.0, 3.0], [2.0, 4.0, 6.0], [0.5, -1.0, 0.25]])
ERRORS = np.array([[0.31, -0.77, 0.12], [0.58, 0.05, -0.93], [-0.44, 0.69, 0.27]])


def explained(x, errors):
    """The explanations of a wrong gradient of the sum of cubes; what divides by 0 on the way is an error."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        report = gradproof.check(lambda x: float(np.sum(x**3)), 3 * x**2 + errors, x)
    assert report.verdict == "wrong"
    return [str(one) for one in report.explanations]


def test_a_log_determinant_is_named():
    (said,) = explained(REGULAR, -0.5 * np.linalg.inv(REGULAR).T)
    assert "- 0.5 × x⁻ᵀ" in said
    assert "log-determinant" in said


@pytest.mark.parametrize("x", [SINGULAR, np.ones((3, 3))], ids=["two rows alike", "ones"])
def test_where_there_is_no_inverse_none_is_named(x):
    assert not any("x⁻" in said for said in explained(x, ERRORS))
