"""Checks of frameworks that are done again with the slopes of automatic differentiation, where kinks meet at x."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ..report.cause import Cause
from ..report.report import Report
from .names import listed

# What a check that is done again would not keep to.
LIMITS = ("budget", "time_limit", "save", "resume", "executor")
KINKS = (
    "Kinks meet at x: {count:,} arguments of {names} are 0 there, where f need have no gradient, and automatic "
    "differentiation takes a slope by convention. {why} checked with this slope in place of the kink, for these "
    "arguments alone."
)
HIDDEN = (
    "Kinks meet at x: {count:,} arguments of {names} are 0 there, where f need have no gradient. The gradient agrees "
    "with f within their gaps, but not with the slopes that automatic differentiation takes there, in {where}: it "
    "takes others, or is wrong."
)
AT_ONCE, AGAIN = "f was", "f did not agree with that ({evaluations:,} evaluations): it was"


class Linearised(ABC):
    """A function in which relu and the like are linear wherever their argument is exactly 0 at x.

    The slopes there are those that the framework takes for its derivative, so that this function has the gradient that
    automatic differentiation computes, if that is right.

    Attributes
    ----------
    count
        The number of such arguments.
    names
        The functions that have them.
    """

    count: int
    names: dict[str, None]

    @abstractmethod
    def __call__(self, *point: Any) -> float:
        """Return the value at a point, or at the present parameters."""


def with_linearised_kinks(
    objective: Any,
    settings: Mapping[str, Any],
    check: Callable[[Any], Report],
    linearised: Callable[[], Linearised | None],
    *,
    at_once: Linearised | None,
    is_own: bool,
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
    linearised
        Returns the function with these slopes; None if that cannot be.
    at_once
        The function with these slopes where they are taken from the first.
    is_own
        Whether the claims are those of the framework; a gradient by hand may take other slopes.
    """
    if at_once is not None and at_once.count:
        report = with_notes(check(at_once), [_about_kinks(at_once, AT_ONCE)])
        if is_own or report.verdict != "wrong" or is_limited(report, settings):
            return report
        return _with_other_slopes(report, check(objective), at_once)
    report = check(objective)
    if report.verdict != "wrong" or is_limited(report, settings):
        return report
    linear = at_once or linearised()
    if linear is None or not linear.count:
        return report
    return with_notes(check(linear), [_about_kinks(linear, AGAIN.format(evaluations=report.evaluations + 1))])


def _with_other_slopes(linear: Report, plain: Report, function: Linearised) -> Report:
    """Return the report of f with the slopes of automatic differentiation, or that of f as it is if it agrees."""
    if plain.verdict != "right":
        return linear
    names = dict.fromkeys(one.name.partition("[")[0] for one in linear.findings if one.cause is Cause.WRONG)
    evaluations = linear.evaluations + plain.evaluations
    where = listed(list(names)) or "x"
    note = HIDDEN.format(count=function.count, names=", ".join(function.names), where=where)
    return with_notes(replace(plain, evaluations=evaluations), [note])


def _about_kinks(linear: Linearised, why: str) -> str:
    return KINKS.format(count=linear.count, names=", ".join(linear.names), why=why)


def with_notes(report: Report, notes: Sequence[str]) -> Report:
    """Return a report with further notes."""
    return replace(report, warnings=(*report.warnings, *notes)) if notes else report


def is_limited(report: Report, settings: Mapping[str, Any]) -> bool:
    """Whether the user limited a check, or ended it: it is not done again in another way."""
    return bool(report.stopped_by) or any(settings.get(one) for one in LIMITS)
