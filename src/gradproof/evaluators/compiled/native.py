"""Objectives in machine code: a C function pointer, called without Python between two evaluations."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from ...core.records.codes import BAD_ARGUMENT
from ...library import ffi, pointer
from ...problem.bounds import Bounds
from ...problem.numbers import Flat, whole
from ...problem.point import Problem
from ...problem.probes import probes_at_x
from ...problem.structure import LARGE
from ..evaluator import Evaluator
from ..lines import Lines
from ..pace import Pace
from .threads import Threads, processors

CHUNK_ROWS = 4096
ALIGNED = 64


class NativeFunction(NamedTuple):
    """The address of a C function, the address of its user data, what keeps both alive, and how many may call it."""

    address: int
    user: int
    alive: tuple[Any, ...]
    threads: int | None = 1


class NativeError(RuntimeError):
    """A native function handed back a code that is not zero; `code` is that code."""

    def __init__(self, what: str, code: int) -> None:
        super().__init__(f"the native {what} returned the code {code} at x (0 is success)")
        self.code = code


def native(function: Any, user: Any = None, threads: int | None = 1) -> NativeFunction:
    """Say that an objective or a gradient is a C function.

    Parameters
    ----------
    function
        `int32_t f(const double *x, int64_t n, double *value, void *user)`; a gradient writes n values.  A cffi function
        pointer, a ctypes function, what `numba.cfunc` returns, a SciPy `LowLevelCallable`, or an address.  Where x is
        float32 it gets `const float *x`.
    user
        What the function gets as `user`: None, an address, an array, or a cffi or ctypes pointer.
    threads
        How many threads may call an objective at once; None for one on each processor.  More than 1, the default, is
        for a function that may be called again while it runs: it writes to `value` alone, not to `user`, nor to static
        or global memory, and what it calls does so, either.  One that is not like that would give wrong values now and
        then, and its right gradient would be called wrong; nobody can see that from outside, so it must be said.  The
        report is the same for any number of threads.

    Returns
    -------
    NativeFunction
        What `check` takes as its objective or gradient.

    Raises
    ------
    TypeError, ValueError
        Where one of the arguments is not what it must be.
    """
    address, context = _address(function)
    data = _data(user) if user is not None else context
    return NativeFunction(address, data, (function, user), _threads(threads))


def _threads(threads: Any) -> int | None:
    if threads is None:
        return None
    count = whole(threads, "threads must be an integer, or None for one on each processor")
    if count < 1:
        raise ValueError(f"threads must be at least 1, not {threads}; None is one on each processor")
    return count


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
    """Lets the library call the function for a whole chunk; `rerun` says in Python what went wrong at a point."""

    def __init__(
        self,
        objective: NativeFunction,
        problem: Problem,
        pace: Pace | None = None,
        bounds: Bounds | None = None,
        rerun: Callable[[Flat], object] | None = None,
    ) -> None:
        super().__init__(problem, pace, bounds)
        self.objective = objective
        self._rerun = rerun
        self._function = function_pointer(objective, problem)
        self._user = user_pointer(objective)
        self._evaluate = self.function_of_library("gradproof_evaluate")
        self._threads = Threads(processors() if objective.threads is None else objective.threads)
        self.pace.least = self._threads.most
        self._points: dict[int, Flat] = {}

    def use_lines(self, claimed: Flat) -> Lines:
        """Get ready for probes on long lines; for long vectors one point must do, which several threads move."""
        if self.problem.n >= LARGE:
            self.use_one_thread()
        return super().use_lines(claimed)

    def use_one_thread(self) -> None:
        """Work in the caller's thread alone: others work beside it."""
        self._threads = Threads(1)
        self.pace.least = 1

    def close(self) -> None:
        """Let go of what works in the background."""
        self._threads.close()
        super().close()

    def at_x(self) -> float:
        """Return the objective at x; what it raises goes through."""
        value = np.full(1, np.nan)
        code = self._answer(probes_at_x(), value)
        if code and self._rerun is not None:
            self._rerun(self.problem.x.copy())
        if code:
            raise NativeError("objective", code)
        return float(value[0])

    def elsewhere(self, probes: Flat) -> Iterator[Flat]:
        """Yield the values of the objective at the points of the probes, some at a time; NaN for a code."""
        for part in self.pace.chunks(len(probes), 1 if self._has_one_point else CHUNK_ROWS):
            values = np.empty(part.stop - part.start)
            if self._answer(probes[part], values) == BAD_ARGUMENT and not self._has_one_point:
                raise RuntimeError("the library refused a round of probes")
            self._see_exceptions(probes[part], values)
            yield values

    def _see_exceptions(self, probes: Flat, values: Flat) -> None:
        """Note what is raised at the first point of a chunk that has no value, and that it was so at all of them.

        Machine code that raises says only that it does; a C function has no exceptions.
        """
        missing = np.flatnonzero(np.isnan(values))
        if self._rerun is None or not missing.size:
            return
        first = probes[missing[0] : missing[0] + 1]
        point = self.points(first)[0] if self.lines is None or not self._has_one_point else self.lines.at(first[0])
        try:
            with np.errstate(all="ignore"):
                self._rerun(point)
        except Exception as error:
            self.problem.raised.note(error, missing.size)
        if self._has_one_point and self.lines is not None:
            self.lines.forget_point()

    @property
    def _has_one_point(self) -> bool:
        """Whether one point moves along long lines: there is no memory for more, and several threads move it."""
        return self.lines is not None and self.problem.n >= LARGE

    def _answer(self, probes: Flat, values: Flat) -> int:
        """Write the values of probes; return the code of the library, or that of the objective at x."""
        if self.lines is None:
            return self._by_library(probes, values, np.zeros(len(probes)))
        if self._has_one_point:
            return self._at(self.lines.at(probes[0]), values)
        changes = np.zeros(len(probes))
        code = self._by_library(probes, values, changes)
        self.lines.keep(probes, changes)
        return code

    def _at(self, point: Flat, values: Flat) -> int:
        """Write the value at the point that moves along long lines."""
        code = int(self._function(pointer(point), self.problem.n, pointer(values), self._user))
        if code:
            values[0] = np.nan
        return code

    def _by_library(self, probes: Flat, values: Flat, changes: Flat) -> int:
        claimed, sizes = (ffi.NULL, ffi.NULL) if self.lines is None else self.lines.pointers

        def work(thread: int, rows: slice) -> int:
            return int(
                self._evaluate(
                    self._function,
                    self._user,
                    self._x,
                    claimed,
                    sizes,
                    self.problem.n,
                    pointer(probes[rows], "gradproof_probe[]"),
                    rows.stop - rows.start,
                    pointer(values[rows]),
                    pointer(changes[rows]),
                    pointer(self._point_of(thread)),
                )
            )

        return self._threads.run(work, len(probes))

    def _point_of(self, thread: int) -> Flat:
        """Return the work memory of a thread: at the same place in a line of cache, lest sums take another order."""
        if thread not in self._points:
            itemsize = self.problem.x.itemsize
            memory = np.empty(self.problem.n * itemsize + ALIGNED, np.uint8)
            start = -memory.ctypes.data % ALIGNED
            self._points[thread] = memory[start : start + self.problem.n * itemsize].view(self.problem.x.dtype)
        return self._points[thread]
