"""C compiled for a measurement, against the library of this tree; where there is a compiler."""

from __future__ import annotations

import ctypes
import functools
import os
import shlex
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from gradproof.commands.installed import installation

HERE = Path(__file__).parent
INT, REAL, CODE, ADDRESS = ctypes.c_int64, ctypes.c_double, ctypes.c_int32, ctypes.c_void_p
# What the functions of callers.c take and return.
CALLS = (REAL, [ADDRESS, ADDRESS, ADDRESS, INT, INT])
TRIAD = (None, [ADDRESS, ADDRESS, ADDRESS, INT])
CALLERS: dict[str, tuple[Any, list[Any]]] = {
    "perf_calls": CALLS,
    "perf_calls_f32": CALLS,
    "perf_check": (CODE, [ADDRESS, ADDRESS, ADDRESS, ADDRESS, INT, INT, INT, ADDRESS]),
    "perf_ceres": (REAL, [ADDRESS, ADDRESS, ADDRESS, ADDRESS, INT, CODE]),
    "perf_triad": TRIAD,
    "perf_triad_f32": TRIAD,
}
CLOCKED = np.dtype([("f", np.uint64), ("user", np.uint64), ("nanoseconds", np.int64)])
REGRESSION = np.dtype([("rows", np.int64), ("labels", np.uint64), ("table", np.uint64)])


def compiler() -> str | None:
    """Return the C compiler, if there is one."""
    return shutil.which(os.environ.get("CC") or "cc")


@functools.cache
def callers() -> ctypes.CDLL | None:
    """Return callers.c, compiled as a library; None without a compiler, or without the library to link with."""
    found = compiler()
    try:
        words = shlex.split(installation.link_flags())
    except OSError:
        return None
    if found is None:
        return None
    flags = ["-O3", "-march=native", "-shared", "-fPIC", *shlex.split(installation.compile_flags())]
    with tempfile.TemporaryDirectory() as scratch:
        # The loader keeps a library whose file is gone.
        built = Path(scratch) / "callers.so"
        subprocess.run([found, *flags, str(HERE / "callers.c"), "-o", str(built), *words], check=True)
        loaded = ctypes.CDLL(str(built))
    for name, (result, arguments) in CALLERS.items():
        function = getattr(loaded, name)
        function.restype, function.argtypes = result, arguments
    return loaded


def address(function: Any) -> int:
    """Return where a function of callers.c is."""
    return int(ctypes.cast(function, ADDRESS).value or 0)


def data(array: Any) -> int:
    """Return where the numbers of an array are; whoever asks keeps the array."""
    return int(array.ctypes.data)


def regression(labels: Any, table: Any) -> Any:
    """Return the data of `perf_logistic`."""
    return np.array([(len(labels), data(labels), data(table))], REGRESSION)
