"""An explanation of errors in words and numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass

# Follows the place of errors that are too few to show what they have in common.
TOO_FEW = ", too few to tell"
# Ends a remark on what claims break that nothing explains: it stands beside that.
OBSERVED = "errors of other kinds may do the same."


@dataclass(frozen=True)
class Explanation:
    """What is wrong with the claims of an array, in words and as numbers.

    Attributes
    ----------
    kind : str
        "factor", "zero", "not finite", "addition", "rearranged", "rows", "scaled by x", "limited", "matrix",
        "outer product", "rounded", "no dependence", "sum", "others", "invariance", "x alone", "neighbours",
        "turned", "along x", "of the slope", "values", "softmax", or "mixture".
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


def without_guess(text: str) -> str:
    """Return what an explanation says of the claims, without the guess at why they are so."""
    said = text.partition(": ")[0]
    known = said.partition(", ")[0]
    return said if known == "claimed = slope" else known
