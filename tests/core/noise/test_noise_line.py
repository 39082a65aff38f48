"""The noise line: which points it asks for, planted noise, float32 inside f, the edge of a domain, float32 points."""

import math
from fractions import Fraction

import numpy as np
import pytest
from block import block, header
from hypothesis import given
from hypothesis import strategies as st
from machine import both
from oracles.splitmix import direction
from properties import refuted
from witnesses import records

from gradproof.core.evidence import stages
from gradproof.core.evidence.ladder import insert_pair
from gradproof.core.noise import line_values, noise_line, noise_table
from gradproof.core.points.seeds import noise_seed
from gradproof.core.records import codes
from gradproof.core.records.border import Probe
from gradproof.core.records.engine import coordinate_of

SMALL, LARGE = -46, -10
REST = [1, 2, 3, 4, 6, 7]


def begun(value, **fields):
    """A check of one coordinate at the beginning of its noise line."""
    engine = header(arithmetic=codes.ARITHMETIC_FLOAT64, **fields)
    coordinate_of(engine, 0).x = 1.0
    engine.value = value
    noise_line.begin_noise(engine, engine.n)
    return engine


def measured(advance, line, **fields):
    """The check once its noise is known, and the steps that it asked for, round by round."""
    engine, asked, known = begun(line(0.0), **fields), [], False
    while not known:
        count = line_values.noise_probes(engine.noise_line)
        asked.append([line_values.step_of_probe(engine.noise_line, number) for number in range(count)])
        known = advance(engine, line_values.note_values(engine, np.array([line(step) for step in asked[-1]])))
    assert engine.noise_measured == 1
    return engine, asked


def settled(noise):
    """Wrong on purpose: what is known at once."""

    def advance(engine, changed):
        noise_line.settle_noise(engine, noise)
        return True

    return advance


def finds_planted_noise(advance):
    """Two values, then the six others of nine; within a factor, as nine values allow."""
    random = np.random.default_rng(2)
    found = []
    for _ in range(100):
        engine, asked = measured(advance, lambda t: 3 + math.sin(t) + 1e-9 * random.normal())
        assert [[step / 2.0**SMALL for step in steps] for steps in asked[:2]] == [[8, 5], REST]
        found.append(engine.noise / 1e-9)
        # Coarser than float32 would be 1e-5 of f.
        assert engine.arithmetic == codes.ARITHMETIC_FLOAT64
    assert 0.7 < np.median(found) < 1.3
    assert np.quantile(found, 0.9) < 3


def test_planted_noise():
    finds_planted_noise(noise_line.advance_noise)

    def at_the_second_spacing(engine, changed):
        engine.noise_line.exponent += 4 * (engine.noise_line.exponent == SMALL)
        return noise_line.advance_noise(engine, changed)

    refuted(finds_planted_noise, at_the_second_spacing)
    refuted(finds_planted_noise, settled(1e-9))

    def tenfold(engine, changed):
        known = noise_line.advance_noise(engine, changed)
        engine.noise *= 10
        return known

    refuted(finds_planted_noise, tenfold)


def ends_where_the_bound_grows(line, tables):
    """How many spacings get all of their values."""
    engine, asked = measured(noise_line.advance_noise, line)
    assert [len(steps) for steps in asked].count(6) == tables
    assert engine.noise < 1e-20


def test_a_bound_that_grows_with_the_spacing():
    """At a minimum whose value is 0 rounding is as smooth as f, and coarser spacings tell less."""
    ends_where_the_bound_grows(lambda t: t**4, 2)
    refuted(ends_where_the_bound_grows, lambda t: 1e-18 * math.sin(1e14 * t), 2)


def recognises_float32(advance):
    """Two values a spacing until f changes; the noise is that of float32, and so is the unit of the claim."""

    def line(t):
        return float(np.float32(math.sin(1 + t)))

    engine, asked = measured(advance, line)
    first = noise_line.FIRST_EXPONENT_ROUNDED
    silent = next(k for k in range(12) if any(line(place * 2.0 ** (first + 4 * k)) != line(0.0) for place in (8, 5)))
    assert [len(steps) for steps in asked[: silent + 2]] == [2] * (silent + 1) + [6]
    assert engine.arithmetic == codes.ARITHMETIC_FLOAT32
    assert engine.unit == 2.0**-24
    unit = float(np.spacing(np.float32(line(0.0))))
    assert 0.25 * unit < engine.noise < 2 * unit


def test_float32_inside_f():
    recognises_float32(noise_line.advance_noise)
    refuted(recognises_float32, settled(1e-8))


def turns_at_an_edge(advance):
    """Where values are missing on one side, all eight are asked for on the other."""
    engine, asked = measured(advance, lambda t: 3 + math.log(1 - t) if t <= 0 else math.nan)
    eight = [steps for steps in asked if len(steps) == 8]
    assert eight
    assert all(np.array_equal(np.array(steps) / steps[0], range(1, 9)) and steps[0] < 0 for steps in eight)
    assert engine.noise < 1e-14


def test_the_edge_of_a_domain():
    turns_at_an_edge(noise_line.advance_noise)

    def stubborn(engine, changed):
        known = noise_line.advance_noise(engine, changed)
        engine.noise_line.sign = 1
        return known

    refuted(turns_at_an_edge, stubborn)


@pytest.mark.parametrize(
    ("value", "in_units"),
    [(7.0, 0.5), (math.pi, 0.5), (float(np.float32(math.pi)), 0.3 * 2**29)],
)
def test_a_constant_has_the_noise_of_its_digits(value, in_units):
    """At least half a unit in the last place; of float32 where all values are numbers of float32, and not by chance."""
    engine, asked = measured(noise_line.advance_noise, lambda t: value)
    first = SMALL if in_units == 0.5 else noise_line.FIRST_EXPONENT_ROUNDED
    assert asked == [[8 * 2.0**power, 5 * 2.0**power] for power in range(first, LARGE + 1, 4)]
    assert engine.noise == in_units * np.spacing(value)


def test_values_missing_on_both_sides_leave_what_rounding_says():
    engine, asked = measured(noise_line.advance_noise, lambda t: math.nan if t else math.pi)
    assert [len(steps) for steps in asked] == [2, 6, 8] * 10
    assert engine.noise == np.spacing(math.pi) / 2


def test_a_random_objective_keeps_its_noise():
    noisy = measured(noise_line.advance_noise, lambda t: 7.0, nondeterministic=1, noise=0.25)[0]
    assert noisy.noise == 0.25
    assert measured(noise_line.advance_noise, lambda t: 7.0, noise=0.25)[0].noise < 1e-15


def are_as_noisy_as_high(advance):
    """Of stairs of 2**-20, values may lie on a straight line by chance, and then show no noise at all."""
    engine, _ = measured(advance, lambda t: 3 + math.floor(t * 2.0**30) * 2.0**-20)
    assert engine.noise >= 0.28 * 2.0**-20


def test_stairs(monkeypatch):
    are_as_noisy_as_high(noise_line.advance_noise)
    monkeypatch.setattr(noise_line, "ROUNDING_NOISE", 0.0)
    refuted(are_as_noisy_as_high, noise_line.advance_noise)


GRID = 2.0**-52


def remembers_the_grid(advance):
    """Few values, at the first spacing, show the grid on which those of the next one lie on a straight line."""
    engine, _ = measured(advance, lambda t: 1e-3 + GRID * math.floor(min(t * 2.0**44, 40.0)))
    assert 0.28 * GRID <= engine.noise <= 0.31 * GRID


def test_values_on_a_straight_line_by_chance():
    remembers_the_grid(noise_line.advance_noise)

    def forgetful(engine, changed):
        known = noise_line.advance_noise(engine, changed)
        engine.noise_line.grid = 0.0
        return known

    refuted(remembers_the_grid, forgetful)


def keeps_a_grid(function):
    """Values on a grid stay on it, where what is predicted of rounding of x is far less; else it is not."""
    grid = 3.0 + 2.0**-30 * np.array([0, 1, 1, 2, 2, 2, 3, 4, 4])
    predicted = 2.0**-51 * np.arange(9)
    smooth = 3.0 + 1e-3 * np.arange(9) + 1e-5 * np.arange(9) ** 2
    for values, change, kept in ((grid, predicted, grid), (grid, 2.0**14 * predicted, None), (smooth, predicted, None)):
        engine = begun(3.0)
        engine.noise_line.given[:] = values
        engine.noise_line.values[:] = values - change
        function(engine)
        assert np.array_equal(engine.noise_line.values[:], values - change if kept is None else kept)


def test_keep_grid(monkeypatch):
    keeps_a_grid(noise_line.keep_grid)
    refuted(keeps_a_grid, lambda engine: None)
    monkeypatch.setattr(noise_line, "NEGLIGIBLE", 2.0**10)
    refuted(keeps_a_grid, noise_line.keep_grid)


POWERS = st.integers(-30, -6).map(lambda power: 2.0**power)


@given(seed=st.integers(1, 1000), step=POWERS, cancelling=st.booleans())
def predicts_the_change(function, seed, step, cancelling):
    """The sum of claims times steps really taken, as if it had been made with twice the digits.

    In float64 it is what rounding adds to the steps.
    """
    random = np.random.default_rng(seed)
    count = 8
    x, claimed = random.normal(size=count).astype(np.float32).astype(float), random.normal(size=count)
    engine = block(count)
    engine.typical, engine.seed, engine.float32 = 1.0, seed, 1
    noise_line.begin_noise(engine, count)
    moved = [float(np.float32(x[k] + step * direction(noise_seed(seed), k) * abs(x[k]))) - x[k] for k in range(count)]
    if cancelling and moved[0] and moved[-1]:
        claimed[0], claimed[-1] = 1e9 / moved[0], -1e9 / moved[-1]
    for k in range(count):
        coordinate = coordinate_of(engine, k)
        coordinate.x, coordinate.claimed = x[k], claimed[k]
    exact = float(sum(Fraction(float(claimed[k] * moved[k])) for k in range(count)))
    assert function(engine, step) == pytest.approx(exact, rel=1e-14, abs=0)
    engine.float32 = 0
    moves = [step * direction(noise_seed(seed), k) * abs(x[k]) for k in range(count)]
    added = [x[k] + moves[k] - x[k] - moves[k] for k in range(count)]
    rounding = float(sum(Fraction(float(claimed[k] * added[k])) for k in range(count)))
    assert function(engine, step) == pytest.approx(rounding, rel=1e-12, abs=0)


def test_claimed_change():
    predicts_the_change(line_values.claimed_change)

    def without_rest(engine, step):
        two_sum, line_values.two_sum = line_values.two_sum, lambda a, b: (a + b, 0.0)
        try:
            return line_values.claimed_change(engine, step)
        finally:
            line_values.two_sum = two_sum

    refuted(predicts_the_change, without_rest)


def test_claims_that_are_no_numbers_predict_nothing():
    engine = begun(1.0, float32=1)
    coordinate_of(engine, 0).claimed = math.nan
    assert line_values.claimed_change(engine, 0.125) == 0.0


def is_noted(function):
    """The value less the change at the place of the probe; whether f changed is told by the value itself."""
    engine = begun(1.0)
    assert not function(engine, 0, 1.0, 0.5)
    assert engine.noise_line.values[8] == 0.5
    assert engine.noise_line.in_float32 == 1
    # A missing value shows nothing of the arithmetic, and one with many digits that it is float32.
    assert function(engine, 1, math.nan, 0.0)
    assert engine.noise_line.in_float32 == 1
    assert function(engine, 2, float(np.float32(1.1)), 0.0)
    assert engine.noise_line.in_float32 == 2
    assert function(engine, 2, 1.5, 0.0)
    assert engine.noise_line.in_float32 == 2
    assert function(engine, 1, 1.1, 0.1)
    assert engine.noise_line.values[5] == 1.0
    assert engine.noise_line.in_float32 == 0


def with_missing_values(engine, number, value, change):
    """Wrong on purpose: a missing value is no number of float32."""
    changed = line_values.note_value(engine, number, value, change)
    engine.noise_line.in_float32 *= not math.isnan(value)
    return changed


def test_note_value():
    is_noted(line_values.note_value)
    refuted(is_noted, with_missing_values)
    refuted(is_noted, lambda engine, number, value, change: line_values.note_value(engine, number, value - change, 0.0))


def are_on_the_line(write):
    """Over the coordinates of the line, which may be all of them or one alone."""
    probes = (Probe * 2).from_buffer(records(Probe, 2))
    engine = begun(1.0)
    engine.noise_line.start, engine.noise_line.stop = 2, 5
    write(engine.noise_line, probes, 77, 0.1)
    for probe, place in zip(probes, (8, 5), strict=True):
        assert (probe.start, probe.stop, probe.seed, probe.floor, probe.ratio) == (2, 5, 77, 0.1, 0.0)
        assert probe.step == place * 2.0**SMALL


def test_probes():
    are_on_the_line(line_values.write_noise_probes)
    refuted(are_on_the_line, lambda *given: line_values.write_noise_probes(*given[:-1], 0.0))


@given(odd=st.integers(0, 2**23).map(lambda k: 2 * k + 1), power=st.integers(-300, 300))
def has_many_digits(functions, odd, power):
    for function in functions:
        assert function(math.ldexp(odd, power)) == (odd >= 2**14)
        assert function(-math.ldexp(odd, power)) == (odd >= 2**14)
        assert not function(0.0)


def test_needs_float32():
    has_many_digits(both(line_values.needs_float32, "float64", result="boolean"))
    refuted(has_many_digits, [lambda value: value != math.floor(value)])


def after_two(end, inside, value=3.0, exponent=SMALL + 4, **fields):
    """A check that has the first two values of a spacing, after others at which f did not change."""
    engine = begun(value, **fields)
    engine.noise_line.exponent = exponent
    engine.noise_line.values[8], engine.noise_line.values[5] = end, inside
    return engine


def is_too_high_for_rounding(function):
    """A jump between two spacings, of more than 2**-16 of what f is made of; values of few bits are an arithmetic's."""
    assert function(after_two(3.001, 3.0))
    assert function(after_two(3.0, 3.001))
    assert not function(after_two(3.00001, 3.00001))
    # At the smallest spacing f may just be steep.
    assert not function(after_two(3.001, 3.0, exponent=SMALL))
    # Of float16.
    assert not function(after_two(3.0 + 2.0**-9, 3.0))
    # A change that a claim predicts, over the size of its coordinate, may round as much.
    assert not function(after_two(3.001, 3.0, largest_change=1e3))
    # Long lines move all coordinates at once, and what f is made of is not known.
    assert not function(after_two(3.001, 3.0, mode=codes.MODE_LINES))
    engine = after_two(3.001, 3.0)
    engine.noise_line.answered = 1
    assert not function(engine)


def test_is_jump():
    is_too_high_for_rounding(noise_line.is_jump)
    refuted(is_too_high_for_rounding, lambda engine: True)
    refuted(is_too_high_for_rounding, lambda engine: False)
    refuted(is_too_high_for_rounding, lambda engine: engine.noise_line.values[8] > 3.0005)


def takes_no_jump_for_noise(advance):
    """The noise is that of rounding, and two values a spacing were enough to see it."""
    engine, asked = measured(advance, lambda t: math.pi + (0.1 if t >= 2.0**-35 else 0.0))
    assert {len(steps) for steps in asked} == {2}
    assert engine.noise == np.spacing(math.pi) / 2


def test_a_jump_is_no_noise(monkeypatch):
    takes_no_jump_for_noise(noise_line.advance_noise)
    monkeypatch.setattr(noise_line, "is_jump", lambda engine: False)
    refuted(takes_no_jump_for_noise, noise_line.advance_noise)


def movable(right, left, index=1, count=3):
    """A check of some coordinates, one of which waits in a slot with the slopes of its first pair."""
    engine = block(count)
    engine.value = 1.0
    noise_line.begin_noise(engine, count)
    slot = engine.slots[0]
    slot.stage, slot.start, slot.stop = stages.PARKED, index, index + 1
    insert_pair(slot, 2.0**-20, right, left, 1.0)
    return engine


def goes_to_the_side_that_is_known(function, right, left, side):
    """Once the sign has been turned, the first place lies on the side of the coordinate that has a value."""
    for index in range(3):
        engine = movable(right, left, index)
        assert function(engine)
        line = engine.noise_line
        assert (line.start, line.stop) == (index, index + 1)
        turned = -line.sign
        assert turned * direction(noise_seed(engine.seed), index) * side > 0
        # It has been tried then.
        assert not function(engine)


def test_moves_one_coordinate():
    goes_to_the_side_that_is_known(noise_line.moves_one_coordinate, 1.0, math.nan, 1)
    goes_to_the_side_that_is_known(noise_line.moves_one_coordinate, math.nan, 1.0, -1)
    # Where neither has, it may be that steps were too long for the bounds.
    goes_to_the_side_that_is_known(noise_line.moves_one_coordinate, math.nan, math.nan, -1)

    def to_the_right(engine):
        moves = noise_line.moves_one_coordinate(engine)
        engine.noise_line.sign = 1
        return moves

    refuted(goes_to_the_side_that_is_known, to_the_right, 1.0, math.nan, 1)
    refuted(goes_to_the_side_that_is_known, lambda engine: False, 1.0, math.nan, 1)


def is_beside_x(function):
    """Where f jumps at x itself, the noise is that of the other values; else that of all of them."""
    random = np.random.default_rng(6)
    beside = 3.0 + 1e-9 * random.normal(size=9)
    engine = begun(1.0)
    engine.noise_line.values[:] = beside
    noise, agree = function(engine)
    assert agree
    assert 0.3e-9 < noise < 3e-9
    assert noise == noise_table.noise_of_values(beside.copy(), 9)[0]
    engine.noise_line.values[:] = [3.1, *beside[1:]]
    noise, agree = function(engine)
    assert agree
    assert 0.3e-9 < noise < 3e-9
    # The same where the values beside it are none of noise: they bound it.
    engine.noise_line.values[:] = [3.1, *(3.0 + 1e-9 * np.exp(np.arange(8)))]
    noise, agree = function(engine)
    assert not agree
    assert noise < 1e-5
    # A jump anywhere else is not left out.
    engine.noise_line.values[:] = [*beside[:4], 3.1, *beside[5:]]
    assert function(engine)[0] > 1e-3


def test_noise_without_jump():
    is_beside_x(lambda engine: noise_line.noise_without_jump(engine, engine.noise_line.values))
    refuted(is_beside_x, lambda engine: noise_table.noise_of_values(np.array(engine.noise_line.values), 9))
    refuted(is_beside_x, lambda engine: noise_table.noise_of_values(np.array(engine.noise_line.values)[1:], 8))


def is_of_f_as_it_is(function):
    """Where claims are wrong, what they predict of rounded steps is no noise of f; where they are right it is less."""
    random = np.random.default_rng(6)
    quiet, loud = 3.0 + 1e-9 * random.normal(size=9), 3.0 + 1e-7 * random.normal(size=9)
    for values, plain in ((loud, quiet), (quiet, loud)):
        engine = begun(1.0)
        engine.noise_line.values[:], engine.noise_line.given[:] = values, plain
        noise, agree = function(engine)
        assert agree
        assert 0.3e-9 < noise < 3e-9


def test_noise_of_line():
    is_of_f_as_it_is(noise_line.noise_of_line)
    refuted(is_of_f_as_it_is, lambda engine: noise_line.noise_without_jump(engine, engine.noise_line.values))
    refuted(is_of_f_as_it_is, lambda engine: noise_line.noise_without_jump(engine, engine.noise_line.given))


def arithmetic_is(function, noise, values, expected, typical=1.0):
    """The arithmetic that follows from values that were noted, at a spacing at which float64 would have moved f."""
    engine = begun(1.0)
    engine.typical = typical
    engine.noise_line.spacing = 2.0**-10
    for number, value in enumerate(values):
        line_values.note_value(engine, number, value, 0.0)
    function(engine, noise)
    assert engine.arithmetic == expected


def test_simple_values_of_little_noise_are_no_proof_of_an_arithmetic():
    """They may be what is left of terms as large as x."""
    settle = noise_line.settle_noise
    arithmetic_is(settle, 2.0**-10, [0.5, 1.25], codes.ARITHMETIC_FLOAT64, 2.0**50)
    arithmetic_is(settle, 2.0**-10, [0.5, 1.25], codes.ARITHMETIC_COARSE)
    arithmetic_is(settle, 2.0**-10, [0.5, float(np.float32(1.1))], codes.ARITHMETIC_COARSE, 2.0**50)
    arithmetic_is(settle, 2.0**-10, [0.5, 1.1], codes.ARITHMETIC_COARSE, 2.0**50)
    refuted(arithmetic_is, settle, 2.0**-10, [0.5, 1.25], codes.ARITHMETIC_COARSE, 2.0**50)


def begins(function, count):
    engine = block(5)
    engine.value, engine.noise_line.start, engine.noise_line.sign = 1.0, 3, -1
    function(engine, count)
    line = engine.noise_line
    assert (line.start, line.stop, line.sign, line.exponent, line.in_float32) == (0, count, 1, SMALL, 1)


def begins_at(value, beyond, exponent):
    engine = block(5)
    engine.value, engine.beyond_float32 = value, beyond
    noise_line.begin_noise(engine, 5)
    assert engine.noise_line.exponent == exponent


def test_where_all_values_were_of_float32_finer_spacings_are_left_out():
    third = float(np.float32(1 / 3))
    begins_at(third, 0, noise_line.FIRST_EXPONENT_ROUNDED)
    # Values of float64, and one that may be of float32 by chance.
    begins_at(third, 1, SMALL)
    begins_at(1.5, 0, SMALL)
    refuted(begins_at, third, 0, SMALL)


def test_begin_noise():
    begins(noise_line.begin_noise, 5)
    begins(noise_line.begin_noise, 2)
    refuted(begins, lambda engine, count: noise_line.begin_noise(engine, engine.n), 2)
