"""The full ladder of one line: pairs at more and more steps, until the claim is settled.

It begins with the finest steps that noise allows, which is enough for a kink at x.  A kink beside x needs all steps
between these and the first one; noise and inner solvers need coarser ones.  The ladder is weighed after each of these.
"""

from __future__ import annotations

import math

from ..evidence import stages
from ..evidence.decision import CLEARLY, DECIDED_RIGHT, DECIDED_WRONG, STILL_OPEN, distance_outside
from ..evidence.hidden_noise import FLAT_PAIRS, hidden_noise, is_flat
from ..evidence.intervals import ALL_CONFLICT, KINK_AT_X, weigh_ladder
from ..evidence.ladder import (
    DEVIATIONS,
    centered,
    fades,
    lacks_evidence,
    median_slope,
    noise_bar,
    place_of_step,
    value_noise,
)
from ..evidence.scales import FARTHEST, LARGEST_PAIR_STEP, UNIT_FLOAT32, UNIT_FLOAT64, coarsest_step, smallest_step
from ..records.engine import LADDER, WANTED_CAPACITY, Engine, Slot, want_pair
from ..records.floats import larger, larger_finite, middle, power_of_two_above
from .refinement import NO_PLACE, claim_scale, judge_slot, look_closer, look_for_kink, supported_from
from .short_proof import far_step, may_be_stairs, nearer_step, next_step, settle, sides_with_claim
from .two_pairs import STEP_RATIO

# The finest steps: three, from where noise is a quarter of the gap that would explain the disagreement.
FINEST_STEPS = 3
SEEN_GAP = 0.25
# Finer steps are of no use where noise is this many times larger than every slope seen so far.
HIDDEN = 16.0
# Smaller values and slopes count as 0.
TINY = 1e-300
# Pairs asked for at once on the way to coarser steps, or to finer ones along a shared kink.
STEPS_A_ROUND = 2
# At a kink at x it is enough to know the slopes to a thousandth of their difference.  Both sides must be known to a
# thousandth of the claim: else a kink beside x would go unseen.
PART_OF_JUMP = 1e-3
PART_OF_CLAIM = 1e-3


def top_step(slot: Slot) -> float:
    """Return the coarsest step of a ladder."""
    return coarsest_step(slot.size, slot.reach)


def begin_ladder(engine: Engine, slot: Slot) -> None:
    """Ask for a few fine steps, just above where noise hides the disagreement; where there is none, for all steps."""
    slot.largest_slope = larger_finite(slot.claimed, 0.0)
    slot.lowest = smallest_step(engine, slot.x)
    slot.stage = stages.LADDER_FINEST
    finest = slot.ladder[0].step
    gap = disagreement(slot)
    if gap > 0.0 and slot.reach == 0.0 and slot.missing == 0:
        step = power_of_two_above(noise_bar(slot.noise, finest) * finest / (SEEN_GAP * gap))
        while step < slot.lowest:
            step *= STEP_RATIO
        for _ in range(FINEST_STEPS):
            if step < finest:
                want_pair(slot, step)
            step *= STEP_RATIO
    if slot.wanted_count == 0:
        advance_all_steps(engine, slot)


def disagreement(slot: Slot) -> float:
    """Return how far the slopes of the finest pair are from the claim; 0 where one of them is missing."""
    pair = slot.ladder[0]
    claimed = slot.claimed if math.isfinite(slot.claimed) else 0.0
    off = larger(math.fabs(pair.right - claimed), math.fabs(pair.left - claimed))
    return off if math.isfinite(middle(pair.right, pair.left)) else 0.0


def note_largest_slope(slot: Slot) -> None:
    """Update the largest slope seen so far, which includes the claimed one."""
    largest = slot.largest_slope
    for k in range(slot.count):
        largest = larger_finite(slot.ladder[k].left, larger_finite(slot.ladder[k].right, largest))
    slot.largest_slope = largest


def noise_hides_slopes(slot: Slot, step: float) -> bool:
    """Return whether noise exceeds every slope at the step above this one: finer steps would show nothing."""
    noise = value_noise(slot.noise, 0.0, slot.ladder[0].value)
    limit = HIDDEN * larger(slot.largest_slope, TINY)
    above = STEP_RATIO * step
    return above < slot.size and DEVIATIONS * noise / above > limit


def advance_finest(engine: Engine, slot: Slot) -> None:
    """Settle the claim by a few fine steps where possible; else ask for those between."""
    if not settled_early(engine, slot):
        advance_all_steps(engine, slot)


def advance_all_steps(engine: Engine, slot: Slot) -> None:
    """Ask for all missing steps below the coarsest one; once there is none, settle or go on to coarser ones."""
    slot.stage = stages.LADDER_ALL
    # Between the few finest steps and the coarse ones noise is not what f moves by over the first that moves it.
    slot.noise = engine.noise
    note_largest_slope(slot)
    step = slot.ladder[slot.count - 1].step / STEP_RATIO
    while step >= slot.lowest and not noise_hides_slopes(slot, step):
        if place_of_step(slot, step) < 0 and has_room(slot):
            want_pair(slot, step)
        step /= STEP_RATIO
    if slot.claimed == 0.0:
        want_treads(slot)
    if slot.wanted_count == 0:
        advance_coarser(engine, slot)


def want_treads(slot: Slot) -> None:
    """Ask for the finest steps of all: where f is a staircase, its slope is 0 over these."""
    step = power_of_two_above(slot.lowest)
    for _ in range(FLAT_PAIRS):
        if place_of_step(slot, step) < 0 and step < slot.ladder[0].step and has_room(slot):
            want_pair(slot, step)
        step *= STEP_RATIO


def has_room(slot: Slot) -> bool:
    """Return whether there is room for one more pair beside those already wanted."""
    wanted = slot.wanted_count
    return wanted < WANTED_CAPACITY and slot.count + wanted // 2 < LADDER


def advance_coarser(engine: Engine, slot: Slot) -> None:
    """Settle the claim if possible; else go on to coarser steps."""
    if not settled_early(engine, slot):
        ask_coarser(engine, slot)


def ask_coarser(engine: Engine, slot: Slot) -> None:
    """Ask for the next coarser pairs; where there is none, or none would help, look closer.

    None helps where slopes contradict each other, unless f is flat at first in float32: what they contradict may be the
    steps of its rounding.
    """
    slot.stage = stages.LADDER_COARSER
    step = next_step(slot)
    may_be_rounding = engine.unit == UNIT_FLOAT32 and is_flat(slot)
    if slot.conflict != ALL_CONFLICT or may_be_rounding:
        for _ in range(STEPS_A_ROUND):
            if step <= top_step(slot) and has_room(slot):
                want_pair(slot, step)
                step *= STEP_RATIO
    if slot.wanted_count > 0:
        return
    if slot.size < FARTHEST and slot.reach == 0.0 and median_slope(engine, slot, True) == 0.0:
        begin_farther(slot)
    else:
        look_closer(engine, slot, judge_slot(engine, slot))


def begin_farther(slot: Slot) -> None:
    """Begin again at the scale 1: within a million times the size of the coordinate f hardly changes."""
    slot.size = FARTHEST
    slot.count = 0
    slot.missing = 0
    slot.conflict = 0
    slot.stage = stages.LADDER_FIRST
    want_pair(slot, LARGEST_PAIR_STEP * slot.size)


def settled_early(engine: Engine, slot: Slot) -> bool:
    """Weigh the ladder; return whether the slot is settled, or needs just two pairs far from x.

    Before f moves on a ladder, what noise it may hide is a guess, and in float32 a bold one, that the steps which move
    it put right; in float64, where noise that is known moves it as far.
    """
    if engine.unit == UNIT_FLOAT32 or hidden_noise(engine, slot) == 0.0:
        slot.noise = engine.noise
    weigh_ladder(engine, slot)
    decision = judge_slot(engine, slot)
    if slot.reach > 0.0 or not is_clear(engine, slot, decision):
        return False
    if decision == DECIDED_WRONG and next_step(slot) <= far_step(engine, slot):
        slot.stage = stages.LADDER_FAR
        want_pair(slot, far_step(engine, slot))
        want_pair(slot, nearer_step(engine, slot))
        return True
    if decision == DECIDED_WRONG and supported_from(engine, slot) != NO_PLACE:
        return False
    finish_early(engine, slot, decision)
    return True


def is_clear(engine: Engine, slot: Slot, decision: int) -> bool:
    """Return whether more steps could not change a decision: the interval is narrow enough for the claim."""
    if decision == DECIDED_RIGHT:
        enough = slot.need
        if slot.kink == KINK_AT_X:
            enough = larger(PART_OF_JUMP * math.fabs(slot.jump), enough)
        wider_side = larger(slot.right.high - slot.right.low, slot.left.high - slot.left.low) / 2.0
        return slot.resolution <= enough and wider_side <= larger(PART_OF_CLAIM * claim_scale(slot), enough)
    # Slopes of float32 values and of stairs may vanish, or agree by chance: only the whole ladder may refute.
    if decision == STILL_OPEN or engine.unit != UNIT_FLOAT64 or lacks_evidence(slot) or fades(engine, slot):
        return False
    # Nor may anything but the finest steps of all refute the claim 0, where f may be a staircase.
    if may_be_stairs(slot) and place_of_step(slot, power_of_two_above(slot.lowest)) < 0:
        return False
    return distance_outside(slot) > CLEARLY * larger(slot.resolution, slot.tolerance)


def advance_ladder_far(engine: Engine, slot: Slot) -> None:
    """Call the claim wrong unless one of two far pairs sides with it; then go on to steps that are coarser than it."""
    if sides_with_claim(slot, centered(slot, slot.count - 2)):
        # Over the farther one f may be curved too much to tell.
        slot.count -= 1
        slot.missing = 0
    if sides_with_claim(slot, centered(slot, slot.count - 1)):
        ask_coarser(engine, slot)
    else:
        finish_early(engine, slot, DECIDED_WRONG)


def finish_early(engine: Engine, slot: Slot, decision: int) -> None:
    """Settle the slot; where its slopes contradict each other, look for a kink nearby first."""
    slot.decision = decision
    if slot.conflict != 0:
        look_for_kink(engine, slot, 1, 0)
    else:
        settle(slot, decision)
