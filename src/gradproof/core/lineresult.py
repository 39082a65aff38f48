"""What a check by lines found, as the records of the C door."""

from __future__ import annotations

from .abi import Code, ConstEngine, Findings, Integer, Integers, Reals, Report, exported
from .candidates import candidate_cause
from .codes import BAD_ARGUMENT, DONE, UNTESTED, VERDICT_INCONCLUSIVE, VERDICT_RIGHT, WRONG
from .linestate import (
    ALIGNED_BAR,
    ALIGNED_LINES_DONE,
    BLOCK_BAR,
    BLOCK_COUNT,
    BLOCK_NORM,
    CANDIDATE_COUNT,
    CANDIDATE_INDICES,
    CURVED_SLOPE,
    ENDED_EARLY,
    HIDDEN_GAP,
    IS_CONFIRMING,
    IS_DENSE,
    LENGTH,
    LINE_CAUSE,
    LINE_EVALUATIONS,
    LINE_FINDINGS,
    LINE_NOISE,
    LINE_PHASE,
    LINE_ROUNDS,
    LINE_RTOL,
    LINE_SPREAD,
    LINE_VALUE,
    LINE_VERDICT,
    LINES_DONE,
    PARTS_BAR,
    PARTS_DONE,
    RANDOM_BAR,
    RANDOM_LINES_DONE,
    SLOPE_NORM,
    SLOPE_SUM,
    block_place,
)
from .longfindings import long_finding
from .memory import as_reals, is_null
from .outcome import kink_of
from .result import is_acceptable
from .state import ARITHMETIC, COORDINATE_FINDING, NOISE_MEASURED, NONDETERMINISTIC, coordinate, finding
from .structs import (
    FINDING_START,
    FINDING_STOP,
    FINDING_WORDS,
    REPORT_AGREEING,
    REPORT_ALIGNED_BAR,
    REPORT_ALIGNED_LINES,
    REPORT_ARITHMETIC,
    REPORT_BAR,
    REPORT_CAUSE,
    REPORT_CURVED,
    REPORT_DENSE,
    REPORT_EARLY,
    REPORT_EVALUATIONS,
    REPORT_FINDINGS,
    REPORT_HIDDEN,
    REPORT_KINKS,
    REPORT_LINES,
    REPORT_N,
    REPORT_NOISE_FLOOR,
    REPORT_NOISE_MEASURED,
    REPORT_NONDETERMINISTIC,
    REPORT_NORM,
    REPORT_OPEN,
    REPORT_PARTS,
    REPORT_PARTS_BAR,
    REPORT_RESOLUTION,
    REPORT_ROUNDS,
    REPORT_RTOL,
    REPORT_SPREAD,
    REPORT_SUM,
    REPORT_TESTED,
    REPORT_UNTESTED,
    REPORT_VALUE,
    REPORT_VERDICT,
    REPORT_WORDS,
    REPORT_WRONG,
)

# A single error of so many bars is seen by every line: the magnitudes of directions are at least 1/2.
SURE = 4.0


def write_lines_report(engine: ConstEngine, report: Report) -> None:
    """Fill the report."""
    for word in range(REPORT_WORDS):
        report[word] = 0
    report[REPORT_VERDICT] = engine[LINE_VERDICT] if engine[LINE_PHASE] == LINES_DONE else VERDICT_INCONCLUSIVE
    report[REPORT_CAUSE] = engine[LINE_CAUSE] if engine[LINE_PHASE] == LINES_DONE else UNTESTED
    report[REPORT_N] = engine[LENGTH]
    report[REPORT_EVALUATIONS] = engine[LINE_EVALUATIONS]
    report[REPORT_ROUNDS] = engine[LINE_ROUNDS]
    report[REPORT_ARITHMETIC] = engine[ARITHMETIC]
    report[REPORT_NOISE_MEASURED] = engine[NOISE_MEASURED]
    report[REPORT_NONDETERMINISTIC] = engine[NONDETERMINISTIC]
    report[REPORT_DENSE] = engine[IS_DENSE]
    report[REPORT_LINES] = engine[RANDOM_LINES_DONE]
    report[REPORT_ALIGNED_LINES] = engine[ALIGNED_LINES_DONE]
    report[REPORT_PARTS] = engine[PARTS_DONE]
    report[REPORT_EARLY] = engine[ENDED_EARLY]
    count_lines(engine, report)
    write_figures(engine, report)


def write_figures(engine: ConstEngine, report: Report) -> None:
    """Fill in the real numbers."""
    reals = as_reals(engine)
    numbers = as_reals(report)
    numbers[REPORT_VALUE] = reals[LINE_VALUE]
    numbers[REPORT_NOISE_FLOOR] = reals[LINE_NOISE]
    numbers[REPORT_SPREAD] = reals[LINE_SPREAD]
    numbers[REPORT_RTOL] = reals[LINE_RTOL]
    numbers[REPORT_BAR] = reals[RANDOM_BAR]
    numbers[REPORT_ALIGNED_BAR] = reals[ALIGNED_BAR]
    numbers[REPORT_PARTS_BAR] = reals[PARTS_BAR]
    numbers[REPORT_NORM] = reals[SLOPE_NORM]
    numbers[REPORT_SUM] = reals[SLOPE_SUM]
    numbers[REPORT_CURVED] = reals[CURVED_SLOPE]
    numbers[REPORT_HIDDEN] = reals[HIDDEN_GAP]
    sharpest = reals[PARTS_BAR] if 0.0 < reals[PARTS_BAR] < reals[RANDOM_BAR] else reals[RANDOM_BAR]
    numbers[REPORT_RESOLUTION] = SURE * sharpest


def count_lines(engine: ConstEngine, report: Report) -> None:
    """Count coordinates: all of them were on the lines, those that were found were looked at alone."""
    if engine[IS_CONFIRMING] != 0:
        for number in range(engine[CANDIDATE_COUNT]):
            cause = candidate_cause(engine, number)
            report[REPORT_WRONG] += 1 if cause == WRONG else 0
            report[REPORT_KINKS] += 1 if kink_of(engine, number) != 0 else 0
            report[REPORT_OPEN] += 0 if cause == WRONG or is_acceptable(cause) else 1
            report[REPORT_FINDINGS] += 1 if engine[coordinate(number) + COORDINATE_FINDING] >= 0 else 0
    report[REPORT_FINDINGS] += engine[LINE_FINDINGS]
    if engine[RANDOM_LINES_DONE] > 0 or report[REPORT_VERDICT] != VERDICT_INCONCLUSIVE:
        report[REPORT_TESTED] = engine[LENGTH]
    report[REPORT_AGREEING] = engine[LENGTH] if report[REPORT_VERDICT] == VERDICT_RIGHT else 0
    report[REPORT_UNTESTED] = engine[LENGTH] - report[REPORT_TESTED]


def write_lines_findings(engine: ConstEngine, findings: Findings, capacity: int) -> None:
    """Copy the findings: coordinates first, then longer lines."""
    written = 0
    if engine[IS_CONFIRMING] != 0:
        for number in range(engine[CANDIDATE_COUNT]):
            found = engine[coordinate(number) + COORDINATE_FINDING]
            if found >= 0 and written < capacity:
                copy_finding(engine, finding(engine, found), findings, written)
                place = written * FINDING_WORDS
                findings[place + FINDING_START] = engine[CANDIDATE_INDICES + number]
                findings[place + FINDING_STOP] = engine[CANDIDATE_INDICES + number] + 1
                written += 1
    for number in range(engine[LINE_FINDINGS]):
        if written < capacity:
            copy_finding(engine, long_finding(number), findings, written)
            written += 1


def copy_finding(engine: ConstEngine, place: int, findings: Findings, number: int) -> None:
    """Copy the words of a finding."""
    for word in range(FINDING_WORDS):
        findings[number * FINDING_WORDS + word] = engine[place + word]


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
    write_lines_report(engine, report)
    if not is_null(findings):
        write_lines_findings(engine, findings, capacity)
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
    if engine[IS_CONFIRMING] == 0:
        return 0
    count = engine[CANDIDATE_COUNT]
    for number in range(count if count < capacity else capacity):
        cause = candidate_cause(engine, number)
        if not is_null(indices):
            indices[number] = engine[CANDIDATE_INDICES + number]
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
    reals = as_reals(engine)
    for number in range(engine[BLOCK_COUNT]):
        if not is_null(norms):
            norms[number] = reals[block_place(number) + BLOCK_NORM]
        if not is_null(bars):
            bars[number] = reals[block_place(number) + BLOCK_BAR]
    return DONE
