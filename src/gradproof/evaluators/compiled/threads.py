"""Threads that share the probes of a chunk, each with its own point; for objectives in machine code."""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from ...problem.numbers import whole

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor

# In seconds: for a shorter chunk it is not worth starting another thread, nor waking one that is there.  To start one
# and share the rows takes half a millisecond of the processors; where they are busy, one waits for several.
WORTH_STARTING = 4e-3
WORTH_WAKING = 1e-3
# In seconds, what a chunk takes beside its evaluations: of the first ones, which are short, it is most of the time.
BESIDE = 2e-5
# Each range is this part of a thread's share of the rows that are left: a thread that is held up, or has a slow range,
# leaves the rest to the others, and at the end nobody waits long for the last range.
PART = 2
# In seconds: shorter ranges are not worth the Python between two of them.
WORTH_A_RANGE = 2e-4


def processors() -> int:
    """Return the number of processors that this process may use."""
    return max(1, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)


def asked_for(threads: Any) -> int | None:
    """Return how many threads a caller asks for, None for one on each processor; raise an error if it is no number."""
    if threads is None:
        return None
    count = whole(threads, "threads must be an integer, or None for one per processor")
    if count < 1:
        raise ValueError(f"threads must be at least 1, not {threads}; None means one per processor")
    return count


def ranges(count: int, threads: int, seconds: float) -> Iterator[slice]:
    """Yield the ranges of a chunk, the longest first, given how many seconds a row takes."""
    least, start = max(1, int(min(WORTH_A_RANGE / seconds, count))) if seconds > 0.0 else count, 0
    while start < count:
        stop = min(count, start + max((count - start) // (PART * threads), least))
        yield slice(start, stop)
        start = stop


class Threads:
    """Runs the ranges of a chunk in several threads at once if that is worth it.

    The work must release the interpreter lock.  How long it has taken so far decides how many threads are used; the
    values do not depend on their number.

    Parameters
    ----------
    most
        The maximum number of threads, including the caller's.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self._pool: ThreadPoolExecutor | None = None
        # What a row took in the last chunk; 0 before it is known.
        self.seconds = 0.0

    def run(self, work: Callable[[int, slice], int], count: int) -> int:
        """Do the work for all rows of a chunk; return the first code other than 0, or 0.

        Parameters
        ----------
        work
            Called as work(thread, rows), never twice at once with the same thread number.
        count
            The number of rows.
        """
        worth = WORTH_STARTING if self._pool is None else WORTH_WAKING
        threads = min(self.most, count) if count * self.seconds >= worth else 1
        began = time.perf_counter()
        code = work(0, slice(0, count)) if threads == 1 else self._together(work, count, threads)
        self.seconds = max(time.perf_counter() - began - BESIDE, 0.0) * threads / max(count, 1)
        return code

    def close(self) -> None:
        """Stop the threads."""
        if self._pool is not None:
            self._pool.shutdown()
            self._pool = None

    def _together(self, work: Callable[[int, slice], int], count: int, threads: int) -> int:
        # Imported on use: the import takes longer than a small check.
        from concurrent.futures import ThreadPoolExecutor, wait

        left = deque(ranges(count, threads, self.seconds))

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
            codes += (code for other in others for code in other.result())
            return next((code for code in codes if code), 0)
        finally:
            # Nothing of the user's may still run when the check has returned, not even after Ctrl-C.
            left.clear()
            wait(others)
