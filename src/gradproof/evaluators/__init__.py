"""How values are had: one file for each kind of objective, and the choice between them."""

from __future__ import annotations

from typing import Any

from ..problem import Bounds, Problem
from .batched import batched
from .callback import Callback, as_native
from .evaluator import Evaluator
from .local import local_evaluator
from .native import NativeEvaluator, NativeFunction, native, native_gradient
from .pace import Pace, TimeIsUp

__all__ = [
    "Callback",
    "Evaluator",
    "NativeEvaluator",
    "Pace",
    "TimeIsUp",
    "as_native",
    "batched",
    "evaluator_for",
    "gradient_function",
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
    # On use: most checks have none.
    from .executor import ExecutorEvaluator

    return ExecutorEvaluator(objective, problem, executor, pace, bounds)


def gradient_function(gradient: Any, problem: Problem) -> Any:
    """Return the gradient as `claimed_gradient` takes it: a native one as a function of x."""
    return native_gradient(gradient, problem) if isinstance(gradient, NativeFunction) else gradient
