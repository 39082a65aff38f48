"""Where float32 hides the answer, or gives it late: a loss is checked in float64 then."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..core.lines.arrays import BESIDES, MOST_PAIRS
from ..engine import MODES, uses_lines
from ..report.cause import Cause
from ..report.report import Report

# What a check that is done again would not keep to.
LIMITS = ("budget", "time_limit", "save", "resume")
COARSER = (
    'The parameters are in float64, but something on the way to f computes in float32: precision="float64" shows '
    "smaller errors."
)
# A factor that is off by as many of its error bars is clearly wrong in float32, too.
CLEAR = 8
# A check along lines in float32 that takes so many evaluations more than a right gradient does would take thousands.
LATE = 150
IN_DOUBT = (
    "In float32 lines disagreed with the gradient, but no coordinate was confirmed ({count:,} evaluations): the check "
    "was done in float64."
)
UNDECIDED = "In float32 the check could not decide ({count:,} evaluations): it was done in float64."
UNFINISHED = "In float32 the check had not come to an end after {count:,} evaluations: it was done in float64."


class TakesLongError(KeyboardInterrupt):
    """Ends a check as Ctrl-C would; `Soon` raises it, and knows."""


class Soon:
    """A loss in float32 that ends a check along lines where float64 is sooner at its end.

    Parameters
    ----------
    value
        The loss, a function without arguments.
    tensors
        What is checked.
    settings
        Those of the check: where there are limits among them, this ends nothing.

    Attributes
    ----------
    is_over
        Whether it has ended a check.
    """

    def __init__(self, value: Callable[[], float], tensors: Mapping[str, Any], settings: Mapping[str, Any]) -> None:
        self._value = value
        self._settings = settings
        has_end = goes_along_lines(tensors, settings) and not any(settings.get(one) for one in LIMITS)
        self._most = BESIDES + 2 * min(len(tensors), MOST_PAIRS) + LATE if has_end else None
        self._calls = 0
        self.is_over = False

    def __call__(self) -> float:
        """Return the value at the present parameters."""
        self.is_over = self._calls == self._most
        if self.is_over:
            raise TakesLongError
        self._calls += 1
        return self._value()

    def doubt(self, report: Report | None) -> str:
        """Return why a check is to be done in float64; "" where there is no reason.

        There is no report where this has ended a check that was about to begin.

        Nothing is decided, or lines disagree and nothing is clearly wrong, as a coordinate is, or a factor by many of
        its error bars.
        """
        if self.is_over or report is None:
            return UNFINISHED.format(count=self._calls)
        if report.verdict == "right" or report.arithmetic != "float32" or is_limited(report, self._settings):
            return ""
        if report.verdict == "inconclusive":
            return "" if report.nondeterministic else UNDECIDED.format(count=report.evaluations)
        wrong = [one for one in report.findings if one.cause is Cause.WRONG]
        is_clear = any(not one.is_line or abs(one.factor - 1) > CLEAR * one.factor_bar for one in wrong)
        return "" if is_clear else IN_DOUBT.format(count=report.evaluations)


def is_limited(report: Report, settings: Mapping[str, Any]) -> bool:
    """Whether the user limited a check, or ended it: it is not done again in another way."""
    return bool(report.stopped_by) or any(settings.get(one) for one in LIMITS)


def goes_along_lines(tensors: Mapping[str, Any], settings: Mapping[str, Any]) -> bool:
    """Whether a check of tensors goes along lines, as far as it does not depend on a budget."""
    mode = settings.get("mode", "auto")
    return mode in MODES and uses_lines(sum(one.numel() for one in tensors.values()), mode, 0)
