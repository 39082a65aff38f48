"""A closer look at a ladder that is as long as it gets: steps in between, jumps of f, kinks nearby."""

from __future__ import annotations

import math

from .abi import Engine, Reals
from .evidence import KINK_AT_X, estimate, gather, half_width
from .floats import larger, middle, smaller
from .judge import DECIDED_RIGHT, DECIDED_WRONG, STILL_OPEN, judge, kink_may_hide
from .ladder import centered, slope_noise
from .proof import settle
from .state import (
    SLOT_CLAIM_SCALE,
    SLOT_CLAIMED,
    SLOT_COUNT_PAIRS,
    SLOT_DECISION,
    SLOT_DISTANCE,
    SLOT_JUMP,
    SLOT_KINK,
    SLOT_LADDER_LEFT,
    SLOT_LADDER_RIGHT,
    SLOT_LADDER_STEP,
    SLOT_LEFT_HIGH,
    SLOT_LEFT_LOW,
    SLOT_NOISE,
    SLOT_PLACE,
    SLOT_REACH,
    SLOT_RESOLUTION,
    SLOT_RIGHT_HIGH,
    SLOT_RIGHT_LOW,
    SLOT_SIDE,
    SLOT_SIZE,
    SLOT_STAGE,
    SLOT_STEP_JUMP,
    SLOT_TOLERANCE,
    SLOT_WANTED_COUNT,
    SLOT_ZOOMS,
    STAGE_REFINE,
    want_pair,
)
from .stepjump import begin_step_jump
from .suspects import NO_SUSPECT, next_suspect
from .zoom import begin_zoom

# Steps in between pay where noise and bar are comparable.
REFINE_LOW = 0.01
REFINE_HIGH = 10.0
# Kinks are looked for up to this part of the size, unless the caller sets how far.
NEAR = 2.0**-4
# Where as many suspects turned out to be none, f is rough at all scales, and a check has better things to do.
MOST_ZOOMS = 8
NO_PLACE = -1
# A single pair excludes a claim only where the measured noise, which may be too small, is no excuse.
EXCLUDES = 3.0
# A jump is visible from where the bars of both slopes are half of it.
VISIBLE = 4.0
# Pairs so much finer show nothing but noise; the largest of a few is half of a bar.
MUCH_FINER = 2.0**-3
ENOUGH_FINER = 2
LARGEST_TO_BAR = 2.0
# Half a jump is the noise of what jumps.  Stairs are off by half of their height at most: a slope by its height over
# the step, which a bar of four standard deviations of two values covers where a quarter of the height is one.
JUMP_TO_NOISE = 0.5
STAIRS_TO_NOISE = 0.25
# With jumps taken as noise, a claim agrees only at a resolution of a tenth.
JUMP_RESOLUTION = 0.1


def judge_slot(engine: Engine, reals: Reals, slot: int) -> int:
    """Judge the claimed value of a slot; a claim that is not finite is wrong where f has a slope."""
    claimed = reals[slot + SLOT_CLAIMED]
    if not math.isfinite(claimed):
        return DECIDED_WRONG if math.isfinite(half_width(reals, slot)) else STILL_OPEN
    decision = judge(reals, slot, claimed, reals[slot + SLOT_TOLERANCE], reals[slot + SLOT_SIZE])
    if decision == DECIDED_RIGHT and engine[slot + SLOT_KINK] == KINK_AT_X:
        return judge_inside(engine, reals, slot)
    return decision


def judge_inside(engine: Engine, reals: Reals, slot: int) -> int:
    """Judge whether a kink that seems to be at x is beside it, and the piece that holds x excludes the claim.

    At a kink at x the gap stays the same down to the finest step.  Where the finest pairs that could see it show less
    than half of it, the kink is outside of them, and the claim must agree with their slopes.  What still finer pairs
    show is noise, and tells how much of it there really is; without them nothing is decided.
    """
    jump = math.fabs(reals[slot + SLOT_JUMP])
    claimed = reals[slot + SLOT_CLAIMED]
    if kink_may_hide(reals, slot, reals[slot + SLOT_SIZE], jump):
        return DECIDED_RIGHT
    for k in range(engine[slot + SLOT_COUNT_PAIRS]):
        noise = slope_noise(reals, slot, k)
        right = reals[slot + SLOT_LADDER_RIGHT + k]
        left = reals[slot + SLOT_LADDER_LEFT + k]
        if VISIBLE * noise <= jump and math.isfinite(middle(right, left)):
            if math.fabs(right - left) >= 0.5 * jump:
                return DECIDED_RIGHT
            off = larger(smaller(right, left) - claimed, claimed - larger(right, left)) - reals[slot + SLOT_TOLERANCE]
            if off > EXCLUDES * noise:
                real_noise = noise_below(reals, slot, k)
                if math.isnan(real_noise):
                    return STILL_OPEN
                if off > EXCLUDES * real_noise:
                    return DECIDED_WRONG
    return DECIDED_RIGHT


def noise_below(reals: Reals, slot: int, place: int) -> float:
    """Return the noise of the slopes at a place, from what finer ones are off the two sides; NaN where they are few."""
    step = reals[slot + SLOT_LADDER_STEP + place]
    right = middle(reals[slot + SLOT_RIGHT_LOW], reals[slot + SLOT_RIGHT_HIGH])
    left = middle(reals[slot + SLOT_LEFT_LOW], reals[slot + SLOT_LEFT_HIGH])
    largest = 0.0
    count = 0
    while count < place and reals[slot + SLOT_LADDER_STEP + count] <= MUCH_FINER * step:
        off_right = math.fabs(reals[slot + SLOT_LADDER_RIGHT + count] - right)
        off_left = math.fabs(reals[slot + SLOT_LADDER_LEFT + count] - left)
        largest = larger(larger(off_right, off_left) * reals[slot + SLOT_LADDER_STEP + count], largest)
        count += 1
    return LARGEST_TO_BAR * largest / step if count >= ENOUGH_FINER else math.nan


def look_closer(engine: Engine, reals: Reals, slot: int, decision: int) -> None:
    """Look closer at a ladder that has been weighed: where it is still open, with more steps."""
    if decision == STILL_OPEN and math.isfinite(reals[slot + SLOT_CLAIMED] + half_width(reals, slot)):
        begin_refinement(engine, reals, slot)
        if engine[slot + SLOT_WANTED_COUNT] > 0:
            return
    look_again(engine, reals, slot, decision)


def begin_refinement(engine: Engine, reals: Reals, slot: int) -> None:
    """Ask for steps in between, where noise and error bar are comparable."""
    resolution = reals[slot + SLOT_RESOLUTION]
    for k in range(engine[slot + SLOT_COUNT_PAIRS]):
        noise = slope_noise(reals, slot, k)
        if REFINE_LOW * resolution < noise < REFINE_HIGH * resolution:
            want_pair(engine, reals, slot, 2.0 * reals[slot + SLOT_LADDER_STEP + k])
    engine[slot + SLOT_STAGE] = STAGE_REFINE


def advance_refinement(engine: Engine, reals: Reals, slot: int) -> None:
    """Weigh the refined ladder."""
    gather(engine, reals, slot)
    look_again(engine, reals, slot, judge_slot(engine, reals, slot))


def look_again(engine: Engine, reals: Reals, slot: int, decision: int) -> None:
    """A claim refuted by a tread of stairs, or supported by larger steps, is looked at again, for a jump of f.

    Without one go on to kinks nearby.
    """
    engine[slot + SLOT_DECISION] = decision
    if decision == DECIDED_WRONG and math.isfinite(reals[slot + SLOT_CLAIMED]):
        place = end_of_tread(engine, reals, slot)
        if place == NO_PLACE:
            place = supported_from(engine, reals, slot)
        if place != NO_PLACE:
            begin_step_jump(engine, reals, slot, reals[slot + SLOT_LADDER_STEP + place + 1])
            return
    look_for_kink(engine, reals, slot, 1, 0)


def supported_from(engine: Engine, reals: Reals, slot: int) -> int:
    """Return the finest of two neighbouring steps whose centered slopes side with the claim, NO_PLACE if none."""
    middle = estimate(reals, slot)
    claimed = reals[slot + SLOT_CLAIMED]
    before = False
    for k in range(engine[slot + SLOT_COUNT_PAIRS]):
        slope = centered(reals, slot, k)
        sides = math.fabs(slope - claimed) < 0.5 * math.fabs(slope - middle)
        if sides and before:
            return k - 1
        before = sides
    return NO_PLACE


def end_of_tread(engine: Engine, reals: Reals, slot: int) -> int:
    """Return the coarsest step up to which f did not change at all; NO_PLACE where there is none, or f never did."""
    for k in range(engine[slot + SLOT_COUNT_PAIRS]):
        if reals[slot + SLOT_LADDER_RIGHT + k] != 0.0 or reals[slot + SLOT_LADDER_LEFT + k] != 0.0:
            return k - 1
    return NO_PLACE


def finish_step_jump(engine: Engine, reals: Reals, slot: int) -> None:
    """Where f jumps, the jump tells its noise: weigh again, and agree only at a resolution of a tenth."""
    jump = reals[slot + SLOT_STEP_JUMP]
    if jump > 0.0:
        on_stairs = end_of_tread(engine, reals, slot) != NO_PLACE
        reals[slot + SLOT_NOISE] = jump * (STAIRS_TO_NOISE if on_stairs else JUMP_TO_NOISE)
        gather(engine, reals, slot)
        decision = judge_slot(engine, reals, slot)
        scale = larger(math.fabs(reals[slot + SLOT_CLAIMED]), reals[slot + SLOT_CLAIM_SCALE])
        if decision == DECIDED_RIGHT and not reals[slot + SLOT_RESOLUTION] <= JUMP_RESOLUTION * scale:
            decision = STILL_OPEN
        engine[slot + SLOT_DECISION] = decision
    look_for_kink(engine, reals, slot, 1, 0)


def look_for_kink(engine: Engine, reals: Reals, slot: int, side: int, first: int) -> None:
    """Zoom on the next step that may have crossed a kink, right side first, finest first; without one, finish."""
    decision = engine[slot + SLOT_DECISION]
    reach = kink_reach(reals, slot)
    while engine[slot + SLOT_KINK] != KINK_AT_X and side >= -1:
        place = next_suspect(engine, reals, slot, side, first)
        if place != NO_SUSPECT and reals[slot + SLOT_LADDER_STEP + place] <= reach:
            if engine[slot + SLOT_ZOOMS] >= MOST_ZOOMS and reals[slot + SLOT_REACH] == 0.0:
                break
            engine[slot + SLOT_ZOOMS] += 1
            engine[slot + SLOT_SIDE] = side
            engine[slot + SLOT_PLACE] = place
            begin_zoom(engine, reals, slot, reals[slot + SLOT_LADDER_STEP + place + 1])
            return
        side -= 2
        first = 0
    settle(engine, slot, decision)


def kink_reach(reals: Reals, slot: int) -> float:
    """Return how far from x kinks are looked for."""
    return reals[slot + SLOT_REACH] if reals[slot + SLOT_REACH] > 0.0 else NEAR * reals[slot + SLOT_SIZE]


def finish_zoom(engine: Engine, reals: Reals, slot: int, found: bool) -> None:
    """A kink was found within reach: done; else go on to the next suspect."""
    if found and not math.fabs(reals[slot + SLOT_DISTANCE]) <= kink_reach(reals, slot):
        reals[slot + SLOT_DISTANCE] = math.nan
        found = False
    if found:
        settle(engine, slot, engine[slot + SLOT_DECISION])
    else:
        look_for_kink(engine, reals, slot, engine[slot + SLOT_SIDE], engine[slot + SLOT_PLACE] + 1)
