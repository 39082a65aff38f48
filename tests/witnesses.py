"""The three ways in which a core function runs, behind one way of calling.

Arguments are NumPy arrays for pointers (None for NULL), numbers, and for objectives Python callables
`f(x, n, value, user) -> code`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from gradproof.core.records.abi import Meaning, all_signatures
from gradproof.library import LIBRARY, JustInTime, ffi

SIGNATURES = {signature.symbol: signature for signature in all_signatures()}
ELEMENTS = {"gradproof_objective": np.float64, "gradproof_objective_f32": np.float32}


class PlainPython:
    """The core as the plain Python that it is."""

    name = "plain"

    def __call__(self, symbol: str, *arguments: Any) -> Any:
        signature = SIGNATURES[symbol]
        words = [
            np.uint64(argument) if meaning.element == "uint64" else argument
            for (_, meaning), argument in zip(signature.parameters, arguments, strict=True)
        ]
        # C divides by zero and overflows without a word.
        with np.errstate(all="ignore"):
            return signature.function(*words)


class Native:
    """Functions behind cffi: those of the library, or those that Numba compiles."""

    def __init__(self, name: str, functions: Any) -> None:
        self.name = name
        self._functions = functions

    def __call__(self, symbol: str, *arguments: Any) -> Any:
        signature = SIGNATURES[symbol]
        parameters = [meaning for _, meaning in signature.parameters]
        words = [_c_argument(meaning, value) for meaning, value in zip(parameters, arguments, strict=True)]
        result = getattr(self._functions, symbol)(*words)
        if symbol == "gradproof_begin" and result != ffi.NULL:
            size = self("gradproof_engine_size", arguments[2])
            return np.frombuffer(ffi.buffer(ffi.cast("int64_t *", result), 8 * size), np.int64)
        return None if result is None or result == ffi.NULL else result


def _c_argument(meaning: Meaning, value: Any) -> Any:
    if meaning.c in ELEMENTS:
        return ffi.NULL if value is None else _c_objective(meaning.c, value)
    if meaning.pointer or meaning.element == "address":
        return ffi.NULL if value is None else ffi.cast(meaning.c, ffi.from_buffer(value))
    return value


def _c_objective(c_type: str, objective: Callable[..., int]) -> Any:
    element = ELEMENTS[c_type]

    def call(x: Any, n: int, value: Any, user: Any) -> int:
        point = np.frombuffer(ffi.buffer(x, n * np.dtype(element).itemsize), element)
        return objective(point, n, np.frombuffer(ffi.buffer(value, 8)), None)

    return ffi.callback(c_type, call)


def witnesses() -> list[Any]:
    """Return the witnesses that this installation has; plain Python comes first."""
    found: list[Any] = [PlainPython(), Native("jit", JustInTime())]
    if LIBRARY.exists():
        found.append(Native("library", ffi.dlopen(str(LIBRARY))))
    return found


def bits(value: Any) -> bytes:
    """Return what must be the same from every witness; one NaN is as good as another."""
    if not isinstance(value, np.ndarray):
        return repr(value if value is None else float(value)).encode()
    words = value.copy()
    reals = words.view(np.float32 if words.itemsize == 4 else np.float64)
    reals[np.isnan(reals)] = np.nan
    return words.tobytes()
