"""Chooses the evaluator of an objective within one process, by the kind of objective."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

from ..problem.point import Problem
from .evaluator import Evaluator
from .objectives import Batched, InPlace, NativeFunction, is_compiled, not_of_x
from .pace import Pace
from .serial import SerialEvaluator

if TYPE_CHECKING:
    from ..problem.bounds import Bounds
    from .compiled.native import NativeEvaluator


def local_evaluator(
    objective: Any, problem: Problem, pace: Pace | None = None, bounds: Bounds | None = None
) -> Evaluator:
    """Return the evaluator that suits an objective, working in this process."""
    if isinstance(objective, NativeFunction):
        return _of_machine_code()(objective, problem, pace, bounds)
    if isinstance(objective, Batched) or (isinstance(objective, InPlace) and problem.is_in_place):
        return _marked(objective, problem, pace, bounds)
    if not callable(objective):
        raise TypeError(f"objective must be a function of x, {not_of_x(objective)}")
    return _compiled(objective, problem, pace, bounds) or SerialEvaluator(objective, problem, pace, bounds)


# Below, the evaluators of all but plain functions are imported on use: most objectives are plain functions.  Those of
# machine code once only: to look whether a module is there takes as long as 20 evaluations.


@functools.cache
def _of_machine_code() -> type[NativeEvaluator]:
    from .compiled.native import NativeEvaluator

    return NativeEvaluator


@functools.cache
def _reader_of_numba() -> Callable[[Any, Problem], NativeFunction | None]:
    from .compiled.jitted import as_native_function

    return as_native_function


def _marked(objective: Batched | InPlace, problem: Problem, pace: Pace | None, bounds: Bounds | None) -> Evaluator:
    """Return the evaluator of an objective in Python whose kind the user has said."""
    if isinstance(objective, Batched):
        from .batched import BatchedEvaluator

        return BatchedEvaluator(objective, problem, pace, bounds)
    from .arrays.inplace import InPlaceEvaluator, InPlaceProblem

    return InPlaceEvaluator(objective, cast(InPlaceProblem, problem), pace, bounds)


def _compiled(objective: Any, problem: Problem, pace: Pace | None, bounds: Bounds | None) -> Evaluator | None:
    """Return the evaluator of a function that Numba has compiled; None for others, and where it cannot be called."""
    if not is_compiled(objective):
        return None
    function = _reader_of_numba()(objective, problem)
    if function is None:
        return None
    return _of_machine_code()(function, problem, pace, bounds, lambda point: objective(problem.layout.build(point)))
