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
from .allocation import ALLOCATION
from .clock import seconds
from .lanes import LANE_OPERATIONS
from .records import Record, Records, beginning, middle, moved
from .texts import TEXT_OPERATIONS
from .threads import THREADS
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
    address = beginning(context, builder, signature.args[0], arguments[0])
    return builder.bitcast(address, context.get_value_type(signature.return_type))


@intrinsic
def _as_record(context: Any, memory: Any, kind: Any) -> Typed:
    def code(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> Any:
        return moved(builder, _reread(context, builder, signature, arguments), middle(made))

    made = Record(kind.structure)
    return made(memory, kind), code


@intrinsic
def _behind(context: Any, record: Any, kind: Any) -> Typed:
    def code(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> Any:
        return moved(builder, arguments[0], ctypes.sizeof(record.structure) - middle(record))

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
        both = zip(signature.args, arguments, strict=True)
        first, until = (beginning(context, builder, *one) for one in both)
        size = builder.sub(builder.ptrtoint(until, SIZE), builder.ptrtoint(first, SIZE))
        cgutils.memset(builder, first, size, 0)
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
        place = beginning(context, builder, record, arguments[0])
        cgutils.memset(builder, place, SIZE(ctypes.sizeof(record.structure)), 0)
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
        return cgutils.is_null(builder, beginning(context, builder, pointer, arguments[0]))

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
def _from_bits(context: Any, number: Any) -> Typed:
    return types.float64(types.int64), _reread


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
def _address(context: Any, pointer: Any) -> Typed:
    def code(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> Any:
        return builder.ptrtoint(beginning(context, builder, pointer, arguments[0]), SIZE)

    return types.int64(pointer), code


@intrinsic
def _element_bytes(context: Any, vector: Any) -> Typed:
    def code(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> Any:
        if vector == VECTOR:
            return builder.select(vectors.holds_float32(context, builder, arguments[0]), SIZE(4), SIZE(8))
        return SIZE(vector.dtype.bitwidth // 8)

    return types.int64(vector), code


@intrinsic
def _record_at(context: Any, records: Any, distance: Any, kind: Any) -> Typed:
    def code(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> Any:
        place = builder.bitcast(beginning(context, builder, records, arguments[0]), BYTES)
        return moved(builder, builder.gep(place, [arguments[1]]), middle(made))

    made = Record(kind.structure)
    return made(records, types.int64, kind), code


@intrinsic
def _copy_bytes(context: Any, target: Any, source: Any, count: Any) -> Typed:
    def code(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> Any:
        both = zip(signature.args[:2], arguments[:2], strict=True)
        to, come_from = (builder.bitcast(beginning(context, builder, *one), BYTES) for one in both)
        cgutils.raw_memmove(builder, to, come_from, arguments[2], 1)
        return context.get_dummy_value()

    return types.void(target, source, types.int64), code


@intrinsic
def _weighted_sum(context: Any, record: Any, first: Any, count: Any) -> Typed:
    def code(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> Any:
        words = builder.bitcast(beginning(context, builder, signature.args[0], arguments[0]), SIZE.as_pointer())
        total = cgutils.alloca_once_value(builder, SIZE(0))
        with cgutils.for_range(builder, arguments[2]) as loop:
            place = builder.add(arguments[1], loop.index)
            odd = builder.add(builder.shl(place, SIZE(1)), SIZE(1))
            product = builder.mul(builder.load(builder.gep(words, [place])), odd)
            builder.store(builder.add(builder.load(total), product), total)
        return builder.load(total)

    return types.int64(record, types.int64, types.int64), code


OPERATIONS: dict[str, Any] = {
    **ALLOCATION,
    **LANE_OPERATIONS,
    **TEXT_OPERATIONS,
    "as_reals": _as_reals,
    "as_floats": _as_floats,
    "as_record": _as_record,
    "behind": _behind,
    "behind_all": _behind_all,
    "clear": _clear,
    "clear_record": _clear_record,
    "clear_bytes": _clear_bytes,
    "as_like": _as_like,
    "as_vector": _as_vector,
    "untyped": _untyped,
    "offset": _offset,
    "is_null": _is_null,
    "null_reals": _null_reals,
    "null_words": _null_words,
    "holds_float32": _holds_float32,
    "bits": _bits,
    "from_bits": _from_bits,
    "evaluate": _evaluate,
    "report_progress": _report_progress,
    "seconds": seconds,
    "address": _address,
    "element_bytes": _element_bytes,
    "record_at": _record_at,
    "copy_bytes": _copy_bytes,
    "weighted_sum": _weighted_sum,
    **THREADS,
}
