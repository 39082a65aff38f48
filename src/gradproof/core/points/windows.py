"""Windows of long lines: their coordinates move, and what the claim predicts for it is summed, in one pass.

Eight at once where the processor is wide, and one by one elsewhere, with the same bits.
"""

from __future__ import annotations

import math
from typing import Annotated, NamedTuple

from numpy import uint32, uint64

from ..records.abi import ConstVector, Reals, Vector, always_inlined, kernel, never_inlined, wide
from ..records.floats import widened
from ..records.memory import element_bytes, local_record
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
    fetch,
    lanes_at,
    larger_of,
    put_lanes,
    sizes_of,
    sum_of,
    turned_by,
)

# Numbers are fetched so many bytes ahead: prefetchers of processors lose a stream where a page of memory ends.
# A page and a half is neither too late nor too early.
FETCHED = 6144


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


@always_inlined
def moved_lanes(x: ConstVector, claimed: ConstVector, index: int, own: Lanes, motion: Motion, point: Vector) -> Lanes:
    """Move eight coordinates by their parts; return the changes that the claim predicts for the steps really taken."""
    ahead = index + FETCHED // element_bytes(x)
    fetch(x, ahead)
    fetch(claimed, ahead)
    fetch(point, ahead)
    value = lanes_at(x, index)
    parts = turned_by(own, lanes_at(claimed, index)) if motion.aligned else own
    size = sizes_of(value)
    scale = larger_of(size, all_lanes(motion.scales.least))
    if motion.apart:
        scale = chosen(are_below(all_lanes(0.0), size), scale, all_lanes(motion.scales.at_zero))
    put_lanes(point, index, value + parts * all_lanes(motion.unit) * scale)
    return predicted_lanes(x, claimed, index, point)


@always_inlined
def predicted_lanes(x: ConstVector, claimed: ConstVector, index: int, point: Vector) -> Lanes:
    """Return the changes that the claim predicts for eight coordinates."""
    return lanes_at(claimed, index) * (lanes_at(point, index) - lanes_at(x, index))


@kernel
@wide
def move_window(x: ConstVector, claimed: ConstVector, start: int, motion: Motion, point: Vector) -> float:
    """Move a whole window, where not zeros alone move; return the change that the claim predicts.

    One hash serves two coordinates, one in either half of the window.
    """
    low, high = halves_of(motion.key)
    factor = all_words(PLACE_FACTOR)
    seeds = all_words(low) + counted_words() * factor
    half = start + HALF_WINDOW
    total = all_lanes(0.0)
    for index in range(start, half, LANES):
        bits = hashed_words(seeds, all_words(high))
        seeds = seeds + factor * all_words(uint32(LANES))
        parts = signed_parts_of(bits & all_words(LOW_16_BITS))
        total = total + moved_lanes(x, claimed, index, parts, motion, point)
        parts = signed_parts_of(bits >> all_words(SHIFT))
        moved_lanes(x, claimed, index + HALF_WINDOW, parts, motion, point)
    # In the order of the coordinates, as everywhere.
    for index in range(half, half + HALF_WINDOW, LANES):
        total = total + predicted_lanes(x, claimed, index, point)
    return sum_of(total)


@kernel
@never_inlined
def move_some(x: ConstVector, claimed: ConstVector, start: int, stop: int, motion: Motion, point: Vector) -> float:
    """Do the same for some coordinates of a window one by one, on scales of any kind."""
    sums = local_record(Sums).lanes
    # What is left of whole lanes comes to the first one.
    whole = start + ((stop - start) & -LANES)
    for index in range(start, stop):
        value = widened(x[index])
        own = parts_in_window(motion.key, index)
        parts = aligned_parts(own, widened(claimed[index])) if motion.aligned else own
        point[index] = value + parts * motion.unit * scale_of(value, motion.scales)
        lane = (index - start) & (LANES - 1) if index < whole else 0
        sums[lane] += widened(claimed[index]) * (widened(point[index]) - value)
    return sum_of(lanes_at(sums, 0))


def move_in_window(x: ConstVector, claimed: ConstVector, start: int, stop: int, motion: Motion, point: Vector) -> float:
    """Move coordinates of a window; return the change that the claim predicts."""
    if stop - start == WINDOW and motion.scales.share != 0.0 and are_wide():
        return move_window(x, claimed, start, motion, point)
    return move_some(x, claimed, start, stop, motion, point)
