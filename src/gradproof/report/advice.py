"""What to do about a cause in this report: its own sentence, or one that knows f: its noise, its size, its shape."""

from __future__ import annotations

import numpy as np

from .cause import Cause
from .records import Finding, Record
from .shape import shape_of
from .text.figures import short

# Of f, one rounding in each arithmetic; "coarser than float32" has none that is known.
UNITS = {"float64": 2.0**-53, "float32": 2.0**-24}
# Noise up to so many roundings of f is rounding; more is made by something else inside of f.
ROUNDINGS = 64.0
# From here on most digits of f are spent on a constant.
CONSTANT = 100.0
# An f that is rounded to float32 moves by so many of its spacings, or fewer, if it moves at all.
CLOSE = 2.0
TOGETHER = (
    "alone, each of these claims is acceptable, at a kink that it shares with others; together they are no gradient "
    "and no subgradient. Automatic differentiation gives such claims at ties and nested kinks, as of max(x, y) where "
    "x = y: move x off the kink, or take all of them from one of the pieces that meet there"
)


def advice(cause: Cause, report: Record, finding: Finding | None = None) -> str:
    """Return what a cause means in this report, or for one of its findings, and what to do about it, as a sentence."""
    if finding is not None and (own := own_advice(finding)):
        return f"{own[0].upper() if not own.startswith('f ') else 'f'}{own[1:]}."
    if cause is Cause.NOISE_LIMITED:
        return f"{about_noise(report)}.".replace("the rounding", "The rounding", 1)
    return cause.explanation


def own_advice(finding: Finding) -> str:
    """Return what a finding shows beyond its cause, and what to do, without a full stop; "" if that is nothing."""
    if is_wrong_together(finding):
        return TOGETHER
    return shape_of(finding).sentence


def is_wrong_together(finding: Finding) -> bool:
    """Whether a claim is wrong only together with another one."""
    return finding.cause is Cause.WRONG and finding.partner >= 0


def about_noise(report: Record) -> str:
    """Return what makes the noise that hides the slope, and the cure, without a capital letter and a full stop."""
    arithmetic = _arithmetic_of(report)
    size, unit = abs(report.value), UNITS.get(arithmetic, np.inf)
    is_rounding = report.noise_floor <= ROUNDINGS * unit * size
    change = size_of_change(report)
    if is_rounding and 0 < CONSTANT * change <= size:
        return (
            f"f is {short(size / change)} times larger than what it changes by, and its rounding hides the slope: "
            "subtract the constant before summing, or return the difference"
        )
    if arithmetic != "float64":
        return "the rounding noise of f hides the slope: compute f in float64, or at least its last sums"
    if is_rounding:
        return "the rounding noise of f hides the slope: sum fewer or smaller terms, or terms that cancel less"
    return (
        f"f's noise ({short(report.noise_floor)}) hides the slope, and is far above its rounding: tighten the "
        "tolerance of a solver inside of f, or fix its random seed"
    )


def _arithmetic_of(report: Record) -> str:
    """Return the arithmetic of f; float32 also where the noise was measured on too few different values to show it."""
    if report.arithmetic != "float64" or report.noise_floor <= ROUNDINGS * UNITS["float64"] * abs(report.value):
        return report.arithmetic
    kept = report._evidence.values
    values = kept.first(kept.rounds)[2]
    values = values[np.isfinite(values)]
    changes = np.abs(values[values != kept.value] - kept.value)
    with np.errstate(over="ignore"):
        exact = bool(np.all(values.astype(np.float32) == values)) and float(np.float32(kept.value)) == kept.value
        close = CLOSE * float(np.spacing(np.float32(abs(kept.value))))
    is_single = exact and report.noise_floor <= close and float(np.min(changes, initial=close)) <= close
    return "float32" if is_single else report.arithmetic


def size_of_change(report: Record) -> float:
    """Return by how much f changes, as the claim says, where every coordinate changes by its size."""
    if report.power is not None:
        return report.power.total
    x = np.abs(np.asarray(report._evidence.values.x, np.float64))
    slopes = np.abs(np.asarray(report._evidence.claimed, np.float64))
    with np.errstate(all="ignore"):
        changes = slopes * np.where(x > 0, x, np.sqrt(np.mean(x * x)))
    return float(np.sum(changes, where=np.isfinite(changes)))
