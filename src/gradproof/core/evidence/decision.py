"""From evidence to a decision: agrees, wrong, or open."""

from __future__ import annotations

import math

from ..records.abi import never_inlined
from ..records.engine import Engine, Pair, Slot
from ..records.floats import has_few_bits, larger, middle, smaller, spacing
from .faint_slopes import SHOWS_ERROR, leads_nowhere
from .hidden_noise import is_narrow_tread, is_on_tread, is_wide_tread
from .intervals import KINK_AT_X, both_sides, estimate, half_width
from .ladder import centered, noise_bar, slope_noise
from .scales import ROUNDINGS, UNIT_FLOAT32

DECIDED_RIGHT = 1
DECIDED_CURVED = 2
DECIDED_WRONG = -1
STILL_OPEN = 0

# A kink of slope change d nearer than 30 noise / d cannot be seen; where that is more than 1e-5 of the size such kinks
# are likely (float32, noise; in float64 never: 1e-12).
HIDDEN_KINK = 30.0
HIDDEN_KINK_REACH = 1e-5
# Roundings of the argument on the way to a gradient.
UNITS_OF_X = 4.0
# The gap between the sides is that of f, and not of noise, where it is larger than the noise bars of both slopes.
CLEAR_GAP = 2.0
# A pair accepts only where its noise is not much above the tolerance.
QUIET = 3.0
# A claim is refuted where it is off by ten bars, and by ten times the spread of the slopes.
CLEARLY = 10.0
SMALL_SPREAD = 0.1
# The gap between the sides of a smooth function grows by 4 with the step, up to higher orders and noise.
LEAST_GROWTH = 2.5
MOST_GROWTH = 6.0
# With this much noise, relative to an error, a slope only leans to one side.
LEANS = 1.2


def pair_decision(right: float, left: float, claimed: float, allowed: float, needed: float, noise: float) -> int:
    """Judge a claimed value by one pair.

    Both one-sided slopes must agree with the claim, not only the centered one: no kink that matters then lies between
    the points, a claim between two slopes does not pass, and agreement is evidence by itself, whatever the noise.  A
    claim is wrong only where both slopes agree with each other and clearly not with the claim.
    """
    says_nothing = not math.isfinite(middle(right, left)) or not math.isfinite(claimed) or allowed == 0.0
    if says_nothing or noise > larger(QUIET * allowed, needed):
        return STILL_OPEN
    bar = allowed + noise
    off_right = math.fabs(right - claimed)
    off_left = math.fabs(left - claimed)
    if off_right <= bar and off_left <= bar:
        return DECIDED_RIGHT
    off = smaller(off_right, off_left)
    if off > CLEARLY * bar and math.fabs(right - left) < SMALL_SPREAD * off and right != 0.0 and left != 0.0:
        return DECIDED_WRONG
    return DECIDED_CURVED if math.fabs(middle(right, left) - claimed) <= bar else STILL_OPEN


def farthest_accepted(right: float, left: float, claimed: float, allowed: float, needed: float, noise: float) -> float:
    """Return how far off a claimed value is the farthest other one with which a pair agrees; 0 where it never does.

    One that does not move f agrees with the claim 0 alone, and says nothing of slopes.
    """
    bar = allowed + noise
    if right == 0.0 or not math.fabs(right - left) <= 2.0 * bar or noise > larger(QUIET * allowed, needed):
        return 0.0
    return bar + larger(smaller(right, left) - claimed, claimed - larger(right, left))


def distance_outside(slot: Slot) -> float:
    """Return how far the claimed value lies outside of the interval that holds the slope; NaN where it is NaN."""
    return larger(0.0, larger(slot.slope.low - slot.claimed, slot.claimed - slot.slope.high))


def kink_may_hide(slot: Slot, size: float, distance: float) -> bool:
    """Return whether a kink that would explain the distance could hide in the noise, nearer than any step sees."""
    return HIDDEN_KINK * slot.noise > HIDDEN_KINK_REACH * size * distance


def hidden_by_kink(slot: Slot) -> float:
    """Return the largest error that a kink in the noise may explain, of a claim within both views of the slope.

    It lies no farther outside of the interval than the change of slope at a kink that noise hides.
    """
    low, high = both_sides(slot)
    inside = larger(slot.slope.high - slot.claimed, slot.claimed - slot.slope.low)
    views = smaller(high - low, slot.centered.high - slot.centered.low)
    return smaller(views, inside + HIDDEN_KINK / HIDDEN_KINK_REACH * slot.noise / slot.size)


def inside_both_views(slot: Slot) -> bool:
    """Return whether a claim lies in the centered interval (it holds half the gap) and between the two sides."""
    low, high = both_sides(slot)
    allowed = slot.tolerance
    in_centered = slot.centered.low - allowed <= slot.claimed <= slot.centered.high + allowed
    return in_centered and low - allowed <= slot.claimed <= high + allowed


def argument_rounding(slot: Slot) -> float:
    """Return what rounding of x may change the slope by: a gradient that is right one unit beside x is right.

    The curvature is the least one that the ladder shows where the gap between the sides grows with the step as it
    should; at kinks and jumps it does not, and there is none.  Gaps of noise grow by chance, and do not count.
    """
    curvature = math.inf
    for k in range(1, slot.count):
        step = slot.ladder[k].step
        wider = gap(slot.ladder[k])
        clear = math.fabs(wider) > CLEAR_GAP * noise_bar(slot.noise, step)
        if clear and grows_as_curvature(gap(slot.ladder[k - 1]), wider):
            curvature = smaller(math.fabs(wider) / step, curvature)
    if curvature == math.inf:
        return 0.0
    # What other coordinates are rounded by moves the slope, too: at most so much where f is convex.
    return UNITS_OF_X * larger(curvature * slot.spacing, math.sqrt(curvature * slot.rounding))


def judge(slot: Slot, size: float) -> int:
    """Judge the claimed value of a slot by its evidence; with a size of 0 a kink may always hide in the noise.

    Inside the interval, up to the tolerance, it agrees; outside by more than the tolerance and half the resolution it
    is wrong, unless a kink may hide in the noise; between the two it stays open.  One that is not finite is wrong where
    f has a slope.
    """
    if not math.isfinite(half_width(slot)):
        return STILL_OPEN
    distance = distance_outside(slot)
    allowed = slot.tolerance + argument_rounding(slot)
    if distance <= allowed:
        return DECIDED_RIGHT
    if kink_may_hide(slot, size, distance) and inside_both_views(slot):
        low, high = both_sides(slot)
        slot.resolution = larger((high - low) / 2.0, slot.resolution)
        return DECIDED_RIGHT
    return STILL_OPEN if distance <= allowed + 0.5 * slot.resolution else DECIDED_WRONG


def is_noisy(engine: Engine) -> bool:
    """Return whether f shows less than float64 does: it is computed in less, or its noise is more than rounding."""
    return engine.unit == UNIT_FLOAT32 or engine.noise > ROUNDINGS * spacing(engine.largest_value)


def withdraw_refutation(engine: Engine, slot: Slot) -> None:
    """Withdraw `wrong` where noise hides what lies near x, unless the finest steps refute the claim, too.

    Where kinks lie on both sides of x at every distance, slopes drift from step to step as a random walk does, and a
    stretch of steps at which they happen to agree is no proof; so it is where f varies on a shorter scale.  Beside a
    kink at x that was proved in float64 the slopes are known.
    """
    if slot.decision != DECIDED_WRONG:
        return
    is_known = slot.kink == KINK_AT_X and engine.unit != UNIT_FLOAT32
    in_doubt = is_noisy(engine) and not is_known and not finest_steps_refute(engine, slot)
    if in_doubt or leads_nowhere(engine, slot):
        slot.decision = STILL_OPEN


@never_inlined
def reconsider_on_stairs(engine: Engine, slot: Slot) -> None:
    """Judge the claim of a slot anew where f is a staircase on both sides of x."""
    if slot.missing == 0 and slot.count > 0 and is_on_stairs(engine, slot):
        slot.decision = judge_on_stairs(slot, slot.decision)


def is_on_stairs(engine: Engine, slot: Slot) -> bool:
    """Return whether f is a staircase, flat beside x, whose steps are not those of an arithmetic."""
    rounded = engine.noise_line.in_float32 != 0 or has_few_bits(engine.value)
    return is_on_tread(engine, slot) and not rounded


def claims_zero(slot: Slot) -> bool:
    """Return whether the claim is 0, up to what a proof need not tell apart."""
    return math.fabs(slot.claimed) <= larger(slot.tolerance, slot.need)


def judge_on_stairs(slot: Slot, decision: int) -> int:
    """Judge a claim on a staircase: its slope and its trend are never both called right, nor the slope wrong.

    On a wide tread the slope is 0, and f has no other; on a narrow one its trend is what steps of any use show.
    """
    if claims_zero(slot):
        return decision if decision == DECIDED_RIGHT and is_wide_tread(slot) else STILL_OPEN
    return STILL_OPEN if decision == DECIDED_RIGHT and not is_narrow_tread(slot) else decision


def finest_steps_refute(engine: Engine, slot: Slot) -> bool:
    """Return whether the finest steps that could show the error of a claim do show it.

    Right and left slope at the finest step whose noise is small against the error must leave the claim outside, and
    slopes at finer steps must not be nearer to it than to what was measured.
    """
    error = math.fabs(slot.claimed - estimate(slot))
    if not math.isfinite(error):
        return True
    for place in range(slot.count):
        noise = slope_noise(engine, slot, place)
        slope = centered(slot, place)
        if math.isfinite(slope) and noise < LEANS * error:
            if noise < SHOWS_ERROR * error:
                if is_curved(slot, place):
                    return math.fabs(slope - slot.claimed) > noise
                return not is_between(slot.ladder[place], slot.claimed, noise)
            if math.fabs(slope - slot.claimed) < math.fabs(slope - estimate(slot)):
                return False
    return True


def is_curved(slot: Slot, place: int) -> bool:
    """Return whether the gap between the sides grows with the step from a place on, as that of a curved f does.

    Of the last places the three coarsest ones tell: that f is curved as far as these shows beside x, too.
    """
    first = min(place, slot.count - 3)
    if first < 0:
        return False
    middle = slot.ladder[first + 1]
    return is_wider(slot.ladder[first], middle) and is_wider(middle, slot.ladder[first + 2])


def is_wider(near: Pair, far: Pair) -> bool:
    """Return whether a gap grows as the step does, which refined steps make by less than four."""
    return grows_as_curvature(gap(near) * (far.step / (4.0 * near.step)), gap(far))


def gap(pair: Pair) -> float:
    """Return right slope minus left slope of a pair."""
    return pair.right - pair.left


def grows_as_curvature(near: float, far: float) -> bool:
    """Return whether a gap grows to the next coarser step by four, up to higher orders and noise."""
    return LEAST_GROWTH * math.fabs(near) < math.fabs(far) < MOST_GROWTH * math.fabs(near) and near * far > 0.0


def is_between(pair: Pair, claimed: float, bar: float) -> bool:
    """Return whether a claim lies between left and right slope of a pair, up to a bar."""
    return smaller(pair.left, pair.right) - bar <= claimed <= larger(pair.left, pair.right) + bar
