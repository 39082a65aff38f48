"""Beside a fit residuals cancel: rounding of the terms of f is then more than rounding of f, which is next to 0."""

import numpy as np
import pytest
from scipy.optimize import rosen, rosen_der

import gradproof
from gradproof import Cause


def near_minimum(seed):
    """Return a point beside the minimum of Rosenbrock's function, at a distance between 1e-7 and 1e-3."""
    random = np.random.default_rng(seed)
    return 1 + random.normal(scale=10.0 ** random.uniform(-7, -3), size=10)


@pytest.mark.parametrize("seed", range(60))
def test_a_right_gradient_beside_a_minimum(seed):
    x = near_minimum(seed)
    assert gradproof.check(rosen, rosen_der, x).verdict == "right"


@pytest.mark.parametrize("seed", range(20))
def test_a_wrong_entry_beside_a_minimum_is_named(seed):
    x = near_minimum(seed)
    claimed = rosen_der(x)
    index = int(np.argmax(np.abs(claimed)))
    claimed[index] *= 1.001
    report = gradproof.check(rosen, claimed, x)
    assert [(finding.index, finding.cause) for finding in report.findings] == [(index, Cause.WRONG)]
