"""Usual resolutions: the middle one of all that are known, found without sorting and without memory.

Numbers that are not negative have the order of their bits, so that a number that half of them do not exceed can be
looked for between the smallest and the largest one.  Of every guess, all are counted that do not exceed it, and the
search goes on between the two of them that are next to the guess.  Guesses are made where they would be right if the
numbers were evenly spread, and every other time in the middle, which bounds the search for any numbers.
"""

from __future__ import annotations

import math

from ..records.abi import always_inlined, kernel
from ..records.border import Report
from ..records.engine import ConstEngine, Coordinate, coordinate_of
from ..records.floats import middle
from ..records.memory import bits, from_bits
from .outcome import is_decided

# Above the bits of infinity.
BEYOND_ALL = (1 << 63) - 1
NONE_YET = -1
UNKNOWN = -1.0
# Two digits are shown: a part in a thousand (2**-10) is as good as the number itself, and found in few passes.
FINE_ENOUGH = 1 << 42


def note_usual_resolutions(engine: ConstEngine, report: Report) -> None:
    """Write the middle one of the resolutions, and the middle one relative to claims that are not 0."""
    report.usual_resolution, _ = middle_one(engine, False)
    report.usual_relative, report.compared = middle_one(engine, True)


@always_inlined
def resolution_known(coordinate: Coordinate, relative: bool) -> float:
    """Return the resolution of a coordinate, absolute or relative to its claim; `UNKNOWN` where there is none."""
    if not (is_decided(coordinate.cause) and coordinate.resolution < math.inf):
        return UNKNOWN
    if not relative:
        return coordinate.resolution
    claim = math.fabs(coordinate.claimed)
    return coordinate.resolution / claim if 0.0 < claim < math.inf else UNKNOWN


def middle_one(engine: ConstEngine, relative: bool) -> tuple[float, int]:
    """Return the middle one of the resolutions that are known, between two of them their middle, and their number."""
    count, low, high = ends(engine, relative)
    if count == 0:
        return math.nan, 0
    # The ranks of the two in the middle, which are one if the number of all is odd.
    lower = (count - 1) // 2
    upper = count // 2
    before = 0
    through = count
    evenly = True
    while high - low > FINE_ENOUGH:
        part = (upper - before) / (through - before) if evenly else 0.5
        evenly = not evenly
        guess = low + int(part * float(high - low))
        guess = guess if guess < high else high - 1
        counted, at, above = count_up_to(engine, relative, guess)
        if counted > upper:
            high = at
            through = counted
        elif counted <= lower:
            low = above
            before = counted
        else:
            # The guess lies between the two.
            return middle(from_bits(at), from_bits(above)), count
    return from_bits(low), count


@kernel
def ends(engine: ConstEngine, relative: bool) -> tuple[int, int, int]:
    """Return how many numbers there are, and the smallest and the largest bits."""
    count = 0
    low = BEYOND_ALL
    high = NONE_YET
    for index in range(engine.n):
        value = resolution_known(coordinate_of(engine, index), relative)
        if value >= 0.0:
            number = bits(value)
            count += 1
            low = number if number < low else low
            high = number if number > high else high
    return count, low, high


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
