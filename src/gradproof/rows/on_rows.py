"""Functions of x and rows of the data as functions of x, as a check calls them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..problem.numbers import Flat, frozen
from ..problem.point import called


class OnRows:
    """An objective or a gradient on some rows of the data, as a function of x alone."""

    def __init__(self, function: Callable[..., Any], rows: Flat, what: str) -> None:
        self.function = function
        self.rows = frozen(rows)  # the same array serves every call
        self.what = what

    def __call__(self, x: Any) -> Any:
        """Call the user's function; where it cannot be called like that, say what it was called with."""
        how = f"with rows=, the {self.what} is called with x and an index array"
        return called(how, self.function, x, self.rows)
