"""Claims that are a function of the slopes: squared, inverted, or with a derivative applied once more."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ....problem.numbers import Flat
from ....report.explanation import Explanation
from ...coincidence import constants, multiples
from ...evidence import MARGIN, Evidence

FEWEST = 5
ROUNDING = 1e-9
# Sizes of slopes must differ by more than this, relatively: else any function of them is a factor.
DIFFERENT = 1e-2
AGAIN = "is the derivative of {} applied once more?"
# What claims may be, and the question that goes with it; * stands for an unknown multiple.
FUNCTIONS: dict[str, tuple[Callable[[Flat], Flat], str]] = {
    "slope²": (np.square, "is it squared?"),
    "slope × |slope|": (lambda slope: slope * np.abs(slope), "is it squared?"),
    "slope³": (lambda slope: slope**3, "is it cubed?"),
    "sign(slope) × √|slope|": (lambda slope: np.sign(slope) * np.sqrt(np.abs(slope)), "is a root taken?"),
    "1 / slope": (lambda slope: 1.0 / slope, "is it inverted?"),
    "slope × (1 - |slope|)": (lambda slope: slope * (1.0 - np.abs(slope)), AGAIN.format("a sigmoid")),
    "slope × (1 - slope²)": (lambda slope: slope * (1.0 - slope**2), AGAIN.format("tanh")),
    "slope / √(1 - slope²)": (
        lambda slope: slope / np.sqrt(1.0 - slope**2),
        "is the sinh of something taken for its tanh, or a tangent for a sine?",
    ),
    "slope / √(1 + slope²)": (
        lambda slope: slope / np.sqrt(1.0 + slope**2),
        "is the tanh of something taken for its sinh, or a sine for a tangent?",
    ),
    "exp(slope)": (np.exp, "is it the exponential of what is meant?"),
    "tanh(slope)": (np.tanh, "is it squashed?"),
}


def of_slope(part: Evidence) -> Explanation | None:
    """Explain the claims by a function of their slopes alone, or a multiple of one; None if none fits."""
    if len(part.x) < FEWEST or not (np.isfinite(part.claimed).all() and part.slope.all() and part.claimed.all()):
        return None
    size = np.abs(part.slope)
    if np.ptp(size) <= DIFFERENT * np.max(size):
        return None
    with np.errstate(all="ignore"):
        values = np.array([function(part.slope) for function, _ in FUNCTIONS.values()])
        beside = (part.slope + sign * MARGIN * part.bar for sign in (1.0, -1.0))
        moved = [np.array([function(slope) for function, _ in FUNCTIONS.values()]) for slope in beside]
        off = np.maximum(*(np.abs(each - values) for each in moved)) + ROUNDING * np.abs(values)
        allowed = np.nan_to_num(np.abs(part.claimed / values) * off, nan=0.0)
        factor = part.claimed / part.slope
        as_wide = np.abs(factor / part.slope) * (MARGIN * part.bar) + ROUNDING * np.abs(factor)
    # Functions of slopes are near others where bars are wide: what one factor does as well is no function.
    if any(constants(factor[None], as_wide[None])):
        return None
    sizes = np.minimum(np.abs(part.claimed), np.abs(part.error))
    for row, number, tolerance in multiples(part.claimed, allowed, values, float(len(FUNCTIONS)), sizes=sizes):
        name, asked = list(FUNCTIONS)[row], list(FUNCTIONS.values())[row][1]
        times = "" if abs(number - 1.0) <= float(np.min(tolerance)) else f"{number:.6g} × "
        return Explanation("of the slope", "", f"claimed = {times}{name}: {asked}")
    return None
