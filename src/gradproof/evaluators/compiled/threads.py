"""Threads for objectives in machine code: they share the probes of a chunk, each with a point of its own."""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor

# A chunk that takes less is not worth waking another thread, which takes some 0.05 ms.
WORTH = 1e-3
# Ranges for each thread: one that is held up, or gets the slower half, leaves work to the others.
RANGES = 4


def processors() -> int:
    """Return how many processors this process may use."""
    return max(1, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)


class Threads:
    """Runs the ranges of a chunk in several threads at once, where they take long enough.

    What is called must let go of the interpreter's lock.  How long it took until now decides how many threads work:
    the values are the same for any number of them.

    Parameters
    ----------
    most
        So many threads at most, the caller's own among them.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self._pool: ThreadPoolExecutor | None = None
        self._seconds = 0.0

    def run(self, work: Callable[[int, slice], int], count: int) -> int:
        """Do work for the rows of a chunk, all of them; return the first code that is not 0, or 0.

        Parameters
        ----------
        work
            Called as work(thread, rows): no two calls with one number of a thread are under way at once.
        count
            Number of rows.
        """
        threads = min(self.most, count) if count * self._seconds >= WORTH else 1
        began = time.perf_counter()
        codes = [work(0, slice(0, count))] if threads == 1 else self._together(work, count, threads)
        self._seconds = (time.perf_counter() - began) * threads / max(count, 1)
        return next((code for code in codes if code), 0)

    def close(self) -> None:
        """Let the threads go."""
        if self._pool is not None:
            self._pool.shutdown()
            self._pool = None

    def _together(self, work: Callable[[int, slice], int], count: int, threads: int) -> list[int]:
        # On use: it brings modules along that take longer than a small check.
        from concurrent.futures import ThreadPoolExecutor, wait

        ranges = min(count, threads * RANGES)
        borders = [count * number // ranges for number in range(ranges + 1)]
        left = deque(map(slice, borders[:-1], borders[1:]))

        def share(thread: int) -> list[int]:
            codes = []
            while left:
                try:
                    rows = left.popleft()
                except IndexError:  # another thread was faster
                    break
                codes.append(work(thread, rows))
            return codes

        if self._pool is None:
            self._pool = ThreadPoolExecutor(self.most - 1, "gradproof")
        others = []
        try:
            others += [self._pool.submit(share, thread) for thread in range(1, threads)]
            codes = share(0)
            return [*codes, *(code for other in others for code in other.result())]
        finally:
            # After Ctrl-C, too, nothing of the user's may run on when the check has returned.
            left.clear()
            wait(others)
