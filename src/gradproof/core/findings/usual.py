"""Usual resolutions: the middle one of all that are known, found without sorting and without memory.

Numbers that are not negative have the order of their bits.  So the first bits of the middle one are those that half of
the numbers do not exceed; among the numbers that begin with these, the next bits are found in the same way.
"""

from __future__ import annotations

import math
from typing import Annotated

from ..coordinates.outcome import is_decided
from ..records.abi import Integer, Integers, always_inlined, kernel, never_inlined
from ..records.border import Report
from ..records.codes import AGREES
from ..records.engine import ConstEngine, Coordinate, coordinate_of
from ..records.floats import middle
from ..records.memory import bits, clear_record, from_bits, local_record
from ..records.record import record

# Above the bits of infinity.
BEYOND_ALL = (1 << 63) - 1
NONE_YET = -1
LARGEST = math.nextafter(math.inf, 0.0)
# Two digits are shown: three digits of seven bits, exponent and 2**-10 of the number, are as good as the number itself.
DIGIT_BITS = 7
DIGITS = 3
DIGIT_VALUES = 1 << DIGIT_BITS
NUMBER_BITS = 63


@record
class Tally:
    """How many numbers there are of each value of a digit."""

    counts: Annotated[Integers, DIGIT_VALUES]  # by the value of the digit


@record
class Middle:
    """The search for the middle one of some numbers."""

    count: Integer  # how many numbers there are
    start: Integer  # the digits with which it begins
    before: Integer  # how many numbers lie below those that begin so
    counted: Integer  # how many do not lie above them
    at: Integer  # the largest one of these, as bits
    above: Integer  # the smallest one of the others, as bits
    tally: Tally  # those that begin so, by their next digit


def note_usual_resolutions(engine: ConstEngine, report: Report) -> None:
    """Write the middle one of the resolutions, and the middle one relative to claims that are not 0."""
    absolute = local_record(Middle)
    relative = local_record(Middle)
    shift = NUMBER_BITS
    for _ in range(DIGITS):
        shift -= DIGIT_BITS
        tally_digits(engine, shift, absolute, relative)
        note_digit(absolute)
        note_digit(relative)
    count_up_to(engine, shift, absolute, relative)
    report.usual_resolution = middle_one(absolute)
    report.usual_relative = middle_one(relative)
    report.compared = relative.count


@always_inlined
def is_known(coordinate: Coordinate) -> bool:
    """Return whether the resolution of a coordinate is known."""
    # Most agree: the others are asked about by a call.
    return (coordinate.cause == AGREES or is_decided(coordinate.cause)) and coordinate.resolution < math.inf


@kernel
@never_inlined
def tally_digits(engine: ConstEngine, shift: int, absolute: Middle, relative: Middle) -> None:
    """Tally the numbers that begin like the middle one by their next digit, behind which so many bits come."""
    clear_record(absolute.tally)
    clear_record(relative.tally)
    absolute.count = 0
    relative.count = 0
    for index in range(engine.n):
        coordinate = coordinate_of(engine, index)
        if is_known(coordinate):
            claim = math.fabs(coordinate.claimed)
            tally(absolute, coordinate.resolution, shift)
            if 0.0 < claim <= LARGEST:
                tally(relative, coordinate.resolution / claim, shift)


@always_inlined
def tally(found: Middle, value: float, shift: int) -> None:
    """Count a number, and tally it where it begins like the middle one."""
    found.count += 1
    number = bits(value) >> shift
    if number >> DIGIT_BITS == found.start:
        found.tally.counts[number & (DIGIT_VALUES - 1)] += 1


def note_digit(found: Middle) -> None:
    """Note the next digit of the middle one."""
    digit = 0
    while found.before + found.tally.counts[digit] <= (found.count - 1) // 2:
        found.before += found.tally.counts[digit]
        digit += 1
    found.start = found.start * DIGIT_VALUES + digit


@kernel
@never_inlined
def count_up_to(engine: ConstEngine, shift: int, absolute: Middle, relative: Middle) -> None:
    """Count the numbers up to the largest one that begins like the middle one, behind which so many bits come."""
    absolute.at = NONE_YET
    relative.at = NONE_YET
    absolute.above = BEYOND_ALL
    relative.above = BEYOND_ALL
    for index in range(engine.n):
        coordinate = coordinate_of(engine, index)
        if is_known(coordinate):
            claim = math.fabs(coordinate.claimed)
            note_side(absolute, coordinate.resolution, shift)
            if 0.0 < claim <= LARGEST:
                note_side(relative, coordinate.resolution / claim, shift)


@always_inlined
def note_side(found: Middle, value: float, shift: int) -> None:
    """Count a number on its side."""
    number = bits(value)
    if number >> shift <= found.start:
        found.counted += 1
        found.at = number if number > found.at else found.at
    else:
        found.above = number if number < found.above else found.above


def middle_one(found: Middle) -> float:
    """Return the middle one of the numbers, or the middle of two of them; NaN where there is none."""
    if found.count == 0:
        return math.nan
    # Of two in the middle the upper one may lie beyond the numbers that begin so.
    return middle(from_bits(found.at), from_bits(found.above if found.counted <= found.count // 2 else found.at))


def change_of_claims(engine: ConstEngine) -> float:
    """Return by how much f changes, as the claims say, where every coordinate changes by its size."""
    total = 0.0
    for index in range(engine.n):
        coordinate = coordinate_of(engine, index)
        size = math.fabs(coordinate.x) if coordinate.x != 0.0 else engine.typical
        change = size * math.fabs(coordinate.claimed)
        total += change if math.isfinite(change) else 0.0
    return total
