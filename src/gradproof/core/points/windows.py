"""Windows of long lines: their coordinates move, and what the claim predicts for it is summed, in one pass.

Eight at once where the processor is wide, and one by one elsewhere, with the same bits.
"""

from __future__ import annotations

import math
from typing import Annotated, NamedTuple

from numpy import uint32, uint64

from ..records.abi import ConstVector, Pointer, Reals, Vector, always_inlined, kernel, never_inlined, wide
from ..records.floats import widened
from ..records.memory import local_record
from ..records.record import record
from .directions import (
    HALF_WINDOW,
    LOW_16_BITS,
    PLACE_FACTOR,
    SHIFT,
    WINDOW,
    Scales,
    halves_of,
    hashed_words,
    parts_in_window,
    scale_of,
    signed_parts_of,
)
from .lanes import (
    LANES,
    Lanes,
    all_lanes,
    all_words,
    are_below,
    are_wide,
    chosen,
    counted_words,
    lanes_at,
    larger_of,
    put_lanes,
    put_words,
    room_for_words,
    sizes_of,
    sum_of,
    turned_by,
    with_first,
)

# Parts are made from the beginning of a window on: of fewer coordinates that may take longer than one by one.
FEWEST = 32


@record
class Sums:
    """What the claim predicts for the coordinates of a window."""

    lanes: Annotated[Reals, 8]  # of every eighth one of them


class Motion(NamedTuple):
    """How the coordinates of a window move: a tuple, because compiled code keeps its numbers in registers."""

    key: uint64  # of the window
    scales: Scales  # how far its coordinates move
    unit: float  # the step along the line, times the unit of signed parts
    apart: bool  # whether coordinates that are 0 have a scale of their own
    aligned: bool  # whether every coordinate moves so that its claimed value predicts growth


@always_inlined
def aligned_parts(signed: float, claim: float) -> float:
    """Return signed parts of a magnitude with the sign of the claimed value; where that is 0 or NaN, as they are."""
    parts = math.fabs(signed)
    turned = parts if claim > 0.0 else signed
    return -parts if claim < 0.0 else turned


@kernel
@wide
def move_window(x: ConstVector, claimed: ConstVector, start: int, stop: int, motion: Motion, point: Vector) -> float:
    """Move coordinates of a window, where not zeros alone move; return the change that the claim predicts.

    Their parts are made first, because one hash serves two coordinates, one in either half of the window: then memory
    is passed over in its order, as processors foresee it.
    """
    parts = room_for_words(WINDOW)
    first = start & -WINDOW
    write_parts(motion.key, stop - first, parts)
    # What is left of whole lanes comes to the first one.
    whole = start + ((stop - start) & -LANES)
    total = all_lanes(0.0)
    for index in range(start, whole, LANES):
        total = total + moved_lanes(x, claimed, index, lanes_at(parts, index - first), motion, point)
    for index in range(whole, stop):
        total = with_first(total, moved_one(x, claimed, index, float(parts[index - first]), motion, point))
    return sum_of(total)


@always_inlined
def write_parts(key: uint64, count: int, parts: Pointer[int]) -> None:
    """Write the signed parts of the first coordinates of a window, at least so many; there is room for all."""
    low, high = halves_of(key)
    factor = all_words(PLACE_FACTOR)
    seeds = all_words(low) + counted_words() * factor
    for place in range(0, count if count < HALF_WINDOW else HALF_WINDOW, LANES):
        bits = hashed_words(seeds, all_words(high))
        seeds = seeds + factor * all_words(uint32(LANES))
        put_words(parts, place, signed_parts_of(bits & all_words(LOW_16_BITS)))
        put_words(parts, place + HALF_WINDOW, signed_parts_of(bits >> all_words(SHIFT)))


@always_inlined
def moved_lanes(x: ConstVector, claimed: ConstVector, index: int, own: Lanes, motion: Motion, point: Vector) -> Lanes:
    """Move eight coordinates by their parts; return the changes that the claim predicts for the steps really taken."""
    value = lanes_at(x, index)
    parts = turned_by(own, lanes_at(claimed, index)) if motion.aligned else own
    size = sizes_of(value)
    scale = larger_of(size, all_lanes(motion.scales.least))
    if motion.apart:
        scale = chosen(are_below(all_lanes(0.0), size), scale, all_lanes(motion.scales.at_zero))
    put_lanes(point, index, value + parts * all_lanes(motion.unit) * scale)
    return lanes_at(claimed, index) * (lanes_at(point, index) - value)


@always_inlined
def moved_one(x: ConstVector, claimed: ConstVector, index: int, own: float, motion: Motion, point: Vector) -> float:
    """Do the same for a single coordinate, on scales of any kind."""
    value = widened(x[index])
    parts = aligned_parts(own, widened(claimed[index])) if motion.aligned else own
    point[index] = value + parts * motion.unit * scale_of(value, motion.scales)
    return widened(claimed[index]) * (widened(point[index]) - value)


@kernel
@never_inlined
def move_some(x: ConstVector, claimed: ConstVector, start: int, stop: int, motion: Motion, point: Vector) -> float:
    """Do the same for coordinates of a window one by one, on scales of any kind, on every processor."""
    sums = local_record(Sums).lanes
    whole = start + ((stop - start) & -LANES)
    for index in range(start, stop):
        lane = (index - start) & (LANES - 1) if index < whole else 0
        sums[lane] += moved_one(x, claimed, index, parts_in_window(motion.key, index), motion, point)
    return sum_of(lanes_at(sums, 0))


def move_in_window(x: ConstVector, claimed: ConstVector, start: int, stop: int, motion: Motion, point: Vector) -> float:
    """Move coordinates of a window; return the change that the claim predicts."""
    if stop - start >= FEWEST and motion.scales.share != 0.0 and are_wide():
        return move_window(x, claimed, start, stop, motion, point)
    return move_some(x, claimed, start, stop, motion, point)
