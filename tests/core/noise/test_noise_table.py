"""The noise of values at equal distances: planted noise is found, smooth values are not taken for noise."""

import math

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from oracles import rounding
from properties import arrays, finite, refuted, sized

from gradproof.core.noise import noise_table as noise
from gradproof.core.records import codes

COUNT = 9
SMOOTH = {
    "exp": np.exp,
    "sin": np.sin,
    "bell": lambda t: 1 / (1 + t * t),
    "log": lambda t: np.log(9 + t),
    "quartic": lambda t: t**4 - t,
    "quintic": lambda t: t**5,
    "sextic": lambda t: (t - 0.3) ** 6,
    "tanh": np.tanh,
    "line": lambda t: 3 * t + 1,
    "constant": lambda t: 0 * t + 7,
}


@given(values=arrays(finite, low=COUNT, high=COUNT))
@example(np.zeros(COUNT))
@example(np.full(COUNT, 1.7e308) * (-1) ** np.arange(COUNT))
@example(np.arange(COUNT) * 2.0**-1074)
def is_the_table(function, values):
    """The median of three orders where they agree within a factor of 6 and change sign; else the largest."""
    orders, alternates = rounding.orders(values)
    expected = max(orders) <= 6 * min(orders) and alternates
    found, agree = function(values.copy(), COUNT)
    assert agree == expected or max(orders) == pytest.approx(6 * min(orders))
    assert found == pytest.approx(np.median(orders) if agree else max(orders), rel=1e-9, abs=0)


def test_table():
    is_the_table(noise.noise_of_values)


def of_the_raw_values(values, count):
    return float(np.std(values)), True


def of_one_order(values, count):
    part = math.factorial(4) ** 2 / math.factorial(8)
    return math.sqrt(part * np.mean(np.diff(values, 4) ** 2)), False


@pytest.mark.parametrize("wrong", [of_the_raw_values, of_one_order, lambda values, count: (0.0, False)])
def test_table_twin(wrong):
    refuted(is_the_table, wrong)


def finds_planted_noise(function, seeds=400):
    """Noise of any size on a smooth function: within a factor, as nine values allow."""
    random = np.random.default_rng(5)
    ratios, agreeing = [], 0
    for _ in range(seeds):
        sigma = 10.0 ** random.uniform(-12, -3)
        smooth = SMOOTH["exp"](0.01 * np.arange(COUNT) * random.normal()) * 10.0 ** random.uniform(-1, 1)
        found, agree = function(smooth + sigma * random.normal(size=COUNT), COUNT)
        agreeing += agree
        ratios += [found / sigma] if agree else []
    assert agreeing > 0.7 * seeds
    assert 0.7 < np.median(ratios) < 1.1
    assert np.quantile(ratios, 0.02) > 0.15
    assert np.quantile(ratios, 0.98) < 3


def test_planted_noise():
    finds_planted_noise(noise.noise_of_values)


@pytest.mark.parametrize("factor", [0.3, 3.0])
def test_planted_noise_twin(factor):
    def scaled(values, count):
        found, agree = noise.noise_of_values(values, count)
        return factor * found, agree

    refuted(finds_planted_noise, scaled)


@given(name=st.sampled_from(sorted(SMOOTH)), power=st.integers(-40, -3), start=st.floats(-2, 2))
@example("sin", -3, 0.0)
@example("quintic", -4, 0.0)
def is_not_taken_for_noise(function, name, power, start):
    """Smooth values are no noise: what is called noise is the rounding of the values, or of the terms in them."""
    values = SMOOTH[name](start + 2.0**power * np.arange(COUNT))
    found, agree = function(values.copy(), COUNT)
    assert not agree or found <= 4 * np.spacing(np.abs(values).max() + abs(start) + 1)


def test_smooth_values():
    is_not_taken_for_noise(noise.noise_of_values)


def test_smooth_values_twin():
    def trusting(values, count):
        return noise.noise_of_values(values, count)[0], True

    refuted(is_not_taken_for_noise, trusting)


@given(power=st.integers(-900, 900), seed=st.integers(0, 1000))
def units_do_not_matter(function, power, seed):
    values = np.random.default_rng(seed).normal(size=COUNT)
    found, agree = function(values.copy(), COUNT)
    moved, moved_agree = function(np.ldexp(values, power), COUNT)
    assert moved == math.ldexp(found, power)
    assert moved_agree == agree


def test_units_do_not_matter():
    units_do_not_matter(noise.noise_of_values)


def test_units_twin():
    def overflowing(values, count):
        part = math.factorial(4) ** 2 / math.factorial(8)
        return math.sqrt(part * np.mean(np.diff(values, 4) ** 2)), True

    refuted(units_do_not_matter, overflowing)


@given(
    values=st.lists(st.sampled_from([0.0, -0.0, 1.0, 1 + 2.0**-52, 2.0, 3.0, 1e300, -1e300]), min_size=9, max_size=9)
)
def counts_different_values(function, values):
    assert function(np.array(values), COUNT) == len({value + 0.0 for value in values})


def test_different_values():
    counts_different_values(noise.different_values)
    refuted(counts_different_values, lambda values, count: np.count_nonzero(np.diff(values)) + 1)


def finds_grids(function):
    """Whole steps of it; not a straight line, up to rounding, nor an exact one over steps no coarser than those."""
    unit = 2.0**-50
    line = unit * np.arange(9.0)
    for steps in ([0, 1, 1, 2, 2, 2, 3, 3, 4], [0, 0, 1, 2, 3, 4, 5, 6, 7], [5, 2, 7, 0, 1, 1, 9, 3, 3]):
        assert function(1e-3 + unit * np.array(steps), COUNT, 2 * unit) == unit
    assert function(line, COUNT, unit / 2) == unit
    assert function(line, COUNT, unit) == 0
    assert function(line * (1 + 1e-9 * np.arange(9)), COUNT, 0.0) == 0
    assert function(np.sqrt(np.arange(9.0)), COUNT, 0.0) == 0


def test_grid_of():
    finds_grids(noise.grid_of)
    refuted(finds_grids, lambda values, count, finest: noise.grid_of(values, count, 0.0))
    refuted(finds_grids, lambda values, count, finest: noise.grid_of(values, count, finest) * 2)

    def none_so_fine(values, count, finest):
        grid = noise.grid_of(values, count, finest)
        return grid if grid > finest else 0.0

    refuted(finds_grids, none_so_fine)


@given(value=sized(-250, 250), spacing=st.integers(-46, -10), part=st.integers(-60, -5))
def names_the_arithmetic(function, value, spacing, part):
    """Coarse, float32 or float64: both the spacing and the noise must say so, whatever the size of f."""
    expected = codes.ARITHMETIC_FLOAT64
    for limit, floor, arithmetic in ((-34, -30, codes.ARITHMETIC_FLOAT32), (-18, -16, codes.ARITHMETIC_COARSE)):
        if spacing > limit and part > floor:
            expected = arithmetic
    assert function(2.0**spacing, 2.0**part * abs(value), value) == expected


def test_arithmetic():
    names_the_arithmetic(noise.arithmetic_of)
    refuted(names_the_arithmetic, lambda spacing, size, value: noise.arithmetic_of(spacing, size, 1.0))
    refuted(names_the_arithmetic, lambda spacing, size, value: noise.arithmetic_of(1.0, size, value))
