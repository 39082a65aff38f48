"""The joint test: claims that lie between the slopes of their own kinks must do so together.

A subgradient is one vector.  Where several coordinates share a kink, as both arguments of a maximum do, each claim may
be acceptable alone while all of them together belong to no side of it.  Along any line v the claim a.v must lie between
the left and the right slope.  For two coordinates on one kink, with slopes that change by J and K, one of the lines
(1 / J, 1 / K) and (1 / J, -1 / K) runs along the kink, where f is smooth and the slope exact.

Kinks of one sign at a time, convex or concave: on |x| - |y| mixed lines have an interval that no claim must meet.
"""

from __future__ import annotations

import math

from numpy import int64

from .abi import ConstReals, Engine, Reals
from .codes import KINK_AT_POINT, UNTESTED, WRONG
from .directions import direction, mixed
from .jointline import open_pair_line, open_random_line
from .judge import DECIDED_WRONG
from .outcome import cause_of, set_cause
from .state import (
    COORDINATE_FINDING,
    JOINT_FIRST,
    JOINT_SECOND,
    JOINT_SIGN,
    JOINT_TURN,
    PHASE,
    PHASE_JOINT,
    SEED,
    SLOT_COUNT,
    SLOT_DECISION,
    SLOT_SEED,
    SLOT_STAGE,
    SLOT_START,
    SLOT_STOP,
    STAGE_FINISHED,
    STAGE_FREE,
    N,
    coordinate,
    finding,
    slot_place,
)
from .structs import FINDING_CAUSE, FINDING_LEFT, FINDING_PARTNER, FINDING_RIGHT

NO_MEMBER = -1
# All pairs of so many coordinates; of more, each with the next one.
ALL_PAIRS = 6
# Lines over all coordinates of a kink: first one along which the claims go as far as they can, then some at random.
RANDOM_LINES = 4
ALIGNED_TRIES = 4096
SEEDS_APART = 1 << 20


def begin_joint(engine: Engine) -> None:
    """Begin with the convex kinks."""
    engine[PHASE] = PHASE_JOINT
    begin_sign(engine, 1)


def begin_sign(engine: Engine, sign: int) -> None:
    """Begin with the kinks of a sign: 1 convex, -1 concave, 0 for the end."""
    engine[JOINT_SIGN] = sign
    engine[JOINT_FIRST] = NO_MEMBER
    engine[JOINT_SECOND] = NO_MEMBER
    engine[JOINT_TURN] = 0


def jump_of(engine: Engine, reals: Reals, index: int) -> float:
    """Return the change of slope at the kink of a coordinate."""
    place = finding(engine, engine[coordinate(index) + COORDINATE_FINDING])
    return reals[place + FINDING_RIGHT] - reals[place + FINDING_LEFT]


def is_member(engine: Engine, reals: Reals, index: int, sign: int) -> bool:
    """Return whether a coordinate was accepted at a kink of this sign, be it refuted together with others since."""
    number = engine[coordinate(index) + COORDINATE_FINDING]
    if number < 0:
        return False
    refuted = engine[finding(engine, number) + FINDING_PARTNER] >= 0
    return (refuted or cause_of(engine, index) == KINK_AT_POINT) and 0.0 < sign * jump_of(
        engine, reals, index
    ) < math.inf


def next_member(engine: Engine, reals: Reals, after: int) -> int:
    """Return the next coordinate with a kink of the sign that is looked at, NO_MEMBER where there is none."""
    for index in range(after + 1, engine[N]):
        if is_member(engine, reals, index, engine[JOINT_SIGN]):
            return index
    return NO_MEMBER


def are_few(engine: Engine, reals: Reals) -> bool:
    """Return whether all pairs are tested."""
    index = NO_MEMBER
    for _ in range(ALL_PAIRS + 1):
        index = next_member(engine, reals, index)
        if index == NO_MEMBER:
            return True
    return False


def next_pair(engine: Engine, reals: Reals) -> bool:
    """Move on to the next pair of coordinates; return False where the pairs of this sign are done."""
    first = engine[JOINT_FIRST]
    second = NO_MEMBER
    if first == NO_MEMBER or not are_few(engine, reals):
        first = next_member(engine, reals, first)
        second = next_member(engine, reals, first) if first != NO_MEMBER else NO_MEMBER
    else:
        second = next_member(engine, reals, engine[JOINT_SECOND])
        if second == NO_MEMBER:
            first = next_member(engine, reals, first)
            second = next_member(engine, reals, first)
    engine[JOINT_FIRST] = first
    engine[JOINT_SECOND] = second
    return second != NO_MEMBER


def open_next_line(engine: Engine, reals: Reals, slot: int, x: ConstReals, claimed: ConstReals) -> bool:
    """Put the next line of the joint test into a slot; return False where there is none left."""
    while engine[JOINT_SIGN] != 0:
        turn = engine[JOINT_TURN]
        engine[JOINT_TURN] = turn + 1
        if turn == 1:
            open_pair(engine, reals, slot, x, claimed, -1.0)
            engine[JOINT_TURN] = 0
            return True
        if turn == 0:
            if next_pair(engine, reals):
                open_pair(engine, reals, slot, x, claimed, 1.0)
                return True
            engine[JOINT_TURN] = 2
        elif turn < 2 + 1 + RANDOM_LINES and has_range(engine, reals):
            open_range(engine, reals, slot, x, claimed, turn - 2)
            return True
        else:
            begin_sign(engine, -1 if engine[JOINT_SIGN] == 1 else 0)
    return False


def open_pair(engine: Engine, reals: Reals, slot: int, x: ConstReals, claimed: ConstReals, sign: float) -> None:
    """Open a line along which the kinks of the two coordinates change the slope alike, or against each other."""
    first = engine[JOINT_FIRST]
    second = engine[JOINT_SECOND]
    ratio = sign * math.fabs(jump_of(engine, reals, first) / jump_of(engine, reals, second))
    open_pair_line(engine, reals, slot, x, claimed, first, second, ratio)


def last_member(engine: Engine, reals: Reals, first: int) -> int:
    """Return the last coordinate of the kinks of this sign."""
    last = first
    index = first
    while index != NO_MEMBER:
        last = index
        index = next_member(engine, reals, index)
    return last


def has_range(engine: Engine, reals: Reals) -> bool:
    """Return whether there are three coordinates or more, and no other in between: it could have a kink nearby."""
    first = next_member(engine, reals, NO_MEMBER)
    if first == NO_MEMBER:
        return False
    last = last_member(engine, reals, first)
    for index in range(first, last):
        if not is_member(engine, reals, index, engine[JOINT_SIGN]):
            return False
    return last - first >= 2


def open_range(engine: Engine, reals: Reals, slot: int, x: ConstReals, claimed: ConstReals, number: int) -> None:
    """Open a line over all coordinates of the kinks: number 0 leads as far as the claims can, the others are random."""
    first = next_member(engine, reals, NO_MEMBER)
    last = last_member(engine, reals, first)
    seed = line_seed(engine, ALIGNED_TRIES + number)
    if number == 0:
        farthest = -math.inf
        for attempt in range(ALIGNED_TRIES):
            candidate = line_seed(engine, attempt)
            reach = reach_of_claims(engine, reals, claimed, first, last, candidate)
            if reach > farthest:
                farthest = reach
                seed = candidate
    open_random_line(engine, reals, slot, x, claimed, first, last, seed)


def line_seed(engine: Engine, number: int) -> int:
    """Return the seed of a line; never 0, which would mean a line without random signs."""
    seed = int(int64(mixed(engine[SEED], SEEDS_APART + number)))
    return seed if seed != 0 else 1


def reach_of_claims(engine: Engine, reals: Reals, claimed: ConstReals, first: int, last: int, seed: int) -> float:
    """Return how far the claims go beyond the middle of their intervals along a line, in parts of the intervals.

    The scales of x and f do not count: along the line that shows it, the signs of all coordinates may matter.
    """
    total = 0.0
    length = 0.0
    for index in range(first, last + 1):
        place = finding(engine, engine[coordinate(index) + COORDINATE_FINDING])
        left = reals[place + FINDING_LEFT]
        right = reals[place + FINDING_RIGHT]
        part = direction(seed, index)
        total += part * (claimed[index] - (left + right) / 2.0) / math.fabs(right - left)
        length += part * part
    return total / math.sqrt(length)


def settle_joint(engine: Engine, reals: Reals) -> None:
    """Write down what the finished lines found."""
    for k in range(SLOT_COUNT):
        slot = slot_place(k)
        if engine[slot + SLOT_STAGE] == STAGE_FINISHED:
            if engine[slot + SLOT_DECISION] == DECIDED_WRONG:
                refute_line(engine, reals, slot)
            engine[slot + SLOT_STAGE] = STAGE_FREE


def refute_line(engine: Engine, reals: Reals, slot: int) -> None:
    """The claims of a line contradict each other: all coordinates of kinks on it are wrong together."""
    first = engine[slot + SLOT_START]
    last = engine[slot + SLOT_STOP] - 1
    if engine[slot + SLOT_SEED] == 0:
        refute_together(engine, first, last)
        refute_together(engine, last, first)
        return
    sign = 1 if jump_of(engine, reals, first) > 0.0 else -1
    for index in range(first, last + 1):
        if is_member(engine, reals, index, sign):
            refute_together(engine, index, last if index != last else first)


def refute_together(engine: Engine, index: int, partner: int) -> None:
    """Call a coordinate wrong that was acceptable alone."""
    place = finding(engine, engine[coordinate(index) + COORDINATE_FINDING])
    engine[place + FINDING_CAUSE] = WRONG
    if engine[place + FINDING_PARTNER] < 0:
        engine[place + FINDING_PARTNER] = partner
    set_cause(engine, index, WRONG)


def abandon_joint(engine: Engine, reals: Reals) -> None:
    """The check ends before its joint test does: kinks that were accepted one by one were not tested together."""
    for sign in (1, -1):
        begin_sign(engine, sign)
        if next_member(engine, reals, next_member(engine, reals, NO_MEMBER)) != NO_MEMBER:
            for index in range(engine[N]):
                if cause_of(engine, index) == KINK_AT_POINT and is_member(engine, reals, index, sign):
                    set_cause(engine, index, UNTESTED)
