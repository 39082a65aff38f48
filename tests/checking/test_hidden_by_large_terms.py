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


def root(x):
    return np.sqrt(x)


def root_slope(x):
    return 0.5 / np.sqrt(x)


def reciprocal(x):
    return 1 / x


# A term, its slope, where it is looked at, and its weight beside a term of 1e12, below which noise hides it near x.
FAINT = [
    (root, root_slope, 4e-8, 0.03),
    (np.log, reciprocal, 4e-5, 3e-4),
    (np.sin, np.cos, 0.02, 2e-4),
    (lambda x: np.tanh(x) ** 2, lambda x: 2 * np.tanh(x) / np.cosh(x) ** 2, 0.3, 2e-4),
]


def beside_a_large_term(term, slope, place, weight):
    """Return f and its gradient, the large term first, and x."""
    x = np.array([1e4, place])

    def objective(z):
        return 1e8 * z[0] + weight * term(z[1])

    return objective, np.array([1e8, weight * slope(place)]), x


@pytest.mark.parametrize(("term", "slope", "place", "weight"), FAINT)
def test_a_slope_that_noise_hides_is_never_wrong(term, slope, place, weight):
    objective, claimed, x = beside_a_large_term(term, slope, place, weight)
    report = gradproof.check(objective, claimed, x)
    assert not any(finding.cause is Cause.WRONG for finding in report.findings)


@pytest.mark.parametrize(("term", "slope", "place", "weight"), FAINT)
def test_a_wrong_slope_that_noise_does_not_hide_is_named(term, slope, place, weight):
    objective, claimed, x = beside_a_large_term(term, slope, place, 1e9 * weight)
    claimed[1] *= 1.1
    report = gradproof.check(objective, claimed, x)
    assert [(finding.index, finding.cause) for finding in report.findings] == [(1, Cause.WRONG)]


@pytest.mark.parametrize(
    ("constant", "size", "claim"), [(0.0, 1e-6, 1e-3), (1e6, 1e-6, 1e-3), (0.0, 1e-8, 1e-9), (1e6, 1e-8, 1e-6)]
)
def test_a_claim_for_what_f_does_not_depend_on_is_wrong(constant, size, claim):
    """Noise hides the smaller claims over steps as small as the coordinate, and not over some as long as the others."""
    x = np.array([0.5, size, 0.3])
    claimed = np.array([np.cos(0.5), 0.0, np.cos(0.3)])
    assert gradproof.check(lambda z: constant + np.sin(z[0]) + np.sin(z[2]), claimed, x).verdict == "right"
    claimed[1] = claim
    report = gradproof.check(lambda z: constant + np.sin(z[0]) + np.sin(z[2]), claimed, x)
    assert [(finding.index, finding.cause) for finding in report.findings] == [(1, Cause.WRONG)]
