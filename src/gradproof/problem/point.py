"""What is checked: the point, the claimed gradient at it, and where the objective may be evaluated."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .exceptions import Exceptions
from .numbers import Flat
from .structure import Layout, read
from .watching import Watch

# Numbers are looked at in pieces of so many, which need no memory worth mentioning.
PIECE = 1 << 18


class Problem:
    """The point x as a flat copy in its own arithmetic, and how the user's structure looks."""

    def __init__(self, layout: Layout, x: Flat) -> None:
        self.layout = layout
        self.x = x
        self.notes: list[str] = []
        self.watch = Watch()
        self.raised = Exceptions()
        # How many points of earlier rounds were outside of the bounds.
        self.outside = 0
        # Long vectors are kept in the type of x, and the gradient, which is long, too, is asked for once.
        self.along_lines = False

    @property
    def n(self) -> int:
        """How many coordinates there are."""
        return self.layout.n

    @property
    def is_float32(self) -> bool:
        """Whether the objective sees float32."""
        return self.x.dtype == np.float32

    def note(self, text: str) -> None:
        """Keep a note for the report, once."""
        if text not in self.notes:
            self.notes.append(text)

    def copy_of_x(self) -> tuple[Any, Flat]:
        """Return x as the user's structure on fresh memory, and that memory as a flat vector."""
        flat = self.x.copy()
        return self.layout.build(flat), flat


def read_problem(x: Any) -> Problem:
    """Return the problem at the user's x, which is never written to: a copy of it, or, where it is large, itself."""
    layout, flat = read(x)
    problem = Problem(layout, flat)
    if isinstance(x, np.ndarray) and np.may_share_memory(flat, x):
        problem.x = problem.watch.own(flat, "x")
    refuse_what_is_not_finite(layout, flat)
    return problem


def refuse_what_is_not_finite(layout: Layout, flat: Flat) -> None:
    """Raise ValueError where a coordinate of x is not finite; it says which one."""
    pieces = [flat[start : start + PIECE] for start in range(0, layout.n, PIECE)]
    if not all(np.isfinite(piece).all() for piece in pieces):
        bad = np.flatnonzero(~np.isfinite(flat))
        others = bad.size - 1
        more = (
            f", and so {'is one more coordinate' if others == 1 else f'are {others} more coordinates'}"
            if others
            else ""
        )
        raise ValueError(f"{layout.name(int(bad[0]))} is {flat[bad[0]]}{more}: x must be finite to be checked at")


def same_numbers(a: Flat, b: Flat) -> bool:
    """Return whether two vectors of one length are equal everywhere, piece by piece."""
    starts = range(0, a.size, PIECE)
    return all(bool((a[start : start + PIECE] == b[start : start + PIECE]).all()) for start in starts)


def call(function: Callable[[Any], Any], x: Any, what: str) -> Any:
    """Call the user's function with x; where it cannot be called like that, say what it was called as."""
    return called(f"the {what} is called with x alone", function, x)


def called(how: str, function: Callable[..., Any], *arguments: Any) -> Any:
    """Call the user's function; where it takes other arguments, raise a TypeError that says how it is called."""
    try:
        return function(*arguments)
    except TypeError as problem:
        # Nothing of the function has run: the call itself is the mistake.
        if problem.__traceback__ is None or problem.__traceback__.tb_next is None:
            raise TypeError(f"{how}: {problem}") from None
        raise
