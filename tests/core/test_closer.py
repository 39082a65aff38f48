"""A closer look at a ladder: steps in between, larger steps that side with a claim, claims that are no numbers."""

import math

import numpy as np
import pytest
from block import SLOT, STEPS, climbed
from oracles import lines
from properties import refuted

from gradproof.core.coordinates import refinement as closer
from gradproof.core.coordinates import short_proof as proof
from gradproof.core.coordinates import slots
from gradproof.core.evidence import intervals as evidence
from gradproof.core.evidence import ladder
from gradproof.core.evidence.decision import DECIDED_RIGHT, DECIDED_WRONG, STILL_OPEN
from gradproof.core.records.engine import (
    SLOT_CLAIMED,
    SLOT_COUNT_PAIRS,
    SLOT_DECISION,
    SLOT_HIGH,
    SLOT_JUMP,
    SLOT_KINK,
    SLOT_LADDER_RIGHT,
    SLOT_LADDER_STEP,
    SLOT_LEFT_HIGH,
    SLOT_LEFT_LOW,
    SLOT_LOW,
    SLOT_NOISE,
    SLOT_REACH,
    SLOT_RESOLUTION,
    SLOT_RIGHT_HIGH,
    SLOT_RIGHT_LOW,
    SLOT_SIZE,
    SLOT_STAGE,
    SLOT_STEP,
    SLOT_STEP_JUMP,
    SLOT_TOLERANCE,
    SLOT_WANTED,
    SLOT_WANTED_COUNT,
    STAGE_FINISHED,
    STAGE_PARKED,
    STAGE_REFINE,
    STAGE_STEP_JUMP,
)

EXP = lines.SMOOTH["exp"]


def weighed(line=EXP, claimed=0.7, noise=1e-4):
    """A slot whose ladder has been weighed under noise."""
    words, reals = climbed(line.value, noise=noise)
    evidence.gather(words, reals, SLOT)
    reals[SLOT + SLOT_CLAIMED], reals[SLOT + SLOT_TOLERANCE] = claimed, 1e-9
    return words, reals


def asks_between(begin):
    """Twice the steps at which noise and bar are comparable, on both sides of x."""
    words, reals = weighed()
    begin(words, reals, SLOT)
    resolution = reals[SLOT + SLOT_RESOLUTION]
    noises = [ladder.slope_noise(reals, SLOT, k) for k in range(STEPS.size)]
    expected = [2 * step for step, noise in zip(sorted(STEPS), noises, strict=True) if 0.01 < noise / resolution < 10]
    wanted = reals[SLOT + SLOT_WANTED :][: words[SLOT + SLOT_WANTED_COUNT]]
    assert wanted[0::2].tolist() == expected
    assert wanted[1::2].tolist() == [-step for step in expected]
    assert 2 < len(expected) < 10
    assert words[SLOT + SLOT_STAGE] == STAGE_REFINE


def test_steps_in_between():
    asks_between(closer.begin_refinement)
    refuted(asks_between, lambda words, reals, slot: None)


def looks(claimed, decision):
    """Whether the ladder is refined: where it is open, and f has a slope; else kinks nearby are looked for at once."""
    words, reals = weighed(claimed=claimed)
    assert closer.judge_slot(words, reals, SLOT) == decision
    closer.look_closer(words, reals, SLOT, decision)
    refined = words[SLOT + SLOT_STAGE] == STAGE_REFINE
    assert refined == (decision == STILL_OPEN)
    assert refined or words[SLOT + SLOT_DECISION] == decision


def test_what_is_still_open_is_refined():
    _, reals = weighed()
    edge = float(reals[SLOT + SLOT_RESOLUTION]) + evidence.estimate(reals, SLOT)
    looks(0.7, DECIDED_RIGHT)
    looks(edge * (1 + 1e-5), STILL_OPEN)
    looks(5.0, DECIDED_WRONG)
    looks(math.nan, DECIDED_WRONG)
    refuted(looks, 5.0, STILL_OPEN)


@pytest.mark.parametrize(("claimed", "decision"), [(0.7, DECIDED_RIGHT), (0.9, DECIDED_WRONG)])
def test_a_refined_ladder_is_weighed_again(claimed, decision):
    words, reals = weighed(claimed=claimed)
    for step in 1.5 * STEPS[:8]:
        ladder.insert_pair(
            words, reals, SLOT, step, math.expm1(0.7 * step) / step, -math.expm1(-0.7 * step) / step, 1.0
        )
    before = reals[SLOT + SLOT_RESOLUTION]
    words[SLOT + SLOT_STAGE] = STAGE_REFINE
    slots.advance(words, reals, SLOT, np.zeros(1))
    assert words[SLOT + SLOT_DECISION] == decision
    assert reals[SLOT + SLOT_RESOLUTION] != before


def with_jumps(t):
    """From afar its slope is 1, near x it is 0.5: jumps make up for it."""
    return 3 + t - 0.5 * (t + 0.037 - 0.1 * math.floor((t + 0.037) / 0.1))


def supports_from(function, claimed, place):
    words, reals = climbed(with_jumps)
    evidence.gather(words, reals, SLOT)
    reals[SLOT + SLOT_CLAIMED] = claimed
    assert function(words, reals, SLOT) == place


def test_larger_steps_that_side_with_a_claim():
    """The finer of the first two neighbours whose centered slopes are nearer to the claim than to what f shows."""
    words, reals = climbed(with_jumps)
    slopes = [ladder.centered(reals, SLOT, k) for k in range(words[SLOT + SLOT_COUNT_PAIRS])]
    sides = [abs(slope - 1) < abs(slope - 0.5) / 2 for slope in slopes]
    expected = next(k for k in range(len(sides)) if sides[k] and sides[k + 1])
    supports_from(closer.supported_from, 1.0, expected)
    supports_from(closer.supported_from, 0.5, closer.NO_PLACE)
    supports_from(closer.supported_from, -2.0, closer.NO_PLACE)
    refuted(supports_from, lambda words, reals, slot: 0, 1.0, expected)
    evidence.gather(words, reals, SLOT)
    reals[SLOT + SLOT_CLAIMED] = 1.0
    closer.look_again(words, reals, SLOT, DECIDED_WRONG)
    assert words[SLOT + SLOT_STAGE] == STAGE_STEP_JUMP
    assert reals[SLOT + SLOT_WANTED] == reals[SLOT + SLOT_LADDER_STEP + expected + 1]


def ends_at(function, line, step):
    words, reals = climbed(line)
    expected = closer.NO_PLACE if step is None else sorted(STEPS).index(step)
    assert function(words, reals, SLOT) == expected


def test_the_tread_of_stairs():
    """The coarsest step up to which neither side changes at all; none where the finest does, or none ever does."""
    for edge, step in ((0.3, 0.25), (-0.3, 0.25), (1.5, 1.0), (STEPS[-1] / 2, None), (9.0, None)):
        ends_at(closer.end_of_tread, lambda t, edge=edge: 3.0 + (t > edge) * math.copysign(0.1, edge), step)
    ends_at(closer.end_of_tread, EXP.value, None)
    refuted(ends_at, closer.end_of_tread, lambda t: 3.0 + 0.1 * (t > 0.3), 1.0)
    words, reals = climbed(lambda t: 3.0 + 0.1 * (t > 0.3))
    evidence.gather(words, reals, SLOT)
    reals[SLOT + SLOT_CLAIMED] = 0.1
    closer.look_again(words, reals, SLOT, DECIDED_WRONG)
    assert words[SLOT + SLOT_STAGE] == STAGE_STEP_JUMP
    assert reals[SLOT + SLOT_WANTED] == 1.0


def tells_the_noise(line, share):
    words, reals = climbed(line)
    evidence.gather(words, reals, SLOT)
    reals[SLOT + SLOT_STEP_JUMP] = 0.1
    closer.finish_step_jump(words, reals, SLOT)
    assert reals[SLOT + SLOT_NOISE] == 0.1 * share


def test_the_noise_of_a_jump():
    """Half of it; of stairs, which are off by half a step at most, a quarter."""
    tells_the_noise(with_jumps, 0.5)
    tells_the_noise(lambda t: 3.0 + 0.1 * math.floor(t + 0.5), 0.25)
    refuted(tells_the_noise, with_jumps, 0.25)


def seemingly_at_x(distance, claimed, noise, steps=STEPS):
    """A ladder that was weighed as one of a kink at x, with slopes 0.7 and 1.7: it may lie beside x."""
    words, reals = climbed(lines.with_kink(EXP, distance, 1.0).value, steps, noise)
    evidence.gather(words, reals, SLOT)
    words[SLOT + SLOT_KINK], reals[SLOT + SLOT_JUMP] = evidence.KINK_AT_X, 1.0
    for low, high, slope in ((SLOT_LEFT_LOW, SLOT_LEFT_HIGH, 0.7), (SLOT_RIGHT_LOW, SLOT_RIGHT_HIGH, 1.7)):
        reals[SLOT + low] = reals[SLOT + high] = slope
    reals[SLOT + SLOT_LOW], reals[SLOT + SLOT_HIGH] = 0.7, 1.7
    reals[SLOT + SLOT_CLAIMED], reals[SLOT + SLOT_TOLERANCE] = claimed, 1e-9
    return words, reals


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
        words, reals = seemingly_at_x(distance, claimed, noise, steps)
        assert function(words, reals, SLOT) == decision


def test_a_kink_that_seems_to_be_at_x():
    judges_inside(closer.judge_inside)
    judges_inside(closer.judge_slot)
    refuted(judges_inside, lambda words, reals, slot: DECIDED_RIGHT)
    refuted(judges_inside, lambda words, reals, slot: closer.judge_inside(words, reals, slot) or DECIDED_WRONG)


def test_noise_below_a_pair():
    """From what finer pairs are off the two sides: twice the largest; NaN where they are fewer than two."""
    _, reals = seemingly_at_x(0.0, 0.7, 1e-12)
    reals[SLOT + SLOT_LADDER_RIGHT + 2] = 1.7 + 0.25
    steps = reals[SLOT + SLOT_LADDER_STEP :][: STEPS.size]
    assert closer.noise_below(reals, SLOT, 8) == pytest.approx(2 * 0.25 * steps[2] / steps[8], rel=0.1)
    assert closer.noise_below(reals, SLOT, 3) > 0
    assert math.isnan(closer.noise_below(reals, SLOT, 2))


def reaches(function):
    _, reals = weighed()
    reals[SLOT + SLOT_SIZE] = 8.0
    assert function(reals, SLOT) == 0.5
    reals[SLOT + SLOT_REACH] = 3.0
    assert function(reals, SLOT) == 3.0


def test_how_far_kinks_are_looked_for():
    reaches(closer.kink_reach)
    refuted(reaches, lambda reals, slot: 0.5)


def follows(advance, claimed, stage):
    """A far pair that sides with a claim leaves it open; else the claim is wrong."""
    words, reals = climbed(with_jumps, [*STEPS[14:18], 0.25])
    evidence.gather(words, reals, SLOT)
    reals[SLOT + SLOT_CLAIMED], reals[SLOT + SLOT_STEP] = claimed, 0.25
    advance(words, reals, SLOT)
    assert words[SLOT + SLOT_STAGE] == stage
    assert stage == STAGE_PARKED or words[SLOT + SLOT_DECISION] == DECIDED_WRONG


def test_a_pair_far_from_x():
    far = (with_jumps(0.25) - with_jumps(-0.25)) / 0.5
    assert abs(far - 0.5) > 0.3
    follows(proof.advance_proof_far, far, STAGE_PARKED)
    follows(proof.advance_proof_far, 2.0, STAGE_FINISHED)
    refuted(follows, proof.advance_proof_far, 2.0, STAGE_PARKED)
    assert np.isfinite(far)
