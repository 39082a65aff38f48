"""Evidence of one line: the interval holds the slope, a kink at x or near x shows itself, and units do not matter."""

import math

import numpy as np
import pytest
from block import SLOT, STEPS, block, climbed
from hypothesis import given
from hypothesis import strategies as st
from oracles import lines, weights
from properties import refuted

from gradproof.core.evidence import intervals as evidence
from gradproof.core.evidence import ladder
from gradproof.core.evidence.intervals import KINK_AT_X, KINK_NEAR_X, NO_KINK
from gradproof.core.records.engine import (
    LADDER,
    NOISE,
    SCRATCH_GAPS,
    SCRATCH_NOISE,
    SCRATCH_STEP,
    SCRATCH_VALUES,
    SLOT_BEST_STEP,
    SLOT_CENTERED_HIGH,
    SLOT_CENTERED_LOW,
    SLOT_CONFLICT,
    SLOT_HIGH,
    SLOT_JUMP,
    SLOT_KINK,
    SLOT_LEFT_HIGH,
    SLOT_LEFT_LOW,
    SLOT_LOW,
    SLOT_NOISE,
    SLOT_RESOLUTION,
    SLOT_RIGHT_HIGH,
    SLOT_RIGHT_LOW,
)

names = st.sampled_from(sorted(lines.SMOOTH))
signs = st.sampled_from([-1.0, 1.0])


class Seen:
    """What the evidence says, by name."""

    def __init__(self, words, reals):
        self.low, self.high = float(reals[SLOT + SLOT_LOW]), float(reals[SLOT + SLOT_HIGH])
        self.right = float(reals[SLOT + SLOT_RIGHT_LOW]), float(reals[SLOT + SLOT_RIGHT_HIGH])
        self.left = float(reals[SLOT + SLOT_LEFT_LOW]), float(reals[SLOT + SLOT_LEFT_HIGH])
        self.centered = float(reals[SLOT + SLOT_CENTERED_LOW]), float(reals[SLOT + SLOT_CENTERED_HIGH])
        self.resolution, self.jump = float(reals[SLOT + SLOT_RESOLUTION]), float(reals[SLOT + SLOT_JUMP])
        self.step, self.kink = float(reals[SLOT + SLOT_BEST_STEP]), int(words[SLOT + SLOT_KINK])
        self.conflict = bool(words[SLOT + SLOT_CONFLICT])
        self.estimate, self.half_width = evidence.estimate(reals, SLOT), evidence.half_width(reals, SLOT)


def seen(gather, line, steps=STEPS, noise=0.0):
    words, reals = climbed(line.value, steps, noise)
    gather(words, reals, SLOT)
    return Seen(words, reals)


def holds(interval, slope):
    return interval[0] <= slope <= interval[1]


@given(name=names, shift=st.floats(-0.5, 0.5), factor=st.sampled_from([1.0, -3.0, 1e3]))
def holds_the_slope(gather, name, shift, factor):
    """Of a smooth line, from any point of it: without a kink, and with a bar that is worth something."""
    from mpmath import diff, mp

    line = lines.SMOOTH[name]
    with mp.workdps(40):
        moved = lines.Line(lambda t: factor * line.value(t + shift), 0.0, 0.0)
        slope = factor * float(diff(lambda t: _exact(name, t), shift))
    # f(x) near 0 by cancellation says nothing about its rounding.
    found = seen(gather, moved, noise=4 * float(np.spacing(max(abs(moved.value(0.0)), 4 * abs(factor)))))
    for interval in ((found.low, found.high), found.right, found.left, found.centered):
        assert holds(interval, slope)
    assert found.kink == NO_KINK
    assert found.jump == 0.0
    assert not found.conflict
    scale = 1e6 if name == "far_from_zero" else 1.0
    assert found.resolution <= 1e-7 * abs(factor) * scale * (1 + abs(slope / factor))
    assert found.resolution == pytest.approx(found.half_width)
    assert found.low <= found.estimate <= found.high


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
    holds_the_slope(evidence.gather)


def shifted(words, reals, slot):
    """Wrong on purpose: narrow bars around what the finest step says."""
    evidence.gather(words, reals, slot)
    finest = ladder.centered(reals, slot, 0)
    for low, high in ((SLOT_LOW, SLOT_HIGH), (SLOT_RIGHT_LOW, SLOT_RIGHT_HIGH), (SLOT_LEFT_LOW, SLOT_LEFT_HIGH)):
        reals[slot + low] = reals[slot + high] = finest


def everything(words, reals, slot):
    """Wrong on purpose: bars that hold every slope."""
    evidence.gather(words, reals, slot)
    reals[slot + SLOT_LOW], reals[slot + SLOT_HIGH] = -1e9, 1e9
    reals[slot + SLOT_RESOLUTION] = 1e9


@pytest.mark.parametrize("wrong", [shifted, everything])
def test_smooth_lines_twin(wrong):
    refuted(holds_the_slope, wrong)


@given(name=names, change=st.floats(0.05, 5), sign=signs)
def sees_a_kink_at_x(gather, name, change, sign):
    """Both sides are told apart, and all between them is acceptable."""
    line = lines.with_kink(lines.SMOOTH[name], 0.0, sign * change)
    found = seen(gather, line)
    assert found.kink == KINK_AT_X
    assert holds(found.right, line.right)
    assert holds(found.left, line.left)
    assert found.low <= min(line.left, line.right) <= max(line.left, line.right) <= found.high
    assert found.jump == pytest.approx(sign * change, rel=1e-4)
    assert found.resolution <= 1e-4 * change


def test_kinks_at_x():
    sees_a_kink_at_x(evidence.gather)


def by_the_centered_slope(words, reals, slot):
    """Wrong on purpose: a stable centered slope is taken for proof."""
    evidence.gather(words, reals, slot)
    words[slot + SLOT_KINK] = NO_KINK


@pytest.mark.parametrize("wrong", [by_the_centered_slope, everything])
def test_kinks_at_x_twin(wrong):
    refuted(sees_a_kink_at_x, wrong)


@given(name=names, change=st.floats(0.5, 5), sign=signs, side=signs, power=st.integers(-20, -12))
def sees_a_kink_near_x(gather, name, change, sign, side, power):
    """The smooth piece that holds x wins over every coarser plateau, and a conflict shows the kink."""
    line = lines.with_kink(lines.SMOOTH[name], side * 1.3 * 2.0**power, sign * change)
    found = seen(gather, line)
    assert line.left == line.right
    assert holds((found.low, found.high), line.left)
    assert found.kink == KINK_NEAR_X
    assert found.conflict


def test_kinks_near_x():
    sees_a_kink_near_x(evidence.gather)
    refuted(sees_a_kink_near_x, by_the_centered_slope)
    refuted(sees_a_kink_near_x, shifted)


@given(name=names, distance=st.sampled_from([0.0, 1e-4, -1e-2, 0.3]), change=st.sampled_from([0.0, 1.0, -0.5]))
def is_symmetric(gather, name, distance, change):
    """From the other end: right and left change places, and signs; to the last bit."""
    line = lines.with_kink(lines.SMOOTH[name], distance, change)
    here, there = seen(gather, line), seen(gather, lines.mirrored(line))
    for mine, other in ((here.right, there.left), (here.left, there.right), (here.centered, there.centered)):
        assert mine == (-other[1], -other[0])
    assert (here.low, here.high) == (-there.high, -there.low)
    assert (here.kink, here.resolution, here.step) == (there.kink, there.resolution, there.step)
    assert here.conflict == there.conflict


def test_symmetry():
    is_symmetric(evidence.gather)

    def to_the_right(words, reals, slot):
        evidence.gather(words, reals, slot)
        reals[slot + SLOT_LOW] = reals[slot + SLOT_RIGHT_LOW]

    refuted(is_symmetric, to_the_right)


@given(name=names, change=st.sampled_from([0.0, 1.0]), power=st.integers(-300, 300), power_of_t=st.integers(-300, 300))
def does_not_depend_on_units(gather, name, change, power, power_of_t):
    line = lines.with_kink(lines.SMOOTH[name], 1e-3, change)
    here = seen(gather, line)
    there = seen(gather, lines.in_units(line, power, power_of_t), np.ldexp(STEPS, power_of_t))
    scale = 2.0 ** (power - power_of_t)
    for mine, other in ((here.right, there.right), (here.left, there.left), (here.centered, there.centered)):
        assert tuple(scale * bound for bound in mine) == other
    assert (scale * here.low, scale * here.high, here.kink) == (there.low, there.high, there.kink)


def test_units():
    does_not_depend_on_units(evidence.gather)

    def with_a_floor(words, reals, slot):
        evidence.gather(words, reals, slot)
        reals[slot + SLOT_HIGH] += 1e-9

    refuted(does_not_depend_on_units, with_a_floor)


def is_honest(gather, sigma, noise):
    """Under noise the interval holds the slope nearly always, and is no wider than the noise asks for."""
    random = np.random.default_rng(3)
    inside, widths = 0, []
    line = lines.SMOOTH["exp"]
    for _ in range(60):
        noisy = lines.Line(lambda t: line.value(t) + sigma * random.normal() * (t != 0), 0.7, 0.7)
        found = seen(gather, noisy, noise=noise)
        inside += holds((found.low, found.high), 0.7)
        widths.append(found.high - found.low)
    assert inside >= 57
    assert np.median(widths) < 1e3 * sigma


def test_noise():
    is_honest(evidence.gather, 1e-6, 1e-6)
    refuted(is_honest, shifted, 1e-6, 1e-6)
    refuted(is_honest, everything, 1e-6, 1e-6)


@pytest.mark.parametrize("pairs", [0, 1, 2])
def test_too_few_pairs_prove_nothing(pairs):
    found = seen(evidence.gather, lines.SMOOTH["exp"], STEPS[:pairs])
    assert (found.low, found.high, found.kink) == (-math.inf, math.inf, NO_KINK)
    # Their twin: three of them do.
    assert math.isfinite(seen(evidence.gather, lines.SMOOTH["exp"], STEPS[8:11]).resolution)


def test_slopes_whose_differences_overflow_prove_nothing():
    words, reals = block()
    for k, step in enumerate(STEPS[:6]):
        ladder.insert_pair(words, reals, SLOT, step, 1.7e308 * (-1) ** k, 1.7e308 * (-1) ** k, 1.0)
    evidence.gather(words, reals, SLOT)
    assert (Seen(words, reals).low, Seen(words, reals).high) == (-math.inf, math.inf)


@pytest.mark.parametrize("side", [-1, 1])
def test_one_side_is_enough(side):
    line = lines.SMOOTH["exp"]
    half = lines.Line(lambda t: line.value(t) if side * t >= 0 else math.nan, 0.7, 0.7)
    found = seen(evidence.gather, half)
    assert holds((found.low, found.high), 0.7)
    assert found.resolution < 1e-6
    missing, known = (found.left, found.right) if side == 1 else (found.right, found.left)
    assert missing == found.centered == (-math.inf, math.inf)
    assert known == (found.low, found.high)


def test_series_that_contradict_each_other():
    """Where both sides agree with each other and not with the centered slope, nothing between is excluded."""
    words, reals = block()
    for place, value in (
        (SLOT_RIGHT_LOW, 1.0), (SLOT_RIGHT_HIGH, 2.0), (SLOT_LEFT_LOW, 1.5), (SLOT_LEFT_HIGH, 2.5),
        (SLOT_CENTERED_LOW, 4.0), (SLOT_CENTERED_HIGH, 5.0),
    ):  # fmt: skip
        reals[SLOT + place] = value
    evidence.combine_smooth(words, reals, SLOT)
    assert (Seen(words, reals).low, Seen(words, reals).high) == (1.5, 5.0)
    # Their twin: those that agree are intersected.
    reals[SLOT + SLOT_CENTERED_LOW] = 1.75
    evidence.combine_smooth(words, reals, SLOT)
    assert (Seen(words, reals).low, Seen(words, reals).high) == (1.75, 2.0)


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
    _, reals = block()
    for start, numbers in ((SCRATCH_VALUES, values), (SCRATCH_NOISE, noise)):
        reals[start + level * LADDER : start + level * LADDER + 8] = numbers
    assert function(reals, level, k) == pytest.approx(naive_bar(values, noise, level, k), rel=1e-13)


def test_bar():
    is_the_bar(evidence.neighbour_bar)

    def of_one_neighbour(reals, level, k):
        place = SCRATCH_VALUES + level * LADDER + k
        return reals[SCRATCH_NOISE + level * LADDER + k] + 2 * abs(reals[place + 1] - reals[place])

    refuted(is_the_bar, of_one_neighbour)


def stays(function, gap):
    """A gap of a kink at x stays however it is extrapolated; the gap of a smooth line vanishes."""
    words, reals = climbed(lines.with_kink(lines.SMOOTH["exp"], 0.0, gap).value, STEPS[4:14])
    count = evidence.collect(words, reals, SLOT, evidence.SERIES_CENTERED)
    levels = evidence.extrapolate(reals, SCRATCH_GAPS, -1, count, 1, 2)
    for level in range(3):
        assert function(reals, level, levels, count, 0) == pytest.approx(gap / 2, abs=1e-6)


@pytest.mark.parametrize("gap", [0.0, 1.0])
def test_gap(gap):
    stays(evidence.gap_that_stays, gap)
    refuted(stays, lambda reals, *_: (1.0 - gap) / 2, gap)


def is_collected(function):
    words, reals = climbed(lambda t: math.log(t + 0.25) if t > -0.25 else math.nan, [0.125, 0.5, 0.0625])
    assert function(words, reals, SLOT, evidence.SERIES_RIGHT) == 3
    assert reals[SCRATCH_STEP : SCRATCH_STEP + 3].tolist() == [0.0625, 0.125, 0.5]
    right = reals[SCRATCH_NOISE : SCRATCH_NOISE + 2].copy()
    assert function(words, reals, SLOT, evidence.SERIES_LEFT) == 2
    assert reals[SCRATCH_VALUES : SCRATCH_VALUES + 2] == pytest.approx([4.60, 5.545], abs=0.01)
    assert function(words, reals, SLOT, evidence.SERIES_CENTERED) == 2
    # A centered slope divides the noise of two values by twice the step.
    assert reals[SCRATCH_NOISE : SCRATCH_NOISE + 2].tolist() == (right / 2).tolist()


def test_collect():
    is_collected(evidence.collect)
    refuted(is_collected, lambda words, reals, slot, series: 3)


def test_noise_of_the_header_is_not_that_of_the_slot():
    words, reals = climbed(lines.SMOOTH["exp"].value, noise=1e-3)
    reals[NOISE] = 1e-16
    evidence.gather(words, reals, SLOT)
    wide = reals[SLOT + SLOT_RESOLUTION]
    reals[SLOT + SLOT_NOISE] = 1e-16
    evidence.gather(words, reals, SLOT)
    assert reals[SLOT + SLOT_RESOLUTION] < 1e-3 * wide


def test_weights_of_a_ladder_of_quarters():
    """The extrapolation that the evidence rests on, in closed form: 1, then -1/3 and 4/3, …"""
    assert [float(w) for w in weights.lagrange([1.0, 4.0], 1)] == pytest.approx([4 / 3, -1 / 3])
    assert [float(w) for w in weights.lagrange([1.0, 4.0], 2)] == pytest.approx([16 / 15, -1 / 15])
