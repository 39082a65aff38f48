"""Converts (nested) structures of named arrays to one flat vector, and back.

A `Layout` describes the structure of the user's x, so that points can be passed on in that structure and coordinates
reported by the user's names: `x[12]`, `W1[3, 7]`, `layers.0.bias[5]`.
"""

from __future__ import annotations

import bisect
import copy
import functools
import operator
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from .numbers import Flat, as_numbers

Node: TypeAlias = "Leaf | Branch"


class Leaf(NamedTuple):
    """An array or a number in the structure; the `dtype` of a plain Python number is None."""

    path: str
    shape: tuple[int, ...]
    dtype: np.dtype[Any] | None
    start: int
    stop: int
    number: bool

    def build(self, flat: Flat) -> Any:
        """Return its part of a flat vector: a view in its own shape, or a number."""
        if self.number:
            return flat[self.start]
        part = flat[self.start : self.stop]
        return part if len(self.shape) == 1 else part.reshape(self.shape)

    def build_batch(self, points: Flat) -> Any:
        """Return its part of a matrix with one point per row."""
        return points[:, self.start : self.stop].reshape((len(points), *self.shape))

    def rows(self, points: Flat) -> Iterator[Any]:
        """Yield its part of each point, as `build` returns it."""
        if self.shape or self.number:
            return iter(self.build_batch(points))
        return map(self.build, points)  # iterating a matrix would give a number instead of a 0-d array


class Branch:
    """A dict, list or tuple in the structure; `kind` is "dict", "list" or "tuple"."""

    def __init__(self, path: str, kind: str, keys: tuple[Any, ...], children: tuple[Node, ...], example: Any) -> None:
        self.path = path
        self.kind = kind
        self.keys = keys
        self.children = children
        self.example = example

    def __getstate__(self) -> dict[str, Any]:
        """Return what to pickle: the usual containers are emptied, so that the user's arrays stay behind."""
        state = {name: value for name, value in self.__dict__.items() if name != "assemble"}
        if type(self.example) in (dict, list, tuple):
            state["example"] = type(self.example)()
        elif hasattr(self.example, "_make"):
            state["example"] = self.example._make([None] * len(self.children))
        return state

    def build(self, flat: Flat) -> Any:
        """Return the structure filled with views of a flat vector."""
        return self.assemble(child.build(flat) for child in self.children)

    def build_batch(self, points: Flat) -> Any:
        """Return the structure in which every array has a leading axis for the points."""
        return self.assemble(child.build_batch(points) for child in self.children)

    def rows(self, points: Flat) -> Iterator[Any]:
        """Yield the structure of each point: much cheaper than building each of them."""
        if not self.children:
            return (self.build(point) for point in points)
        return map(self.assemble, zip(*(child.rows(points) for child in self.children), strict=True))

    @functools.cached_property
    def assemble(self) -> Callable[[Iterable[Any]], Any]:
        """A function that makes a new container of the user's own type from its parts."""
        kind, keys = type(self.example), self.keys
        if self.kind == "list":
            return list
        if self.kind == "tuple":
            return kind._make if hasattr(kind, "_make") else tuple
        if kind is dict:
            return lambda parts: dict(zip(keys, parts, strict=True))

        def like_the_example(parts: Iterable[Any]) -> Any:
            container = copy.copy(self.example)
            for key, part in zip(keys, parts, strict=True):
                container[key] = part
            return container

        return like_the_example

    def parts(self, value: Any, what: str) -> list[Any]:
        """Return the parts of a value in order; raise a clear error if its structure is different."""
        where = _named(self.path, what)
        if self.kind != "dict":
            if not isinstance(value, (list, tuple)) or len(value) != len(self.children):
                raise ValueError(
                    f"{where} is {_described(value)}, but x is a {self.kind} of length {len(self.children)}"
                )
            return list(value)
        if not isinstance(value, Mapping):
            raise ValueError(f"{where} is {_described(value)}, but x is a dict with the keys {_listed(self.keys)}")
        missing = [key for key in self.keys if key not in value]
        extra = [key for key in value if key not in self.keys]
        if missing or extra:
            faults = [f"lacks {_listed(missing)}"] * bool(missing) + [f"has the extra {_listed(extra)}"] * bool(extra)
            raise ValueError(f"{where} {' and '.join(faults)}: x has the keys {_listed(self.keys)}")
        return [value[key] for key in self.keys]


class Layout:
    """The layout of the user's x: its structure, the shapes and names of its arrays, and its dtype."""

    def __init__(self, root: Node) -> None:
        self.root = root
        self.leaves = tuple(_leaves(root))
        self.n = self.leaves[-1].stop if self.leaves else 0
        # One dtype for all arrays: as in NumPy, float32 beside float64 becomes float64, so that every step is exact.
        self.dtype = np.result_type(*{leaf.dtype for leaf in self.leaves if leaf.dtype} or {np.dtype(np.float64)})
        self._starts = [leaf.start for leaf in self.leaves]

    @property
    def build(self) -> Callable[[Flat], Any]:
        """A function that returns a flat vector in the user's structure, without a copy."""
        return self.root.build

    @property
    def build_batch(self) -> Callable[[Flat], Any]:
        """A function that returns a matrix of points in the user's structure, with a leading axis."""
        return self.root.build_batch

    @property
    def rows(self) -> Callable[[Flat], Iterator[Any]]:
        """A function that yields each row of a matrix of points in the user's structure."""
        return self.root.rows

    def name(self, index: int) -> str:
        """Return the name of a coordinate."""
        leaf = self.leaves[bisect.bisect_right(self._starts, index) - 1]
        path = leaf.path or "x"
        if not leaf.shape:
            return path
        place, rest = [], index - leaf.start
        for length in reversed(leaf.shape):
            rest, position = divmod(rest, length)
            place.append(str(position))
        return f"{path}[{', '.join(reversed(place))}]"

    def name_of_line(self, start: int, stop: int) -> str:
        """Return the name of the coordinates [start, stop)."""
        for leaf in self.leaves:
            if stop > start + 1 and (start, stop) == (leaf.start, leaf.stop):
                return leaf.path or "x"
        first = self.name(start)
        return first if stop == start + 1 else f"{first} … {self.name(stop - 1)}"

    def flatten(self, value: Any, what: str, *, dtype: Any = np.float64) -> Flat:
        """Return a value of this structure as a new flat vector; `what` names it in error messages."""
        out = np.empty(self.n, dtype)
        _fill(self.root, value, out, what)
        return out

    def flat_or_same(self, value: Any, what: str, *, dtype: Any) -> Flat:
        """Return a value of this structure as a flat vector, without a copy if it is one already."""
        fits = isinstance(value, np.ndarray) and isinstance(self.root, Leaf) and value.shape == self.root.shape
        if fits and value.dtype == dtype and value.flags.c_contiguous and value.dtype.isnative:
            same: Flat = np.asarray(value).reshape(-1)
            return same
        return self.flatten(value, what, dtype=dtype)


# For vectors of this many elements a single point moves along the lines: a second one might not fit into memory.
LARGE = 1 << 20


def layout_of(x: Any) -> Layout:
    """Return the layout of the user's x."""
    layout = Layout(_node(x, "", [0]))
    if layout.n == 0:
        raise ValueError("x is empty: a gradient check needs at least one coordinate")
    return layout


def read(x: Any) -> tuple[Layout, Flat]:
    """Return the layout of the user's x and its numbers as a flat vector; a single array is not copied."""
    layout = layout_of(x)
    return layout, layout.flat_or_same(x, "x", dtype=layout.dtype)


def _node(value: Any, path: str, used: list[int]) -> Node:
    if isinstance(value, Mapping):
        keys = tuple(value)
        children = tuple(_node(value[key], _join(path, _printable(str(key))), used) for key in keys)
        return Branch(path, "dict", keys, children, value)
    if isinstance(value, (list, tuple)) and not (_is_numbers(value) and not hasattr(value, "_fields")):
        names = getattr(value, "_fields", range(len(value)))
        top = path or ("" if hasattr(value, "_fields") else "x")
        children = tuple(_node(part, _join(top, str(name)), used) for name, part in zip(names, value, strict=True))
        return Branch(path, "list" if isinstance(value, list) else "tuple", tuple(range(len(value))), children, value)
    array = as_numbers(value, _named(path, "x"))
    dtype = None if type(value) in (int, float) else _kept(array.dtype)
    number = array.ndim == 0 and not isinstance(value, np.ndarray)
    start, used[0] = used[0], used[0] + array.size
    return Leaf(path, array.shape, dtype, start, used[0], number)


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def _printable(key: str) -> str:
    """Return a key as a single line of text, for the tables of reports."""
    return key if key.isprintable() else repr(key)[1:-1]


def _named(path: str, what: str) -> str:
    return f"{what}, at {path!r}," if path else what


def _kept(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """Return float32 for float32, and float64 for everything else."""
    return np.dtype(np.float32) if dtype.kind == "f" and dtype.itemsize == 4 else np.dtype(np.float64)


def _is_numbers(value: Sequence[Any]) -> bool:
    """Whether a list or tuple is one array: only plain numbers, or only rows of plain numbers of equal length."""
    if not value or not all(_is_number(part) or isinstance(part, (list, tuple)) for part in value):
        return not value
    lengths = {len(part) if isinstance(part, (list, tuple)) else -1 for part in value}
    return len(lengths) == 1 and (lengths == {-1} or all(_is_numbers(part) for part in value))


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float, complex, str, bool, np.generic)) or value is None


def _leaves(node: Node) -> Iterator[Leaf]:
    if isinstance(node, Leaf):
        yield node
    else:
        for child in node.children:
            yield from _leaves(child)


def _fill(node: Node, value: Any, out: Flat, what: str) -> None:
    if isinstance(node, Leaf):
        if isinstance(value, Mapping):
            raise ValueError(
                f"{_named(node.path, what)} is {_described(value)}, but x has an array of shape {node.shape}"
            )
        array = as_numbers(value, _named(node.path, what))
        if not _same_shape(array.shape, node.shape):
            raise ValueError(f"{_named(node.path, what)} has the shape {array.shape}, but x has the shape {node.shape}")
        out[node.start : node.stop] = array.reshape(-1)
        return
    for child, part in zip(node.children, node.parts(value, what), strict=True):
        _fill(child, part, out, what)


def _same_shape(shape: tuple[int, ...], expected: tuple[int, ...]) -> bool:
    """Whether the shapes agree; a column, a row and a flat vector of equal length do."""
    if shape == expected:
        return True
    long, expected_long = ([length for length in lengths if length != 1] for lengths in (shape, expected))
    return long == expected_long and len(long) <= 1


def _described(value: Any) -> str:
    if isinstance(value, Mapping):
        return f"a dict with the keys {_listed(value)}"
    if isinstance(value, (list, tuple)):
        return f"a {type(value).__name__} of length {operator.length_hint(value)}"
    shape = getattr(value, "shape", None)
    return f"an array of shape {tuple(shape)}" if shape is not None else f"of type {type(value).__name__}"


def _listed(keys: Any) -> str:
    words = [repr(key) for key in keys]
    return ", ".join(words[:8]) + (f" and {len(words) - 8} more" if len(words) > 8 else "")
