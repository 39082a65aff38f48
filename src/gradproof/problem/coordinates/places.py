"""Looks up coordinates and blocks of x by flat index or by name."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from ..nodes import Leaf
from ..numbers import whole
from ..point import Problem
from .chosen import example_of, hint_for

ELEMENT = re.compile(r"(.*)\[([^\]]*)\]\s*", re.S)


class Place(NamedTuple):
    """The coordinates [start, stop) of x, with their name."""

    start: int
    stop: int
    name: str


def place_of(problem: Problem, index: Any) -> Place:
    """Return the coordinates with this flat index or name; None stands for all of x."""
    layout, n = problem.layout, problem.n
    if index is None:
        return Place(0, n, layout.name(0) if n == 1 else "x")
    if isinstance(index, str):
        if (name := index.strip()) in layout.names:
            at = layout.names.index(name)
            return Place(at, at + 1, name)
        return _named(problem, index)
    number = whole(index, f"index must be a flat index or a name such as {layout.name(0)!r}")
    if not 0 <= number < n:
        raise IndexError(f"index {number} is out of range: coordinates go from 0 to {n - 1}")
    return Place(number, number + 1, layout.name(number))


def _named(problem: Problem, name: str) -> Place:
    leaves = problem.layout.leaves
    text = name.strip()
    inside = [leaf for leaf in leaves if leaf.path == text or leaf.path.startswith(f"{text}.")]
    if not inside and text == "x":
        inside = list(leaves)
    if inside:
        start, stop = inside[0].start, inside[-1].stop
        return Place(start, stop, problem.layout.name(start) if stop == start + 1 else text)
    element = ELEMENT.fullmatch(text)
    for leaf in leaves if element else ():
        if element and element.group(1) == (leaf.path or "x"):
            return _element(problem, leaf, element.group(2), text)
    known = sorted({leaf.path or "x" for leaf in leaves})
    raise ValueError(f"x has no {text}; {hint_for(element.group(1) if element else text, known)}")


def _element(problem: Problem, leaf: Leaf, inside: str, text: str) -> Place:
    """Return the coordinates of an element or a row of an array."""
    parts = [part.strip() for part in inside.split(",")]
    if not all(re.fullmatch(r"\d+", part) for part in parts):
        raise ValueError(f"{text}: indices must be integers from 0, as in {example_of(leaf)}")
    if len(parts) > len(leaf.shape):
        raise IndexError(f"{text} has {len(parts)} indices, but {leaf.path or 'x'} has the shape {leaf.shape}")
    start, length = leaf.start, leaf.stop - leaf.start
    for part, size in zip(map(int, parts), leaf.shape, strict=False):
        if part >= size:
            raise IndexError(f"{text} is out of range: {leaf.path or 'x'} has the shape {leaf.shape}")
        length //= size
        start += part * length
    return Place(start, start + length, problem.layout.name(start) if length == 1 else text)
