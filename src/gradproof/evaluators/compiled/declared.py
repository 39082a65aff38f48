"""What the library that a function pointer comes from knows of its prototype."""

from __future__ import annotations

import ctypes
from typing import Any

from ...library import ffi
from .prototypes import Prototype, read_prototype

NAMES = {None: "void", ctypes.c_void_p: "void *", ctypes.c_double: "double", ctypes.c_float: "float"}


def declared_prototype(function: Any) -> Prototype | None:
    """Return the prototype by which a function was declared; None if there is none, or not one that is accepted."""
    try:
        text = _text(function)
        return None if text is None else read_prototype(text)
    except (ValueError, TypeError, AttributeError):
        return None


def _text(function: Any) -> str | None:
    if isinstance(function, tuple):  # a LowLevelCallable of SciPy
        return str(function.signature)  # type: ignore[attr-defined]
    if isinstance(function, ffi.CData):
        return str(ffi.typeof(function).cname)
    if not isinstance(function, ctypes._CFuncPtr):  # type: ignore[attr-defined]
        function = function.ctypes  # of a cfunc of Numba
    if function.argtypes is None:
        return None
    parameters = ", ".join(map(_type, function.argtypes))
    return f"{_type(function.restype)} f({parameters})"


def _type(kind: Any) -> str:
    if kind in NAMES:
        return NAMES[kind]
    if issubclass(kind, ctypes._Pointer):
        return f"{_type(kind._type_)} *"
    if issubclass(kind, ctypes._SimpleCData) and kind._type_ in "iIlLqQ":
        return f"int{8 * ctypes.sizeof(kind)}_t"
    raise TypeError(f"{kind} is no type of such a prototype")
