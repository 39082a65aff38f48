"""Extrapolation to step 0, against exact rational weights."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from oracles import weights
from properties import refuted

from gradproof.core.evidence import extrapolation
from gradproof.core.records.engine import LADDER, LEVELS, Scratch
from gradproof.core.records.memory import null_reals
from gradproof.core.records.record import words_of

# First power and distance to the next: one-sided slopes, centered slopes, the gap between the sides.
SCHEMES = {"one-sided": (1, 1), "centered": (2, 2), "gap": (1, 2)}

ladders = st.lists(st.sampled_from([2.0, 4.0, 4.0, 4.0, 16.0, 3.0]), min_size=0, max_size=7)
schemes = st.sampled_from(sorted(SCHEMES))


def steps_of(ratios, power):
    return 2.0**power * np.cumprod([1.0, *ratios])


def extrapolated(function, steps, values, noise, scheme):
    """The tables of a series: level by level, as the core leaves them."""
    # What is there from before is not to be read.
    scratch = Scratch.from_buffer(np.full(words_of(Scratch), 7.0))
    count = len(steps)
    scratch.step[:count] = list(steps)
    scratch.values[:count] = list(values)
    scratch.noise[:count] = list(noise)
    levels = function(scratch, scratch.values, scratch.noise, count, *SCHEMES[scheme])
    assert set(scratch.gaps[:]) == {7.0}
    return levels, *(np.reshape(table[:], (LEVELS, LADDER)) for table in (scratch.values, scratch.noise))


def powers_of(scheme, level):
    first, distance = SCHEMES[scheme]
    return [first + k * distance for k in range(level)]


@given(ratios=ladders, power=st.integers(-900, 900), scheme=schemes, seed=st.integers(0, 99))
@example([], 0, "gap", 0)
@example([4.0] * 7, -30, "centered", 1)
@example([2.0, 2.0, 4.0, 4.0, 2.0], -30, "gap", 1)
def is_the_rational_solution(function, ratios, power, scheme, seed):
    steps = steps_of(ratios, power)
    random = np.random.default_rng(seed)
    values, noise = random.normal(size=steps.size), random.uniform(1e-12, 1e-3, size=steps.size)
    levels, table, bars = extrapolated(function, steps, values, noise, scheme)
    assert levels == min(LEVELS, steps.size)
    for level in range(levels):
        for k in range(steps.size - level):
            here = slice(k, k + level + 1)
            exact = [float(weight) for weight in weights.solved(steps[here], powers_of(scheme, level))]
            size = np.abs(exact).sum()
            assert table[level, k] == pytest.approx(np.dot(exact, values[here]), rel=0, abs=1e-13 * size * 4)
            assert bars[level, k] == pytest.approx(np.dot(np.abs(exact), noise[here]), rel=1e-11)


def test_weights():
    is_the_rational_solution(extrapolation.extrapolate)


def of_other_powers(scratch, values, noise, count, first, distance):
    return extrapolation.extrapolate(scratch, values, noise, count, first, distance + 1)


def with_weights_kept_too_long(scratch, values, noise, count, first, distance):
    """Wrong on purpose: every window takes the weights of the first."""
    kept = extrapolation.same_ratios
    extrapolation.same_ratios = lambda scratch, start, size: start > 0
    try:
        return extrapolation.extrapolate(scratch, values, noise, count, first, distance)
    finally:
        extrapolation.same_ratios = kept


def without_noise(scratch, values, noise, count, first, distance):
    return extrapolation.extrapolate(scratch, values, null_reals(), count, first, distance)


@pytest.mark.parametrize("wrong", [of_other_powers, with_weights_kept_too_long, without_noise])
def test_weights_twin(wrong):
    refuted(is_the_rational_solution, wrong)


@given(ratios=st.lists(st.sampled_from([2.0, 4.0, 3.0]), min_size=1, max_size=3), power=st.integers(1, 2))
def is_lagrange(function, ratios, power):
    steps = steps_of(ratios, -20)
    exact = [float(weight) for weight in function(steps, power)]
    assert exact == [float(w) for w in weights.solved(steps, [power * (k + 1) for k in range(len(ratios))])]


def test_the_two_oracles_agree():
    is_lagrange(weights.lagrange)
    refuted(is_lagrange, lambda steps, power: weights.lagrange(steps, power + 1))


@given(scheme=schemes, level=st.integers(0, 3), seed=st.integers(0, 99))
def cancels_its_powers(function, scheme, level, seed):
    """What errs by the powers of a level and no other is extrapolated to the constant."""
    steps = steps_of([4.0] * 6, -12)
    random = np.random.default_rng(seed)
    slope = random.normal()
    errors = [random.normal() * (steps / steps[-1]) ** power for power in powers_of(scheme, level)]
    values = slope + sum(errors, 0 * steps)
    _, table, _ = extrapolated(function, steps, values, 0 * steps, scheme)
    for higher in range(level, LEVELS):
        count = steps.size - higher
        assert table[higher, :count] == pytest.approx([slope] * count, abs=1e-11)


def test_powers_are_cancelled():
    cancels_its_powers(extrapolation.extrapolate)
    refuted(cancels_its_powers, of_other_powers)


@given(base=st.floats(0.1, 10), exponent=st.integers(0, 7))
def is_a_power(function, base, exponent):
    assert function(base, exponent) == pytest.approx(base**exponent, rel=1e-15 * 8)


def test_power():
    is_a_power(extrapolation.power)
    assert extrapolation.power(0.0, 0) == 1.0
    refuted(is_a_power, lambda base, exponent: base ** (exponent + 1))
