"""C functions as the library calls them: their pointers, adapted where their prototype is another, and tried once."""

from __future__ import annotations

import contextlib
import weakref
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from ...core.records.codes import OUTSIDE
from ...library import ffi, pointer
from ...problem.numbers import Flat
from ...problem.point import Problem
from ..evaluator import EndedError
from ..objectives import NativeFunction, TrialCalls
from .prototypes import GRADIENT, OBJECTIVE, Prototype, expected

# What the memory for values holds before the first call: no arithmetic results in this NaN.
UNTOUCHED = 0x7FF85EED5EED5EED
# Values that are watched at the beginning and behind the end, and the most behind the first one of an objective.
WATCHED = 64
MOST = 1 << 12
TYPES: dict[str, Any] = {"double": np.float64, "float": np.float32}


class NativeError(EndedError):
    """Raised if a native function fails; `code` is the code that it returned, or None if it did not return."""

    def __init__(self, message: str, code: int | None = None) -> None:
        super().__init__(message)
        self.code = code


# By identity, because functions of ctypes have no hash; a reference forgets its function when that is gone.
_tried: dict[int, tuple[weakref.ref[Any], TrialCalls]] = {}


def tried_calls(function: Any) -> TrialCalls:
    """Return the calls of a function object, none yet for one that cannot be remembered, such as an address.

    Whoever checks one function many times waits once.  Some functions cannot be called in a child any more once they
    were called here, as they have threads of their own by then.
    """
    key = id(function)
    reference, tried = _tried.get(key, (None, TrialCalls()))
    if reference is not None and reference() is function:
        return tried
    tried = TrialCalls()
    with contextlib.suppress(TypeError):
        _tried[key] = weakref.ref(function, lambda _: _tried.pop(key, None)), tried
    return tried


class CFunction(NamedTuple):
    """A function pointer and its user data, both for C, what a gradient writes, and what keeps everything alive."""

    pointer: Any
    user: Any
    writes: Any
    role: str
    function: NativeFunction
    real: str
    alive: Any = None

    @property
    def call(self) -> tuple[object, ...]:
        """What makes it another call: in another arithmetic, by another prototype, with other data."""
        return self.role, self.real, self.function.prototype, self.function.user

    def ended(self, code: int, what: str = "") -> NativeError:
        """Return the error for a code that the function must not return, or by which it ended what was under way."""
        hint = "" if self.function.tried is None else self.function.tried.calls.get(self.call, "")
        ending = f", which ended {what}" if what else ""
        if code > 0 or self.role == GRADIENT:
            return NativeError(f"the native {self.role} returned the code {code}{ending} (0 is success){hint}", code)
        return NativeError(
            f"the native {self.role} returned a code below 0{ending} (0 is success, a code above 0 ends the call, "
            f"GRADPROOF_OUTSIDE, {OUTSIDE}, is for a point where it has no value){hint}",
            code,
        )


def c_function(function: NativeFunction, problem: Problem, role: str = OBJECTIVE) -> CFunction:
    """Return a native function as C can call it with the x of a problem, after a first call in a child process."""
    real = "float" if problem.is_float32 else "double"
    known = function.called.get((role, real))
    if known is not None and (function.prototype is None or problem.n <= function.prototype.longest):
        address, user, writes, words = known
        return CFunction(address, user, writes, role, function, real, words)
    found = _called_first(function, problem, role, real)
    # Without the function itself, which would then be freed late, and its data with it.
    function.called[role, real] = found.pointer, found.user, found.writes, found.alive
    return found


def _called_first(function: NativeFunction, problem: Problem, role: str, real: str) -> CFunction:
    kind = "gradproof_objective_f32" if problem.is_float32 else "gradproof_objective"
    address, user, writes, words = function.address, function.user, "double", None
    if function.prototype is not None:
        _require_fit(function.prototype, problem, role)
        if not function.prototype.is_own:
            # Imported on use: most C functions have the library's own prototype.
            from .adapters import adapter

            words = ffi.new("uint64_t[2]", [function.address, function.user])
            address, user = adapter(function.prototype, role).address, words
            writes = function.prototype.output if role == GRADIENT else "double"
    found = CFunction(ffi.cast(kind, address), ffi.cast("void *", user), TYPES[writes], role, function, real, words)
    if function.tried is not None and found.call not in function.tried.calls:
        _try(found, problem, function.tried)
    return found


def _require_fit(prototype: Prototype, problem: Problem, role: str) -> None:
    """Refuse a prototype that cannot serve: as a gradient, in this arithmetic, for as many coordinates."""
    if role == GRADIENT and not prototype.output:
        raise TypeError(
            f"{prototype.text} cannot be the gradient, because it has no array to write to, as in "
            "void g(const double *x, double *out)"
        )
    real = "float" if problem.is_float32 else "double"
    if prototype.reals != real:
        other = "float32" if problem.is_float32 else "float64"
        wanted = "numpy.float64" if problem.is_float32 else "numpy.float32"
        raise TypeError(
            f"the native {role} takes {prototype.reals} *x, but x is {other}: pass x.astype({wanted}), or a signature "
            f"with {real} *x"
        )
    if problem.n > prototype.longest:
        raise ValueError(f"x has {problem.n:,} coordinates, more than the n of {prototype.text} can hold")


def _try(found: CFunction, problem: Problem, tried: TrialCalls) -> None:
    """Make the first call in a child process; raise a `NativeError` if it is not that of such a function."""
    # Imported on use: most checks have no C function.
    from . import child

    if not child.POSSIBLE:
        return
    with tried.lock:
        if found.call not in tried.calls:
            tried.calls[found.call], code = _first_call(found, problem)
            # The next call could go another way where the function is not what it is taken for.
            if code not in (0, OUTSIDE):
                raise found.ended(code, "" if found.role == GRADIENT else "the check")


def _first_call(found: CFunction, problem: Problem) -> tuple[str, int]:
    """Make the call, and raise a `NativeError` for what it does; return a hint for the error of its code, and that."""
    from . import child

    size = np.dtype(found.writes).itemsize
    room = WATCHED + (problem.n if found.role == GRADIENT else min(problem.n, MOST))
    try:
        memory = child.shared(size * room)
    except OSError:  # there is not so much memory
        return "", 0
    values = np.frombuffer(memory, found.writes, offset=child.HEAD)
    ends = [values[:WATCHED], values[-WATCHED:]]
    for part in ends:
        _blank(part)
    before = [part.tobytes() for part in ends]
    ending = child.call_in_child(_call(found, problem, values), memory)
    if ending is None:
        return "", 0
    if ending.code is None:
        said = f' (it wrote: "{ending.written}")' if ending.written else ""
        time = " If it takes that long, pass trial=False (--no-trial)." if "returned" in ending.what else ""
        raise NativeError(f"the native {found.role} {ending.what} at the first call: {_question(found)}{time}{said}")
    first, behind = (_changed(part, old) for part, old in zip(ends, before, strict=True))
    return _judged(found, problem.n, ending.code, first, behind), ending.code


def _call(found: CFunction, problem: Problem, values: Flat) -> Callable[[], int]:
    x, n, user = pointer(problem.x), problem.n, found.user
    output = ffi.cast("double *", ffi.from_buffer(values))
    function = found.pointer
    return lambda: int(function(x, n, output, user))


def _blank(part: Flat) -> None:
    words = part.view(np.uint8)
    words[:] = np.resize(np.array([UNTOUCHED], np.uint64).view(np.uint8), words.size)


def _changed(part: Flat, before: bytes) -> Flat:
    """Return which bytes of each value have changed, one row for each value."""
    now, old = (np.frombuffer(memory, np.uint8).reshape(len(part), -1) for memory in (part.tobytes(), before))
    return np.asarray(now != old)


def _judged(found: CFunction, n: int, code: int, first: Flat, behind: Flat) -> str:
    """Raise a `NativeError` for what was written where, if it is not what such a function writes."""
    written = np.asarray(first.any(axis=1))
    is_gradient = found.role == GRADIENT
    value = "values" if is_gradient else "value"
    at_first = "at the first call"
    question = _question(found)
    if not written[: n if is_gradient else 1].any():
        if code == OUTSIDE and not is_gradient:
            return ""
        if code:
            return f" and set no {value}: {question}"
        raise NativeError(f"the native {found.role} returned 0 but set no {value} {at_first}: {question}", 0)
    if not is_gradient and not first[0, 4:].any():
        raise NativeError(f"the native objective wrote 4 of the 8 bytes of its value {at_first}: {question}", code)
    if not is_gradient and written[1:].any():
        count = int(np.flatnonzero(written)[-1]) + 1
        raise NativeError(f"the native objective wrote {count} values {at_first}, as a gradient does", code)
    if is_gradient and behind.any():
        raise NativeError(f"the native gradient wrote behind the end of its {n:,} values {at_first}", code)
    return f", although it set its {value}: {question}" if code else ""


def _question(found: CFunction) -> str:
    """Ask for the prototype that the function was called by."""
    given = found.function.prototype
    if given is not None and not given.is_own:
        return f"is it {given.text}?"
    return f"is it {expected(found.role, found.real)}? Another prototype is given as signature."
