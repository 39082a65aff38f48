"""A line over coordinates that may share a kink: first a pair, then a ladder if the pair does not settle the claim."""

from __future__ import annotations

import math

from ..evidence import scales, stages
from ..evidence.decision import DECIDED_RIGHT, QUIET, is_between, judge
from ..evidence.intervals import weigh_ladder
from ..evidence.ladder import insert_pair, noise_bar
from ..evidence.scales import harmless_step, line_size, smallest_step, tolerance
from ..points.directions import coordinate_scale, direction
from ..points.probes import displaced
from ..proofs.full_ladder import STEPS_A_ROUND, noise_hides_slopes, note_largest_slope
from ..proofs.refinement import begin_excusing_jump
from ..proofs.short_proof import settle
from ..proofs.two_pairs import STEP_RATIO
from ..records.engine import Engine, Slot, coordinate_of, want_pair
from ..records.floats import larger, largest_finite, power_of_two_above, smaller
from ..records.memory import clear_record

# The smallest step, in smallest steps of a coordinate: along a slanted line no step is exact.
ABOVE_SMALLEST = 16.0
# The relative rounding error of the claim along the line, which is a sum.
SUM_ROUNDING = 1e-13
# The ladder begins at a quarter of the size.
TOP_PART = 4.0


def begin_line(engine: Engine, slot: Slot, first: int, last: int) -> None:
    """Put a line over coordinates into a slot."""
    clear_record(slot)
    slot.stage = stages.SHARED_PAIR
    slot.start = first
    slot.stop = last + 1
    slot.noise = engine.noise


def ask_first_pair(engine: Engine, slot: Slot) -> None:
    """Ask for a pair at the smallest step whose noise is harmless."""
    largest = scales.LARGEST_PAIR_STEP * slot.size
    slot.step = harmless_step(engine.noise, slot.tolerance, slot.lowest, largest)
    want_pair(slot, slot.step)


def open_pair_line(engine: Engine, slot: Slot, first: int, second: int, ratio: float) -> None:
    """Open a line along which two coordinates move: the first by the step, the second by `ratio` times the step."""
    begin_line(engine, slot, first, second)
    one = coordinate_of(engine, first)
    two = coordinate_of(engine, second)
    part = math.fabs(ratio)
    slot.ratio = ratio
    slot.claimed = one.claimed + ratio * two.claimed
    slot.lowest = ABOVE_SMALLEST * larger(smallest_step(engine, one.x), smallest_step(engine, two.x) / part)
    allowed = tolerance(engine, one) + part * tolerance(engine, two)
    slot.tolerance = allowed + SUM_ROUNDING * (math.fabs(one.claimed) + part * math.fabs(two.claimed))
    slot.size = smaller(line_size(engine, one.x), line_size(engine, two.x) / part)
    ask_first_pair(engine, slot)


def open_random_line(engine: Engine, slot: Slot, first: int, last: int, seed: int) -> None:
    """Open a random line over a range of coordinates."""
    begin_line(engine, slot, first, last)
    slot.seed = seed
    slot.size = 1.0
    slot.lowest = ABOVE_SMALLEST * scales.SMALLEST_STEP * (scales.FLOAT32_SPACING if engine.float32 != 0 else 1.0)
    claim = 0.0
    allowed = 0.0
    for index in range(first, last + 1):
        coordinate = coordinate_of(engine, index)
        part = direction(seed, index) * coordinate_scale(coordinate.x, engine.typical)
        claim += part * coordinate.claimed
        allowed += math.fabs(part) * (tolerance(engine, coordinate) + SUM_ROUNDING * math.fabs(coordinate.claimed))
    slot.claimed = claim
    slot.tolerance = allowed
    ask_first_pair(engine, slot)


def moves(slot: Slot, index: int) -> bool:
    """Return whether a coordinate moves along a line: on a random line all do, else only the two ends."""
    return slot.seed != 0 or index == slot.start or index == slot.stop - 1


def change_by_rounding(engine: Engine, slot: Slot, step: float) -> float:
    """Return the change of f that the claims predict for rounding the point to float32.

    Along a slanted line no step is exact.  Less this change, f still obeys the inequality of a subgradient: a right
    claim lies between the slopes, however the points are rounded.
    """
    change = 0.0
    for index in range(slot.start, slot.stop):
        if moves(slot, index):
            coordinate = coordinate_of(engine, index)
            move = step
            if slot.seed != 0:
                move *= direction(slot.seed, index) * coordinate_scale(coordinate.x, engine.typical)
            elif index != slot.start:
                move *= slot.ratio
            change += coordinate.claimed * (displaced(coordinate.x, move, True) - coordinate.x - move)
    return change


def take_pair_of_line(engine: Engine, slot: Slot, step: float, right_value: float, left_value: float) -> None:
    """Put the values on both sides of x into the ladder as slopes along the line."""
    right = (right_value - engine.value) / step
    left = (engine.value - left_value) / step
    insert_pair(slot, step, right, left, largest_finite(right_value, left_value))


def advance_shared_pair(engine: Engine, slot: Slot) -> None:
    """Accept a claim between the slopes of the pair; else begin a ladder downwards."""
    if pair_accepts(engine, slot):
        settle(slot, DECIDED_RIGHT)
        return
    slot.stage = stages.SHARED_LADDER
    slot.count = 0
    slot.missing = 0
    slot.largest_slope = math.fabs(slot.claimed)
    slot.step = power_of_two_above(slot.size) / TOP_PART
    ask_finer(slot)


def pair_accepts(engine: Engine, slot: Slot) -> bool:
    """Return whether the claim lies between the two slopes of the pair, and noise does not hide them."""
    pair = slot.ladder[0]
    noise = noise_bar(engine.noise, pair.step)
    if not math.isfinite(pair.right + pair.left) or not noise <= QUIET * slot.tolerance:
        return False
    return is_between(pair, slot.claimed, slot.tolerance + noise)


def advance_shared_ladder(engine: Engine, slot: Slot) -> None:
    """Ask for finer pairs; where noise would hide their slopes, judge the claim; look for jumps before it is wrong."""
    note_largest_slope(slot)
    if slot.step >= slot.lowest and not noise_hides_slopes(slot, slot.step):
        ask_finer(slot)
        return
    weigh_ladder(engine, slot)
    # With size 0 a kink may always hide in the noise: here every claim is about one that has been seen.
    slot.decision = judge(slot, 0.0)
    if not begin_excusing_jump(engine, slot):
        settle(slot, slot.decision)


def ask_finer(slot: Slot) -> None:
    """Ask for the next pairs, each a quarter of the one before."""
    for _ in range(STEPS_A_ROUND):
        want_pair(slot, slot.step)
        slot.step /= STEP_RATIO
