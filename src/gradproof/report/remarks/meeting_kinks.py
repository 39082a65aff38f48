"""Detects claims at points where kinks meet: those of automatic differentiation need be no slopes there."""

from __future__ import annotations

import numpy as np

from ...core.records import codes
from ...problem.numbers import Flat

# Left and right slopes that differ by more than this part of the larger one are those of a kink.
APART = 1e-3
# What is claimed where kinks meet is off by no more than so many times that difference.
LARGEST = 30.0
REMARK = (
    "Every wrong coordinate is 0 at x, and f has a kink in it there. Where several kinks meet, as those of relu after "
    "a block that starts at 0, automatic differentiation gives values that are no slopes of f: check where these "
    "coordinates are not 0."
)


def remark(findings: Flat, x: Flat) -> str:
    """Return a remark if all that is wrong lies at kinks where x is 0; else "".

    Parameters
    ----------
    findings
        The findings of the engine.
    x
        The point.
    """
    wrong = findings[findings["cause"] == codes.WRONG]
    single = wrong[wrong["stop"] - wrong["start"] == 1]
    if not len(single) or any(x[one["start"] : one["stop"]].any() for one in wrong):
        return ""
    left, right = single["left"], single["right"]
    with np.errstate(invalid="ignore", over="ignore"):
        apart, off = np.abs(left - right), np.abs(single["claimed"] - single["slope"])
        is_kink = apart > APART * np.maximum(np.abs(left), np.abs(right))
        # Of a smooth f they differ, too, as far as it is bent within the step that was taken.
        is_near = 2 * np.count_nonzero(off <= LARGEST * apart) > len(single)
    return REMARK if is_kink.all() and is_near else ""
