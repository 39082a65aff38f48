"""How values are had: one file for each kind of objective, and the choice between them."""

from __future__ import annotations

from typing import Any

from ..problem import Bounds, Problem
from .batched import batched
from .callback import Callback, as_native
from .evaluator import Evaluator
from .inplace import InPlace, in_place
from .local import local_evaluator
from .native import NativeEvaluator, NativeFunction, native, native_gradient
from .pace import Pace, TimeIsUp
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
    objective: Any,
    problem: Problem,
    pace: Pace | None = None,
    bounds: Bounds | None = None,
    executor: Any = None,
) -> Evaluator:
    """Return the evaluator that suits an objective, and the executor that is to work for it."""
    if executor is None:
        return local_evaluator(objective, problem, pace, bounds)
    if isinstance(objective, InPlace):
        raise TypeError(
            "an executor cannot move your arrays in place: its workers have copies; leave executor out, or give f(x)"
        )
    # On use: most checks have none.
    from .executor import ExecutorEvaluator

    return ExecutorEvaluator(objective, problem, executor, pace, bounds)


def gradient_function(gradient: Any, problem: Problem) -> Any:
    """Return the gradient as `claimed_gradient` takes it: a native one as a function of x."""
    return native_gradient(gradient, problem) if isinstance(gradient, NativeFunction) else gradient
