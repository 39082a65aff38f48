"""What a check found, as the records of the C door."""

from __future__ import annotations

import math

from ..coordinates.outcome import is_acceptable
from ..records.abi import Code, Integer, Integers, Reals, exported
from ..records.border import Findings, Report
from ..records.codes import (
    BAD_ARGUMENT,
    DONE,
    MODE_LINES,
    NO_ENGINE,
    NOTHING_TOLD,
    UNTESTED,
    VERDICT_INCONCLUSIVE,
    VERDICT_RIGHT,
    VERDICT_WRONG,
    WRONG,
)
from ..records.engine import ConstEngine, Engine, coordinate_of, finding_of
from ..records.floats import larger
from ..records.lines import Lines, block_of
from ..records.memory import as_record, clear_record, is_null
from .line_report import report_lines, write_long_findings
from .rounds import is_engine


@exported
def result(engine: ConstEngine, report: Report, findings: Findings, capacity: Integer) -> Code:
    """Write what the check has found so far; may be called at any time after its first value, and more than once.

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
        was stopped.  Nothing is written then.
    """
    if is_null(engine) or is_null(report):
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
    report.rounds = engine.rounds
    report.arithmetic = engine.arithmetic
    report.noise_measured = engine.noise_measured
    report.nondeterministic = engine.nondeterministic
    report.value = engine.value
    report.noise_floor = engine.noise
    report.spread = engine.spread
    report.rtol = engine.rtol
    if engine.mode == MODE_LINES:
        report_lines(as_record(engine, Lines), report)
    else:
        report_coordinates(engine, report)


def report_coordinates(engine: ConstEngine, report: Report) -> None:
    """Fill in what a check of every coordinate found."""
    report.resolution = count_coordinates(engine, report)
    report.verdict = verdict(report)
    report.tested = engine.n - report.untested
    report.findings = engine.sweep.finding_count
    report.dense = engine.sweep.dense


def count_coordinates(engine: Engine, report: Report) -> float:
    """Count the coordinates by cause; return the resolution of the worst one that was decided."""
    resolution = 0.0
    for index in range(engine.sweep.count):
        cause = coordinate_of(engine, index).cause
        if coordinate_of(engine, index).kink != 0:
            report.kinks += 1
        if cause == WRONG:
            report.wrong += 1
        elif is_acceptable(cause):
            report.agreeing += 1
        elif cause <= UNTESTED:
            report.untested += 1
        else:
            report.open += 1
        if cause == WRONG or is_acceptable(cause):
            resolution = larger(coordinate_of(engine, index).resolution, resolution)
    return resolution


def verdict(report: Report) -> int:
    """Return the verdict: anything wrong is wrong, anything open or untested is inconclusive."""
    if report.wrong > 0:
        return VERDICT_WRONG
    if report.open > 0 or report.untested > 0:
        return VERDICT_INCONCLUSIVE
    return VERDICT_RIGHT


def looked_at(engine: ConstEngine) -> int:
    """Return how many coordinates are looked at alone: all of them, or those that lines have found."""
    if engine.mode == MODE_LINES and as_record(engine, Lines).confirming == 0:
        return 0
    return engine.sweep.count


def place_in_x(engine: ConstEngine, index: int) -> int:
    """Return the number in x of a coordinate that is looked at alone."""
    return as_record(engine, Lines).candidates.indices[index] if engine.mode == MODE_LINES else index


def write_findings(engine: ConstEngine, findings: Findings, capacity: int) -> None:
    """Copy the findings: coordinates in their order, then longer lines."""
    written = 0
    for index in range(looked_at(engine)):
        number = coordinate_of(engine, index).finding
        if number >= 0 and written < capacity:
            findings[written] = finding_of(engine, number)
            findings[written].start = place_in_x(engine, index)
            findings[written].stop = place_in_x(engine, index) + 1
            written += 1
    if engine.mode == MODE_LINES:
        write_long_findings(as_record(engine, Lines), findings, written, capacity)


@exported
def coordinates(
    engine: ConstEngine, indices: Integers, causes: Integers, kinks: Integers, resolutions: Reals, capacity: Integer
) -> Integer:
    """Write what is known of the coordinates that are looked at alone: all of them, or those that lines have found.

    Parameters
    ----------
    engine : ConstEngine
        The check.
    indices : Integers
        Filled with their numbers in their order, at most `capacity` of each; may be NULL.
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
        Number of these coordinates; GRADPROOF_BAD_ARGUMENT; GRADPROOF_NO_ENGINE.
    """
    if is_null(engine) or capacity < 0:
        return BAD_ARGUMENT
    if not is_engine(engine):
        return NO_ENGINE
    count = looked_at(engine)
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
            decided = cause == WRONG or is_acceptable(cause)
            resolutions[index] = coordinate.resolution if decided else math.nan
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
        Number of blocks, 0 in a check of every coordinate; GRADPROOF_BAD_ARGUMENT; GRADPROOF_NO_ENGINE.
    """
    if is_null(engine) or capacity < 0:
        return BAD_ARGUMENT
    if not is_engine(engine):
        return NO_ENGINE
    if engine.mode != MODE_LINES:
        return 0
    lines = as_record(engine, Lines)
    for number in range(lines.block_count if lines.block_count < capacity else capacity):
        block = block_of(lines, number)
        if not is_null(norms):
            norms[number] = block.norm
        if not is_null(bars):
            bars[number] = block.bar
    return lines.block_count
