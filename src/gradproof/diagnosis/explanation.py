"""An explanation of errors, and how much of a coincidence it would have to be."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ..problem.numbers import Flat

# An explanation is given only if errors that have nothing to do with it would fit it this rarely.
RARE = 1e-6
# No fit counts for more than this in one coordinate, however small its bar is.
LEAST = 1e-6


@dataclass(frozen=True)
class Explanation:
    """What is wrong with the claims of an array, in words and as numbers.

    Attributes
    ----------
    kind : str
        "factor", "zero", "not finite", "addition", "rearranged", "rows", "scaled by x", "rounded", or "sum".
    where : str
        The coordinates that it explains, such as ``"all of W2"``.
    text : str
        What the claims are, such as ``"claimed = 0.5 × slope"``.
    number : float
        The factor or constant; NaN if there is none.
    share : float
        The part of the error of the whole gradient, as a sum of squares, that it explains, from 0 to 1.
    names : tuple of str
        The arrays.
    """

    kind: str
    where: str
    text: str
    number: float = math.nan
    share: float = 1.0
    names: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.where}: {self.text} (explains {percent(self.share)} of the error)"


def percent(share: float) -> str:
    """Format a share, rounded down, so that less than all never looks like all."""
    return f"{math.floor(1000 * share + 1e-3) / 10:.1f} %"


def is_no_coincidence(tolerances: Flat, scales: Flat, free: int, tries: float = 1.0, rare: float = RARE) -> bool:
    """Return whether a fit is too good for errors of any kind.

    A number that could be anywhere on some scale lies within a tolerance of a given place with a probability of about
    their quotient.

    Parameters
    ----------
    tolerances
        Within which the fit was tested, one for each coordinate.
    scales
        On which the numbers could have been anything.
    free
        The number of coordinates that the parameters of the fit adapt to; those that fit best do not count.
    tries
        How many fits were tried.
    rare
        How rarely errors of another kind may fit.
    """
    with np.errstate(all="ignore"):
        chances = np.sort(np.clip(np.nan_to_num(2.0 * tolerances / scales, nan=1.0, posinf=1.0), LEAST, 1.0))
    return float(np.log10(chances[free:]).sum() if len(chances) > free else 0.0) <= math.log10(rare / tries)
