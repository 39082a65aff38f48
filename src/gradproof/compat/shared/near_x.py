"""What differences with one small step do not see: an isolated value of the function at x, and steps as of round."""

from __future__ import annotations

import numpy as np

from ...report.finding import Finding
from ...report.report import Report
from ...report.shape import shape_of

# Units of rounding by which the difference of two values may be off.
ROUNDINGS = 16.0
UNIT = 2.0**-52
# What counts as agreement, relative to the slope, or where that is 0; differences must be as exact as that.
RTOL, SMALLEST = 1e-5, 1e-8
# A tread that is wider than the steps of the libraries' own checks, and than those of a function that is computed in
# float32 inside: its steps are meant.
TREAD, PART = 1e-6, 2.0**-18


def is_right_near_x(report: Report) -> bool:
    """Whether all that a report leaves open is isolated values of the function at x, or steps, and claims are right.

    Isolated, as for ``where(x == 1, …)`` at 1: both sides belong to a smooth function, whose slope is claimed.
    Steps, as for ``round(x, decimals=3)``: on a wide tread, 0 is claimed.
    """
    if report.verdict != "inconclusive" or report.power is not None or report.untested or report.nondeterministic:
        return False
    open_ones = [one for one in report.findings if not one.cause.is_acceptable]
    if len({one.index for one in open_ones}) < report.undecided:
        return False
    return bool(open_ones) and all(_is_excused(one) for one in open_ones)


def _is_excused(one: Finding) -> bool:
    kind = shape_of(one).kind
    return (kind == "alone" and _agrees(one)) or (kind == "stairs" and one.claimed == 0 and _is_on_wide_tread(one))


def _is_on_wide_tread(one: Finding) -> bool:
    """Whether the function does not move on either side of x, so far that nothing but its steps can be the reason."""
    at_x, steps, values = one._values.along(one.index)
    wide = max(TREAD, PART * abs(one._values.x_at(one.index)))
    moved = [abs(step) for step, value in zip(steps, values, strict=True) if value != at_x]
    still = [step for step, value in zip(steps, values, strict=True) if value == at_x and abs(step) > wide / 4]
    return min(moved, default=0.0) > wide and min(still, default=0.0) < 0 < max(still, default=0.0)


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
