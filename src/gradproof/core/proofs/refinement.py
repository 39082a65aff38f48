"""A closer look at a ladder that cannot grow any further: steps in between, jumps of f, kinks nearby."""

from __future__ import annotations

import math

from ..evidence import stages
from ..evidence.decision import DECIDED_RIGHT, DECIDED_WRONG, STILL_OPEN, judge, kink_may_hide
from ..evidence.hidden_noise import JUMP_KEPT, flat_places, largest_value, widest_flat_step
from ..evidence.intervals import KINK_AT_X, estimate, half_width, weigh_ladder
from ..evidence.jumps import begin_step_jump
from ..evidence.ladder import centered, change_of_side, noise_bar, slope_noise
from ..evidence.near_kinks import NO_SUSPECT, begin_zoom, next_suspect
from ..evidence.scales import UNIT_FLOAT32
from ..records.engine import Engine, Slot, want_pair
from ..records.floats import larger, middle, smaller
from .short_proof import settle, sides_with_claim

# Steps in between help where the noise of a slope is between 0.01 and 10 error bars.
LEAST_NOISE = 0.01
MOST_NOISE = 10.0
# Kinks are looked for up to this part of the size, unless the caller sets how far.
NEAR = 2.0**-4
# After as many suspects that turned out to be no kinks, f is rough at every scale, and no kink is worth the search.
MOST_ZOOMS = 3
NO_PLACE = -1
# A single pair excludes a claim only beyond three bars: the measured noise may be too small.
EXCLUDES = 3.0
# A pair sees a jump of the slope where the bars of its two slopes make at most half of it.
VISIBLE = 4.0
# Pairs at an eighth of a step and below show only its noise; half a bar is the largest of a few of these.
MUCH_FINER = 2.0**-3
ENOUGH_FINER = 2
LARGEST_TO_BAR = 2.0
# Where f jumps, half a jump is taken for its noise.  Stairs are off by half of their height at most, and slopes by the
# height over the step; a bar of four standard deviations covers that if one is a quarter of the height.
JUMP_TO_NOISE = 0.5
STAIRS_TO_NOISE = 0.25
# Rounding to float32 of what is 2**16 times as large as x makes treads that are narrower than this part of its size.
ROUNDED_TREAD = 2.0**-7
# Steps that rounding inside of f makes are smaller than this part of the largest value.
SMALL_JUMP = 2.0**-20


def judge_slot(engine: Engine, slot: Slot) -> int:
    """Judge the claimed value of a slot, also at a kink that seems to be at x."""
    decision = judge(slot, slot.size)
    if decision == DECIDED_RIGHT and slot.kink == KINK_AT_X:
        return judge_inside(engine, slot)
    return decision


def judge_inside(engine: Engine, slot: Slot) -> int:
    """Judge a claim at a kink that seems to be at x, but may lie beside it.

    The gap at a kink at x is the same at every step.  If the finest pairs that could see it show less than half of it,
    the kink lies outside of them, and the claim must agree with their slopes.  Still finer pairs show only noise, and
    how much of it there really is; without them nothing is decided.
    """
    jump = math.fabs(slot.jump)
    if kink_may_hide(slot, slot.size, jump):
        return DECIDED_RIGHT
    for k in range(slot.count):
        noise = slope_noise(engine, slot, k)
        right = slot.ladder[k].right
        left = slot.ladder[k].left
        if VISIBLE * noise <= jump and math.isfinite(middle(right, left)):
            if math.fabs(right - left) >= 0.5 * jump:
                return DECIDED_RIGHT
            off = larger(smaller(right, left) - slot.claimed, slot.claimed - larger(right, left)) - slot.tolerance
            if off > EXCLUDES * noise:
                real_noise = noise_below(slot, k)
                if math.isnan(real_noise):
                    return STILL_OPEN
                if off > EXCLUDES * real_noise:
                    return DECIDED_WRONG
    return DECIDED_RIGHT


def noise_below(slot: Slot, place: int) -> float:
    """Return the noise of the slopes at a place, estimated from finer ones; NaN where there are too few."""
    step = slot.ladder[place].step
    right = middle(slot.right.low, slot.right.high)
    left = middle(slot.left.low, slot.left.high)
    largest = 0.0
    count = 0
    while count < place and slot.ladder[count].step <= MUCH_FINER * step:
        finer = slot.ladder[count]
        off = larger(math.fabs(finer.right - right), math.fabs(finer.left - left))
        largest = larger(off * finer.step, largest)
        count += 1
    return LARGEST_TO_BAR * largest / step if count >= ENOUGH_FINER else math.nan


def claim_scale(slot: Slot) -> float:
    """Return the size of the claim, or of the largest component in the units of this coordinate if that is larger."""
    return larger(math.fabs(slot.claimed), slot.claim_scale)


def look_closer(engine: Engine, slot: Slot, decision: int) -> None:
    """Look closer at a ladder that has been weighed; one that is still open gets steps in between first."""
    if decision == STILL_OPEN and math.isfinite(slot.claimed + half_width(slot)):
        begin_refinement(engine, slot)
        if slot.wanted_count > 0:
            return
    look_again(engine, slot, decision)


def begin_refinement(engine: Engine, slot: Slot) -> None:
    """Ask for steps in between, where noise and error bar are comparable."""
    for k in range(slot.count):
        noise = slope_noise(engine, slot, k)
        if LEAST_NOISE * slot.resolution < noise < MOST_NOISE * slot.resolution:
            want_pair(slot, 2.0 * slot.ladder[k].step)
    slot.stage = stages.REFINEMENT


def advance_refinement(engine: Engine, slot: Slot) -> None:
    """Weigh the refined ladder."""
    weigh_ladder(engine, slot)
    look_again(engine, slot, judge_slot(engine, slot))


def look_again(engine: Engine, slot: Slot, decision: int) -> None:
    """Look for a jump of f if a tread of stairs decides on the claim, or may excuse it; else for kinks."""
    slot.decision = decision
    if rests_on_tread(engine, slot) and begin_beyond(slot, end_of_tread(slot), 0.0):
        return
    if not begin_excusing_jump(engine, slot):
        look_for_kink(engine, slot, 1, 0)


def begin_excusing_jump(engine: Engine, slot: Slot) -> bool:
    """Begin to look for a jump of f that explains why a claim seems wrong; return whether there may be one.

    It lies at the end of a tread, or below coarser steps that support the claim.
    """
    if slot.decision != DECIDED_WRONG or not math.isfinite(slot.claimed):
        return False
    return begin_beyond(slot, end_of_tread(slot), 0.0) or begin_beyond(slot, supported_from(engine, slot), 0.0)


def rests_on_tread(engine: Engine, slot: Slot) -> bool:
    """Return whether a claim is called right as f, in float32, does not move over steps that rounding may hide."""
    is_flat = slot.decision == DECIDED_RIGHT and estimate(slot) == 0.0
    return is_flat and engine.unit == UNIT_FLOAT32 and widest_flat_step(slot) < ROUNDED_TREAD * slot.size


def begin_beyond(slot: Slot, place: int, searched: float) -> bool:
    """Look for a jump up to the step after a place, unless there is none or it was searched already."""
    if place == NO_PLACE or slot.ladder[place + 1].step <= searched:
        return False
    begin_step_jump(slot, slot.ladder[place + 1].step)
    return True


def supported_from(engine: Engine, slot: Slot) -> int:
    """Return the finer of the first two neighbouring steps that side with the claim, NO_PLACE if there are none.

    In float32 the noise of fine steps may be as large as the error of the claim, and they may side with anything.
    """
    error = math.fabs(slot.claimed - estimate(slot)) if engine.unit == UNIT_FLOAT32 else math.inf
    before = False
    for k in range(slot.count):
        is_shown = noise_bar(slot.noise, slot.ladder[k].step) < error
        sides = is_shown and sides_with_claim(slot, centered(slot, k))
        if sides and before:
            return k - 1
        before = sides
    return NO_PLACE


def end_of_tread(slot: Slot) -> int:
    """Return the step below the finest one that changes f; NO_PLACE if that is the first of all, or none does."""
    for k in range(slot.count):
        # A side may be missing: at a bound there is a tread on one side alone.
        if math.fabs(slot.ladder[k].right) > 0.0 or math.fabs(slot.ladder[k].left) > 0.0:
            return k - 1
    return NO_PLACE


def has_clean_side(engine: Engine, slot: Slot) -> bool:
    """Return whether f jumps at x on one side alone: the slope is that of the other one, which excuses no claim.

    Small jumps on both sides are the steps of its rounding; and what moves f by less than the jump is its noise.
    """
    if slot.search.jumps > 1 and slot.step_jump <= SMALL_JUMP * largest_value(engine, slot):
        return False
    height = JUMP_KEPT * slot.step_jump
    right = change_of_side(slot.ladder[0], 1) >= height
    left = change_of_side(slot.ladder[0], -1) >= height
    return right != left and flat_places(slot, 1) == 0 and flat_places(slot, -1) == 0


def finish_step_jump(engine: Engine, slot: Slot) -> None:
    """Where f jumps, take the jump for noise and weigh the ladder again; then look for kinks.

    What does not move f at first need not be a tread, and may be one of its rounding: without a jump at its end that
    excuses the claim, one that is farther is looked for.
    """
    if slot.step_jump > 0.0 and not has_clean_side(engine, slot):
        tread = end_of_tread(slot)
        on_stairs = tread != NO_PLACE and slot.search.span <= slot.ladder[tread + 1].step
        slot.noise = slot.step_jump * (STAIRS_TO_NOISE if on_stairs else JUMP_TO_NOISE)
        weigh_ladder(engine, slot)
        slot.decision = judge_slot(engine, slot)
    is_told = slot.step_jump > 0.0 and slot.decision != DECIDED_WRONG
    if is_told or not begin_beyond(slot, supported_from(engine, slot), slot.search.span):
        look_for_kink(engine, slot, 1, 0)


def look_for_kink(engine: Engine, slot: Slot, side: int, first: int) -> None:
    """Zoom on the next step that may have crossed a kink, right side first, finest first; finish if there is none."""
    while slot.kink != KINK_AT_X and side >= -1:
        place = next_suspect(engine, slot, side, first)
        if place != NO_SUSPECT and slot.ladder[place].step <= kink_reach(slot):
            if slot.zooms >= MOST_ZOOMS and slot.reach == 0.0:
                break
            slot.zooms += 1
            slot.search.side = side
            slot.place = place
            begin_zoom(slot, slot.ladder[place + 1].step)
            return
        side -= 2
        first = 0
    settle(slot, slot.decision)


def kink_reach(slot: Slot) -> float:
    """Return how far from x kinks are looked for."""
    return slot.reach if slot.reach > 0.0 else NEAR * slot.size


def finish_zoom(engine: Engine, slot: Slot, found: bool) -> None:
    """Finish if a kink was found within reach; else go on to the next suspect."""
    if found and math.fabs(slot.distance) <= kink_reach(slot):
        settle(slot, slot.decision)
        return
    slot.distance = math.nan
    look_for_kink(engine, slot, slot.search.side, slot.place + 1)
