"""Kinks that coordinates share: claims that are acceptable one by one must be so together.

A subgradient is one vector.  Where several coordinates share a kink, as the arguments of a maximum do, each claim may
lie between the slopes of its own coordinate while their vector is no subgradient.  Along any line v the claim g.v must
lie between the left and the right slope; for convex f this is what makes g a subgradient (Rockafellar, "Convex
Analysis", 1970, theorem 23.2).  If the slopes of two coordinates on one kink change by J and K, one of the lines
(1 / J, 1 / K) and (1 / J, -1 / K) runs along the kink, where f is smooth and its slope exact.

Convex and concave kinks are tested apart: along a line that mixes them, as on |x| - |y|, a right claim may lie outside.
"""

from __future__ import annotations

import math

from ..points.directions import direction
from ..points.seeds import SHARED_KINKS, line_seed
from ..records import codes
from ..records.engine import Engine, Slot, coordinate_of, finding_of
from . import phases
from .shared_line import moves, open_pair_line, open_random_line

NO_MEMBER = -1
# Up to this many coordinates are tested in all pairs; of more, each with the next one.
ALL_PAIRS = 6
# Lines over all coordinates: the one of many along which the claims go farthest, then random ones.
LINES_OVER_ALL = 5
ALIGNED_TRIES = 4096
# Turns: a pair has lines 0 and 1; from 2 on lines go over all coordinates.
SECOND_LINE = 1
OVER_ALL = 2


def begin_shared_kinks(engine: Engine) -> None:
    """Begin with the convex kinks."""
    engine.sweep.phase = phases.SHARED_KINKS
    begin_sign(engine, 1)


def begin_sign(engine: Engine, sign: int) -> None:
    """Begin with the kinks of a sign: 1 convex, -1 concave, 0 none."""
    shared = engine.sweep.shared_kinks
    shared.sign = sign
    shared.first = NO_MEMBER
    shared.second = NO_MEMBER
    shared.turn = 0


def jump_of(engine: Engine, index: int) -> float:
    """Return the change of slope at the kink of a coordinate."""
    finding = finding_of(engine, coordinate_of(engine, index).finding)
    return finding.right - finding.left


def is_member(engine: Engine, index: int, sign: int) -> bool:
    """Return whether a coordinate was accepted at a kink of this sign, even if it was refuted with others since."""
    coordinate = coordinate_of(engine, index)
    if coordinate.finding < 0:
        return False
    if coordinate.cause != codes.KINK_AT_POINT and finding_of(engine, coordinate.finding).partner < 0:
        return False
    return 0.0 < sign * jump_of(engine, index) < math.inf


def next_member(engine: Engine, after: int) -> int:
    """Return the next coordinate with a kink of the current sign, NO_MEMBER where there is none."""
    # Without findings there are none.
    last = engine.sweep.count if engine.sweep.finding_count > 0 else 0
    for index in range(after + 1, last):
        if is_member(engine, index, engine.sweep.shared_kinks.sign):
            return index
    return NO_MEMBER


def are_few(engine: Engine) -> bool:
    """Return whether there are few enough coordinates to test all pairs."""
    index = NO_MEMBER
    for _ in range(ALL_PAIRS + 1):
        index = next_member(engine, index)
        if index == NO_MEMBER:
            return True
    return False


def next_pair(engine: Engine) -> bool:
    """Move on to the next pair of coordinates; return False once all pairs of this sign are done."""
    shared = engine.sweep.shared_kinks
    first = shared.first
    second = NO_MEMBER
    if first != NO_MEMBER and are_few(engine):
        second = next_member(engine, shared.second)
    if second == NO_MEMBER:
        first = next_member(engine, first)
        second = next_member(engine, first) if first != NO_MEMBER else NO_MEMBER
    shared.first = first
    shared.second = second
    return second != NO_MEMBER


def open_next_line(engine: Engine, slot: Slot) -> bool:
    """Put the next line into a slot, two for each pair, then some over all coordinates; return False after the last."""
    shared = engine.sweep.shared_kinks
    while shared.sign != 0:
        turn = shared.turn
        shared.turn = turn + 1
        if turn == SECOND_LINE:
            shared.turn = 0
            open_pair(engine, slot, -1.0)
            return True
        if turn == 0:
            if next_pair(engine):
                open_pair(engine, slot, 1.0)
                return True
            shared.turn = OVER_ALL
        elif turn < OVER_ALL + LINES_OVER_ALL and has_range(engine):
            open_range(engine, slot, turn - OVER_ALL)
            return True
        else:
            begin_sign(engine, -1 if shared.sign == 1 else 0)
    return False


def open_pair(engine: Engine, slot: Slot, sign: float) -> None:
    """Open a line along which the kinks of the pair change the slope in the same direction, or in opposite ones."""
    shared = engine.sweep.shared_kinks
    ratio = sign * math.fabs(jump_of(engine, shared.first) / jump_of(engine, shared.second))
    open_pair_line(engine, slot, shared.first, shared.second, ratio)


def last_member(engine: Engine, first: int) -> int:
    """Return the last coordinate with a kink of the current sign."""
    last = first
    index = first
    while index != NO_MEMBER:
        last = index
        index = next_member(engine, index)
    return last


def has_range(engine: Engine) -> bool:
    """Return whether there are at least three coordinates, without others between them, which may have kinks nearby.

    Those that lines found have other coordinates of x between them.
    """
    if engine.mode == codes.MODE_LINES:
        return False
    first = next_member(engine, NO_MEMBER)
    last = last_member(engine, first)
    for index in range(first + 1, last):
        if not is_member(engine, index, engine.sweep.shared_kinks.sign):
            return False
    return last - first >= 2


def open_range(engine: Engine, slot: Slot, number: int) -> None:
    """Open a line over all coordinates: along number 0 the claims go farthest, the others are random."""
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
    """Return how far the claims are from the middle of their intervals along a line, in widths of the intervals.

    That does not depend on the scales of x and f, so that the sign of every coordinate counts.
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


def refute_line(engine: Engine, slot: Slot) -> None:
    """Call the coordinates of a line wrong, whose claims contradict each other."""
    first = slot.start
    last = slot.stop - 1
    sign = 1 if jump_of(engine, first) > 0.0 else -1
    for index in range(first, last + 1):
        if moves(slot, index) and is_member(engine, index, sign):
            refute_together(engine, index, last if index != last else first)


def refute_together(engine: Engine, index: int, partner: int) -> None:
    """Call a coordinate wrong together with a partner; alone it was acceptable."""
    coordinate = coordinate_of(engine, index)
    coordinate.cause = codes.WRONG
    finding = finding_of(engine, coordinate.finding)
    finding.cause = codes.WRONG
    if finding.partner < 0:
        finding.partner = partner


def abandon_shared_kinks(engine: Engine) -> None:
    """Withdraw what was accepted at kinks that others may share: the check ends before they are tested together."""
    for sign in (1, -1):
        begin_sign(engine, sign)
        if next_member(engine, next_member(engine, NO_MEMBER)) != NO_MEMBER:
            for index in range(engine.sweep.count):
                coordinate = coordinate_of(engine, index)
                if coordinate.cause == codes.KINK_AT_POINT and is_member(engine, index, sign):
                    coordinate.cause = codes.UNTESTED
