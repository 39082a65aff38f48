"""The operations of `core/records/memory.py`, as Numba has them.

Each function gives its types, then the code for arguments of these types.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any, TypeAlias

from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic

from . import vectors
from .records import Record, Records
from .vectors import VECTOR

BYTES = ir.IntType(8).as_pointer()
SIZE = ir.IntType(64)
Typed: TypeAlias = tuple[Any, Callable[..., Any]]


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
    address = _address(context, builder, signature.args[0], arguments[0])
    return builder.bitcast(address, context.get_value_type(signature.return_type))


def _address(context: Any, builder: ir.IRBuilder, kind: Any, value: Any) -> Any:
    return vectors.address_of(context, builder, value) if kind == VECTOR else value


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
        if pointer == VECTOR:
            place = vectors.place_of(context, builder, *arguments)
            return vectors.made(context, builder, place, vectors.holds_float32(context, builder, arguments[0]))
        return builder.gep(arguments[0], [arguments[1]])

    return pointer(pointer, types.int64), code


@intrinsic
def _is_null(context: Any, pointer: Any) -> Typed:
    def code(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> Any:
        return cgutils.is_null(builder, _address(context, builder, pointer, arguments[0]))

    return types.boolean(pointer), code


@intrinsic
def _null_words(context: Any) -> Typed:
    return types.CPointer(types.int64)(), _null


@intrinsic
def _null_reals(context: Any) -> Typed:
    return types.CPointer(types.float64)(), _null


def _null(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> Any:
    return context.get_constant_null(signature.return_type)


@intrinsic
def _holds_float32(context: Any, vector: Any) -> Typed:
    def code(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> Any:
        if vector == VECTOR:
            return vectors.holds_float32(context, builder, arguments[0])
        return context.get_constant(types.boolean, vector.dtype == types.float32)

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

    def code_of_either(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> Any:
        address = vectors.address_of(context, builder, arguments[1])
        return code(context, builder, plain, [arguments[0], address, *arguments[2:]])

    plain = types.int32(objective, types.voidptr, types.int64, value, user)
    if x == VECTOR:
        return types.int32(objective, x, types.int64, value, user), code_of_either
    return types.int32(objective, x, types.int64, value, user), code


@intrinsic
def _allocate_words(context: Any, count: Any) -> Typed:
    return types.CPointer(types.int64)(types.int64), _allocate


@intrinsic
def _allocate_record(context: Any, kind: Any) -> Typed:
    def code(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> Any:
        return _zeroed(builder, SIZE(1), SIZE(ctypes.sizeof(kind.structure)))

    return Record(kind.structure)(kind), code


@intrinsic
def _allocate_records(context: Any, kind: Any, count: Any) -> Typed:
    def code(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> Any:
        return _zeroed(builder, arguments[1], SIZE(ctypes.sizeof(kind.structure)))

    return Records(kind.structure)(kind, types.int64), code


@intrinsic
def _allocate_reals(context: Any, count: Any) -> Typed:
    return types.CPointer(types.float64)(types.int64), _allocate


@intrinsic
def _allocate_like(context: Any, vector: Any, count: Any) -> Typed:
    def code(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> Any:
        single = vectors.holds_float32(context, builder, arguments[0])
        element = builder.select(single, SIZE(4), SIZE(8))
        return vectors.made(context, builder, _zeroed(builder, _at_least_one(builder, arguments[1]), element), single)

    return vector(vector, types.int64), code if vector == VECTOR else _allocate


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
        builder.call(free, [builder.bitcast(_address(context, builder, pointer, arguments[0]), BYTES)])
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
