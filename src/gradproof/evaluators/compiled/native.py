"""Evaluates C functions, without Python between two evaluations."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from ...core.records import codes
from ...library import ffi, pointer
from ...problem.bounds import Bounds
from ...problem.numbers import Flat, whole
from ...problem.point import Problem
from ...problem.probes import probes_at_x
from ...problem.structure import LARGE
from ..evaluator import Evaluator
from ..lines import Lines
from ..pace import Pace
from .addresses import function_address, user_address
from .threads import Threads, processors

CHUNK_ROWS = 4096
ALIGNED = 64


class NativeFunction(NamedTuple):
    """Addresses of a C function and its user data, objects that keep both alive, and how many threads may call it."""

    address: int
    user: int
    alive: tuple[Any, ...]
    threads: int | None = 1


class NativeError(RuntimeError):
    """Raised if a native function returns a code other than 0, which ends the call; `code` is that code."""

    def __init__(self, what: str, code: int) -> None:
        super().__init__(f"the native {what} returned the code {code} (0 is success)")
        self.code = code


def native(function: Any, user: Any = None, threads: int | None = 1) -> NativeFunction:
    """Mark an objective or a gradient as a C function.

    Parameters
    ----------
    function : function pointer
        ``int32_t f(const double *x, int64_t n, double *value, void *user)``, which returns 0 for success; a gradient
        writes n values.  If x is float32 it receives ``const float *x``.  Accepted are cffi function pointers, ctypes
        functions, what `numba.cfunc` returns, a SciPy `LowLevelCallable`, or an address as an integer.
    user : object, optional
        What the function receives as ``user``: None, an address, an array, or a cffi or ctypes pointer.
    threads : int or None, optional
        How many threads may call the objective at once, by default 1; None for one on each processor.  Use more than 1
        only for a reentrant function: one that writes to ``value`` only, not to ``user`` nor to static or global
        memory, and calls nothing that does.  Any other function would return wrong values now and then, so that a
        correct gradient would be called wrong.  The report does not depend on the number of threads.

    Returns
    -------
    NativeFunction
        To be passed to `check`, `study` and the other functions as the objective or the gradient.

    Raises
    ------
    TypeError, ValueError
        If an argument is invalid, for example a null pointer.

    Examples
    --------
    A C function can be loaded with ctypes or cffi; here one is made from Python:

    >>> import ctypes
    >>> import numpy as np
    >>> from gradproof import check, native
    >>> double_pointer = ctypes.POINTER(ctypes.c_double)
    >>> signature = ctypes.CFUNCTYPE(ctypes.c_int32, double_pointer, ctypes.c_int64, double_pointer, ctypes.c_void_p)
    >>> @signature
    ... def objective(x, n, value, user):
    ...     value[0] = sum(x[i] ** 2 for i in range(n))
    ...     return 0
    >>> check(native(objective), lambda x: 2 * x, np.array([1.0, 2.0, 3.0])).verdict
    'right'
    """
    address, context = function_address(function)
    data = user_address(user) if user is not None else context
    return NativeFunction(address, data, (function, user), _threads(threads))


def _threads(threads: Any) -> int | None:
    if threads is None:
        return None
    count = whole(threads, "threads must be an integer, or None for one per processor")
    if count < 1:
        raise ValueError(f"threads must be at least 1, not {threads}; None means one per processor")
    return count


def function_pointer(function: NativeFunction, problem: Problem) -> Any:
    """Return the function as a C pointer of the type for the arithmetic of x."""
    return ffi.cast("gradproof_objective_f32" if problem.is_float32 else "gradproof_objective", function.address)


def user_pointer(function: NativeFunction) -> Any:
    """Return the user data as a C pointer."""
    return ffi.cast("void *", function.user)


def native_gradient(function: NativeFunction, problem: Problem) -> Callable[[Any], Any]:
    """Return a native gradient as a Python function that returns the structure of x."""

    def gradient(_: Any) -> Any:
        x, out = problem.x.copy(), np.full(problem.n, np.nan)
        call = function_pointer(function, problem)
        code = call(pointer(x), problem.n, pointer(out), user_pointer(function))
        if code:
            raise NativeError("gradient", code)
        return problem.layout.build(out)

    return gradient


def _raise(code: int) -> None:
    """Raise what a code means: the objective ended the check, or returned what it must not."""
    if code > 0:
        raise NativeError("objective", code)
    if code:
        raise RuntimeError(codes.explain(code))


class NativeEvaluator(Evaluator):
    """Lets the library evaluate whole chunks; `rerun` repeats a failed call in Python, for its exception."""

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
        """Prepare for probes on long lines; for long vectors there is one point, which several threads move."""
        if self.problem.n >= LARGE:
            self.use_one_thread()
        return super().use_lines(claimed)

    def use_one_thread(self) -> None:
        """Work in the caller's thread only, because the caller runs several evaluators at once."""
        self._threads = Threads(1)
        self.pace.least = 1

    def close(self) -> None:
        """Stop whatever works in the background."""
        self._threads.close()
        super().close()

    def at_x(self) -> float:
        """Return the objective at x; its exceptions propagate."""
        value = np.full(1, np.nan)
        self._answer(probes_at_x(), value)
        if np.isnan(value[0]) and self._rerun is not None:
            self._rerun(self.problem.x.copy())
        return float(value[0])

    def elsewhere(self, probes: Flat) -> Iterator[Flat]:
        """Yield the values of the objective at the points of the probes, in chunks; NaN where it has none."""
        for part in self.pace.chunks(len(probes), 1 if self._has_one_point else CHUNK_ROWS):
            values = np.empty(part.stop - part.start)
            self._answer(probes[part], values)
            self._note_exceptions(probes[part], values)
            yield values

    def _note_exceptions(self, probes: Flat, values: Flat) -> None:
        """Note what the first point without a value raises in Python, counted for all such points of the chunk.

        Compiled code only signals that it raised; a C function has no exceptions.
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
        """Whether a single point moves along long lines, because there is no memory for more."""
        return self.lines is not None and self.problem.n >= LARGE

    def _answer(self, probes: Flat, values: Flat) -> None:
        """Write the values of probes; raise where the objective ends the check."""
        if self._has_one_point and self.lines is not None:
            self._at(self.lines.at(probes[0]), values)
            return
        changes = np.zeros(len(probes))
        _raise(self._by_library(probes, values, changes))
        if self.lines is not None:
            self.lines.keep(probes, changes)

    def _at(self, point: Flat, values: Flat) -> None:
        """Write the value at the point that moves along long lines."""
        code = int(self._function(pointer(point), self.problem.n, pointer(values), self._user))
        if code:
            values[0] = np.nan
        _raise(codes.code_of_callback(code))

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
        """Return the buffer of a thread, always aligned alike, so that vectorized sums keep their order."""
        if thread not in self._points:
            itemsize = self.problem.x.itemsize
            memory = np.empty(self.problem.n * itemsize + ALIGNED, np.uint8)
            start = -memory.ctypes.data % ALIGNED
            self._points[thread] = memory[start : start + self.problem.n * itemsize].view(self.problem.x.dtype)
        return self._points[thread]
