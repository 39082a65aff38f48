"""Chooses the evaluator of an objective within one process, by the kind of objective."""

from __future__ import annotations

from typing import Any

from ..problem.bounds import Bounds
from ..problem.point import Problem
from .arrays.inplace import InPlace, InPlaceEvaluator, InPlaceProblem
from .batched import Batched, BatchedEvaluator
from .compiled.functions import NativeFunction
from .compiled.jitted import as_native_function, is_compiled
from .compiled.native import NativeEvaluator
from .evaluator import Evaluator
from .pace import Pace
from .serial import SerialEvaluator


def local_evaluator(
    objective: Any, problem: Problem, pace: Pace | None = None, bounds: Bounds | None = None
) -> Evaluator:
    """Return the evaluator that suits an objective, working in this process."""
    if isinstance(objective, NativeFunction):
        return NativeEvaluator(objective, problem, pace, bounds)
    if isinstance(objective, Batched):
        return BatchedEvaluator(objective, problem, pace, bounds)
    if isinstance(objective, InPlace) and isinstance(problem, InPlaceProblem):
        return InPlaceEvaluator(objective, problem, pace, bounds)
    if not callable(objective):
        raise TypeError(
            f"objective must be a function of x, not an object of type {type(objective).__name__}; "
            "wrap a C function in gradproof.native()"
        )
    if is_compiled(objective):
        function = as_native_function(objective, problem)
        if function is not None:
            return NativeEvaluator(
                function, problem, pace, bounds, lambda point: objective(problem.layout.build(point))
            )
    return SerialEvaluator(objective, problem, pace, bounds)
