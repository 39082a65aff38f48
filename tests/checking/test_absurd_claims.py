"""A claim that is off by many powers of ten is named alone: it spoils nothing for those beside it."""

import numpy as np
import pytest
from kinds import in_float32, on_a_short_scale, with_noise

from gradproof import Cause, check

FACTORS = [1e3, 1e6, 1e9, 1e12]


def with_one_absurd(gradient, index, factor):
    claimed = gradient.copy()
    claimed[index] = factor * np.abs(gradient).max()
    return claimed


@pytest.mark.parametrize("factor", FACTORS)
@pytest.mark.parametrize("seed", [0, 1, 10])
def test_of_a_function_with_noise_on_a_short_scale(seed, factor):
    drawn = on_a_short_scale(seed)
    assert drawn.check().verdict == "right"
    assert drawn.check(with_one_absurd(drawn.gradient, 1, factor)).wrong.tolist() == [1]


@pytest.mark.parametrize("factor", [1.0, 1e3, 1e6])
@pytest.mark.parametrize("seed", [0, 1, 2, 3, 38])
def test_of_coordinates_in_many_units_in_float32(seed, factor):
    random = np.random.default_rng(seed)
    units = (10.0 ** random.uniform(-7, 5, 11)).astype(np.float32)
    x = random.normal(size=11).astype(np.float32) * units

    def f(x):
        z = x / units
        return np.sum(np.tanh(z)) + np.sum(z[1:] * z[:-1])

    z = (x / units).astype(float)
    gradient = np.cosh(z) ** -2.0
    gradient[1:] += z[:-1]
    gradient[:-1] += z[1:]
    gradient = (gradient / units).astype(np.float32)
    largest = int(np.argmax(units))  # of the smallest slope
    assert check(f, gradient, x).verdict == "right"
    assert check(f, with_one_absurd(gradient, largest, factor), x).wrong.tolist() == [largest]


@pytest.mark.parametrize(("kind", "seed", "factor"), [(in_float32, 5, -1), (in_float32, 13, 2), (with_noise, 6, 2)])
def test_a_right_claim_among_wrong_ones_beside_noise_that_nobody_has_measured(kind, seed, factor):
    """Two proofs of errors, and a first pair of which noise is a part, do not refute it; and the factor is told."""
    drawn = kind(seed)
    n = drawn.x.size
    claimed = factor * drawn.gradient
    claimed[2] /= factor
    report = drawn.check(claimed)
    assert report.wrong.tolist() == [index for index in range(n) if index != 2]
    assert f"claimed = {factor} × slope" in str(report.explanations[0])
    claimed[2] *= factor
    assert drawn.check(claimed).wrong.tolist() == list(range(n))


@pytest.mark.parametrize("seed", range(12))
def test_bars_hold_where_f_computes_in_float32(seed):
    """A pair at a step that suits float64 is off by what float32 rounds, as its bar says."""
    drawn = in_float32(seed)
    findings = drawn.check(-drawn.gradient).findings
    assert [one.cause for one in findings] == [Cause.WRONG] * drawn.x.size
    off = [abs(one.slope - drawn.gradient[one.index]) / one.error_bar for one in findings]
    assert max(off) < 1.5


def test_a_right_claim_where_the_first_pairs_of_wrong_ones_mislead():
    """Noise asks for steps at which f has another slope already: then no pair alone refutes a claim."""
    drawn = on_a_short_scale(13)
    claimed = -drawn.gradient
    claimed[2] *= -1
    assert drawn.check(claimed).wrong.tolist() == [0, 1]
    claimed[2] *= -1
    assert drawn.check(claimed).wrong.tolist() == [0, 1, 2]
