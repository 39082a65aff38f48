"""Core functions that are linked once, into what is called from outside.

Numba links into every function all that it calls, and makes machine code of it, so that it can be run at once.  Core
functions are called by core functions: only what is called from outside needs machine code, and half of the time goes.
This takes the place of inner methods of Numba; where a release has them under other names, its own way serves.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from numba.core import codegen, cpu
from numba.core.compiler_lock import global_compiler_lock

from ..core.records.abi import CORE

LINKED = "_linking_libraries"
ALONE = "_gradproof_alone"


@contextlib.contextmanager
def linked_once() -> Iterator[None]:
    """Leave core functions that are compiled meanwhile alone, and link them into what is called from outside."""
    library: Any = getattr(codegen, "CPUCodeLibrary", None)
    context: Any = getattr(cpu, "CPUContext", None)
    if not (hasattr(library, "finalize") and hasattr(context, "get_executable")):
        yield
        return
    finalize, executable = library.finalize, context.get_executable

    def with_all_that_it_calls(self: Any) -> None:
        if hasattr(self, LINKED):
            setattr(self, LINKED, _all_called(self))
        finalize(self)

    def of_no_use(self: Any, library: Any, function: Any, environment: Any) -> Any:
        if not (function.modname.startswith(f"{CORE}.") and hasattr(library, LINKED)):
            return executable(self, library, function, environment)
        library._finalized = True
        setattr(library, ALONE, True)
        # What nobody calls from Python must still be a built-in function, and another one each time.
        return [].append

    # What other threads compile waits.
    with global_compiler_lock:
        library.finalize, context.get_executable = with_all_that_it_calls, of_no_use
        try:
            yield
        finally:
            library.finalize, context.get_executable = finalize, executable


def _all_called(library: Any) -> list[Any]:
    """Return what a library calls, and what that calls in turn where it has been left alone."""
    found: dict[Any, None] = {}
    waiting = list(getattr(library, LINKED))
    while waiting:
        one = waiting.pop()
        if one not in found:
            found[one] = None
            waiting += getattr(one, LINKED) if hasattr(one, ALONE) else ()
    return list(found)
