"""Core functions, compiled by Numba: for the fallback at first use, and for the build of the native library.

A core function is copied with other globals: core functions that it calls become their compiled selves, and those of
`core/records/memory.py` become the machine's own operations.  The core itself never sees Numba.
"""

from __future__ import annotations

import contextlib
import dis
import functools
import hashlib
from pathlib import Path
from types import FunctionType
from typing import Any

import numba
from numba.core import types

from .core.points import lanes
from .core.records import memory
from .core.records.abi import CORE, Meaning, Signature, is_fast, is_kernel
from .core.records.border import Finding, Options, Probe, Report, Rung
from .core.records.engine import Engine
from .machine_code.counting import count
from .machine_code.linked import linked_once
from .machine_code.operations import OPERATIONS
from .machine_code.records import Record, Records, from_outside, to_outside
from .machine_code.vectors import either, for_both

# No fastmath: (x + h) - x must keep its meaning, and the three ways of running must give the same bits.
OPTIONS: dict[str, Any] = {"error_model": "numpy"}
# Only compiled functions call compiled functions: what Numba would add for calls from Python costs a third of the time.
WITHOUT_WRAPPERS: dict[str, Any] = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}

COUNT_NAME = "counted"

ELEMENTS: dict[str, types.Type] = {
    "void": types.void,
    "float64": types.float64,
    "float32": types.float32,
    "int64": types.int64,
    "uint64": types.uint64,
    "int32": types.int32,
    "uint8": types.uint8,
    "address": types.voidptr,
}


# One record, or several one after the other.
RECORDS: dict[str, types.Type] = {
    "engine": Record(Engine),
    "options": Record(Options),
    "report": Record(Report),
    "probes": Records(Probe),
    "findings": Records(Finding),
    "rungs": Records(Rung),
}


@functools.cache
def compiled(function: FunctionType, shared: bool = False) -> Any:
    """Return the compiled form of a core function; it is specialised for its arguments at the first call.

    A kernel is specialised for vectors of a known type: where only the running program knows it, for either one.
    """
    if function.__module__ in (memory.__name__, lanes.__name__) and function.__name__ in OPERATIONS:
        return OPERATIONS[function.__name__]
    dispatcher = _dispatcher(function, shared)
    return for_both(function, dispatcher) if is_kernel(function) else dispatcher


@functools.cache
def _dispatcher(function: FunctionType, shared: bool) -> Any:
    dispatcher = numba.njit(**OPTIONS, **WITHOUT_WRAPPERS)(_with_compiled_globals(function, shared))
    if shared and not is_fast(function):
        # Numba would compile a form for every constant argument: three of one that is called with 1, 2 and 4.
        typed = dispatcher.get_call_template
        dispatcher.get_call_template = lambda given, named: typed([types.unliteral(one) for one in given], named)
    return dispatcher


def compiled_names(function: Any) -> set[str]:
    """Return the LLVM names of the forms in which twins share a core function; none where nothing called it."""
    forms = _dispatcher(function, True).overloads
    return {form.fndesc.llvm_func_name for form in forms.values()}


@functools.cache
def entry(signature: Signature, keep: bool = False, shared: bool = False) -> Any:
    """Return the C function of a signature: a Numba `cfunc`, with an address and its LLVM text.

    Where it is shared, float64 and float32 vectors are told apart as late as possible.  What is kept lies in Numba's
    cache on disk, under a name that changes with every change of the core or the compiler.
    """
    function: Any = signature.function
    parameters = [_type(meaning) for _, meaning in signature.parameters]
    names = ", ".join(name for name, _ in signature.parameters)
    taken = dict.fromkeys(signature.vectors if shared and not is_kernel(function) else (), "either")
    taken |= {name: "from_outside" for name, meaning in signature.parameters if meaning.element == "engine"}
    values = ", ".join(f"{taken.get(name, '')}({name})" for name, _ in signature.parameters)
    given = "to_outside" if signature.result.element == "engine" else ""
    # Called, not compiled a second time: the core calls some of its exported functions itself.  A C function needs
    # its parameters by name, which is why this is text.
    code = compile(f"lambda {names}: {given}(inner({values}))", function.__code__.co_filename, "eval")
    known = {"either": either, "from_outside": from_outside, "to_outside": to_outside}
    outer = eval(code, {"inner": compiled(function, shared), "__name__": function.__module__, **known})
    outer.__qualname__ = f"{signature.symbol}_{_core_digest()}"
    c_signature = _type(signature.result)(*parameters)
    if keep:
        # Without a writable folder Numba raises before it compiles.
        with contextlib.suppress(RuntimeError, OSError):
            return numba.cfunc(c_signature, cache=True, **OPTIONS)(outer)
    return numba.cfunc(c_signature, **OPTIONS)(outer)


def address(signature: Signature) -> int:
    """Return the address of the C function of a signature, compiled as the library has it, and kept."""
    with linked_once():
        found: int = entry(signature, keep=True, shared=True).address
    return found


@functools.cache
def for_python(function: FunctionType) -> Any:
    """Return a core function of arrays, numbers and tuples of these, compiled at the first call, for callers in Python.

    It is kept on disk as those of `entry` are.
    """
    copy = _with_compiled_globals(function, False)
    copy.__qualname__ = f"{function.__qualname__}_{_core_digest()}"
    # Without a writable folder Numba raises before it compiles.
    with contextlib.suppress(RuntimeError, OSError):
        return numba.njit(cache=True, **OPTIONS)(copy)
    return numba.njit(**OPTIONS)(copy)


@functools.cache
def _core_digest() -> str:
    here = Path(__file__)
    return _digest(here, here.parent / "core", here.parent / "machine_code")


def _digest(file: Path, *folders: Path) -> str:
    """Return a digest of a file, of all Python files in folders beside it and below, and of where they lie."""
    digest = hashlib.sha256()
    for source in (file, *(source for folder in folders for source in sorted(folder.rglob("*.py")))):
        digest.update(source.relative_to(file.parent).as_posix().encode() + b"\0" + source.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def _type(meaning: Meaning) -> types.Type:
    if meaning.element in RECORDS:
        return RECORDS[meaning.element]
    element = ELEMENTS[meaning.element]
    return types.CPointer(element) if meaning.pointer else element


def _with_compiled_globals(function: FunctionType, shared: bool) -> FunctionType:
    # Not `co_names`, in which fields of records stand, too: one may be called as a function is.
    names = {one.argval for one in dis.get_instructions(function) if one.opname == "LOAD_GLOBAL"}
    found = {name: function.__globals__[name] for name in names if name in function.__globals__}
    environment = {name: compiled(value, shared) if _is_core(value) else value for name, value in found.items()}
    environment |= {"__name__": function.__module__, "__builtins__": function.__globals__["__builtins__"]}
    code = function.__code__
    if shared and not is_fast(function):
        # Under another name, because Numba insists on its own `range`.
        environment[COUNT_NAME] = count
        code = code.replace(co_names=tuple(COUNT_NAME if name == "range" else name for name in code.co_names))
    copy = FunctionType(code, environment, function.__name__)
    copy.__qualname__ = function.__qualname__
    return copy


def _is_core(value: Any) -> bool:
    return isinstance(value, FunctionType) and value.__module__.startswith(f"{CORE}.")
