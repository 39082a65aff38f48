"""Writing findings, the worst first, into memory that may not hold all of them, and without any other.

The caller's structs first hold numbers of findings, in the field `start`: a heap with the mildest one in front, which
makes way for a worse one where there is no more room.  The heap is sorted in its place; then every struct is filled.
"""

from __future__ import annotations

from typing import NamedTuple

from ..records.border import FINDING_BYTES, Finding, Findings
from ..records.engine import ConstEngine
from ..records.memory import copy_bytes, local_record, record_at
from .found import copy_found, found, found_count, start_in_x
from .severity import severity


class Room(NamedTuple):
    """The caller's structs for findings, so many bytes from one to the next, which may be fewer than one has here."""

    engine: ConstEngine
    findings: Findings
    stride: int


def write_findings(engine: ConstEngine, findings: Findings, capacity: int) -> None:
    """Fill the caller's structs with findings, the worst first; where not all of them fit, with the worst ones."""
    room = Room(engine, findings, findings[0].size)
    kept = 0
    for number in range(found_count(engine)):
        if kept < capacity:
            hold(room, kept, number)
            rise(room, kept)
            kept += 1
        elif is_milder(room, held(room, 0), number):
            hold(room, 0, number)
            sink(room, kept)
    sort_worst_first(room, kept)
    whole = local_record(Finding)
    for place in range(kept):
        copy_found(engine, held(room, place), whole)
        write_finding(room, place, whole)


def write_finding(room: Room, place: int, whole: Finding) -> None:
    """Copy a finding to its place, as far as the caller's struct goes."""
    whole.size = room.stride
    target = record_at(room.findings, place * room.stride, Finding)
    copy_bytes(target, whole, room.stride if room.stride < FINDING_BYTES else FINDING_BYTES)


def held(room: Room, place: int) -> int:
    """Return the number of the finding that has this place."""
    return record_at(room.findings, place * room.stride, Finding).start


def hold(room: Room, place: int, number: int) -> None:
    """Give this place to a finding."""
    record_at(room.findings, place * room.stride, Finding).start = number


def swap(room: Room, one: int, other: int) -> None:
    """Swap the findings of two places."""
    number = held(room, one)
    hold(room, one, held(room, other))
    hold(room, other, number)


def is_milder(room: Room, one: int, other: int) -> bool:
    """Return whether one of two findings, by their numbers, is milder than the other."""
    engine = room.engine
    here = severity(found(engine, one), start_in_x(engine, one))
    there = severity(found(engine, other), start_in_x(engine, other))
    return here < there


def rise(room: Room, place: int) -> None:
    """Move the last finding of a heap to where it belongs."""
    while place > 0 and is_milder(room, held(room, place), held(room, (place - 1) // 2)):
        swap(room, place, (place - 1) // 2)
        place = (place - 1) // 2


def sink(room: Room, count: int) -> None:
    """Move the first finding of a heap to where it belongs."""
    place = 0
    below = 1
    while below < count:
        if below + 1 < count and is_milder(room, held(room, below + 1), held(room, below)):
            below += 1
        if not is_milder(room, held(room, below), held(room, place)):
            return
        swap(room, below, place)
        place = below
        below = 2 * place + 1


def sort_worst_first(room: Room, count: int) -> None:
    """Sort a heap: the mildest one of those that are left goes to the end, again and again."""
    for last in range(count - 1, 0, -1):
        swap(room, 0, last)
        sink(room, last)
