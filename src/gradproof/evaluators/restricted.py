"""An objective of x as one of a few numbers, which a point of x is made of: all other kinds of objectives stay usable.

Evaluators, the search for kinks and the noise floor then serve it as they serve any other objective.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from ..library import pointer
from ..problem.numbers import Flat
from ..problem.point import Problem, call
from .batched import CHUNK_BYTES, Batched, batched
from .callback import as_native
from .compiled.native import NativeError, NativeFunction

# Makes a new point of x, flat, of the numbers that are left.
Point: TypeAlias = Callable[[Flat], Flat]


@dataclass(frozen=True)
class Coordinates:
    """Points that have some coordinates of their own, and the others of x."""

    x: Flat
    chosen: Flat

    def __call__(self, part: Flat) -> Flat:
        """Return the point with these values of the chosen coordinates."""
        point: Flat = self.x.copy()
        point[self.chosen] = part
        return point


class Restricted:
    """A Python function of x, called with the numbers that its points are made of; `calls` counts its points."""

    def __init__(self, function: Any, problem: Problem, point: Point) -> None:
        self.function = function
        self.problem = problem
        self.point = point
        self.calls = 0

    @property
    def objective(self) -> Any:
        """What evaluators take."""
        return self

    def __call__(self, u: Flat) -> Any:
        """Call the function at the point that is made of u."""
        self.calls += 1
        return call(self.function, self.problem.layout.build(self.point(u)), "objective")


class RestrictedBatches(Restricted):
    """A function of many points, called with many rows of numbers."""

    @property
    def objective(self) -> Any:
        """What evaluators take."""
        return batched(self)

    def __call__(self, u: Flat) -> Any:
        """Call the function with the points, as many at once as an evaluator would hand over: x may be long."""
        self.calls += len(u)
        rows = max(1, CHUNK_BYTES // (self.problem.n * self.problem.x.itemsize))
        points = (np.stack([self.point(row) for row in u[first : first + rows]]) for first in range(0, len(u), rows))
        build = self.problem.layout.build_batch
        results = [call(self.function, build(part), "batched objective") for part in points]
        return results[0] if len(results) == 1 else np.concatenate([np.asarray(one).reshape(-1) for one in results])


class RestrictedNative(Restricted):
    """A C function, called from Python."""

    def __init__(self, function: NativeFunction, problem: Problem, point: Point) -> None:
        super().__init__(function, problem, point)
        self._callback = as_native(function, problem)

    def __call__(self, u: Flat) -> Any:
        """Return the value of the function; an error that names its code, where that is not 0."""
        self.calls += 1
        point, result = self.point(u), np.full(1, np.nan)
        callback = self._callback
        code = callback.pointer(pointer(point), self.problem.n, pointer(result), callback.user)
        if code:
            raise NativeError("objective", code)
        return float(result[0])


def restricted(objective: Any, problem: Problem, point: Point) -> Restricted:
    """Return an objective of any kind as one of the numbers that points are made of."""
    if isinstance(objective, Batched):
        return RestrictedBatches(objective.function, problem, point)
    if isinstance(objective, NativeFunction):
        return RestrictedNative(objective, problem, point)
    if not callable(objective):
        raise TypeError(
            f"f must be a function of x, not an object of type {type(objective).__name__}; "
            "wrap a C function in gradproof.native()"
        )
    return Restricted(objective, problem, point)
