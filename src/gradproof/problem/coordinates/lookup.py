"""Looks up one coordinate as reports name it, or as NumPy would index it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, TypeAlias

from ..nodes import Leaf
from ..numbers import whole
from ..structure import Layout
from .chosen import Chosen, example_of, hint_for

# A flat index, a name, or the indices of an element of an x that is a single array; negative ones count from the end.
Index: TypeAlias = int | str | tuple[int, ...]
ELEMENT = re.compile(r"(.*)\[([^\[\]]*)\]", re.S)
PART = re.compile(r"(.*)\.(real|imag)", re.S)
# What stands between the output and the coordinate in the findings of functions with many outputs.
OF_OUTPUT = " / "


def flat_index(layout: Layout, index: Any) -> int:
    """Return the flat index in x of a coordinate.

    Parameters
    ----------
    layout
        The structure of x, or of what was chosen of it.
    index
        A flat index, a name, or a tuple of indices; negative ones count from the end.

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
    if isinstance(index, tuple):
        return _by_tuple(every, index)
    number = whole(index, f"index must be a flat index, a name such as {every.name(0)!r}, or a tuple of indices")
    if not -every.n <= number < every.n:
        raise IndexError(f"index {number} is out of range: coordinates go from 0 to {every.n - 1}")
    return number % every.n


def _by_tuple(layout: Layout, index: tuple[Any, ...]) -> int:
    if len(layout.leaves) != 1 or layout.leaves[0].path:
        raise TypeError(f"a tuple is for x that is a single array: give a name, such as {layout.name(0)!r}")
    return _single(layout.leaves[0], index, str(index), layout)


def _by_name(layout: Layout, name: str) -> int:
    if name in layout.names:
        return layout.names.index(name)
    found = _named(layout, name)
    if found is None and OF_OUTPUT in name:
        return _by_name(layout, name.partition(OF_OUTPUT)[2].strip())
    if found is None:
        known = sorted({leaf.path or layout.title for leaf in layout.leaves} | set(layout.names))
        raise ValueError(f"x has no {name}; {hint_for(name.partition('[')[0], known)}")
    return found


def _named(layout: Layout, name: str) -> int | None:
    """Return the coordinate with a name as reports make it; None if there is no array of the name."""
    leaves = {leaf.path or layout.title: leaf for leaf in layout.leaves}
    if name in leaves:
        return _single(leaves[name], (), name, layout)
    element = ELEMENT.fullmatch(name)
    if element is not None and element[1].strip() in leaves:
        return _single(leaves[element[1].strip()], _numbers(element[2], name), name, layout)
    part = PART.fullmatch(name)
    if part is None or not any(leaf.is_complex for leaf in layout.leaves):
        return None
    whole_name = ELEMENT.fullmatch(part[1])
    leaf = leaves.get(whole_name[1] if whole_name else part[1])
    if leaf is None or not leaf.is_complex:
        return None
    place = _numbers(whole_name[2], name) if whole_name else ()
    return _place(leaf, place, name, layout) + (part[2] == "imag")


def _numbers(inside: str, name: str) -> Sequence[int]:
    try:
        return [int(part) for part in inside.split(",") if part.strip()]
    except ValueError:
        raise ValueError(f"{name}: indices must be integers") from None


def _single(leaf: Leaf, index: Sequence[Any], name: str, layout: Layout) -> int:
    """Return the coordinate that an element of an array is; a complex one is two."""
    if leaf.is_complex:
        first = layout.name(leaf.start)
        raise ValueError(f"{name} has two coordinates: give a name, such as {first!r}")
    return _place(leaf, index, name, layout)


def _place(leaf: Leaf, index: Sequence[Any], name: str, layout: Layout) -> int:
    if len(index) != len(leaf.shape):
        array = leaf.path or layout.title
        raise ValueError(f"{name} is not one coordinate: {array} has the shape {leaf.shape}, as in {example_of(leaf)}")
    place = 0
    for one, length in zip(index, leaf.shape, strict=True):
        number = whole(one, f"{name}: indices must be integers")
        if not -length <= number < length:
            raise IndexError(f"{name} is out of range: {leaf.path or layout.title} has the shape {leaf.shape}")
        place = place * length + number % length
    return leaf.start + place * (2 if leaf.is_complex else 1)
