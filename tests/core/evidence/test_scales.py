"""What a coordinate is measured with: units do not matter, and steps stay between their bounds."""

import math

import numpy as np
import pytest
from block import block, header
from hypothesis import assume, example, given
from hypothesis import strategies as st
from machine import both
from oracles import reals as oracle
from properties import SMALLEST, anything, arrays, refuted, single, sized, wide

from gradproof.core.evidence import scales
from gradproof.core.records.engine import coordinate_of

moderate = sized(-60, 60)


def power_of_two(value):
    return oracle.power_of_two_above(value)


def coordinate(engine, claimed, value):
    """The first coordinate of a check, with its claimed slope and its value."""
    first = coordinate_of(engine, 0)
    first.claimed, first.x = claimed, value
    return first


def is_nothing_where_subnormals_are(function, monkeypatch):
    """A tiny x is as good as nothing only where the processor takes subnormal numbers for 0, as its spacing shows."""
    tiny, limit = 2.0**-1015, 2.0**-1012
    assert not any(map(function, (tiny, limit, 1.0)))
    with monkeypatch.context() as flushed:
        flushed.setattr(scales, "spacing", lambda x: max(abs(x) * 2.0**-52, scales.SMALLEST_POWER))
        assert function(tiny)
        assert not any(map(function, (limit, 2.0**-970, 1.0)))


def test_what_is_next_to_nothing(monkeypatch):
    is_nothing_where_subnormals_are(scales.is_next_to_nothing, monkeypatch)
    refuted(is_nothing_where_subnormals_are, lambda typical: typical < scales.SMALLEST_TYPICAL, monkeypatch)


@given(value=st.one_of(wide, st.just(0.0)), typical=sized(-20, 20))
@example(1e-300, 1.0)
def are_sizes(size, line, value, typical):
    """Its own size, that of the others where it is 0; a line goes at least an eighth of the typical size."""
    engine = header(typical=abs(typical))
    assert size(engine, value) == power_of_two(value if value else typical)
    assert line(engine, value) == max(power_of_two(value or typical), power_of_two(typical) / 8)


def test_sizes():
    are_sizes(scales.coordinate_size, scales.line_size)
    refuted(are_sizes, lambda engine, value: power_of_two(value), scales.line_size)
    refuted(are_sizes, scales.coordinate_size, scales.coordinate_size)


@given(claimed=moderate, value=moderate, largest=moderate, change=moderate, power=st.integers(-200, 200))
@example(math.nan, 1.0, 2.0, 3.0, 10)
@example(0.0, 1.0, 2.0, 3.0, -10)
def units_do_not_matter(function, claimed, value, largest, change, power):
    """A coordinate in other units, x * 2**k and g / 2**k: its tolerance changes as g does."""
    scale = 2.0**power
    largest, change = abs(largest), abs(change)
    engine = header(largest_claim=largest, largest_change=change)
    here = function(engine, coordinate(engine, claimed, value))
    if change / power_of_two(value) <= largest:
        moved = header(largest_claim=math.inf, largest_change=change)
        assert function(moved, coordinate(moved, claimed / scale, value * scale)) == here / scale
    # Units of f: everything changes together.
    moved = header(largest_claim=largest * scale, largest_change=change * scale)
    assert function(moved, coordinate(moved, claimed * scale, value)) == here * scale


@pytest.mark.parametrize("function", [scales.tolerance, scales.needed_resolution])
def test_units_do_not_matter(function):
    units_do_not_matter(function)
    refuted(units_do_not_matter, lambda engine, one: function(engine, one) + 1e-12)
    refuted(units_do_not_matter, lambda engine, one: function(engine, coordinate(engine, one.claimed, 1.0)))


@given(claimed=moderate, value=moderate, largest=moderate, change=moderate, rtol=st.floats(1e-9, 0.5))
@example(math.nan, 1.0, 2.0, 3.0, 1e-5)
@example(math.inf, 1.0, 2.0, 3.0, 1e-5)
def is_the_tolerance(function, claimed, value, largest, change, rtol):
    """rtol of the claim, and 64 roundings of the largest component in these units."""
    engine = header(rtol, largest_claim=abs(largest), largest_change=abs(change))
    one = coordinate(engine, claimed, value)
    own = abs(claimed) if math.isfinite(claimed) else 0.0
    common = min(abs(largest), abs(change) / power_of_two(value))
    expected = rtol * own + 64 * 2.0**-53 * common
    assert function(engine, one) == pytest.approx(expected, rel=1e-14, abs=0)
    needed = scales.needed_resolution(engine, one)
    assert needed == pytest.approx(max(expected, 1e-8 * common), rel=1e-14, abs=0)


def test_tolerance():
    is_the_tolerance(scales.tolerance)
    refuted(is_the_tolerance, lambda engine, one: 1e-5 * abs(one.claimed))
    refuted(is_the_tolerance, lambda engine, one: 2 * scales.tolerance(engine, one))


def allows(function, atol):
    """An absolute error that is allowed adds to what the claim and rounding excuse, and is no part of either."""
    engine = header(largest_claim=2.0, largest_change=2.0)
    one = coordinate(engine, 1.5, 1.0)
    before = function(engine, one)
    engine.atol = atol
    assert function(engine, one) == before + atol
    assert scales.needed_resolution(engine, one) == max(before + atol, 2e-8)


def test_an_absolute_error_does_not_change_the_first_step():
    engine = header(largest_claim=2.0, largest_change=2.0, noise=1e-15)
    one = coordinate(engine, 1.5, 1.1)
    before = scales.pair_step(engine, one)
    engine.atol = 1.0
    assert scales.pair_step(engine, one) == before
    # Its twin: a relative error that is as large does.
    engine.atol, engine.sweep.rtol = 0.0, 0.5
    assert scales.pair_step(engine, one) < before / 1000


def test_tolerance_with_an_absolute_error():
    allows(scales.tolerance, 1e-3)
    allows(scales.tolerance, 0.0)
    refuted(allows, lambda engine, one: 1e-5 * abs(one.claimed) + 64 * 2.0**-53 * 2, 1e-3)


@given(value=wide, claimed=wide, noise=sized(-320, 300), float32=st.booleans(), typical=sized(-5, 5))
@example(1.0, 0.0, 1e-16, False, 1.0)
@example(SMALLEST, 1.0, 1e-16, False, 1.0)
@example(1.7e308, 1.0, 1e-16, False, 1.0)
def is_a_step(function, value, claimed, noise, float32, typical):
    """A power of two that x sees, with harmless noise where curvature allows it."""
    typical = abs(typical)
    largest_claim = abs(claimed) if math.isfinite(claimed) else 0.0
    engine = header(noise=abs(noise), largest_claim=largest_claim, largest_change=math.inf, typical=typical)
    engine.float32 = float32
    one = coordinate(engine, claimed, value)
    step = function(engine, one)
    assert step > 0
    assert math.frexp(step)[0] == 0.5
    size = max(power_of_two(value), power_of_two(typical))
    assert step <= 2.0**-13 * size or step == power_of_two(0.0)
    lowest = min(16 * oracle.spacing(value) * (2.0**29 if float32 else 1), 2.0**-13 * size)
    assert step >= lowest
    allowed = scales.tolerance(engine, one)
    if allowed and step < 2.0**-13 * size:
        # Two values, four standard deviations each: less than the tolerance.
        assert 4 * math.sqrt(2) * abs(noise) / step < allowed


def test_pair_step():
    is_a_step(scales.pair_step)
    refuted(is_a_step, lambda engine, one: 2.0**-20)
    refuted(is_a_step, lambda engine, one: 1.5 * scales.pair_step(engine, one))
    refuted(is_a_step, lambda engine, one: scales.pair_step(engine, one) / 64)


@given(noise=sized(-20, 0), allowed=sized(-20, 0), smallest=sized(-20, -5), largest=sized(-4, 4))
@example(1e-16, 0.0, 1e-9, 1e-3)
def is_harmless(functions, noise, allowed, smallest, largest):
    """The power of two above eight times noise over tolerance, within its bounds; without tolerance the largest."""
    noise, allowed, smallest, largest = map(abs, (noise, allowed, smallest, largest))
    wanted = min(max(8 * noise / allowed, smallest), largest) if allowed else largest
    for function in functions:
        assert function(noise, allowed, smallest, largest) == power_of_two(wanted)


def test_harmless_step():
    is_harmless(both(scales.harmless_step, *["float64"] * 4))
    for wrong in (
        lambda noise, allowed, smallest, largest: power_of_two(largest),
        lambda noise, allowed, smallest, largest: scales.harmless_step(noise, allowed, 0.0, largest),
        lambda noise, allowed, smallest, largest: scales.harmless_step(noise, allowed, smallest, math.inf),
        lambda noise, allowed, smallest, largest: scales.harmless_step(2 * noise, allowed, smallest, largest),
    ):
        refuted(is_harmless, [wrong])


@given(value=wide, claimed=moderate)
def is_taken_exactly(function, value, claimed):
    """x + h is exact unless the exponent of x changes on the way."""
    assume(abs(value) < 1e300)
    engine = header(noise=1e-16, largest_claim=abs(claimed), largest_change=math.inf)
    step = function(engine, coordinate(engine, claimed, value))
    for signed in (step, -step):
        reached = value + signed
        if math.frexp(reached)[1] <= math.frexp(value)[1]:
            assert scales.real_step(engine, value, signed) == signed


def test_pair_steps_are_taken_exactly():
    is_taken_exactly(scales.pair_step)
    refuted(is_taken_exactly, lambda engine, one: 1e-5 * abs(one.x))


def is_taken(function):
    engine = header()
    assert function(engine, 1.0, 1e-9) == (1.0 + 1e-9) - 1.0
    engine.float32 = 1
    assert function(engine, 1.0, 1e-9) == 0.0
    assert function(engine, 1.0, 1e-7) == 2.0**-23


def test_real_step():
    is_taken(scales.real_step)
    refuted(is_taken, lambda engine, value, step: step)


@given(x=arrays(wide, low=1, high=6), data=st.data())
def are_the_largest(function, x, data):
    claimed = data.draw(arrays(anything, low=x.size, high=x.size))
    engine = block(x.size)
    engine.typical = 1.0
    for index in range(x.size):
        one = coordinate_of(engine, index)
        one.x, one.claimed = x[index], claimed[index]
    function(engine)
    known = np.abs(claimed[np.isfinite(claimed)])
    assert engine.sweep.largest_claim == max(known, default=0.0)
    with np.errstate(over="ignore"):
        changes = np.abs(claimed) * [power_of_two(value) for value in x]
    assert engine.sweep.largest_change == max(changes[np.isfinite(changes)], default=0.0)


def test_largest_claims():
    are_the_largest(scales.note_largest_claims)

    def blind_to_size(engine):
        claimed = [coordinate_of(engine, index).claimed for index in range(engine.n)]
        engine.sweep.largest_claim = engine.sweep.largest_change = np.abs(claimed).max()

    refuted(are_the_largest, blind_to_size)


@given(value=st.one_of(single.map(float), wide))
@example(1.0)
@example(0.0)
def is_taken_as_it_is(function, value):
    """One unit in the last place of float32, where x is in it: half of one would be rounded to a whole one."""
    assume(math.isfinite(value))
    rounded = float(np.float32(value)) == value
    assert function(value) == (oracle.spacing(value) * 2.0**29 if rounded and value else 0.0)
    if rounded and 1e-30 < abs(value) < 1e30:
        moved = value + math.copysign(function(value), value)
        assert float(np.float32(moved)) == moved


def test_exact_in_float32():
    is_taken_as_it_is(scales.exact_in_float32)
    refuted(is_taken_as_it_is, lambda value: 0.0)
    refuted(is_taken_as_it_is, lambda value: 2.0**28 * scales.exact_in_float32(value))


def is_at_least_a_unit_of_float32(function):
    """A first step, where x is a number of float32, although noise would allow a shorter one."""
    engine = header(noise=1e-300, largest_claim=1.0, largest_change=math.inf)
    assert function(engine, coordinate(engine, 1.0, 1.5)) == 2.0**-23
    assert function(engine, coordinate(engine, 1.0, 1.1)) < 2.0**-32
    # But not more than where curvature begins.
    engine.noise = math.inf
    assert function(engine, coordinate(engine, 1.0, 1.5)) == 2.0**-12


def test_first_steps_from_numbers_of_float32():
    is_at_least_a_unit_of_float32(scales.pair_step)
    refuted(is_at_least_a_unit_of_float32, lambda engine, one: 2.0**-23)
