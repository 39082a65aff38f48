"""Core functions, compiled by Numba: for the fallback at first use, and for the build of the native library.

A core function is copied with other globals: core functions that it calls become their compiled selves, and those of
`core/memory.py` become the machine's own operations.  The core itself never sees Numba.
"""

from __future__ import annotations

import contextlib
import ctypes
import dis
import functools
import hashlib
from collections.abc import Callable
from pathlib import Path
from types import FunctionType
from typing import Any, TypeAlias

import numba
from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic

from .core.records import memory
from .core.records.abi import CORE, Meaning, Signature
from .core.records.border import Finding, Options, Probe, Report
from .core.records.engine import Engine
from .machine_records import Record, Records

# No fastmath: (x + h) - x must keep its meaning, and the three ways of running must give the same bits.
OPTIONS: dict[str, Any] = {"error_model": "numpy"}
# Only compiled functions call compiled functions: what Numba would add for calls from Python costs a third of the time.
WITHOUT_WRAPPERS: dict[str, Any] = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
BYTES = ir.IntType(8).as_pointer()
SIZE = ir.IntType(64)
Typed: TypeAlias = tuple[Any, Callable[..., Any]]

ELEMENTS: dict[str, types.Type] = {
    "void": types.void,
    "float64": types.float64,
    "float32": types.float32,
    "int64": types.int64,
    "uint64": types.uint64,
    "int32": types.int32,
    "address": types.voidptr,
}


# One record, or several one after the other.
RECORDS: dict[str, types.Type] = {
    "engine": Record(Engine),
    "options": Record(Options),
    "report": Record(Report),
    "probes": Records(Probe),
    "findings": Records(Finding),
}


@functools.cache
def compiled(function: FunctionType) -> Any:
    """Return the compiled form of a core function; it is specialised for its arguments at the first call."""
    if function.__module__ == memory.__name__ and function.__name__ in OPERATIONS:
        return OPERATIONS[function.__name__]
    return numba.njit(**OPTIONS, **WITHOUT_WRAPPERS)(_with_compiled_globals(function))


def compiled_names(function: Any) -> set[str]:
    """Return the LLVM names of the forms in which a core function was compiled; none where nothing called it."""
    forms = getattr(compiled(function), "overloads", {})
    return {form.fndesc.llvm_func_name for form in forms.values()}


@functools.cache
def entry(signature: Signature, keep: bool = False) -> Any:
    """Return the C function of a signature: a Numba `cfunc`, with an address and its LLVM text.

    What is kept lies in Numba's cache on disk, under a name that changes with every change of the core.
    """
    function: Any = signature.function
    parameters = [_type(meaning) for _, meaning in signature.parameters]
    names = ", ".join(name for name, _ in signature.parameters)
    # Called, not compiled a second time: the core calls some of its exported functions itself.  A C function needs
    # its parameters by name, which is why this is text.
    code = compile(f"lambda {names}: inner({names})", function.__code__.co_filename, "eval")
    outer = eval(code, {"inner": compiled(function), "__name__": function.__module__})
    outer.__qualname__ = f"{signature.symbol}_{_core_digest()}"
    c_signature = _type(signature.result)(*parameters)
    if keep:
        # Without a writable folder Numba raises before it compiles.
        with contextlib.suppress(RuntimeError, OSError):
            return numba.cfunc(c_signature, cache=True, **OPTIONS)(outer)
    return numba.cfunc(c_signature, **OPTIONS)(outer)


@functools.cache
def _core_digest() -> str:
    return _digest(Path(__file__).parent / "core")


def _digest(folder: Path) -> str:
    """Return a digest of all Python files in a folder and below, and of where they lie."""
    digest = hashlib.sha256()
    for source in sorted(folder.rglob("*.py")):
        digest.update(source.relative_to(folder).as_posix().encode() + b"\0" + source.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def _type(meaning: Meaning) -> types.Type:
    if meaning.element in RECORDS:
        return RECORDS[meaning.element]
    element = ELEMENTS[meaning.element]
    return types.CPointer(element) if meaning.pointer else element


def _with_compiled_globals(function: FunctionType) -> FunctionType:
    # Not `co_names`, in which fields of records stand, too: one may be called as a function is.
    names = {one.argval for one in dis.get_instructions(function) if one.opname == "LOAD_GLOBAL"}
    found = {name: function.__globals__[name] for name in names if name in function.__globals__}
    environment = {name: compiled(value) if _is_core(value) else value for name, value in found.items()}
    environment |= {"__name__": function.__module__, "__builtins__": function.__globals__["__builtins__"]}
    copy = FunctionType(function.__code__, environment, function.__name__)
    copy.__qualname__ = function.__qualname__
    return copy


def _is_core(value: Any) -> bool:
    return isinstance(value, FunctionType) and value.__module__.startswith(f"{CORE}.")


# The operations of core/memory.py: each gives its types, then the code for arguments of these types.


@intrinsic
def _as_reals(context: Any, words: Any) -> Typed:
    return types.CPointer(types.float64)(words), _reread


@intrinsic
def _as_floats(context: Any, words: Any) -> Typed:
    return types.CPointer(types.float32)(words), _reread


@intrinsic
def _untyped(context: Any, vector: Any) -> Typed:
    return types.CPointer(types.int64)(vector), _reread


def _reread(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> Any:
    return builder.bitcast(arguments[0], context.get_value_type(signature.return_type))


@intrinsic
def _as_record(context: Any, memory: Any, kind: Any) -> Typed:
    return Record(kind.structure)(memory, kind), _reread


@intrinsic
def _behind(context: Any, record: Any, kind: Any) -> Typed:
    def code(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> Any:
        return builder.gep(arguments[0], [SIZE(ctypes.sizeof(record.structure))])

    return Records(kind.structure)(record, kind), code


@intrinsic
def _behind_all(context: Any, records: Any, count: Any, kind: Any) -> Typed:
    def code(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> Any:
        size = SIZE(ctypes.sizeof(records.structure))
        return builder.gep(arguments[0], [builder.mul(arguments[1], size)])

    return Records(kind.structure)(records, types.int64, kind), code


@intrinsic
def _clear(context: Any, first: Any, until: Any) -> Typed:
    def code(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> Any:
        start, stop = (builder.ptrtoint(argument, SIZE) for argument in arguments)
        cgutils.memset(builder, arguments[0], builder.sub(stop, start), 0)
        return context.get_dummy_value()

    return types.void(first, until), code


@intrinsic
def _clear_record(context: Any, record: Any) -> Typed:
    def code(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> Any:
        cgutils.memset(builder, arguments[0], SIZE(ctypes.sizeof(record.structure)), 0)
        return context.get_dummy_value()

    return types.void(record), code


@intrinsic
def _offset(context: Any, pointer: Any, count: Any) -> Typed:
    def code(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> Any:
        return builder.gep(arguments[0], [arguments[1]])

    return pointer(pointer, types.int64), code


@intrinsic
def _is_null(context: Any, pointer: Any) -> Typed:
    def code(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> Any:
        return cgutils.is_null(builder, arguments[0])

    return types.boolean(pointer), code


@intrinsic
def _null_words(context: Any) -> Typed:
    def code(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> Any:
        return context.get_constant_null(signature.return_type)

    return types.CPointer(types.int64)(), code


@intrinsic
def _null_reals(context: Any) -> Typed:
    def code(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> Any:
        return context.get_constant_null(signature.return_type)

    return types.CPointer(types.float64)(), code


@intrinsic
def _holds_float32(context: Any, vector: Any) -> Typed:
    def code(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> Any:
        return context.get_constant(types.boolean, signature.args[0].dtype == types.float32)

    return types.boolean(vector), code


@intrinsic
def _bits(context: Any, value: Any) -> Typed:
    return types.int64(types.float64), _reread


@intrinsic
def _evaluate(context: Any, objective: Any, x: Any, n: Any, value: Any, user: Any) -> Typed:
    def code(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> Any:
        values = [context.get_value_type(argument) for argument in signature.args[1:]]
        function = ir.FunctionType(ir.IntType(32), values).as_pointer()
        return builder.call(builder.bitcast(arguments[0], function), arguments[1:])

    return types.int32(objective, x, types.int64, value, user), code


@intrinsic
def _allocate_words(context: Any, count: Any) -> Typed:
    return types.CPointer(types.int64)(types.int64), _allocate


@intrinsic
def _allocate_record(context: Any, kind: Any) -> Typed:
    def code(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> Any:
        return _zeroed(builder, SIZE(1), ctypes.sizeof(kind.structure))

    return Record(kind.structure)(kind), code


@intrinsic
def _allocate_records(context: Any, kind: Any, count: Any) -> Typed:
    def code(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> Any:
        return _zeroed(builder, arguments[1], ctypes.sizeof(kind.structure))

    return Records(kind.structure)(kind, types.int64), code


@intrinsic
def _allocate_reals(context: Any, count: Any) -> Typed:
    return types.CPointer(types.float64)(types.int64), _allocate


@intrinsic
def _allocate_like(context: Any, vector: Any, count: Any) -> Typed:
    return vector(vector, types.int64), _allocate


def _allocate(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> Any:
    count = arguments[-1]
    # C leaves it open whether calloc(0) is NULL; here NULL means that there is no memory.
    at_least_one = builder.select(builder.icmp_signed("==", count, SIZE(0)), SIZE(1), count)
    element = context.get_abi_sizeof(context.get_value_type(signature.return_type.dtype))
    memory = _zeroed(builder, at_least_one, element)
    return builder.bitcast(memory, context.get_value_type(signature.return_type))


def _zeroed(builder: ir.IRBuilder, count: Any, size: int) -> Any:
    calloc = cgutils.get_or_insert_function(builder.module, ir.FunctionType(BYTES, [SIZE, SIZE]), "calloc")
    return builder.call(calloc, [count, SIZE(size)])


@intrinsic
def _release(context: Any, pointer: Any) -> Typed:
    def code(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> Any:
        free = cgutils.get_or_insert_function(builder.module, ir.FunctionType(ir.VoidType(), [BYTES]), "free")
        builder.call(free, [builder.bitcast(arguments[0], BYTES)])
        return context.get_dummy_value()

    return types.void(pointer), code


OPERATIONS: dict[str, Any] = {
    "as_reals": _as_reals,
    "as_floats": _as_floats,
    "as_record": _as_record,
    "behind": _behind,
    "behind_all": _behind_all,
    "clear": _clear,
    "clear_record": _clear_record,
    "allocate_record": _allocate_record,
    "allocate_records": _allocate_records,
    "untyped": _untyped,
    "offset": _offset,
    "is_null": _is_null,
    "null_reals": _null_reals,
    "null_words": _null_words,
    "holds_float32": _holds_float32,
    "bits": _bits,
    "evaluate": _evaluate,
    "allocate_words": _allocate_words,
    "allocate_reals": _allocate_reals,
    "allocate_like": _allocate_like,
    "release": _release,
}
