"""Converts (nested) structures of named arrays to one flat vector, and back.

A `Layout` describes the structure of the user's x, so that points can be passed on in that structure and coordinates
reported by the user's names: `x[12]`, `W1[3, 7]`, `layers.0.bias[5]`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from .nodes import Branch, Held, Leaf, Node, named, not_empty
from .numbers import REALS, Flat, as_numbers, too_deep


class Layout:
    """The layout of the user's x: its structure, the shapes and names of its arrays, and its dtype.

    Parameters
    ----------
    root
        The structure.
    title
        What it is the structure of: "x" or "output", by which single arrays are named, too.
    """

    # Whether labels of a gradient are matched with those of x.
    takes_labels = False

    def __init__(self, root: Node, title: str = "x") -> None:
        self.root = root
        self.title = title
        # The user's own names of the coordinates of a vector.
        self.names: tuple[str, ...] = ()
        only = root if isinstance(root, Leaf) else None
        self.leaves = tuple(_leaves(root)) if only is None else (only,)
        self._single = None if only is None or only.is_complex else only  # the only array, if it is real
        self.arrays = not_empty(self.leaves)
        self.n = self.total = self.leaves[-1].stop if self.leaves else 0  # coordinates that are checked, and all
        if only is not None:
            self.dtype = only.dtype or DOUBLE
            return
        # One dtype for all arrays: as in NumPy, float32 beside float64 becomes float64, so that every step is exact.
        kinds = {leaf.dtype for leaf in self.leaves if leaf.dtype} or {DOUBLE}
        self.dtype = np.result_type(*kinds) if len(kinds) > 1 else kinds.pop()

    def build(self, flat: Flat) -> Any:
        """Return a flat vector in the user's structure, without a copy."""
        return self.root.build(flat)

    def build_batch(self, points: Flat) -> Any:
        """Return a matrix of points in the user's structure, with a leading axis."""
        return self.root.build_batch(points)

    def rows(self, points: Flat) -> Iterator[Any]:
        """Yield each row of a matrix of points in the user's structure."""
        return self.root.rows(points)

    def name(self, index: int) -> str:
        """Return the name of a coordinate."""
        if self.names:
            return self.names[index]
        leaf = self.leaf_of(index)
        path, rest, part = self.title_of(leaf), index - leaf.start, ""
        if leaf.is_complex:
            rest, imaginary = divmod(rest, 2)
            part = ".imag" if imaginary else ".real"
        if not leaf.shape:
            return f"{path}{part}"
        place = []
        for length in reversed(leaf.shape):
            rest, position = divmod(rest, length)
            place.append(str(position))
        return f"{path}[{', '.join(reversed(place))}]{part}"

    # The flat indices in the user's x of the coordinates; None if these are all of x.
    indices: Flat | None = None

    def whole(self) -> tuple[Layout, Flat] | None:
        """Return the layout of all of x, and all of x, if some coordinates are held; else None."""
        return None

    def place(self, index: int) -> int:
        """Return the coordinate with this flat index in the user's x."""
        return index

    def leaf_of(self, index: int) -> Leaf:
        """Return the array that holds a coordinate."""
        from bisect import bisect_right  # on use: of a right gradient no coordinate is named

        return self.leaves[bisect_right(self.leaves, index, key=lambda leaf: leaf.start) - 1]

    def title_of(self, leaf: Leaf) -> str:
        """Return the name of an array: its path, or that of all there is where it is the only one."""
        return leaf.path or self.title

    def name_of_line(self, start: int, stop: int) -> str:
        """Return the name of the coordinates [start, stop)."""
        for leaf in self.leaves:
            if stop > start + 1 and (start, stop) == (leaf.start, leaf.stop):
                return self.title_of(leaf)
        first = self.name(start)
        return first if stop == start + 1 else f"{first} … {self.name(stop - 1)}"

    def flatten(self, value: Any, what: str, *, dtype: Any = np.float64, absent: list[str] | None = None) -> Flat:
        """Return a value of this structure as a new flat vector.

        Parameters
        ----------
        value
            Arrays and numbers in the structure; anything where the structure holds something fixed.
        what
            Names the value in error messages.
        dtype
            The type of the vector.
        absent
            A list to which the names of arrays are added that are None, or of JAX's type float0; they count as 0.
            Without a list, None is an error.
        """
        out = np.empty(self.n, dtype)
        root = self.root
        # What most values are, at a fraction of the time.
        if isinstance(root, Leaf) and type(value) is np.ndarray and value.dtype.char in REALS:
            if value.shape == root.shape and not root.is_complex:
                out[...] = value.reshape(-1)
                return out
        # Imported on use, as what makes names of keys below: most x are one array.
        from .filling import Filling

        Filling(out, what, self.title, absent).fill(self.root, value)
        return out

    def flat_or_same(self, value: Any, what: str, *, dtype: Any) -> Flat:
        """Return a value of this structure as a flat vector, without a copy if it is one already."""
        leaf = self._single
        fits = leaf is not None and isinstance(value, np.ndarray) and value.shape == leaf.shape and value.dtype == dtype
        if fits and value.flags.c_contiguous and value.dtype.isnative:
            same: Flat = np.asarray(value).reshape(-1)
            return same
        return self.flatten(value, what, dtype=dtype)

    def conjugate(self, flat: Flat) -> None:
        """Change the sign of the imaginary parts in a flat vector."""
        imaginary = self.imaginary()
        flat[imaginary] = -flat[imaginary]

    def imaginary(self) -> Flat:
        """Return for each coordinate whether it is an imaginary part."""
        mask = np.zeros(self.n, bool)
        for leaf in self.leaves:
            if leaf.is_complex:
                mask[leaf.start + 1 : leaf.stop : 2] = True
        return mask

    def spread(self, fill: Callable[[Node, Flat], None], unset: float) -> Flat:
        """Return one number for each coordinate, `unset` where `fill`, called with the structure, writes none."""
        out = np.full(self.n, unset)
        fill(self.root, out)
        return out

    def named(self, names: Any) -> Layout:
        """Return the same layout with the user's names for the coordinates of a vector."""
        listed = tuple(names)
        if not all(isinstance(name, str) for name in listed):
            raise TypeError("names must be texts, one for each coordinate of x")
        if not isinstance(self.root, Leaf) or len(self.root.shape) != 1:
            raise ValueError("names= is for x that is one vector; arrays in a dict have their names already")
        if len(listed) != self.n:
            raise ValueError(f"names has {len(listed)} names, but x has {self.n} coordinates")
        if len(set(listed)) < self.n:
            from .coordinates.keys import distinct

            again = next(name for name, other in zip(listed, distinct(listed), strict=True) if name != other)
            raise ValueError(f"names has {again!r} twice: each coordinate needs a name of its own")
        import copy  # on use: few coordinates have names of their own

        other = copy.copy(self)
        other.names = listed
        return other


SINGLE: np.dtype[Any] = np.dtype(np.float32)
DOUBLE: np.dtype[Any] = np.dtype(np.float64)
# For vectors of this many elements a single point moves along the lines: a second one might not fit into memory.
LARGE = 1 << 20


def layout_of(x: Any, *, hold: bool = False) -> Layout:
    """Return the layout of the user's x.

    With `hold`, what cannot take a small step stays as it is, wherever it stands in a structure: integers, text, None.
    Truth values always do.
    """
    layout = Layout(_read(x, "x", hold))
    if layout.n == 0:
        raise ValueError("x is empty: a gradient check needs at least one coordinate")
    return layout


def layout_of_output(value: Any, title: str = "output") -> Layout:
    """Return the layout of what a function returned; it may be empty."""
    return Layout(_read(value, title, hold=True), title)


def _read(value: Any, title: str, hold: bool) -> Node:
    """Return the structure of a value, in which no two arrays have the same name."""
    if type(value) is np.ndarray and value.dtype.char in REALS:
        return _real(value, "", 0)
    try:
        root = _Reading(title, hold, strict=False).node(value, "")
    except RecursionError:
        raise too_deep(title) from None
    if not isinstance(root, Branch):
        return root
    from .coordinates.keys import have_clashes

    return _Reading(title, hold, strict=True).node(value, "") if have_clashes(root) else root


class _Reading:
    """Reads a structure: `used` coordinates were met so far; `strict` is how keys are written."""

    def __init__(self, title: str, hold: bool, *, strict: bool) -> None:
        self.title = title
        self.hold = hold
        self.strict = strict
        self.used = 0

    def node(self, value: Any, path: str) -> Node:
        """Return the node of a value at a path, and of all that is below it."""
        if type(value) is np.ndarray and value.dtype.char in REALS:
            start, self.used = self.used, self.used + value.size
            return _real(value, path, start)
        if isinstance(value, Mapping):
            return self._dict(value, path)
        if isinstance(value, (list, tuple)) and not (_is_numbers(value) and not hasattr(value, "_fields")):
            from .coordinates.keys import joined

            names = getattr(value, "_fields", range(len(value)))
            top = path or ("" if hasattr(value, "_fields") else self.title)
            children = tuple(self.node(part, joined(top, str(name))) for name, part in zip(names, value, strict=True))
            kind = "list" if isinstance(value, list) else "tuple"
            return Branch(path, kind, tuple(range(len(value))), children, value)
        if path and _is_held(value, self.hold):
            return Held(path, np.array(value) if isinstance(value, np.ndarray) else value)
        return self.leaf(value, path)

    def _dict(self, value: Mapping[Any, Any], path: str) -> Branch:
        from .coordinates.keys import joined, steps_of

        keys = tuple(value)
        steps = steps_of(keys, strict=self.strict)
        children = tuple(self.node(value[key], joined(path, step)) for key, step in zip(keys, steps, strict=True))
        return Branch(path, "dict", keys, children, value)

    def leaf(self, value: Any, path: str) -> Leaf:
        """Return the node of an array or a number."""
        array = as_numbers(value, named(path, self.title), allow_complex=True)
        # Float32 for float32 and complex64, and float64 for everything else.
        dtype = None if type(value) in (int, float) else SINGLE if array.dtype.char in "fF" else DOUBLE
        number = array.ndim == 0 and not isinstance(value, np.ndarray)
        is_complex = array.dtype.kind == "c"
        start, self.used = self.used, self.used + (2 if is_complex else 1) * array.size
        return Leaf(path, array.shape, dtype, start, self.used, number, is_complex)


def _real(array: Flat, path: str, start: int) -> Leaf:
    """Return the node of an array of float32 or float64."""
    return Leaf(path, array.shape, SINGLE if array.dtype.char == "f" else DOUBLE, start, start + array.size, False)


def _is_held(value: Any, hold: bool) -> bool:
    """Whether a value stays as it is: truth values, and with `hold` whatever holds no floating-point numbers."""
    if isinstance(value, (bool, np.bool_)) or (hold and (value is None or isinstance(value, (int, str, bytes)))):
        return True
    kind = getattr(getattr(value, "dtype", None), "kind", "f")
    return kind == "b" or (hold and kind in "iuUSOV")


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
    elif isinstance(node, Branch):
        for child in node.children:
            yield from _leaves(child)
