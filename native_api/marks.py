"""What the core's functions are marked with, carried over to their compiled forms.

The marks lie on functions (`kernel` and its siblings in the core's abi.py), and the compiler is asked for the names of
what it made of them.  So functions may move between modules, and a mark that meets nothing is found out.
"""

from __future__ import annotations

import platform
import re
from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

# By mark and by the dotted name of the function: the LLVM names of its compiled forms, one for each type of vector.
Marked: TypeAlias = dict[str, dict[str, set[str]]]

ATTRIBUTES = {"always_inlined": "alwaysinline", "never_inlined": "noinline"}
# No fused multiplication: all processors give the same bits.
WIDE = ("noinline", '"target-features"="+avx2"') if platform.machine() in ("x86_64", "AMD64") else ()
FOR_SIZE = ("minsize", "optsize")
# The first line of a function in LLVM text, its name, and what follows after all else.
HEAD = re.compile(r'^(?:define|declare) [^\n@]*@"?([^"(\n]+)"?\([^\n]*?(?= \{$|$)', re.MULTILINE)
C_FUNCTION = "cfunc."  # what Numba puts before the name of a function for the function that C calls in its place


def find(signatures: Iterable[Any]) -> Marked:
    """Return the names of all marked functions, once everything is compiled and before it is forgotten."""
    from gradproof import compiler
    from gradproof.core.records.abi import marked_functions

    entries: dict[Any, set[str]] = {}
    for signature in signatures:
        own = compiler.entry(signature, shared=True).native_name.removeprefix(C_FUNCTION)
        entries.setdefault(signature.function, set()).update((signature.symbol, own))
    found: Marked = {}
    for mark, functions in marked_functions().items():
        for function in functions:
            names = compiler.compiled_names(function)
            if mark == "kernel":
                names |= entries.get(function, set())
            found.setdefault(mark, {})[f"{function.__module__}.{function.__name__}"] = names
    return found


def unmet(marked: Marked, defined: set[str]) -> list[str]:
    """Return what is wrong: a line for every mark on a function of which there is nothing in the module."""
    return [
        f"{function} is marked {mark}, but it is not in the library: nothing that the library exports calls it"
        for mark, functions in marked.items()
        for function, names in functions.items()
        if not names & defined
    ]


def names_of(marked: Marked, mark: str) -> set[str]:
    """Return the names of the functions with a mark."""
    return {name for names in marked.get(mark, {}).values() for name in names}


def attributes(marked: Marked, name: str) -> list[str]:
    """Return the LLVM attributes of the function with a name."""
    found = [attribute for mark, attribute in ATTRIBUTES.items() if name in names_of(marked, mark)]
    found += WIDE if name in names_of(marked, "wide") else ()
    # Half of the size at the same speed: the engine is large and rarely waits for itself.
    # Not `nounwind`, although nothing here throws: an objective may, through its callers.  LLVM finds them by itself,
    # and gives tables for unwinding to them alone.
    return found + list(FOR_SIZE if name not in names_of(marked, "kernel") else ())


def with_attributes(text: str, attributes: Callable[[str], list[str]]) -> str:
    """Return LLVM text in which every function has the attributes that belong to its name.

    Not by llvmlite's `add_function_attribute`, which before 0.48 gives them to what the function returns: LLVM refuses
    such a module, or ends the process.
    """
    return HEAD.sub(lambda found: " ".join([found.group(), *attributes(found[1])]), text)
