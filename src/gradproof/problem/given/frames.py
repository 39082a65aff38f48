"""Points that are pandas objects: f gets the same Series or DataFrame back, and gradients are aligned by label.

pandas is not imported for it: whoever passes a Series has imported it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from ..coordinates.keys import distinct
from ..nodes import Leaf
from ..numbers import Flat, as_numbers
from ..structure import Layout
from .foreign import is_frame

# The most labels that an error lists.
LISTED = 8


class FrameLeaf(Leaf):
    """The numbers of a Series or DataFrame, and the labels that belong to them."""

    make: Callable[..., Any]
    labels: dict[str, Any]

    def build(self, flat: Flat) -> Any:
        """Return its numbers with their labels, as the user's type."""
        return self.make(flat[self.start : self.stop].reshape(self.shape), copy=False, **self.labels)

    def build_batch(self, points: Flat) -> Any:
        """Return a DataFrame with one point per row, if x is a Series."""
        if len(self.shape) > 1:
            raise TypeError("batched() cannot be used where x is a DataFrame: pass x.to_numpy(), or f(x)")
        return sys.modules["pandas"].DataFrame(points, columns=self.labels["index"], copy=False)

    def rows(self, points: Flat) -> Iterator[Any]:
        """Yield each point, as `build` returns it."""
        return map(self.build, points)


class FrameLayout(Layout):
    """The layout of a Series or DataFrame: coordinates are named by their labels."""

    root: FrameLeaf
    takes_labels = True

    def __init__(self, root: FrameLeaf) -> None:
        super().__init__(root)
        self.names = tuple(distinct(_names(root)))

    def flatten(self, value: Any, what: str, *, dtype: Any = np.float64, absent: list[str] | None = None) -> Flat:
        """Return a value of this structure as a new flat vector, in the order of x."""
        return super().flatten(self.aligned(value, what), what, dtype=dtype, absent=absent)

    def flat_or_same(self, value: Any, what: str, *, dtype: Any) -> Flat:
        """Return a value of this structure as a flat vector, without a copy if it is one already."""
        return super().flat_or_same(self.aligned(value, what), what, dtype=dtype)

    def aligned(self, value: Any, what: str) -> Any:
        """Return the numbers of a Series or DataFrame in the order of x's labels; anything else unchanged."""
        if not is_frame(value):
            return value
        if value.ndim != len(self.root.shape):
            kinds = ("a Series", "a DataFrame")
            raise ValueError(f"{what} is {kinds[value.ndim - 1]}, but x is {kinds[len(self.root.shape) - 1]}")
        for axis, labels in self.root.labels.items():
            if axis != "name":
                value = _in_order(value, axis, labels, what)
        return value.to_numpy()


def _in_order(value: Any, axis: str, labels: Any, what: str) -> Any:
    """Return a Series or DataFrame with the labels of one axis in the order of x's."""
    its = getattr(value, axis)
    if its.equals(labels):
        return value
    known = "labels" if axis == "index" else "columns"
    if not (its.is_unique and labels.is_unique):
        raise ValueError(
            f"{what} has other {known} than x, or has them in another order, and they cannot be matched because some "
            f"occur twice: give it the {axis} of x"
        )
    missing = [label for label in labels if label not in its]
    extra = [label for label in its if label not in labels]
    if missing or extra:
        faults = [f"lacks the {known} {_listed(missing)}"] * bool(missing)
        faults += [f"has the extra {known} {_listed(extra)}"] * bool(extra)
        raise ValueError(f"{what} {' and '.join(faults)}: x has {_listed(labels)}")
    return value.reindex(**{axis: labels})


def aligned(value: Any, layout: Layout, what: str) -> Any:
    """Return the numbers of a Series or DataFrame; in the order of x's labels if x has any."""
    whole = getattr(layout, "every", layout)
    return whole.aligned(value, what) if isinstance(whole, FrameLayout) else value.to_numpy()


def jacobian_in_order(value: Any, layout: Layout, what: str) -> Any:
    """Return the numbers of a DataFrame with a column for each coordinate; in the order of x's labels, if x has any.

    Columns that are merely counted have no labels.
    """
    if isinstance(layout, FrameLayout) and len(layout.root.shape) == 1 and value.ndim > 1:
        if not isinstance(value.columns, sys.modules["pandas"].RangeIndex):
            value = _in_order(value, "columns", layout.root.labels["index"], what)
    return value.to_numpy()


def read_frame(x: Any) -> tuple[Layout, Flat]:
    """Return the layout of a Series or DataFrame, and a copy of its numbers as a flat vector."""
    values = as_numbers(x.to_numpy(), "x")
    if values.size == 0:
        raise ValueError("x is empty: a gradient check needs at least one coordinate")
    single = values.dtype.kind == "f" and values.dtype.itemsize == 4
    dtype = np.dtype(np.float32 if single else np.float64)
    leaf = FrameLeaf("", values.shape, dtype, 0, values.size, False)
    leaf.make = type(x)
    leaf.labels = {"index": x.index, "name": x.name} if x.ndim == 1 else {"index": x.index, "columns": x.columns}
    return FrameLayout(leaf), np.array(values, dtype).reshape(-1)


def _names(leaf: FrameLeaf) -> Iterator[str]:
    """Yield the name of each coordinate: its label in a Series, `column[row]` in a DataFrame."""
    index = leaf.labels["index"]
    if len(leaf.shape) == 1:
        yield from (_text(label) if isinstance(label, str) else f"x[{label}]" for label in index)
        return
    for row in index:
        for column in leaf.labels["columns"]:
            yield f"{_text(column)}[{row}]" if isinstance(column, str) else f"x[{row}, {column}]"


def _text(label: str) -> str:
    return label if label.isprintable() else repr(label)[1:-1]


def _listed(labels: Any) -> str:
    words = [repr(label) for label in labels]
    return ", ".join(words[:LISTED]) + (f" and {len(words) - LISTED} more" if len(words) > LISTED else "")
