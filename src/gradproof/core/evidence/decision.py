"""From evidence to a decision: agrees, wrong, or open."""

from __future__ import annotations

import math

from ..records.engine import Slot
from ..records.floats import larger, middle, smaller
from .intervals import half_width

DECIDED_RIGHT = 1
DECIDED_WRONG = -1
STILL_OPEN = 0

# A kink of slope change d nearer than 30 noise / d cannot be seen; where that is more than 1e-5 of the size such kinks
# are likely (float32, noise; in float64 never: 1e-12).
HIDDEN_KINK = 30.0
HIDDEN_KINK_REACH = 1e-5
# A pair accepts only where its noise is not much above the tolerance.
QUIET = 3.0


def pair_decision(right: float, left: float, claimed: float, allowed: float, needed: float, noise: float) -> int:
    """Judge a claimed value by one pair.

    Both sides must agree with the claim, not the centered slope: so no kink that matters lies inside, a claim between
    two slopes does not pass, and agreement is evidence by itself, whatever the noise.  Wrong only where both sides
    agree with each other and are flatly elsewhere.
    """
    if not math.isfinite(middle(right, left)) or not math.isfinite(claimed) or allowed == 0.0:
        return STILL_OPEN
    if noise > larger(QUIET * allowed, needed):
        return STILL_OPEN
    bar = allowed + noise
    off_right = math.fabs(right - claimed)
    off_left = math.fabs(left - claimed)
    if off_right <= bar and off_left <= bar:
        return DECIDED_RIGHT
    off = smaller(off_right, off_left)
    if off > 10.0 * bar and math.fabs(right - left) < 0.1 * off and right != 0.0 and left != 0.0:
        return DECIDED_WRONG
    return STILL_OPEN


def distance_outside(slot: Slot, claimed: float) -> float:
    """Return how far a claimed value lies outside of the interval that holds the slope."""
    below = slot.slope.low - claimed
    above = claimed - slot.slope.high
    return larger(larger(below, above), 0.0)


def kink_may_hide(slot: Slot, size: float, distance: float) -> bool:
    """Return whether a kink that would explain the distance could hide in the noise, nearer than any step sees."""
    return HIDDEN_KINK * slot.noise > HIDDEN_KINK_REACH * size * distance


def inside_both_views(slot: Slot, claimed: float, allowed: float) -> bool:
    """Return whether a claim lies in the centered interval (it holds half the gap) and between the two sides."""
    low = smaller(slot.right.low, slot.left.low)
    high = larger(slot.right.high, slot.left.high)
    in_centered = slot.centered.low - allowed <= claimed <= slot.centered.high + allowed
    return in_centered and low - allowed <= claimed <= high + allowed


def judge(slot: Slot, claimed: float, allowed: float, size: float) -> int:
    """Judge a claimed value by the evidence of its line.

    Inside the interval, up to the tolerance, it agrees; outside by more than the tolerance and half the resolution it
    is wrong, unless a kink may hide in the noise; between the two it stays open.
    """
    if not math.isfinite(half_width(slot)):
        return STILL_OPEN
    distance = distance_outside(slot, claimed)
    if distance <= allowed:
        return DECIDED_RIGHT
    if kink_may_hide(slot, size, distance) and inside_both_views(slot, claimed, allowed):
        low = smaller(slot.right.low, slot.left.low)
        high = larger(slot.right.high, slot.left.high)
        slot.resolution = larger((high - low) / 2.0, slot.resolution)
        return DECIDED_RIGHT
    if distance > allowed + 0.5 * slot.resolution:
        return DECIDED_WRONG
    return STILL_OPEN
