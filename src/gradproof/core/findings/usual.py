"""Usual resolutions: the middle one of all that are known, found without sorting and without memory.

Numbers that are not negative have the order of their bits.  So the first bits of the middle one are those that half of
the numbers do not exceed; among the numbers that begin with these, the next bits are found in the same way.
"""

from __future__ import annotations

import math
from typing import Annotated

from ..coordinates.outcome import is_decided
from ..records.abi import Integers, always_inlined, kernel
from ..records.border import Report
from ..records.codes import AGREES
from ..records.engine import ConstEngine, Coordinate, coordinate_of
from ..records.floats import middle
from ..records.memory import bits, clear_record, from_bits, local_record
from ..records.record import record

# Above the bits of infinity.
BEYOND_ALL = (1 << 63) - 1
NONE_YET = -1
UNKNOWN = -1.0
# Two digits are shown: three digits of seven bits, exponent and 2**-10 of the number, are as good as the number itself.
DIGIT_BITS = 7
DIGITS = 3
DIGIT_VALUES = 1 << DIGIT_BITS
NUMBER_BITS = 63


@record
class Tally:
    """How many numbers there are of each value of a digit."""

    counts: Annotated[Integers, DIGIT_VALUES]  # by the value of the digit


def note_usual_resolutions(engine: ConstEngine, report: Report) -> None:
    """Write the middle one of the resolutions, and the middle one relative to claims that are not 0."""
    report.usual_resolution, _ = middle_one(engine, False)
    report.usual_relative, report.compared = middle_one(engine, True)


@always_inlined
def resolution_known(coordinate: Coordinate, relative: bool) -> float:
    """Return the resolution of a coordinate, absolute or relative to its claim; `UNKNOWN` where there is none."""
    # Most agree: the others are asked about by a call.
    if not ((coordinate.cause == AGREES or is_decided(coordinate.cause)) and coordinate.resolution < math.inf):
        return UNKNOWN
    if not relative:
        return coordinate.resolution
    claim = math.fabs(coordinate.claimed)
    return coordinate.resolution / claim if 0.0 < claim < math.inf else UNKNOWN


def middle_one(engine: ConstEngine, relative: bool) -> tuple[float, int]:
    """Return the middle one of the resolutions that are known, between two of them their middle, and their number."""
    tally = local_record(Tally)
    count = 0
    before = 0
    start = 0
    shift = NUMBER_BITS
    for _ in range(DIGITS):
        shift -= DIGIT_BITS
        found = tally_digits(engine, relative, shift, start, tally)
        count = count if count > 0 else found
        if count == 0:
            return math.nan, 0
        digit = 0
        while before + tally.counts[digit] <= (count - 1) // 2:
            before += tally.counts[digit]
            digit += 1
        start = start * DIGIT_VALUES + digit
    counted, at, above = count_up_to(engine, relative, ((start + 1) << shift) - 1)
    # Of two in the middle the upper one may lie beyond the numbers that begin so.
    return middle(from_bits(at), from_bits(above if counted <= count // 2 else at)), count


@kernel
def tally_digits(engine: ConstEngine, relative: bool, shift: int, start: int, tally: Tally) -> int:
    """Count the numbers that begin with some digits by their next digit, behind which so many bits come."""
    clear_record(tally)
    count = 0
    for index in range(engine.n):
        value = resolution_known(coordinate_of(engine, index), relative)
        if value >= 0.0:
            number = bits(value) >> shift
            if number >> DIGIT_BITS == start:
                tally.counts[number & (DIGIT_VALUES - 1)] += 1
                count += 1
    return count


@kernel
def count_up_to(engine: ConstEngine, relative: bool, guess: int) -> tuple[int, int, int]:
    """Return how many numbers have no larger bits than the guess, the largest of them, and the smallest beyond it."""
    counted = 0
    at = NONE_YET
    above = BEYOND_ALL
    for index in range(engine.n):
        value = resolution_known(coordinate_of(engine, index), relative)
        if value >= 0.0:
            number = bits(value)
            if number <= guess:
                counted += 1
                at = number if number > at else at
            else:
                above = number if number < above else above
    return counted, at, above


def change_of_claims(engine: ConstEngine) -> float:
    """Return by how much f changes, as the claims say, where every coordinate changes by its size."""
    total = 0.0
    for index in range(engine.n):
        coordinate = coordinate_of(engine, index)
        size = math.fabs(coordinate.x) if coordinate.x != 0.0 else engine.typical
        change = size * math.fabs(coordinate.claimed)
        total += change if math.isfinite(change) else 0.0
    return total
