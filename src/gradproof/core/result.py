"""What a check found, as the records of the C door."""

from __future__ import annotations

import math

from .abi import Code, ConstEngine, Findings, Integer, Integers, Reals, Report, exported
from .codes import (
    AGREES,
    BAD_ARGUMENT,
    DONE,
    KINK_AT_POINT,
    KINK_CROSSED,
    UNTESTED,
    VERDICT_INCONCLUSIVE,
    VERDICT_RIGHT,
    VERDICT_WRONG,
    WRONG,
)
from .floats import larger
from .memory import as_reals, is_null
from .outcome import cause_of, kink_of
from .state import (
    ARITHMETIC,
    COORDINATE_FINDING,
    COORDINATE_RESOLUTION,
    DENSE,
    EVALUATIONS,
    FINDINGS,
    NOISE,
    NOISE_MEASURED,
    NONDETERMINISTIC,
    ROUNDS,
    RTOL,
    SPREAD,
    VALUE,
    N,
    coordinate,
    finding,
)
from .structs import (
    FINDING_WORDS,
    REPORT_AGREEING,
    REPORT_ARITHMETIC,
    REPORT_DENSE,
    REPORT_EVALUATIONS,
    REPORT_FINDINGS,
    REPORT_KINKS,
    REPORT_LINES,
    REPORT_N,
    REPORT_NOISE_FLOOR,
    REPORT_NOISE_MEASURED,
    REPORT_NONDETERMINISTIC,
    REPORT_OPEN,
    REPORT_RESOLUTION,
    REPORT_ROUNDS,
    REPORT_RTOL,
    REPORT_SPREAD,
    REPORT_TESTED,
    REPORT_UNTESTED,
    REPORT_VALUE,
    REPORT_VERDICT,
    REPORT_WORDS,
    REPORT_WRONG,
)


def is_acceptable(cause: int) -> bool:
    """Return whether a cause lets a claimed value stand."""
    return cause == AGREES or cause == KINK_AT_POINT or cause == KINK_CROSSED


def count_coordinates(engine: ConstEngine, report: Report) -> float:
    """Count the coordinates by cause; return the resolution of the worst one that was decided."""
    reals = as_reals(engine)
    resolution = 0.0
    for field in (REPORT_AGREEING, REPORT_WRONG, REPORT_KINKS, REPORT_OPEN, REPORT_UNTESTED):
        report[field] = 0
    for index in range(engine[N]):
        cause = cause_of(engine, index)
        if kink_of(engine, index) != 0:
            report[REPORT_KINKS] += 1
        if cause == WRONG:
            report[REPORT_WRONG] += 1
        elif is_acceptable(cause):
            report[REPORT_AGREEING] += 1
        elif cause <= UNTESTED:
            report[REPORT_UNTESTED] += 1
        else:
            report[REPORT_OPEN] += 1
        if cause == WRONG or is_acceptable(cause):
            resolution = larger(reals[coordinate(index) + COORDINATE_RESOLUTION], resolution)
    return resolution


@exported
def result(
    engine: ConstEngine,
    report: Report,
    findings: Findings,
    capacity: Integer,
) -> Code:
    """Write what the check has found so far; may be called at any time, and more than once.

    Parameters
    ----------
    engine : ConstEngine
        The check.
    report : Report
        Filled with verdict, counts and figures; `report->findings` says how many findings there are.
    findings : Findings
        Filled with the findings in the order of their coordinates, at most `capacity`; may be NULL.
    capacity : Integer
        Number of findings that fit.

    Returns
    -------
    Code
        0, or GRADPROOF_BAD_ARGUMENT.
    """
    if is_null(engine) or is_null(report):
        return BAD_ARGUMENT
    write_report(engine, report)
    if not is_null(findings):
        write_findings(engine, findings, capacity)
    return DONE


def write_report(engine: ConstEngine, report: Report) -> None:
    """Fill the report."""
    reals = as_reals(engine)
    numbers = as_reals(report)
    # What only lines have.
    for word in range(REPORT_LINES, REPORT_WORDS):
        report[word] = 0
    numbers[REPORT_RESOLUTION] = count_coordinates(engine, report)
    report[REPORT_VERDICT] = verdict(report)
    report[REPORT_N] = engine[N]
    report[REPORT_TESTED] = engine[N] - report[REPORT_UNTESTED]
    report[REPORT_FINDINGS] = engine[FINDINGS]
    report[REPORT_EVALUATIONS] = engine[EVALUATIONS]
    report[REPORT_ROUNDS] = engine[ROUNDS]
    report[REPORT_ARITHMETIC] = engine[ARITHMETIC]
    report[REPORT_NOISE_MEASURED] = engine[NOISE_MEASURED]
    report[REPORT_NONDETERMINISTIC] = engine[NONDETERMINISTIC]
    report[REPORT_DENSE] = engine[DENSE]
    numbers[REPORT_VALUE] = reals[VALUE]
    numbers[REPORT_NOISE_FLOOR] = reals[NOISE]
    numbers[REPORT_SPREAD] = reals[SPREAD]
    numbers[REPORT_RTOL] = reals[RTOL]


def verdict(report: Report) -> int:
    """Return the verdict: anything wrong is wrong, anything open or untested is inconclusive."""
    if report[REPORT_WRONG] > 0:
        return VERDICT_WRONG
    if report[REPORT_OPEN] > 0 or report[REPORT_UNTESTED] > 0:
        return VERDICT_INCONCLUSIVE
    return VERDICT_RIGHT


def write_findings(engine: ConstEngine, findings: Findings, capacity: int) -> None:
    """Copy the findings in the order of their coordinates."""
    written = 0
    for index in range(engine[N]):
        number = engine[coordinate(index) + COORDINATE_FINDING]
        if number >= 0 and written < capacity:
            place = finding(engine, number)
            for word in range(FINDING_WORDS):
                findings[written * FINDING_WORDS + word] = engine[place + word]
            written += 1


@exported
def coordinates(engine: ConstEngine, causes: Integers, kinks: Integers, resolutions: Reals) -> Code:
    """Write the cause, the kink and the resolution of every coordinate.

    Parameters
    ----------
    engine : ConstEngine
        The check.
    causes : Integers
        n causes, or NULL.
    kinks : Integers
        n kinks (0 none, 1 at x, 2 near x), or NULL.
    resolutions : Reals
        n resolutions, NaN where nothing was decided, or NULL.

    Returns
    -------
    Code
        0, or GRADPROOF_BAD_ARGUMENT.
    """
    if is_null(engine):
        return BAD_ARGUMENT
    reals = as_reals(engine)
    for index in range(engine[N]):
        cause = cause_of(engine, index)
        if not is_null(causes):
            causes[index] = cause if cause > UNTESTED else UNTESTED
        if not is_null(kinks):
            kinks[index] = kink_of(engine, index)
        if not is_null(resolutions):
            decided = cause == WRONG or is_acceptable(cause)
            resolutions[index] = reals[coordinate(index) + COORDINATE_RESOLUTION] if decided else math.nan
    return DONE
