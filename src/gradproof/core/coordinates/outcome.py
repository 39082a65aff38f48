"""The outcome of a coordinate: its cause, its resolution, and the finding that tells of it."""

from __future__ import annotations

import math

from ..evidence.decision import DECIDED_RIGHT, DECIDED_WRONG
from ..evidence.intervals import KINK_AT_X, KINK_NEAR_X, NO_KINK, estimate, half_width
from ..evidence.ladder import median_slope, place_of_step, slope_noise, slope_of_side
from ..records.codes import AGREES, DOMAIN, KINK_AT_POINT, KINK_CROSSED, NOISE_LIMITED, STEP_LIMITED, WRONG
from ..records.codes import NONDETERMINISTIC as CAUSE_NONDETERMINISTIC
from ..records.engine import Engine, Interval, Slot, coordinate_of, finding_of, findings_capacity
from ..records.findings import begin_finding
from ..records.floats import larger, middle

# A resolution worse than a tenth of what slopes are like here decides nothing.
DECIDES = 0.1
# Where all slopes are 0: so much of f over the size of the coordinate.
FLAT_PART = 1e-3
TINY = 1e-300
# An error outside of the interval by the tolerance and half the resolution is called wrong, wherever the truth lies.
SEEN = 2.5
PAIR_SEEN = 2.0


def is_acceptable(cause: int) -> bool:
    """Return whether a cause lets a claimed value stand."""
    return cause == AGREES or cause == KINK_AT_POINT or cause == KINK_CROSSED


def is_decided(cause: int) -> bool:
    """Return whether a cause is an answer: the claimed value is acceptable, or wrong."""
    return cause == WRONG or is_acceptable(cause)


def note_cause(engine: Engine, index: int, cause: int, kink: int, resolution: float) -> None:
    """Write down the cause of a coordinate."""
    coordinate = coordinate_of(engine, index)
    coordinate.cause = cause
    coordinate.kink = kink
    coordinate.resolution = resolution


def new_finding(engine: Engine, index: int) -> int:
    """Begin a finding about a coordinate; return its number, -1 where there are as many as there can be."""
    number = engine.sweep.finding_count
    if number >= findings_capacity(engine.sweep.count):
        return -1
    engine.sweep.finding_count = number + 1
    coordinate = coordinate_of(engine, index)
    coordinate.finding = number
    finding = finding_of(engine, number)
    begin_finding(finding, index, index + 1, coordinate.cause, coordinate.kink, coordinate.resolution)
    return number


def settle_by_pair(engine: Engine, index: int, allowed: float, noise: float) -> None:
    """The first pair agrees with the claim: nothing more is to be done."""
    note_cause(engine, index, AGREES, NO_KINK, pair_resolution(allowed, noise))


def pair_resolution(allowed: float, noise: float) -> float:
    """Return the smallest error that a pair would have shown."""
    return PAIR_SEEN * (allowed + noise)


def settle_wrong(engine: Engine, index: int, resolution: float) -> int:
    """Errors are dense and the scales known, the pair alone counts: return the number of the finding, or -1."""
    note_cause(engine, index, WRONG, NO_KINK, resolution)
    return new_finding(engine, index)


def settle_without_value(engine: Engine) -> None:
    """F is not finite at x: nothing can be tested anywhere."""
    for index in range(engine.sweep.count):
        note_cause(engine, index, DOMAIN, NO_KINK, math.inf)
        number = new_finding(engine, index)
        if number >= 0:
            finding_of(engine, number).claimed = coordinate_of(engine, index).claimed


def settle_slot(engine: Engine, slot: Slot) -> int:
    """Write down what a finished slot found; return the cause."""
    cause = slot_cause(engine, slot)
    kink = reported_kink(slot)
    resolution = slot.tolerance + SEEN * slot.resolution
    index = slot.start
    note_cause(engine, index, cause, kink, resolution)
    if cause != AGREES or kink != NO_KINK:
        write_finding(engine, slot)
    return cause


def reported_kink(slot: Slot) -> int:
    """Return the kink that is reported: at x, or near x where the zoom found it."""
    if slot.kink == KINK_AT_X:
        return KINK_AT_X
    return KINK_NEAR_X if math.isfinite(slot.distance) else NO_KINK


def slot_cause(engine: Engine, slot: Slot) -> int:
    """Return the cause of a finished slot."""
    decision = slot.decision
    if decision == DECIDED_WRONG:
        return WRONG
    if decision == DECIDED_RIGHT and decides(engine, slot):
        kink = reported_kink(slot)
        if kink == KINK_AT_X:
            return KINK_AT_POINT
        return KINK_CROSSED if kink == KINK_NEAR_X else AGREES
    return open_cause(engine, slot)


def decides(engine: Engine, slot: Slot) -> bool:
    """Return whether the resolution is small against what slopes are like here: else the claim could be anything.

    At a kink its change of slope counts.
    Where f is random, against the claim itself: slopes elsewhere on the line are too easily mistaken for noise.
    """
    if engine.nondeterministic != 0:
        return slot.resolution <= DECIDES * math.fabs(slot.claimed)
    size = slot.size
    reference = median_slope(engine, slot)
    if slot.kink == KINK_AT_X:
        reference = larger(math.fabs(slot.jump), reference)
    reference = larger(slot.claim_scale, reference)
    reference = larger(FLAT_PART * math.fabs(engine.value) / size, reference)
    reference = larger(TINY / size, reference)
    return slot.resolution <= DECIDES * reference


def open_cause(engine: Engine, slot: Slot) -> int:
    """Return why a coordinate stays open: random values, the edge of the domain, noise, or the steps."""
    if engine.nondeterministic != 0:
        return CAUSE_NONDETERMINISTIC
    if 2 * slot.missing > slot.count:
        return DOMAIN
    place = place_of_step(slot, slot.best_step)
    if place >= 0 and math.isfinite(half_width(slot)):
        if 4.0 * slope_noise(engine, slot, place) >= slot.resolution:
            return NOISE_LIMITED
    return STEP_LIMITED


def side_slope(slot: Slot, interval: Interval, side: int) -> float:
    """Return the slope of one side: the middle of its interval, or what the best step says where that is open."""
    if math.isfinite(interval.low) and math.isfinite(interval.high):
        return middle(interval.low, interval.high)
    place = place_of_step(slot, slot.best_step)
    return slope_of_side(slot.ladder[place], side) if place >= 0 else math.nan


def write_finding(engine: Engine, slot: Slot) -> None:
    """Write the finding of a slot."""
    number = new_finding(engine, slot.start)
    if number < 0:
        return
    finding = finding_of(engine, number)
    finding.claimed = slot.claimed
    finding.left = side_slope(slot, slot.left, -1)
    finding.right = side_slope(slot, slot.right, 1)
    if math.isfinite(half_width(slot)):
        finding.slope = estimate(slot)
        finding.error_bar = half_width(slot)
    finding.step = slot.best_step
    finding.distance = 0.0 if finding.kink == KINK_AT_X else slot.distance
