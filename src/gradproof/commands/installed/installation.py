"""What an installation has: which library serves, or why there is none, and what compilers and linkers are to know."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path

from ...interpreted.exported import Interpreted, JustInTime
from ...library import FILE, native
from ...version import ABI

__all__ = ["LIBRARY", "PACKAGE", "SHARED_NAME", "compile_flags", "description", "link_flags", "require_library"]

LIBRARY = Path(FILE)
PACKAGE = LIBRARY.parent
# Written by an installation that could not build the library.
REASON = PACKAGE / "no_library.txt"
# The package is a prefix as compilers have them, too: in `lib` is the library under the name that programs remember.
SHARED_NAMES = {"win32": "gradproof.dll", "darwin": f"libgradproof.{ABI}.dylib"}
SHARED_NAME = SHARED_NAMES.get(sys.platform, f"libgradproof.so.{ABI}")


def description() -> str:
    """Describe in one line the library in use."""
    serving = native()
    if isinstance(serving, JustInTime):
        way = "interpreted" if isinstance(serving, Interpreted) else "compiled by Numba at first use"
        if os.environ.get("GRADPROOF_LIBRARY"):
            return f"{way} (chosen by GRADPROOF_LIBRARY)"
        return (
            f"none was built, because {_reason()}: the core is interpreted, with the same results; to have the library "
            "install gradproof again where there is a C compiler or linker"
        )
    return f"native library {os.environ.get('GRADPROOF_LIBRARY') or LIBRARY}"


def _reason() -> str:
    try:
        return " ".join(REASON.read_text(encoding="utf-8").split())
    except OSError:
        return "this copy of gradproof was not installed"


def compile_flags() -> str:
    """Return the flags with which a C compiler finds gradproof.h, quoted for a shell."""
    return shlex.quote(f"-I{PACKAGE / 'include'}")


def link_flags() -> str:
    """Return the flags with which a linker and the program find the library, quoted; OSError if none was built."""
    require_library()
    rpath = [] if sys.platform == "win32" else [f"-Wl,-rpath,{PACKAGE / 'lib'}"]
    return shlex.join([f"-L{PACKAGE / 'lib'}", *rpath, "-lgradproof", "-lm"])


def require_library() -> None:
    """Raise OSError if no native library was built."""
    if not (LIBRARY.exists() and (PACKAGE / "lib" / SHARED_NAME).exists()):
        raise OSError("no native library was built: install gradproof again where there is a C compiler or linker")
