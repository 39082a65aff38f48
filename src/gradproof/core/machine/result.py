"""What a check found, as the records of the C API."""

from __future__ import annotations

import math

from ..coordinates import phases
from ..coordinates.outcome import is_decided
from ..findings.found import place_in_x, tested_alone
from ..findings.in_common import note_explanation
from ..findings.usual import change_of_claims, note_usual_resolutions
from ..findings.worst_first import write_findings
from ..noise.shown_arithmetic import noise_source
from ..records import codes
from ..records.abi import Code, Integer, Integers, Reals, exported
from ..records.border import MOST_UNSEEN, REPORT_BYTES, Findings, Report, size_is_bad
from ..records.codes import AGREES, BAD_CAPACITY, DONE, MODE_LINES, NOTHING_TOLD, UNTESTED, WRONG, is_acceptable
from ..records.engine import ConstEngine, coordinate_of
from ..records.floats import larger
from ..records.lines import Lines, block_of
from ..records.memory import as_record, copy_bytes, is_null, local_record
from .line_report import report_lines
from .sealing import blocks_asked_for, taken_up
from .vouched import vouch_along_lines, vouch_for_coordinates

# A struct of a result has at least its size and what it says first.
LEAST_RESULT = 16


@exported
def result(engine: ConstEngine, report: Report, findings: Findings, capacity: Integer) -> Code:
    """Write what the check has found so far: at any time after its first value, and as often as is wanted.

    Parameters
    ----------
    engine : ConstEngine
        The check.
    report : Report
        Filled with verdict, counts and figures, as far as its size goes; `report->findings` says how many findings
        there are.  Where the call is refused, the verdict is GRADPROOF_INCONCLUSIVE.
    findings : Findings
        The size of the first one is set by the caller.  Filled with the findings, worst first: what is wrong, then what
        is open, then kinks; if there are more than `capacity`, with the worst; may be NULL.
    capacity : Integer
        Number of findings that fit.

    Returns
    -------
    Code
        0; GRADPROOF_NULL_REPORT; GRADPROOF_BAD_SIZE; GRADPROOF_BAD_CAPACITY; GRADPROOF_NOTHING_TOLD before the first
        value, unless the check was stopped: then all coordinates are untested; or what is wrong with the check.
    """
    code = open_report(report, findings, capacity)
    if code == DONE:
        code = taken_up(engine)
    if code == DONE:
        code = write_result(engine, report, findings, capacity)
    return code


def open_report(report: Report, findings: Findings, capacity: int) -> int:
    """Write that nothing is decided yet; return the code of what is wrong with the memory of a result."""
    if is_null(report):
        return codes.NULL_REPORT
    # Before anything can be refused: whatever happens, this memory does not say `right`.
    report.verdict = codes.VERDICT_INCONCLUSIVE
    if size_is_bad(report.size, LEAST_RESULT):
        return codes.BAD_SIZE
    if capacity < 0:
        return codes.BAD_CAPACITY
    if not is_null(findings) and capacity > 0 and size_is_bad(findings[0].size, LEAST_RESULT):
        return codes.BAD_SIZE
    write_undecided(report, -1)
    return DONE


def write_undecided(report: Report, index: int) -> None:
    """Write a report in which nothing is decided, and which coordinate that is about; -1: none."""
    whole = local_record(Report)
    whole.verdict = codes.VERDICT_INCONCLUSIVE
    whole.index = index
    copy_report(report, whole)


def copy_report(report: Report, whole: Report) -> None:
    """Copy a report into the caller's struct, as far as that goes; the size stays as it was set."""
    size = report.size
    whole.size = size
    copy_bytes(report, whole, size if size < REPORT_BYTES else REPORT_BYTES)


def write_result(engine: ConstEngine, report: Report, findings: Findings, capacity: int) -> int:
    """Write report and findings of a check that has been looked at; return a code."""
    if engine.rounds == 0 and engine.stopped == 0:
        return NOTHING_TOLD
    whole = local_record(Report)
    write_report(engine, whole)
    copy_report(report, whole)
    if not is_null(findings) and capacity > 0:
        write_findings(engine, findings, capacity)
    return DONE


def write_report(engine: ConstEngine, report: Report) -> None:
    """Fill the report: what every check has, then what its mode has."""
    report.index = -1
    report.seed = engine.seed
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
    note_explanation(engine, report)
    report.noise_source = noise_source(engine, report.change)
    note_what_stopped(engine, report)


def note_what_stopped(engine: ConstEngine, report: Report) -> None:
    """Note what ended the check early: whoever stopped it, or else the budget where something was left undone."""
    undone = report.untested > 0 and engine.sweep.phase == phases.DONE
    early = report.early != 0 if engine.mode == MODE_LINES else undone
    report.stopped_by = engine.stopped
    if engine.stopped == codes.STOPPED_BY_NOTHING and early and engine.budget > 0:
        report.stopped_by = codes.STOPPED_BY_BUDGET


def report_coordinates(engine: ConstEngine, report: Report) -> None:
    """Fill in what a check of every coordinate found; the resolution is that of the worst one that was decided."""
    for index in range(engine.n):
        coordinate = coordinate_of(engine, index)
        cause = coordinate.cause
        report.kinks += 1 if coordinate.kink != 0 else 0
        report.wrong += 1 if cause == WRONG else 0
        # Most agree: the others are asked about by a call.
        is_right = cause == AGREES or is_acceptable(cause)
        report.agreeing += 1 if is_right else 0
        report.untested += 1 if cause <= UNTESTED else 0
        if is_right or cause == WRONG:
            report.resolution = larger(coordinate.resolution, report.resolution)
    report.change = change_of_claims(engine)
    report.tested = engine.n - report.untested
    report.open = report.tested - report.agreeing - report.wrong
    report.findings = engine.sweep.finding_count
    report.dense = engine.sweep.dense
    # Anything wrong is wrong, anything open or untested is inconclusive; so is a check that has more to ask.
    right = report.agreeing == engine.n and engine.sweep.phase == phases.DONE
    report.verdict = codes.VERDICT_RIGHT if right else codes.VERDICT_INCONCLUSIVE
    if report.wrong > 0:
        report.verdict = codes.VERDICT_WRONG


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
        Number of these coordinates, which may be larger than `capacity`; GRADPROOF_BAD_CAPACITY; or what is wrong with
        the check.
    """
    code = taken_up(engine)
    if code != DONE:
        return code
    if capacity < 0:
        return BAD_CAPACITY
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
        GRADPROOF_BAD_CAPACITY; or what is wrong with the check.
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
