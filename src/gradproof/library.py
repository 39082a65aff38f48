"""Loads the native library or, if none was built, has the same functions interpreted as the Python that they are.

All have the same names and cffi types, and give the same results bit for bit.  The environment variable
`GRADPROOF_LIBRARY` selects one: the path of a library, `python` for what serves where there is none, or `jit` for all
of the core compiled by Numba on first use, which takes two minutes once and is as fast as the library afterwards.
"""

from __future__ import annotations

import functools
import os
import sys
from typing import Any

import numpy as np

from ._declarations import ffi
from .core.records import codes
from .version import __version__

__all__ = ["ffi", "native", "pointer", "struct_type", "twin"]

# Where the library is; as a string, because to import pathlib takes longer than a check of ten coordinates.
FILE_NAMES = {"win32": "gradproof.dll", "darwin": "libgradproof.dylib"}
FILE = f"{__file__.rpartition(os.sep)[0]}{os.sep}{FILE_NAMES.get(sys.platform, 'libgradproof.so')}"
PATIENCE = 2.0  # seconds of compiling without a message
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
    if chosen == "jit":
        return JustInTime()
    if chosen == "python" or (not chosen and not os.access(FILE, os.F_OK)):
        return Interpreted()
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
        library = ffi.dlopen(path)
        version = int(library.gradproof_version())
    except (OSError, AttributeError) as problem:
        raise OSError(f"{path} cannot be loaded as the library of gradproof: {problem}") from problem
    if version != packed_version():
        raise OSError(
            f"{path} is gradproof {_words(version)}, but the package is {__version__}: install gradproof again"
        )
    return library


def packed_version() -> int:
    """Return the version as `gradproof_version` does: 10000 major + 100 minor + patch."""
    major, minor, patch = (int(part) for part in __version__.split("."))
    return 10000 * major + 100 * minor + patch


def _words(version: int) -> str:
    return f"{version // 10000}.{version // 100 % 100}.{version % 100}"


def _say_compiling() -> None:
    if sys.stderr.isatty():
        print("gradproof: compiling the core with Numba (only once)", file=sys.stderr)


def _signature(symbol: str) -> Any:
    from .core.records.abi import all_signatures

    for signature in all_signatures():
        if signature.symbol == symbol:
            return signature
    raise AttributeError(f"gradproof exports no {symbol}")


class JustInTime:
    """The exported functions, each compiled on first use."""

    def __init__(self) -> None:
        # Imported on use, here and below: where there is a library, nothing else needs it.
        from threading import RLock

        self._lock = RLock()
        self._sentences: dict[str, Any] = {}

    def __getattr__(self, symbol: str) -> Any:
        if not symbol.startswith("gradproof_"):
            raise AttributeError(symbol)
        with self._lock:
            function = self._compiled(symbol)
        setattr(self, symbol, function)
        return function

    def gradproof_version(self) -> int:
        """Return the version as a single number."""
        return packed_version()

    def gradproof_version_string(self) -> Any:
        """Return the version as text."""
        return self._sentence(__version__)

    def gradproof_explain(self, code: int) -> Any:
        """Return the sentence of a code."""
        return self._sentence(codes.explain(code))

    def gradproof_explain_cause(self, cause: int) -> Any:
        """Return the sentence of a cause."""
        return self._sentence(codes.explain_cause(cause))

    def gradproof_cause_word(self, cause: int) -> Any:
        """Return the word of a cause."""
        return self._sentence(codes.cause_word(cause))

    def gradproof_verdict_word(self, verdict: int) -> Any:
        """Return the word of a verdict."""
        return self._sentence(codes.verdict_word(verdict))

    def _sentence(self, text: str) -> Any:
        # In C the text lives as long as the library; so it must here.
        return self._sentences.setdefault(text, ffi.new("char[]", text.encode()))

    def _compiled(self, symbol: str) -> Any:
        from threading import Timer

        from .compiler import entry

        signature = _signature(symbol)
        # Compiling the engine takes two minutes, but only once: Numba keeps the result on disk.
        notice = Timer(PATIENCE, _say_compiling)
        notice.daemon = True
        notice.start()
        try:
            address = entry(signature, keep=True).address
        finally:
            notice.cancel()
        parameters = ", ".join(meaning.c for _, meaning in signature.parameters) or "void"
        return ffi.cast(f"{signature.result.c} (*)({parameters})", address)


class Interpreted(JustInTime):
    """The exported functions as plain Python, of which only loops over long vectors are compiled."""

    def _compiled(self, symbol: str) -> Any:
        # Imported on use: where there is a library, none of it is needed.
        from .interpreted.serving import interpreted

        signature = _signature(symbol)
        return super()._compiled(symbol) if signature.result.pointer else interpreted(signature)
