"""Repeats a check where its first result is not final.

In float64 where float32 hides the answer; with the slopes that automatic differentiation takes where kinks meet at x.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol

from ..report.cause import Cause
from ..report.report import Report

# Settings that a repeated check could not honour.
LIMITS = ("budget", "time_limit", "save", "resume", "executor")
# A factor that is off by this many of its error bars is clearly wrong in float32, too.
CLEAR = 8
IN_DOUBT = (
    "In float32 lines disagreed with the gradient, but no coordinate was confirmed ({count:,} evaluations): the check "
    "was done in float64."
)
UNDECIDED = "In float32 the check could not decide ({count:,} evaluations): it was done in float64."
KINKS = (
    "Kinks meet at x: {count:,} arguments of {names} are 0 there, where f need have no gradient, and automatic "
    "differentiation takes a slope by convention. {why} checked with this slope in place of the kink, for these "
    "arguments alone."
)
AT_ONCE, AGAIN = "f was", "f did not agree with that ({evaluations:,} evaluations): it was"


class Linearised(Protocol):
    """A function in which relu and the like are linear wherever their argument is exactly 0 at x.

    Attributes
    ----------
    count
        The number of such arguments.
    names
        The functions, such as relu, that have them.
    """

    count: int
    names: dict[str, None]


def in_float64(report: Report, settings: Mapping[str, Any], again: Callable[[], Any]) -> Report:
    """Return the report of a check in float64 where float32 hides the answer, else the same report.

    Parameters
    ----------
    report
        That of the check in the precision of the parameters.
    settings
        Those of the user.
    again
        Checks in float64 and returns the report, or anything else if that is impossible.
    """
    reason = reason_for_float64(report, settings)
    found = again() if reason else None
    return with_notes(found, [reason]) if isinstance(found, Report) else report


def reason_for_float64(report: Report, settings: Mapping[str, Any]) -> str:
    """Return why a check in float32 should be repeated in float64; "" where there is no reason.

    Either nothing could be decided, or lines disagree but nothing is clearly wrong: neither a coordinate, nor a factor
    by many of its error bars.
    """
    if report.verdict == "right" or report.arithmetic == "float64" or is_limited(report, settings):
        return ""
    if report.verdict == "inconclusive":
        return "" if report.nondeterministic else UNDECIDED.format(count=report.evaluations)
    wrong = [one for one in report.findings if one.cause is Cause.WRONG]
    is_clear = any(not one.is_line or abs(one.factor - 1) > CLEAR * one.factor_bar for one in wrong)
    return "" if is_clear else IN_DOUBT.format(count=report.evaluations)


def with_linearised_kinks(
    objective: Any,
    settings: Mapping[str, Any],
    check: Callable[[Any], Report],
    linearised: Callable[[], Linearised | None],
    at_once: Linearised | None = None,
) -> Report:
    """Check a gradient; where it disagrees and kinks meet at x, check it again with these kinks linearised.

    Parameters
    ----------
    objective
        The function.
    settings
        Those of the user.
    check
        Checks the gradient against a function.
    linearised
        Returns the function with these kinks linearised, or None if that is impossible.
    at_once
        That function, where it is to be checked from the start.
    """
    if at_once is not None and at_once.count:
        return with_notes(check(at_once), [_about_kinks(at_once, AT_ONCE)])
    report = check(objective)
    if report.verdict != "wrong" or is_limited(report, settings):
        return report
    linear = linearised()
    if linear is None or not linear.count:
        return report
    return with_notes(check(linear), [_about_kinks(linear, AGAIN.format(evaluations=report.evaluations + 1))])


def _about_kinks(linear: Linearised, why: str) -> str:
    return KINKS.format(count=linear.count, names=", ".join(linear.names), why=why)


def with_notes(report: Report, notes: Sequence[str]) -> Report:
    """Return a report with further notes."""
    return replace(report, warnings=(*report.warnings, *notes)) if notes else report


def is_limited(report: Report, settings: Mapping[str, Any]) -> bool:
    """Whether the user limited or stopped the check, which is then not repeated."""
    return bool(report.stopped_by) or any(settings.get(one) for one in LIMITS)
