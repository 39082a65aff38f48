"""The findings of a check by their numbers: first those about coordinates, then those about longer lines."""

from __future__ import annotations

from ..records.border import FINDING_BYTES, Finding
from ..records.codes import MODE_LINES, WRONG
from ..records.engine import ConstEngine, coordinate_of, finding_of
from ..records.lines import Lines
from ..records.memory import as_record, copy_bytes


def tested_alone(engine: ConstEngine) -> int:
    """Return how many coordinates are tested alone: all of them, or those that lines have found."""
    if engine.mode == MODE_LINES and as_record(engine, Lines).confirming == 0:
        return 0
    return engine.sweep.count


def place_in_x(engine: ConstEngine, index: int) -> int:
    """Return the number in x of a coordinate that is tested alone."""
    return as_record(engine, Lines).candidates.indices[index] if engine.mode == MODE_LINES else index


def found_alone(engine: ConstEngine) -> int:
    """Return how many findings are about coordinates that were tested alone."""
    return engine.sweep.finding_count if tested_alone(engine) > 0 else 0


def found_count(engine: ConstEngine) -> int:
    """Return how many findings there are."""
    longer = as_record(engine, Lines).finding_count if engine.mode == MODE_LINES else 0
    return found_alone(engine) + longer


def found(engine: ConstEngine, number: int) -> Finding:
    """Return a finding as the memory of the check holds it: coordinates by their numbers among those tested alone."""
    alone = found_alone(engine)
    if number < alone:
        return finding_of(engine, number)
    return as_record(engine, Lines).long_findings[number - alone]


def start_in_x(engine: ConstEngine, number: int) -> int:
    """Return the number in x of the first coordinate of a finding."""
    start = found(engine, number).start
    return place_in_x(engine, start) if number < found_alone(engine) else start


def copy_found(engine: ConstEngine, number: int, copy: Finding) -> None:
    """Copy a finding, with the numbers that coordinates have in x."""
    copy_bytes(copy, found(engine, number), FINDING_BYTES)
    if number < found_alone(engine):
        copy.start = start_in_x(engine, number)
        copy.stop = copy.start + 1
        if copy.partner >= 0:
            copy.partner = place_in_x(engine, copy.partner)
    else:
        count_samples(as_record(engine, Lines), copy)


def count_samples(lines: Lines, finding: Finding) -> None:
    """Count the coordinates of a longer line that were tested alone."""
    if finding.stop == finding.start + 1 or lines.confirming == 0:
        return
    for number in range(lines.candidates.count):
        if finding.start <= lines.candidates.indices[number] < finding.stop:
            finding.sampled += 1
            finding.sampled_wrong += 1 if coordinate_of(lines.engine, number).cause == WRONG else 0
