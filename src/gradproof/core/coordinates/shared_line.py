"""A line of the joint test in a slot: two coordinates, or many; a pair first, a ladder where it settles nothing."""

from __future__ import annotations

import math

from ..evidence.decision import DECIDED_RIGHT, QUIET, judge
from ..evidence.intervals import gather
from ..evidence.ladder import assumed_slope_noise, insert_pair, largest_finite
from ..evidence.scales import (
    FLOAT32_SPACING,
    HARMLESS,
    LARGEST_PAIR_STEP,
    SMALLEST_STEP,
    line_size,
    smallest_step,
    tolerance,
)
from ..points.directions import coordinate_scale, direction
from ..points.probes import displaced
from ..records.engine import STAGE_JOINT_LADDER, STAGE_JOINT_PAIR, Engine, Slot, coordinate_of, want_pair
from ..records.floats import larger, power_of_two_above, smaller
from .full_ladder import RATIO, STEPS_A_ROUND, largest_slope, noise_hides_slopes
from .short_proof import settle

# Steps are this much above the smallest visible one: x does not take those along a slanted line exactly.
ABOVE_SMALLEST = 16.0
# The claim along the line is a sum with roundings of its own.
ROUNDING = 1e-13
TOP_PART = 4.0


def open_line(engine: Engine, slot: Slot, first: int, last: int, claim: float, allowed: float, size: float) -> None:
    """Fill in what all lines need, and ask for a pair at the smallest step whose noise is harmless."""
    slot.start = first
    slot.stop = last + 1
    slot.count = 0
    slot.wanted_count = 0
    slot.missing = 0
    slot.kink = 0
    slot.claimed = claim
    slot.tolerance = allowed
    slot.size = size
    slot.noise = engine.noise
    slot.stage = STAGE_JOINT_PAIR
    step = LARGEST_PAIR_STEP * size
    if allowed > 0.0:
        step = smaller(larger(HARMLESS * engine.noise / allowed, slot.lowest), step)
    slot.step = power_of_two_above(step)
    want_pair(slot, slot.step)


def open_pair_line(engine: Engine, slot: Slot, first: int, second: int, ratio: float) -> None:
    """Open a line along which two coordinates move: the first by the step, the second by `ratio` times the step."""
    one = coordinate_of(engine, first)
    two = coordinate_of(engine, second)
    part = math.fabs(ratio)
    slot.seed = 0
    slot.ratio = ratio
    slot.lowest = ABOVE_SMALLEST * larger(smallest_step(engine, one.x), smallest_step(engine, two.x) / part)
    allowed = tolerance(engine, one) + part * tolerance(engine, two)
    allowed += ROUNDING * (math.fabs(one.claimed) + part * math.fabs(two.claimed))
    size = smaller(line_size(engine, one.x), line_size(engine, two.x) / part)
    open_line(engine, slot, first, second, one.claimed + ratio * two.claimed, allowed, size)


def open_random_line(engine: Engine, slot: Slot, first: int, last: int, seed: int) -> None:
    """Open a random line over a range of coordinates."""
    slot.seed = seed
    slot.ratio = 0.0
    slot.lowest = ABOVE_SMALLEST * SMALLEST_STEP * (FLOAT32_SPACING if engine.float32 != 0 else 1.0)
    claim = 0.0
    allowed = 0.0
    for index in range(first, last + 1):
        coordinate = coordinate_of(engine, index)
        part = direction(seed, index) * coordinate_scale(coordinate.x, engine.typical)
        claim += part * coordinate.claimed
        allowed += math.fabs(part) * (tolerance(engine, coordinate) + ROUNDING * math.fabs(coordinate.claimed))
    open_line(engine, slot, first, last, claim, allowed, 1.0)


def advance_joint(engine: Engine, slot: Slot, wanted: int) -> None:
    """Take the answered pairs; accept by the first one, else climb a ladder and judge."""
    for k in range(0, wanted - 1, 2):
        take_pair_of_line(engine, slot, k)
    if slot.stage == STAGE_JOINT_PAIR:
        if pair_accepts(engine, slot):
            settle(slot, DECIDED_RIGHT)
            return
        begin_joint_ladder(slot)
        ask_steps(slot)
        return
    largest_slope(slot)
    step = slot.step
    if step >= slot.lowest and not noise_hides_slopes(slot, step):
        ask_steps(slot)
        return
    gather(engine, slot)
    # Size 0: no kink may be thought to hide in the noise here, every claim is one of a kink.
    settle(slot, judge(slot, slot.claimed, slot.tolerance, 0.0))


def change_by_rounding(engine: Engine, slot: Slot, step: float) -> float:
    """Return how much the claims foretell of what rounding of the point into float32 changes f by.

    Along a slanted line no step is exact.  What is left of f then obeys the inequality of a subgradient as f itself
    does: a right claim lies between the slopes whatever the rounding.
    """
    first = slot.start
    last = slot.stop - 1
    seed = slot.seed
    change = 0.0
    for index in range(first, last + 1):
        coordinate = coordinate_of(engine, index)
        move = step
        if seed != 0:
            move *= direction(seed, index) * coordinate_scale(coordinate.x, engine.typical)
        elif index != first:
            move *= slot.ratio
        if seed != 0 or index == first or index == last:
            change += coordinate.claimed * (displaced(coordinate.x, move, True) - coordinate.x - move)
    return change


def ask_steps(slot: Slot) -> None:
    """Ask for the next pairs, each a quarter of the one before."""
    for _ in range(STEPS_A_ROUND):
        want_pair(slot, slot.step)
        slot.step /= RATIO


def take_pair_of_line(engine: Engine, slot: Slot, k: int) -> None:
    """Put the values on both sides of x into the ladder as slopes along the line."""
    step = slot.wanted[k]
    right = slot.answers[k]
    left = slot.answers[k + 1]
    value = engine.value
    size = largest_finite(right, left)
    insert_pair(slot, step, (right - value) / step, (value - left) / step, size)


def pair_accepts(engine: Engine, slot: Slot) -> bool:
    """Return whether the claim lies between the two slopes of the pair."""
    right = slot.ladder[0].right
    left = slot.ladder[0].left
    allowed = slot.tolerance
    noise = assumed_slope_noise(engine, slot.ladder[0].step)
    if not math.isfinite(right + left) or not noise <= QUIET * allowed:
        return False
    bar = allowed + noise
    return smaller(right, left) - bar <= slot.claimed <= larger(right, left) + bar


def begin_joint_ladder(slot: Slot) -> None:
    """Begin a ladder from a quarter of the size down."""
    slot.stage = STAGE_JOINT_LADDER
    slot.count = 0
    slot.missing = 0
    slot.largest_slope = math.fabs(slot.claimed)
    slot.step = power_of_two_above(slot.size) / TOP_PART
