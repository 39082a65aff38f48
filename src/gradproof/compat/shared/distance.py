"""The distance between a claim and the slopes that a check has measured: what checks of other libraries return."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from ...report.cause import Cause
from ...report.finding import Finding
from ...report.report import Report


class Distance(float):
    """A distance between a claim and measured slopes: a float that knows the report it comes from.

    Attributes
    ----------
    report : Report
        What was found.

    Examples
    --------
    >>> import numpy as np
    >>> from gradproof.compat import check_grad
    >>> distance = check_grad(lambda x: np.sum(x**2), lambda x: 2 * x, np.array([1.0, 0.5]))
    >>> distance < 1e-6, distance.report.verdict
    (True, 'right')
    """

    report: Report

    def __new__(cls, value: float, report: Report) -> Distance:
        """Return a number with a report."""
        made = super().__new__(cls, value)
        made.report = report
        return made

    def __reduce__(self) -> tuple[Any, ...]:
        return (type(self), (float(self), self.report))


def norm_of(report: Report) -> Distance:
    """Return the 2-norm of all that does not agree; infinity if the check could not decide and measured nothing."""
    return Distance(math.hypot(*(error for error, _ in _errors(report))), report)


def largest_of(report: Report) -> Distance:
    """Return the largest error, relative to slopes larger than 1, of all that does not agree."""
    return Distance(max((error / max(1.0, size) for error, size in _errors(report)), default=0.0), report)


def _errors(report: Report) -> Iterator[tuple[float, float]]:
    """Yield error and slope of each finding that does not agree."""
    if report.stopped_by == "interrupted":
        raise KeyboardInterrupt
    open_ones = [one for one in report.findings if not one.cause.is_acceptable]
    if report.verdict != "right" and not open_ones:
        yield math.inf, 0.0
    for one in open_ones:
        yield _error(one), abs(one.slope) if math.isfinite(one.slope) else 0.0


def _error(one: Finding) -> float:
    """Return by how much a claim is off, at a kink from the nearer side; where it is not proved, how much it may be."""
    sides = [each for each in (one.left, one.right) if math.isfinite(each)]
    is_one = math.isfinite(one.slope) and not (one.has_kink and sides)
    slopes = [one.slope] if is_one else sides
    if not slopes or not math.isfinite(one.claimed):
        return math.inf
    off = np.abs(np.array(slopes) - one.claimed)
    if one.cause is Cause.WRONG:
        return float(off.min())
    return float(off.max() + one.error_bar) if math.isfinite(one.error_bar) else math.inf
