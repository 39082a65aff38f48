"""The ladder of one line: steps as fine as noise allows, then coarser ones, until the claim is settled.

First the finest steps that noise allows, which is all that a kink at x needs; then all steps between, which a kink
beside x needs; then larger ones, which noise and inner solvers need.  After each of them the ladder is weighed.
"""

from __future__ import annotations

import math

from ..evidence.decision import CLEARLY, DECIDED_RIGHT, DECIDED_WRONG, STILL_OPEN, distance_outside
from ..evidence.intervals import ALL_CONFLICT, KINK_AT_X, estimate, weigh_ladder
from ..evidence.ladder import DEVIATIONS, centered, place_of_step, slope_noise, value_noise
from ..evidence.scales import UNIT_FLOAT64, smallest_step
from ..records.engine import (
    LADDER,
    STAGE_CLIMB,
    STAGE_DENSE,
    STAGE_LADDER_FAR,
    STAGE_SPARSE,
    WANTED_CAPACITY,
    Engine,
    Slot,
    want_pair,
)
from ..records.floats import larger, larger_finite, middle, power_of_two_above, smaller
from .refinement import NO_PLACE, judge_slot, look_closer, look_for_kink, supported_from
from .short_proof import far_step, says_nothing, settle

RATIO = 4.0
# The finest steps that still see a gap as large as the disagreement: three, from where noise is a quarter of it.
SPARSE_STEPS = 3
SEEN_GAP = 0.25
# The coarsest step, in sizes of the line, and how far small coordinates may be moved.
TOP = 4.0
FARTHEST = 1.0
LARGEST_RELATIVE_STEP = 2.0**20
# The ladder ends where noise is this many times larger than every slope met.
HIDDEN = 16.0
TINY = 1e-300
# Pairs asked for at once on the way up.
STEPS_A_ROUND = 2
# The slopes beside a kink at x are known well enough at this part of their difference.
PART_OF_JUMP = 1e-3
# Neither side may be known less well than this: else a kink beside x is passed by unseen.
PART_OF_CLAIM = 1e-3


def top_step(slot: Slot) -> float:
    """Return the coarsest step of a ladder."""
    size = slot.size
    farthest = larger(smaller(FARTHEST, LARGEST_RELATIVE_STEP * size), slot.reach)
    return power_of_two_above(TOP * larger(size, farthest))


def begin_ladder(engine: Engine, slot: Slot) -> None:
    """Begin below the pairs that are there: a few fine steps, down to where noise hides what is to be explained."""
    claimed = math.fabs(slot.claimed)
    slot.largest_slope = claimed if math.isfinite(claimed) else 0.0
    slot.lowest = smallest_step(engine, slot.x)
    slot.stage = STAGE_SPARSE
    finest = slot.ladder[0].step
    gap = disagreement(slot)
    if gap > 0.0 and slot.reach == 0.0:
        step = power_of_two_above(slope_noise(engine, slot, 0) * finest / (SEEN_GAP * gap))
        while step < slot.lowest:
            step *= RATIO
        for _ in range(SPARSE_STEPS):
            if step < finest:
                want_pair(slot, step)
            step *= RATIO
    if slot.wanted_count == 0 or slot.missing > 0:
        slot.wanted_count = 0
        advance_dense(engine, slot)


def disagreement(slot: Slot) -> float:
    """Return how far the finest slopes are from the claim; 0 where a side is missing."""
    claimed = slot.claimed
    if not math.isfinite(claimed):
        claimed = 0.0
    right = math.fabs(slot.ladder[0].right - claimed)
    left = math.fabs(slot.ladder[0].left - claimed)
    return larger(right, left) if math.isfinite(middle(right, left)) else 0.0


def largest_slope(slot: Slot) -> float:
    """Return the largest slope met so far, the claimed one among them."""
    largest = slot.largest_slope
    for k in range(slot.count):
        largest = larger_finite(slot.ladder[k].left, larger_finite(slot.ladder[k].right, largest))
    slot.largest_slope = largest
    return largest


def noise_hides_slopes(slot: Slot, step: float) -> bool:
    """Return whether noise exceeds every slope met at the step above this one: finer steps could tell nothing."""
    noise = value_noise(slot.noise, 0.0, slot.ladder[0].value)
    limit = HIDDEN * larger(slot.largest_slope, TINY)
    above = RATIO * step
    return above < slot.size and DEVIATIONS * noise / above > limit


def advance_sparse(engine: Engine, slot: Slot) -> None:
    """Settle what a few fine steps settle; else ask for those between."""
    if not settled_early(engine, slot):
        advance_dense(engine, slot)


def advance_dense(engine: Engine, slot: Slot) -> None:
    """Ask for all steps below the coarsest one that are missing; when none is, settle or climb."""
    slot.stage = STAGE_DENSE
    largest_slope(slot)
    step = slot.ladder[slot.count - 1].step / RATIO
    while step >= slot.lowest and not noise_hides_slopes(slot, step):
        if place_of_step(slot, step) < 0 and has_room(slot):
            want_pair(slot, step)
        step /= RATIO
    if slot.wanted_count == 0:
        advance_climb(engine, slot)


def has_room(slot: Slot) -> bool:
    """Return whether the ladder can take what is wanted already, and one more pair."""
    wanted = slot.wanted_count
    return wanted < WANTED_CAPACITY and slot.count + wanted // 2 < LADDER


def advance_climb(engine: Engine, slot: Slot) -> None:
    """Settle what can be settled; else go on up, two pairs at a time, to the top, and look closer there."""
    if settled_early(engine, slot):
        return
    climb_on(engine, slot)


def climb_on(engine: Engine, slot: Slot) -> None:
    """Ask for the next coarser pairs; where there is none, or none could matter, look closer."""
    slot.stage = STAGE_CLIMB
    step = RATIO * slot.ladder[slot.count - 1].step
    top = top_step(slot)
    if slot.conflict != ALL_CONFLICT:
        for _ in range(STEPS_A_ROUND):
            if step <= top and has_room(slot):
                want_pair(slot, step)
                step *= RATIO
    if slot.wanted_count == 0:
        look_closer(engine, slot, judge_slot(engine, slot))


def settled_early(engine: Engine, slot: Slot) -> bool:
    """Weigh the ladder; return whether the slot is settled, or asks for what settles it."""
    weigh_ladder(engine, slot)
    decision = judge_slot(engine, slot)
    if slot.reach > 0.0 or not is_clear(engine, slot, decision):
        return False
    if decision == DECIDED_WRONG and not reaches_far(engine, slot):
        slot.stage = STAGE_LADDER_FAR
        slot.step = far_step(engine, slot)
        want_pair(slot, slot.step)
        return True
    if decision == DECIDED_WRONG and supported_from(slot) != NO_PLACE:
        return False
    finish_early(engine, slot, decision)
    return True


def is_clear(engine: Engine, slot: Slot, decision: int) -> bool:
    """Return whether more steps could not change a decision: the interval is narrow enough for the claim."""
    resolution = slot.resolution
    if decision == DECIDED_RIGHT:
        enough = slot.need
        if slot.kink == KINK_AT_X:
            enough = larger(PART_OF_JUMP * math.fabs(slot.jump), enough)
        side = larger(PART_OF_CLAIM * claim_scale(slot), enough)
        return resolution <= enough and wider_side(slot) <= side
    claimed = slot.claimed
    if decision == DECIDED_WRONG and (engine.unit != UNIT_FLOAT64 or says_nothing(slot)):
        # Values of float32, and stairs, are flat in places or agree by chance: only the whole ladder may refute.
        return False
    if decision == STILL_OPEN or not math.isfinite(claimed):
        return decision == DECIDED_WRONG
    return distance_outside(slot) > CLEARLY * larger(resolution, slot.tolerance)


def wider_side(slot: Slot) -> float:
    """Return half the width of the interval of the side of which less is known."""
    right = slot.right.high - slot.right.low
    left = slot.left.high - slot.left.low
    return larger(right, left) / 2.0


def claim_scale(slot: Slot) -> float:
    """Return the size that a difference between the two sides is measured with."""
    return larger(math.fabs(slot.claimed), slot.claim_scale)


def reaches_far(engine: Engine, slot: Slot) -> bool:
    """Return whether the ladder has come as far from x as a claim must be followed before it is called wrong."""
    coarsest = slot.ladder[slot.count - 1].step
    return RATIO * coarsest > far_step(engine, slot)


def advance_ladder_far(engine: Engine, slot: Slot) -> None:
    """A refuted claim with which the far pair sides is followed up to the top; else it is wrong."""
    far = centered(slot, place_of_step(slot, slot.step))
    claimed = slot.claimed
    if math.fabs(far - claimed) < 0.5 * math.fabs(far - estimate(slot)):
        climb_on(engine, slot)
    else:
        finish_early(engine, slot, DECIDED_WRONG)


def finish_early(engine: Engine, slot: Slot, decision: int) -> None:
    """Settle; where slopes contradicted each other a kink may be near, and is looked for."""
    slot.decision = decision
    if slot.conflict != 0:
        look_for_kink(engine, slot, 1, 0)
    else:
        settle(slot, decision)
