"""The outcome of a coordinate: its cause, its resolution, and the finding that tells of it."""

from __future__ import annotations

import math

from .abi import ConstEngine, ConstReals, Engine, Reals
from .codes import (
    AGREES,
    DOMAIN,
    KINK_AT_POINT,
    KINK_CROSSED,
    NOISE_LIMITED,
    STEP_LIMITED,
    WRONG,
)
from .codes import NONDETERMINISTIC as CAUSE_NONDETERMINISTIC
from .evidence import KINK_AT_X, KINK_NEAR_X, NO_KINK, estimate, half_width
from .floats import larger, middle
from .judge import DECIDED_RIGHT, DECIDED_WRONG
from .ladder import place_of_step, slope_noise, typical_slope
from .state import (
    COORDINATE_CAUSE,
    COORDINATE_FINDING,
    COORDINATE_RESOLUTION,
    FINDINGS,
    SLOT_BEST_STEP,
    SLOT_CLAIM_SCALE,
    SLOT_CLAIMED,
    SLOT_COUNT_PAIRS,
    SLOT_DECISION,
    SLOT_DISTANCE,
    SLOT_JUMP,
    SLOT_KINK,
    SLOT_LADDER_LEFT,
    SLOT_LADDER_RIGHT,
    SLOT_LEFT_HIGH,
    SLOT_LEFT_LOW,
    SLOT_MISSING,
    SLOT_RESOLUTION,
    SLOT_RIGHT_HIGH,
    SLOT_RIGHT_LOW,
    SLOT_SIZE,
    SLOT_START,
    SLOT_TOLERANCE,
    VALUE,
    N,
    coordinate,
    finding,
    findings_capacity,
)
from .state import (
    NONDETERMINISTIC as IS_NONDETERMINISTIC,
)
from .structs import (
    FINDING_CAUSE,
    FINDING_CLAIMED,
    FINDING_DISTANCE,
    FINDING_ERROR_BAR,
    FINDING_KINK,
    FINDING_LEFT,
    FINDING_PARTNER,
    FINDING_RESOLUTION,
    FINDING_RIGHT,
    FINDING_SLOPE,
    FINDING_START,
    FINDING_STEP,
    FINDING_STOP,
)

# A resolution worse than a tenth of what slopes are like here decides nothing.
DECIDES = 0.1
# Where all slopes are 0: so much of f over the size of the coordinate.
FLAT_PART = 1e-3
TINY = 1e-300
# An error outside of the interval by the tolerance and half the resolution is called wrong, wherever the truth lies.
SEEN = 2.5
PAIR_SEEN = 2.0
# Kink and cause share a word.
KINK_WORD = 16


def note_cause(engine: Engine, reals: Reals, index: int, cause: int, kink: int, resolution: float) -> None:
    """Write down the cause of a coordinate."""
    place = coordinate(index)
    engine[place + COORDINATE_CAUSE] = cause + KINK_WORD * kink
    reals[place + COORDINATE_RESOLUTION] = resolution


def set_cause(engine: Engine, index: int, cause: int) -> None:
    """Change the cause of a coordinate; its kink and its resolution stay."""
    engine[coordinate(index) + COORDINATE_CAUSE] = cause + KINK_WORD * kink_of(engine, index)


def cause_of(engine: ConstEngine, index: int) -> int:
    """Return the cause of a coordinate; negative marks are those of coordinates on their way."""
    word = engine[coordinate(index) + COORDINATE_CAUSE]
    return word if word < 0 else word % KINK_WORD


def kink_of(engine: ConstEngine, index: int) -> int:
    """Return whether a kink was seen: 0 none, 1 at x, 2 near x."""
    word = engine[coordinate(index) + COORDINATE_CAUSE]
    return 0 if word < 0 else word // KINK_WORD


def new_finding(engine: Engine, index: int) -> int:
    """Return the place for a finding about a coordinate, -1 where the block holds as many as it can."""
    number = engine[FINDINGS]
    if number >= findings_capacity(engine[N]):
        return -1
    engine[FINDINGS] = number + 1
    engine[coordinate(index) + COORDINATE_FINDING] = number
    place = finding(engine, number)
    engine[place + FINDING_START] = index
    engine[place + FINDING_STOP] = index + 1
    engine[place + FINDING_PARTNER] = -1
    return place


def settle_by_pair(engine: Engine, reals: Reals, index: int, allowed: float, noise: float) -> None:
    """The first pair agrees with the claim: nothing more is to be done."""
    note_cause(engine, reals, index, AGREES, NO_KINK, PAIR_SEEN * (allowed + noise))


def refute_by_pair(
    engine: Engine,
    reals: Reals,
    index: int,
    claimed: float,
    right: float,
    left: float,
    noise: float,
    allowed: float,
    step: float,
) -> None:
    """Errors are dense and the scales known: the pair alone counts."""
    resolution = PAIR_SEEN * (allowed + noise)
    note_cause(engine, reals, index, WRONG, NO_KINK, resolution)
    place = new_finding(engine, index)
    if place >= 0:
        engine[place + FINDING_CAUSE] = WRONG
        engine[place + FINDING_KINK] = NO_KINK
        reals[place + FINDING_CLAIMED] = claimed
        reals[place + FINDING_SLOPE] = middle(right, left)
        reals[place + FINDING_LEFT] = left
        reals[place + FINDING_RIGHT] = right
        reals[place + FINDING_ERROR_BAR] = larger(math.fabs(right - left) / 2.0, noise)
        reals[place + FINDING_STEP] = step
        reals[place + FINDING_RESOLUTION] = resolution
        reals[place + FINDING_DISTANCE] = math.nan


def settle_without_value(engine: Engine, reals: Reals, claimed: ConstReals) -> None:
    """F is not finite at x: nothing can be tested anywhere."""
    for index in range(engine[N]):
        note_cause(engine, reals, index, DOMAIN, NO_KINK, math.inf)
        place = new_finding(engine, index)
        if place >= 0:
            engine[place + FINDING_CAUSE] = DOMAIN
            engine[place + FINDING_KINK] = NO_KINK
            reals[place + FINDING_CLAIMED] = claimed[index]
            for field in (FINDING_SLOPE, FINDING_LEFT, FINDING_RIGHT, FINDING_STEP, FINDING_DISTANCE):
                reals[place + field] = math.nan
            reals[place + FINDING_ERROR_BAR] = math.inf
            reals[place + FINDING_RESOLUTION] = math.inf


def settle_slot(engine: Engine, reals: Reals, slot: int) -> int:
    """Write down what a finished slot found; return the cause."""
    cause = slot_cause(engine, reals, slot)
    kink = reported_kink(engine, reals, slot)
    resolution = reals[slot + SLOT_TOLERANCE] + SEEN * reals[slot + SLOT_RESOLUTION]
    index = engine[slot + SLOT_START]
    note_cause(engine, reals, index, cause, kink, resolution)
    if cause != AGREES or kink != NO_KINK:
        write_finding(engine, reals, slot, cause, kink, resolution)
    return cause


def reported_kink(engine: Engine, reals: Reals, slot: int) -> int:
    """Return the kink that is reported: at x, or near x where the zoom found it."""
    if engine[slot + SLOT_KINK] == KINK_AT_X:
        return KINK_AT_X
    return KINK_NEAR_X if math.isfinite(reals[slot + SLOT_DISTANCE]) else NO_KINK


def slot_cause(engine: Engine, reals: Reals, slot: int) -> int:
    """Return the cause of a finished slot."""
    decision = engine[slot + SLOT_DECISION]
    if decision == DECIDED_WRONG:
        return WRONG
    if decision == DECIDED_RIGHT and decides(engine, reals, slot):
        kink = reported_kink(engine, reals, slot)
        if kink == KINK_AT_X:
            return KINK_AT_POINT
        return KINK_CROSSED if kink == KINK_NEAR_X else AGREES
    return open_cause(engine, reals, slot)


def decides(engine: Engine, reals: Reals, slot: int) -> bool:
    """Return whether the resolution is small against what slopes are like here: else the claim could be anything.

    At a kink its change of slope counts.
    Where f is random, against the claim itself: slopes elsewhere on the line are too easily mistaken for noise.
    """
    if engine[IS_NONDETERMINISTIC] != 0:
        return reals[slot + SLOT_RESOLUTION] <= DECIDES * math.fabs(reals[slot + SLOT_CLAIMED])
    size = reals[slot + SLOT_SIZE]
    reference = typical_slope(engine, reals, slot)
    if engine[slot + SLOT_KINK] == KINK_AT_X:
        reference = larger(math.fabs(reals[slot + SLOT_JUMP]), reference)
    reference = larger(reals[slot + SLOT_CLAIM_SCALE], reference)
    reference = larger(FLAT_PART * math.fabs(reals[VALUE]) / size, reference)
    reference = larger(TINY / size, reference)
    return reals[slot + SLOT_RESOLUTION] <= DECIDES * reference


def open_cause(engine: Engine, reals: Reals, slot: int) -> int:
    """Return why a coordinate stays open: random values, the edge of the domain, noise, or the steps."""
    if engine[IS_NONDETERMINISTIC] != 0:
        return CAUSE_NONDETERMINISTIC
    if 2 * engine[slot + SLOT_MISSING] > engine[slot + SLOT_COUNT_PAIRS]:
        return DOMAIN
    place = place_of_step(engine, reals, slot, reals[slot + SLOT_BEST_STEP])
    if place >= 0 and math.isfinite(half_width(reals, slot)):
        if 4.0 * slope_noise(reals, slot, place) >= reals[slot + SLOT_RESOLUTION]:
            return NOISE_LIMITED
    return STEP_LIMITED


def side_slope(engine: Engine, reals: Reals, slot: int, low: float, high: float, row: int) -> float:
    """Return the slope of one side: the middle of its interval, or what the best step says where that is open."""
    if math.isfinite(low) and math.isfinite(high):
        return middle(low, high)
    place = place_of_step(engine, reals, slot, reals[slot + SLOT_BEST_STEP])
    if place < 0:
        return math.nan
    return reals[slot + row + place]


def write_finding(engine: Engine, reals: Reals, slot: int, cause: int, kink: int, resolution: float) -> None:
    """Write the finding of a slot."""
    place = new_finding(engine, engine[slot + SLOT_START])
    if place < 0:
        return
    right = side_slope(
        engine, reals, slot, reals[slot + SLOT_RIGHT_LOW], reals[slot + SLOT_RIGHT_HIGH], SLOT_LADDER_RIGHT
    )
    left = side_slope(engine, reals, slot, reals[slot + SLOT_LEFT_LOW], reals[slot + SLOT_LEFT_HIGH], SLOT_LADDER_LEFT)
    known = math.isfinite(half_width(reals, slot))
    engine[place + FINDING_CAUSE] = cause
    engine[place + FINDING_KINK] = kink
    reals[place + FINDING_CLAIMED] = reals[slot + SLOT_CLAIMED]
    reals[place + FINDING_SLOPE] = estimate(reals, slot) if known else math.nan
    reals[place + FINDING_LEFT] = left
    reals[place + FINDING_RIGHT] = right
    reals[place + FINDING_ERROR_BAR] = half_width(reals, slot) if known else math.inf
    reals[place + FINDING_STEP] = reals[slot + SLOT_BEST_STEP]
    reals[place + FINDING_RESOLUTION] = resolution
    reals[place + FINDING_DISTANCE] = 0.0 if kink == KINK_AT_X else reals[slot + SLOT_DISTANCE]
