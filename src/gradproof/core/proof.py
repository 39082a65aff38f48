"""The short proof: a few pairs around the first one, until f is smooth there and the claim clearly right or wrong.

Most of what a first pair leaves open is settled here for five pairs; what is not goes to the full ladder.
"""

from __future__ import annotations

import math

from .abi import ConstReals, Engine, Reals
from .evidence import NO_KINK, estimate, gather, half_width
from .floats import larger, power_of_two_above
from .judge import DECIDED_RIGHT, DECIDED_WRONG, QUIET, judge
from .ladder import centered, place_of_step, slope_noise
from .scales import coordinate_size
from .state import (
    SLOT_BEST_STEP,
    SLOT_CLAIMED,
    SLOT_COUNT_PAIRS,
    SLOT_DECISION,
    SLOT_HIGH,
    SLOT_KINK,
    SLOT_LADDER_LEFT,
    SLOT_LADDER_RIGHT,
    SLOT_LADDER_STEP,
    SLOT_LEFT_HIGH,
    SLOT_LEFT_LOW,
    SLOT_LOW,
    SLOT_MISSING,
    SLOT_NEED,
    SLOT_REFUTED,
    SLOT_RESOLUTION,
    SLOT_RIGHT_HIGH,
    SLOT_RIGHT_LOW,
    SLOT_SIZE,
    SLOT_STAGE,
    SLOT_START,
    SLOT_STEP,
    SLOT_TOLERANCE,
    STAGE_FINISHED,
    STAGE_PARKED,
    STAGE_PROOF,
    STAGE_PROOF_CURVED,
    STAGE_PROOF_FAR,
    STAGE_PROOF_FLAT,
    TYPICAL,
    want_pair,
)

RATIO = 4.0
MOST_PAIRS = 7
# A refuted claim must be ten bars off, and ten times the spread of all slopes: "flat = bug".
CLEARLY = 10.0
# A pair at this part of the size must not side with the claim (inner solvers, ripples).
FAR_STEP = 2.0**-6
# A gap that is curvature grows by 4 from a step to one four times as large, up to higher orders and noise.
LEAST_GROWTH = 2.5
MOST_GROWTH = 6.0


def begin_proof(engine: Engine, reals: Reals, slot: int, x: ConstReals) -> None:
    """A claim that the first pair refutes flatly is held against a far pair; else more pairs are asked for."""
    step = far_step(engine, reals, slot, x)
    if engine[slot + SLOT_REFUTED] != 0 and step > RATIO * reals[slot + SLOT_STEP]:
        engine[slot + SLOT_STAGE] = STAGE_PROOF_FLAT
        want_pair(engine, reals, slot, step)
    elif gap_may_be_curvature(reals, slot):
        engine[slot + SLOT_STAGE] = STAGE_PROOF_CURVED
        want_pair(engine, reals, slot, reals[slot + SLOT_STEP] * RATIO)
    else:
        ask_neighbours(engine, reals, slot)


def centered_agrees(reals: Reals, slot: int, place: int) -> bool:
    """Return whether the centered slope at a place agrees with the claim, and its noise would let one see that."""
    allowed = reals[slot + SLOT_TOLERANCE]
    noise = slope_noise(reals, slot, place)
    off = math.fabs(centered(reals, slot, place) - reals[slot + SLOT_CLAIMED])
    return off <= allowed + noise and noise <= larger(QUIET * allowed, reals[slot + SLOT_NEED])


def gap(reals: Reals, slot: int, place: int) -> float:
    """Return right slope minus left slope at a place."""
    return reals[slot + SLOT_LADDER_RIGHT + place] - reals[slot + SLOT_LADDER_LEFT + place]


def gap_may_be_curvature(reals: Reals, slot: int) -> bool:
    """Return whether only the gap of the first pair, and not its centered slope, disagrees with the claim."""
    return math.isfinite(gap(reals, slot, 0)) and centered_agrees(reals, slot, 0)


def advance_proof_curved(engine: Engine, reals: Reals, slot: int) -> None:
    """A gap that grows with the step is curvature, where both centered slopes agree with the claim; a kink's stays.

    A kink nearer than the first step has its share in the centered slopes, too, and a larger one in the second.
    """
    near = gap(reals, slot, 0)
    far = gap(reals, slot, 1)
    grows = LEAST_GROWTH * math.fabs(near) < math.fabs(far) < MOST_GROWTH * math.fabs(near) and near * far > 0.0
    if grows and centered_agrees(reals, slot, 1):
        interval_of_pair(engine, reals, slot)
        bar = slope_noise(reals, slot, 0) + math.fabs(centered(reals, slot, 1) - centered(reals, slot, 0))
        reals[slot + SLOT_LOW] = centered(reals, slot, 0) - bar
        reals[slot + SLOT_HIGH] = centered(reals, slot, 0) + bar
        reals[slot + SLOT_RESOLUTION] = bar
        settle(engine, slot, DECIDED_RIGHT)
        return
    engine[slot + SLOT_STAGE] = STAGE_PROOF
    want_pair(engine, reals, slot, reals[slot + SLOT_LADDER_STEP + 1] * RATIO)


def ask_neighbours(engine: Engine, reals: Reals, slot: int) -> None:
    """Ask for the two pairs that the first evidence needs beside the pair that is there."""
    engine[slot + SLOT_STAGE] = STAGE_PROOF
    want_pair(engine, reals, slot, reals[slot + SLOT_STEP] * RATIO)
    want_pair(engine, reals, slot, reals[slot + SLOT_STEP] * RATIO * RATIO)


def settle(engine: Engine, slot: int, decision: int) -> None:
    """Finish a slot with a decision."""
    engine[slot + SLOT_DECISION] = decision
    engine[slot + SLOT_STAGE] = STAGE_FINISHED


def park(engine: Engine, slot: int) -> None:
    """Leave a slot with its pairs to the ladder, which needs to know the noise."""
    engine[slot + SLOT_STAGE] = STAGE_PARKED


def says_nothing(engine: Engine, reals: Reals, slot: int) -> bool:
    """Return whether a pair is missing a side, or f did not change at all: the full ladder is needed."""
    if engine[slot + SLOT_MISSING] > 0 or not math.isfinite(reals[slot + SLOT_CLAIMED]):
        return True
    for k in range(engine[slot + SLOT_COUNT_PAIRS]):
        if reals[slot + SLOT_LADDER_RIGHT + k] == 0.0 and reals[slot + SLOT_LADDER_LEFT + k] == 0.0:
            return True
    return False


def spread_of_slopes(engine: Engine, reals: Reals, slot: int) -> float:
    """Return how far any one-sided slope lies from the estimate."""
    spread = 0.0
    middle = estimate(reals, slot)
    for k in range(engine[slot + SLOT_COUNT_PAIRS]):
        spread = larger(math.fabs(reals[slot + SLOT_LADDER_RIGHT + k] - middle), spread)
        spread = larger(math.fabs(reals[slot + SLOT_LADDER_LEFT + k] - middle), spread)
    return spread


def advance_proof(engine: Engine, reals: Reals, slot: int, x: ConstReals) -> None:
    """Weigh the pairs: settle, ask for one pair more, or look far away before the claim is called wrong."""
    if says_nothing(engine, reals, slot):
        park(engine, slot)
        return
    gather(engine, reals, slot)
    if engine[slot + SLOT_KINK] != NO_KINK or not math.isfinite(half_width(reals, slot)):
        park(engine, slot)
        return
    claimed = reals[slot + SLOT_CLAIMED]
    decision = judge(reals, slot, claimed, reals[slot + SLOT_TOLERANCE], reals[slot + SLOT_SIZE])
    if decision == DECIDED_RIGHT and reals[slot + SLOT_RESOLUTION] <= reals[slot + SLOT_NEED]:
        settle(engine, slot, DECIDED_RIGHT)
        return
    clear = larger(half_width(reals, slot), spread_of_slopes(engine, reals, slot))
    if decision == DECIDED_WRONG and math.fabs(claimed - estimate(reals, slot)) > CLEARLY * clear:
        look_far(engine, reals, slot, x)
        return
    if engine[slot + SLOT_COUNT_PAIRS] >= MOST_PAIRS:
        park(engine, slot)
        return
    want_pair(engine, reals, slot, RATIO * reals[slot + SLOT_LADDER_STEP + engine[slot + SLOT_COUNT_PAIRS] - 1])


def advance_proof_flat(engine: Engine, reals: Reals, slot: int) -> None:
    """Two pairs, orders of magnitude apart, that agree with each other and not with the claim prove it wrong."""
    near = centered(reals, slot, 0)
    change = math.fabs(centered(reals, slot, 1) - near)
    if change <= math.fabs(reals[slot + SLOT_CLAIMED] - near) / CLEARLY:
        interval_of_pair(engine, reals, slot)
        settle(engine, slot, DECIDED_WRONG)
        return
    # The far pair says nothing of the neighbourhood of the near one.
    engine[slot + SLOT_COUNT_PAIRS] = 1
    engine[slot + SLOT_MISSING] = 0
    ask_neighbours(engine, reals, slot)


def interval_of_pair(engine: Engine, reals: Reals, slot: int) -> None:
    """Take what the finest pair says: its slopes, with their noise and half their gap as error bars."""
    noise = slope_noise(reals, slot, 0)
    right = reals[slot + SLOT_LADDER_RIGHT]
    left = reals[slot + SLOT_LADDER_LEFT]
    bar = larger(math.fabs(right - left) / 2.0, noise)
    reals[slot + SLOT_LOW] = centered(reals, slot, 0) - bar
    reals[slot + SLOT_HIGH] = centered(reals, slot, 0) + bar
    reals[slot + SLOT_RIGHT_LOW] = right - noise
    reals[slot + SLOT_RIGHT_HIGH] = right + noise
    reals[slot + SLOT_LEFT_LOW] = left - noise
    reals[slot + SLOT_LEFT_HIGH] = left + noise
    reals[slot + SLOT_RESOLUTION] = bar
    reals[slot + SLOT_BEST_STEP] = reals[slot + SLOT_LADDER_STEP]
    engine[slot + SLOT_KINK] = NO_KINK


def far_step(engine: Engine, reals: Reals, slot: int, x: ConstReals) -> float:
    """Return the step of a pair far from x."""
    size = larger(coordinate_size(reals, x[engine[slot + SLOT_START]]), reals[TYPICAL])
    return power_of_two_above(FAR_STEP * size)


def look_far(engine: Engine, reals: Reals, slot: int, x: ConstReals) -> None:
    """Ask for a pair far from x, if the pairs have not come as far."""
    step = far_step(engine, reals, slot, x)
    if step <= RATIO * reals[slot + SLOT_LADDER_STEP + engine[slot + SLOT_COUNT_PAIRS] - 1]:
        park(engine, slot)
        return
    reals[slot + SLOT_STEP] = step
    engine[slot + SLOT_STAGE] = STAGE_PROOF_FAR
    want_pair(engine, reals, slot, step)


def advance_proof_far(engine: Engine, reals: Reals, slot: int) -> None:
    """The claim is wrong unless the far pair sides with it."""
    far = centered(reals, slot, place_of_step(engine, reals, slot, reals[slot + SLOT_STEP]))
    middle = estimate(reals, slot)
    sides_with_claim = math.fabs(far - reals[slot + SLOT_CLAIMED]) < 0.5 * math.fabs(far - middle)
    if sides_with_claim:
        park(engine, slot)
    else:
        settle(engine, slot, DECIDED_WRONG)
