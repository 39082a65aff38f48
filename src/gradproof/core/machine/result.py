"""What a check found, as the records of the C door."""

from __future__ import annotations

import math

from ..coordinates.outcome import is_decided
from ..noise.shown_arithmetic import noise_source
from ..records import codes
from ..records.abi import Code, Integer, Integers, Reals, exported
from ..records.border import MOST_UNSEEN, Findings, Report
from ..records.codes import BAD_ARGUMENT, DONE, MODE_LINES, NO_ENGINE, NOTHING_TOLD, UNTESTED, WRONG, is_acceptable
from ..records.engine import ConstEngine, coordinate_of, finding_of
from ..records.floats import larger
from ..records.lines import Lines, block_of
from ..records.memory import as_record, clear_record, is_null
from .line_report import report_lines, write_long_findings
from .rounds import blocks_asked_for, is_engine
from .usual import change_of_claims, note_usual_resolutions
from .vouched import vouch_along_lines, vouch_for_coordinates


@exported
def result(engine: ConstEngine, report: Report, findings: Findings, capacity: Integer) -> Code:
    """Write what the check has found so far: at any time after its first value, and as often as is wanted.

    Parameters
    ----------
    engine : ConstEngine
        The check.
    report : Report
        Filled with verdict, counts and figures; `report->findings` says how many findings there are.
    findings : Findings
        Filled with the findings: coordinates in their order, then longer lines; at most `capacity`; may be NULL.
    capacity : Integer
        Number of findings that fit.

    Returns
    -------
    Code
        0; GRADPROOF_BAD_ARGUMENT; GRADPROOF_NO_ENGINE; GRADPROOF_NOTHING_TOLD before the first value, unless the check
        was stopped: then all coordinates are untested.
    """
    if is_null(engine) or is_null(report) or capacity < 0:
        return BAD_ARGUMENT
    if not is_engine(engine):
        return NO_ENGINE
    if engine.rounds == 0 and engine.stopped == 0:
        return NOTHING_TOLD
    write_report(engine, report)
    if not is_null(findings):
        write_findings(engine, findings, capacity)
    return DONE


def write_report(engine: ConstEngine, report: Report) -> None:
    """Fill the report: what every check has, then what its mode has."""
    clear_record(report)
    report.n = engine.n
    report.evaluations = engine.evaluations
    report.outside = engine.outside
    report.rounds = engine.rounds
    report.arithmetic = engine.arithmetic
    report.noise_measured = engine.noise_measured
    report.nondeterministic = engine.nondeterministic
    report.value = engine.value
    report.noise_floor = engine.noise
    report.spread = engine.spread
    report.rtol = engine.rtol
    report.atol = engine.atol
    report.seed = engine.seed
    report.mode = engine.mode
    for place in range(MOST_UNSEEN):
        report.most_unseen[place] = -1
    if engine.mode == MODE_LINES:
        report_lines(as_record(engine, Lines), report)
        vouch_along_lines(as_record(engine, Lines), report)
    else:
        report_coordinates(engine, report)
        vouch_for_coordinates(engine, report)
        note_usual_resolutions(engine, report)
    report.noise_source = noise_source(engine, report.change)


def report_coordinates(engine: ConstEngine, report: Report) -> None:
    """Fill in what a check of every coordinate found; the resolution is that of the worst one that was decided."""
    for index in range(engine.n):
        coordinate = coordinate_of(engine, index)
        cause = coordinate.cause
        report.kinks += 1 if coordinate.kink != 0 else 0
        report.wrong += 1 if cause == WRONG else 0
        report.agreeing += 1 if is_acceptable(cause) else 0
        report.untested += 1 if cause <= UNTESTED else 0
        if is_decided(cause):
            report.resolution = larger(coordinate.resolution, report.resolution)
    report.change = change_of_claims(engine)
    report.tested = engine.n - report.untested
    report.open = report.tested - report.agreeing - report.wrong
    report.findings = engine.sweep.finding_count
    report.dense = engine.sweep.dense
    # Anything wrong is wrong, anything open or untested is inconclusive.
    report.verdict = codes.VERDICT_RIGHT if report.agreeing == engine.n else codes.VERDICT_INCONCLUSIVE
    if report.wrong > 0:
        report.verdict = codes.VERDICT_WRONG


def tested_alone(engine: ConstEngine) -> int:
    """Return how many coordinates are tested alone: all of them, or those that lines have found."""
    if engine.mode == MODE_LINES and as_record(engine, Lines).confirming == 0:
        return 0
    return engine.sweep.count


def place_in_x(engine: ConstEngine, index: int) -> int:
    """Return the number in x of a coordinate that is tested alone."""
    return as_record(engine, Lines).candidates.indices[index] if engine.mode == MODE_LINES else index


def write_findings(engine: ConstEngine, findings: Findings, capacity: int) -> None:
    """Copy the findings: coordinates in their order, then longer lines."""
    written = 0
    for index in range(tested_alone(engine)):
        number = coordinate_of(engine, index).finding
        if number >= 0 and written < capacity:
            findings[written] = finding_of(engine, number)
            findings[written].start = place_in_x(engine, index)
            findings[written].stop = findings[written].start + 1
            written += 1
    if engine.mode == MODE_LINES:
        write_long_findings(as_record(engine, Lines), findings, written, capacity)


@exported
def coordinates(
    engine: ConstEngine, indices: Integers, causes: Integers, kinks: Integers, resolutions: Reals, capacity: Integer
) -> Integer:
    """Write what is known of the coordinates that are tested one by one: all of them, or those that lines have found.

    Parameters
    ----------
    engine : ConstEngine
        The check.
    indices : Integers
        Filled with their numbers in x, in ascending order, at most `capacity` of each; may be NULL.
    causes : Integers
        Filled with their causes; may be NULL.
    kinks : Integers
        Filled with 0 for no kink, 1 for one at x, 2 for one near x; may be NULL.
    resolutions : Reals
        Filled with their resolutions, NaN where nothing was decided; may be NULL.
    capacity : Integer
        Number of coordinates that fit.

    Returns
    -------
    Integer
        Number of these coordinates, which may be larger than `capacity`; GRADPROOF_BAD_ARGUMENT; GRADPROOF_NO_ENGINE.
    """
    if is_null(engine) or capacity < 0:
        return BAD_ARGUMENT
    if not is_engine(engine):
        return NO_ENGINE
    count = tested_alone(engine)
    for index in range(count if count < capacity else capacity):
        coordinate = coordinate_of(engine, index)
        cause = coordinate.cause
        if not is_null(indices):
            indices[index] = place_in_x(engine, index)
        if not is_null(causes):
            causes[index] = cause if cause > UNTESTED else UNTESTED
        if not is_null(kinks):
            kinks[index] = coordinate.kink
        if not is_null(resolutions):
            resolutions[index] = coordinate.resolution if is_decided(cause) else math.nan
    return count


@exported
def blocks(engine: ConstEngine, norms: Reals, bars: Reals, capacity: Integer) -> Integer:
    """Write what lines found of the named blocks.

    Parameters
    ----------
    engine : ConstEngine
        The check.
    norms : Reals
        Filled with the norm of the claimed gradient in each block, every coordinate in its scale; may be NULL.
    bars : Reals
        Filled with the error bar of lines over each block alone, 0 where there were none; may be NULL.
    capacity : Integer
        Number of blocks that fit.

    Returns
    -------
    Integer
        Number of blocks, which may be larger than `capacity`, and 0 in a check of every coordinate;
        GRADPROOF_BAD_ARGUMENT; GRADPROOF_NO_ENGINE.
    """
    count = blocks_asked_for(engine, capacity)
    lines = as_record(engine, Lines)
    for number in range(count if count < capacity else capacity):
        block = block_of(lines, number)
        if not is_null(norms):
            norms[number] = block.norm
        if not is_null(bars):
            bars[number] = block.bar
    return count
