"""The three ways in which a core function runs, behind one way of calling.

Arguments are NumPy arrays or records for pointers (None for NULL), numbers, and for objectives Python callables
`f(x, n, value, user) -> code`.
"""

from __future__ import annotations

import ctypes
import weakref
from collections.abc import Callable
from typing import Any

import numpy as np

from gradproof.commands.installed.installation import LIBRARY
from gradproof.core.records import border
from gradproof.core.records.abi import Meaning, all_signatures
from gradproof.core.records.engine import Engine
from gradproof.interpreted.exported import JustInTime
from gradproof.library import ffi

SIGNATURES = {signature.symbol: signature for signature in all_signatures()}
ELEMENTS = {"gradproof_objective": np.float64, "gradproof_objective_f32": np.float32}
OWNED = ("gradproof_begin", "gradproof_resume")
ONE = {"engine": Engine, "options": border.Options, "report": border.Report}
MANY = {"probes": border.Probe, "findings": border.Finding, "rungs": border.Rung}


# What C has been given addresses of, as long as it has them.
ALIVE: weakref.WeakKeyDictionary[Any, list[Any]] = weakref.WeakKeyDictionary()


def records(kind: Any, count: int) -> Any:
    """An array of so many records, all zero but for their size."""
    out = np.zeros(count, np.dtype(kind))
    if "size" in kind.kinds:
        out["size"] = ctypes.sizeof(kind)
    return out


def new_report() -> Any:
    """A report, all zero but for its size."""
    report: Any = border.Report()
    report.size = ctypes.sizeof(border.Report)
    return report


def as_probes(*probes: Any) -> Any:
    """Probes as the library takes them; of named tuples whose fields are some of theirs."""
    out = records(border.Probe, len(probes))
    for row, probe in zip(out, probes, strict=True):
        for name, value in probe._asdict().items():
            row[name] = signed(value) if name == "seed" else value
    return out


def in_c(objective: Callable[[Any], float]) -> Callable[..., int]:
    """An objective of a copy of the point, as C has it."""

    def function(point: Any, n: int, value: Any, user: Any) -> int:
        value[0] = objective(np.array(point[:n]))
        return 0

    return function


def twin_of(x: Any) -> str:
    """What the name of a function ends in that takes vectors like x."""
    return "_f32" if x.dtype == np.float32 else ""


def sizes_of(witness: Any, x: Any) -> Any:
    """The typical sizes of x, window by window."""
    sizes = np.full(-(-x.size // 1024), -1.0)
    assert witness(f"gradproof_windows{twin_of(x)}", x, x.size, sizes) == 0
    return sizes


def signed(seed: int) -> int:
    """A seed of 64 bits as the core has it: as an integer with a sign."""
    return seed - 2**64 if seed >= 2**63 else seed


class PlainPython:
    """The core as the plain Python that it is."""

    name = "plain"

    def __init__(self) -> None:
        self._kept: list[Any] = []

    def __call__(self, symbol: str, *arguments: Any) -> Any:
        signature = SIGNATURES[symbol]
        words = [
            _plain_argument(meaning, argument)
            for (_, meaning), argument in zip(signature.parameters, arguments, strict=True)
        ]
        # C divides by zero and overflows without a word.
        with np.errstate(all="ignore"):
            result = signature.function(*words)
        return self._memory(result) if symbol.startswith(OWNED) else result

    def _memory(self, engine: Any) -> Any:
        if engine is None:
            return None
        size = engine.words
        words = np.frombuffer((ctypes.c_int64 * size).from_address(ctypes.addressof(engine)), np.int64)
        self._kept.append(engine)
        return words


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
        if symbol.startswith(OWNED) and result != ffi.NULL:
            size = ffi.cast("int64_t *", result)[2]
            return np.frombuffer(ffi.buffer(ffi.cast("int64_t *", result), 8 * size), np.int64)
        return None if result is None or result == ffi.NULL else result


def _plain_argument(meaning: Meaning, value: Any) -> Any:
    if meaning.element == "uint64":
        return np.uint64(value)
    if value is None or isinstance(value, ctypes.Structure):
        return value
    if meaning.element in ONE:
        return ONE[meaning.element].from_buffer(value)
    if meaning.element in MANY:
        kind = MANY[meaning.element]
        return (kind * (value.nbytes // ctypes.sizeof(kind))).from_buffer(value)
    return value


def _c_argument(meaning: Meaning, value: Any) -> Any:
    if meaning.c in ELEMENTS:
        return ffi.NULL if value is None else _c_objective(meaning.c, value)
    if meaning.c == "const gradproof_options *" and isinstance(value, border.Options):
        return _c_options(value)
    if meaning.pointer or meaning.element == "address":
        return ffi.NULL if value is None else ffi.cast(meaning.c, ffi.from_buffer(value))
    return value


def _c_options(options: Any) -> Any:
    """Options with the addresses that C takes, in place of the objects that plain Python takes."""
    out = ffi.new("gradproof_options *")
    ffi.buffer(out)[:] = bytes(options)
    kept: list[Any] = []
    for name in options.addresses:
        value = getattr(options, name)
        field = dict(ffi.typeof("gradproof_options").fields)[name].type
        if isinstance(value, np.ndarray):
            kept.append(ffi.from_buffer(value))
            setattr(out, name, ffi.cast(field, kept[-1]))
        elif isinstance(value, list):
            texts = [ffi.NULL if text is None else ffi.new("char[]", text) for text in value]
            kept += [texts, ffi.new("char *[]", texts)]
            setattr(out, name, kept[-1])
        elif callable(value):
            kept.append(ffi.callback(field, value))
            setattr(out, name, kept[-1])
        else:
            setattr(out, name, ffi.NULL)
    ALIVE[out] = kept
    return out


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
    if isinstance(value, ctypes.Structure):
        value = np.frombuffer(value, np.int64)
    if isinstance(value, np.ndarray) and value.dtype.names:
        value = value.view(np.int64)
    if not isinstance(value, np.ndarray):
        return repr(value if value is None else float(value)).encode()
    words = value.copy()
    reals = words.view(np.float32 if words.itemsize == 4 else np.float64)
    reals[np.isnan(reals)] = np.nan
    return words.tobytes()
