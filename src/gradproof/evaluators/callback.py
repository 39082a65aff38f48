"""Wraps a Python objective as a C function, for functions of the core that call their objective themselves."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import Any

import numpy as np

from ..core.records.codes import BAD_RETURN
from ..library import ffi
from ..problem.exceptions import is_of_signal
from ..problem.point import Problem
from .compiled.functions import c_function
from .compiled.jitted import as_native_function
from .evaluator import EndedError
from .objectives import Batched, NativeFunction, is_compiled, not_of_x
from .values import as_value

# What a C function returns where the objective raised: a code that ends the call, or OUTSIDE, after which it continues.
FAILED = 1


class Callback:
    """An objective as a C function: pass on `pointer` and `user`, and call `reraise` afterwards.

    The object must be kept until the library has returned.
    """

    def __init__(
        self,
        pointer: Any,
        user: Any,
        alive: object,
        errors: list[BaseException] | None = None,
        ended: Callable[[int], Exception] | None = None,
    ) -> None:
        self.pointer = pointer
        self.user = user
        self._alive = alive
        # A list that the C function shares; a reference to this object would be a cycle that is never freed.
        self._errors = [] if errors is None else errors
        self._ended = ended

    @property
    def interrupted(self) -> bool:
        """Whether a call of the objective ended everything, or Ctrl-C or an exit did; it is not called again then."""
        return _has_ended(self._errors)

    def reraise(self, code: int) -> None:
        """Raise the last exception of the objective with its traceback, or the error of a C function for its code."""
        if self._errors:
            error = self._errors.pop()
            self._errors.clear()
            raise error
        if self._ended is not None and (code > 0 or code == BAD_RETURN):
            raise self._ended(code)


def _has_ended(errors: list[BaseException]) -> bool:
    if not errors:
        return False
    return not isinstance(errors[-1], Exception) or isinstance(errors[-1], EndedError) or is_of_signal(errors[-1])


def as_native(objective: Any, problem: Problem, failed: int = FAILED) -> Callback:
    """Return an objective of any kind as a C function of flat points, which returns `failed` where it raises."""
    function = objective if isinstance(objective, NativeFunction) else None
    if is_compiled(objective):
        function = as_native_function(objective, problem, failed)
    if function is not None:
        called = c_function(function, problem)
        return Callback(called.pointer, called.user, called, ended=called.ended)
    if isinstance(objective, Batched):
        return _from_python(lambda point: _one(objective, problem, point), problem, failed)
    if not callable(objective):
        raise TypeError(f"the objective must be a function of x, {not_of_x(objective)}")
    build = problem.layout.build
    return _from_python(lambda point: objective(build(point)), problem, failed)


def _one(objective: Batched, problem: Problem, point: Any) -> Any:
    values = np.asarray(objective.function(problem.layout.build_batch(point.reshape(1, -1))))
    return values.reshape(-1)[0] if values.size == 1 else values


def _from_python(objective: Any, problem: Problem, failed: int) -> Callback:
    dtype, size = problem.x.dtype, problem.n * problem.x.itemsize
    errors: list[BaseException] = []

    def call(x: Any, _n: int, value: Any, _user: Any) -> int:
        if _has_ended(errors):
            return FAILED
        # A fresh copy for each call: the objective may write to its argument, or keep it.
        value[0] = as_value(objective(np.frombuffer(bytearray(ffi.buffer(x, size)), dtype)))
        return 0

    def keep(_kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        errors[:] = [error.with_traceback(trace)]

    kind = "gradproof_objective_f32" if problem.is_float32 else "gradproof_objective"
    return Callback(ffi.callback(kind, call, error=failed, onerror=keep), ffi.NULL, objective, errors)
