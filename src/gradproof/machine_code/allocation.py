"""Memory that is asked for and given back, as Numba has it: of the heap, and of the stack."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any, TypeAlias

from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic

from .records import Record, beginning, middle, moved

BYTES = ir.IntType(8).as_pointer()
SIZE = ir.IntType(64)
Typed: TypeAlias = tuple[Any, Callable[..., Any]]


@intrinsic
def _local_record(context: Any, kind: Any) -> Typed:
    def code(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> Any:
        words = ctypes.sizeof(kind.structure) // 8
        memory = builder.bitcast(cgutils.alloca_once(builder, SIZE, size=words), BYTES)
        cgutils.memset(builder, memory, SIZE(8 * words), 0)
        return moved(builder, memory, middle(made))

    made = Record(kind.structure)
    return made(kind), code


@intrinsic
def _room_for_words(context: Any, count: Any) -> Typed:
    def code(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> Any:
        return cgutils.alloca_once(builder, ir.IntType(32), size=arguments[0])

    return types.CPointer(types.int32)(types.int64), code


@intrinsic
def _allocate_bytes(context: Any, count: Any) -> Typed:
    def code(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> Any:
        malloc = cgutils.get_or_insert_function(builder.module, ir.FunctionType(BYTES, [SIZE]), "malloc")
        return builder.bitcast(builder.call(malloc, arguments), SIZE.as_pointer())

    return types.CPointer(types.int64)(types.int64), code


@intrinsic
def _allocate_words(context: Any, count: Any) -> Typed:
    return types.CPointer(types.int64)(types.int64), _allocate


@intrinsic
def _allocate_record(context: Any, kind: Any) -> Typed:
    def code(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> Any:
        return moved(builder, _zeroed(builder, SIZE(1), SIZE(ctypes.sizeof(kind.structure))), middle(made))

    made = Record(kind.structure)
    return made(kind), code


@intrinsic
def _allocate_reals(context: Any, count: Any) -> Typed:
    return types.CPointer(types.float64)(types.int64), _allocate


def _allocate(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> Any:
    element = context.get_abi_sizeof(context.get_value_type(signature.return_type.dtype))
    memory = _zeroed(builder, _at_least_one(builder, arguments[-1]), SIZE(element))
    return builder.bitcast(memory, context.get_value_type(signature.return_type))


def _at_least_one(builder: ir.IRBuilder, count: Any) -> Any:
    # C leaves it open whether calloc(0) is NULL; here NULL means that there is no memory.
    return builder.select(builder.icmp_signed("==", count, SIZE(0)), SIZE(1), count)


def _zeroed(builder: ir.IRBuilder, count: Any, size: Any) -> Any:
    calloc = cgutils.get_or_insert_function(builder.module, ir.FunctionType(BYTES, [SIZE, SIZE]), "calloc")
    return builder.call(calloc, [count, size])


@intrinsic
def _release(context: Any, pointer: Any) -> Typed:
    def code(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> Any:
        free = cgutils.get_or_insert_function(builder.module, ir.FunctionType(ir.VoidType(), [BYTES]), "free")
        builder.call(free, [builder.bitcast(beginning(context, builder, pointer, arguments[0]), BYTES)])
        return context.get_dummy_value()

    return types.void(pointer), code


ALLOCATION: dict[str, Any] = {
    "allocate_record": _allocate_record,
    "local_record": _local_record,
    "room_for_words": _room_for_words,
    "allocate_bytes": _allocate_bytes,
    "allocate_words": _allocate_words,
    "allocate_reals": _allocate_reals,
    "release": _release,
}
