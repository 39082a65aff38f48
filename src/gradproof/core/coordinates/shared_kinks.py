"""The joint test: claims that lie between the slopes of their own kinks must do so together.

A subgradient is one vector.  Where several coordinates share a kink, as both arguments of a maximum do, each claim may
be acceptable alone while all of them together belong to no side of it.  Along any line v the claim a.v must lie between
the left and the right slope.  For two coordinates on one kink, with slopes that change by J and K, one of the lines
(1 / J, 1 / K) and (1 / J, -1 / K) runs along the kink, where f is smooth and the slope exact.

Kinks of one sign at a time, convex or concave: on |x| - |y| mixed lines have an interval that no claim must meet.
"""

from __future__ import annotations

import math

from ..evidence.decision import DECIDED_WRONG
from ..points.directions import direction
from ..points.seeds import SHARED_KINKS, line_seed
from ..records.codes import KINK_AT_POINT, UNTESTED, WRONG
from ..records.engine import (
    PHASE_JOINT,
    SLOT_COUNT,
    STAGE_FINISHED,
    STAGE_FREE,
    Engine,
    Slot,
    coordinate_of,
    finding_of,
)
from .shared_line import open_pair_line, open_random_line

NO_MEMBER = -1
# All pairs of so many coordinates; of more, each with the next one.
ALL_PAIRS = 6
# Lines over all coordinates of a kink: first one along which the claims go as far as they can, then some at random.
RANDOM_LINES = 4
ALIGNED_TRIES = 4096


def begin_joint(engine: Engine) -> None:
    """Begin with the convex kinks."""
    engine.sweep.phase = PHASE_JOINT
    begin_sign(engine, 1)


def begin_sign(engine: Engine, sign: int) -> None:
    """Begin with the kinks of a sign: 1 convex, -1 concave, 0 for the end."""
    engine.sweep.joint.sign = sign
    engine.sweep.joint.first = NO_MEMBER
    engine.sweep.joint.second = NO_MEMBER
    engine.sweep.joint.turn = 0


def jump_of(engine: Engine, index: int) -> float:
    """Return the change of slope at the kink of a coordinate."""
    finding = finding_of(engine, coordinate_of(engine, index).finding)
    return finding.right - finding.left


def is_member(engine: Engine, index: int, sign: int) -> bool:
    """Return whether a coordinate was accepted at a kink of this sign, be it refuted together with others since."""
    number = coordinate_of(engine, index).finding
    if number < 0:
        return False
    refuted = finding_of(engine, number).partner >= 0
    return (refuted or coordinate_of(engine, index).cause == KINK_AT_POINT) and 0.0 < sign * jump_of(
        engine, index
    ) < math.inf


def next_member(engine: Engine, after: int) -> int:
    """Return the next coordinate with a kink of the sign that is looked at, NO_MEMBER where there is none."""
    for index in range(after + 1, engine.sweep.count):
        if is_member(engine, index, engine.sweep.joint.sign):
            return index
    return NO_MEMBER


def are_few(engine: Engine) -> bool:
    """Return whether all pairs are tested."""
    index = NO_MEMBER
    for _ in range(ALL_PAIRS + 1):
        index = next_member(engine, index)
        if index == NO_MEMBER:
            return True
    return False


def next_pair(engine: Engine) -> bool:
    """Move on to the next pair of coordinates; return False where the pairs of this sign are done."""
    first = engine.sweep.joint.first
    second = NO_MEMBER
    if first == NO_MEMBER or not are_few(engine):
        first = next_member(engine, first)
        second = next_member(engine, first) if first != NO_MEMBER else NO_MEMBER
    else:
        second = next_member(engine, engine.sweep.joint.second)
        if second == NO_MEMBER:
            first = next_member(engine, first)
            second = next_member(engine, first)
    engine.sweep.joint.first = first
    engine.sweep.joint.second = second
    return second != NO_MEMBER


def open_next_line(engine: Engine, slot: Slot) -> bool:
    """Put the next line of the joint test into a slot; return False where there is none left."""
    while engine.sweep.joint.sign != 0:
        turn = engine.sweep.joint.turn
        engine.sweep.joint.turn = turn + 1
        if turn == 1:
            open_pair(engine, slot, -1.0)
            engine.sweep.joint.turn = 0
            return True
        if turn == 0:
            if next_pair(engine):
                open_pair(engine, slot, 1.0)
                return True
            engine.sweep.joint.turn = 2
        elif turn < 2 + 1 + RANDOM_LINES and has_range(engine):
            open_range(engine, slot, turn - 2)
            return True
        else:
            begin_sign(engine, -1 if engine.sweep.joint.sign == 1 else 0)
    return False


def open_pair(engine: Engine, slot: Slot, sign: float) -> None:
    """Open a line along which the kinks of the two coordinates change the slope alike, or against each other."""
    first = engine.sweep.joint.first
    second = engine.sweep.joint.second
    ratio = sign * math.fabs(jump_of(engine, first) / jump_of(engine, second))
    open_pair_line(engine, slot, first, second, ratio)


def last_member(engine: Engine, first: int) -> int:
    """Return the last coordinate of the kinks of this sign."""
    last = first
    index = first
    while index != NO_MEMBER:
        last = index
        index = next_member(engine, index)
    return last


def has_range(engine: Engine) -> bool:
    """Return whether there are three coordinates or more, and no other in between: it could have a kink nearby."""
    first = next_member(engine, NO_MEMBER)
    if first == NO_MEMBER:
        return False
    last = last_member(engine, first)
    for index in range(first, last):
        if not is_member(engine, index, engine.sweep.joint.sign):
            return False
    return last - first >= 2


def open_range(engine: Engine, slot: Slot, number: int) -> None:
    """Open a line over all coordinates of the kinks: number 0 leads as far as the claims can, the others are random."""
    first = next_member(engine, NO_MEMBER)
    last = last_member(engine, first)
    seed = line_seed(engine.seed, SHARED_KINKS + ALIGNED_TRIES + number)
    if number == 0:
        farthest = -math.inf
        for attempt in range(ALIGNED_TRIES):
            candidate = line_seed(engine.seed, SHARED_KINKS + attempt)
            reach = reach_of_claims(engine, first, last, candidate)
            if reach > farthest:
                farthest = reach
                seed = candidate
    open_random_line(engine, slot, first, last, seed)


def reach_of_claims(engine: Engine, first: int, last: int, seed: int) -> float:
    """Return how far the claims go beyond the middle of their intervals along a line, in parts of the intervals.

    The scales of x and f do not count: along the line that shows it, the signs of all coordinates may matter.
    """
    total = 0.0
    length = 0.0
    for index in range(first, last + 1):
        finding = finding_of(engine, coordinate_of(engine, index).finding)
        left = finding.left
        right = finding.right
        part = direction(seed, index)
        total += part * (coordinate_of(engine, index).claimed - (left + right) / 2.0) / math.fabs(right - left)
        length += part * part
    return total / math.sqrt(length)


def settle_joint(engine: Engine) -> None:
    """Write down what the finished lines found."""
    for k in range(SLOT_COUNT):
        slot = engine.slots[k]
        if slot.stage == STAGE_FINISHED:
            if slot.decision == DECIDED_WRONG:
                refute_line(engine, slot)
            slot.stage = STAGE_FREE


def refute_line(engine: Engine, slot: Slot) -> None:
    """The claims of a line contradict each other: all coordinates of kinks on it are wrong together."""
    first = slot.start
    last = slot.stop - 1
    if slot.seed == 0:
        refute_together(engine, first, last)
        refute_together(engine, last, first)
        return
    sign = 1 if jump_of(engine, first) > 0.0 else -1
    for index in range(first, last + 1):
        if is_member(engine, index, sign):
            refute_together(engine, index, last if index != last else first)


def refute_together(engine: Engine, index: int, partner: int) -> None:
    """Call a coordinate wrong that was acceptable alone."""
    finding = finding_of(engine, coordinate_of(engine, index).finding)
    finding.cause = WRONG
    if finding.partner < 0:
        finding.partner = partner
    coordinate_of(engine, index).cause = WRONG


def abandon_joint(engine: Engine) -> None:
    """The check ends before its joint test does: kinks that were accepted one by one were not tested together."""
    for sign in (1, -1):
        begin_sign(engine, sign)
        if next_member(engine, next_member(engine, NO_MEMBER)) != NO_MEMBER:
            for index in range(engine.sweep.count):
                if coordinate_of(engine, index).cause == KINK_AT_POINT and is_member(engine, index, sign):
                    coordinate_of(engine, index).cause = UNTESTED
