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
    "differentiation takes a slope by convention. f did not agree with that ({evaluations:,} evaluations): it was "
    "checked with this slope in place of the kink, for these arguments alone."
)


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
    found = again() if _is_in_doubt(report, settings) else None
    if not isinstance(found, Report):
        return report
    reason = IN_DOUBT if report.verdict == "wrong" else UNDECIDED
    return with_notes(found, [reason.format(count=report.evaluations)])


def with_slopes(
    objective: Any,
    settings: Mapping[str, Any],
    check: Callable[[Any], Report],
    straightened: Callable[[], Straightened | None],
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
    """
    report = check(objective)
    if report.verdict != "wrong" or _is_limited(report, settings):
        return report
    straight = straightened()
    if straight is None or not straight.count:
        return report
    names, evaluations = ", ".join(straight.names), report.evaluations + 1
    return with_notes(check(straight), [KINKS.format(count=straight.count, names=names, evaluations=evaluations)])


def with_notes(report: Report, notes: Sequence[str]) -> Report:
    """Return a report with further notes."""
    return replace(report, warnings=(*report.warnings, *notes)) if notes else report


def _is_in_doubt(report: Report, settings: Mapping[str, Any]) -> bool:
    """Whether float32 hides the answer: nothing is decided, or lines disagree and nothing is clearly wrong.

    Clearly wrong is a coordinate, or a factor by many of its error bars.
    """
    if report.verdict == "right" or report.arithmetic != "float32" or _is_limited(report, settings):
        return False
    if report.verdict == "inconclusive":
        return not report.nondeterministic
    wrong = [one for one in report.findings if one.cause is Cause.WRONG]
    return all(one.is_line and not abs(one.factor - 1) > CLEAR * one.factor_bar for one in wrong)


def _is_limited(report: Report, settings: Mapping[str, Any]) -> bool:
    """Whether the user limited a check, or ended it: it is not done again in another way."""
    return bool(report.stopped_by) or any(settings.get(one) for one in LIMITS)
