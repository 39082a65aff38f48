"""The full ladder of one line: steps as fine as noise allows, then coarser ones, until the claim is settled.

First the finest steps that noise allows, enough for a kink at x; then all steps between, for a kink beside x; then
coarser ones, for noise and inner solvers.  After each of these the ladder is weighed.
"""

from __future__ import annotations

import math

from ..evidence.decision import DECIDED_RIGHT, DECIDED_WRONG, STILL_OPEN, distance_outside
from ..evidence.intervals import ALL_CONFLICT, KINK_AT_X, weigh_ladder
from ..evidence.ladder import DEVIATIONS, centered, larger_finite, place_of_step, slope_noise, value_noise
from ..evidence.scales import UNIT_FLOAT64, smallest_step
from ..records import stages
from ..records.engine import LADDER, WANTED_CAPACITY, Engine, Slot, want_pair
from ..records.floats import larger, middle, power_of_two_above, smaller
from .refinement import NO_PLACE, claim_scale, judge_slot, look_closer, look_for_kink, supported_from
from .short_proof import CLEARLY, STEP_RATIO, far_step, lacks_evidence, next_step, settle, sides_with_claim

# The finest steps that still see a gap as large as the disagreement: three, from where noise is a quarter of it.
FINEST_STEPS = 3
SEEN_GAP = 0.25
# The coarsest step, in sizes of the line, and how far small coordinates may be moved.
TOP = 4.0
FARTHEST = 1.0
LARGEST_RELATIVE_STEP = 2.0**20
# The ladder ends where noise is this many times larger than every slope met.
HIDDEN = 16.0
# Whatever is smaller counts as 0.
TINY = 1e-300
# Pairs asked for at once on the way to coarser steps, or to finer ones along a shared kink.
STEPS_A_ROUND = 2
# The slopes beside a kink at x are known well enough at a thousandth of their difference; and neither side may be known
# less well than to a thousandth of the claim: a kink beside x would be passed by unseen.
PART_OF_JUMP = 1e-3
PART_OF_CLAIM = 1e-3


def top_step(slot: Slot) -> float:
    """Return the coarsest step of a ladder."""
    size = slot.size
    farthest = larger(smaller(FARTHEST, LARGEST_RELATIVE_STEP * size), slot.reach)
    return power_of_two_above(TOP * larger(size, farthest))


def begin_ladder(engine: Engine, slot: Slot) -> None:
    """Ask for a few fine steps, down to where noise hides what is to be explained; where none is finer, for all."""
    slot.largest_slope = larger_finite(slot.claimed, 0.0)
    slot.lowest = smallest_step(engine, slot.x)
    slot.stage = stages.LADDER_FINEST
    finest = slot.ladder[0].step
    gap = disagreement(slot)
    if gap > 0.0 and slot.reach == 0.0 and slot.missing == 0:
        step = power_of_two_above(slope_noise(engine, slot, 0) * finest / (SEEN_GAP * gap))
        while step < slot.lowest:
            step *= STEP_RATIO
        for _ in range(FINEST_STEPS):
            if step < finest:
                want_pair(slot, step)
            step *= STEP_RATIO
    if slot.wanted_count == 0:
        advance_all_steps(engine, slot)


def disagreement(slot: Slot) -> float:
    """Return how far the finest slopes are from the claim; 0 where a side is missing."""
    pair = slot.ladder[0]
    claimed = slot.claimed if math.isfinite(slot.claimed) else 0.0
    off = larger(math.fabs(pair.right - claimed), math.fabs(pair.left - claimed))
    return off if math.isfinite(middle(pair.right, pair.left)) else 0.0


def note_largest_slope(slot: Slot) -> None:
    """Note the largest slope met so far, the claimed one among them."""
    largest = slot.largest_slope
    for k in range(slot.count):
        largest = larger_finite(slot.ladder[k].left, larger_finite(slot.ladder[k].right, largest))
    slot.largest_slope = largest


def noise_hides_slopes(slot: Slot, step: float) -> bool:
    """Return whether noise exceeds every slope met at the step above this one: finer steps could tell nothing."""
    noise = value_noise(slot.noise, 0.0, slot.ladder[0].value)
    limit = HIDDEN * larger(slot.largest_slope, TINY)
    above = STEP_RATIO * step
    return above < slot.size and DEVIATIONS * noise / above > limit


def advance_finest(engine: Engine, slot: Slot) -> None:
    """Settle what a few fine steps settle; else ask for those between."""
    if not settled_early(engine, slot):
        advance_all_steps(engine, slot)


def advance_all_steps(engine: Engine, slot: Slot) -> None:
    """Ask for all steps below the coarsest one that are missing; when none is, settle or go on to coarser ones."""
    slot.stage = stages.LADDER_ALL
    note_largest_slope(slot)
    step = slot.ladder[slot.count - 1].step / STEP_RATIO
    while step >= slot.lowest and not noise_hides_slopes(slot, step):
        if place_of_step(slot, step) < 0 and has_room(slot):
            want_pair(slot, step)
        step /= STEP_RATIO
    if slot.wanted_count == 0:
        advance_coarser(engine, slot)


def has_room(slot: Slot) -> bool:
    """Return whether the ladder can take what is wanted already, and one more pair."""
    wanted = slot.wanted_count
    return wanted < WANTED_CAPACITY and slot.count + wanted // 2 < LADDER


def advance_coarser(engine: Engine, slot: Slot) -> None:
    """Settle what can be settled; else go on to coarser steps."""
    if not settled_early(engine, slot):
        ask_coarser(engine, slot)


def ask_coarser(engine: Engine, slot: Slot) -> None:
    """Ask for the next coarser pairs; where there is none, or none could matter, look closer."""
    slot.stage = stages.LADDER_COARSER
    step = next_step(slot)
    if slot.conflict != ALL_CONFLICT:
        for _ in range(STEPS_A_ROUND):
            if step <= top_step(slot) and has_room(slot):
                want_pair(slot, step)
                step *= STEP_RATIO
    if slot.wanted_count == 0:
        look_closer(engine, slot, judge_slot(engine, slot))


def settled_early(engine: Engine, slot: Slot) -> bool:
    """Weigh the ladder; return whether the slot is settled, or asks for the pair that settles it."""
    weigh_ladder(engine, slot)
    decision = judge_slot(engine, slot)
    if slot.reach > 0.0 or not is_clear(engine, slot, decision):
        return False
    if decision == DECIDED_WRONG and next_step(slot) <= far_step(engine, slot):
        slot.stage = stages.LADDER_FAR
        slot.step = far_step(engine, slot)
        want_pair(slot, slot.step)
        return True
    if decision == DECIDED_WRONG and supported_from(slot) != NO_PLACE:
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
    # Slopes of float32 values, and of stairs, are 0 in places or agree by chance: only the whole ladder may refute.
    if decision == STILL_OPEN or engine.unit != UNIT_FLOAT64 or lacks_evidence(slot):
        return False
    return distance_outside(slot) > CLEARLY * larger(slot.resolution, slot.tolerance)


def advance_ladder_far(engine: Engine, slot: Slot) -> None:
    """Call the claim wrong, unless the far pair sides with it: then go on to coarser steps."""
    if sides_with_claim(slot, centered(slot, place_of_step(slot, slot.step))):
        ask_coarser(engine, slot)
    else:
        finish_early(engine, slot, DECIDED_WRONG)


def finish_early(engine: Engine, slot: Slot, decision: int) -> None:
    """Settle; where slopes contradicted each other, a kink may be near, and is looked for first."""
    slot.decision = decision
    if slot.conflict != 0:
        look_for_kink(engine, slot, 1, 0)
    else:
        settle(slot, decision)
