"""Chosen coordinates of the user's own arrays as one vector that can be written piece by piece; the others are held."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from ...problem.coordinates.chosen import Chosen
from ...problem.numbers import Flat
from ...problem.structure import Layout
from .memory import Arrays, Block


class ChosenElements:
    """Some elements of an array, in order; slices of them can be written to."""

    def __init__(self, elements: Flat, places: Flat) -> None:
        self.elements = elements
        self.places = places

    def __setitem__(self, where: slice | int, values: Flat | float) -> None:
        self.elements[self.places[where]] = values

    def read(self) -> Flat:
        """Return the elements, copied."""
        return np.asarray(self.elements[self.places])


class ChosenArrays(Arrays):
    """The chosen coordinates of the user's arrays.

    Parameters
    ----------
    every
        All of the arrays.
    indices
        The flat indices of the chosen coordinates, sorted.
    """

    def __init__(self, every: Arrays, indices: Flat) -> None:
        self.layout: Layout = Chosen(every.layout, every.copy(), indices)
        self.blocks = tuple(_blocks(every, indices))

    def copy(self) -> Flat:
        """Return the values of the chosen coordinates in one new vector."""
        return np.concatenate([block.elements.read() for block in self.blocks]).astype(self.layout.dtype, copy=False)

    def restore(self, flat: Flat) -> None:
        """Write the values of `copy` back."""
        for block in self.blocks:
            block.elements[:] = flat[block.start : block.stop]

    def are_at(self, flat: Flat) -> bool:
        """Whether the arrays hold the values of `copy`."""
        return np.array_equal(self.copy(), flat)

    def refuse_what_is_not_finite(self, refuse: Callable[[Layout, Flat], None]) -> None:
        """Call `refuse` with the chosen values; what is held may be anything."""
        refuse(self.layout, self.copy())


def _blocks(every: Arrays, indices: Flat) -> Iterator[Block]:
    used = 0
    for block in every.blocks:
        low, high = np.searchsorted(indices, (block.start, block.stop))
        places = indices[low:high] - block.start
        if len(places):
            yield Block(used, used + len(places), block.array, ChosenElements(block.elements, places))
        used += len(places)
