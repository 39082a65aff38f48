"""What a check found, as the records of the C door."""

from __future__ import annotations

import math

from .abi import Code, Integer, Integers, Reals, exported
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
from .memory import clear_record, is_null
from .state import ConstEngine, Engine, coordinate_of, finding_of
from .structs import Findings, Report


def is_acceptable(cause: int) -> bool:
    """Return whether a cause lets a claimed value stand."""
    return cause == AGREES or cause == KINK_AT_POINT or cause == KINK_CROSSED


def count_coordinates(engine: Engine, report: Report) -> float:
    """Count the coordinates by cause; return the resolution of the worst one that was decided."""
    resolution = 0.0
    for index in range(engine.n):
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


def write_report(engine: Engine, report: Report) -> None:
    """Fill the report."""
    clear_record(report)
    report.resolution = count_coordinates(engine, report)
    report.verdict = verdict(report)
    report.n = engine.n
    report.tested = engine.n - report.untested
    report.findings = engine.finding_count
    report.evaluations = engine.evaluations
    report.rounds = engine.rounds
    report.arithmetic = engine.arithmetic
    report.noise_measured = engine.noise_measured
    report.nondeterministic = engine.nondeterministic
    report.dense = engine.dense
    report.value = engine.value
    report.noise_floor = engine.noise
    report.spread = engine.spread
    report.rtol = engine.rtol


def verdict(report: Report) -> int:
    """Return the verdict: anything wrong is wrong, anything open or untested is inconclusive."""
    if report.wrong > 0:
        return VERDICT_WRONG
    if report.open > 0 or report.untested > 0:
        return VERDICT_INCONCLUSIVE
    return VERDICT_RIGHT


def write_findings(engine: Engine, findings: Findings, capacity: int) -> None:
    """Copy the findings in the order of their coordinates."""
    written = 0
    for index in range(engine.n):
        number = coordinate_of(engine, index).finding
        if number >= 0 and written < capacity:
            findings[written] = finding_of(engine, number)
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
    for index in range(engine.n):
        cause = coordinate_of(engine, index).cause
        if not is_null(causes):
            causes[index] = cause if cause > UNTESTED else UNTESTED
        if not is_null(kinks):
            kinks[index] = coordinate_of(engine, index).kink
        if not is_null(resolutions):
            decided = cause == WRONG or is_acceptable(cause)
            resolutions[index] = coordinate_of(engine, index).resolution if decided else math.nan
    return DONE
