"""Chooses the evaluator of an objective: in this process, or by an executor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..problem.point import Problem
from .evaluator import Evaluator
from .local import local_evaluator
from .objectives import InPlace, NativeFunction
from .pace import Pace

if TYPE_CHECKING:
    from ..problem.bounds import Bounds


def evaluator_for(
    objective: Any,
    problem: Problem,
    pace: Pace | None = None,
    bounds: Bounds | None = None,
    executor: Any = None,
) -> Evaluator:
    """Return the evaluator that suits an objective and an optional executor."""
    if isinstance(objective, NativeFunction) and problem.layout.indices is not None:
        from .restricted import native_on_all_of_x

        objective = native_on_all_of_x(objective, problem.whole)
    if executor is None:
        return local_evaluator(objective, problem, pace, bounds)
    if isinstance(objective, InPlace):
        raise TypeError(
            "an executor cannot be used with in_place, because its workers only have copies of your arrays: leave "
            "executor out, or pass f(x)"
        )
    # Imported on use: most checks have no executor.
    from .workers.executor import ExecutorEvaluator

    return ExecutorEvaluator(objective, problem, executor, pace, bounds)


def gradient_function(gradient: Any, problem: Problem) -> Any:
    """Return a gradient as a function of x if it is native, else unchanged."""
    if not isinstance(gradient, NativeFunction):
        return gradient
    from .compiled.native import native_gradient

    return native_gradient(gradient, problem)
