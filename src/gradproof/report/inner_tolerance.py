"""Errors as of a solver inside f: small, and alike in all coordinates that are wrong, but by no common factor.

Where f solves something (a fixed point, an ODE, a linear system) until a tolerance is met, the numerical slopes are
those of what the solver returns, and the right gradient is that of the exact solution.  What the solver leaves reaches
each slope through one smooth map: every error is about as large, relative to the gradient, as the tolerance times a
condition number.  The verdict stays; a sentence says what it looks like.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..core.records import codes
from ..problem.numbers import Flat

# Of fewer coordinates nobody can say that they are alike.
FEWEST = 3
# Below, any tolerance accepts; above, a solver stops so early that its user knows.
SMALL = (1e-6, 1e-3)
# So large a part of the errors lies within such a factor of their median.  Of normal errors relative to normal claims
# more than nine in ten do; those of a few bugs differ by more.
MOST, ALIKE = 0.75, 10.0
# Quotients that agree so well are one number: a wrong factor, or a lost term such as a penalty, not a solver.
SAME = 0.05
# Up to so many times the median an error relative to its own claim may be; it is larger where the claim is nearly 0.
OWN = 20.0
# The error bar of a slope, and that a check at the new rtol measures at another step.
MARGIN = 1.5


def remark(findings: Flat, x: Flat) -> str:
    """Return what must be said of wrong coordinates that differ like those of a solver; nothing where they do not.

    Parameters
    ----------
    findings
        Those of the engine.
    x
        The point, n values.
    """
    alone = findings["stop"] - findings["start"] == 1
    wrong = findings[alone & (findings["cause"] == codes.WRONG)]
    wrong = wrong[np.isfinite(wrong["claimed"]) & np.isfinite(wrong["slope"])]
    if len(wrong) < FEWEST:
        return ""
    claims, errors = np.abs(wrong["claimed"]), np.abs(wrong["claimed"] - wrong["slope"])
    # A component that is nearly 0 by cancellation has the error of the others.
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
    """Return the sentence; `needed` is the rtol that each claim would have needed."""
    accepted = needed <= OWN * size
    rtol = _rounded_up(MARGIN * float(np.max(needed, where=accepted, initial=size)))
    which = "them" if accepted.all() else f"{np.count_nonzero(accepted):,} of them"
    return (
        f"The {len(needed):,} wrong coordinates differ from the slopes by about {size:.0e} of the gradient, alike "
        "everywhere and by no common factor: this is what the tolerance of a solver inside f looks like (a fixed "
        f"point, an ODE). Tighten it and check again; rtol={rtol:g} would accept {which}."
    )


def _rounded_up(value: float) -> float:
    """Return the smallest of 1, 2 and 5 times a power of ten that is no less."""
    power = 10.0 ** math.floor(math.log10(value))
    return next(float(f"{digit * power:.0e}") for digit in (1, 2, 5, 10) if digit * power >= value)
