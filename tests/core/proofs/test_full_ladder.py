"""The ladder of one line: which steps it asks for and when it stops, and what it makes of claims."""

import itertools
import math

import numpy as np
import pytest
from block import STEPS, climbed
from driven_slot import answer, missing_right, settled, steps_wanted, with_ladder
from oracles import lines
from properties import refuted

from gradproof.core.evidence import intervals, stages
from gradproof.core.evidence.decision import DECIDED_RIGHT, DECIDED_WRONG, STILL_OPEN
from gradproof.core.evidence.intervals import ALL_CONFLICT, KINK_AT_X
from gradproof.core.proofs import full_ladder
from gradproof.core.records.engine import LADDER, WANTED_CAPACITY

EXP = lines.SMOOTH["exp"]


def settles(line, claimed, decision, most=200, **options):
    slot, values = settled(with_ladder(line.value, claimed, **options), line.value)
    assert (slot.stage, slot.decision) == (stages.FINISHED, decision)
    assert values <= most
    return slot


@pytest.mark.parametrize("name", lines.SMOOTH)
def test_smooth_lines(name):
    line = lines.SMOOTH[name]
    slot = settles(line, line.right, DECIDED_RIGHT)
    assert slot.slope.low <= line.right <= slot.slope.high
    settles(line, line.right + 0.01, DECIDED_WRONG)
    refuted(settles, line, line.right, DECIDED_WRONG)
    refuted(settles, line, line.right + 0.01, DECIDED_RIGHT)


@pytest.mark.parametrize("noise", [1e-10, 1e-6])
def test_under_noise(noise):
    """Noise that is the same at every call: a right claim stands, a wrong one falls, within what noise lets see."""

    def line(t):
        seed = int.from_bytes(np.float64(t).tobytes(), "little")
        return EXP.value(t) + noise * np.random.default_rng(seed).normal()

    noisy = lines.Line(line, 0.7, 0.7)
    settles(noisy, 0.7, DECIDED_RIGHT, noise=noise)
    settles(noisy, 0.7 + 1e6 * noise**0.9, DECIDED_WRONG, noise=noise)
    refuted(settles, noisy, 0.7, STILL_OPEN, 200)


def test_kinks_at_x_are_seen_by_the_finest_steps():
    """Between left and right slope any claim stands, outside of them none; the ladder has no need of coarse steps."""
    kink = lines.with_kink(EXP, 0.0, 1.0)
    for claimed, decision in ((0.7, DECIDED_RIGHT), (1.2, DECIDED_RIGHT), (1.7, DECIDED_RIGHT), (2.0, DECIDED_WRONG)):
        # From a first step of one unit of float32 down.
        slot = settles(kink, claimed, decision, 32)
        assert slot.kink == KINK_AT_X
        assert slot.jump == pytest.approx(1.0, rel=1e-2)
    refuted(settles, kink, 2.0, DECIDED_RIGHT)


@pytest.mark.parametrize("distance", [1e-7, -1e-7, 3e-4, -0.02])
def test_kinks_near_x_do_not_count(distance):
    """Only the piece that holds x does: the slope from beyond the kink is wrong, and the kink is found."""
    kink = lines.with_kink(EXP, distance, 1.0)
    assert kink.left == kink.right
    slot = settles(kink, kink.right, DECIDED_RIGHT)
    assert slot.kink != KINK_AT_X
    assert slot.slope.low <= kink.right <= slot.slope.high
    settles(kink, 2.4 - kink.right, DECIDED_WRONG)
    refuted(settles, kink, kink.right, DECIDED_WRONG)
    reached = settles(kink, kink.right, DECIDED_RIGHT, reach=0.1)
    assert reached.distance == pytest.approx(distance, rel=1e-3)


def stays_open(line, claimed):
    assert settled(with_ladder(line, claimed), line)[0].decision == STILL_OPEN


def test_what_no_step_decides():
    """Without a value beside x nothing is known; one side of x is enough."""
    stays_open(lambda t: 1.0 if t == 0 else math.nan, 0.7)
    refuted(stays_open, EXP.value, 0.7)
    one_sided = lines.Line(missing_right(EXP.value), 0.7, 0.7)
    settles(one_sided, 0.7, DECIDED_RIGHT)
    settles(one_sided, 0.71, DECIDED_WRONG)


def first_steps_are(claimed, most):
    """At most so many steps, a quarter of each other, at which noise is small to the disagreement."""
    engine = with_ladder(EXP.value, claimed)
    first = steps_wanted(engine.slots[0])[0]
    answer(engine, EXP.value)
    steps = steps_wanted(engine.slots[0])
    noise = engine.noise * 4 * math.sqrt(2)
    assert 1 <= len(steps) <= most
    assert all(step < first for step in steps)
    assert [b / a for a, b in itertools.pairwise(steps)] == [4.0] * (len(steps) - 1)
    assert noise / steps[0] <= 0.25 * abs(claimed - 0.7) * 1.01
    assert noise / steps[0] > 0.25 * abs(claimed - 0.7) / 2.02


def test_the_first_steps():
    first_steps_are(0.72, 3)
    first_steps_are(0.7002, 3)
    refuted(first_steps_are, 0.72, 2)


def test_how_far_a_claim_is_followed_before_it_is_wrong():
    """Two pairs far from x come last; a claim with which one of them sides is followed up to the top."""
    engine = with_ladder(EXP.value, 0.9)
    slot = engine.slots[0]
    seen = []
    while slot.stage != stages.FINISHED:
        seen.append((int(slot.stage), steps_wanted(slot)))
        answer(engine, EXP.value)
    assert seen[-1] == (stages.LADDER_FAR, [2.0**-6, 2.0**-12])
    assert slot.decision == DECIDED_WRONG
    for sides, farthest in ((2.0**-5, 2.0**-5), (2.0**-11, 2.0**-11)):
        slot.stage, slot.wanted_count, slot.count = stages.LADDER_FAR, 4, slot.count - 2
        slot.wanted[:4] = 2.0**-5, -(2.0**-5), 2.0**-11, -(2.0**-11)
        answer(engine, lambda t, sides=sides: EXP.value(0.0) + 0.9 * t if abs(t) == sides else EXP.value(t))
        assert (slot.stage, slot.ladder[slot.count - 1].step) == (stages.LADDER_COARSER, farthest)


def test_the_coarsest_step():
    """Four times the size, or 1 where x is small (at most 2**20 sizes), or how far kinks are looked for."""
    slot = climbed(EXP.value).slots[0]
    for size, reach, expected in ((1.0, 0.0, 4.0), (0.01, 0.0, 4.0), (8.0, 0.0, 32.0), (2.0**-30, 0.0, 2.0**-8)):
        slot.size, slot.reach = size, reach
        assert full_ladder.top_step(slot) == expected
    slot.size, slot.reach = 1.0, 100.0
    assert full_ladder.top_step(slot) == 512.0


def test_disagreement_is_that_of_the_finer_pair():
    slot = climbed(lambda t: t + 0.5 * abs(t), [0.25, 0.5]).slots[0]
    for claimed, expected in ((1.0, 0.5), (0.5, 1.0), (3.0, 2.5), (math.nan, 1.5)):
        slot.claimed = claimed
        assert full_ladder.disagreement(slot) == expected
    slot.ladder[0].right = math.nan
    assert full_ladder.disagreement(slot) == 0.0


def hides(function):
    """Where noise at four times the step is more than 16 times every slope; never from the size upwards."""
    slot = climbed(EXP.value, noise=1e-6).slots[0]
    slot.largest_slope = 1.0
    border = 4 * 1e-6 / 16 / 4
    for step, hidden in ((1.01 * border, False), (0.99 * border, True)):
        assert function(slot, step) == hidden
    slot.size = border
    assert not function(slot, 0.99 * border)


def test_noise_that_hides_slopes():
    hides(full_ladder.noise_hides_slopes)
    refuted(hides, lambda slot, step: False)
    refuted(hides, lambda slot, step: 4e-6 / step > 16)


def has_room(function):
    slot = climbed(EXP.value).slots[0]
    for count, wanted, expected in (
        (0, 0, True), (0, WANTED_CAPACITY, False), (LADDER - 1, 0, True), (LADDER, 0, False), (LADDER - 1, 2, False),
    ):  # fmt: skip
        slot.count, slot.wanted_count = count, wanted
        assert function(slot) == expected


def test_room_in_the_ladder():
    has_room(full_ladder.has_room)
    refuted(has_room, lambda slot: slot.wanted_count < WANTED_CAPACITY)


def clear_enough(decision, expected, **fields):
    engine = climbed(EXP.value)
    engine.unit = 2.0**-53
    slot = engine.slots[0]
    intervals.weigh_ladder(engine, slot)
    slot.claimed, slot.tolerance, slot.need = 0.7, 1e-5, 1e-5
    for name, value in fields.items():
        setattr(engine if name == "unit" else slot, name, value)
    assert full_ladder.is_clear(engine, slot, decision) == expected


def test_when_more_steps_could_not_change_a_decision():
    clear_enough(DECIDED_RIGHT, True)
    clear_enough(DECIDED_RIGHT, False, need=1e-12, claimed=1e-9)
    clear_enough(DECIDED_RIGHT, False, resolution=1e-4)
    # At a kink at x, a thousandth of the jump will do.
    clear_enough(DECIDED_RIGHT, True, resolution=1e-4, kink=KINK_AT_X, jump=1.0)
    clear_enough(DECIDED_WRONG, True, claimed=0.9)
    clear_enough(DECIDED_WRONG, False, claimed=0.7 + 5e-5)
    clear_enough(DECIDED_WRONG, False, claimed=math.nan)
    clear_enough(STILL_OPEN, False, claimed=0.9)
    # Values of float32 may agree by chance.
    clear_enough(DECIDED_WRONG, False, claimed=0.9, unit=2.0**-24)
    refuted(clear_enough, DECIDED_WRONG, True)


def test_steps_that_contradict_each_other_end_the_way_up():
    """Where every series contradicts itself, coarser steps could not help: kinks are looked for instead."""
    engine = climbed(lines.with_kink(EXP, 1e-3, 1.0).value, STEPS[8:])
    slot = engine.slots[0]
    engine.unit, slot.claimed, slot.tolerance = 2.0**-53, 0.7, 1e-5
    intervals.weigh_ladder(engine, slot)

    def climbs(conflict, expected):
        slot.conflict, slot.wanted_count = conflict, 0
        full_ladder.ask_coarser(engine, slot)
        assert (slot.stage == stages.LADDER_COARSER and slot.wanted_count == 4) == expected

    climbs(0, True)
    climbs(ALL_CONFLICT, False)
    # Where the finest steps do not move f in float32, what contradicts them may be its rounding.
    for k in range(3):
        slot.ladder[k].right = 0.0
    climbs(ALL_CONFLICT, False)
    engine.unit = 2.0**-24
    climbs(ALL_CONFLICT, True)


def wants_the_finest(function):
    """Three steps, a quarter of each other, from the smallest one that x and f can see; none twice, none above."""
    slot = climbed(EXP.value, [2.0**-20]).slots[0]
    slot.lowest = 1.5 * 2.0**-40
    function(slot)
    assert steps_wanted(slot) == [2.0**-39, 2.0**-37, 2.0**-35]
    slot = climbed(EXP.value, [2.0**-37, 2.0**-20]).slots[0]
    slot.lowest = 2.0**-39
    function(slot)
    assert steps_wanted(slot) == [2.0**-39]


def test_want_treads():
    wants_the_finest(full_ladder.want_treads)

    def all_three(slot):
        for power in (-39, -37, -35):
            full_ladder.want_pair(slot, 2.0**power)

    refuted(wants_the_finest, all_three)
    refuted(wants_the_finest, lambda slot: None)


def wants_treads_for(claimed, finest):
    """Noise hides all slopes at fine steps; only a claim of 0 asks for them all the same."""
    engine = climbed(EXP.value, [2.0**-10], noise=1e-6)
    slot = engine.slots[0]
    engine.unit, slot.claimed, slot.lowest = 2.0**-53, claimed, 2.0**-46
    full_ladder.advance_all_steps(engine, slot)
    assert (min(steps_wanted(slot)) == 2.0**-46) == finest


def test_claims_of_zero_ask_for_treads():
    wants_treads_for(0.0, True)
    wants_treads_for(0.7, False)
    refuted(wants_treads_for, 0.7, True)


def begins_again(function, **fields):
    """At the scale 1, where f was constant all the way up to a million times a tiny x."""
    engine = climbed(lambda t: 3.0, [2.0**power for power in range(-60, -17, 2)])
    slot = engine.slots[0]
    slot.size, slot.claimed, slot.conflict, slot.missing = 2.0**-40, 0.0, 0, 0
    for name, value in fields.items():
        setattr(slot, name, value)
    function(engine, slot)
    assert (slot.stage, slot.size, slot.count) == (stages.LADDER_FIRST, 1.0, 0)
    assert steps_wanted(slot) == [2.0**-13]


def test_begin_farther():
    begins_again(lambda engine, slot: full_ladder.begin_farther(slot))
    begins_again(full_ladder.ask_coarser)
    # Not where kinks are looked for, nor from the scale 1.
    refuted(begins_again, lambda engine, slot: full_ladder.look_closer(engine, slot, STILL_OPEN))
    engine = climbed(EXP.value, [2.0**power for power in range(-60, -17, 2)])
    slot = engine.slots[0]
    slot.size, slot.claimed = 2.0**-40, 0.0
    full_ladder.ask_coarser(engine, slot)
    assert slot.count > 0
