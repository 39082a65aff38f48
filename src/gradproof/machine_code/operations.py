"""The operations of `core/records/memory.py`, as Numba has them.

Each function gives its types, then the code for arguments of these types.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable
from typing import Any, TypeAlias

from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic

from . import vectors
from .records import Record, Records
from .texts import TEXT_OPERATIONS
from .threads import THREADS
from .vectors import VECTOR

BYTES = ir.IntType(8).as_pointer()
SIZE = ir.IntType(64)
# POSIX, clock_gettime: the number of the clock that nobody sets.
CLOCK_MONOTONIC = 6 if sys.platform == "darwin" else 1
Typed: TypeAlias = tuple[Any, Callable[..., Any]]


@intrinsic
def _as_reals(context: Any, words: Any) -> Typed:
    return types.CPointer(types.float64)(words), _reread


@intrinsic
def _as_floats(context: Any, words: Any) -> Typed:
    return types.CPointer(types.float32)(words), _reread


@intrinsic
def _as_vector(context: Any, words: Any, floats: Any) -> Typed:
    def code(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> Any:
        return vectors.made(context, builder, arguments[0], cgutils.as_bool_bit(builder, arguments[1]))

    return VECTOR(words, types.boolean), code


@intrinsic
def _as_like(context: Any, vector: Any, words: Any) -> Typed:
    def code(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> Any:
        if signature.return_type == VECTOR:
            return vectors.made(context, builder, arguments[1], vectors.holds_float32(context, builder, arguments[0]))
        return builder.bitcast(arguments[1], context.get_value_type(signature.return_type))

    return vector(vector, words), code


@intrinsic
def _untyped(context: Any, vector: Any) -> Typed:
    return types.CPointer(types.int64)(vector), _reread


def _reread(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> Any:
    address = _place(context, builder, signature.args[0], arguments[0])
    return builder.bitcast(address, context.get_value_type(signature.return_type))


def _place(context: Any, builder: ir.IRBuilder, kind: Any, value: Any) -> Any:
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
def _clear_bytes(context: Any, memory: Any, count: Any) -> Typed:
    def code(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> Any:
        cgutils.memset(builder, builder.bitcast(arguments[0], BYTES), arguments[1], 0)
        return context.get_dummy_value()

    return types.void(memory, types.int64), code


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
        return cgutils.is_null(builder, _place(context, builder, pointer, arguments[0]))

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
def _report_progress(context: Any, progress: Any, done: Any, expected: Any, user: Any) -> Typed:
    def code(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> Any:
        function = ir.FunctionType(ir.IntType(32), [SIZE, SIZE, BYTES]).as_pointer()
        return builder.call(builder.bitcast(arguments[0], function), arguments[1:])

    return types.int32(progress, types.int64, types.int64, user), code


@intrinsic
def _seconds(context: Any) -> Typed:
    def ticks(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> Any:
        count = cgutils.get_or_insert_function(builder.module, ir.FunctionType(SIZE, []), "GetTickCount64")
        real = ir.DoubleType()
        return builder.fmul(builder.uitofp(builder.call(count, []), real), real(1e-3))

    def code(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> Any:
        # struct timespec: seconds and nanoseconds, 8 bytes each wherever there are 64 bits.
        kind = ir.FunctionType(ir.IntType(32), [ir.IntType(32), SIZE.as_pointer()])
        clock = cgutils.get_or_insert_function(builder.module, kind, "clock_gettime")
        time = cgutils.alloca_once(builder, SIZE, size=2)
        builder.call(clock, [ir.IntType(32)(CLOCK_MONOTONIC), time])
        whole, part = (builder.load(builder.gep(time, [SIZE(number)])) for number in range(2))
        real = ir.DoubleType()
        return builder.fadd(builder.sitofp(whole, real), builder.fmul(builder.sitofp(part, real), real(1e-9)))

    return types.float64(), ticks if sys.platform == "win32" else code


@intrinsic
def _address(context: Any, pointer: Any) -> Typed:
    def code(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> Any:
        return builder.ptrtoint(_place(context, builder, pointer, arguments[0]), SIZE)

    return types.int64(pointer), code


@intrinsic
def _element_bytes(context: Any, vector: Any) -> Typed:
    def code(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> Any:
        if vector == VECTOR:
            return builder.select(vectors.holds_float32(context, builder, arguments[0]), SIZE(4), SIZE(8))
        return SIZE(vector.dtype.bitwidth // 8)

    return types.int64(vector), code


@intrinsic
def _local_record(context: Any, kind: Any) -> Typed:
    def code(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> Any:
        words = ctypes.sizeof(kind.structure) // 8
        memory = builder.bitcast(cgutils.alloca_once(builder, SIZE, size=words), BYTES)
        cgutils.memset(builder, memory, SIZE(8 * words), 0)
        return memory

    return Record(kind.structure)(kind), code


@intrinsic
def _record_at(context: Any, records: Any, distance: Any, kind: Any) -> Typed:
    def code(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> Any:
        return builder.gep(builder.bitcast(arguments[0], BYTES), [arguments[1]])

    return Record(kind.structure)(records, types.int64, kind), code


@intrinsic
def _copy_bytes(context: Any, target: Any, source: Any, count: Any) -> Typed:
    def code(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> Any:
        both = zip(signature.args[:2], arguments[:2], strict=True)
        to, come_from = (builder.bitcast(_place(context, builder, *one), BYTES) for one in both)
        cgutils.raw_memmove(builder, to, come_from, arguments[2], 1)
        return context.get_dummy_value()

    return types.void(target, source, types.int64), code


@intrinsic
def _weighted_sum(context: Any, record: Any, first: Any, count: Any) -> Typed:
    def code(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> Any:
        words = builder.bitcast(_place(context, builder, signature.args[0], arguments[0]), SIZE.as_pointer())
        total = cgutils.alloca_once_value(builder, SIZE(0))
        with cgutils.for_range(builder, arguments[2]) as loop:
            place = builder.add(arguments[1], loop.index)
            odd = builder.add(builder.shl(place, SIZE(1)), SIZE(1))
            product = builder.mul(builder.load(builder.gep(words, [place])), odd)
            builder.store(builder.add(builder.load(total), product), total)
        return builder.load(total)

    return types.int64(record, types.int64, types.int64), code


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
        builder.call(free, [builder.bitcast(_place(context, builder, pointer, arguments[0]), BYTES)])
        return context.get_dummy_value()

    return types.void(pointer), code


OPERATIONS: dict[str, Any] = {
    **TEXT_OPERATIONS,
    "as_reals": _as_reals,
    "as_floats": _as_floats,
    "as_record": _as_record,
    "behind": _behind,
    "behind_all": _behind_all,
    "clear": _clear,
    "clear_record": _clear_record,
    "clear_bytes": _clear_bytes,
    "allocate_record": _allocate_record,
    "allocate_records": _allocate_records,
    "as_like": _as_like,
    "as_vector": _as_vector,
    "untyped": _untyped,
    "offset": _offset,
    "is_null": _is_null,
    "null_reals": _null_reals,
    "null_words": _null_words,
    "holds_float32": _holds_float32,
    "bits": _bits,
    "evaluate": _evaluate,
    "report_progress": _report_progress,
    "seconds": _seconds,
    "address": _address,
    "element_bytes": _element_bytes,
    "local_record": _local_record,
    "record_at": _record_at,
    "copy_bytes": _copy_bytes,
    "weighted_sum": _weighted_sum,
    "allocate_bytes": _allocate_bytes,
    "allocate_words": _allocate_words,
    "allocate_reals": _allocate_reals,
    "allocate_like": _allocate_like,
    "release": _release,
    **THREADS,
}
