"""Points on long lines: one vector that moves from probe to probe, and the predicted change of f for each."""

from __future__ import annotations

import os
from collections import deque
from typing import TYPE_CHECKING

import numpy as np

from ..core.points.directions import SEGMENT, window_count
from ..library import native, pointer, twin
from ..problem.numbers import Flat

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor

# The number of segments of a line that are moved in one call.
PIECE = 4
# With fewer pieces than this (a million coordinates) a second thread is not worth starting.
SHARED = 4
THREADS = max(1, min(4, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1))


def windows(x: Flat) -> Flat:
    """Return the typical size of x in each window of its coordinates."""
    sizes = np.empty(window_count(x.size))
    getattr(native(), f"gradproof_windows{twin(x)}")(pointer(x), x.size, pointer(sizes))
    return sizes


def is_long(probes: Flat) -> Flat:
    """Return for each probe whether it lies on a long line."""
    long: Flat = probes["floor"] != 0.0
    return long


class Lines:
    """What long lines need besides x: the claimed gradient, the sizes of the windows, and one vector that moves.

    Parameters
    ----------
    x, claimed
        The point and the claimed gradient, n values each, of the same type.
    point
        The vector to move, which holds x; by default a new one.
    sizes
        The sizes of the windows, where they are known.

    Attributes
    ----------
    pointers
        C pointers to the claimed gradient and to the sizes of the windows.
    """

    def __init__(self, x: Flat, claimed: Flat, point: Flat | None = None, sizes: Flat | None = None) -> None:
        self.x = x
        self.claimed = claimed
        self.sizes = windows(x) if sizes is None else sizes
        self.pointers = pointer(claimed), pointer(self.sizes)
        self._x = pointer(x)
        self._library = native()
        self._move = getattr(self._library, f"gradproof_move_segments{twin(x)}")
        self._changes: dict[bytes, float] = {}
        # The number of the first segment that is here, and the predicted changes that lie in each of them.
        self._first = 0
        self._partial = np.empty(-(-x.size // SEGMENT))
        self._point = np.empty(x.size, x.dtype) if point is None else point
        self._moved = slice(0, x.size if point is None else 0)
        self._pool: ThreadPoolExecutor | None = None

    def at(self, probe: Flat) -> Flat:
        """Move the point to a probe, and keep the predicted change of f until `predicted_changes` asks for it.

        Parameters
        ----------
        probe
            One row of a round.

        Returns
        -------
        Flat
            The point, valid until the next call.
        """
        start, stop = int(probe["start"]), int(probe["stop"])
        if probe["ratio"]:
            self.at_x()  # what lies between the two that move stays where it is
        point = self._set_out(start, stop)
        if probe["floor"]:
            self._changes[probe.tobytes()] = self._along(probe, start, stop, point)
        else:
            self._single(probe, start, stop, point)
        return point

    def at_x(self) -> Flat:
        """Move the point back to x and return it."""
        return self._set_out(0, 0)

    def _set_out(self, start: int, stop: int) -> Flat:
        """Restore everything outside of the coordinates [start, stop), which move now, and return the point."""
        moved, self._moved = self._moved, slice(start, stop)
        if not (start <= moved.start and moved.stop <= stop):
            self._point[moved] = self.x[moved]
        return self._point

    def forget_point(self) -> None:
        """Copy all of x at the next move, because the objective changes its argument."""
        self._moved = slice(0, self.x.size)

    def keep(self, probes: Flat, changes: Flat) -> None:
        """Keep predicted changes that were computed elsewhere."""
        self._changes.update((probe.tobytes(), float(change)) for probe, change in zip(probes, changes, strict=True))

    def predicted_changes(self, probes: Flat) -> Flat:
        """Return the change of f that the claimed gradient predicts for each probe of a round; 0 off long lines."""
        changes = np.zeros(len(probes))
        for row in np.flatnonzero(is_long(probes)):
            words = probes[row].tobytes()
            if words not in self._changes:
                self.at(probes[row])
            changes[row] = self._changes[words]
        self._changes.clear()
        return changes

    def _along(self, probe: Flat, start: int, stop: int, point: Flat) -> float:
        first, last = start // SEGMENT, -(-stop // SEGMENT)
        pieces = deque((piece, min(piece + PIECE, last)) for piece in range(first, last, PIECE))
        if len(pieces) < SHARED or THREADS == 1:
            self._move_pieces(probe, pieces, point)
        else:
            self._share(probe, pieces, point)
        part = self._partial[first - self._first : last - self._first]
        return float(self._library.gradproof_sum_segments(pointer(part), len(part)))

    def _share(self, probe: Flat, pieces: deque[tuple[int, int]], point: Flat) -> None:
        """Move pieces in several threads, including this one; the library runs without the interpreter lock."""
        # Imported on use: most checks need no thread, and the import takes longer than a small check.
        from concurrent.futures import ThreadPoolExecutor, wait

        if self._pool is None:
            self._pool = ThreadPoolExecutor(THREADS - 1, "gradproof")
        helpers = [self._pool.submit(self._move_pieces, probe, pieces, point) for _ in range(THREADS - 1)]
        try:
            self._move_pieces(probe, pieces, point)
        finally:
            pieces.clear()
            # On a busy machine a helper may not even have started: do not wait for it.
            waited_for = [helper for helper in helpers if not helper.cancel()]
            wait(waited_for)
        for helper in waited_for:
            helper.result()

    def _move_pieces(self, probe: Flat, pieces: deque[tuple[int, int]], point: Flat) -> None:
        """Move one piece of the line after another until none is left."""
        while pieces:
            try:
                first, last = pieces.popleft()
            except IndexError:  # another thread was faster
                return
            self._segments(probe, first, last, point)

    def _segments(self, probe: Flat, first: int, last: int, point: Flat) -> None:
        """Move some segments of the line."""
        words, changes = pointer(probe, "gradproof_probe[]"), pointer(self._partial[first:last])
        if self._move(self._x, *self.pointers, words, first, last - first, pointer(point), changes):
            raise RuntimeError("internal error: the library refused a probe on a long line")

    def _single(self, probe: Flat, start: int, stop: int, point: Flat) -> None:
        """Move one coordinate, or the two of a pair, with a single rounding as in the library."""
        if start == stop:
            return
        if probe["seed"]:
            raise RuntimeError("internal error: a short random line in a check along lines")
        step, ratio = float(probe["step"]), float(probe["ratio"])
        point[start] = float(self.x[start]) + step
        if ratio:
            point[stop - 1] = float(self.x[stop - 1]) + ratio * step

    def close(self) -> None:
        """Stop the threads."""
        if self._pool is not None:
            self._pool.shutdown()
            self._pool = None
