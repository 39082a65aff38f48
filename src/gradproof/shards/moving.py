"""The part of a long line that lies in a shard: its coordinates, and their share of the predicted change."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core.points.directions import SEGMENT, WINDOW
from ..evaluators.lines import Lines
from ..library import ffi, pointer
from ..problem.numbers import Flat
from .slopes import Coordinates, moves_of


class ShardOfLines(Lines):
    """Long lines as far as they lie in a shard; probes count coordinates from the beginning of all of x.

    Parameters
    ----------
    held
        The coordinates of the shard.
    point
        The vector to move, which holds x; by default a new one.
    """

    def __init__(self, held: Coordinates, point: Flat | None = None) -> None:
        super().__init__(held.x, held.claimed, point, held.sizes)
        self._held = held
        self._first = held.start // SEGMENT
        self._partial = np.empty(-(-held.stop // SEGMENT) - self._first)

    def at(self, probe: Flat) -> Flat:
        """Move the point to a probe, as far as it lies here, and keep the change until `predicted` asks for it."""
        here, held = probe.copy(), self._held
        start, stop = (min(max(int(probe[name]), held.start), held.stop) for name in ("start", "stop"))
        here["start"], here["stop"] = start, stop
        if probe["ratio"]:
            self.at_x()  # what lies between the two that move stays where it is
        point = self._set_out(start - held.start, stop - held.start)
        if not probe["floor"]:
            for place, by in moves_of(probe, held.start, held.stop):
                point[place] = float(self.x[place]) + by
        elif start < stop:
            self._changes[probe.tobytes()] = self._along(here, start, stop, point)
        return point

    def change(self, probe: Flat) -> float:
        """Return the share of the predicted change that lies here, of the probe that was moved to last."""
        return self._changes.pop(probe.tobytes(), 0.0)

    def _segments(self, probe: Flat, first: int, last: int, point: Flat) -> None:
        x, claimed, moved = (_from_the_beginning(one, self._held.start) for one in (self.x, self.claimed, point))
        sizes = pointer(self.sizes) - self._held.start // WINDOW
        changes = pointer(self._partial[first - self._first : last - self._first])
        words = pointer(probe, "gradproof_probe[]")
        if self._move(x, claimed, sizes, words, first, last - first, moved, changes):
            raise RuntimeError("internal error: the library refused a probe on a long line")


def _from_the_beginning(vector: Flat, start: int) -> Any:
    """Return where coordinate 0 would be: the library counts from there, and reads and writes only what is here."""
    return ffi.cast("float *" if vector.dtype.itemsize == 4 else "double *", pointer(vector)) - start
