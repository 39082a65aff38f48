"""The short proof: a few pairs around the first one, until f is smooth there and the claim clearly right or wrong.

Most of what a first pair leaves open is settled here for five pairs; what is not goes to the full ladder.
"""

from __future__ import annotations

import math

from ..evidence.decision import CLEARLY, DECIDED_RIGHT, DECIDED_WRONG, QUIET, judge
from ..evidence.intervals import NO_KINK, estimate, half_width, weigh_ladder
from ..evidence.ladder import centered, place_of_step, slope_noise
from ..evidence.scales import coordinate_size
from ..records.engine import (
    STAGE_FINISHED,
    STAGE_PARKED,
    STAGE_PROOF,
    STAGE_PROOF_CURVED,
    STAGE_PROOF_FAR,
    STAGE_PROOF_FLAT,
    Engine,
    Slot,
    want_pair,
)
from ..records.floats import larger, power_of_two_above

RATIO = 4.0
MOST_PAIRS = 7
# A pair at this part of the size must not side with the claim (inner solvers, ripples).
FAR_STEP = 2.0**-6
# A gap that is curvature grows by 4 from a step to one four times as large, up to higher orders and noise.
LEAST_GROWTH = 2.5
MOST_GROWTH = 6.0


def begin_proof(engine: Engine, slot: Slot) -> None:
    """A claim that the first pair refutes flatly is held against a far pair; else more pairs are asked for."""
    step = far_step(engine, slot)
    if slot.refuted != 0 and step > RATIO * slot.step:
        slot.stage = STAGE_PROOF_FLAT
        want_pair(slot, step)
    elif gap_may_be_curvature(engine, slot):
        slot.stage = STAGE_PROOF_CURVED
        want_pair(slot, slot.step * RATIO)
    else:
        ask_neighbours(slot)


def centered_agrees(engine: Engine, slot: Slot, place: int) -> bool:
    """Return whether the centered slope at a place agrees with the claim, and its noise would let one see that."""
    allowed = slot.tolerance
    noise = slope_noise(engine, slot, place)
    off = math.fabs(centered(slot, place) - slot.claimed)
    return off <= allowed + noise and noise <= larger(QUIET * allowed, slot.need)


def gap(slot: Slot, place: int) -> float:
    """Return right slope minus left slope at a place."""
    return slot.ladder[place].right - slot.ladder[place].left


def gap_may_be_curvature(engine: Engine, slot: Slot) -> bool:
    """Return whether only the gap of the first pair, and not its centered slope, disagrees with the claim."""
    return math.isfinite(gap(slot, 0)) and centered_agrees(engine, slot, 0)


def advance_proof_curved(engine: Engine, slot: Slot) -> None:
    """A gap that grows with the step is curvature, where both centered slopes agree with the claim; a kink's stays.

    A kink nearer than the first step has its share in the centered slopes, too, and a larger one in the second.
    """
    near = gap(slot, 0)
    far = gap(slot, 1)
    grows = LEAST_GROWTH * math.fabs(near) < math.fabs(far) < MOST_GROWTH * math.fabs(near) and near * far > 0.0
    if grows and centered_agrees(engine, slot, 1):
        interval_of_pair(engine, slot)
        bar = slope_noise(engine, slot, 0) + math.fabs(centered(slot, 1) - centered(slot, 0))
        slot.slope.low = centered(slot, 0) - bar
        slot.slope.high = centered(slot, 0) + bar
        slot.resolution = bar
        settle(slot, DECIDED_RIGHT)
        return
    slot.stage = STAGE_PROOF
    want_pair(slot, slot.ladder[1].step * RATIO)


def ask_neighbours(slot: Slot) -> None:
    """Ask for the two pairs that the first evidence needs beside the pair that is there."""
    slot.stage = STAGE_PROOF
    want_pair(slot, slot.step * RATIO)
    want_pair(slot, slot.step * RATIO * RATIO)


def settle(slot: Slot, decision: int) -> None:
    """Finish a slot with a decision."""
    slot.decision = decision
    slot.stage = STAGE_FINISHED


def park(slot: Slot) -> None:
    """Leave a slot with its pairs to the ladder, which needs to know the noise."""
    slot.stage = STAGE_PARKED


def says_nothing(slot: Slot) -> bool:
    """Return whether a pair is missing a side, or f did not change at all: the full ladder is needed."""
    if slot.missing > 0 or not math.isfinite(slot.claimed):
        return True
    for k in range(slot.count):
        if slot.ladder[k].right == 0.0 and slot.ladder[k].left == 0.0:
            return True
    return False


def spread_of_slopes(slot: Slot) -> float:
    """Return how far any one-sided slope lies from the estimate."""
    spread = 0.0
    middle = estimate(slot)
    for k in range(slot.count):
        spread = larger(math.fabs(slot.ladder[k].right - middle), spread)
        spread = larger(math.fabs(slot.ladder[k].left - middle), spread)
    return spread


def advance_proof(engine: Engine, slot: Slot) -> None:
    """Weigh the pairs: settle, ask for one pair more, or look far away before the claim is called wrong."""
    if says_nothing(slot):
        park(slot)
        return
    weigh_ladder(engine, slot)
    if slot.kink != NO_KINK or not math.isfinite(half_width(slot)):
        park(slot)
        return
    claimed = slot.claimed
    decision = judge(slot, slot.size)
    if decision == DECIDED_RIGHT and slot.resolution <= slot.need:
        settle(slot, DECIDED_RIGHT)
        return
    clear = larger(half_width(slot), spread_of_slopes(slot))
    if decision == DECIDED_WRONG and math.fabs(claimed - estimate(slot)) > CLEARLY * clear:
        look_far(engine, slot)
        return
    if slot.count >= MOST_PAIRS:
        park(slot)
        return
    want_pair(slot, RATIO * slot.ladder[slot.count - 1].step)


def advance_proof_flat(engine: Engine, slot: Slot) -> None:
    """Two pairs, orders of magnitude apart, that agree with each other and not with the claim prove it wrong."""
    near = centered(slot, 0)
    change = math.fabs(centered(slot, 1) - near)
    if change <= math.fabs(slot.claimed - near) / CLEARLY:
        interval_of_pair(engine, slot)
        settle(slot, DECIDED_WRONG)
        return
    # The far pair says nothing of the neighbourhood of the near one.
    slot.count = 1
    slot.missing = 0
    ask_neighbours(slot)


def interval_of_pair(engine: Engine, slot: Slot) -> None:
    """Take what the finest pair says: its slopes, with their noise and half their gap as error bars."""
    noise = slope_noise(engine, slot, 0)
    right = slot.ladder[0].right
    left = slot.ladder[0].left
    bar = larger(math.fabs(right - left) / 2.0, noise)
    slot.slope.low = centered(slot, 0) - bar
    slot.slope.high = centered(slot, 0) + bar
    slot.right.low = right - noise
    slot.right.high = right + noise
    slot.left.low = left - noise
    slot.left.high = left + noise
    slot.resolution = bar
    slot.best_step = slot.ladder[0].step
    slot.kink = NO_KINK


def far_step(engine: Engine, slot: Slot) -> float:
    """Return the step of a pair far from x."""
    size = larger(coordinate_size(engine, slot.x), engine.typical)
    return power_of_two_above(FAR_STEP * size)


def look_far(engine: Engine, slot: Slot) -> None:
    """Ask for a pair far from x, if the pairs have not come as far."""
    step = far_step(engine, slot)
    if step <= RATIO * slot.ladder[slot.count - 1].step:
        park(slot)
        return
    slot.step = step
    slot.stage = STAGE_PROOF_FAR
    want_pair(slot, step)


def advance_proof_far(slot: Slot) -> None:
    """The claim is wrong unless the far pair sides with it."""
    far = centered(slot, place_of_step(slot, slot.step))
    middle = estimate(slot)
    sides_with_claim = math.fabs(far - slot.claimed) < 0.5 * math.fabs(far - middle)
    if sides_with_claim:
        park(slot)
    else:
        settle(slot, DECIDED_WRONG)
