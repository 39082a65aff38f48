"""Functions inside of the core, compiled as they are in the library: those that it does not export, reached alone."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

from properties import same


@functools.cache
def compiled(function: Any, *parameters: str, result: str = "float64") -> Callable[..., Any]:
    """Return a core function of numbers as machine code; the words are Numba's names of the types."""
    import numba

    from gradproof import compiler

    names = ", ".join(inspect.signature(function).parameters)
    outer = eval(f"lambda {names}: inner({names})", {"inner": compiler.compiled(function)})
    kinds = [getattr(numba.types, word) for word in parameters]
    return numba.cfunc(getattr(numba.types, result)(*kinds), **compiler.OPTIONS)(outer).ctypes


def both(function: Any, *parameters: str, result: str = "float64") -> list[Callable[..., Any]]:
    """Return a core function as it is and as machine code."""
    return [function, compiled(function, *parameters, result=result)]


def alike(function: Any, words: Any) -> Any:
    """A function of memory gives the same, and leaves the same behind, in both ways of running."""
    other = words.copy()
    here = function(words)
    there = compiled(function, "voidptr")(other.ctypes.data)
    assert same(here, there)
    assert words.tobytes() == other.tobytes()
    return here
