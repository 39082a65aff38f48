"""Fills a flat vector with a value in the structure of x: a gradient, a direction, an output."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from .nodes import Branch, Leaf, Node, described, named
from .numbers import REALS, Flat, as_numbers


class Filling:
    """Fills a flat vector with a value of some structure, whose title and the name of the value go into messages."""

    def __init__(self, out: Flat, what: str, title: str, absent: list[str] | None) -> None:
        self.out = out
        self.what = what
        self.title = title
        self.absent = absent

    def fill(self, node: Node, value: Any) -> None:
        """Write the part of the value that belongs to a node."""
        if isinstance(node, Leaf):
            self._leaf(node, value)
        elif isinstance(node, Branch):
            for child, part in zip(node.children, node.parts(value, self.what, self.title), strict=True):
                self.fill(child, part)

    def _leaf(self, leaf: Leaf, value: Any) -> None:
        # What nearly all values are, at a fraction of the time.
        if type(value) is np.ndarray and value.dtype.char in REALS and value.shape == leaf.shape:
            leaf.fill(self.out, value)
            return
        if self.absent is not None and (value is None or _is_float0(value)):
            self.absent.append(leaf.path or self.title)
            self.out[leaf.start : leaf.stop] = 0
            return
        what = named(leaf.path, self.what)
        if isinstance(value, Mapping):
            raise ValueError(f"{what} is {described(value)}, but {self.title} has an array of shape {leaf.shape}")
        array = as_numbers(value, what, allow_complex=leaf.is_complex)
        if not _same_shape(array.shape, leaf.shape):
            raise ValueError(f"{what} has the shape {array.shape}, but {self.title} has the shape {leaf.shape}")
        leaf.fill(self.out, array)


def _is_float0(value: Any) -> bool:
    """Whether a value is of the type that JAX gives to gradients of integers."""
    dtype = getattr(value, "dtype", None)
    return bool(dtype is not None and dtype == np.dtype([("float0", np.void, 0)]))


def _same_shape(shape: tuple[int, ...], expected: tuple[int, ...]) -> bool:
    """Whether the shapes agree; a column, a row and a flat vector of equal length do."""
    if shape == expected:
        return True
    long, expected_long = ([length for length in lengths if length != 1] for lengths in (shape, expected))
    return long == expected_long and len(long) <= 1
