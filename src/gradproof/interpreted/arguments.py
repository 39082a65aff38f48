"""What cffi hands to a function of C, as the same function in plain Python takes it: on the same memory."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any

import numpy as np

from .._declarations import ffi
from ..core.records import border
from ..core.records.abi import Meaning
from ..core.records.engine import Engine

# As in C, a pointer does not know how far its memory reaches.
ENDLESS = 1 << 40
ELEMENTS: dict[str, tuple[Any, Any]] = {
    "float64": (ctypes.c_double * ENDLESS, np.float64),
    "float32": (ctypes.c_float * ENDLESS, np.float32),
    "int64": (ctypes.c_int64 * ENDLESS, np.int64),
    "int32": (ctypes.c_int32 * ENDLESS, np.int32),
    "uint8": (ctypes.c_uint8 * ENDLESS, np.uint8),
}
RECORDS: dict[str, Any] = {"engine": Engine, "report": border.Report}
ARRAYS: dict[str, Any] = {"probes": border.Probe, "findings": border.Finding, "rungs": border.Rung}
NUMBERS: dict[str, Callable[[Any], Any]] = {"uint64": np.uint64, "float64": float}


def address_of(pointer: Any) -> int:
    """Return the address that a pointer of cffi holds; 0 where it is NULL."""
    return int(ffi.cast("uintptr_t", pointer))


def reader(meaning: Meaning) -> Callable[[Any], Any]:
    """Return what makes an argument of plain Python of an argument for C."""
    if meaning.c.startswith("gradproof_objective"):
        return _objective
    if meaning.element == "address":
        return lambda user: user
    if not meaning.pointer:
        return NUMBERS.get(meaning.element, int)
    if meaning.element == "options":
        return _options
    if meaning.element in RECORDS:
        return _or_none(RECORDS[meaning.element].from_address)
    if meaning.element in ARRAYS:
        kind = ctypes.POINTER(ARRAYS[meaning.element])
        return _or_none(lambda address: ctypes.cast(address, kind))
    return _or_none(_vector_at(meaning.element))


def _or_none(found: Callable[[int], Any]) -> Callable[[Any], Any]:
    return lambda pointer: found(address) if (address := address_of(pointer)) else None


def _vector_at(element: str) -> Callable[[int], Any]:
    kind, dtype = ELEMENTS[element]
    return lambda address: np.frombuffer(kind.from_address(address), dtype)


def _objective(function: Any) -> Callable[..., int] | None:
    """Return an objective that takes arrays: a function pointer of cffi does not."""
    if function == ffi.NULL:
        return None
    x_type, _, value_type, _ = ffi.typeof(function).args

    def call(x: Any, n: int, value: Any, user: Any) -> int:
        where = ffi.cast(x_type, x.ctypes.data), int(n), ffi.cast(value_type, value.ctypes.data)
        return int(function(*where, user))

    return call


def _options(pointer: Any) -> Any:
    """Return options whose addresses lead to arrays; a check in rounds takes none but those of the blocks."""
    if not address_of(pointer):
        return None
    taken: Any = border.Options()
    for name in border.Options.kinds:  # type: ignore[attr-defined]
        if name not in border.Options.addresses:  # type: ignore[attr-defined]
            setattr(taken, name, getattr(pointer, name))
    taken.borders = _or_none(_vector_at("int64"))(pointer.borders)
    for name in ("lower", "upper", "names", "progress", "progress_user"):
        setattr(taken, name, None)
    return taken
