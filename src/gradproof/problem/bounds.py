"""The bounds, outside of which the objective is never evaluated."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from .given.foreign import is_frame
from .nodes import Branch, Held
from .numbers import Flat, as_numbers, has_nan, is_single
from .point import Problem
from .probes import along_one_coordinate
from .structure import Layout


class Bounds(NamedTuple):
    """Lower and upper bounds, n values each."""

    lower: Flat
    upper: Flat

    def inside(self, probes: Flat, x: Flat, points: Callable[[Flat], Flat]) -> Flat:
        """Return for each probe whether its point lies within the bounds."""
        inside = np.ones(len(probes), bool)
        single = along_one_coordinate(probes)
        at = probes["start"][single]
        # If one coordinate moves, the rounded coordinate is enough: the whole point need not be made.
        moved = (x[at] + probes["step"][single]).astype(x.dtype)
        inside[single] = (moved >= self.lower[at]) & (moved <= self.upper[at])
        for row in np.flatnonzero((probes["stop"] > probes["start"]) & ~single):
            point = points(probes[row : row + 1])[0]
            inside[row] = bool(np.all((point >= self.lower) & (point <= self.upper)))
        return inside


def read_bounds(bounds: Any, problem: Problem) -> Bounds | None:
    """Return the bounds that the user gave in any of their forms; None if there are none."""
    if bounds is None:
        return None
    from .given.bound_forms import lower_and_upper

    low, high = lower_and_upper(bounds, problem.whole.layout)
    lower = _spread(low, problem.layout, -np.inf, "the lower bound")
    upper = _spread(high, problem.layout, np.inf, "the upper bound")
    for bound, what in ((lower, "lower"), (upper, "upper")):
        if has_nan(bound):
            name = problem.layout.name(int(np.isnan(bound).argmax()))
            raise ValueError(f"the {what} bound of {name} is nan: give an infinite one, or None, where there is none")
    outside = np.flatnonzero(~((problem.x >= lower) & (problem.x <= upper)))
    if outside.size:
        index = int(outside[0])
        raise ValueError(
            f"x must lie within the bounds, but {problem.layout.name(index)} is {problem.x[index]:.9g}, outside "
            f"[{lower[index]:.9g}, {upper[index]:.9g}]"
        )
    return Bounds(lower, upper)


def _spread(value: Any, layout: Layout, unset: float, what: str) -> Flat:
    if is_frame(value):
        from .given.frames import aligned

        value = aligned(value, layout, what)
    return layout.spread(lambda root, out: _spread_into(root, value, out, what), unset)


def _spread_into(node: Any, value: Any, out: Flat, what: str) -> None:
    if value is None:
        return
    if isinstance(node, Branch):
        parts = [value] * len(node.children) if is_single(value) else node.parts(value, what)
        for child, part in zip(node.children, parts, strict=True):
            _spread_into(child, part, out, what)
        return
    if isinstance(node, Held):
        return
    array = as_numbers(value, what)
    try:
        spread = np.broadcast_to(array, node.shape).reshape(-1)
        # Of a complex number, real and imaginary part have the same bounds.
        out[node.start : node.stop] = np.repeat(spread, 2) if node.is_complex else spread
    except ValueError:
        raise ValueError(
            f"{what} has the shape {array.shape}, but {node.path or 'x'} has the shape {node.shape}"
        ) from None
