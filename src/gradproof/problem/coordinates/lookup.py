"""Looks up one coordinate as reports name it, or as NumPy would index it."""

from __future__ import annotations

from typing import Any, TypeAlias

from ..numbers import whole
from ..structure import Layout
from .chosen import Chosen
from .names import elements, example_of, places_named, unknown

# A flat index, a name, the indices of an element of an x that is a single array, or those of an element of an array
# after its name; negative ones count from the end.
Index: TypeAlias = int | str | tuple[int | str, ...]
# What stands between the output and the coordinate in the findings of functions with many outputs.
OF_OUTPUT = " / "


def flat_index(layout: Layout, index: Any) -> int:
    """Return the flat index in x of a coordinate.

    Parameters
    ----------
    layout
        The structure of x, or of what was chosen of it.
    index
        A flat index, a name, a tuple of indices, or a tuple of an array's name and indices; negative ones count from
        the end.

    Raises
    ------
    IndexError
        If the index is out of range.
    ValueError
        If there is no coordinate of that name, or the name is that of several.
    TypeError
        If `index` is something else.
    """
    every = layout.every if isinstance(layout, Chosen) else layout
    if isinstance(index, str):
        return _by_name(every, index.strip())
    if isinstance(index, tuple) and index and isinstance(index[0], str):
        name, *rest = index
        numbers = rest[0] if len(rest) == 1 and isinstance(rest[0], tuple) else rest
        return _by_name(every, f"{name}[{', '.join(map(str, numbers))}]" if numbers else name)
    if isinstance(index, tuple):
        return _by_tuple(every, index)
    number = whole(index, f"index must be a flat index, a name such as {every.name(0)!r}, or a tuple of indices")
    if not -every.n <= number < every.n:
        raise IndexError(f"index {number} is out of range: coordinates go from 0 to {every.n - 1}")
    return number % every.n


def _by_tuple(layout: Layout, index: tuple[Any, ...]) -> int:
    if len(layout.leaves) != 1 or layout.leaves[0].path:
        raise TypeError(f"a tuple is for x that is a single array: give a name, such as {layout.name(0)!r}")
    where = [whole(one, f"{index}: indices must be integers") for one in index]
    return _single(layout, elements(layout.leaves[0], where, str(index), layout.title), str(index))


def _by_name(layout: Layout, name: str) -> int:
    # The output goes first; keys may have a stroke, too.
    cuts = [at for at in range(len(name)) if name.startswith(OF_OUTPUT, at)]
    for one in (name, *(name[cut + len(OF_OUTPUT) :] for cut in cuts)):
        if found := places_named(layout, one):
            return _single(layout, found[0] if len(found) == 1 else range(layout.n), one)
    raise unknown(layout, name)


def _single(layout: Layout, places: Any, name: str) -> int:
    """Return the only one of some coordinates; raise an error if there are several."""
    if len(places) == 1:
        return int(places[0])
    leaf = layout.leaf_of(int(places[0])) if len(places) else layout.leaves[0]
    if leaf.is_complex and len(places) == 2:
        raise ValueError(f"{name} has two coordinates: give a name, such as {layout.name(int(places[0]))!r}")
    array = layout.title_of(leaf)
    raise ValueError(f"{name} is not one coordinate: {array} has the shape {leaf.shape}, as in {example_of(leaf)}")
