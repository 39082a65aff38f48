"""What a check of a framework does again where the first time is not the last word.

In float64, where float32 hides the answer; and with the slopes of automatic differentiation, where kinks meet at x.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol

from ..report.cause import Cause
from ..report.report import Report

# What a check that is done again would not keep to.
LIMITS = ("budget", "time_limit", "save", "resume", "executor")
# A factor that is off by as many of its error bars is clearly wrong in float32, too.
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


class Straightened(Protocol):
    """A function that is straight where its arguments of relu and the like are exactly 0 at x, and as it is elsewhere.

    Attributes
    ----------
    count
        The number of such arguments.
    names
        The functions that have them.
    """

    count: int
    names: dict[str, None]


def in_float64(report: Report, settings: Mapping[str, Any], again: Callable[[], Any]) -> Report:
    """Return the report of a check in float64 where float32 hides the answer; else the same report.

    Parameters
    ----------
    report
        Of the check as things are.
    settings
        Those of the user.
    again
        Checks in float64, and returns the report; anything else if that cannot be.
    """
    reason = doubt(report, settings)
    found = again() if reason else None
    return with_notes(found, [reason]) if isinstance(found, Report) else report


def doubt(report: Report, settings: Mapping[str, Any]) -> str:
    """Return how float32 hides the answer; "" where it does not.

    Nothing is decided, or lines disagree and nothing is clearly wrong, as a coordinate is, or a factor by many of its
    error bars.
    """
    if report.verdict == "right" or report.arithmetic == "float64" or is_limited(report, settings):
        return ""
    if report.verdict == "inconclusive":
        return "" if report.nondeterministic else UNDECIDED.format(count=report.evaluations)
    wrong = [one for one in report.findings if one.cause is Cause.WRONG]
    is_clear = any(not one.is_line or abs(one.factor - 1) > CLEAR * one.factor_bar for one in wrong)
    return "" if is_clear else IN_DOUBT.format(count=report.evaluations)


def with_slopes(
    objective: Any,
    settings: Mapping[str, Any],
    check: Callable[[Any], Report],
    straightened: Callable[[], Straightened | None],
    at_once: Straightened | None = None,
) -> Report:
    """Check a gradient; where it disagrees at kinks that meet, with the slopes that automatic differentiation takes.

    Parameters
    ----------
    objective
        The function.
    settings
        Those of the user.
    check
        Checks the gradient with a function.
    straightened
        Returns the function with these slopes; None if that cannot be.
    at_once
        The function with these slopes where they are taken from the first.
    """
    if at_once is not None and at_once.count:
        return with_notes(check(at_once), [_about_kinks(at_once, AT_ONCE)])
    report = check(objective)
    if report.verdict != "wrong" or is_limited(report, settings):
        return report
    straight = straightened()
    if straight is None or not straight.count:
        return report
    return with_notes(check(straight), [_about_kinks(straight, AGAIN.format(evaluations=report.evaluations + 1))])


def _about_kinks(straight: Straightened, why: str) -> str:
    return KINKS.format(count=straight.count, names=", ".join(straight.names), why=why)


def with_notes(report: Report, notes: Sequence[str]) -> Report:
    """Return a report with further notes."""
    return replace(report, warnings=(*report.warnings, *notes)) if notes else report


def is_limited(report: Report, settings: Mapping[str, Any]) -> bool:
    """Whether the user limited a check, or ended it: it is not done again in another way."""
    return bool(report.stopped_by) or any(settings.get(one) for one in LIMITS)
