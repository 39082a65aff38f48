"""Restricts an objective of any kind to a line or a few coordinates of x.

The result is again an objective of the same kind, so that evaluators, the search for kinks and the noise floor work
with it unchanged.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from ..core.records.codes import code_of_callback
from ..library import pointer
from ..problem.numbers import Flat
from ..problem.point import Problem, call
from .arrays.inplace import InPlaceEvaluator, InPlaceProblem
from .batched import CHUNK_BYTES
from .compiled.functions import c_function
from .objectives import Batched, InPlace, NativeFunction, batched, not_of_x

# Maps the variables of the restricted objective to a new flat point of x.
Point: TypeAlias = Callable[[Flat], Flat]


@dataclass(frozen=True)
class Coordinates:
    """Points in which some coordinates vary and the others are those of x."""

    x: Flat
    chosen: Flat

    def __call__(self, part: Flat) -> Flat:
        """Return the point with these values of the chosen coordinates."""
        point: Flat = self.x.copy()
        point[self.chosen] = part
        return point


class Restricted:
    """A Python function of x as a function of the restricted variables; `calls` counts its points."""

    def __init__(self, function: Any, problem: Problem, point: Point) -> None:
        self.function = function
        self.problem = problem
        self.point = point
        self.calls = 0

    @property
    def objective(self) -> Any:
        """The restricted objective, as evaluators take it."""
        return self

    def __call__(self, u: Flat) -> Any:
        """Call the function at the point for u."""
        self.calls += 1
        return call(self.function, self.problem.layout.build(self.point(u)), "objective")


class RestrictedBatches(Restricted):
    """A vectorized function of x as a function of many rows of restricted variables."""

    @property
    def objective(self) -> Any:
        """The restricted objective, as evaluators take it."""
        return batched(self)

    def __call__(self, u: Flat) -> Any:
        """Call the function with as many points at once as an evaluator would pass: x may be long."""
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
        self._call = c_function(function, problem)

    def __call__(self, u: Flat) -> Any:
        """Return the value of the function, NaN where it has none; raise a `NativeError` where it ends everything."""
        self.calls += 1
        point, result = self.point(u), np.full(1, np.nan)
        call = self._call
        code = call.pointer(pointer(point), self.problem.n, pointer(result), call.user)
        if code_of_callback(code):
            raise call.ended(code)
        return math.nan if code else float(result[0])


class RestrictedInPlace(Restricted):
    """An objective that reads its parameters in place: they are moved for a call, and back."""

    def __init__(self, objective: InPlace, problem: InPlaceProblem, point: Point) -> None:
        super().__init__(objective.function, problem, point)
        self._evaluator = InPlaceEvaluator(objective, problem)

    def __call__(self, u: Flat) -> Any:
        """Return the value of the function at the point for u, with the parameters as they were."""
        self.calls += 1
        return self._evaluator.value_at(self.point(u))


def native_on_all_of_x(function: NativeFunction, problem: Problem) -> RestrictedNative:
    """Return a C function as a Python function of x in the user's structure."""
    flat = functools.partial(problem.layout.flatten, what="x", dtype=problem.x.dtype)
    return RestrictedNative(function, problem, flat)


def restricted(objective: Any, problem: Problem, point: Point) -> Restricted:
    """Return an objective of any kind, restricted to the points that `point` makes."""
    if isinstance(objective, Batched):
        return RestrictedBatches(objective.function, problem, point)
    if isinstance(objective, NativeFunction) and problem.layout.indices is not None:
        objective = native_on_all_of_x(objective, problem.whole)
    if isinstance(objective, NativeFunction):
        return RestrictedNative(objective, problem, point)
    if isinstance(objective, InPlace) and isinstance(problem, InPlaceProblem):
        return RestrictedInPlace(objective, problem, point)
    if not callable(objective):
        raise TypeError(f"f must be a function of x, {not_of_x(objective)}")
    return Restricted(objective, problem, point)
