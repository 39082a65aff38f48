"""A claim that is off by many powers of ten is named alone: it spoils nothing for those beside it."""

import numpy as np
import pytest
from kinds import on_a_short_scale

from gradproof import check

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
