"""How values are had: one file for each kind of objective, and the choice between them."""

from __future__ import annotations

from typing import Any

from ..problem import Bounds, Problem
from .batched import Batched, BatchedEvaluator, batched
from .callback import Callback, as_native
from .compiled import as_native_function, is_compiled
from .evaluator import Evaluator
from .inplace import InPlace, InPlaceEvaluator, InPlaceProblem, in_place
from .native import NativeEvaluator, NativeFunction, native, native_gradient
from .pace import Pace, TimeIsUp
from .serial import SerialEvaluator
from .values import as_value

__all__ = [
    "Callback",
    "Evaluator",
    "InPlace",
    "NativeEvaluator",
    "Pace",
    "TimeIsUp",
    "as_native",
    "as_value",
    "batched",
    "evaluator_for",
    "gradient_function",
    "in_place",
    "native",
]


def evaluator_for(
    objective: Any, problem: Problem, pace: Pace | None = None, bounds: Bounds | None = None
) -> Evaluator:
    """Return the evaluator that suits an objective."""
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
            return NativeEvaluator(function, problem, pace, bounds, lambda: objective(problem.copy_of_x()[0]))
    return SerialEvaluator(objective, problem, pace, bounds)


def gradient_function(gradient: Any, problem: Problem) -> Any:
    """Return the gradient as `claimed_gradient` takes it: a native one as a function of x."""
    return native_gradient(gradient, problem) if isinstance(gradient, NativeFunction) else gradient
