"""What to do about a cause in this report: its own sentence, or one that knows the noise and the size of f."""

from __future__ import annotations

import numpy as np

from .cause import Cause
from .records import Record
from .text.figures import short

# Of f, one rounding in each arithmetic; "coarser than float32" has none that is known.
UNITS = {"float64": 2.0**-53, "float32": 2.0**-24}
# Noise up to so many roundings of f is rounding; more is made by something else inside of f.
ROUNDINGS = 64.0
# From here on most digits of f are spent on a constant.
CONSTANT = 100.0


def advice(cause: Cause, report: Record) -> str:
    """Return what a cause means in this report and what to do about it, as a sentence."""
    if cause is Cause.NOISE_LIMITED:
        return f"{about_noise(report)}.".replace("the rounding", "The rounding", 1)
    return cause.explanation


def about_noise(report: Record) -> str:
    """Return what makes the noise that hides the slope, and the cure, without a capital letter and a full stop."""
    size, unit = abs(report.value), UNITS.get(report.arithmetic, np.inf)
    is_rounding = report.noise_floor <= ROUNDINGS * unit * size
    change = size_of_change(report)
    if is_rounding and 0 < CONSTANT * change <= size:
        return (
            f"f is {short(size / change)} times larger than what it changes by, and its rounding hides the slope: "
            "subtract the constant before summing, or return the difference"
        )
    if report.arithmetic != "float64":
        return "the rounding noise of f hides the slope: compute f in float64, or at least its last sums"
    if is_rounding:
        return "the rounding noise of f hides the slope: sum fewer or smaller terms, or terms that cancel less"
    return (
        f"f's noise ({short(report.noise_floor)}) hides the slope, and is far above its rounding: tighten the "
        "tolerance of a solver inside of f, or fix its random seed"
    )


def size_of_change(report: Record) -> float:
    """Return by how much f changes, as the claim says, where every coordinate changes by its size."""
    if report.power is not None:
        return report.power.total
    x = np.abs(np.asarray(report._evidence.values.x, np.float64))
    slopes = np.abs(np.asarray(report._evidence.claimed, np.float64))
    with np.errstate(all="ignore"):
        changes = slopes * np.where(x > 0, x, np.sqrt(np.mean(x * x)))
    return float(np.sum(changes, where=np.isfinite(changes)))
