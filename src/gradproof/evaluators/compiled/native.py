"""Evaluates C functions, without Python between two evaluations."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from ...core.records import codes
from ...engine import Engine
from ...library import doubles, ffi, pointer, records_of_probes
from ...problem.bounds import Bounds
from ...problem.numbers import Flat, has_nan
from ...problem.point import Problem
from ...problem.probes import probes_at_x
from ...problem.structure import LARGE
from ..evaluator import Evaluator, Keep
from ..lines import Lines
from ..objectives import NativeFunction
from ..pace import Pace
from .addresses import function_address, user_address
from .functions import c_function, tried_calls
from .library_rounds import LONGEST, LibraryRounds
from .prototypes import GRADIENT, read_prototype
from .threads import WORTH_STARTING, Threads, asked_for, processors

CHUNK_ROWS = 4096
ALIGNED = 64
NULL = ffi.NULL
NO_LINES = NULL, NULL


def native(
    function: Any, user: Any = None, threads: int | None = 1, signature: str | None = None, trial: bool = True
) -> NativeFunction:
    """Mark an objective or a gradient as a C function.

    Parameters
    ----------
    function : function pointer
        ``int32_t f(const double *x, int64_t n, double *value, void *user)``, which returns 0 for success,
        ``GRADPROOF_OUTSIDE`` (-100) where it has no value, or a code above 0, which ends the check: with a
        `RuntimeError` that has it as ``code``.  A gradient writes n values.  If x is float32 the function receives
        ``const float *x``.  Accepted are cffi function pointers, ctypes functions, what `numba.cfunc` returns, a SciPy
        `LowLevelCallable`, or an address as an integer.
    user : object, optional
        What the function receives as ``user``: None, an address, an array, or a cffi or ctypes pointer.
    threads : int or None, optional
        How many threads may call the objective at once, by default 1; None for one on each processor.  Use more than 1
        only for a reentrant function: one that writes to ``value`` only, not to ``user`` nor to static or global
        memory, and calls nothing that does.  Any other function would return wrong values now and then, so that a
        correct gradient would be called wrong.  The report does not depend on the number of threads.
    signature : str, optional
        The prototype of a function that has another one, as a line of C: ``double f(const double *x)``, ``double f(int
        n, const double *x)``, ``double f(const double *x, int n)``; for a gradient ``void g(const double *x, double
        *out)``, and the same with n.  ``float`` may stand for ``double`` (``float *x`` is for an x in float32), any
        integer type for ``int``, and a pointer to one as in Fortran; ``void *user`` receives `user`; names and
        ``const`` may be left out.  A function that returns f and also has an array for the gradient, as in NLopt,
        serves as both; for f that array is NULL.  Where cffi, ctypes (``argtypes``), Numba or SciPy know such a
        prototype, it is taken from there.
    trial : bool, optional
        By default the first call of a function is made in a child process (see Notes); False leaves it out.

    Returns
    -------
    NativeFunction
        To be passed to `check`, `study` and the other functions as the objective or the gradient.

    Raises
    ------
    TypeError, ValueError
        If an argument is invalid, for example a null pointer, or a signature that is not known.

    Notes
    -----
    The first call is made in a copy of this process (fork), so that a function with another prototype ends in a
    `RuntimeError` that says which one is expected, not in a crash of Python; likewise one that calls ``exit``, sets no
    value, or has not returned after a minute.  It takes a few milliseconds more than the call itself: one call besides
    the many of a check.  What it changes in memory or prints is lost; a file that it writes, it writes once more.  A
    function that does not work in such a copy, as it uses a GPU or MPI, needs ``trial=False``.  A call that hangs there
    because threads are not copied counts as no trial; on Windows and macOS there is none.

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
    from .declared import declared_prototype

    prototype = declared_prototype(function) if signature is None else read_prototype(signature)
    tried = tried_calls(function) if trial else None
    return NativeFunction(address, data, (function, user), asked_for(threads), prototype, tried)


def native_gradient(function: NativeFunction, problem: Problem) -> Callable[[Any], Any]:
    """Return a native gradient as a Python function that returns the structure of x."""
    problem = problem.whole

    def gradient(_: Any) -> Any:
        call = c_function(function, problem, GRADIENT)
        x, out = problem.x.copy(), np.full(problem.n, np.nan, call.writes)
        code = call.pointer(pointer(x), problem.n, ffi.cast("double *", pointer(out)), call.user)
        if code:
            raise call.ended(code)
        return problem.layout.build(np.asarray(out, np.float64))

    return gradient


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
        self._call = c_function(objective, problem)
        self._threads = Threads(processors() if objective.threads is None else objective.threads)
        self.pace.least = self._threads.most
        # By the number of a thread: the point that moves, for C, and its memory.
        self._points: dict[int, tuple[Any, Any]] = {}
        self._library_rounds: LibraryRounds | None = None

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

    def evaluate(self, probes: Flat) -> Flat:
        """Return the values of a round, in the order of its probes: x is one of the points, most rounds one call."""
        if self.bounds is not None or (self.lines is not None and self._has_one_point):
            return super().evaluate(probes)
        self._done = 0
        count, start = len(probes), 0
        values = self._round = np.empty(count)
        while start < count:
            stop = self.pace.begun(start, count, CHUNK_ROWS)
            # Most chunks are whole rounds.
            here, there = (probes, values) if stop - start == count else (probes[start:stop], values[start:stop])
            self._answer(here, there)
            self._note_exceptions(here, there)
            self._done = stop
            self.pace.ended(stop - start)
            start = stop
        return values

    @property
    def runs(self) -> bool:
        """Whether `run` can go through rounds: along coordinates, in double, with nothing to look at in between."""
        watched = self.bounds is not None or self.lines is not None or self.pace.watched or self.problem.watch.borrowed
        return not (watched or self.problem.is_float32)

    def run(self, engine: Engine, keep: Keep) -> bool:
        """Go through rounds that are short, and not worth several threads; return whether there are more."""
        self._done = 0
        if self._library_rounds is None:
            longest = LONGEST if self._threads.most == 1 else WORTH_STARTING
            self._library_rounds = LibraryRounds(self.objective, self.problem.n, longest)
        rounds = self._library_rounds
        noted = keep if self._rerun is None else functools.partial(self._kept_and_noted, keep)
        code, more = rounds.run(engine, self._call, self._point(0), noted)
        if more:
            self._threads.seconds = rounds.seconds
            self.pace.known(rounds.seconds)
        if code:
            raise self._call.ended(code, "the check")
        return more

    def _kept_and_noted(self, keep: Keep, probes: Flat, values: Flat) -> None:
        keep(probes, values)
        self._note_exceptions(probes, values)

    def elsewhere(self, probes: Flat) -> Iterator[Flat]:
        """Yield the values of the objective at the points of the probes, in chunks; NaN where it has none."""
        for part in self.pace.chunks(len(probes), 1 if self._has_one_point else CHUNK_ROWS):
            here, values = probes[part], np.empty(part.stop - part.start)
            self._answer(here, values)
            self._note_exceptions(here, values)
            yield values

    def _note_exceptions(self, probes: Flat, values: Flat) -> None:
        """Note what the first point without a value raises in Python, counted for all such points of the chunk.

        Compiled code only signals that it raised; a C function has no exceptions.
        """
        rerun = self._rerun
        if rerun is None or not has_nan(values):
            return
        missing = np.isnan(values).nonzero()[0]
        at_x = probes["start"][missing] == probes["stop"][missing]
        if at_x.any():
            rerun(self.problem.x.copy())
            missing = missing[~at_x]
            if not missing.size:
                return
        first = probes[missing[0] : missing[0] + 1]
        point = self.points(first)[0] if self.lines is None or not self._has_one_point else self.lines.at(first[0])
        try:
            with np.errstate(all="ignore"):
                rerun(point)
        except Exception as error:
            self.problem.note_raised(error, first[0], missing.size)
        if self._has_one_point and self.lines is not None:
            self.lines.forget_point()

    @property
    def _has_one_point(self) -> bool:
        """Whether a single point moves along long lines, because there is no memory for more."""
        return self.lines is not None and self.problem.n >= LARGE

    def _answer(self, probes: Flat, values: Flat) -> None:
        """Write the values of probes; raise where the objective ends the check."""
        lines, share = self.lines, self._in_one_thread if self._threads.most == 1 else self._in_threads
        if lines is None:
            code = share(probes, values)
        elif self._has_one_point:
            self._at(lines.at(probes[0]), values)
            return
        else:
            changes = np.zeros(len(probes))
            code = share(probes, values, changes)
            lines.keep(probes, changes)
        if code:
            raise self._call.ended(code, "the check")

    def _at(self, point: Flat, values: Flat) -> None:
        """Write the value at the point that moves along long lines."""
        code = int(self._call.pointer(pointer(point), self.problem.n, pointer(values), self._call.user))
        if code:
            values[0] = np.nan
        if codes.code_of_callback(code):
            raise self._call.ended(code, "the check")

    def _in_threads(self, probes: Flat, values: Flat, changes: Flat | None = None) -> int:
        def work(thread: int, rows: slice) -> int:
            predicted = None if changes is None else changes[rows]
            return self._in_one_thread(probes[rows], values[rows], predicted, thread)

        return self._threads.run(work, len(probes))

    def _in_one_thread(self, probes: Flat, values: Flat, changes: Flat | None = None, thread: int = 0) -> int:
        point = self._point(thread)
        claimed, sizes = NO_LINES if self.lines is None else self.lines.pointers
        asked, to, predicted = records_of_probes(probes), doubles(values), NULL if changes is None else doubles(changes)
        called, x, n, evaluate = self._call, self._x, self.problem.n, self.function_of_library("gradproof_evaluate")
        # One argument after the other: to unpack some of them takes as long as to make their pointers.
        f, user, count = called.pointer, called.user, len(probes)
        code: int = evaluate(f, user, x, claimed, sizes, n, asked, count, to, predicted, point)
        return code

    def _point(self, thread: int) -> Any:
        """Return a pointer to the buffer of a thread, aligned alike, so that vectorized sums keep their order."""
        if thread in self._points:
            return self._points[thread][0]
        each = self.problem.x.itemsize
        memory = ffi.new(f"{self._call.real}[]", self.problem.n + ALIGNED // each)
        point = memory + -int(ffi.cast("uintptr_t", memory)) % ALIGNED // each
        self._points[thread] = point, memory
        return point
