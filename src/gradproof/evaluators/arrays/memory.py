"""The user's own arrays as one vector that can be written piece by piece; rejects arrays that cannot."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from ...problem.nodes import Branch, Leaf, Node
from ...problem.numbers import Flat
from ...problem.point import PIECE
from ...problem.structure import Layout, layout_of
from ...problem.watching import fingerprint

# NumPy's limit on work when it looks for an element that two arrays share; beyond it they count as sharing one.
WORK = 1 << 16


class Block(NamedTuple):
    """One array: its range in the vector, and its elements in order, to be written to."""

    start: int
    stop: int
    array: Flat
    elements: Any

    @property
    def in_one_piece(self) -> bool:
        """Whether the elements are contiguous, aligned and in native byte order."""
        is_whole = isinstance(self.elements, np.ndarray)
        return bool(
            is_whole and self.array.flags.c_contiguous and self.array.flags.aligned and self.array.dtype.isnative
        )


class Arrays:
    """The user's arrays; `arrays[start:stop] = values` and `arrays[index] = value` write to them.

    Parameters
    ----------
    parameters
        An array, or a (nested) dict, list or tuple of arrays, or of objects that give NumPy a view of their memory.

    Raises
    ------
    TypeError, ValueError
        If an array is read-only, is not a view, shares memory with another, or has a different dtype than the others.
    """

    def __init__(self, parameters: Any) -> None:
        self.layout = layout_of(parameters)
        values = _leaves_of(self.layout.root, parameters)
        self.blocks = tuple(
            _block(leaf, value)
            for leaf, value in zip(self.layout.leaves, values, strict=True)
            if leaf.stop > leaf.start
        )
        _refuse_mixed_types(self.blocks, self.layout)
        _refuse_shared_memory(self.blocks, self.layout)

    def __setitem__(self, where: slice | int, values: Any) -> None:
        """Write to some coordinates of the vector; values are rounded to the dtype of their array."""
        if isinstance(where, slice):
            for block, inside, outside in self.parts(where.start, where.stop):
                block.elements[inside] = values[outside]
        else:
            for block, inside, _ in self.parts(where, where + 1):
                block.elements[inside] = values

    def parts(self, start: int, stop: int) -> Iterator[tuple[Block, slice, slice]]:
        """Yield each block that [start, stop) meets, with the range within the block and within [start, stop)."""
        for block in self.blocks:
            first, last = max(start, block.start), min(stop, block.stop)
            if first < last:
                yield block, slice(first - block.start, last - block.start), slice(first - start, last - start)

    def copy(self) -> Flat:
        """Return the values of all arrays in one new vector."""
        flat = np.empty(self.layout.n, self.layout.dtype)
        for block in self.blocks:
            flat[block.start : block.stop].reshape(block.array.shape)[...] = block.array
        return flat

    def restore(self, flat: Flat) -> None:
        """Write the values of `copy` back."""
        for block in self.blocks:
            block.array[...] = flat[block.start : block.stop].reshape(block.array.shape)

    def are_at(self, flat: Flat) -> bool:
        """Whether the arrays hold the values of `copy`."""
        return all(
            np.array_equal(*pieces)
            for block in self.blocks
            for pieces in zip(
                _pieces(block.array), _pieces(flat[block.start : block.stop].reshape(block.array.shape)), strict=True
            )
        )

    def fingerprint(self) -> int:
        """Return a sum over the bits of all values, weighted by position, that changes if a value does.

        Unlike a comparison with a copy, it needs no memory.
        """
        total = 0
        for block in self.blocks:
            for piece in _pieces(block.array):
                total = fingerprint(piece, total)
        return total

    def share_memory(self, array: Flat) -> bool:
        """Whether an array may share memory with these."""
        return any(np.may_share_memory(block.array, array) for block in self.blocks)

    def refuse_what_is_not_finite(self, refuse: Callable[[Layout, Flat], None]) -> None:
        """Call `refuse` with all values if one is not finite; no copy is made otherwise."""
        pieces = (piece for block in self.blocks for piece in _pieces(block.array))
        if not all(np.isfinite(piece).all() for piece in pieces):
            refuse(self.layout, self.copy())


def _leaves_of(node: Node, value: Any) -> Iterator[Any]:
    """Yield the arrays and numbers of a value of this structure, in the order of the leaves."""
    if isinstance(node, Leaf):
        yield value
    elif isinstance(node, Branch):
        for child, part in zip(node.children, node.parts(value, "x"), strict=True):
            yield from _leaves_of(child, part)


def _pieces(array: Flat) -> Iterator[Flat]:
    """Yield an array in groups of rows, without copies."""
    if array.ndim == 0:
        yield array
        return
    rows = max(1, PIECE * len(array) // array.size)
    for start in range(0, len(array), rows):
        yield array[start : start + rows]


def _block(leaf: Leaf, value: Any) -> Block:
    name = leaf.path or "x"
    array = _view(name, value)
    if array.dtype.kind != "f":
        raise TypeError(
            f"{name} has the type {array.dtype}, in which no small step can be taken: in_place needs float32 or float64"
        )
    if not array.flags.writeable:
        raise ValueError(
            f"{name} is read-only, but in_place writes to it: pass a writable array, or use check(f, g, x)"
        )
    if _overlaps_itself(array):
        raise ValueError(f"elements of {name} share memory (is it broadcast?): pass the array from which it was made")
    array = array.view()  # which stays writable where the objective makes the user's array read-only
    return Block(leaf.start, leaf.stop, array, array.reshape(-1) if array.flags.c_contiguous else array.flat)


def _view(name: str, value: Any) -> Flat:
    """Return an array that is a view of the user's own memory."""
    array = np.asarray(value)
    if not isinstance(value, np.ndarray) and not np.may_share_memory(array, np.asarray(value)):
        raise TypeError(
            f"{name} is of type {type(value).__name__}, of which NumPy has no view: in_place needs arrays that it can "
            "write to"
        )
    return array


def _overlaps_itself(array: Flat) -> bool:
    """Whether two elements may share memory: whether a stride is shorter than what it has to span."""
    reach = array.itemsize
    for stride, length in sorted((abs(s), n) for s, n in zip(array.strides, array.shape, strict=True) if n > 1):
        if stride < reach:
            return True
        reach += stride * (length - 1)
    return False


def _refuse_mixed_types(blocks: tuple[Block, ...], layout: Layout) -> None:
    first = blocks[0]
    for block in blocks:
        if block.array.itemsize != first.array.itemsize:
            raise TypeError(
                f"{_path(first, layout)} is {first.array.dtype} but {_path(block, layout)} is {block.array.dtype}: "
                "in_place needs arrays of one type; convert one of them, or check the arrays of each type separately"
            )


def _refuse_shared_memory(blocks: tuple[Block, ...], layout: Layout) -> None:
    """Raise an error if a step along one coordinate would move another one as well."""
    for pair in sharing(blocks):
        one, two = (_path(blocks[index], layout) for index in pair)
        raise ValueError(
            f"{one} and {two} share memory, so that a step along one would move both: pass the array once, "
            "with its total gradient"
        )


def sharing(blocks: Sequence[Block]) -> Iterator[tuple[int, int]]:
    """Yield the positions, in ascending order, of each two arrays that have an element in common."""
    bounds = np.lib.array_utils if hasattr(np.lib, "array_utils") else np
    spans = sorted((*bounds.byte_bounds(block.array), number) for number, block in enumerate(blocks))
    for place, (_, high, number) in enumerate(spans):
        for low, _, other in spans[place + 1 :]:
            if low >= high:
                break
            if _share(blocks[number].array, blocks[other].array):
                yield min(number, other), max(number, other)


def _share(one: Flat, two: Flat) -> bool:
    try:
        work: Any = WORK
        return np.shares_memory(one, two, max_work=work)
    except RuntimeError:  # NumPy's TooHardError
        return True


def _path(block: Block, layout: Layout) -> str:
    return next(leaf.path for leaf in layout.leaves if leaf.start == block.start and leaf.stop > leaf.start) or "x"


def give_back_free_memory() -> None:
    """Give memory that was freed back to the system.

    The C library of Linux keeps the many arrays of some megabytes that a backward pass leaves, half as much as all
    parameters take in a network with a large vocabulary.
    """
    if sys.platform != "linux":
        return
    import ctypes  # on use: most checks move nothing of the user's

    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # glibc has it, musl does not
    if trim is not None:
        trim(0)
