"""The LLVM modules of compiled functions, each with its own code alone.

Numba links into the module of every function all that it calls, and makes machine code of it, so that it can be run
at once.  Here nothing is run, and everything is linked once at the end: half of the time goes.  This takes the place
of inner methods of Numba; where a release has them under other names, its own way serves.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import calls
import marks


class Compiled(NamedTuple):
    """What becomes of functions: LLVM texts; the symbols that these are to define, with Numba's names; what is marked.

    Of constant texts the functions have the numbers.
    """

    texts: list[str]
    entries: list[tuple[str, str]]
    marked: marks.Marked
    numbers: dict[str, int]


def compile_all(signatures: Iterable[Any]) -> Compiled:
    """Compile the functions behind the signatures, and all that they call."""
    from gradproof import compiler
    from gradproof.machine_code.texts import numbered

    signatures = list(signatures)
    with own_code() as libraries, numbered() as numbers:
        functions = [compiler.entry(signature, shared=True) for signature in signatures]
        # Another Numba collects nothing: then every function brings all that it calls.
        texts = [str(library._final_module) for library in libraries] or [one.inspect_llvm() for one in functions]
        entries = [
            (signature.symbol, function.native_name) for signature, function in zip(signatures, functions, strict=True)
        ]
        return Compiled(texts, entries, marks.find(signatures), numbers)


@contextlib.contextmanager
def own_code() -> Iterator[list[Any]]:
    """Collect the libraries of what is compiled meanwhile, unlinked; the list stays empty where that is impossible."""
    from numba.core import codegen, cpu

    libraries: list[Any] = []
    library, context = getattr(codegen, "CPUCodeLibrary", None), getattr(cpu, "CPUContext", None)

    def finalize(self: Any) -> None:
        self._finalized = True
        libraries.append(self)

    # A function that nobody calls must still be a built-in one, and another one each time.
    instead = [
        (context, "get_executable", lambda *_: [].append),
        (library, "finalize", finalize),
        (library, "add_linking_library", lambda self, other: other._ensure_finalized()),
        (library, "_optimize_functions", lambda *_: None),
        (context, "call_conv", property(calls.PlainCalls)),
    ]
    if not all(hasattr(owner, name) for owner, name, _ in instead):
        yield libraries
        return
    # What was compiled before has been collected then, and what is compiled here cannot run later.
    forget_compiled()
    kept = [(owner, name, getattr(owner, name)) for owner, name, _ in instead]
    for owner, name, function in instead:
        setattr(owner, name, function)
    try:
        yield libraries
    finally:
        for owner, name, function in kept:
            setattr(owner, name, function)
        forget_compiled()


def forget_compiled() -> None:
    """Let functions be compiled anew."""
    from gradproof import compiler

    compiler.compiled.cache_clear()
    compiler._dispatcher.cache_clear()
    compiler.entry.cache_clear()
