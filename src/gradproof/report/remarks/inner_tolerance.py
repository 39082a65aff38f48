"""Detects errors that look like the tolerance of a solver inside f: small and similar, but without a common factor.

If f solves something (a fixed point, an ODE, a linear system) to some tolerance, the numerical slopes are those of what
the solver returns, whereas the right gradient is that of the exact solution.  The residual of the solver reaches every
slope through one smooth map: relative to the gradient, each error is about as large as the tolerance times a condition
number.  The verdict stands; a remark says what the errors look like.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ...core.records import codes
from ...problem.numbers import Flat

# Fewer coordinates do not show whether their errors are similar.
FEWEST = 3
# Smaller errors pass with any rtol; for larger ones the solver stops so early that its user knows.
SMALL = (1e-6, 1e-3)
# Errors are similar if at least the part MOST of them lies within the factor ALIKE of their median.  For normally
# distributed errors and claims more than nine in ten do; the errors of several bugs differ by more.
MOST, ALIKE = 0.75, 10.0
# Quotients that agree within this are one number: a wrong factor or a missing term such as a penalty, not a solver.
SAME = 0.05
# The rtol suggested accepts errors of up to this many medians, relative to their claims, which may be nearly 0.
OWN = 20.0
# What the remark says, and no other does.
TYPICAL = "this is typical of the tolerance of a solver inside f"
# For the error bars of the slopes, and because a check with the new rtol uses other steps.
MARGIN = 1.5


def remark(findings: Flat, x: Flat) -> str:
    """Return a remark if the wrong coordinates look like the tolerance of a solver inside f, else "".

    Parameters
    ----------
    findings
        The findings of the engine.
    x
        The point, n values.
    """
    alone = findings["stop"] - findings["start"] == 1
    wrong = findings[alone & (findings["cause"] == codes.WRONG)]
    wrong = wrong[np.isfinite(wrong["claimed"]) & np.isfinite(wrong["slope"])]
    if len(wrong) < FEWEST:
        return ""
    claims, errors = np.abs(wrong["claimed"]), np.abs(wrong["claimed"] - wrong["slope"])
    # A component that is nearly 0 by cancellation has an error as large as the others.
    sizes = np.maximum(np.maximum(claims, np.abs(wrong["slope"])), np.median(claims))
    with np.errstate(all="ignore"):
        relative = errors / sizes
        named = [claims, np.abs(x[wrong["start"]].astype(np.float64)), np.ones(len(wrong))]
        if not _is_small_and_alike(relative) or any(_is_one_number(errors / each) for each in named):
            return ""
        return _sentence(float(np.median(relative)), (errors + _bars(wrong)) / claims)


def _is_small_and_alike(relative: Flat) -> bool:
    middle = float(np.median(relative))
    near = (relative >= middle / ALIKE) & (relative <= middle * ALIKE)
    return SMALL[0] <= middle <= SMALL[1] and float(np.mean(near)) >= MOST


def _is_one_number(quotients: Flat) -> bool:
    middle = float(np.median(quotients))
    return float(np.mean(np.abs(quotients - middle) <= SAME * middle)) >= MOST


def _bars(wrong: Any) -> Flat:
    return np.where(np.isfinite(wrong["error_bar"]), wrong["error_bar"], 0.0)


def _sentence(size: float, needed: Flat) -> str:
    """Return the remark; `needed` is the rtol with which each claim would have been accepted."""
    accepted = needed <= OWN * size
    rtol = _rounded_up(MARGIN * float(np.max(needed, where=accepted, initial=size)))
    which = "them" if accepted.all() else f"{np.count_nonzero(accepted):,} of them"
    return (
        f"The {len(needed):,} wrong coordinates differ from the slopes by about {size:.0e} of the gradient, "
        f"similarly everywhere but not by a common factor: {TYPICAL} (a fixed point, an ODE). Tighten that tolerance "
        f"and check again; rtol={rtol:g} would accept {which}."
    )


def _rounded_up(value: float) -> float:
    """Round up to 1, 2 or 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(value))
    return next(float(f"{digit * power:.0e}") for digit in (1, 2, 5, 10) if digit * power >= value)
