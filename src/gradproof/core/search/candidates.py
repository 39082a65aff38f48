"""Coordinates that lines found: each is confirmed by the check of single coordinates before it is called wrong."""

from __future__ import annotations

from ..coordinates.rounds import asked, take_round, write_round
from ..coordinates.start import begin_coordinates
from ..coordinates.sweep import begin_sweep, end_early, prepare
from ..evidence.scales import DEFAULT_RTOL, note_largest_claims
from ..records import phases
from ..records.abi import ConstReals, ConstVector
from ..records.border import Probes
from ..records.engine import coordinate_of
from ..records.floats import larger, widened
from ..records.lines import CANDIDATES, Lines

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


def begin_confirming(lines: Lines, x: ConstVector, claimed: ConstVector) -> None:
    """Begin the sweep over the candidates, with what is known of f."""
    engine = lines.engine
    rtol = confirming_rtol(lines)
    begin_coordinates(engine, lines.candidates.count, rtol if rtol > 0.0 else DEFAULT_RTOL)
    for number in range(lines.candidates.count):
        index = lines.candidates.indices[number]
        coordinate = coordinate_of(engine, number)
        coordinate.x = widened(x[index])
        coordinate.claimed = widened(claimed[index])
    note_largest_claims(engine)
    begin_sweep(engine)
    # f(x) has been asked for twice where anything disagreed.
    engine.sweep.seen_twice = 1
    lines.confirming = 1
    prepare_candidates(lines)


def prepare_candidates(lines: Lines) -> None:
    """Move the sweep over the candidates on; lines that join several of them are left out."""
    prepare(lines.engine)
    if lines.engine.sweep.phase == phases.SHARED_KINKS:
        # Its random lines would move what lies between the candidates.
        end_early(lines.engine)


def candidates_asked(lines: Lines) -> int:
    """Return how many probes the check of the candidates asks for."""
    return asked(lines.engine) if lines.engine.sweep.phase != phases.DONE else 0


def write_candidates(lines: Lines, probes: Probes) -> int:
    """Write the probes of the candidates, as coordinates of x."""
    count = write_round(lines.engine, probes)
    for number in range(count):
        probe = probes[number]
        start = probe.start
        stop = probe.stop
        if start < stop:
            probe.start = lines.candidates.indices[start]
            probe.stop = lines.candidates.indices[stop - 1] + 1
    return count


def take_candidates(lines: Lines, values: ConstReals) -> None:
    """Take the values of the candidates."""
    take_round(lines.engine, values, candidates_asked(lines))
    prepare_candidates(lines)
