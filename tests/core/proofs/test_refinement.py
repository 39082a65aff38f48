"""A closer look at a ladder: steps in between, larger steps that side with a claim, claims that are no numbers."""

import math

import pytest
from block import STEPS, climbed
from oracles import lines
from properties import refuted

from gradproof.core.coordinates import slots
from gradproof.core.evidence import intervals, ladder, stages
from gradproof.core.evidence.decision import DECIDED_RIGHT, DECIDED_WRONG, STILL_OPEN
from gradproof.core.proofs import refinement

EXP = lines.SMOOTH["exp"]


def weighed(line=EXP.value, claimed=0.7, noise=0.0):
    """A check and its slot, whose ladder has been weighed."""
    engine = climbed(line, noise=noise)
    slot = engine.slots[0]
    intervals.weigh_ladder(engine, slot)
    slot.claimed, slot.tolerance = claimed, 1e-9
    return engine, slot


def under_noise(claimed=0.7):
    return weighed(claimed=claimed, noise=1e-4)


def asks_between(begin):
    """Twice the steps at which noise and bar are comparable, on both sides of x."""
    engine, slot = under_noise()
    begin(engine, slot)
    noises = [ladder.slope_noise(engine, slot, k) / slot.resolution for k in range(STEPS.size)]
    expected = [2 * step for step, noise in zip(sorted(STEPS), noises, strict=True) if 0.01 < noise < 10]
    wanted = slot.wanted[: slot.wanted_count]
    assert wanted[0::2].tolist() == expected
    assert wanted[1::2].tolist() == [-step for step in expected]
    assert 2 < len(expected) < 10
    assert slot.stage == stages.REFINEMENT


def test_steps_in_between():
    asks_between(refinement.begin_refinement)
    refuted(asks_between, lambda engine, slot: None)


def looks(claimed, decision):
    """Whether the ladder is refined: where it is open, and f has a slope; else kinks nearby are looked for at once."""
    engine, slot = under_noise(claimed)
    assert refinement.judge_slot(engine, slot) == decision
    refinement.look_closer(engine, slot, decision)
    refined = slot.stage == stages.REFINEMENT
    assert refined == (decision == STILL_OPEN)
    assert refined or slot.decision == decision


def test_what_is_still_open_is_refined():
    _, slot = under_noise()
    edge = slot.resolution + intervals.estimate(slot)
    looks(0.7, DECIDED_RIGHT)
    looks(edge * (1 + 1e-5), STILL_OPEN)
    looks(5.0, DECIDED_WRONG)
    looks(math.nan, DECIDED_WRONG)
    refuted(looks, 5.0, STILL_OPEN)


@pytest.mark.parametrize(("claimed", "decision"), [(0.7, DECIDED_RIGHT), (0.9, DECIDED_WRONG)])
def test_a_refined_ladder_is_weighed_again(claimed, decision):
    engine, slot = under_noise(claimed)
    for step in 1.5 * STEPS[:8]:
        ladder.insert_pair(slot, step, math.expm1(0.7 * step) / step, -math.expm1(-0.7 * step) / step, 1.0)
    before = slot.resolution
    slot.stage = stages.REFINEMENT
    slots.advance(engine, slot)
    assert slot.decision == decision
    assert slot.resolution != before


def supports_from(function, claimed, place):
    assert function(*weighed(lines.with_jumps, claimed)) == place


def test_larger_steps_that_side_with_a_claim():
    """The finer of the first two neighbours whose centered slopes are nearer to the claim than to what f shows."""
    _, slot = weighed(lines.with_jumps, 1.0)
    slopes = [ladder.centered(slot, k) for k in range(slot.count)]
    sides = [abs(slope - 1) < abs(slope - 0.5) / 2 for slope in slopes]
    expected = next(k for k in range(len(sides)) if sides[k] and sides[k + 1])
    supports_from(refinement.supported_from, 1.0, expected)
    supports_from(refinement.supported_from, 0.5, refinement.NO_PLACE)
    supports_from(refinement.supported_from, -2.0, refinement.NO_PLACE)
    refuted(supports_from, lambda engine, slot: 0, 1.0, expected)


def test_noise_sides_with_no_claim():
    """In float32 it may be anything over the finest steps: only those over which it is less than the error count."""
    engine, slot = weighed(lines.with_jumps, 1.0)
    engine.unit = 2.0**-24
    expected = refinement.supported_from(engine, slot)
    for k in range(4):
        slot.ladder[k].left = slot.ladder[k].right = 1.0
    assert refinement.supported_from(engine, slot) == 0
    slot.noise = slot.ladder[4].step * 0.5 / 6
    assert refinement.supported_from(engine, slot) == expected
    engine.unit = 2.0**-53
    assert refinement.supported_from(engine, slot) == 0


def test_larger_steps_are_searched_for_a_jump():
    engine, slot = weighed(lines.with_jumps, 1.0)
    expected = refinement.supported_from(engine, slot)
    refinement.look_again(engine, slot, DECIDED_WRONG)
    assert slot.stage == stages.STEP_JUMP
    assert slot.wanted[0] == slot.ladder[expected + 1].step


def ends_at(function, line, step):
    expected = refinement.NO_PLACE if step is None else sorted(STEPS).index(step)
    assert function(climbed(line).slots[0]) == expected


def test_the_tread_of_stairs():
    """The coarsest step up to which neither side changes at all; none where the finest does, or none ever does."""
    for edge, step in ((0.3, 0.25), (-0.3, 0.25), (1.5, 1.0), (STEPS[-1] / 2, None), (9.0, None)):
        ends_at(refinement.end_of_tread, lambda t, edge=edge: 3.0 + (t > edge) * math.copysign(0.1, edge), step)
        # Where a bound leaves one side alone, it is the end of the tread on this one.
        ends_at(
            refinement.end_of_tread,
            lambda t, edge=edge: math.nan if t * edge < 0 else 3.0 + (t > edge) * math.copysign(0.1, edge),
            step,
        )
    ends_at(refinement.end_of_tread, EXP.value, None)
    refuted(ends_at, refinement.end_of_tread, lambda t: 3.0 + 0.1 * (t > 0.3), 1.0)
    engine, slot = weighed(lambda t: 3.0 + 0.1 * (t > 0.3), 0.1)
    refinement.look_again(engine, slot, DECIDED_WRONG)
    assert slot.stage == stages.STEP_JUMP
    assert slot.wanted[0] == 1.0


def tells_the_noise(line, share):
    engine, slot = weighed(line)
    slot.step_jump = 0.1
    refinement.finish_step_jump(engine, slot)
    assert slot.noise == 0.1 * share


def test_the_noise_of_a_jump():
    """Half of it; of stairs, which are off by half a step at most, a quarter."""
    tells_the_noise(lines.with_jumps, 0.5)
    tells_the_noise(lambda t: 3.0 + 0.1 * math.floor(t + 0.5), 0.25)
    refuted(tells_the_noise, lines.with_jumps, 0.25)


def goes_farther(function, searched):
    """Where no jump is at the end of a tread, one is looked for as far as steps that side with the claim."""
    engine, slot = weighed(lines.with_jumps, 1.0)
    slot.search.span = searched
    function(engine, slot)
    assert slot.stage == stages.STEP_JUMP
    assert slot.wanted[0] == slot.ladder[refinement.supported_from(engine, slot) + 1].step


def test_a_tread_without_a_jump():
    goes_farther(refinement.finish_step_jump, STEPS.min())

    def after_a_small_jump(engine, slot):
        slot.step_jump, slot.decision = 1e-12, DECIDED_WRONG
        refinement.finish_step_jump(engine, slot)

    # One that leaves the claim wrong is a step of rounding.
    goes_farther(after_a_small_jump, STEPS.min())
    refuted(goes_farther, after_a_small_jump, STEPS.max())
    # It is looked for there once.
    refuted(goes_farther, refinement.finish_step_jump, STEPS.max())


def is_clean(function, jumps, height, clean):
    """Beside a jump at x on the left; the largest value is 4."""
    engine, slot = weighed(lambda t: 3.0 + 0.25 * t - height * (t < 0))
    slot.step_jump, slot.search.jumps = height, jumps
    assert function(engine, slot) == clean


def test_a_clean_side():
    """Beside a jump at x the slope is that of the other side, unless small jumps are on that side, too."""
    for jumps, height, clean in ((1, 0.1, True), (2, 0.1, True), (1, 1e-7, True), (2, 1e-7, False)):
        is_clean(refinement.has_clean_side, jumps, height, clean)
    refuted(is_clean, lambda engine, slot: True, 2, 1e-7, False)
    # What moves f at x by less than the jump that was found is noise: it does not jump there.
    engine, slot = weighed(lambda t: 3.0 + 0.25 * t - 1e-7 * (t < 0))
    slot.step_jump, slot.search.jumps = 0.1, 1
    assert not refinement.has_clean_side(engine, slot)
    refuted(is_clean, lambda engine, slot: False, 1, 0.1, True)


def seemingly_at_x(distance, claimed, noise, steps=STEPS):
    """A ladder that was weighed as one of a kink at x, with slopes 0.7 and 1.7: it may lie beside x."""
    engine = climbed(lines.with_kink(EXP, distance, 1.0).value, steps, noise)
    slot = engine.slots[0]
    intervals.weigh_ladder(engine, slot)
    slot.kink, slot.jump = intervals.KINK_AT_X, 1.0
    slot.left.low = slot.left.high = slot.slope.low = 0.7
    slot.right.low = slot.right.high = slot.slope.high = 1.7
    slot.claimed, slot.tolerance = claimed, 1e-9
    return engine, slot


def judges_inside(function):
    for distance, claimed, noise, steps, decision in (
        # At x all between the slopes is acceptable; beside it only what the finest pairs show.
        (0.0, 1.2, 1e-12, STEPS, DECIDED_RIGHT),
        (1e-6, 1.2, 1e-12, STEPS, DECIDED_WRONG),
        (1e-6, 0.7, 1e-12, STEPS, DECIDED_RIGHT),
        (-1e-6, 1.7, 1e-12, STEPS, DECIDED_RIGHT),
        # Without finer pairs nobody knows how much of that is noise; where a kink may hide in it, nothing is wrong.
        (1e-6, 1.2, 1e-12, STEPS[:17], STILL_OPEN),
        (1e-6, 1.2, 1e-3, STEPS, DECIDED_RIGHT),
    ):
        assert function(*seemingly_at_x(distance, claimed, noise, steps)) == decision


def test_a_kink_that_seems_to_be_at_x():
    judges_inside(refinement.judge_inside)
    judges_inside(refinement.judge_slot)
    refuted(judges_inside, lambda engine, slot: DECIDED_RIGHT)
    refuted(judges_inside, lambda engine, slot: refinement.judge_inside(engine, slot) or DECIDED_WRONG)


def test_noise_below_a_pair():
    """From what finer pairs are off the two sides: twice the largest; NaN where they are fewer than two."""
    _, slot = seemingly_at_x(0.0, 0.7, 1e-12)
    slot.ladder[2].right = 1.7 + 0.25
    expected = 2 * 0.25 * slot.ladder[2].step / slot.ladder[8].step
    assert refinement.noise_below(slot, 8) == pytest.approx(expected, rel=0.1)
    assert refinement.noise_below(slot, 3) > 0
    assert math.isnan(refinement.noise_below(slot, 2))


def reaches(function):
    _, slot = under_noise()
    slot.size = 8.0
    assert function(slot) == 0.5
    slot.reach = 3.0
    assert function(slot) == 3.0


def test_how_far_kinks_are_looked_for():
    reaches(refinement.kink_reach)
    refuted(reaches, lambda slot: 0.5)
