"""From evidence to a decision, against the rules as they are written; and what no decision may ever do."""

import math

import pytest
from block import block
from hypothesis import assume, example, given
from hypothesis import strategies as st
from machine import both
from oracles import decisions
from oracles.decisions import OPEN, RIGHT, WRONG, Evidence, Slopes
from properties import reachable, refuted, sized

from gradproof.core.evidence import decision, ladder
from gradproof.core.evidence.faint_slopes import leads_nowhere
from gradproof.core.evidence.scales import UNIT_FLOAT32, UNIT_FLOAT64

near = st.one_of(
    st.floats(-3, 3), sized(-8, 2), reachable, st.sampled_from([0.0, 1.0, 1.0 + 1e-6, 1.0 + 1e-4, 1.01, 2.0, math.nan])
)
small = st.sampled_from([0.0, 1e-12, 1e-6, 1e-5, 3e-5, 1e-3, 0.1, math.inf])


@given(right=near, left=near, claimed=near, allowed=small, needed=small, noise=small)
@example(1.0, 1.0, 1.0, 1e-5, 0.0, 0.0)
@example(1.0, 1.0, 2.0, 1e-5, 0.0, 0.0)
@example(0.0, 0.0, 2.0, 1e-5, 0.0, 0.0)
@example(0.0, 1.0, 0.5, 1e-5, 0.0, 0.0)
@example(1.0, 1.0, 1.0 + 1e-4, 1e-5, 0.0, 1e-4)
@example(1.0, 1.0, 1.0 + 1e-4, 1e-5, 1e-3, 1e-4)
@example(1.0, 1.0 + 2e-5, 1.0, 1e-5, 0.0, 0.0)
def is_the_decision_about_a_pair(functions, right, left, claimed, allowed, needed, noise):
    expected = decisions.about_a_pair(right, left, claimed, allowed, needed, noise)
    for function in functions:
        assert function(right, left, claimed, allowed, needed, noise) == expected


def test_decision_about_a_pair():
    is_the_decision_about_a_pair(both(decision.pair_decision, *["float64"] * 6, result="int64"))


def by_the_centered_slope(right, left, claimed, allowed, needed, noise):
    return decision.pair_decision((right + left) / 2, (right + left) / 2, claimed, allowed, needed, noise)


def whatever_the_noise(right, left, claimed, allowed, needed, noise):
    return decision.pair_decision(right, left, claimed, allowed, math.inf, noise)


def flat_lines_too(right, left, claimed, allowed, needed, noise):
    return decision.pair_decision(right or 1e-300, left or 1e-300, claimed, allowed, needed, noise)


@pytest.mark.parametrize("wrong", [by_the_centered_slope, whatever_the_noise, flat_lines_too])
def test_decision_about_a_pair_twin(wrong):
    refuted(is_the_decision_about_a_pair, [wrong])


def is_where_pairs_agree(function):
    """Claims beside the farthest one, on the side of x on which it lies, are accepted up to it, and no farther."""
    for right, left, claimed in ((1.0, 1.0, 0.9), (1.0 + 1e-5, 1.0, 1.2), (1.0, 1.0 + 1e-5, 1.0)):
        for allowed, needed, noise in ((1e-5, 0.0, 1e-6), (1e-5, 1e-4, 1e-4), (1e-5, 0.0, 1e-4), (1e-6, 0.0, 1e-6)):
            farthest = function(right, left, claimed, allowed, needed, noise)
            others = [claimed + sign * part * farthest for sign in (-1, 1) for part in (0.999999, 1.000001)]
            agree = [decision.pair_decision(right, left, other, allowed, needed, noise) == RIGHT for other in others]
            assert any(agree) == (farthest > 0.0)
            assert not any(agree[1::2])


def test_the_farthest_claim_that_a_pair_accepts():
    is_where_pairs_agree(decision.farthest_accepted)
    refuted(is_where_pairs_agree, lambda *pair: 0.0)
    refuted(is_where_pairs_agree, lambda *pair: 0.5 * decision.farthest_accepted(*pair))
    refuted(is_where_pairs_agree, lambda *pair: 1e-9 + decision.farthest_accepted(*pair))
    for right in (math.nan, 0.0):
        assert decision.farthest_accepted(right, 0.0, 0.9, 1e-5, 0.0, 1e-6) == 0.0


def hides_a_kink(function):
    """A change of slope by d shows from 30 times the noise over d on; nearer than 1e-5 of the size kinks are rare."""
    engine = block()
    slot = engine.slots[0]
    slot.noise = 1e-8
    for size in (1.0, 100.0):
        assert function(slot, size, 0.029 / size)
        assert not function(slot, size, 0.031 / size)


def test_where_a_kink_may_hide_in_the_noise():
    hides_a_kink(decision.kink_may_hide)
    refuted(hides_a_kink, lambda slot, size, distance: decision.kink_may_hide(slot, size, distance / 4.0))


slopes = st.sampled_from([-1.0, 0.0, 0.5, 1.0, 1.0 + 1e-7, 1.0 + 1e-5, 1.01, 2.0])
widths = st.sampled_from([0.0, 1e-8, 1e-6, 1e-3, 0.5, math.inf])
intervals = st.tuples(slopes, widths).map(lambda both: (both[0] - both[1], both[0] + both[1]))
evidence = st.builds(
    lambda whole, right, left, centered, noise, size: Evidence(
        *whole, (whole[1] - whole[0]) / 2, right, left, centered, noise, size
    ),
    intervals, intervals, intervals, intervals,
    st.sampled_from([1e-16, 1e-12, 1e-8, 1e-4]), st.sampled_from([1e-3, 1, 1e3]),
)  # fmt: skip
claims = st.one_of(slopes, st.floats(-2, 3), sized(-3, 3))


def slot_of(known, claimed, allowed=0.0):
    slot = block().slots[0]
    slot.claimed, slot.tolerance = claimed, allowed
    slot.resolution, slot.noise = known.resolution, known.noise
    slot.slope.low, slot.slope.high = known.low, known.high
    slot.right.low, slot.right.high = known.right
    slot.left.low, slot.left.high = known.left
    slot.centered.low, slot.centered.high = known.centered
    return slot


NARROW = Evidence(1.0, 1.0, 0.0, (1.0, 1.0), (1.0, 1.0), (1.0, 1.0), 1e-16, 1.0)
HIDDEN = Evidence(1.0, 1.01, 0.005, (1.0, 1.01), (1.0, 2.0), (1.0, 2.0), 1e-4, 1.0)


@given(known=evidence, claimed=claims, allowed=st.sampled_from([0.0, 1e-7, 1e-5, 1e-2]))
@example(NARROW, 1.0, 1e-5)
@example(NARROW, 1.1, 1e-5)
@example(HIDDEN, 1.5, 1e-5)
@example(HIDDEN, 2.5, 1e-5)
@example(HIDDEN._replace(noise=1e-16), 1.5, 1e-5)
@example(HIDDEN._replace(noise=1e-16), 1.0101, 1e-5)
def is_the_decision_about_a_line(function, known, claimed, allowed):
    slot = slot_of(known, claimed, allowed)
    expected, resolution = decisions.about_a_line(known, claimed, allowed)
    assert function(slot, known.size) == expected
    assert slot.resolution == resolution


def test_decision_about_a_line():
    is_the_decision_about_a_line(decision.judge)


def without_hidden_kinks(slot, size):
    return decision.judge(slot, math.inf)


def never_open(slot, size):
    return decision.judge(slot, size) or WRONG


@pytest.mark.parametrize("wrong", [without_hidden_kinks, never_open])
def test_decision_about_a_line_twin(wrong):
    refuted(is_the_decision_about_a_line, wrong)


@given(known=evidence, allowed=st.sampled_from([0.0, 1e-7, 1e-5]), several=st.lists(claims, min_size=2, max_size=6))
@example(NARROW, 1e-5, [1.0, 1.1, 2.0])
def gets_worse_further_out(function, known, allowed, several):
    """Without noise that hides kinks: the further outside, the worse, from right over open to wrong."""
    known = known._replace(noise=0.0)
    if math.isfinite(known.high - known.low):
        several.sort(key=lambda claim: max(known.low - claim, claim - known.high, 0.0))
        found = [function(slot_of(known, claim, allowed), known.size) for claim in several]
        assert found == sorted(found, reverse=True)


def test_decisions_are_in_order():
    gets_worse_further_out(decision.judge)
    refuted(gets_worse_further_out, lambda slot, size: RIGHT if slot.claimed > 1.5 else WRONG)


def is_the_distance(function):
    slots = [slot_of(NARROW._replace(low=1.0, high=2.0), claimed) for claimed in (0.5, 1.0, 1.5, 2.0, 4.0)]
    assert [function(slot) for slot in slots] == [0.5, 0, 0, 0, 2]


def test_distance_outside():
    is_the_distance(decision.distance_outside)
    refuted(is_the_distance, lambda slot: abs(slot.claimed - 1.5))


def refuted_in_float32(claimed, measured, pairs, unit=UNIT_FLOAT32):
    """A check in float32 whose slot called a claim wrong; pairs of right and left slopes, each step twice as large."""
    engine = block()
    slot = engine.slots[0]
    engine.unit, engine.value, slot.noise, slot.x = unit, 1.0, 1e-6, 1.0
    slot.claimed, slot.decision = claimed, WRONG
    slot.slope.low = slot.slope.high = measured
    for k, (right, left) in enumerate(pairs):
        ladder.insert_pair(slot, 1e-5 * 2.0**k, right, left, 1.0)
    return engine, slot


near_one = st.sampled_from([0.0, 0.7, 0.9, 0.99, 1.0, 1.01, 1.1, 1.3, 2.0, math.nan])


@given(claimed=near_one, measured=near_one, pairs=st.lists(st.tuples(near_one, near_one), max_size=8))
@example(1.3, 1.0, [(1.0, 1.0), (1.3, 1.3)] * 3)
@example(1.0, 1.3, [(0.9, 1.1)] * 8)
@example(2.0, 1.0, [(1.0, 1.0)] * 8)
def is_withdrawn_where_finest_steps_do_not_refute(withdraw, claimed, measured, pairs):
    engine, slot = refuted_in_float32(claimed, measured, pairs)
    slopes = [Slopes(*pair, ladder.slope_noise(engine, slot, k)) for k, pair in enumerate(pairs)]
    assume(not leads_nowhere(engine, slot))
    expected = WRONG if decisions.finest_refute(slopes, claimed, measured) else OPEN
    withdraw(engine, slot)
    assert slot.decision == expected
    # In float64, and of other decisions, nothing is withdrawn.
    engine, slot = refuted_in_float32(claimed, measured, pairs, UNIT_FLOAT64)
    withdraw(engine, slot)
    assert slot.decision == WRONG
    engine.unit, slot.decision = UNIT_FLOAT32, RIGHT
    withdraw(engine, slot)
    assert slot.decision == RIGHT


def always(engine, slot):
    slot.decision = OPEN if engine.unit == UNIT_FLOAT32 and slot.decision == WRONG else slot.decision


def without_leaning(engine, slot):
    leans, decision.LEANS = decision.LEANS, 0.5
    try:
        decision.withdraw_refutation(engine, slot)
    finally:
        decision.LEANS = leans


def test_withdrawn_refutations():
    is_withdrawn_where_finest_steps_do_not_refute(decision.withdraw_refutation)


@pytest.mark.parametrize("wrong", [always, without_leaning, lambda engine, slot: None])
def test_withdrawn_refutations_twin(wrong):
    refuted(is_withdrawn_where_finest_steps_do_not_refute, wrong)


def slot_with(pairs, value=1.0, **fields):
    """A check whose slot has pairs: step, right and left slope."""
    engine = block()
    engine.value, engine.unit = value, UNIT_FLOAT64
    slot = engine.slots[0]
    slot.size, slot.noise = 1.0, 1e-16
    for step, right, left in pairs:
        ladder.insert_pair(slot, step, right, left, value)
    for name, given_value in fields.items():
        setattr(slot, name, given_value)
    return engine, slot


def curved(curvature, steps):
    return [(step, 1.0 + curvature * step, 1.0 - curvature * step) for step in steps]


FOUR = [2.0**-20, 2.0**-18, 2.0**-16, 2.0**-14]


def is_the_rounding_of_x(function):
    """Four units in the last place of x times the curvature, the least one that is seen; none at kinks and jumps."""
    _, slot = slot_with(curved(3.0, FOUR), spacing=1e-9)
    assert function(slot) == pytest.approx(4 * 6.0 * 1e-9, rel=1e-12)
    slot.spacing = 0.0
    assert function(slot) == 0.0
    _, slot = slot_with([*curved(3.0, FOUR[:2]), *curved(0.5, FOUR[2:])], spacing=1e-9)
    assert function(slot) == pytest.approx(4 * 1.0 * 1e-9, rel=1e-12)
    for gap in (lambda step: 1.0, lambda step: 1e-9 / step, lambda step: 100 * step**2):
        _, slot = slot_with([(step, 1.0 + gap(step), 1.0) for step in FOUR], spacing=1e-9)
        assert function(slot) == 0.0
    assert function(slot_with(curved(3.0, FOUR[:1]), spacing=1e-9)[1]) == 0.0
    # The gaps of the finest pairs are smaller than their noise, and grow by chance.
    _, slot = slot_with([*curved(1.0, FOUR[:2]), *curved(3.0, FOUR[2:])], spacing=1e-9, noise=1e-9)
    assert function(slot) == pytest.approx(4 * 6.0 * 1e-9, rel=1e-12)


def of_every_gap(slot):
    """Wrong on purpose: kinks and jumps have a curvature, too."""
    curvatures = [abs(pair.right - pair.left) / pair.step for pair in list(slot.ladder)[: slot.count]]
    return 4 * min(curvatures) * slot.spacing if slot.count > 1 else 0.0


def of_noise(slot):
    """Wrong on purpose: noise has a curvature, too."""
    slot.noise = 0.0
    return decision.argument_rounding(slot)


def test_argument_rounding():
    is_the_rounding_of_x(decision.argument_rounding)
    refuted(is_the_rounding_of_x, lambda slot: 0.0)
    refuted(is_the_rounding_of_x, of_every_gap)
    refuted(is_the_rounding_of_x, of_noise)


def excuses(judge):
    """A right gradient one unit beside x is right, and ten units beside it is wrong."""
    for units, expected in ((3.0, RIGHT), (10.0, WRONG)):
        known = NARROW._replace(low=1.0, high=1.0)
        slot = slot_of(known, 1.0 + 2e3 * units * 2.0**-52, 0.0)
        slot.spacing = 2.0**-52
        for step, right, left in curved(1e3, FOUR):
            ladder.insert_pair(slot, step, right, left, 1.0)
        assert judge(slot, 1.0) == expected


def test_rounding_of_x_is_no_error():
    excuses(decision.judge)
    refuted(excuses, lambda slot, size: RIGHT if slot.claimed == 1.0 else WRONG)


def grows_by_four(function):
    pairs = curved(1.0, FOUR)
    assert function(slot_with(pairs)[1], 0)
    assert function(slot_with(pairs)[1], 1)
    # Of the last places the three coarsest ones tell; two alone tell nothing of how the gap goes on.
    assert function(slot_with(pairs)[1], 2)
    assert not function(slot_with(pairs[:2])[1], 0)
    for changed in ((FOUR[1], 1.0, 1.0), (FOUR[1], 1.0 - FOUR[1], 1.0 + FOUR[1]), (FOUR[0], 1.5, 0.5)):
        others = [pair for pair in pairs if pair[0] != changed[0]]
        assert not function(slot_with([*others, changed])[1], 0)


def test_is_curved():
    grows_by_four(decision.is_curved)
    refuted(grows_by_four, lambda slot, place: True)
    refuted(grows_by_four, lambda slot, place: place + 2 < slot.count and decision.is_curved(slot, place))
    refuted(
        grows_by_four,
        lambda slot, place: decision.gap(slot.ladder[place + 1]) > 2 * abs(decision.gap(slot.ladder[place])),
    )


def refutes_by_the_middle(refute):
    """Between right and left slope, as far apart as curvature makes them, a claim that is off the middle is wrong."""
    pairs = [(step, 1.0 + 1e5 * step, 1.0 - 1e5 * step) for step in (1e-5, 4e-5, 16e-5)]
    engine, slot = slot_with(pairs, claimed=1.5, noise=1e-7)
    slot.slope.low = slot.slope.high = 1.0
    assert refute(engine, slot)
    # At a kink it may be one of the slopes between.
    engine, slot = slot_with([(pair[0], 2.0, 0.0) for pair in pairs], claimed=1.5, noise=1e-7)
    slot.slope.low = slot.slope.high = 1.0
    assert not refute(engine, slot)


def test_curved_slopes_refute():
    refutes_by_the_middle(decision.finest_steps_refute)
    refuted(refutes_by_the_middle, lambda engine, slot: True)
    refuted(refutes_by_the_middle, lambda engine, slot: False)


def on_stairs(first_step, value=math.pi):
    """Slopes are 0 up to a step, and 1 from there on."""
    steps = [4.0**-k for k in range(20, 3, -1)]
    return slot_with([(step, float(step >= first_step), float(step >= first_step)) for step in steps], value)


def is_no_arithmetic(function):
    """Stairs whose height is none of an arithmetic: f(x) has many digits, and some value is not one of float32."""
    assert function(*on_stairs(4.0**-10))
    assert not function(*on_stairs(0.0))
    assert not function(*on_stairs(4.0**-10, 3.5))
    engine, slot = on_stairs(4.0**-10)
    engine.noise_line.in_float32 = 1
    assert not function(engine, slot)


def test_is_on_stairs():
    is_no_arithmetic(decision.is_on_stairs)
    refuted(is_no_arithmetic, lambda engine, slot: True)
    refuted(is_no_arithmetic, decision.is_on_tread)


def never_calls_both_right(judge):
    """On a wide tread the slope 0 is right and no trend is; on a narrow one the trend is, and 0 stays open."""
    wide, narrow = on_stairs(4.0**-5)[1], on_stairs(4.0**-10)[1]
    for slot, claimed, before, after in (
        (wide, 0.0, RIGHT, RIGHT),
        (wide, 0.0, WRONG, OPEN),
        (wide, 1.0, RIGHT, OPEN),
        (wide, 5.0, WRONG, WRONG),
        (narrow, 0.0, RIGHT, OPEN),
        (narrow, 0.0, WRONG, OPEN),
        (narrow, 1.0, RIGHT, RIGHT),
        (narrow, 5.0, WRONG, WRONG),
        (narrow, 1.0, OPEN, OPEN),
    ):
        slot.claimed = claimed
        assert judge(slot, before) == after
    # What no proof need tell from 0 is 0 there, too.
    wide.claimed, wide.need = 1e-9, 1e-8
    assert judge(wide, RIGHT) == RIGHT


def test_judge_on_stairs():
    never_calls_both_right(decision.judge_on_stairs)
    refuted(never_calls_both_right, lambda slot, before: before)
    refuted(never_calls_both_right, lambda slot, before: OPEN if slot.claimed == 0.0 else before)
    refuted(never_calls_both_right, lambda slot, before: OPEN if decision.is_wide_tread(slot) else before)


def is_judged_on_stairs(reconsider):
    """Where both sides of x are known, and f is a staircase."""
    engine, slot = on_stairs(4.0**-5)
    slot.claimed, slot.decision = 1.0, RIGHT
    reconsider(engine, slot)
    assert slot.decision == OPEN
    for missing, value in ((1, math.pi), (0, 3.5)):
        engine, slot = on_stairs(4.0**-5, value)
        slot.claimed, slot.decision, slot.missing = 1.0, RIGHT, missing
        reconsider(engine, slot)
        assert slot.decision == RIGHT


def test_decisions_on_stairs():
    is_judged_on_stairs(decision.reconsider_on_stairs)
    refuted(is_judged_on_stairs, lambda engine, slot: None)
    refuted(is_judged_on_stairs, always)
