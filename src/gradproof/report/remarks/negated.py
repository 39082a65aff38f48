"""Detects claims that are the negative of the gradient, such as forces."""

from __future__ import annotations

import numpy as np

from ...core.records import codes
from ...problem.numbers import Flat

# A claim is minus its slope if their sum is no more than this part of it, besides the error bar of the slope.
SAME = 1e-4
REMARKS = {
    1: "The claim is the negative of the gradient: a force? Say sign=-1.",
    -1: "The claim is the gradient itself, not its negative: leave sign=-1 out.",
}


def remark(findings: Flat, claimed: Flat, acceptable: Flat | bool, sign: int) -> str:
    """Return a remark if everything that is wrong is minus its slope, and nothing but zeros agrees; else "".

    Parameters
    ----------
    findings
        The findings of the engine.
    claimed
        The claimed gradient, n values.
    acceptable
        Whether each claimed value agrees with the objective, n values; or, as along lines, whether all do.
    sign
        What the user says that claims are: 1 for gradients, -1 for their negatives.
    """
    wrong = findings[findings["cause"] == codes.WRONG]
    at_once = isinstance(acceptable, bool)
    if not len(wrong) or (acceptable and claimed.any() if at_once else np.any(claimed[acceptable])):
        return ""
    if at_once:
        # What no line of its own was spent on is only known from a line through everything.
        wrong = wrong[(wrong["start"] == 0) & (wrong["stop"] == len(claimed))]
    with np.errstate(all="ignore"):
        off = np.abs(wrong["claimed"] + wrong["slope"])
        is_minus = off <= wrong["error_bar"] + SAME * np.abs(wrong["slope"])
        is_minus &= np.abs(wrong["claimed"]) > wrong["error_bar"]
    return REMARKS[sign] if len(wrong) and is_minus.all() else ""
