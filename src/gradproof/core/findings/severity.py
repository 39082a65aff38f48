"""Which of two findings is the worse one."""

from __future__ import annotations

import math

from ..evidence.intervals import NO_KINK
from ..records.border import Finding
from ..records.codes import WRONG, is_acceptable
from ..records.floats import larger

# What is wrong comes before what is open, that before kinks, and these before what simply agrees; of what is wrong or
# open, lines of several coordinates come before single ones, because more is wrong or open there.
AGREEING = 0.0
AT_KINK = 1.0
OPEN = 2.0
OPEN_LINE = 3.0
FALSE = 4.0
FALSE_LINE = 5.0
# Relative errors are compared in steps of a thousandth: where a factor is wrong, they differ by rounding alone, and the
# largest error comes first.
STEPS = 1000.0


def severity(finding: Finding, start: int) -> tuple[float, float, float, float, float]:
    """Return what a finding is compared by, which is larger for a worse one; `start` is its first coordinate in x.

    Wrong ones go by their relative error, then by their error; open ones by their resolution; kinks by their distance,
    the nearest first.  What is not finite is the worst.  Of equal ones the first coordinate comes first.
    """
    size = finding.stop - finding.start
    cause = finding.cause
    kind = AGREEING
    first = 0.0
    second = 0.0
    if cause == WRONG:
        kind = FALSE_LINE if size > 1 else FALSE
        second = error_of(finding, size > 1)
        first = relative(finding, second)
    elif not is_acceptable(cause):
        kind = OPEN_LINE if size > 1 else OPEN
        first = finding.resolution if math.isfinite(finding.resolution) else math.inf
    elif finding.kink != NO_KINK:
        kind = AT_KINK
        first = -math.fabs(finding.distance) if math.isfinite(finding.distance) else -math.inf
    return kind, first, second, -float(start), -float(size)


def error_of(finding: Finding, is_long: bool) -> float:
    """Return how far the claim is off; along a line on which it is not known, the slope is what it is off by."""
    known = math.isfinite(finding.claimed) or not is_long
    error = math.fabs(finding.claimed - finding.slope) if known else math.fabs(finding.slope)
    return error if math.isfinite(error) else math.inf


def relative(finding: Finding, error: float) -> float:
    """Return an error relative to the larger of claim and slope, in whole steps."""
    if not (math.isfinite(error) and math.isfinite(finding.claimed)):
        return math.inf
    size = larger(math.fabs(finding.claimed), math.fabs(finding.slope))
    return float(math.floor(STEPS * (error / size) + 0.5)) if size > 0.0 else 0.0
