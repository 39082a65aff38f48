"""Coordinates that lines found: none is called wrong before the check of single coordinates confirms it."""

from __future__ import annotations

from ..coordinates import phases
from ..coordinates.rounds import asked, take_round, write_round
from ..coordinates.start import begin_coordinates
from ..coordinates.sweep import begin_sweep, prepare
from ..evidence.scales import note_largest_claims
from ..records.abi import ConstReals, ConstVector
from ..records.border import Probes
from ..records.codes import KINK_AT_POINT
from ..records.engine import coordinate_of
from ..records.floats import widened
from ..records.lines import CANDIDATES, Lines

# More kinks than these are not tested together: each pair takes two lines.
MOST_SHARED = 4


def add_candidate(lines: Lines, index: int) -> bool:
    """Put a coordinate on the list, in order, once; return False where the list is full."""
    candidates = lines.candidates
    place = 0
    while place < candidates.count and candidates.indices[place] < index:
        place += 1
    if place < candidates.count and candidates.indices[place] == index:
        return True
    if candidates.count >= CANDIDATES:
        return False
    for later in range(candidates.count, place, -1):
        candidates.indices[later] = candidates.indices[later - 1]
    candidates.indices[place] = index
    candidates.count += 1
    return True


def begin_confirming(lines: Lines, x: ConstVector, claimed: ConstVector) -> None:
    """Begin the sweep over the candidates, with what is known of f."""
    engine = lines.engine
    begin_coordinates(engine, lines.candidates.count, engine.rtol)
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
    """Move the sweep over the candidates on; kinks are tested together where there are few.

    Of many only some were found: what the others hide, the gap says that is reported.
    """
    prepare(lines.engine)
    if lines.engine.sweep.phase == phases.SHARED_KINKS and kinks_at_x(lines) > MOST_SHARED:
        lines.engine.sweep.phase = phases.DONE


def kinks_at_x(lines: Lines) -> int:
    """Return how many candidates have an acceptable claim at a kink."""
    count = 0
    for number in range(lines.candidates.count):
        count += 1 if coordinate_of(lines.engine, number).cause == KINK_AT_POINT else 0
    return count


def candidates_asked(lines: Lines) -> int:
    """Return how many probes the check of the candidates asks for."""
    return asked(lines.engine)


def write_candidates(lines: Lines, probes: Probes) -> int:
    """Write the probes of the candidates, as coordinates of x."""
    count = write_round(lines.engine, probes)
    for number in range(count):
        probe = probes[number]
        if probe.start < probe.stop:
            probe.start = lines.candidates.indices[probe.start]
            probe.stop = lines.candidates.indices[probe.stop - 1] + 1
    return count


def take_candidates(lines: Lines, values: ConstReals) -> None:
    """Take the values of the candidates."""
    take_round(lines.engine, values, candidates_asked(lines))
    prepare_candidates(lines)
