"""Records the exceptions that an objective raises away from x: their types, messages and numbers, not the objects.

An exception would keep the frames that it passed through alive, with everything in them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

# At most this many types of exceptions are told apart, and this many characters of a message are kept.
TYPES = 8
CHARACTERS = 200


@dataclass(frozen=True)
class Raised:
    """The exceptions of one type that an objective raised away from x.

    Attributes
    ----------
    type : str
        The name of the type.
    message : str
        The first line of the message of the first one, at most 200 characters.
    count : int
        The number of points at which one was raised.

    Examples
    --------
    >>> import numpy as np
    >>> from gradproof import check
    >>> def f(x):
    ...     if x[0] < 0:
    ...         raise ValueError("x[0] is negative")
    ...     return np.sum(x**1.5)
    >>> report = check(f, lambda x: 1.5 * np.sqrt(x), np.array([0.0, 1.0]))
    >>> report.exceptions[0].type, report.exceptions[0].message
    ('ValueError', 'x[0] is negative')
    """

    type: str
    message: str
    count: int

    def __str__(self) -> str:
        said = f" ({self.message})" if self.message else ""
        points = "1 point" if self.count == 1 else f"{self.count:,} points"
        return f"The objective raised {self.type}{said} at {points} away from x, where its value counts as missing."


class Exceptions:
    """The exceptions that an objective has raised so far, away from x."""

    def __init__(self) -> None:
        self._seen: dict[str, Raised] = {}

    def note(self, error: Exception, count: int = 1) -> None:
        """Note an exception that was raised at `count` points."""
        self.add([Raised(type(error).__name__, _first_line(error), count)])

    def add(self, others: Iterable[Raised]) -> None:
        """Add exceptions that were noted elsewhere."""
        for one in others:
            before = self._seen.get(one.type)
            if before is not None:
                self._seen[one.type] = Raised(one.type, before.message, before.count + one.count)
            elif len(self._seen) < TYPES:
                self._seen[one.type] = one

    def all(self) -> tuple[Raised, ...]:
        """Return one record for each type, in the order of their first occurrence."""
        return tuple(self._seen.values())

    def take(self) -> tuple[Raised, ...]:
        """Return the same, and forget it."""
        taken = self.all()
        self._seen = {}
        return taken


def _first_line(error: Exception) -> str:
    try:
        lines = str(error).splitlines()
    except Exception:  # the message comes from the user's code, too
        return ""
    return lines[0].replace("\0", " ").strip()[:CHARACTERS] if lines else ""
