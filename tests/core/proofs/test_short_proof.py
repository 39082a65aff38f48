"""The short proof: what a few pairs settle, what they leave to the ladder, and how few of them it takes."""

import math

import pytest
from block import STEPS, climbed
from driven_slot import answer, missing_right, settled, steps_wanted, with_proof
from oracles import lines
from properties import refuted

from gradproof.core.coordinates import slots
from gradproof.core.evidence import intervals, scales, stages
from gradproof.core.evidence.decision import DECIDED_RIGHT, DECIDED_WRONG, STILL_OPEN
from gradproof.core.noise import assumed_noise
from gradproof.core.proofs import short_proof

EXP = lines.SMOOTH["exp"]


def proves(line, claimed, decision, flat=False):
    """A few pairs settle the claim, and their interval holds the true slope."""
    slot, values = settled(with_proof(line.value, claimed, flat), line.value)
    assert (slot.stage, slot.decision) == (stages.FINISHED, decision)
    assert values <= 2 * short_proof.MOST_PAIRS
    assert slot.slope.low <= line.right <= slot.slope.high
    assert slot.kink == intervals.NO_KINK


@pytest.mark.parametrize("name", [name for name, line in lines.SMOOTH.items() if abs(line.right) > 0.1])
def test_smooth_lines(name):
    line = lines.SMOOTH[name]
    proves(line, line.right, DECIDED_RIGHT)
    proves(line, 1.01 * line.right, DECIDED_WRONG, flat=True)
    proves(line, -line.right, DECIDED_WRONG, flat=False)
    for claimed in (math.nan, math.inf, -math.inf):
        proves(line, claimed, DECIDED_WRONG)
    refuted(proves, line, line.right, DECIDED_WRONG)
    refuted(proves, line, 1.01 * line.right, DECIDED_RIGHT)


def is_left_to_the_ladder(line, claimed, flat=False):
    assert settled(with_proof(line, claimed, flat), line)[0].stage == stages.PARKED


def test_what_is_left_to_the_ladder():
    """Claims at a kink, values that are missing, a function that does not change."""
    kink = lines.with_kink(EXP, 0.0, 1.0).value
    for claimed in (0.7, 1.2, 1.7):
        is_left_to_the_ladder(kink, claimed)
    is_left_to_the_ladder(missing_right(EXP.value), 0.7)
    is_left_to_the_ladder(lambda t: 3.0, 0.5)
    refuted(is_left_to_the_ladder, EXP.value, 0.7)
    refuted(is_left_to_the_ladder, EXP.value, 0.8, True)


def begins(engine, stage, multiples):
    slot = engine.slots[0]
    assert slot.stage == stage
    assert steps_wanted(slot) == [multiple * slot.ladder[0].step for multiple in multiples]


def test_how_it_begins():
    """With a far pair for a flat refutation, one pair for what may be curvature, two neighbours for the rest."""
    flat = with_proof(EXP.value, 0.0, refuted=True)
    begins(flat, stages.PROOF_FLAT, [2.0**-6 / flat.slots[0].ladder[0].step])
    # One side of it is enough where the claim is not 0: of claims that curvature may reach, both have to tell.
    slot = with_proof(EXP.value, 0.9, refuted=True).slots[0]
    assert (slot.stage, slot.wanted_count, slot.wanted[0]) == (stages.PROOF_FLAT, 1, 2.0**-6)
    # Curved so much that right and left slope are apart by more than the tolerance, around the right claim.
    curved = with_proof(lambda t: 1.0 + 0.7 * t + 1e4 * t * t, 0.7)
    begins(curved, stages.PROOF_CURVED, [4])
    begins(with_proof(EXP.value, 0.9, noise=1e-3), stages.PROOF, [4, 16])
    refuted(begins, with_proof(EXP.value, 0.9), stages.PROOF, [4, 16])


def settles_by_curvature(line, stage):
    """Whether the second pair settles a claim that only the gap of the first pair contradicts."""
    engine = with_proof(line, 0.7)
    slot = engine.slots[0]
    assert slot.stage == stages.PROOF_CURVED
    for place in range(2):
        slot.answers[place] = line(slot.wanted[place])
    slots.advance(engine, slot)
    assert slot.stage == stage


def test_curvature_is_told_from_a_kink():
    """The gap of curvature grows with the step, that of a kink at x stays, whatever the centered slopes are."""
    settles_by_curvature(lambda t: 1.0 + 0.7 * t + 1e4 * t * t, stages.FINISHED)
    settles_by_curvature(lambda t: 1.0 + 0.7 * t + 0.3 * abs(t), stages.PROOF)
    refuted(settles_by_curvature, lambda t: 1.0 + 0.7 * t + 0.3 * abs(t), stages.FINISHED)


def wants_next(claimed, multiple, noise=0.0):
    """What follows two pairs between which the centered slope changes by four times the tolerance."""
    step = with_proof(EXP.value, 0.7).slots[0].ladder[0].step
    third = 4 * 0.7e-5 / (15 * step * step)

    def line(t):
        return 1.0 + 0.7 * t + 1e4 * t * t + third * t**3

    engine = with_proof(line, claimed)
    engine.noise = engine.slots[0].noise = noise or engine.noise
    assert answer(engine, line) == 2
    slot = engine.slots[0]
    assert steps_wanted(slot) == [multiple * slot.ladder[0].step]
    return settled(engine, line)[0].decision


def test_truncation_is_left_by_a_finer_pair():
    """Where noise leaves no room for it, or the two pairs contradict the claim, a coarser one follows."""
    assert wants_next(0.7, 1 / 4) == DECIDED_RIGHT
    assert wants_next(0.71, 16) == STILL_OPEN
    assert wants_next(0.7, 16, noise=2e-13) == DECIDED_RIGHT
    refuted(wants_next, 0.7, 16)


def takes_to_refute(line, claimed, values):
    """How many values an error takes beyond the first pair, between whose slopes and the claim is hardly more."""
    engine = with_proof(line, claimed)
    engine.largest_value = abs(line(0.0))
    assert engine.slots[0].stage == stages.PROOF_CURVED
    slot, taken = settled(engine, line)
    assert (slot.decision, taken) == (DECIDED_WRONG, values)
    assert slot.slope.low <= 0.7 <= slot.slope.high


def test_two_pairs_of_a_curved_line_refute():
    """The next one is far from x, unless the claim is too near for two, or the gap between the sides no curvature."""

    def curved(t):
        return 1.0 + 0.7 * t + 1e3 * t * t

    takes_to_refute(curved, 0.71, 4)
    takes_to_refute(lambda t: 1.0 + 0.7 * t, 0.71, 6)
    refuted(takes_to_refute, curved, 0.701, 4)
    refuted(takes_to_refute, curved, 0.7, 4)


def sides_before_refuting(line, claimed, sides, decision=DECIDED_WRONG):
    """How many values a flat refutation takes beyond the first pair, and what it ends with."""
    engine = with_proof(line, claimed, refuted=True)
    engine.largest_value = abs(line(0.0))
    slot, values = settled(engine, line)
    assert (slot.decision, values) == (decision, sides)


def test_what_a_flat_refutation_takes():
    """One far value; both where f is curved; a neighbour of the first pair where the far one is off."""

    def straight(t):
        return 1.0 + 0.7 * t + 0.3 * t * t

    def bent(t):
        return 1.0 + 0.7 * t + 10.0 * t * t

    def bent_again(t):
        return 1.0 + 0.7 * t + 100.0 * t**3

    sides_before_refuting(straight, 1.4, 1)
    sides_before_refuting(bent, 0.9, 2)
    sides_before_refuting(bent_again, 0.8, 4)
    # A claim that is off by less than so long a step may change the slope takes both sides, too.
    sides_before_refuting(lambda t: 1.0 + 0.7 * t, 0.75, 1)
    sides_before_refuting(lambda t: 1.0 + 0.7 * t, 0.74, 2)
    # Where a side of the far pair is missing, the other one tells as much.
    sides_before_refuting(lambda t: math.nan if t < -(2.0**-10) else straight(t), 1.4, 1)
    sides_before_refuting(lambda t: math.nan if t > 2.0**-10 else straight(t), 1.4, 4)
    refuted(sides_before_refuting, bent, 0.9, 1)
    refuted(sides_before_refuting, bent_again, 0.8, 2)


def asks_after_far(claimed, multiples):
    """Which pairs follow a far one that has not refuted the claim."""
    engine = with_proof(lines.with_jumps, claimed, refuted=True)
    while engine.slots[0].stage == stages.PROOF_FLAT:
        answer(engine, lines.with_jumps)
    asked = []
    slot = engine.slots[0]
    while slot.stage not in (stages.FINISHED, stages.PARKED):
        asked += [step / slot.ladder[0].step for step in steps_wanted(slot)]
        answer(engine, lines.with_jumps)
    assert (slot.stage, asked) == (stages.PARKED, multiples)


def test_a_flat_refutation_that_only_holds_near_x(monkeypatch):
    """A far pair that sides with the claim leaves it to the ladder, and is not asked for again."""
    monkeypatch.setattr(short_proof, "FAR_STEP", 0.25)
    asks_after_far(1.0, [4.0, 16.0])
    refuted(asks_after_far, 3.0, [4.0, 16.0])


def spreads(function):
    """How far the one-sided slopes lie from the middle of the interval, at most."""
    slot = climbed(lambda t: t + 0.25 * abs(t), [0.25, 0.5]).slots[0]
    slot.slope.low, slot.slope.high = 0.5, 0.7
    assert function(slot) == pytest.approx(1.25 - 0.6)
    slot.slope.low, slot.slope.high = 2.0, 3.0
    assert function(slot) == pytest.approx(2.5 - 0.75)


def test_spread_of_slopes():
    spreads(short_proof.spread_of_slopes)
    refuted(spreads, lambda slot: 0.65)


def follows(advance, claimed, stage):
    """A far pair that sides with a claim leaves it open; else the claim is wrong."""
    engine = climbed(lines.with_jumps, [*STEPS[14:18], 0.25])
    slot = engine.slots[0]
    intervals.weigh_ladder(engine, slot)
    slot.claimed, slot.step = claimed, 0.25
    advance(engine, slot)
    assert slot.stage == stage
    assert stage == stages.PARKED or slot.decision == DECIDED_WRONG


def test_a_pair_far_from_x():
    far = (lines.with_jumps(0.25) - lines.with_jumps(-0.25)) / 0.5
    assert abs(far - 0.5) > 0.3
    follows(short_proof.advance_proof_far, far, stages.PARKED)
    follows(short_proof.advance_proof_far, 2.0, stages.FINISHED)
    refuted(follows, short_proof.advance_proof_far, 2.0, stages.PARKED)
    assert math.isfinite(far)


def refuting(slope=0.7, claimed=0.0, value=1.0):
    """A check whose slot has a first pair that refutes a claim."""
    engine = climbed(lambda t: value + slope * t, [2.0**-20])
    engine.typical, engine.unit = 1.0, 2.0**-53
    slot = engine.slots[0]
    slot.x, slot.claimed, slot.size = 1.0, claimed, 1.0
    return engine, slot


def sees_a_move(function):
    """f should move by 4,096 units in its last place, up to a factor of 2; never less than x can see."""
    for slope in (0.7, -0.7, 1e-3, 40.0):
        engine, slot = refuting(slope)
        units = function(engine, slot) * abs(slope) / 2.0**-52
        assert 4096 * 0.99 <= units <= 8192 * 1.01
    engine, slot = refuting(1e9)
    assert function(engine, slot) == scales.smallest_step(engine, 1.0)


def test_tread_step():
    sees_a_move(short_proof.tread_step)
    refuted(sees_a_move, lambda engine, slot: 2.0**-40)
    refuted(sees_a_move, lambda engine, slot: 4096 * 2.0**-52 / abs(short_proof.centered(slot, 0)))


def follows_its_slope(function):
    """For the claim 0, f must move, and hardly farther than it should; for others, nearer to its slope than to them."""
    for moved, follows in ((0.5, True), (-0.5, True), (3.9, True), (4.1, False), (0.0, False), (math.nan, False)):
        assert function(refuting(0.5)[1], moved * 2.0**-30, 2.0**-30) == follows
    for moved, follows in ((0.5, True), (0.0, True), (0.69, True), (0.71, False), (0.9, False), (math.nan, False)):
        assert function(refuting(0.5, claimed=0.9)[1], moved * 2.0**-30, 2.0**-30) == follows


def test_moves_as_its_slope():
    follows_its_slope(short_proof.moves_as_its_slope)
    refuted(follows_its_slope, lambda slot, moved, step: moved != 0)
    refuted(follows_its_slope, lambda slot, moved, step: abs(moved) < 4 * step)


def is_asked_where_noise_hides_it(function):
    """What f and the claim predict of the value is 32 times the noise apart, up to a factor of 2; not before."""
    engine, slot = refuting(0.5, claimed=0.9)
    assert function(engine, slot) == math.inf
    engine.noise = 1e-9
    assert 32e-9 <= 0.4 * function(engine, slot) <= 64e-9
    engine.noise, engine.unit = 2.0**-52, 2.0**-24
    assert function(engine, slot) < 2.0**-40


def test_a_claim_that_noise_may_hide_is_looked_for_first():
    is_asked_where_noise_hides_it(short_proof.telling_step)
    refuted(is_asked_where_noise_hides_it, lambda engine, slot: math.inf)
    refuted(is_asked_where_noise_hides_it, lambda engine, slot: 1e-7)


def with_gaps(near, far, claimed=0.0):
    """A slot with two pairs, the second one 2**7 times as long, and these gaps between their sides."""
    _, slot = refuting(claimed=claimed)
    pairs = ((2.0**-13, near), (2.0**-6, far))
    slot.count = len(pairs)
    for place, (step, gap) in enumerate(pairs):
        slot.ladder[place].step = step
        slot.ladder[place].right, slot.ladder[place].left = 0.5 + gap / 2, 0.5 - gap / 2
    return slot


def only_the_claim_zero_without_curvature(function):
    """The gap of curvature is 2**7 times as large far from x, up to a factor of 4; that of steps is not."""
    for far, stairs in ((2.0**-7, False), (1.9 * 2.0**-6, False), (2.0**-4, True), (-(2.0**-7), True), (0.0, True)):
        assert function(with_gaps(2.0**-14, far)) == stairs
    assert function(with_gaps(0.0, 2.0**-7))
    assert not function(with_gaps(0.0, 2.0**-7, claimed=0.5))


def test_may_be_stairs():
    only_the_claim_zero_without_curvature(short_proof.may_be_stairs)
    refuted(only_the_claim_zero_without_curvature, lambda slot: slot.claimed == 0.0)
    refuted(only_the_claim_zero_without_curvature, lambda slot: True)


def refutes_zero(refute, advance, moved, stage):
    """Only once a value has shown that f moves over a finer step; else the claim is left to the ladder."""
    engine, slot = refuting(0.5)
    refute(engine, slot)
    assert (slot.stage, slot.wanted_count) == (stages.PROOF_TREAD, 1)
    slot.answers[0] = 1.0 + moved * slot.wanted[0]
    advance(engine, slot)
    assert slot.stage == stage
    assert stage == stages.PARKED or slot.decision == DECIDED_WRONG


def test_claims_of_zero():
    refutes_zero(short_proof.refute, short_proof.advance_proof_tread, 0.5, stages.FINISHED)
    refutes_zero(short_proof.refute, short_proof.advance_proof_tread, 0.0, stages.PARKED)
    at_once = lambda engine, slot: short_proof.settle(slot, DECIDED_WRONG)  # noqa: E731
    refuted(refutes_zero, at_once, short_proof.advance_proof_tread, 0.5, stages.FINISHED)
    refuted(refutes_zero, short_proof.refute, at_once, 0.0, stages.PARKED)
    # Any other claim is wrong without that value, and so is 0 where no step is finer than the first one.
    for engine, slot in (refuting(claimed=0.9), refuting(1e-8)):
        short_proof.refute(engine, slot)
        assert (slot.stage, slot.decision) == (stages.FINISHED, DECIDED_WRONG)


def is_seen_by_one_value(line, stage):
    """After the far pair of a flat refutation of the claim 0."""
    engine = with_proof(line, 0.0, refuted=True)
    slot = engine.slots[0]
    for asked, wanted in ((stages.PROOF_FLAT, 2), (stages.PROOF_TREAD, 1)):
        assert (slot.stage, slot.wanted_count) == (asked, wanted)
        assert asked == stages.PROOF_FLAT or 0.0 < slot.wanted[0] < slot.ladder[0].step
        for place in range(wanted):
            slot.answers[place] = line(slot.wanted[place])
        slots.advance(engine, slot)
    assert slot.stage == stage


def test_flat_refutations_of_zero():
    def stairs(t):
        return 3.0 + 0.5 * math.floor(t * 2.0**24 + 0.5) * 2.0**-24

    is_seen_by_one_value(lambda t: 3.0 + 0.5 * t, stages.FINISHED)
    is_seen_by_one_value(stairs, stages.PARKED)
    refuted(is_seen_by_one_value, lambda t: 3.0 + 0.5 * t, stages.PARKED)
    refuted(is_seen_by_one_value, stairs, stages.FINISHED)


def is_left_where_slopes_fade(advance, powers, stage):
    """A far pair that moves f hardly farther than the near one does refutes nothing."""
    engine = climbed(lambda t: 1.0 + 1e-6 * math.tanh(t * 2.0**24), [2.0**power for power in powers])
    slot = engine.slots[0]
    intervals.weigh_ladder(engine, slot)
    slot.claimed, slot.step = 100.0, 2.0 ** powers[-1]
    slot.slope.low = slot.slope.high = 0.0
    advance(engine, slot)
    assert slot.stage == stage


def test_slopes_that_fade():
    is_left_where_slopes_fade(short_proof.advance_proof_far, [-22, -20, -18, -6], stages.PARKED)
    is_left_where_slopes_fade(short_proof.advance_proof_far, [-36, -34, -32, -30], stages.FINISHED)
    refuted(is_left_where_slopes_fade, short_proof.refute, [-22, -20, -18, -6], stages.PARKED)


def is_left_to_the_noise(function):
    """What moves f by no more than rounding of terms as large as f or x, until the noise is known."""
    for units, fields, expected in (
        (1.5, {}, True),
        (3.0, {}, False),
        (1.5, {"float32": 0}, False),
        (1.5, {"beyond_float32": 1}, False),
        (1.5, {"noise_measured": 1}, False),
        (1.5 * 2.0**-29, {"float32": 0}, True),
        (3.0 * 2.0**-29, {"float32": 0}, False),
        (3.0 * 2.0**-29, {"float32": 0, "typical": 8.0}, True),
        (3.0 * 2.0**-29, {"float32": 0, "typical": 8.0, "noise_measured": 1}, False),
    ):
        engine = climbed(lambda t: 1.0 + 2.5 * t, [])
        for name, value in ({"float32": 1} | fields).items():
            setattr(engine, name, value)
        assert function(engine, units * 2.0**-23) == expected
    # f(x) is a whole number of steps: of 2**-24 or 2**-30, of 2**-9 as simple numbers are, of 2**-51 as others are.
    for value, units, expected in (
        (5 / 16 + 2.0**-24, 1.9, True),
        (5 / 16 + 2.0**-24, 2.1, False),
        (5 / 16 + 2.0**-30, 1.9, False),
        (5 / 16 + 2.0**-9, 1.9, False),
        (-(5 / 16 + 2.0**-51), 1.9, False),
    ):
        engine = climbed(lambda t, value=value: value + 2.5 * t, [])
        engine.beyond_float32 = 1
        assert function(engine, units * 2.0**-24) == expected
        assert not function(engine, math.inf)


def is_wrong_beyond_rounding(advance, steps, claimed, stage):
    """Off by less than rounding of f to float32 over the steps of the proof, a claim is not refuted yet."""
    engine = climbed(lambda t: 1.0 + 2.5 * t, steps)
    engine.float32, engine.typical = 1, 1.0
    slot = engine.slots[0]
    slot.x = 1.0
    intervals.weigh_ladder(engine, slot)
    slot.claimed = claimed
    advance(engine, slot)
    assert slot.stage == stage


def test_rounding_to_float32_refutes_nothing():
    near = [2.0**power for power in (-19, -17, -15)]
    is_wrong_beyond_rounding(short_proof.advance_proof, near, 2.5 + 2.0**-8, stages.PARKED)
    is_wrong_beyond_rounding(short_proof.advance_proof, near, 2.5 + 2.0**-4, stages.PROOF_FAR)
    is_wrong_beyond_rounding(short_proof.advance_proof_flat, [2.0**-19, 2.0**-6], 2.5 + 2.0**-4, stages.PROOF)
    is_wrong_beyond_rounding(short_proof.advance_proof_flat, [2.0**-19, 2.0**-6], 3.5, stages.FINISHED)
    refuted(is_wrong_beyond_rounding, short_proof.refute, near, 2.5 + 2.0**-8, stages.PARKED)


def test_slopes_that_are_the_same_by_chance():
    is_left_to_the_noise(assumed_noise.may_be_rounded)
    refuted(is_left_to_the_noise, lambda engine, moved: False)
    refuted(is_left_to_the_noise, lambda engine, moved: engine.float32 == 1)
