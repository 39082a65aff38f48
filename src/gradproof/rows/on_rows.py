"""Functions of x and of rows of the data as functions of x alone."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from ..problem.numbers import Flat, frozen, in_short, whole
from ..problem.point import called


def row_count(rows: Any) -> int:
    """Return the number of data points; raise an error if `rows` is not such a number."""
    count = whole(rows, "rows must be the number of data points, an integer")
    if count < 1:
        raise ValueError(f"rows must be at least 1, not {in_short(count)}: it is the number of data points")
    if count > sys.maxsize // 8:  # bytes of each index
        raise ValueError(f"rows must be a number of data points whose indices fit into memory, not {in_short(count)}")
    return count


class OnRows:
    """An objective or a gradient on fixed rows of the data, as a function of x alone."""

    def __init__(self, function: Callable[..., Any], rows: Flat, what: str) -> None:
        self.function = function
        self.rows = frozen(rows)  # the same array serves every call
        self.what = what

    def __call__(self, x: Any) -> Any:
        """Call the user's function; if its signature does not fit, raise an error that says how it is called."""
        how = f"with rows=, the {self.what} is called with x and an index array"
        return called(how, self.function, x, self.rows)
