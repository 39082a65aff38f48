"""A report on one line: its verdict, the worst coordinate, and the bug by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..cause import Cause
from ..explanation import without_guess
from ..records import Record
from ..remarks.vacuous import UNCHANGED
from .figures import number

if TYPE_CHECKING:
    from ..finding import Finding

# What a line of a log, or of the short summary of a test run, still shows.
MOST = 160
DIGITS = 6


def one_line(report: Record) -> str:
    """Return a report as its ``repr``: at most 160 characters."""
    head, end = f"<gradproof.Report {report.verdict}: ", ">"
    if report.verdict == "right":
        counts = f"n={report.n}, tested={report.tested}, kinks={len(report.kinks)}, evaluations={report.evaluations}"
        return f"{head}{counts}{end}"
    return f"{head}{_findings(report, f' of {report.n:,}', MOST - len(head) - len(end))}{end}"


def failure(report: Record) -> str:
    """Return the first line of the error that a report becomes if it does not pass."""
    return _findings(report, " wrong", MOST)


def bug_first(report: Record) -> str:
    """Return the first line of the error with the bug, if it is known, before what is wrong: lists are cut off."""
    return f"{reason(report)} ({_worst(report)} wrong)" if report.explanations else failure(report)


def reason(report: Record, most: int = MOST) -> str:
    """Return what explains the errors of a wrong gradient, or the values of the worst coordinate."""
    first = _first(report)
    # A gradient of something else: no bug of it explains that.
    if report.warnings and report.warnings[0].startswith(UNCHANGED):
        return report.warnings[0].partition(":")[0]
    if report.explanations:
        found = max(report.explanations, key=lambda one: one.share)
        others = len(report.explanations) - 1
        where = "" if first is not None and found.where == first.name else f"{found.where}: "
        more = f" (and {others} more)" if others else ""
        whole = f"{where}{found.text}{more}"
        # Of an explanation that is too long, the first part says what is claimed; the rest is a guess at why.
        return whole if len(whole) <= most else f"{where}{without_guess(found.text)}{more}"
    return _values(first) if first is not None else ""


def _findings(report: Record, after: str, most: int) -> str:
    """Return what does not agree, and why; with some words after the names of what is wrong."""
    if report.verdict != "wrong":
        return _shortened(_undecided(report), most)
    head = f"{_worst(report)}{after}: "
    return _shortened(f"{head}{reason(report, most - len(head))}".removesuffix(": "), most)


def _first(report: Record) -> Finding | None:
    """Return the worst finding: of a coordinate, or of a line if no coordinate was confirmed."""
    wrong = [one for one in report.findings if one.cause is Cause.WRONG]
    return next((one for one in wrong if not one.is_line), wrong[0] if wrong else None)


def _worst(report: Record) -> str:
    """Return the name of the worst coordinate, and how many more there are."""
    first, count = _first(report), len(report.wrong)
    if first is None:
        return f"the {report.subject}"
    if not count:
        return f"something in {first.name}"
    return f"{first.name} and {count - 1:,} more" if count > 1 else first.name


def _values(one: Finding) -> str:
    return f"claimed {number(one.claimed, DIGITS)}, slope {number(one.slope, DIGITS)}"


def _undecided(report: Record) -> str:
    """Return what an inconclusive report leaves open, and why."""
    parts = []
    if report.nondeterministic:
        parts.append("calls of f at x gave different values")
    elif report.power is not None:
        parts.append(f"the lines through {report.n:,} coordinates decide nothing: {report.cause or Cause.UNTESTED}")
    elif report.undecided:
        causes = (one.cause for one in report.findings if one.cause.is_open)
        first = next(causes, None)
        parts.append(f"{report.undecided:,} of {report.n:,} undecided{f' ({first})' if first else ''}")
    if report.untested and report.power is None:
        parts.append(f"{report.untested:,} of {report.n:,} untested")
    if report.stopped_by:
        parts.append(f"stopped by {report.stopped_by}")
    return ", ".join(parts) or f"not all of {report.n:,} coordinates could be decided"


def _shortened(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
