"""A term next to another one that is millions of times as large: what is left of its slopes agrees at few steps."""

import numpy as np
import pytest
from scipy.special import digamma, gammaln

import gradproof
from gradproof import Cause


def terms(seed):
    """Return logarithms of the gamma function at points between 1e-8 and 1e8, and where it is smallest and large."""
    return 10.0 ** np.random.default_rng(seed).uniform(-8, 8, size=16)


def objective(x):
    return np.sum(gammaln(x))


# Draws in which one coordinate lies beside the minimum of the function, at 1.46, below terms of 1e9.
@pytest.mark.parametrize("seed", [*range(10, 30), 57, 63, 133, 252])
def test_a_right_gradient_is_never_wrong(seed):
    x = terms(seed)
    assert gradproof.check(objective, digamma, x).verdict == "right"


@pytest.mark.parametrize("seed", [10, 57, 63, 133, 252])
def test_a_wrong_entry_is_named(seed):
    x = terms(seed)
    claimed = digamma(x)
    index = int(np.argmax(np.abs(claimed)))
    claimed[index] *= 1.5
    report = gradproof.check(objective, claimed, x)
    assert [(finding.index, finding.cause) for finding in report.findings] == [(index, Cause.WRONG)]
