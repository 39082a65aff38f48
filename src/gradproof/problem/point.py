"""What is checked: the point, the claimed gradient at it, and where the objective may be evaluated."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np

from ..core.structs import PROBE_SEED, PROBE_START, PROBE_STEP, PROBE_STOP
from .structure import Branch, Flat, Layout, as_numbers, read

# Two calls of one gradient may differ by the order of its sums: so much of the largest component is rounding.
ROUNDING = {"float64": 1e-11, "float32": 1e-4}

# The variable that holds a result, and the argument of the function that counts.
ONLY_OURS = 2
# Numbers are looked at in pieces of so many, which need no memory worth mentioning.
PIECE = 1 << 18


class Claimed(NamedTuple):
    """A claimed gradient that has been taken already: flat, and how often its function was called."""

    values: Flat
    calls: int


class Problem:
    """The point x as a flat copy in its own arithmetic, and how the user's structure looks."""

    def __init__(self, layout: Layout, x: Flat) -> None:
        self.layout = layout
        self.x = x
        self.notes: list[str] = []
        # Long vectors are kept in the type of x, and the gradient, which is long, too, is asked for once.
        self.along_lines = False

    @property
    def n(self) -> int:
        """How many coordinates there are."""
        return self.layout.n

    @property
    def is_float32(self) -> bool:
        """Whether the objective sees float32."""
        return self.x.dtype == np.float32

    def note(self, text: str) -> None:
        """Keep a note for the report, once."""
        if text not in self.notes:
            self.notes.append(text)

    def copy_of_x(self) -> tuple[Any, Flat]:
        """Return x as the user's structure on fresh memory, and that memory as a flat vector."""
        flat = self.x.copy()
        return self.layout.build(flat), flat


def read_problem(x: Any) -> Problem:
    """Return the problem at the user's x, which is copied and never written to."""
    layout, flat = read(x)
    problem = Problem(layout, flat)
    refuse_what_is_not_finite(layout, flat)
    return problem


def refuse_what_is_not_finite(layout: Layout, flat: Flat) -> None:
    """Raise ValueError where a coordinate of x is not finite; it says which one."""
    pieces = [flat[start : start + PIECE] for start in range(0, layout.n, PIECE)]
    if not all(np.isfinite(piece).all() for piece in pieces):
        bad = np.flatnonzero(~np.isfinite(flat))
        others = bad.size - 1
        more = (
            f", and so {'is one more coordinate' if others == 1 else f'are {others} more coordinates'}"
            if others
            else ""
        )
        raise ValueError(f"{layout.name(int(bad[0]))} is {flat[bad[0]]}{more}: x must be finite to be checked at")


def same_numbers(a: Flat, b: Flat) -> bool:
    """Return whether two vectors of one length are equal everywhere, piece by piece."""
    starts = range(0, a.size, PIECE)
    return all(bool((a[start : start + PIECE] == b[start : start + PIECE]).all()) for start in starts)


def call(function: Callable[[Any], Any], x: Any, what: str) -> Any:
    """Call the user's function with x; where it cannot be called like that, say what it was called as."""
    try:
        return function(x)
    except TypeError as problem:
        # Nothing of the function has run: the call itself is the mistake.
        if problem.__traceback__ is None or problem.__traceback__.tb_next is None:
            raise TypeError(f"the {what} is called with x alone: {problem}") from None
        raise


def claimed_gradient(gradient: Any, problem: Problem) -> tuple[Flat, int]:
    """Return the claimed gradient as a flat vector, and how often the gradient function was called.

    It is in float64; for a check along lines, which asks for it once, in the type of x.
    """
    if isinstance(gradient, Claimed):
        return gradient
    if not callable(gradient):
        return _flat(gradient, "gradient", problem), 0
    first = _call(gradient, problem)
    if problem.along_lines:
        return first, 1
    second = _call(gradient, problem)
    _compare(first, second, problem)
    return first, 2


def claimed_again(gradient: Any, problem: Problem) -> Flat:
    """Return the claimed gradient of a check that goes on, by one call: its function has been tried before."""
    if isinstance(gradient, Claimed):
        return gradient.values
    return _call(gradient, problem) if callable(gradient) else _flat(gradient, "gradient", problem)


def _flat(value: Any, what: str, problem: Problem) -> Flat:
    """Return a gradient as a flat vector of its own; along lines without a copy, where it is one already."""
    if not problem.along_lines:
        return problem.layout.flatten(value, what)
    return problem.layout.flat_or_same(value, what, dtype=problem.x.dtype)


def _call(gradient: Callable[[Any], Any], problem: Problem) -> Flat:
    """Call the gradient on fresh memory; copy its result at once, because it may be a buffer that is used again."""
    x, memory = problem.copy_of_x()
    value = call(gradient, x, "gradient")
    if value is None:
        raise TypeError("the gradient returned None, not an array: is a `return` missing?")
    # A result that nobody else holds is no buffer that is used again.
    ours = isinstance(value, np.ndarray) and value.base is None and sys.getrefcount(value) <= ONLY_OURS
    if problem.along_lines and ours:
        flat = _flat(value, "the gradient's result", problem)
    else:
        flat = problem.layout.flatten(
            value, "the gradient's result", dtype=problem.x.dtype if problem.along_lines else np.float64
        )
    if not same_numbers(memory, problem.x):
        problem.note("The gradient changed its argument; it was given copies, your x is as it was.")
    return flat


def _compare(first: Flat, second: Flat, problem: Problem) -> None:
    if (first == second).all():
        return
    rounding = ROUNDING["float32" if problem.is_float32 else "float64"]
    largest = np.max(np.abs(first), initial=0.0, where=np.isfinite(first))
    with np.errstate(invalid="ignore"):
        differs = np.abs(first - second) > rounding * largest
    differs |= np.isnan(first) != np.isnan(second)
    if differs.any():
        index = int(np.flatnonzero(differs)[0])
        problem.note(
            f"The gradient gave another value at its second call ({problem.layout.name(index)}: {first[index]:.6g}, "
            f"then {second[index]:.6g}); the first one was checked. Fix its random seed, or make its sums reproducible."
        )


class Bounds(NamedTuple):
    """The box outside of which the objective is never evaluated."""

    lower: Flat
    upper: Flat

    def inside(self, probes: Flat, x: Flat, points: Callable[[Flat], Flat]) -> Flat:
        """Say for each probe whether its point lies in the box."""
        start = probes[:, PROBE_START]
        length = probes[:, PROBE_STOP] - start
        inside = np.ones(len(probes), bool)
        single = (length == 1) & (probes[:, PROBE_SEED] == 0)
        at = start[single]
        # One coordinate moves by its step, rounded as the point is: no need to make the whole point.
        moved = (x[at] + probes[single, PROBE_STEP].copy().view(np.float64)).astype(x.dtype)
        inside[single] = (moved >= self.lower[at]) & (moved <= self.upper[at])
        for row in np.flatnonzero((length > 0) & ~single):
            point = points(probes[row : row + 1])[0]
            inside[row] = bool(np.all((point >= self.lower) & (point <= self.upper)))
        return inside


def read_bounds(bounds: Any, problem: Problem) -> Bounds | None:
    """Return the box that the user gave as (lower, upper), each None, a number, an array or the structure of x."""
    if bounds is None:
        return None
    if not isinstance(bounds, (tuple, list)) or len(bounds) != 2:
        raise ValueError(f"bounds must be a pair (lower, upper), not {bounds!r:.60}")
    lower = _spread(bounds[0], problem.layout, -np.inf, "the lower bound")
    upper = _spread(bounds[1], problem.layout, np.inf, "the upper bound")
    outside = np.flatnonzero(~((problem.x >= lower) & (problem.x <= upper)))
    if outside.size:
        index = int(outside[0])
        raise ValueError(
            f"{problem.layout.name(index)} is {problem.x[index]:.9g}, outside of its bounds "
            f"[{lower[index]:.9g}, {upper[index]:.9g}]: x must lie inside of the bounds"
        )
    return Bounds(lower, upper)


def _spread(value: Any, layout: Layout, unset: float, what: str) -> Flat:
    out = np.full(layout.n, unset)
    _spread_into(layout.root, value, out, what)
    return out


def _spread_into(node: Any, value: Any, out: Flat, what: str) -> None:
    if value is None:
        return
    if isinstance(node, Branch):
        scalar = np.ndim(value) == 0 and not isinstance(value, Mapping)
        parts = [value] * len(node.children) if scalar else node.parts(value, what)
        for child, part in zip(node.children, parts, strict=True):
            _spread_into(child, part, out, what)
        return
    array = as_numbers(value, what)
    try:
        out[node.start : node.stop] = np.broadcast_to(array, node.shape).reshape(-1)
    except ValueError:
        raise ValueError(
            f"{what} has the shape {array.shape}, but {node.path or 'x'} has the shape {node.shape}"
        ) from None
