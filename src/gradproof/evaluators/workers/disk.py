"""Vectors that lie in a file: workers open it themselves, so that only its name travels."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from ...problem.numbers import Flat

# Modes of a memory map in which the file holds what the array shows: not that in which only a copy is written to.
SHOWN = ("r", "r+", "w+")


class OnDisk(NamedTuple):
    """A vector in a file."""

    path: str
    dtype: str
    offset: int
    size: int

    def opened(self) -> Flat:
        """Return the vector, which is read as it is used."""
        mapped: Flat = np.memmap(self.path, self.dtype, "r", self.offset, (self.size,))
        return mapped


def as_sent(vector: Flat) -> Any:
    """Return a vector for pickling: where it is a part of a `numpy.memmap`, its place in the file."""
    root: Any = vector
    while isinstance(getattr(root, "base", None), np.ndarray):
        root = root.base
    is_mapped = isinstance(root, np.memmap) and root.filename is not None and root.mode in SHOWN
    if not (is_mapped and vector.flags.c_contiguous):
        return np.asarray(vector)
    offset = root.offset + vector.ctypes.data - root.ctypes.data
    return OnDisk(str(root.filename), vector.dtype.str, offset, vector.size)


def as_read(sent: Any) -> Any:
    """Return the vector that was sent; None stays None."""
    return sent.opened() if isinstance(sent, OnDisk) else sent
