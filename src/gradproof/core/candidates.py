"""Coordinates that lines found: each is confirmed by the check of single coordinates before it is called wrong."""

from __future__ import annotations

from .abi import ConstReals, ConstVector
from .codes import DONE
from .engine import engine_start, options_default
from .floats import larger, widened
from .linestate import CANDIDATES, Lines
from .phases import end_early, prepare
from .rounds import asked, take_round, take_value_at_x, write_round
from .scales import DEFAULT_RTOL, UNIT_FLOAT32
from .state import PHASE_DONE, PHASE_JOINT
from .structs import Probes

# Half of a bar: below the two thirds of it that a magnitude of 1.5 leaves of an error.
AS_CLOSELY = 0.5
# Claims that are all numbers of float32 have a tolerance above this; sums that were made in it leave so much.
ROUNDED_TO_FLOAT32 = 1e-7
MADE_IN_FLOAT32 = 1e-6


def add_candidate(lines: Lines, index: int) -> bool:
    """Put a coordinate on the list, in order, once; return False where the list is full."""
    count = lines.candidates.count
    place = 0
    while place < count and lines.candidates.indices[place] < index:
        place += 1
    if place < count and lines.candidates.indices[place] == index:
        return True
    if count >= CANDIDATES:
        return False
    for behind in range(count, place, -1):
        lines.candidates.indices[behind] = lines.candidates.indices[behind - 1]
    lines.candidates.indices[place] = index
    lines.candidates.count = count + 1
    return True


def gather(lines: Lines, x: ConstVector, claimed: ConstVector) -> None:
    """Copy x and the claimed values of the candidates into the memory of the check."""
    for number in range(lines.candidates.count):
        index = lines.candidates.indices[number]
        lines.candidates.point[number] = widened(x[index])
        lines.candidates.claims[number] = widened(claimed[index])


def confirming_rtol(lines: Lines) -> float:
    """Return the relative error that counts as wrong in a candidate; 0 for the default.

    Where none was chosen, single coordinates are looked at as closely as the line that disagreed: an error that it saw
    is at least two thirds of its bar, and no slope is larger than the norm.
    """
    if lines.chosen_rtol > 0.0 or lines.failed.bar <= 0.0 or lines.norm <= 0.0:
        return lines.chosen_rtol
    seen = AS_CLOSELY * (lines.failed.bar + lines.tolerance) / lines.norm
    if lines.smallest_tolerance > ROUNDED_TO_FLOAT32:
        seen = larger(MADE_IN_FLOAT32, seen)
    return seen if seen < DEFAULT_RTOL else 0.0


def begin_confirming(lines: Lines) -> bool:
    """Begin the check of the candidates with what is known of f; return False where it cannot begin."""
    options = lines.candidates.options
    options_default(options)
    options.seed = lines.seed
    options.float32 = lines.float32
    options.rtol = confirming_rtol(lines)
    # What the noise line found stands in the same header.
    arithmetic = lines.engine.arithmetic
    unit = lines.engine.unit
    random = lines.engine.nondeterministic
    measured = lines.engine.noise_measured
    count = lines.candidates.count
    if engine_start(lines.engine, lines.candidates.point, lines.candidates.claims, count, options) != DONE:
        return False
    lines.engine.arithmetic = arithmetic
    lines.engine.unit = unit if unit == UNIT_FLOAT32 else lines.engine.unit
    lines.engine.typical = lines.typical_x
    take_value_at_x(lines.engine, lines.candidates.claims, lines.value)
    lines.engine.seen_twice = 1
    lines.engine.nondeterministic = random
    lines.engine.spread = lines.spread
    if measured != 0:
        lines.engine.noise_measured = 1
        lines.engine.noise = lines.noise
    lines.engine.budget = 0
    if lines.budget > 0:
        left = lines.budget - lines.evaluations
        # 0 would set no limit.
        lines.engine.budget = left if left > 0 else -1
    lines.confirming = 1
    prepare_candidates(lines)
    return True


def prepare_candidates(lines: Lines) -> None:
    """Move the check of the candidates on; lines that join several of them are left out."""
    if lines.engine.budget < 0:
        end_early(lines.engine)
    prepare(lines.engine, lines.candidates.point, lines.candidates.claims)
    if lines.engine.phase == PHASE_JOINT:
        # Its random lines would move what lies between the candidates.
        end_early(lines.engine)


def candidates_asked(lines: Lines) -> int:
    """Return how many probes the check of the candidates asks for."""
    return asked(lines.engine) if lines.engine.phase != PHASE_DONE else 0


def write_candidates(lines: Lines, probes: Probes) -> int:
    """Write the probes of the candidates, as coordinates of x."""
    count = write_round(lines.engine, lines.candidates.point, lines.candidates.claims, probes)
    for number in range(count):
        probe = probes[number]
        start = probe.start
        stop = probe.stop
        if start < stop:
            probe.start = lines.candidates.indices[start]
            probe.stop = lines.candidates.indices[stop - 1] + 1
    return count


def take_candidates(lines: Lines, values: ConstReals, count: int) -> None:
    """Take the values of the candidates."""
    take_round(lines.engine, lines.candidates.point, lines.candidates.claims, values, count)
    prepare_candidates(lines)
