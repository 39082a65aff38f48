"""What a coordinate is measured with: units do not matter, and steps stay between their bounds."""

import math

import numpy as np
import pytest
from block import header
from hypothesis import assume, example, given
from hypothesis import strategies as st
from oracles import reals as oracle
from properties import SMALLEST, anything, arrays, refuted, sized, wide

from gradproof.core.evidence import scales
from gradproof.core.records.engine import FLOAT32, LARGEST_CHANGE, LARGEST_CLAIM

moderate = sized(-60, 60)


def power_of_two(value):
    return oracle.power_of_two_above(value)


@given(value=st.one_of(wide, st.just(0.0)), typical=sized(-20, 20))
@example(1e-300, 1.0)
def are_sizes(size, line, value, typical):
    """Its own size, that of the others where it is 0; a line goes at least an eighth of the typical size."""
    _, reals = header(typical=abs(typical))
    assert size(reals, value) == power_of_two(value if value else typical)
    assert line(reals, value) == max(power_of_two(value or typical), power_of_two(typical) / 8)


def test_sizes():
    are_sizes(scales.coordinate_size, scales.line_size)
    refuted(are_sizes, lambda reals, value: power_of_two(value), scales.line_size)
    refuted(are_sizes, scales.coordinate_size, scales.coordinate_size)


@given(claimed=moderate, value=moderate, largest=moderate, change=moderate, power=st.integers(-200, 200))
@example(math.nan, 1.0, 2.0, 3.0, 10)
@example(0.0, 1.0, 2.0, 3.0, -10)
def units_do_not_matter(function, claimed, value, largest, change, power):
    """A coordinate in other units, x * 2**k and g / 2**k: its tolerance changes as g does."""
    scale = 2.0**power
    largest, change = abs(largest), abs(change)
    _, reals = header(claim=largest, change=change)
    _, moved = header(claim=math.inf, change=change)
    if change / power_of_two(value) <= largest:
        assert function(moved, claimed / scale, value * scale) == function(reals, claimed, value) / scale
    # Units of f: everything changes together.
    _, moved = header(claim=largest * scale, change=change * scale)
    assert function(moved, claimed * scale, value) == function(reals, claimed, value) * scale


@pytest.mark.parametrize("function", [scales.tolerance, scales.needed_resolution])
def test_units_do_not_matter(function):
    units_do_not_matter(function)
    refuted(units_do_not_matter, lambda reals, claimed, value: function(reals, claimed, value) + 1e-12)
    refuted(units_do_not_matter, lambda reals, claimed, value: function(reals, claimed, 1.0))


@given(claimed=moderate, value=moderate, largest=moderate, change=moderate, rtol=st.floats(1e-9, 0.5))
@example(math.nan, 1.0, 2.0, 3.0, 1e-5)
@example(math.inf, 1.0, 2.0, 3.0, 1e-5)
def is_the_tolerance(function, claimed, value, largest, change, rtol):
    """rtol of the claim, and 64 roundings of the largest component in these units."""
    _, reals = header(rtol, claim=abs(largest), change=abs(change))
    own = abs(claimed) if math.isfinite(claimed) else 0.0
    common = min(abs(largest), abs(change) / power_of_two(value))
    expected = rtol * own + 64 * 2.0**-53 * common
    assert function(reals, claimed, value) == pytest.approx(expected, rel=1e-14, abs=0)
    needed = scales.needed_resolution(reals, claimed, value)
    assert needed == pytest.approx(max(expected, 1e-8 * common), rel=1e-14, abs=0)


def test_tolerance():
    is_the_tolerance(scales.tolerance)
    refuted(is_the_tolerance, lambda reals, claimed, value: 1e-5 * abs(claimed))
    refuted(is_the_tolerance, lambda reals, claimed, value: 2 * scales.tolerance(reals, claimed, value))


@given(value=wide, claimed=wide, noise=sized(-320, 300), float32=st.booleans(), typical=sized(-5, 5))
@example(1.0, 0.0, 1e-16, False, 1.0)
@example(SMALLEST, 1.0, 1e-16, False, 1.0)
@example(1.7e308, 1.0, 1e-16, False, 1.0)
def is_a_step(function, value, claimed, noise, float32, typical):
    """A power of two that x sees, with harmless noise where curvature allows it."""
    typical = abs(typical)
    largest_claim = abs(claimed) if math.isfinite(claimed) else 0.0
    words, reals = header(noise=abs(noise), claim=largest_claim, change=math.inf, typical=typical)
    words[FLOAT32] = float32
    step = function(words, reals, claimed, value)
    assert step > 0
    assert math.frexp(step)[0] == 0.5
    size = max(power_of_two(value), power_of_two(typical))
    assert step <= 2.0**-13 * size or step == power_of_two(0.0)
    lowest = min(16 * oracle.spacing(value) * (2.0**29 if float32 else 1), 2.0**-13 * size)
    assert step >= lowest
    allowed = scales.tolerance(reals, claimed, value)
    if allowed and step < 2.0**-13 * size:
        # Two values, four standard deviations each: less than the tolerance.
        assert 4 * math.sqrt(2) * abs(noise) / step < allowed


def test_pair_step():
    is_a_step(scales.pair_step)
    refuted(is_a_step, lambda words, reals, claimed, value: 2.0**-20)
    refuted(is_a_step, lambda words, reals, claimed, value: 1.5 * scales.pair_step(words, reals, claimed, value))
    refuted(is_a_step, lambda words, reals, claimed, value: scales.pair_step(words, reals, claimed, value) / 64)


@given(value=wide, claimed=moderate)
def is_taken_exactly(function, value, claimed):
    """x + h is exact unless the exponent of x changes on the way."""
    assume(abs(value) < 1e300)
    words, reals = header(noise=1e-16, claim=abs(claimed), change=math.inf)
    step = function(words, reals, claimed, value)
    for signed in (step, -step):
        reached = value + signed
        if math.frexp(reached)[1] <= math.frexp(value)[1]:
            assert scales.taken(words, value, signed) == signed


def test_pair_steps_are_taken_exactly():
    is_taken_exactly(scales.pair_step)
    refuted(is_taken_exactly, lambda words, reals, claimed, value: 1e-5 * abs(value))


def is_taken(function):
    words, _ = header()
    assert function(words, 1.0, 1e-9) == (1.0 + 1e-9) - 1.0
    words[FLOAT32] = 1
    assert function(words, 1.0, 1e-9) == 0.0
    assert function(words, 1.0, 1e-7) == 2.0**-23


def test_taken():
    is_taken(scales.taken)
    refuted(is_taken, lambda words, value, step: step)


@given(x=arrays(wide, low=1, high=6), data=st.data())
def are_the_largest(function, x, data):
    claimed = data.draw(arrays(anything, low=x.size, high=x.size))
    words, reals = header()
    function(words, reals, x, claimed, x.size)
    known = np.abs(claimed[np.isfinite(claimed)])
    assert reals[LARGEST_CLAIM] == max(known, default=0.0)
    with np.errstate(over="ignore"):
        changes = np.abs(claimed) * [power_of_two(value) for value in x]
    assert reals[LARGEST_CHANGE] == max(changes[np.isfinite(changes)], default=0.0)


def test_largest_claims():
    are_the_largest(scales.largest_claims)

    def blind_to_size(words, reals, x, claimed, n):
        reals[LARGEST_CLAIM] = reals[LARGEST_CHANGE] = np.abs(claimed).max()

    refuted(are_the_largest, blind_to_size)
