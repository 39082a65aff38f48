"""Shows the progress of a check: by a line, by a callable, or not at all."""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO, TypeAlias

from ..problem.numbers import in_short

Progress: TypeAlias = bool | Callable[[int, int], object] | None

# Seconds: until the first line, between lines on a terminal, and between those in a log.
DELAY, OFTEN, SELDOM = 0.5, 0.1, 10.0
# What streams raise whose disk is full, whose reader is gone, that are closed, or that can do nothing but write.
UNWRITABLE = (OSError, ValueError, AttributeError)


@contextmanager
def shown(progress: Progress, expected: int) -> Iterator[Callable[[int], object] | None]:
    """Return a context with what is called with the number of evaluations since its last call; None shows nothing."""
    display = display_for(progress, expected)
    try:
        yield None if display is None else display.update
    finally:
        if display is not None:
            display.close()


def display_for(progress: Progress, expected: int) -> Line | Counter | None:
    """Return what shows the progress, to be closed by the caller; None where nothing does."""
    if callable(progress):
        return Counter(progress, expected)
    if progress not in (None, True, False):
        raise TypeError(f"progress must be True, False, None or a callable(done, total), not {in_short(progress)}")
    if sys.stderr is None or progress is False or (progress is None and not _is_terminal(sys.stderr)):
        return None
    # With a delay, so that short checks show nothing.
    return Line(expected, sys.stderr, 0.0 if progress is True else DELAY)


class Counter:
    """Tells a function how many evaluations are done, and how many there will be, at least about."""

    def __init__(self, progress: Callable[[int, int], object], expected: int) -> None:
        self._progress = progress
        self._expected = expected
        self._done = 0

    def update(self, count: int) -> None:
        """Count evaluations, and tell."""
        self._done += count
        self._progress(self._done, max(self._done, self._expected))

    def close(self) -> None:
        """Do nothing: the function has been told all."""


def _is_terminal(stream: TextIO) -> bool:
    """Whether a stream is a terminal; one that is closed, or does not know, is not."""
    try:
        return stream.isatty()
    except UNWRITABLE:
        return False


class Line:
    """How far a check is, as one line that is written again and again; in a log, as a line every few seconds.

    Where it cannot be written, the check goes on without it.

    Parameters
    ----------
    expected
        How many evaluations there will be, at least about.
    stream
        Where to write.
    delay
        How many seconds a check may take without a line.
    now
        The clock.
    """

    def __init__(self, expected: int, stream: TextIO, delay: float, now: Callable[[], float] = time.monotonic) -> None:
        self._expected = expected
        self._stream = stream
        self._now = now
        self._started = now()
        self._next = self._started + delay
        self._is_terminal = _is_terminal(stream)
        self._width = 0
        self._done = 0

    def update(self, count: int) -> None:
        """Count evaluations, and write the line if the last one is old enough."""
        self._done += count
        moment = self._now()
        if moment < self._next:
            return
        self._next = moment + (OFTEN if self._is_terminal else SELDOM)
        self._write(self._text(moment - self._started))

    def close(self) -> None:
        """Remove the line, so that what follows stands alone."""
        if self._is_terminal and self._width:
            self._write("", "\r")

    def _text(self, seconds: float) -> str:
        if self._done >= self._expected:
            return f"gradproof: {self._done:,} evaluations in {_time(seconds)}"
        share = self._done / self._expected
        left = f", {_time(seconds / share - seconds)} left" if share else ""
        return f"gradproof: {math.floor(100 * share)} % of {self._expected:,} evaluations{left}"

    def _write(self, text: str, end: str = "") -> None:
        if self._is_terminal:
            # Imported on use: most checks show nothing, and it brings the formats of archives along.
            import shutil

            # One column is left free: a full line would be wrapped.
            text = text[: max(shutil.get_terminal_size().columns - 1, 0)]
            written = "\r" + text.ljust(self._width) + end
            self._width = len(text) or self._width
        else:
            written = f"{text}\n"
        try:
            self._stream.write(written)
            self._stream.flush()
        except UNWRITABLE:
            self._next, self._width = math.inf, 0


def _time(seconds: float) -> str:
    """Format a duration with its two largest units."""
    whole = math.ceil(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    return "{} h {} min".format(*divmod(minutes, 60))
