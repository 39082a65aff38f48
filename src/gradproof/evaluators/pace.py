"""Chooses how much to evaluate at once: little enough to react soon to a time limit or Ctrl-C."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

# In seconds: after a chunk faster than SOON the next one is twice as large, after one slower than LATE half as large.
# One that takes next to nothing is followed by a much larger one: most chunks would otherwise only serve to grow.
AT_ONCE = 0.0005
SOON = 0.02
LATE = 0.1
LEAP = 16
ALL = 1 << 20


class TimeIsUp(Exception):  # noqa: N818 - not an error: it ends the rounds
    """The time limit has passed."""


class Pace:
    """Cuts a round into chunks; the values do not depend on the cuts."""

    def __init__(self, deadline: float | None = None, advance: Callable[[int], object] | None = None) -> None:
        self.deadline = deadline
        self.advance = advance
        self.size = 1
        # The smallest chunk, however long it takes: one evaluation for each thread.
        self.least = 1
        self._began = 0.0

    @property
    def watched(self) -> bool:
        """Whether a time limit or a progress display waits for the end of each chunk."""
        return self.deadline is not None or self.advance is not None

    def chunks(self, count: int, largest: int) -> Iterator[slice]:
        """Yield the chunks of a round as slices; raise `TimeIsUp` when the time is up."""
        start = 0
        while start < count:
            stop = self.begun(start, count, largest)
            yield slice(start, stop)
            self.ended(stop - start)
            start = stop

    def begun(self, start: int, count: int, largest: int) -> int:
        """Begin a chunk of a round and return where it stops; raise `TimeIsUp` when the time is up."""
        self._began = time.monotonic()
        if self.deadline is not None and self._began >= self.deadline:
            raise TimeIsUp
        return min(count, start + min(max(self.size, self.least), largest))

    def ended(self, count: int) -> None:
        """End the chunk, of `count` evaluations: how long it took says how large the next one is."""
        seconds = time.monotonic() - self._began
        if seconds < SOON:
            self.size = min((LEAP if seconds < AT_ONCE else 2) * self.size, ALL)
        elif seconds > LATE:
            self.size = max(self.size // 2, 1)
        if self.advance is not None:
            self.advance(count)

    def known(self, seconds: float) -> None:
        """Set the first chunk from the seconds that an evaluation takes; 0 where that is unknown."""
        if seconds > 0.0:
            self.size = max(self.size, min(int(SOON / seconds), ALL))

    def look_at_the_clock(self) -> None:
        """Raise `TimeIsUp` when the time is up."""
        if self.deadline is not None and time.monotonic() >= self.deadline:
            raise TimeIsUp

    def done(self, count: int) -> None:
        """Report `count` finished evaluations to the progress display."""
        if self.advance is not None:
            self.advance(count)
