"""Long lines through the user's own arrays, which no thread may modify once the check has ended."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any, cast

import numpy as np

from ...core.points.directions import SEGMENT
from ...library import ffi, pointer
from ...problem.numbers import Flat
from ..lines import Lines
from .memory import Arrays, Block

# Seconds between two checks whether threads are still writing.
WAIT = 1e-4


class GuardedArrays:
    """The arrays as seen by the threads that move them; once it is closed, nothing is written any more."""

    def __init__(self, arrays: Arrays) -> None:
        self.arrays = arrays
        self.is_open = True
        self.writing: set[int] = set()

    def __setitem__(self, where: slice | int, values: Any) -> None:
        self.arrays[where] = values

    def close(self) -> None:
        """Keep threads from starting to write, and wait for those that Ctrl-C left writing."""
        self.is_open = False
        # A thread registers as writing before it looks whether this is still open.
        while self.writing - {threading.get_ident()}:
            time.sleep(WAIT)


class InPlaceLines(Lines):
    """Long lines whose point is the user's arrays.

    A segment that lies within one array is moved in place; any other is moved in a small buffer and copied.
    """

    def __init__(self, x: Flat, claimed: Flat, arrays: Arrays) -> None:
        self._moving = GuardedArrays(arrays)
        super().__init__(x, claimed, cast(Flat, self._moving))
        self.arrays = arrays
        self._scratch = threading.local()

    @property
    def are_moved(self) -> bool:
        """Whether the arrays are away from x."""
        return self._moved.start < self._moved.stop

    def stop_writing(self) -> None:
        """Make sure that no thread of an earlier move writes any more."""
        self._moving.close()
        self._moving = GuardedArrays(self.arrays)
        self._point = cast(Flat, self._moving)

    def forget_point(self) -> None:
        """Note that the arrays are at x again."""
        self._moved = slice(0, 0)

    def _segments(self, probe: Flat, first: int, last: int, point: Flat) -> None:
        moving, this = cast(GuardedArrays, point), threading.get_ident()
        try:
            moving.writing.add(this)
            if moving.is_open:
                self._write(probe, first, last)
        finally:
            moving.writing.discard(this)

    def _write(self, probe: Flat, first: int, last: int) -> None:
        words = pointer(probe, "gradproof_probe[]")
        line = slice(int(probe["start"]), int(probe["stop"]))
        for begin, end, block in self._runs(first, last):
            target = self._memory() if block is None else block.elements
            target_start = begin * SEGMENT if block is None else block.start
            self._run(words, begin, end, target, target_start)
            if block is None:
                start, stop = max(target_start, line.start), min(end * SEGMENT, line.stop)
                self.arrays[start:stop] = target[start - target_start : stop - target_start]

    def _runs(self, first: int, last: int) -> Iterator[tuple[int, int, Block | None]]:
        """Yield runs of segments that lie within one array, together with it, and single segments that do not."""
        number = first
        for block in self.arrays.blocks:
            begin, end = -(-block.start // SEGMENT), min(block.stop // SEGMENT, last)
            if not block.in_one_piece or max(begin, number) >= end:
                continue
            yield from ((single, single + 1, None) for single in range(number, begin))
            yield max(begin, number), end, block
            number = end
        yield from ((single, single + 1, None) for single in range(number, last))

    def _run(self, words: Any, begin: int, end: int, target: Flat, target_start: int) -> None:
        claimed, sizes = self.pointers
        kind = "float *" if target.dtype.itemsize == 4 else "double *"
        # The library counts from coordinate 0, wherever that would be, and writes only to the given segments.
        point = ffi.cast(kind, pointer(target)) - target_start
        changes = pointer(self._partial[begin:end])
        if self._move(pointer(self.x), claimed, sizes, words, begin, end - begin, point, changes):
            raise RuntimeError("internal error: the library refused a probe on a long line")

    def _memory(self) -> Flat:
        """Return this thread's buffer for one segment."""
        if not hasattr(self._scratch, "segment"):
            self._scratch.segment = np.empty(SEGMENT, self.x.dtype)
        memory: Flat = self._scratch.segment
        return memory
