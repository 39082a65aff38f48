"""Objectives in machine code: a C function pointer, called without Python between two evaluations."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from ..core.codes import BAD_ARGUMENT
from ..library import ffi, pointer
from ..parameters import Flat
from ..problem import Bounds, Problem
from .evaluator import Evaluator
from .pace import Pace

CHUNK_ROWS = 4096


class NativeFunction(NamedTuple):
    """The address of a C function, the address of its user data, and what keeps both alive."""

    address: int
    user: int
    alive: tuple[Any, ...]


class NativeError(RuntimeError):
    """A native function handed back a code that is not zero; `code` is that code."""

    def __init__(self, what: str, code: int) -> None:
        super().__init__(f"the native {what} returned the code {code} at x (0 is success)")
        self.code = code


def native(function: Any, user: Any = None) -> NativeFunction:
    """Say that an objective or a gradient is a C function.

    Parameters
    ----------
    function
        `int32_t f(const double *x, int64_t n, double *value, void *user)`; a gradient writes n values.  A cffi function
        pointer, a ctypes function, what `numba.cfunc` returns, a SciPy `LowLevelCallable`, or an address.  Where x is
        float32 it gets `const float *x`.
    user
        What the function gets as `user`: None, an address, an array, or a cffi or ctypes pointer.

    Returns
    -------
    NativeFunction
        What `check` takes as its objective or gradient.
    """
    address, context = _address(function)
    data = _data(user) if user is not None else context
    return NativeFunction(address, data, (function, user))


def _address(function: Any) -> tuple[int, int]:
    """Return the address of the function and of the user data that comes with it."""
    if isinstance(function, tuple) and type(function).__name__ == "LowLevelCallable":
        return _capsule(tuple.__getitem__(function, 0))
    if isinstance(function, ffi.CData):
        address = int(ffi.cast("uintptr_t", function))
    elif isinstance(getattr(function, "address", None), int):
        address = function.address
    elif isinstance(function, int) and not isinstance(function, bool):
        address = function
    else:
        address = _ctypes_address(function)
    if address <= 0:
        raise ValueError("native() got a NULL pointer instead of a function")
    return address, 0


def _ctypes_address(function: Any) -> int:
    import ctypes

    if isinstance(function, ctypes._CFuncPtr):  # type: ignore[attr-defined]
        return ctypes.cast(function, ctypes.c_void_p).value or 0
    hint = ": pass a Python function to check() as it is" if callable(function) else ""
    raise TypeError(
        "native() takes a cffi or ctypes function pointer, a numba cfunc, a SciPy LowLevelCallable or an address, "
        f"not an object of type {type(function).__name__}{hint}"
    )


def _capsule(capsule: Any) -> tuple[int, int]:
    import ctypes

    api = ctypes.pythonapi
    api.PyCapsule_GetName.restype, api.PyCapsule_GetName.argtypes = ctypes.c_char_p, [ctypes.py_object]
    api.PyCapsule_GetContext.restype, api.PyCapsule_GetContext.argtypes = ctypes.c_void_p, [ctypes.py_object]
    api.PyCapsule_GetPointer.restype = ctypes.c_void_p
    api.PyCapsule_GetPointer.argtypes = [ctypes.py_object, ctypes.c_char_p]
    address = api.PyCapsule_GetPointer(capsule, api.PyCapsule_GetName(capsule))
    return int(address), int(api.PyCapsule_GetContext(capsule) or 0)


def _data(user: Any) -> int:
    if isinstance(user, bool):
        raise TypeError("user must be None, an address, an array, or a cffi or ctypes pointer, not a bool")
    if isinstance(user, int):
        return user
    if isinstance(user, np.ndarray):
        return int(user.ctypes.data)
    if isinstance(user, ffi.CData):
        return int(ffi.cast("uintptr_t", user))
    import ctypes

    if isinstance(user, (ctypes.Structure, ctypes.Union, ctypes.Array, ctypes._SimpleCData)) and not isinstance(
        user, (ctypes.c_void_p, ctypes.c_char_p)
    ):
        return ctypes.addressof(user)
    try:
        return ctypes.cast(user, ctypes.c_void_p).value or 0
    except (TypeError, ctypes.ArgumentError):
        raise TypeError(
            f"user must be None, an address, an array, or a cffi or ctypes pointer, not {type(user).__name__}"
        ) from None


def function_pointer(function: NativeFunction, problem: Problem) -> Any:
    """Return the function as the C type that the library takes for the arithmetic of x."""
    return ffi.cast("gradproof_objective_f32" if problem.is_float32 else "gradproof_objective", function.address)


def user_pointer(function: NativeFunction) -> Any:
    """Return the user data as the C type that the library takes."""
    return ffi.cast("void *", function.user)


def native_gradient(function: NativeFunction, problem: Problem) -> Callable[[Any], Any]:
    """Return a native gradient as a function of x, in the structure of x."""

    def gradient(_: Any) -> Any:
        x, out = problem.x.copy(), np.full(problem.n, np.nan)
        call = function_pointer(function, problem)
        code = call(pointer(x), problem.n, pointer(out), user_pointer(function))
        if code:
            raise NativeError("gradient", code)
        return problem.layout.build(out)

    return gradient


class NativeEvaluator(Evaluator):
    """Lets the library call the function for a whole chunk; `rerun` says in Python what went wrong at x."""

    def __init__(
        self,
        objective: NativeFunction,
        problem: Problem,
        pace: Pace | None = None,
        bounds: Bounds | None = None,
        rerun: Callable[[], object] | None = None,
    ) -> None:
        super().__init__(problem, pace, bounds)
        self.objective = objective
        self._rerun = rerun
        self._function = function_pointer(objective, problem)
        self._user = user_pointer(objective)
        self._evaluate = self.function_of_library("gradproof_evaluate")
        self._point = np.empty(problem.n, problem.x.dtype)

    def at_x(self) -> float:
        """Return the objective at x; what it raises goes through."""
        from ..core.structs import PROBE_WORDS

        value = np.full(1, np.nan)
        code = self._answer(np.zeros((1, PROBE_WORDS), np.int64), value)
        if code and self._rerun is not None:
            self._rerun()
        if code:
            raise NativeError("objective", code)
        return float(value[0])

    def elsewhere(self, probes: Flat) -> Iterator[Flat]:
        """Yield the values of the objective at the points of the probes, some at a time; NaN for a code."""
        for part in self.pace.chunks(len(probes), CHUNK_ROWS):
            values = np.empty(part.stop - part.start)
            if self._answer(probes[part], values) == BAD_ARGUMENT:
                raise RuntimeError("the library refused a round of probes")
            yield values

    def _answer(self, probes: Flat, values: Flat) -> int:
        claimed, sizes = (ffi.NULL, ffi.NULL) if self.lines is None else self.lines.pointers
        changes = np.zeros(len(probes))
        code = int(
            self._evaluate(
                self._function,
                self._user,
                self._x,
                claimed,
                sizes,
                self.problem.n,
                pointer(probes, "gradproof_probe[]"),
                len(probes),
                pointer(values),
                pointer(changes),
                pointer(self._point),
            )
        )
        if self.lines is not None:
            self.lines.keep(probes, changes)
        return code
