"""Turns a report that does not pass into an exception."""

from __future__ import annotations

from collections.abc import Callable

from .report import GradientError, InconclusiveError, Report


def right_or_raise(checked: Callable[[], Report], inconclusive: str) -> Report:
    """Make a report and return it if it passes; raise as `assert_gradient` does if it does not."""
    if inconclusive not in ("raise", "pass"):
        raise ValueError(f'inconclusive must be "raise" or "pass", not {inconclusive!r}')
    report = checked()
    if report.stopped_by == "interrupted":
        raise KeyboardInterrupt
    if report.verdict == "wrong":
        raise GradientError(report)
    if report.verdict == "inconclusive" and inconclusive == "raise":
        raise InconclusiveError(report)
    return report
