"""Records the exceptions that an objective raises away from x: their types, messages and numbers, not the objects.

An exception would keep the frames that it passed through alive, with everything in them.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from types import CodeType
from typing import Any

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
    at : str
        The first of these points, by what was moved and how far, such as ``"x[0] - 6.1e-06"``.

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
    >>> print(report.exceptions[0].at)
    x[0] - 0.000122
    """

    type: str
    message: str
    count: int
    at: str = ""

    def __str__(self) -> str:
        said = f" ({self.message})" if self.message else ""
        points = "1 point" if self.count == 1 else f"{self.count:,} points"
        first = "" if not self.at else f" (at {self.at})" if self.count == 1 else f" (first at {self.at})"
        return (
            f"The objective raised {self.type}{said} at {points} away from x{first}, where its value counts as missing."
        )


class Exceptions:
    """The exceptions that an objective has raised so far, away from x."""

    def __init__(self) -> None:
        self._seen: dict[str, Raised] = {}

    def note(self, error: Exception, at: Callable[[], str], count: int = 1) -> None:
        """Note an exception that was raised at `count` points, of which `at` returns the first.

        What a signal handler raised is raised again: it has nothing to do with the point.
        """
        raise_of_signal(error)
        kind = _printable(type(error).__name__)
        is_new = kind not in self._seen
        self.add([Raised(kind, _first_line(error) if is_new else "", count, at() if is_new else "")])

    def add(self, others: Iterable[Raised]) -> None:
        """Add exceptions that were noted elsewhere."""
        for one in others:
            before = self._seen.get(one.type)
            if before is not None:
                self._seen[one.type] = replace(before, count=before.count + one.count)
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


def raise_of_signal(error: Exception) -> None:
    """Raise an exception again if a signal handler raised it, as for an alarm: such an exception says nothing of f."""
    if is_of_signal(error):
        raise error


def is_of_signal(error: BaseException) -> bool:
    """Whether a signal handler raised an exception, or another one that this one replaced."""
    handlers = set(_handlers())
    seen: set[int] = set()
    chained: BaseException | None = error
    while handlers and chained is not None and id(chained) not in seen:
        seen.add(id(chained))
        trace = chained.__traceback__
        while trace is not None:
            if trace.tb_frame.f_code in handlers:
                return True
            trace = trace.tb_next
        chained = chained.__cause__ or chained.__context__
    return False


@functools.cache
def _signals() -> tuple[Callable[[int], Any], tuple[int, ...]]:
    """Return what tells the handler of a signal, and the numbers of all signals."""
    # Imported on use: most objectives raise nothing.
    import signal

    # What `signal.getsignal` calls: that one makes enums of what it returns, a hundred times as slowly.
    handler = getattr(sys.modules.get("_signal"), "getsignal", signal.getsignal)
    return handler, tuple(map(int, signal.valid_signals()))


def _handlers() -> Iterator[CodeType]:
    """Yield the code of the signal handlers that are written in Python."""
    handler_of, numbers = _signals()
    for handler in map(handler_of, numbers):
        inside = getattr(type(handler), "__call__", None)  # noqa: B004 - its code is wanted
        for one in (handler, getattr(handler, "func", None), inside):
            code = getattr(one, "__code__", None)
            if isinstance(code, CodeType):
                yield code


def _first_line(error: Exception) -> str:
    try:
        lines = str(error).splitlines()
    except Exception:  # the message comes from the user's code, too
        return ""
    return _printable(lines[0][:CHARACTERS]).strip()[:CHARACTERS] if lines else ""


def _printable(text: str) -> str:
    """Return a text of the user's code without what would steer a terminal, or is in no encoding."""
    return "".join(
        letter if letter.isprintable() else " " if letter in "\0\t" else letter.encode("unicode_escape").decode()
        for letter in text
    )
