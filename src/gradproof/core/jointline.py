"""A line of the joint test in a slot: two coordinates, or many; a pair first, a ladder where it settles nothing."""

from __future__ import annotations

import math

from .abi import ConstReals, Engine, Reals
from .climb import RATIO, STEPS_A_ROUND, largest_slope, noise_hides_slopes
from .directions import coordinate_scale, direction
from .evidence import gather
from .floats import larger, power_of_two_above, smaller
from .judge import DECIDED_RIGHT, QUIET, judge
from .ladder import assumed_slope_noise, insert_pair, largest_finite
from .probes import displaced
from .proof import settle
from .scales import FLOAT32_SPACING, HARMLESS, LARGEST_PAIR_STEP, SMALLEST_STEP, line_size, smallest_step, tolerance
from .state import (
    FLOAT32,
    NOISE,
    SLOT_ANSWERS,
    SLOT_CLAIMED,
    SLOT_COUNT_PAIRS,
    SLOT_KINK,
    SLOT_LADDER_LEFT,
    SLOT_LADDER_RIGHT,
    SLOT_LADDER_STEP,
    SLOT_LARGEST_SLOPE,
    SLOT_LOWEST,
    SLOT_MISSING,
    SLOT_NOISE,
    SLOT_RATIO,
    SLOT_SEED,
    SLOT_SIZE,
    SLOT_STAGE,
    SLOT_START,
    SLOT_STEP,
    SLOT_STOP,
    SLOT_TOLERANCE,
    SLOT_WANTED,
    SLOT_WANTED_COUNT,
    STAGE_JOINT_LADDER,
    STAGE_JOINT_PAIR,
    TYPICAL,
    VALUE,
    want_pair,
)

# Steps are this much above the smallest visible one: x does not take those along a slanted line exactly.
ABOVE_SMALLEST = 16.0
# The claim along the line is a sum with roundings of its own.
ROUNDING = 1e-13
TOP_PART = 4.0


def open_line(
    engine: Engine, reals: Reals, slot: int, first: int, last: int, claim: float, allowed: float, size: float
) -> None:
    """Fill in what all lines need, and ask for a pair at the smallest step whose noise is harmless."""
    engine[slot + SLOT_START] = first
    engine[slot + SLOT_STOP] = last + 1
    engine[slot + SLOT_COUNT_PAIRS] = 0
    engine[slot + SLOT_WANTED_COUNT] = 0
    engine[slot + SLOT_MISSING] = 0
    engine[slot + SLOT_KINK] = 0
    reals[slot + SLOT_CLAIMED] = claim
    reals[slot + SLOT_TOLERANCE] = allowed
    reals[slot + SLOT_SIZE] = size
    reals[slot + SLOT_NOISE] = reals[NOISE]
    engine[slot + SLOT_STAGE] = STAGE_JOINT_PAIR
    step = LARGEST_PAIR_STEP * size
    if allowed > 0.0:
        step = smaller(larger(HARMLESS * reals[NOISE] / allowed, reals[slot + SLOT_LOWEST]), step)
    reals[slot + SLOT_STEP] = power_of_two_above(step)
    want_pair(engine, reals, slot, reals[slot + SLOT_STEP])


def open_pair_line(
    engine: Engine,
    reals: Reals,
    slot: int,
    x: ConstReals,
    claimed: ConstReals,
    first: int,
    second: int,
    ratio: float,
) -> None:
    """Open a line along which two coordinates move: the first by the step, the second by `ratio` times the step."""
    part = math.fabs(ratio)
    engine[slot + SLOT_SEED] = 0
    reals[slot + SLOT_RATIO] = ratio
    lowest = larger(smallest_step(engine, reals, x[first]), smallest_step(engine, reals, x[second]) / part)
    reals[slot + SLOT_LOWEST] = ABOVE_SMALLEST * lowest
    allowed = tolerance(reals, claimed[first], x[first]) + part * tolerance(reals, claimed[second], x[second])
    allowed += ROUNDING * (math.fabs(claimed[first]) + part * math.fabs(claimed[second]))
    size = smaller(line_size(reals, x[first]), line_size(reals, x[second]) / part)
    claim = claimed[first] + ratio * claimed[second]
    open_line(engine, reals, slot, first, second, claim, allowed, size)


def open_random_line(
    engine: Engine, reals: Reals, slot: int, x: ConstReals, claimed: ConstReals, first: int, last: int, seed: int
) -> None:
    """Open a random line over a range of coordinates."""
    engine[slot + SLOT_SEED] = seed
    reals[slot + SLOT_RATIO] = 0.0
    reals[slot + SLOT_LOWEST] = ABOVE_SMALLEST * SMALLEST_STEP * (FLOAT32_SPACING if engine[FLOAT32] != 0 else 1.0)
    claim = 0.0
    allowed = 0.0
    for index in range(first, last + 1):
        part = direction(seed, index) * coordinate_scale(x[index], reals[TYPICAL], 0.0)
        claim += part * claimed[index]
        allowed += math.fabs(part) * (tolerance(reals, claimed[index], x[index]) + ROUNDING * math.fabs(claimed[index]))
    open_line(engine, reals, slot, first, last, claim, allowed, 1.0)


def advance_joint(engine: Engine, reals: Reals, slot: int, wanted: int) -> None:
    """Take the answered pairs; accept by the first one, else climb a ladder and judge."""
    for k in range(0, wanted - 1, 2):
        take_pair_of_line(engine, reals, slot, k)
    if engine[slot + SLOT_STAGE] == STAGE_JOINT_PAIR:
        if pair_accepts(reals, slot):
            settle(engine, slot, DECIDED_RIGHT)
            return
        begin_joint_ladder(engine, reals, slot)
        ask_steps(engine, reals, slot)
        return
    largest_slope(engine, reals, slot)
    step = reals[slot + SLOT_STEP]
    if step >= reals[slot + SLOT_LOWEST] and not noise_hides_slopes(engine, reals, slot, step):
        ask_steps(engine, reals, slot)
        return
    gather(engine, reals, slot)
    # Size 0: no kink may be thought to hide in the noise here, every claim is one of a kink.
    settle(engine, slot, judge(reals, slot, reals[slot + SLOT_CLAIMED], reals[slot + SLOT_TOLERANCE], 0.0))


def change_by_rounding(
    engine: Engine, reals: Reals, slot: int, x: ConstReals, claimed: ConstReals, step: float
) -> float:
    """Return how much the claims foretell of what rounding of the point into float32 changes f by.

    Along a slanted line no step is exact.  What is left of f then obeys the inequality of a subgradient as f itself
    does: a right claim lies between the slopes whatever the rounding.
    """
    first = engine[slot + SLOT_START]
    last = engine[slot + SLOT_STOP] - 1
    seed = engine[slot + SLOT_SEED]
    change = 0.0
    for index in range(first, last + 1):
        move = step
        if seed != 0:
            move *= direction(seed, index) * coordinate_scale(x[index], reals[TYPICAL], 0.0)
        elif index != first:
            move *= reals[slot + SLOT_RATIO]
        if seed != 0 or index == first or index == last:
            change += claimed[index] * (displaced(x[index], move, True) - x[index] - move)
    return change


def ask_steps(engine: Engine, reals: Reals, slot: int) -> None:
    """Ask for the next pairs, each a quarter of the one before."""
    for _ in range(STEPS_A_ROUND):
        want_pair(engine, reals, slot, reals[slot + SLOT_STEP])
        reals[slot + SLOT_STEP] /= RATIO


def take_pair_of_line(engine: Engine, reals: Reals, slot: int, k: int) -> None:
    """Put the values on both sides of x into the ladder as slopes along the line."""
    step = reals[slot + SLOT_WANTED + k]
    right = reals[slot + SLOT_ANSWERS + k]
    left = reals[slot + SLOT_ANSWERS + k + 1]
    value = reals[VALUE]
    size = largest_finite(right, left)
    insert_pair(engine, reals, slot, step, (right - value) / step, (value - left) / step, size)


def pair_accepts(reals: Reals, slot: int) -> bool:
    """Return whether the claim lies between the two slopes of the pair."""
    right = reals[slot + SLOT_LADDER_RIGHT]
    left = reals[slot + SLOT_LADDER_LEFT]
    allowed = reals[slot + SLOT_TOLERANCE]
    noise = assumed_slope_noise(reals, reals[slot + SLOT_LADDER_STEP])
    if not math.isfinite(right + left) or not noise <= QUIET * allowed:
        return False
    bar = allowed + noise
    return smaller(right, left) - bar <= reals[slot + SLOT_CLAIMED] <= larger(right, left) + bar


def begin_joint_ladder(engine: Engine, reals: Reals, slot: int) -> None:
    """Begin a ladder from a quarter of the size down."""
    engine[slot + SLOT_STAGE] = STAGE_JOINT_LADDER
    engine[slot + SLOT_COUNT_PAIRS] = 0
    engine[slot + SLOT_MISSING] = 0
    reals[slot + SLOT_LARGEST_SLOPE] = math.fabs(reals[slot + SLOT_CLAIMED])
    reals[slot + SLOT_STEP] = power_of_two_above(reals[slot + SLOT_SIZE]) / TOP_PART
