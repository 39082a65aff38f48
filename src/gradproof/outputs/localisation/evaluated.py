"""The outputs at the points that a check has asked for, with which what disagrees is looked at output by output."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from ...problem.numbers import Flat
from ...problem.probes import along_one_coordinate

# The most numbers that are kept: eight megabytes.
KEPT = 1 << 20


class Evaluated:
    """The outputs at the first points of a check, as far as they take little memory."""

    def __init__(self) -> None:
        self._blocks: list[tuple[Flat, Flat]] = []
        self._left = KEPT

    def keep(self, probes: Flat, outputs: Flat) -> bool:
        """Take the outputs at the points of probes, one a row; return whether their memory is kept."""
        if outputs.size > self._left:
            return False
        self._left -= outputs.size
        self._blocks.append((probes.copy(), outputs))
        return True

    def unmoved(self, at_x: Flat) -> Flat:
        """Return which outputs are at every known point what they are at x, to the bit; none if no point is known."""
        if not self._blocks:
            return np.zeros(len(at_x), bool)
        unmoved: Flat = np.logical_and.reduce([(outputs == at_x).all(axis=0) for _, outputs in self._blocks])
        return unmoved

    def farthest(self, n: int) -> Flat:
        """Return for each of n coordinates the longest step that is known along it alone; 0 where none is."""
        steps = np.zeros(n)
        for probes, _ in self._blocks:
            alone = probes[along_one_coordinate(probes)]
            np.maximum.at(steps, alone["start"], np.abs(alone["step"]))
        return steps

    def still(self, at_x: Flat, n: int) -> tuple[Flat, Flat]:
        """Return by how little each output has moved, and which ones no known point along each coordinate moved.

        The first is infinite where an output is the same at every point; the second has one row for each of n
        coordinates, and is false where no point along one is known.
        """
        least = np.full(len(at_x), np.inf)
        moved, known = np.zeros((n, len(at_x)), bool), np.zeros(n, bool)
        for probes, outputs in self._blocks:
            with np.errstate(all="ignore"):
                apart = np.abs(outputs - at_x)
            least = np.fmin(least, np.min(apart, axis=0, initial=np.inf, where=apart > 0.0))
            alone = along_one_coordinate(probes)
            np.logical_or.at(moved, probes["start"][alone], outputs[alone] != at_x)
            known[probes["start"][alone]] = True
        return least, known[:, None] & ~moved

    def along(self, x: Flat, places: Collection[int]) -> dict[int, dict[float, Flat]]:
        """Return for each of these coordinates the outputs that are known, by its values; x is the point."""
        found: dict[int, dict[float, Flat]] = {place: {} for place in places}
        for probes, outputs in self._blocks:
            at = np.where(along_one_coordinate(probes), probes["start"], 0)
            values = (x[at] + probes["step"]).astype(x.dtype)
            wanted = np.isin(at, list(found)) & along_one_coordinate(probes)
            for row in np.flatnonzero(wanted).tolist():
                found[int(at[row])][float(values[row])] = outputs[row]
        return found
