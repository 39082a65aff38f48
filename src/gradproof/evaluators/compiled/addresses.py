"""Addresses of C functions and of their user data, whatever library they come from."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...library import ffi
from ...problem.numbers import in_short


def function_address(function: Any) -> tuple[int, int]:
    """Return the addresses of the function and of the user data that comes with it."""
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
    if address == 0:
        raise ValueError("native() was given a NULL pointer instead of a function")
    if not 0 < address < 1 << 64:
        raise ValueError(f"native() was given {in_short(address)}, which is no address of a function")
    return address, 0


def _ctypes_address(function: Any) -> int:
    import ctypes

    if isinstance(function, ctypes._CFuncPtr):  # type: ignore[attr-defined]
        return ctypes.cast(function, ctypes.c_void_p).value or 0
    hint = "; pass a Python function to check() directly" if callable(function) else ""
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


def user_address(user: Any) -> int:
    """Return the address of the user data."""
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
