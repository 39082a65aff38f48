"""The structure of x in JSON: named arrays in dicts, lists and tuples."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ...problem.nodes import Branch, Held, Leaf, Node
from ...problem.numbers import Flat, in_short


class Labelled(Leaf):
    """An array that had labels, which are not kept."""


class OtherDict(dict[Any, Any]):
    """Stands for a dict of an unknown type."""


class OtherList(list[Any]):
    """Stands for a list of an unknown type."""


class OtherTuple(tuple[Any, ...]):
    """Stands for a tuple of an unknown type, such as one with names."""


EXAMPLES: dict[str, Any] = {"dict": {}, "list": [], "tuple": ()}
KINDS = "fciu"  # of numbers
OTHERS: dict[str, Any] = {"dict": OtherDict(), "list": OtherList(), "tuple": OtherTuple()}


def structure_of(node: Node) -> dict[str, Any]:
    """Return a structure as plain values."""
    if isinstance(node, Leaf):
        dtype = None if node.dtype is None else node.dtype.name
        marks = {"number": node.number, "complex": node.is_complex, "labelled": type(node) is not Leaf}
        described = {"array": node.path, "shape": list(node.shape), "dtype": dtype}
        return described | {name: True for name, holds in marks.items() if holds}
    if not isinstance(node, Branch):
        return {"held": node.path}
    # A container of another type can be described, but not rebuilt.
    is_plain = type(node.example) in (dict, list, tuple) and all(type(key) in (str, int) for key in node.keys)
    keys = {"keys": list(node.keys)} if node.kind == "dict" and is_plain else {}
    parts = [structure_of(child) for child in node.children]
    return {"container": node.kind, "plain": is_plain, "path": node.path, "parts": parts, **keys}


def ranges_of(indices: Flat | None) -> list[list[int]] | None:
    """Return sorted indices as ranges [start, stop); None if there are none."""
    if indices is None:
        return None
    breaks = np.flatnonzero(np.diff(indices) != 1) + 1
    return [[int(part[0]), int(part[-1]) + 1] for part in np.split(indices, breaks)]


def root_of(told: dict[str, Any]) -> Node:
    """Return a structure from what `structure_of` returned."""
    return _Reading().node(told)


def not_told(told: dict[str, Any]) -> str:
    """Return what of a structure cannot be made again; "" if all can."""
    if "array" in told:
        return "labels" if told.get("labelled") else ""
    if "held" in told:
        return f"something that is no array, {told['held']}"
    return next(filter(None, map(not_told, told["parts"])), "") if told["plain"] else "containers of other types"


def _path(told: Any) -> str:
    if not isinstance(told, str):
        raise ValueError(f"an array has the name {in_short(told)}")
    return told


class _Reading:
    """Makes the nodes of a structure: `used` coordinates are taken so far."""

    def __init__(self) -> None:
        self.used = 0

    def node(self, told: dict[str, Any]) -> Node:
        """Return a node with all that is below it."""
        if "array" in told:
            return self._leaf(told)
        if "held" in told:
            return Held(_path(told["held"]), None)
        children = tuple(map(self.node, told["parts"]))
        keys = tuple(told.get("keys", range(len(children))))
        example = (EXAMPLES if told["plain"] else OTHERS)[told["container"]]
        return Branch(_path(told["path"]), told["container"], keys, children, example)

    def _leaf(self, told: dict[str, Any]) -> Leaf:
        shape, is_complex = tuple(told["shape"]), bool(told.get("complex"))
        if not all(type(length) is int and length >= 0 for length in shape):
            raise ValueError(f"an array has the shape {in_short(shape)}")
        start, self.used = self.used, self.used + (2 if is_complex else 1) * math.prod(shape)
        dtype = None if told["dtype"] is None else np.dtype(told["dtype"])
        if dtype is not None and dtype.kind not in KINDS:
            raise ValueError(f"an array has the type {in_short(told['dtype'])}")
        kind = Labelled if told.get("labelled") else Leaf
        return kind(_path(told["array"]), shape, dtype, start, self.used, bool(told.get("number")), is_complex)
