"""Compares parts of the output with their claims at the pairs of points that a check of the projection asks for.

The projection on one covector adds all outputs up.  The same evaluations show whether each array of the output, or each
output where its claims are known one by one, agrees by itself: at no further cost, a claim that is too small to be seen
in the sum is seen here.  What stands out is only a suspect: a check of its own decides.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Iterator, Sequence
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from ...problem.numbers import Flat, in_x
from ...problem.point import Problem
from ...problem.probes import along_one_coordinate
from ..covectors import Covector
from ..function import Move
from .columns import UNIT, Slopes

# The most suspects that are looked at.
MOST = 64
# Outputs of an array whose sizes differ by less than this factor are added up as they are.
EVEN = 64.0
# Units of rounding that the slopes of a sum may be off by: fewer than where a finding is made, for what is suspected
# has a check of its own.
ROUNDINGS = 4.0
# How many weighted sums are held back until pairs are compared.
HELD_NUMBERS = 1 << 12


class Suspicion(NamedTuple):
    """A part of the output that seems to disagree in a coordinate, by how many of its bars, and at which step."""

    part: int
    coordinate: int
    excess: float
    step: float


class Parts(NamedTuple):
    """Weighted sums of some outputs each: those of an array, or single outputs; and the claims for them.

    Attributes
    ----------
    starts
        Where each part begins within `support`; None if each output is a part of its own.
    support, weights
        The outputs in the order of the parts, and their weights.
    claimed
        One row for each part, or for each output, and one column for each coordinate.
    """

    starts: Flat | None
    support: Flat
    weights: Flat
    claimed: Any

    def sums(self, outputs: Flat) -> Flat:
        """Return the weighted sums; of outputs at several points, one a row, as many rows of sums."""
        weighed = self.weights * outputs.take(self.support, axis=-1)
        return weighed if self.starts is None else np.add.reduceat(weighed, self.starts, axis=-1)

    def sizes(self, outputs: Flat) -> Flat:
        """Return how large what is rounded in each sum is."""
        weighed = np.abs(self.weights * outputs[self.support])
        return weighed if self.starts is None else np.add.reduceat(weighed, self.starts)

    def reach(self, sizes: Flat) -> Flat:
        """Return how large what cancels in each sum may be: its claims times the sizes of x, added up in squares.

        What is rounded in an output near 0 are the larger terms of which it is made.
        """
        squares = np.square(sizes)
        with np.errstate(all="ignore"):
            if hasattr(self.claimed, "multiply"):
                sums = np.asarray(self.claimed.multiply(self.claimed) @ squares).reshape(-1)
            else:
                sums = np.einsum("ij,ij,j->i", self.claimed, self.claimed, squares)
            found = np.sqrt(sums if self.starts is not None else sums[self.support])
        return np.where(np.isfinite(found), found, 0.0)

    def columns(self, coordinates: Flat) -> Flat:
        """Return the claims for all parts, one row for each of these coordinates."""
        chosen = self.claimed[:, coordinates]
        rows: Flat = np.asarray(chosen.toarray() if hasattr(chosen, "toarray") else chosen, np.float64).T
        return rows if self.starts is not None else self.weights * rows[:, self.support]

    def column(self, coordinate: int) -> Flat:
        """Return the claims for all parts in one coordinate."""
        one: Flat = self.columns(np.array([coordinate]))[0]
        return one

    def covector(self, part: int) -> tuple[Flat, Flat]:
        """Return the outputs of a part, and their weights."""
        if self.starts is None:
            chosen = slice(part, part + 1)
        else:
            chosen = slice(self.starts[part], [*self.starts[1:], len(self.support)][part])
        return self.support[chosen], self.weights[chosen]


def single_outputs(covectors: Sequence[Covector], matrix: Any) -> Parts:
    """Return every output as a separate part; their claims are the rows of a matrix."""
    support = np.concatenate([one.support for one in covectors])
    return Parts(None, support, np.ones(len(support)), matrix)


def arrays_of_output(covectors: Sequence[Covector], at_x: Flat, projected: Callable[[Flat], Flat]) -> Parts | None:
    """Return the arrays of the output as parts; None if there is only one, with outputs of about one size.

    What is claimed for the projection on a covector is what `projected` returns.

    In an array, every output is multiplied by a power of two that makes it about as large as the largest: the sum would
    not show what is wrong with small ones.
    """
    if len(covectors) == len(covectors[0].support) == 1:
        return None
    scales = [_scales(np.abs(at_x[one.support])) for one in covectors]
    if len(covectors) < 2 and (scales[0] == 1.0).all():
        return None
    scaled = [one.weights[one.support] * each for one, each in zip(covectors, scales, strict=True)]
    lengths = [len(one.support) for one in covectors]
    claimed = [projected(_spread(one, each)) for one, each in zip(covectors, scaled, strict=True)]
    support = np.concatenate([one.support for one in covectors])
    return Parts(np.cumsum([0, *lengths[:-1]]), support, np.concatenate(scaled), np.stack(claimed))


def _scales(sizes: Flat) -> Flat:
    """Return a power of two for each output; 1 for all whose sizes are within a factor of `EVEN` of the largest."""
    largest = float(np.max(sizes, initial=0.0))
    small = (sizes > 0) & (sizes < largest / EVEN)
    scales = np.ones_like(sizes)
    if not small.any():
        return scales
    with np.errstate(over="ignore"):
        scales[small] = np.exp2(np.round(np.log2(largest / sizes[small])))
    return np.where(np.isfinite(scales), scales, 1.0)


def _spread(covector: Covector, weights: Flat) -> Flat:
    every = np.zeros_like(covector.weights)
    every[covector.support] = weights
    return every


def sizes_of(x: Flat) -> Flat:
    """Return the sizes of the coordinates: of those that are 0, what is typical of the others, or 1."""
    sizes = np.abs(x).astype(np.float64)
    typical = float(np.sqrt(np.mean(np.square(sizes))))
    return np.where(sizes > 0, sizes, typical or 1.0)


class Pair(NamedTuple):
    """The weighted sums at two points on either side of x, and how far these are from it in one coordinate."""

    coordinate: int
    low: float
    high: float
    below: Flat
    above: Flat


class Screen:
    """Watches the evaluations of a projection, of which `moves` come next; `suspicions` says what stood out."""

    def __init__(self, at_x: Flat, problem: Problem, parts: Parts, rtol: float) -> None:
        self._problem = problem
        self.parts = parts
        self._rtol = rtol
        self.moves: Iterator[Move | None] = itertools.repeat(None)
        self._waiting: tuple[Move, Flat] | None = None
        self._pairs: list[Pair] = []
        # How far each part stands out in each coordinate, and at which step.
        self._excess: dict[int, dict[int, tuple[float, float]]] = {}
        self._sums = parts.sums(at_x)
        self._at_x = at_x
        self._unit = UNIT[problem.x.dtype.name]
        # Pairs are compared many at a time, as far as that takes little memory.
        self._most = max(1, HELD_NUMBERS // len(self._sums))

    @cached_property
    def _size_of_outputs(self) -> Flat:
        return self.parts.sizes(self._at_x)

    @cached_property
    def _size(self) -> Flat:
        """How large what is rounded in each sum may be."""
        return np.fmax(self._size_of_outputs, self.parts.reach(sizes_of(self._problem.x)))

    def follow(self, probes: Flat) -> None:
        """Take the probes of the next calls."""
        self._waiting = None
        x = self._problem.x
        at = np.where(alone := along_one_coordinate(probes), probes["start"], 0)
        # The steps that are really taken.
        steps = (x[at] + probes["step"]).astype(x.dtype).astype(np.float64) - x[at]
        moves = zip(alone.tolist(), at.tolist(), steps.tolist(), strict=True)
        known = [(index, step) if single else None for single, index, step in moves]
        self.moves = itertools.chain(known, itertools.repeat(None))

    def see(self, moves: Sequence[Move | None], outputs: Flat) -> None:
        """Take the outputs at points, one a row, and what moved there."""
        known = [move for move in moves if move is not None]
        if known and len(known) == len(moves):
            places, steps = (np.array(column) for column in zip(*known, strict=True))
            self.see_along(places, steps, outputs)
            return
        for move, sums in zip(moves, self.parts.sums(outputs), strict=True):
            if move is not None:
                self._see(move, sums)
            else:
                self._waiting = None

    def see_along(self, places: Flat, steps: Flat, outputs: Flat) -> None:
        """Take the outputs at points in each of which one coordinate is moved, and how far that is."""
        every, high, low = self.parts.sums(outputs), steps[::2], steps[1::2]
        if self._waiting is None and len(high) == len(low) and (places[::2] == places[1::2]).all():
            # Pairs, as most are, take a fraction of the time.
            if ((low < 0) & (high > 0) & (np.abs(high + low) < high / 2)).all():
                self._compare(places[::2], low, high, every[1::2], every[::2])
                return
        for index, step, sums in zip(places.tolist(), steps.tolist(), every, strict=True):
            self._see((index, step), sums)

    def _see(self, move: Move, sums: Flat) -> None:
        """Take the weighted sums at a point; those at the two points of a pair follow each other."""
        index, step = move
        before, self._waiting = self._waiting, (move, sums)
        if before is None or before[0][0] != index:
            return
        other = before[0][1]
        if other * step < 0 and abs(other + step) < 0.5 * abs(step):
            ends = (other, step, before[1], sums) if other < 0 else (step, other, sums, before[1])
            self._pairs.append(Pair(index, *ends))
            if len(self._pairs) >= self._most:
                self._compare_held()

    def _compare_held(self) -> None:
        """Compare the pairs that were held back with the claims."""
        if self._pairs:
            self._compare(*(np.asarray(column) for column in zip(*self._pairs, strict=True)))
            self._pairs = []

    def _compare(self, coordinates: Flat, low: Flat, high: Flat, below: Flat, above: Flat) -> None:
        """Compare pairs of weighted sums with the claims: the columns of `Pair`, one row for each pair."""
        low, high = low[:, None], high[:, None]
        with np.errstate(all="ignore"):
            left, right = (below - self._sums) / low, (above - self._sums) / high
            unit = ROUNDINGS * self._unit / np.minimum(high, -low)
            claimed, centre = self.parts.columns(coordinates), (left + right) / 2
            allowed = self._rtol * np.fmax(np.abs(claimed), np.abs(centre))
            apart = np.abs(claimed - centre) - allowed
            # As most are, at a fraction of the time, and mostly even where nothing cancels.
            if (apart <= unit * self._size_of_outputs).all() or (apart <= unit * self._size).all():
                self._excess.update({coordinate: {} for coordinate in coordinates.tolist()})
                return
            bar = unit * self._size
            slopes = Slopes(left, right, bar)
            off = slopes.distance(claimed) - allowed
            excess = np.where(off > 0, off / np.fmax(bar, np.finfo(float).tiny), 0.0)
        is_off = np.any(excess > 0, axis=1)
        rows = zip(coordinates.tolist(), excess, high[:, 0].tolist(), is_off.tolist(), strict=True)
        for coordinate, row, step, stands_out in rows:
            found = {int(part): (float(row[part]), step) for part in np.flatnonzero(row > 0)} if stands_out else {}
            known = self._excess.get(coordinate)
            # A claim that fits what one pair shows is no suspect, whatever noise or a kink does to another.
            self._excess[coordinate] = (
                found
                if known is None
                else {part: min(known[part], found[part]) for part in known.keys() & found.keys()}
            )

    def suspicions(self, known: Collection[int], most: int | None = MOST) -> list[Suspicion]:
        """Return what seems to disagree, the worst first, but for coordinates that are known to be wrong."""
        self._compare_held()
        indices = self._problem.layout.indices
        found = [
            Suspicion(part, index, *excess)
            for index, parts in self._excess.items()
            for part, excess in parts.items()
            if in_x(indices, index) not in known
        ]
        return sorted(found, key=lambda one: (-one.excess, one.coordinate, one.part))[:most]
