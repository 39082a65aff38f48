"""A long vector of which few numbers are known."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np


class FewNumbers:
    """Reads like a vector of `size` numbers, of which those that are not known are NaN.

    Parameters
    ----------
    size
        Its length.
    known
        The numbers that are known, by their place.
    dtype
        Their type.
    """

    def __init__(self, size: int, known: Mapping[int, float], dtype: str = "float64") -> None:
        self.size = size
        self.known = dict(known)
        self.dtype = np.dtype(dtype)

    def __len__(self) -> int:
        return self.size

    def __getitem__(self, place: Any) -> Any:
        """Return the number at a place, or those at several."""
        if np.ndim(place):
            return np.array([self[one] for one in place], self.dtype)
        return self.known.get(int(place), math.nan)
