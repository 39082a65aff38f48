"""Exceptions that an objective raised away from x: their types, what they said, how many; not the objects themselves.

An exception keeps the frames that it went through alive, and all that stands in them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

# Of types of exceptions so many are told apart, and of a message so many characters are kept.
TYPES = 8
CHARACTERS = 200


@dataclass(frozen=True)
class Raised:
    """Exceptions of one type: the first line of what the first one said, and how many there were."""

    type: str
    message: str
    count: int

    def __str__(self) -> str:
        said = f" ({self.message})" if self.message else ""
        points = "1 point" if self.count == 1 else f"{self.count:,} points"
        return f"The objective raised {self.type}{said} at {points} away from x, where it then has no value."


class Exceptions:
    """What an objective has raised so far, away from x."""

    def __init__(self) -> None:
        self._seen: dict[str, Raised] = {}

    def note(self, error: Exception, count: int = 1) -> None:
        """Note an exception that was raised at so many points."""
        self.add([Raised(type(error).__name__, _first_line(error), count)])

    def add(self, others: Iterable[Raised]) -> None:
        """Add what was noted elsewhere."""
        for one in others:
            before = self._seen.get(one.type)
            if before is not None:
                self._seen[one.type] = Raised(one.type, before.message, before.count + one.count)
            elif len(self._seen) < TYPES:
                self._seen[one.type] = one

    def all(self) -> tuple[Raised, ...]:
        """Return what was raised, one record a type, in the order in which they came first."""
        return tuple(self._seen.values())

    def take(self) -> tuple[Raised, ...]:
        """Return the same, and begin anew."""
        taken = self.all()
        self._seen = {}
        return taken


def _first_line(error: Exception) -> str:
    try:
        lines = str(error).splitlines()
    except Exception:  # the message is the user's code, too
        return ""
    return lines[0].replace("\0", " ").strip()[:CHARACTERS] if lines else ""
