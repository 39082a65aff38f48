"""Looks up coordinates and blocks of x by flat index or by name."""

from __future__ import annotations

from typing import Any, NamedTuple

from ..numbers import whole
from ..point import Problem
from .names import places_named, unknown


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
        return _named(problem, index.strip())
    number = whole(index, f"index must be a flat index or a name such as {layout.name(0)!r}")
    if not 0 <= number < n:
        raise IndexError(f"index {number} is out of range: coordinates go from 0 to {n - 1}")
    return Place(number, number + 1, layout.name(number))


def _named(problem: Problem, name: str) -> Place:
    found = [part for part in places_named(problem.layout, name) if len(part)]
    if not found:
        raise unknown(problem.layout, name)
    start, stop = int(found[0][0]), int(found[-1][-1]) + 1
    if stop - start != sum(map(len, found)):
        raise ValueError(f"{name} is not one block: its coordinates do not follow each other in x")
    return Place(start, stop, problem.layout.name(start) if stop == start + 1 else name)
