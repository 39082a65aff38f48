"""Loads the native library or, if none was built, has the same functions interpreted as the Python that they are.

All have the same names and cffi types, and give the same results bit for bit.  The environment variable
`GRADPROOF_LIBRARY` selects one: the path of a library, `python` for what serves where there is none, or `jit` for all
of the core compiled by Numba on first use, which takes most of a minute once and is as fast as the library afterwards.
"""

from __future__ import annotations

import functools
import os
import sys
from typing import Any

import numpy as np

from ._declarations import ffi
from .version import __version__, packed_version

__all__ = ["doubles", "ffi", "native", "pointer", "records_of_probes", "struct_type", "twin"]

# Where the library is; as a string, because to import pathlib takes longer than a check of ten coordinates.
FILE_NAMES = {"win32": "gradproof.dll", "darwin": "libgradproof.dylib"}
FILE = f"{__file__.rpartition(os.sep)[0]}{os.sep}{FILE_NAMES.get(sys.platform, 'libgradproof.so')}"
# The types of C by NumPy's characters for types: those of C's own, of which `long` is not the same everywhere.
LONG = 8 * ffi.sizeof("long")
C_ARRAYS = {"d": "double[]", "f": "float[]", "i": "int32_t[]", "q": "int64_t[]", "Q": "uint64_t[]"} | {
    "l": f"int{LONG}_t[]",
    "L": f"uint{LONG}_t[]",
}

# Of structs.  What C calls uint64_t the core reads as a signed integer, too.
NUMBERS = {"double": np.float64, "int64_t": np.int64, "uint64_t": np.int64}


@functools.cache
def native() -> Any:
    """Return an object with every exported function as an attribute `gradproof_…`."""
    chosen = os.environ.get("GRADPROOF_LIBRARY", "")
    if chosen in ("jit", "python") or (not chosen and not os.access(FILE, os.F_OK)):
        # Imported on use: where there is a library, none of it is needed.
        from .interpreted.exported import Interpreted, JustInTime

        return JustInTime() if chosen == "jit" else Interpreted()
    return _loaded(_absolute(chosen) if chosen else FILE)


def _absolute(path: str) -> str:
    from pathlib import Path  # a library of one's own is rare

    return str(Path(path).absolute())


def pointer(array: np.ndarray[Any, Any] | None, c_type: str | None = None) -> Any:
    """Return a C pointer to the memory of a contiguous array (NULL for None), which keeps the array alive.

    Its type follows from the elements (float64, float32, int64, uint64, int32), or is `c_type`, such as
    "gradproof_probe[]".
    """
    if array is None:
        return ffi.NULL
    return ffi.from_buffer(c_type or C_ARRAYS[array.dtype.char], array)


# The same for arrays that were made just before, of which the type is known: in a third of the time.
doubles = functools.partial(ffi.from_buffer, "double[]")
records_of_probes = functools.partial(ffi.from_buffer, "gradproof_probe[]")


def twin(array: np.ndarray[Any, Any]) -> str:
    """Return the suffix of the functions for the arithmetic of a vector."""
    return "_f32" if array.dtype.char == "f" else ""


def struct_type(name: str) -> np.dtype[Any]:
    """Return a struct of the C border, all of whose members are numbers of 8 bytes, as NumPy reads it.

    By what is declared to C: the records of the core, which say the same, take longer to import than a small check.
    """
    return np.dtype([(member, NUMBERS[field.type.cname]) for member, field in ffi.typeof(name).fields])


def _loaded(path: str) -> Any:
    try:
        _refuse_what_is_cut(path)
        library = ffi.dlopen(path)
        version = int(library.gradproof_version())
    except (OSError, AttributeError, ffi.error) as problem:
        raise OSError(f"{path} cannot be loaded as the library of gradproof: {problem}") from problem
    if version != packed_version():
        raise OSError(
            f"{path} is gradproof {_words(version)}, but the package is {__version__}: install gradproof again"
        )
    return library


def _refuse_what_is_cut(path: str) -> None:
    """Raise an OSError for an ELF file that ends before its sections do, as on a full disk: to load it may crash."""
    with open(path, "rb") as stream:  # noqa: PTH123 - as above: pathlib would take longer
        head, size = stream.read(64), os.fstat(stream.fileno()).st_size
    if head.startswith(b"\x7fELF\2\1"):  # of 64 bits, little-endian
        start, each, count = (int.from_bytes(head[at:to], "little") for at, to in ((40, 48), (58, 60), (60, 62)))
        if len(head) < 64 or size < start + each * count:
            raise OSError(f"it is cut after {size:,} bytes: install gradproof again")


def _words(version: int) -> str:
    return f"{version // 10000}.{version // 100 % 100}.{version % 100}"
