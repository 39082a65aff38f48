"""Errors that are those of one part of a sum: a term, or a row of the data, that is missing or counted twice."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ..problem.numbers import Flat

# Errors and slopes that differ by less than this part of the largest are proportional.
SAME = 1e-3
# What a factor of the slopes of a part that stands out means for the claim.
FACTORS = {-1.0: "is missing in the gradient", 1.0: "is counted twice", -2.0: "has the wrong sign"}


class Blamed(NamedTuple):
    """The part of a sum that explains all errors, and the factor by which they are its slopes."""

    number: int
    factor: float

    @property
    def meaning(self) -> str:
        """What the factor means; "" if it means nothing by itself."""
        return _meaning(self.factor)


def blamed_part(slopes: Flat, errors: Flat) -> Blamed | None:
    """Return the part of a sum that explains all errors of its gradient; None if none does, or several do.

    Parameters
    ----------
    slopes
        Those of the parts, one row for each, one column for each coordinate with an error.
    errors
        Claims minus slopes of the sum, in the same coordinates.
    """
    with np.errstate(all="ignore"):
        factors = slopes @ errors / np.add.reduce(slopes**2, axis=1)
        left = np.max(np.abs(errors - factors[:, None] * slopes), axis=1)
        fits = np.flatnonzero(left <= SAME * np.max(np.abs(errors)))
    # One error is a multiple of every slope: only a factor that means something tells one part from the others.
    known = [int(one) for one in fits if _meaning(factors[one]) or len(errors) > 1]
    return Blamed(known[0], float(factors[known[0]])) if len(known) == 1 else None


def _meaning(factor: float) -> str:
    return next((what for known, what in FACTORS.items() if abs(factor - known) <= SAME), "")
