"""The outcome of a coordinate: its cause, its resolution, and the finding that describes it."""

from __future__ import annotations

import math

from ..evidence.decision import DECIDED_RIGHT, DECIDED_WRONG, QUIET, argument_rounding, hidden_by_kink
from ..evidence.hidden_noise import is_flat, is_nothing_but_noise, is_on_tread
from ..evidence.intervals import KINK_AT_X, KINK_NEAR_X, NO_KINK, estimate, half_width
from ..evidence.ladder import (
    growing_places,
    grown_noise,
    median_slope,
    noise_bar,
    pair_noise,
    place_of_step,
    slope_noise,
    slope_of_side,
)
from ..evidence.scales import (
    FLAT_PART,
    LARGEST_PAIR_STEP,
    UNIT_FLOAT64,
    pair_size,
    pair_step,
    tolerance,
    tolerances,
    turned_by_rounding,
)
from ..noise.assumed_noise import noise_until_measured
from ..noise.noise_line import LONE_JUMP
from ..noise.shown_arithmetic import UNDERRATED
from ..proofs.first_pair import SEEN_BY_PAIR, SEEN_BY_PROOF, SEEN_BY_TWO, is_told_apart, seen_by_pair
from ..proofs.full_ladder import PART_OF_JUMP, TINY
from ..proofs.short_proof import is_told_by_pair
from ..proofs.two_pairs import is_contradicted, note_suited_step
from ..records import codes
from ..records.abi import never_inlined
from ..records.border import begin_finding
from ..records.codes import is_acceptable
from ..records.engine import Engine, Interval, Sides, Slot, coordinate_of, finding_of, findings_capacity
from ..records.floats import larger, middle, smaller
from .slots import one_sided_slope, pair_of

# Marks of a coordinate on its way to a cause: below 0, where causes are not.  Its pair is unseen, or settles nothing;
# both slopes of its pair refute the claim; its short proof settles nothing; only the centered slope of its pair agrees.
UNDECIDED = -1
DISAGREES_FLAT = -2
LEFT_FOR_LADDER = -3
CURVED = -4

# A resolution above a tenth of typical slopes decides nothing.
DECIDING_RESOLUTION = 0.1
# The smallest error that a ladder would have seen: the truth may lie at one end of the interval, which is two
# resolutions wide, and a claim is wrong beyond the other end by the tolerance and half a resolution.
SEEN_BY_LADDER = 2.5
# Of an f that does not change at all nobody knows what its slopes are like; no smaller ones than that are ruled out.
LARGEST_UNKNOWN = 1.0
# Noise is the limit where the noise bar of the best slope is at least a quarter of the resolution.
NOISE_SHARE = 4.0


def is_decided(cause: int) -> bool:
    """Return whether a cause is an answer: the claimed value is acceptable, or wrong."""
    return cause == codes.WRONG or is_acceptable(cause)


def note_cause(engine: Engine, index: int, cause: int, kink: int, resolution: float) -> None:
    """Record the cause of a coordinate, its kink and its resolution."""
    coordinate = coordinate_of(engine, index)
    coordinate.cause = cause
    coordinate.kink = kink
    coordinate.resolution = resolution


def new_finding(engine: Engine, index: int) -> int:
    """Begin a finding about a coordinate; return its number, or -1 where there is no room for another."""
    number = engine.sweep.finding_count
    if number >= findings_capacity(engine.sweep.count):
        return -1
    engine.sweep.finding_count = number + 1
    coordinate = coordinate_of(engine, index)
    coordinate.finding = number
    finding = finding_of(engine, number)
    begin_finding(finding, index, index + 1, coordinate.cause, coordinate.kink, coordinate.resolution)
    finding.claimed = coordinate.claimed
    return number


def noise_of_first_pair(engine: Engine, sides: Sides) -> float:
    """Return the noise bar of the slopes of a first pair.

    Where values seem to be rounded to float32 it is by chance that the pair is exact, and others agree by chance, too.
    """
    return noise_until_measured(engine, pair_noise(engine, sides))


def settle_by_pair(engine: Engine, index: int) -> None:
    """Accept a claim that agrees with its first pair; one that did not would have to agree with a proof."""
    coordinate = coordinate_of(engine, index)
    allowed, needed = tolerances(engine, coordinate)
    accept(engine, index, allowed, needed, noise_of_first_pair(engine, pair_of(engine, index)))


def accept(engine: Engine, index: int, allowed: float, needed: float, noise: float) -> None:
    """Accept a claim by a pair, of which tolerance, needed resolution and noise are known."""
    seen = seen_by_pair(engine, allowed, needed, noise)
    # An earlier pair may have been where it would have accepted a claim that is farther off.
    note_cause(engine, index, codes.AGREES, NO_KINK, larger(coordinate_of(engine, index).resolution, seen))


def is_refuted_by_pair(engine: Engine, index: int) -> bool:
    """Return whether the first pair alone is enough to call a claim wrong, which agrees with neither of its slopes."""
    coordinate = coordinate_of(engine, index)
    sides = pair_of(engine, index)
    right = one_sided_slope(engine, coordinate.x, sides.step, sides.right)
    return is_told_by_pair(engine, math.fabs(right - coordinate.claimed), sides.step)


def refute_by_pair(engine: Engine, index: int) -> None:
    """Call a claim wrong by its first pair alone, which is enough where errors are dense."""
    engine.sweep.dense = 1
    coordinate = coordinate_of(engine, index)
    sides = pair_of(engine, index)
    step = sides.step
    noise = noise_of_first_pair(engine, sides)
    note_cause(engine, index, codes.WRONG, NO_KINK, SEEN_BY_PAIR * (tolerance(engine, coordinate) + noise))
    number = new_finding(engine, index)
    if number >= 0:
        finding = finding_of(engine, number)
        finding.right = one_sided_slope(engine, coordinate.x, step, sides.right)
        finding.left = one_sided_slope(engine, coordinate.x, -step, sides.left)
        finding.slope = middle(finding.right, finding.left)
        finding.error_bar = larger(math.fabs(finding.right - finding.left) / 2.0, noise)
        finding.step = step


def leave_all_open(engine: Engine, cause: int) -> None:
    """Record why nothing can be decided: f is not finite at x, or its spread hides every slope."""
    for index in range(engine.sweep.count):
        note_cause(engine, index, cause, NO_KINK, math.inf)
        new_finding(engine, index)


@never_inlined
def settle_slot(engine: Engine, slot: Slot) -> None:
    """Record what a finished slot found; what a short proof does not decide is left for the ladder."""
    cause = slot_cause(engine, slot)
    if slot.lowest == 0.0 and not is_decided(cause):
        coordinate_of(engine, slot.start).cause = LEFT_FOR_LADDER
        return
    kink = reported_kink(slot)
    note_cause(engine, slot.start, cause, kink, seen_by_ladder(engine, slot))
    if cause != codes.AGREES or kink != NO_KINK:
        write_finding(engine, slot)
    elif engine.sweep.scouting != 0 and shows_steps(engine, slot):
        note_suited_step(engine, slot)


def shows_steps(engine: Engine, slot: Slot) -> bool:
    """Return whether the ladder of an accepted claim shows which steps suit f, where noise hides slopes at usual ones.

    Others must know its noise, and at these steps nothing would tell them that they are on stairs.
    """
    if engine.mode == codes.MODE_LINES or (engine.unit == UNIT_FLOAT64 and is_on_tread(engine, slot)):
        return False
    noise = grown_noise(engine, engine.noise, size_of_values(engine))
    bar = noise_bar(noise, LARGEST_PAIR_STEP * pair_size(engine, slot.x))
    return slot.noise <= UNDERRATED * engine.noise and bar > larger(QUIET * slot.tolerance, slot.need)


def seen_by_ladder(engine: Engine, slot: Slot) -> float:
    """Return the smallest error of the claim that the evidence of a slot would have shown.

    Another claim may end with a wider interval, up to what a proof needs, or be explained by a kink that noise hides;
    at a kink at x the tolerance is that of a claim at the steeper end, where the ladder may know the slopes to no more
    than the part of the jump that is enough.  A pair before it may have been where it would have accepted another one.
    """
    allowed = slot.tolerance + argument_rounding(slot)
    needed = slot.need
    if slot.kink == KINK_AT_X:
        steepest = larger(math.fabs(slot.slope.low), math.fabs(slot.slope.high))
        allowed += engine.sweep.rtol * larger(steepest - math.fabs(slot.claimed), 0.0)
        needed = larger(larger(allowed, needed), SEEN_BY_LADDER / SEEN_BY_PROOF * PART_OF_JUMP * math.fabs(slot.jump))
    if slot.decision != DECIDED_RIGHT:
        return allowed + SEEN_BY_LADDER * slot.resolution
    bars = SEEN_BY_LADDER if slot.lowest > 0.0 else SEEN_BY_TWO
    seen = larger(bars * slot.resolution, SEEN_BY_PROOF * needed)
    seen = allowed + (seen if slot.kink == KINK_AT_X else larger(hidden_by_kink(slot), seen))
    return larger(coordinate_of(engine, slot.start).resolution, seen)


def reported_kink(slot: Slot) -> int:
    """Return the kink to report: one at x, or one near x if the zoom found it."""
    if slot.kink == KINK_AT_X:
        return KINK_AT_X
    return KINK_NEAR_X if math.isfinite(slot.distance) else NO_KINK


def slot_cause(engine: Engine, slot: Slot) -> int:
    """Return the cause of a finished slot."""
    if slot.decision == DECIDED_WRONG:
        return codes.WRONG
    step = pair_step(engine, coordinate_of(engine, slot.start))
    if (
        slot.decision == DECIDED_RIGHT
        and decides(engine, slot)
        and not (is_contradicted(engine, slot, step) or is_told_apart(engine, slot, step))
    ):
        kink = reported_kink(slot)
        if kink == KINK_AT_X:
            return codes.KINK_AT_POINT
        return codes.KINK_CROSSED if kink == KINK_NEAR_X else codes.AGREES
    return open_cause(engine, slot)


def decides(engine: Engine, slot: Slot) -> bool:
    """Return whether the resolution is small compared with typical slopes; otherwise any claim would agree.

    Where f is random, only the claim counts: other slopes along the line may be noise.  An f that is 0 up to its noise
    everywhere has the slope 0; a resolution of the absolute error that the caller allows, or of what rounding of x
    makes at a fit, is always enough.
    """
    enough = larger(engine.atol, turned_by_rounding(engine, engine.sweep.turn))
    if slot.resolution <= enough or (slot.claim_scale == 0.0 and is_nothing_but_noise(engine, slot)):
        return True
    if engine.nondeterministic != 0:
        return slot.resolution <= DECIDING_RESOLUTION * math.fabs(slot.claimed)
    reference = larger(slot.claim_scale, median_slope(engine, slot, False))
    if reference == 0.0:
        reference = slope_without_slopes(engine, slot)
    reference = larger(TINY / slot.size, reference)
    return slot.resolution <= DECIDING_RESOLUTION * reference


def size_of_values(engine: Engine) -> float:
    """Return |f(x)|; where that is 0, the largest |f| that was seen."""
    return math.fabs(engine.value) if engine.value != 0.0 else engine.largest_value


def slope_without_slopes(engine: Engine, slot: Slot) -> float:
    """Return what a slope would be like where there is none up to the best step: a part of f, or what lies farther."""
    part = smaller(FLAT_PART * size_of_values(engine) / slot.size, LARGEST_UNKNOWN)
    farther = median_slope(engine, slot, True)
    if part == 0.0 or farther == 0.0:
        return larger(part, farther)
    return smaller(part, farther)


def open_cause(engine: Engine, slot: Slot) -> int:
    """Return why a coordinate is left open: random values, the edge of the domain, noise, or the steps."""
    if engine.nondeterministic != 0:
        return codes.NONDETERMINISTIC
    if 2 * slot.missing > slot.count:
        return codes.DOMAIN
    place = place_of_step(slot, slot.best_step)
    # Where f jumps at x, or varies faster than noise lets one see, another arithmetic would not help.
    ends = larger(growing_places(engine, slot, 1), growing_places(engine, slot, -1)) < slot.count
    if place >= 0 and math.isfinite(half_width(slot)) and not (ends or takes_jump_for_noise(engine, slot)):
        if NOISE_SHARE * slope_noise(engine, slot, place) >= slot.resolution:
            return codes.NOISE_LIMITED
    return codes.STEP_LIMITED


def takes_jump_for_noise(engine: Engine, slot: Slot) -> bool:
    """Return whether the noise of a slot is a jump of f: far above the noise of f, and f is nowhere constant."""
    return slot.noise > LONE_JUMP * engine.noise and not is_flat(slot)


def side_slope(slot: Slot, interval: Interval, side: int) -> float:
    """Return the slope of one side: the middle of its interval, or the slope at the best step where that is open."""
    if math.isfinite(interval.low) and math.isfinite(interval.high):
        return middle(interval.low, interval.high)
    place = place_of_step(slot, slot.best_step)
    return slope_of_side(slot.ladder[place], side) if place >= 0 else math.nan


def write_finding(engine: Engine, slot: Slot) -> None:
    """Write the finding of a slot, if there is room."""
    number = new_finding(engine, slot.start)
    if number < 0:
        return
    finding = finding_of(engine, number)
    finding.left = side_slope(slot, slot.left, -1)
    finding.right = side_slope(slot, slot.right, 1)
    if math.isfinite(half_width(slot)):
        finding.slope = estimate(slot)
        finding.error_bar = half_width(slot)
    finding.step = slot.best_step
    finding.distance = 0.0 if finding.kink == KINK_AT_X else slot.distance
