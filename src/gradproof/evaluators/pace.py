"""How much is evaluated at once: little enough that a time limit, Ctrl-C and progress are noticed soon."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

# After a chunk that took less than the first the next one is twice as large, after more than the second half as large.
SOON = 0.02
LATE = 0.1
ALL = 1 << 20


class TimeIsUp(Exception):  # noqa: N818 - not an error: it ends the rounds
    """The time limit has passed."""


class Pace:
    """Cuts a round into chunks; the values do not depend on where it cuts."""

    def __init__(self, deadline: float | None = None, advance: Callable[[int], object] | None = None) -> None:
        self.deadline = deadline
        self.advance = advance
        self.size = 1

    @property
    def watched(self) -> bool:
        """Whether somebody waits for the end of each chunk."""
        return self.deadline is not None or self.advance is not None

    def chunks(self, count: int, largest: int) -> Iterator[slice]:
        """Yield the slices of a round one after the other; raise `TimeIsUp` when the time is up."""
        start = 0
        while start < count:
            began = time.monotonic()
            if self.deadline is not None and began >= self.deadline:
                raise TimeIsUp
            stop = min(count, start + min(self.size, largest))
            yield slice(start, stop)
            self._adapt(time.monotonic() - began)
            if self.advance is not None:
                self.advance(stop - start)
            start = stop

    def _adapt(self, seconds: float) -> None:
        if seconds < SOON:
            self.size = min(2 * self.size, ALL)
        elif seconds > LATE:
            self.size = max(self.size // 2, 1)
