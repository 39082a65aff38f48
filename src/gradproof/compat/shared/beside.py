"""Functions with a value of their own at x: the drop-ins compare derivatives with differences, which do not see it."""

from __future__ import annotations

import numpy as np

from ...report.finding import Finding
from ...report.report import Report
from ...report.shape import shape_of

# Units of rounding by which the difference of two values may be off.
ROUNDINGS = 16.0
UNIT = 2.0**-52
# What counts as agreement, relative to the slope, or where that is 0; differences must tell it so well.
RTOL, SMALLEST = 1e-5, 1e-8


def is_right_beside(report: Report) -> bool:
    """Whether all that a report leaves open is a value of the function at x alone, and claims are right without it.

    As for ``where(x == 1, …)`` at 1: the values on both sides are those of a smooth function, whose slope is claimed.
    """
    if report.verdict != "inconclusive" or report.power is not None or report.untested or report.nondeterministic:
        return False
    open_ones = [one for one in report.findings if not one.cause.is_acceptable]
    if len({one.index for one in open_ones}) < report.undecided:
        return False
    return bool(open_ones) and all(shape_of(one).kind == "alone" and _agrees(one) for one in open_ones)


def _agrees(one: Finding) -> bool:
    """Whether a claim agrees with centered differences where these are most exact."""
    _, steps, values = one._values.along(one.index)
    known = dict(zip(steps, values, strict=True))
    pairs = sorted((step, value, known[-step]) for step, value in known.items() if step > 0 and -step in known)
    if len(pairs) < 2:
        return False
    h, above, below = np.array(pairs).T
    with np.errstate(all="ignore"):
        slopes = (above - below) / (2 * h)
        noise = np.fmax(one._noise, UNIT * np.fmax(np.abs(above), np.abs(below)))
        # Truncation changes slopes from step to step.
        bars = ROUNDINGS * noise[:-1] / h[:-1] + np.abs(np.diff(slopes))
    bars[~np.isfinite(bars)] = np.inf
    best = int(np.argmin(bars))
    allowed = max(RTOL * abs(float(slopes[best])), SMALLEST)
    return bool(bars[best] <= allowed and abs(one.claimed - float(slopes[best])) <= allowed)
