"""What a check by lines found, as the records of the C door."""

from __future__ import annotations

from .abi import Code, Integer, Integers, Reals, exported
from .codes import BAD_ARGUMENT, DONE, UNTESTED, VERDICT_INCONCLUSIVE, VERDICT_RIGHT, WRONG
from .linestate import LINES_DONE, Lines, block_of
from .memory import as_record, clear_record, is_null
from .result import is_acceptable
from .state import ConstEngine, coordinate_of, finding_of
from .structs import Findings, Report

# A single error of so many bars is seen by every line: the magnitudes of directions are at least 1/2.
SURE = 4.0


def write_lines_report(lines: Lines, report: Report) -> None:
    """Fill the report."""
    clear_record(report)
    report.verdict = lines.verdict if lines.phase == LINES_DONE else VERDICT_INCONCLUSIVE
    report.cause = lines.cause if lines.phase == LINES_DONE else UNTESTED
    report.n = lines.n
    report.evaluations = lines.evaluations
    report.rounds = lines.rounds
    report.arithmetic = lines.engine.arithmetic
    report.noise_measured = lines.engine.noise_measured
    report.nondeterministic = lines.engine.nondeterministic
    report.dense = lines.dense
    report.lines = lines.random_lines
    report.aligned_lines = lines.aligned_lines
    report.parts = lines.part.done
    report.early = lines.early
    count_lines(lines, report)
    write_figures(lines, report)


def write_figures(lines: Lines, report: Report) -> None:
    """Fill in the real numbers."""
    report.value = lines.value
    report.noise_floor = lines.noise
    report.spread = lines.spread
    report.rtol = lines.rtol
    report.bar = lines.random_bar
    report.aligned_bar = lines.aligned_bar
    report.parts_bar = lines.part.bar
    report.norm = lines.norm
    report.sum = lines.sum
    report.curved = lines.curved_slope
    report.hidden = lines.hidden_gap
    sharpest = lines.part.bar if 0.0 < lines.part.bar < lines.random_bar else lines.random_bar
    report.resolution = SURE * sharpest


def count_lines(lines: Lines, report: Report) -> None:
    """Count coordinates: all of them were on the lines, those that were found were looked at alone."""
    if lines.confirming != 0:
        for number in range(lines.candidates.count):
            cause = coordinate_of(lines.engine, number).cause
            report.wrong += 1 if cause == WRONG else 0
            report.kinks += 1 if coordinate_of(lines.engine, number).kink != 0 else 0
            report.open += 0 if cause == WRONG or is_acceptable(cause) else 1
            report.findings += 1 if coordinate_of(lines.engine, number).finding >= 0 else 0
    report.findings += lines.finding_count
    if lines.random_lines > 0 or report.verdict != VERDICT_INCONCLUSIVE:
        report.tested = lines.n
    report.agreeing = lines.n if report.verdict == VERDICT_RIGHT else 0
    report.untested = lines.n - report.tested


def write_lines_findings(lines: Lines, findings: Findings, capacity: int) -> None:
    """Copy the findings: coordinates first, then longer lines."""
    written = 0
    if lines.confirming != 0:
        for number in range(lines.candidates.count):
            found = coordinate_of(lines.engine, number).finding
            if found >= 0 and written < capacity:
                findings[written] = finding_of(lines.engine, found)
                findings[written].start = lines.candidates.indices[number]
                findings[written].stop = lines.candidates.indices[number] + 1
                written += 1
    for number in range(lines.finding_count):
        if written < capacity:
            findings[written] = lines.long_findings[number]
            written += 1


@exported
def lines_result(engine: ConstEngine, report: Report, findings: Findings, capacity: Integer) -> Code:
    """Write what the check has found so far; may be called at any time, and more than once.

    Parameters
    ----------
    engine : ConstEngine
        The check.
    report : Report
        Filled with verdict, counts and figures; `report->findings` says how many findings there are.
    findings : Findings
        Filled with the findings: first the coordinates that were confirmed, in their order, then the longer lines; at
        most `capacity`; may be NULL.
    capacity : Integer
        Number of findings that fit.

    Returns
    -------
    Code
        0, or GRADPROOF_BAD_ARGUMENT.
    """
    if is_null(engine) or is_null(report):
        return BAD_ARGUMENT
    lines = as_record(engine, Lines)
    write_lines_report(lines, report)
    if not is_null(findings):
        write_lines_findings(lines, findings, capacity)
    return DONE


@exported
def lines_candidates(engine: ConstEngine, indices: Integers, causes: Integers, capacity: Integer) -> Integer:
    """Write which single coordinates were looked at alone, and what was found.

    Parameters
    ----------
    engine : ConstEngine
        The check.
    indices : Integers
        Filled with the coordinates in their order, at most `capacity`; may be NULL.
    causes : Integers
        Filled with their causes; may be NULL.
    capacity : Integer
        Number of coordinates that fit.

    Returns
    -------
    Integer
        Number of coordinates, or GRADPROOF_BAD_ARGUMENT.
    """
    if is_null(engine):
        return BAD_ARGUMENT
    lines = as_record(engine, Lines)
    if lines.confirming == 0:
        return 0
    count = lines.candidates.count
    for number in range(count if count < capacity else capacity):
        cause = coordinate_of(lines.engine, number).cause
        if not is_null(indices):
            indices[number] = lines.candidates.indices[number]
        if not is_null(causes):
            causes[number] = cause if cause > UNTESTED else UNTESTED
    return count


@exported
def lines_blocks(engine: ConstEngine, norms: Reals, bars: Reals) -> Code:
    """Write what is known of the named blocks.

    Parameters
    ----------
    engine : ConstEngine
        The check.
    norms : Reals
        Filled with the norm of the claimed gradient in each block, every coordinate in its scale; may be NULL.
    bars : Reals
        Filled with the error bar of lines over each block alone, 0 where there were none; may be NULL.

    Returns
    -------
    Code
        0, or GRADPROOF_BAD_ARGUMENT.
    """
    if is_null(engine):
        return BAD_ARGUMENT
    lines = as_record(engine, Lines)
    for number in range(lines.block_count):
        if not is_null(norms):
            norms[number] = block_of(lines, number).norm
        if not is_null(bars):
            bars[number] = block_of(lines, number).bar
    return DONE
