"""Threads, as Numba has them: a core function is called in one through a C function that is made beside the call."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, TypeAlias

from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic

from .records import ADDRESS

SIZE = ir.IntType(64)
Typed: TypeAlias = tuple[Any, Callable[..., Any]]


@intrinsic
def _start_thread(context: Any, function: Any, memory: Any) -> Typed:
    function.get_call_type(context, (memory,), {})

    def code(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> Any:
        started = cgutils.alloca_once_value(builder, cgutils.false_bit)
        if sys.platform == "win32":
            return builder.load(started)
        entry = _thread_entry(context, builder.module, function.dispatcher.overloads[memory,])
        null = ADDRESS(None)
        kind = ir.FunctionType(ir.IntType(32), [arguments[1].type, ADDRESS, entry.type, ADDRESS])
        create = _if_it_is_there(builder.module, kind, "pthread_create")
        with builder.if_then(cgutils.is_not_null(builder, create)):
            code = builder.call(create, [arguments[1], null, entry, builder.bitcast(arguments[1], ADDRESS)])
            builder.store(builder.icmp_signed("==", code, code.type(0)), started)
        return builder.load(started)

    return types.boolean(function, memory), code


def _thread_entry(context: Any, module: Any, compiled: Any) -> Any:
    """Return the function, as a thread calls it, that calls a compiled one with what the thread is given."""
    name = f"thread.{compiled.fndesc.llvm_func_name}"
    if name in module.globals:
        return module.globals[name]
    context.active_code_library.add_linking_library(compiled.library)
    entry = ir.Function(module, ir.FunctionType(ADDRESS, [ADDRESS]), name)
    entry.linkage = "linkonce_odr"
    builder = ir.IRBuilder(entry.append_basic_block())
    inner = context.declare_function(module, compiled.fndesc)
    result, parameters = compiled.fndesc.restype, compiled.fndesc.argtypes
    given = builder.bitcast(entry.args[0], context.get_value_type(parameters[0]))
    context.call_conv.call_function(builder, inner, result, parameters, [given])
    builder.ret(ADDRESS(None))
    return entry


def _if_it_is_there(module: Any, kind: Any, name: str) -> Any:
    """Return a function of the system whose address is null where the system, or an older one, has it not."""
    function = cgutils.get_or_insert_function(module, kind, name)
    function.linkage = "extern_weak"
    return function


@intrinsic
def _join_thread(context: Any, thread: Any) -> Typed:
    def code(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> Any:
        if sys.platform != "win32":
            kind = ir.FunctionType(ir.IntType(32), [SIZE, ADDRESS.as_pointer()])
            join = _if_it_is_there(builder.module, kind, "pthread_join")
            builder.call(join, [arguments[0], ADDRESS.as_pointer()(None)])
        return context.get_dummy_value()

    return types.void(types.int64), code


@intrinsic
def _add_at_once(context: Any, counter: Any, amount: Any) -> Typed:
    def code(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> Any:
        # Threads agree on the number alone: what they wrote is read after they have been joined.
        return builder.atomic_rmw("add", arguments[0], arguments[1], "monotonic")

    return types.int64(counter, types.int64), code


THREADS: dict[str, Any] = {
    "start_thread": _start_thread,
    "join_thread": _join_thread,
    "add_at_once": _add_at_once,
}
