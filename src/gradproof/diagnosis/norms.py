"""Norms of claims that differ from slopes by one factor: to which they may have been clipped, or divided by."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..problem.numbers import Flat
from ..report.explanation import Explanation

# The norm of a gradient that was clipped is a number of two digits to within this, relatively.
CLIPPED = 1e-6
# Its norm, or its largest entry, is 1 to within this where it was divided by it.
NORMALISED = 1e-12


def with_norm(explanation: Explanation, claimed: Flat) -> Explanation:
    """Return the explanation of a factor of all claims, with the norm to which these may have been clipped."""
    every = np.asarray(claimed, np.float64)
    largest = float(np.max(np.abs(every), initial=0.0))
    # Squares of large claims overflow.
    norm = largest * float(np.linalg.norm(every / largest)) if largest else 0.0
    sizes = {"its norm": norm}
    # Of entries that were divided by the largest, no other is as large: those of a function with a limit are.
    if np.count_nonzero(np.abs(every) == largest) == 1:
        sizes["its largest entry"] = largest
    for what, size in sizes.items():
        # A factor with a name is what it says, even where round numbers make an entry 1.
        if explanation.text.endswith("slope") and abs(size - 1.0) <= NORMALISED:
            return replace(explanation, text=f"{explanation.text}; {what} is 1: is it normalised?")
    rounded = float(f"{norm:.1e}")
    if not 0 < explanation.number < 1 or abs(norm - rounded) > CLIPPED * norm:
        return explanation
    return replace(explanation, text=f"{explanation.text}; its norm is {rounded:g}: is it clipped to that?")
