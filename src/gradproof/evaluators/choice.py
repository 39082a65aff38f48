"""The choice of an evaluator: in this process, or by an executor."""

from __future__ import annotations

from typing import Any

from ..problem.bounds import Bounds
from ..problem.point import Problem
from .arrays.inplace import InPlace
from .compiled.native import NativeFunction, native_gradient
from .evaluator import Evaluator
from .local import local_evaluator
from .pace import Pace


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
    from .workers.executor import ExecutorEvaluator

    return ExecutorEvaluator(objective, problem, executor, pace, bounds)


def gradient_function(gradient: Any, problem: Problem) -> Any:
    """Return the gradient as `claimed_gradient` takes it: a native one as a function of x."""
    return native_gradient(gradient, problem) if isinstance(gradient, NativeFunction) else gradient
