"""The ladder of one line: steps as fine as noise allows, then coarser ones, until the claim is settled.

First the finest steps that noise allows, which is all that a kink at x needs; then all steps between, which a kink
beside x needs; then larger ones, which noise and inner solvers need.  After each of them the ladder is weighed.
"""

from __future__ import annotations

import math

from .abi import ConstReals, Engine, Reals
from .closer import NO_PLACE, judge_slot, look_closer, look_for_kink, supported_from
from .evidence import ALL_CONFLICT, KINK_AT_X, estimate, gather
from .floats import larger, middle, power_of_two_above, smaller
from .judge import DECIDED_RIGHT, DECIDED_WRONG, STILL_OPEN, distance_outside
from .ladder import NOISE_FACTOR, centered, place_of_step, slope_noise, value_noise
from .proof import CLEARLY, far_step, says_nothing, settle
from .scales import UNIT_FLOAT64, smallest_step
from .state import (
    LADDER,
    SLOT_CLAIM_SCALE,
    SLOT_CLAIMED,
    SLOT_CONFLICT,
    SLOT_COUNT_PAIRS,
    SLOT_DECISION,
    SLOT_JUMP,
    SLOT_KINK,
    SLOT_LADDER_LEFT,
    SLOT_LADDER_RIGHT,
    SLOT_LADDER_STEP,
    SLOT_LADDER_VALUE,
    SLOT_LARGEST_SLOPE,
    SLOT_LEFT_HIGH,
    SLOT_LEFT_LOW,
    SLOT_LOWEST,
    SLOT_MISSING,
    SLOT_NEED,
    SLOT_NOISE,
    SLOT_REACH,
    SLOT_RESOLUTION,
    SLOT_RIGHT_HIGH,
    SLOT_RIGHT_LOW,
    SLOT_SIZE,
    SLOT_STAGE,
    SLOT_START,
    SLOT_STEP,
    SLOT_TOLERANCE,
    SLOT_WANTED_COUNT,
    STAGE_CLIMB,
    STAGE_DENSE,
    STAGE_LADDER_FAR,
    STAGE_SPARSE,
    UNIT,
    WANTED_CAPACITY,
    want_pair,
)

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


def top_step(reals: Reals, slot: int) -> float:
    """Return the coarsest step of a ladder."""
    size = reals[slot + SLOT_SIZE]
    farthest = larger(smaller(FARTHEST, LARGEST_RELATIVE_STEP * size), reals[slot + SLOT_REACH])
    return power_of_two_above(TOP * larger(size, farthest))


def begin_ladder(engine: Engine, reals: Reals, slot: int, x: ConstReals) -> None:
    """Begin below the pairs that are there: a few fine steps, down to where noise hides what is to be explained."""
    claimed = math.fabs(reals[slot + SLOT_CLAIMED])
    reals[slot + SLOT_LARGEST_SLOPE] = claimed if math.isfinite(claimed) else 0.0
    reals[slot + SLOT_LOWEST] = smallest_step(engine, reals, x[engine[slot + SLOT_START]])
    engine[slot + SLOT_STAGE] = STAGE_SPARSE
    finest = reals[slot + SLOT_LADDER_STEP]
    gap = disagreement(reals, slot)
    if gap > 0.0 and reals[slot + SLOT_REACH] == 0.0:
        step = power_of_two_above(slope_noise(reals, slot, 0) * finest / (SEEN_GAP * gap))
        while step < reals[slot + SLOT_LOWEST]:
            step *= RATIO
        for _ in range(SPARSE_STEPS):
            if step < finest:
                want_pair(engine, reals, slot, step)
            step *= RATIO
    if engine[slot + SLOT_WANTED_COUNT] == 0 or engine[slot + SLOT_MISSING] > 0:
        engine[slot + SLOT_WANTED_COUNT] = 0
        advance_dense(engine, reals, slot, x)


def disagreement(reals: Reals, slot: int) -> float:
    """Return how far the finest slopes are from the claim; 0 where a side is missing."""
    claimed = reals[slot + SLOT_CLAIMED]
    if not math.isfinite(claimed):
        claimed = 0.0
    right = math.fabs(reals[slot + SLOT_LADDER_RIGHT] - claimed)
    left = math.fabs(reals[slot + SLOT_LADDER_LEFT] - claimed)
    return larger(right, left) if math.isfinite(middle(right, left)) else 0.0


def largest_slope(engine: Engine, reals: Reals, slot: int) -> float:
    """Return the largest slope met so far, the claimed one among them."""
    largest = reals[slot + SLOT_LARGEST_SLOPE]
    for k in range(engine[slot + SLOT_COUNT_PAIRS]):
        for row in (SLOT_LADDER_RIGHT, SLOT_LADDER_LEFT):
            slope = math.fabs(reals[slot + row + k])
            if math.isfinite(slope):
                largest = larger(slope, largest)
    reals[slot + SLOT_LARGEST_SLOPE] = largest
    return largest


def noise_hides_slopes(engine: Engine, reals: Reals, slot: int, step: float) -> bool:
    """Return whether noise exceeds every slope met at the step above this one: finer steps could tell nothing."""
    noise = value_noise(reals[slot + SLOT_NOISE], 0.0, reals[slot + SLOT_LADDER_VALUE])
    limit = HIDDEN * larger(reals[slot + SLOT_LARGEST_SLOPE], TINY)
    above = RATIO * step
    return above < reals[slot + SLOT_SIZE] and NOISE_FACTOR * noise / above > limit


def advance_sparse(engine: Engine, reals: Reals, slot: int, x: ConstReals) -> None:
    """Settle what a few fine steps settle; else ask for those between."""
    if not settled_early(engine, reals, slot, x):
        advance_dense(engine, reals, slot, x)


def advance_dense(engine: Engine, reals: Reals, slot: int, x: ConstReals) -> None:
    """Ask for all steps below the coarsest one that are missing; when none is, settle or climb."""
    engine[slot + SLOT_STAGE] = STAGE_DENSE
    largest_slope(engine, reals, slot)
    step = reals[slot + SLOT_LADDER_STEP + engine[slot + SLOT_COUNT_PAIRS] - 1] / RATIO
    while step >= reals[slot + SLOT_LOWEST] and not noise_hides_slopes(engine, reals, slot, step):
        if place_of_step(engine, reals, slot, step) < 0 and has_room(engine, slot):
            want_pair(engine, reals, slot, step)
        step /= RATIO
    if engine[slot + SLOT_WANTED_COUNT] == 0:
        advance_climb(engine, reals, slot, x)


def has_room(engine: Engine, slot: int) -> bool:
    """Return whether the ladder can take what is wanted already, and one more pair."""
    wanted = engine[slot + SLOT_WANTED_COUNT]
    return wanted < WANTED_CAPACITY and engine[slot + SLOT_COUNT_PAIRS] + wanted // 2 < LADDER


def advance_climb(engine: Engine, reals: Reals, slot: int, x: ConstReals) -> None:
    """Settle what can be settled; else go on up, two pairs at a time, to the top, and look closer there."""
    if settled_early(engine, reals, slot, x):
        return
    climb_on(engine, reals, slot)


def climb_on(engine: Engine, reals: Reals, slot: int) -> None:
    """Ask for the next coarser pairs; where there is none, or none could matter, look closer."""
    engine[slot + SLOT_STAGE] = STAGE_CLIMB
    step = RATIO * reals[slot + SLOT_LADDER_STEP + engine[slot + SLOT_COUNT_PAIRS] - 1]
    top = top_step(reals, slot)
    if engine[slot + SLOT_CONFLICT] != ALL_CONFLICT:
        for _ in range(STEPS_A_ROUND):
            if step <= top and has_room(engine, slot):
                want_pair(engine, reals, slot, step)
                step *= RATIO
    if engine[slot + SLOT_WANTED_COUNT] == 0:
        look_closer(engine, reals, slot, judge_slot(engine, reals, slot))


def settled_early(engine: Engine, reals: Reals, slot: int, x: ConstReals) -> bool:
    """Weigh the ladder; return whether the slot is settled, or asks for what settles it."""
    gather(engine, reals, slot)
    decision = judge_slot(engine, reals, slot)
    if reals[slot + SLOT_REACH] > 0.0 or not is_clear(engine, reals, slot, decision):
        return False
    if decision == DECIDED_WRONG and not reaches_far(engine, reals, slot, x):
        engine[slot + SLOT_STAGE] = STAGE_LADDER_FAR
        reals[slot + SLOT_STEP] = far_step(engine, reals, slot, x)
        want_pair(engine, reals, slot, reals[slot + SLOT_STEP])
        return True
    if decision == DECIDED_WRONG and supported_from(engine, reals, slot) != NO_PLACE:
        return False
    finish_early(engine, reals, slot, decision)
    return True


def is_clear(engine: Engine, reals: Reals, slot: int, decision: int) -> bool:
    """Return whether more steps could not change a decision: the interval is narrow enough for the claim."""
    resolution = reals[slot + SLOT_RESOLUTION]
    if decision == DECIDED_RIGHT:
        enough = reals[slot + SLOT_NEED]
        if engine[slot + SLOT_KINK] == KINK_AT_X:
            enough = larger(PART_OF_JUMP * math.fabs(reals[slot + SLOT_JUMP]), enough)
        side = larger(PART_OF_CLAIM * claim_scale(reals, slot), enough)
        return resolution <= enough and wider_side(reals, slot) <= side
    claimed = reals[slot + SLOT_CLAIMED]
    if decision == DECIDED_WRONG and (reals[UNIT] != UNIT_FLOAT64 or says_nothing(engine, reals, slot)):
        # Values of float32, and stairs, are flat in places or agree by chance: only the whole ladder may refute.
        return False
    if decision == STILL_OPEN or not math.isfinite(claimed):
        return decision == DECIDED_WRONG
    return distance_outside(reals, slot, claimed) > CLEARLY * larger(resolution, reals[slot + SLOT_TOLERANCE])


def wider_side(reals: Reals, slot: int) -> float:
    """Return half the width of the interval of the side of which less is known."""
    right = reals[slot + SLOT_RIGHT_HIGH] - reals[slot + SLOT_RIGHT_LOW]
    left = reals[slot + SLOT_LEFT_HIGH] - reals[slot + SLOT_LEFT_LOW]
    return larger(right, left) / 2.0


def claim_scale(reals: Reals, slot: int) -> float:
    """Return the size that a difference between the two sides is measured with."""
    return larger(math.fabs(reals[slot + SLOT_CLAIMED]), reals[slot + SLOT_CLAIM_SCALE])


def reaches_far(engine: Engine, reals: Reals, slot: int, x: ConstReals) -> bool:
    """Return whether the ladder has come as far from x as a claim must be followed before it is called wrong."""
    coarsest = reals[slot + SLOT_LADDER_STEP + engine[slot + SLOT_COUNT_PAIRS] - 1]
    return RATIO * coarsest > far_step(engine, reals, slot, x)


def advance_ladder_far(engine: Engine, reals: Reals, slot: int) -> None:
    """A refuted claim with which the far pair sides is followed up to the top; else it is wrong."""
    far = centered(reals, slot, place_of_step(engine, reals, slot, reals[slot + SLOT_STEP]))
    claimed = reals[slot + SLOT_CLAIMED]
    if math.fabs(far - claimed) < 0.5 * math.fabs(far - estimate(reals, slot)):
        climb_on(engine, reals, slot)
    else:
        finish_early(engine, reals, slot, DECIDED_WRONG)


def finish_early(engine: Engine, reals: Reals, slot: int, decision: int) -> None:
    """Settle; where slopes contradicted each other a kink may be near, and is looked for."""
    engine[slot + SLOT_DECISION] = decision
    if engine[slot + SLOT_CONFLICT] != 0:
        look_for_kink(engine, reals, slot, 1, 0)
    else:
        settle(engine, slot, decision)
