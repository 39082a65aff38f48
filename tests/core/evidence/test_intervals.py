"""Evidence of one line: the interval holds the slope, a kink at x or near x shows itself, and units do not matter."""

import math

import numpy as np
import pytest
from block import STEPS, block, climbed
from hypothesis import example, given
from hypothesis import strategies as st
from oracles import lines, weights
from properties import refuted

from gradproof.core.evidence import intervals, ladder
from gradproof.core.evidence.intervals import KINK_AT_X, KINK_NEAR_X, NO_KINK
from gradproof.core.records.engine import LADDER
from gradproof.core.records.memory import null_reals

names = st.sampled_from(sorted(lines.SMOOTH))
signs = st.sampled_from([-1.0, 1.0])


def seen(weigh, line, steps=STEPS, noise=0.0):
    """The slot of a line, after its ladder was weighed."""
    engine = climbed(line.value, steps, noise)
    weigh(engine, engine.slots[0])
    return engine.slots[0]


def ends(interval):
    return interval.low, interval.high


def holds(interval, slope):
    return interval.low <= slope <= interval.high


@given(name=names, shift=st.floats(-0.5, 0.5), factor=st.sampled_from([1.0, -3.0, 1e3]))
def holds_the_slope(weigh, name, shift, factor):
    """Of a smooth line, from any point of it: without a kink, and with a bar that is worth something."""
    from mpmath import diff, mp

    line = lines.SMOOTH[name]
    with mp.workdps(40):
        moved = lines.Line(lambda t: factor * line.value(t + shift), 0.0, 0.0)
        slope = factor * float(diff(lambda t: _exact(name, t), shift))
    # f(x) near 0 by cancellation says nothing about its rounding.
    found = seen(weigh, moved, noise=4 * float(np.spacing(max(abs(moved.value(0.0)), 4 * abs(factor)))))
    for interval in (found.slope, found.right, found.left, found.centered):
        assert holds(interval, slope)
    assert found.kink == NO_KINK
    assert found.jump == 0.0
    assert not found.conflict
    scale = 1e6 if name == "far_from_zero" else 1.0
    assert found.resolution <= 1e-7 * abs(factor) * scale * (1 + abs(slope / factor))
    assert found.resolution == pytest.approx(intervals.half_width(found))
    assert holds(found.slope, intervals.estimate(found))


def _exact(name, t):
    import mpmath as m

    return {
        "exp": lambda: m.exp(m.mpf(0.7) * t),
        "exp_down": lambda: 5 * m.exp(-m.mpf(0.3) * t),
        "sin": lambda: m.sin(m.mpf(1.1) * t + m.mpf(0.4)),
        "cos_at_top": lambda: 3 + m.cos(t),
        "quartic": lambda: (t + 1.5) ** 4 - 2 * t,
        "cubic": lambda: t**3 - 3 * t + 1,
        "square_at_bottom": lambda: 2 + t * t,
        "bell": lambda: 1 / (1 + (t + 0.5) ** 2),
        "tanh": lambda: m.tanh(t + m.mpf(0.2)),
        "logistic": lambda: m.log1p(m.exp(t)),
        "line": lambda: 4 - t / 4,
        "far_from_zero": lambda: m.sin(t + 1),
    }[name]()


def test_smooth_lines():
    holds_the_slope(intervals.weigh_ladder)


def shifted(engine, slot):
    """Wrong on purpose: narrow bars around what the finest step says."""
    intervals.weigh_ladder(engine, slot)
    for interval in (slot.slope, slot.right, slot.left):
        interval.low = interval.high = ladder.centered(slot, 0)


def everything(engine, slot):
    """Wrong on purpose: bars that hold every slope."""
    intervals.weigh_ladder(engine, slot)
    slot.slope.low, slot.slope.high, slot.resolution = -1e9, 1e9, 1e9


@pytest.mark.parametrize("wrong", [shifted, everything])
def test_smooth_lines_twin(wrong):
    refuted(holds_the_slope, wrong)


@given(name=names, change=st.floats(0.05, 5), sign=signs)
def sees_a_kink_at_x(weigh, name, change, sign):
    """Both sides are told apart, and all between them is acceptable."""
    line = lines.with_kink(lines.SMOOTH[name], 0.0, sign * change)
    found = seen(weigh, line)
    assert found.kink == KINK_AT_X
    assert holds(found.right, line.right)
    assert holds(found.left, line.left)
    assert found.slope.low <= min(line.left, line.right) <= max(line.left, line.right) <= found.slope.high
    assert found.jump == pytest.approx(sign * change, rel=1e-4)
    assert found.resolution <= 1e-4 * change


def test_kinks_at_x():
    sees_a_kink_at_x(intervals.weigh_ladder)


def by_the_centered_slope(engine, slot):
    """Wrong on purpose: a stable centered slope is taken for proof."""
    intervals.weigh_ladder(engine, slot)
    slot.kink = NO_KINK


@pytest.mark.parametrize("wrong", [by_the_centered_slope, everything])
def test_kinks_at_x_twin(wrong):
    refuted(sees_a_kink_at_x, wrong)


@given(name=names, change=st.floats(0.5, 5), sign=signs, side=signs, power=st.integers(-20, -12))
def sees_a_kink_near_x(weigh, name, change, sign, side, power):
    """The smooth piece that holds x wins over every coarser plateau, and a conflict shows the kink."""
    line = lines.with_kink(lines.SMOOTH[name], side * 1.3 * 2.0**power, sign * change)
    found = seen(weigh, line)
    assert line.left == line.right
    assert holds(found.slope, line.left)
    assert found.kink == KINK_NEAR_X
    assert found.conflict


def test_kinks_near_x():
    sees_a_kink_near_x(intervals.weigh_ladder)
    refuted(sees_a_kink_near_x, by_the_centered_slope)
    refuted(sees_a_kink_near_x, shifted)


@given(name=names, distance=st.sampled_from([0.0, 1e-4, -1e-2, 0.3]), change=st.sampled_from([0.0, 1.0, -0.5]))
def is_symmetric(weigh, name, distance, change):
    """From the other end: right and left change places, and signs; to the last bit."""
    line = lines.with_kink(lines.SMOOTH[name], distance, change)
    here, there = seen(weigh, line), seen(weigh, lines.mirrored(line))
    for mine, other in ((here.right, there.left), (here.left, there.right), (here.centered, there.centered)):
        assert ends(mine) == (-other.high, -other.low)
    assert ends(here.slope) == (-there.slope.high, -there.slope.low)
    assert (here.kink, here.resolution, here.best_step) == (there.kink, there.resolution, there.best_step)
    assert bool(here.conflict) == bool(there.conflict)


def test_symmetry():
    is_symmetric(intervals.weigh_ladder)

    def to_the_right(engine, slot):
        intervals.weigh_ladder(engine, slot)
        slot.slope.low = slot.right.low

    refuted(is_symmetric, to_the_right)


@given(name=names, change=st.sampled_from([0.0, 1.0]), power=st.integers(-300, 300), power_of_t=st.integers(-300, 300))
def does_not_depend_on_units(weigh, name, change, power, power_of_t):
    line = lines.with_kink(lines.SMOOTH[name], 1e-3, change)
    here = seen(weigh, line)
    there = seen(weigh, lines.in_units(line, power, power_of_t), np.ldexp(STEPS, power_of_t))
    scale = 2.0 ** (power - power_of_t)
    for mine, other in ((here.right, there.right), (here.left, there.left), (here.centered, there.centered)):
        assert tuple(scale * end for end in ends(mine)) == ends(other)
    assert (scale * here.slope.low, scale * here.slope.high, here.kink) == (*ends(there.slope), there.kink)


def test_units():
    does_not_depend_on_units(intervals.weigh_ladder)

    def with_a_floor(engine, slot):
        intervals.weigh_ladder(engine, slot)
        slot.slope.high += 1e-9

    refuted(does_not_depend_on_units, with_a_floor)


def is_honest(weigh, sigma, noise):
    """Under noise the interval holds the slope nearly always, and is no wider than the noise asks for."""
    random = np.random.default_rng(3)
    inside, widths = 0, []
    line = lines.SMOOTH["exp"]
    for _ in range(60):
        noisy = lines.Line(lambda t: line.value(t) + sigma * random.normal() * (t != 0), 0.7, 0.7)
        found = seen(weigh, noisy, noise=noise)
        inside += holds(found.slope, 0.7)
        widths.append(found.slope.high - found.slope.low)
    assert inside >= 57
    assert np.median(widths) < 1e3 * sigma


def test_noise():
    is_honest(intervals.weigh_ladder, 1e-6, 1e-6)
    refuted(is_honest, shifted, 1e-6, 1e-6)
    refuted(is_honest, everything, 1e-6, 1e-6)


@pytest.mark.parametrize("pairs", [0, 1, 2])
def test_too_few_pairs_prove_nothing(pairs):
    found = seen(intervals.weigh_ladder, lines.SMOOTH["exp"], STEPS[:pairs])
    assert (*ends(found.slope), found.kink) == (-math.inf, math.inf, NO_KINK)
    # Their twin: three of them do.
    assert math.isfinite(seen(intervals.weigh_ladder, lines.SMOOTH["exp"], STEPS[8:11]).resolution)


def test_slopes_whose_differences_overflow_prove_nothing():
    engine = block()
    slot = engine.slots[0]
    for k, step in enumerate(STEPS[:6]):
        ladder.insert_pair(slot, step, 1.7e308 * (-1) ** k, 1.7e308 * (-1) ** k, 1.0)
    intervals.weigh_ladder(engine, slot)
    assert ends(slot.slope) == (-math.inf, math.inf)


@pytest.mark.parametrize("side", [-1, 1])
def test_one_side_is_enough(side):
    line = lines.SMOOTH["exp"]
    half = lines.Line(lambda t: line.value(t) if side * t >= 0 else math.nan, 0.7, 0.7)
    found = seen(intervals.weigh_ladder, half)
    assert holds(found.slope, 0.7)
    assert found.resolution < 1e-6
    missing, known = (found.left, found.right) if side == 1 else (found.right, found.left)
    assert ends(missing) == ends(found.centered) == (-math.inf, math.inf)
    assert ends(known) == ends(found.slope)


def test_series_that_contradict_each_other():
    """Where both sides agree with each other and not with the centered slope, nothing between is excluded."""
    slot = block().slots[0]
    slot.right.low, slot.right.high = 1.0, 2.0
    slot.left.low, slot.left.high = 1.5, 2.5
    slot.centered.low, slot.centered.high = 4.0, 5.0
    intervals.combine_smooth(slot)
    assert ends(slot.slope) == (1.5, 5.0)
    # Their twin: those that agree are intersected.
    slot.centered.low = 1.75
    intervals.combine_smooth(slot)
    assert ends(slot.slope) == (1.75, 2.0)


def naive_bar(values, noise, level, k):
    """The bar of entry k: noise, and twice the change to its neighbours, as the rule is written."""
    rest = [abs(values[k + 1] - values[k]), abs(values[k + 2] - values[k + 1]) / (2 if level == 0 else 4)]
    if k:
        rest.append(abs(values[k] - values[k - 1]) - noise[k] - noise[k - 1])
    return noise[k] + 2 * max(rest)


@given(
    level=st.integers(0, 3),
    k=st.integers(0, 5),
    values=st.lists(st.floats(-9, 9), min_size=8, max_size=8),
    noise=st.lists(st.floats(0, 3), min_size=8, max_size=8),
)
def is_the_bar(function, level, k, values, noise):
    scratch = block().scratch
    row = slice(level * LADDER, level * LADDER + 8)
    scratch.values[row], scratch.noise[row] = values, noise
    assert function(scratch, level, k) == pytest.approx(naive_bar(values, noise, level, k), rel=1e-13)


def test_bar():
    is_the_bar(intervals.neighbour_bar)

    def of_one_neighbour(scratch, level, k):
        here = level * LADDER + k
        return scratch.noise[here] + 2 * abs(scratch.values[here + 1] - scratch.values[here])

    refuted(is_the_bar, of_one_neighbour)


@given(
    level=st.integers(0, 3),
    k=st.integers(0, 5),
    values=st.lists(st.floats(-9, 9), min_size=8, max_size=8),
    noise=st.lists(st.floats(0, 1), min_size=8, max_size=8),
)
@example(0, 1, [0.0, 3.0, 3.75, 3.9375, 4.0, 4.0, 4.0, 4.0], [0.0] * 8)
@example(0, 1, [0.0, 3.0, 3.75, 3.9375, 4.0, 4.0, 4.0, 4.0], [2.0] * 8)
@example(0, 1, [0.0, 1.0, 5.0, 21.0, 85.0, 0.0, 0.0, 0.0], [0.0] * 8)
def tells_where_values_lead(function, level, k, values, noise):
    """They do not where they change more towards finer steps, beyond noise, than towards coarser ones."""
    scratch = block().scratch
    row = slice(level * LADDER, level * LADDER + 8)
    scratch.values[row], scratch.noise[row] = values, noise
    finer = abs(values[k] - values[k - 1]) - noise[k - 1] - noise[k] if k else 0.0
    coarser = [abs(values[k + 1] - values[k]), abs(values[k + 2] - values[k + 1]) / (2 if level == 0 else 4)]
    assert function(scratch, level, k) == (finer > max(coarser))


def test_values_that_diverge():
    tells_where_values_lead(intervals.diverges)
    refuted(tells_where_values_lead, lambda scratch, level, k: False)
    refuted(
        tells_where_values_lead,
        lambda scratch, level, k: intervals.change_to_finer(scratch, 0, k) > intervals.change_to_coarser(scratch, 0, k),
    )


def bends(t):
    """Steep up to 2**-20, and constant from there on: a step beyond it says nothing of the slope at x."""
    return 1.0 + math.tanh(t * 2.0**20) * 2.0**-20


def ends_where_f_moves_no_farther(function):
    """On each side of its own; in the centered series where the nearer of both ends."""
    engine = climbed(lambda t: bends(t) if t > 0 else 1.0 + t)
    slot = engine.slots[0]
    right = function(engine, slot, intervals.SERIES_RIGHT)
    assert 2.0**-22 <= slot.ladder[right - 1].step <= 2.0**-18
    assert function(engine, slot, intervals.SERIES_LEFT) == slot.count
    assert function(engine, slot, intervals.SERIES_CENTERED) == right


def test_telling_places():
    ends_where_f_moves_no_farther(intervals.telling_places)
    refuted(ends_where_f_moves_no_farther, lambda engine, slot, series: slot.count)
    refuted(ends_where_f_moves_no_farther, lambda engine, slot, series: 13)


def does_not_narrow(weigh):
    """What lies beyond the scale on which f varies: slopes there agree with each other, and are no evidence."""
    slot = seen(weigh, lines.Line(bends, 1.0, 1.0), [2.0**power for power in range(-24, 3, 2)])
    assert holds(slot.slope, 1.0)
    assert slot.resolution < 0.1


def test_far_values_do_not_narrow():
    does_not_narrow(intervals.weigh_ladder)
    refuted(does_not_narrow, shifted)


def stays(function, gap):
    """A gap of a kink at x stays however it is extrapolated; the gap of a smooth line vanishes."""
    engine = climbed(lines.with_kink(lines.SMOOTH["exp"], 0.0, gap).value, STEPS[4:14])
    scratch = engine.scratch
    count = intervals.collect_slopes(engine, engine.slots[0], intervals.SERIES_CENTERED)
    levels = intervals.extrapolate(scratch, scratch.gaps, null_reals(), count, 1, 2)
    for level in range(3):
        assert function(scratch, level, levels, count, 0) == pytest.approx(gap / 2, abs=1e-6)


@pytest.mark.parametrize("gap", [0.0, 1.0])
def test_gap(gap):
    stays(intervals.gap_that_stays, gap)
    refuted(stays, lambda *_: (1.0 - gap) / 2, gap)


def is_collected(function):
    engine = climbed(lambda t: math.log(t + 0.25) if t > -0.25 else math.nan, [0.125, 0.5, 0.0625])
    slot, scratch = engine.slots[0], engine.scratch
    assert function(engine, slot, intervals.SERIES_RIGHT) == 3
    assert list(scratch.step[:3]) == [0.0625, 0.125, 0.5]
    right = np.array(scratch.noise[:2])
    assert function(engine, slot, intervals.SERIES_LEFT) == 2
    assert scratch.values[:2] == pytest.approx([4.60, 5.545], abs=0.01)
    assert function(engine, slot, intervals.SERIES_CENTERED) == 2
    # A centered slope divides the noise of two values by twice the step.
    assert list(scratch.noise[:2]) == list(right / 2)


def test_collect():
    is_collected(intervals.collect_slopes)
    refuted(is_collected, lambda engine, slot, series: 3)


def test_noise_of_the_header_is_not_that_of_the_slot():
    engine = climbed(lines.SMOOTH["exp"].value, noise=1e-3)
    slot = engine.slots[0]
    engine.noise = 1e-16
    intervals.weigh_ladder(engine, slot)
    wide = slot.resolution
    slot.noise = 1e-16
    intervals.weigh_ladder(engine, slot)
    assert slot.resolution < 1e-3 * wide


def test_weights_of_a_ladder_of_quarters():
    """The extrapolation that the evidence rests on, in closed form: 1, then -1/3 and 4/3, …"""
    assert [float(w) for w in weights.lagrange([1.0, 4.0], 1)] == pytest.approx([4 / 3, -1 / 3])
    assert [float(w) for w in weights.lagrange([1.0, 4.0], 2)] == pytest.approx([16 / 15, -1 / 15])
