"""Records of the core as Numba has them: pointers to their bytes, whose fields are loads and stores.

`slot.right.low` becomes one load at a constant distance; a record in a record, or in an array, is the address of it.
"""

from __future__ import annotations

import ctypes
import operator
from typing import Any

from llvmlite import ir
from numba.core import cgutils, types
from numba.core.typing.templates import AbstractTemplate, AttributeTemplate, infer_global, signature
from numba.extending import (
    infer_getattr,
    intrinsic,
    lower_builtin,
    lower_cast,
    lower_getattr_generic,
    lower_setattr_generic,
    models,
    register_model,
    typeof_impl,
)

from . import vectors

BYTE = ir.IntType(8)
ADDRESS = BYTE.as_pointer()
NUMBERS = {ctypes.c_double: types.float64, ctypes.c_int64: types.int64}
# What a field holds that is an address, by its annotation.
ADDRESSES = {
    "Objective": types.voidptr,
    "User": types.voidptr,
    "Reals": types.CPointer(types.float64),
    "Integers": types.CPointer(types.int64),
    "ConstReals": types.CPointer(types.float64),
    "ConstIntegers": types.CPointer(types.int64),
    "Names": types.CPointer(types.voidptr),
    "Progress": types.voidptr,
    "Letters": types.CPointer(types.uint8),
}


class Record(types.Type):
    """One record, by its address."""

    def __init__(self, structure: Any) -> None:
        self.structure = structure
        super().__init__(f"Record({structure.__module__}.{structure.__name__})")


class Records(types.Type):
    """Records one after the other, by the address of the first."""

    def __init__(self, structure: Any) -> None:
        self.structure = structure
        super().__init__(f"Records({structure.__module__}.{structure.__name__})")


class RecordKind(types.Opaque):
    """A class of records, as an argument."""

    def __init__(self, structure: Any) -> None:
        self.structure = structure
        super().__init__(f"RecordKind({structure.__module__}.{structure.__name__})")


@register_model(Record)
@register_model(Records)
class AddressModel(models.PrimitiveModel):
    """An address of bytes."""

    def __init__(self, manager: Any, fe_type: Any) -> None:
        super().__init__(manager, fe_type, ADDRESS)


register_model(RecordKind)(models.OpaqueModel)


@typeof_impl.register(type(ctypes.Structure))
def _typeof_kind(value: Any, context: Any) -> Any:
    return RecordKind(value)


def field_type(structure: Any, name: str) -> Any:
    """Return the Numba type of a field."""
    if name in structure.addresses:
        return ADDRESSES[structure.addresses[name]]
    kind = structure.kinds[name]
    if kind in NUMBERS:
        return NUMBERS[kind]
    if issubclass(kind, ctypes.Array):
        element = kind._type_
        return types.CPointer(NUMBERS[element]) if element in NUMBERS else Records(element)
    return Record(kind)


@infer_getattr
class RecordFields(AttributeTemplate):
    """The types of the fields of a record."""

    key = Record

    def generic_resolve(self, record: Any, name: str) -> Any:  # type: ignore[override]
        """Return the type of a field, None where there is no such field."""
        return field_type(record.structure, name) if name in record.structure.kinds else None


@lower_getattr_generic(Record)
def _read(context: Any, builder: Any, record: Any, address: Any, name: str) -> Any:
    place = _field(context, builder, record, address, name)
    return builder.load(place) if _is_loaded(record.structure.kinds[name]) else place


@lower_setattr_generic(Record)
def _write(context: Any, builder: Any, sig: Any, arguments: Any, name: str) -> Any:
    record, value = sig.args
    place = _field(context, builder, record, arguments[0], name)
    if isinstance(value, Record):
        _copy_record(builder, place, arguments[1], value)
    else:
        builder.store(context.cast(builder, arguments[1], value, field_type(record.structure, name)), place)


def _field(context: Any, builder: Any, record: Any, address: Any, name: str) -> Any:
    """Return where a field is: as a pointer to a number or an address, else as the address of what is there."""
    field = field_type(record.structure, name)
    kind = context.get_value_type(field)
    if _is_loaded(record.structure.kinds[name]):
        kind = kind.as_pointer()
    distance = record.structure.offsets[name] - middle(record) + middle(field)
    return builder.bitcast(moved(builder, address, distance), kind)


def _is_loaded(kind: Any) -> bool:
    return kind in NUMBERS or kind is ctypes.py_object


def middle(kind: Any) -> int:
    """Return how far behind the beginning of a record its address leads: 0 but for large ones."""
    return getattr(kind.structure, "points_at", 0) if isinstance(kind, Record) else 0


def beginning(context: Any, builder: Any, kind: Any, value: Any) -> Any:
    """Return where memory begins that a record, a vector or a pointer leads to."""
    return moved(builder, vectors.place(context, builder, kind, value), -middle(kind))


@intrinsic
def from_outside(context: Any, record: Any) -> Any:
    """Return a record that C gave, which is known there by where it begins."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return moved(builder, arguments[0], middle(record))

    return record(record), code


@intrinsic
def to_outside(context: Any, record: Any) -> Any:
    """Return a record as C is to know it."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return moved(builder, arguments[0], -middle(record))

    return record(record), code


def moved(builder: Any, address: Any, distance: int) -> Any:
    """Return an address so many bytes further on."""
    return builder.gep(address, [ir.Constant(ir.IntType(64), distance)]) if distance else address


@infer_global(operator.getitem)
class RecordsItem(AbstractTemplate):
    """`slots[k]` is the record with this number."""

    def generic(self, arguments: Any, keywords: Any) -> Any:
        """Return the signature, None where the first argument is not records."""
        if len(arguments) == 2 and isinstance(arguments[0], Records) and isinstance(arguments[1], types.Integer):
            return signature(Record(arguments[0].structure), arguments[0], types.int64)
        return None


@lower_builtin(operator.getitem, Records, types.Integer)
def _item(context: Any, builder: Any, sig: Any, arguments: Any) -> Any:
    size = ir.Constant(ir.IntType(64), ctypes.sizeof(sig.args[0].structure))
    place = builder.gep(arguments[0], [builder.mul(arguments[1], size)])
    return moved(builder, place, middle(Record(sig.args[0].structure)))


@lower_builtin(operator.setitem, Records, types.Integer, Record)
def _copy(context: Any, builder: Any, sig: Any, arguments: Any) -> Any:
    place = _item(context, builder, sig, arguments)
    _copy_record(builder, place, arguments[2], sig.args[2])
    return context.get_dummy_value()


def _copy_record(builder: Any, target: Any, source: Any, record: Any) -> None:
    target, source = (moved(builder, address, -middle(record)) for address in (target, source))
    cgutils.raw_memcpy(builder, target, source, ir.Constant(ir.IntType(64), ctypes.sizeof(record.structure)), 1)


@infer_global(operator.setitem)
class RecordsSetItem(AbstractTemplate):
    """`nodes[k] = node` copies a record."""

    def generic(self, arguments: Any, keywords: Any) -> Any:
        """Return the signature, None where these are not records and a record of their kind."""
        if len(arguments) == 3 and isinstance(arguments[0], Records) and isinstance(arguments[2], Record):
            return signature(types.none, arguments[0], types.int64, arguments[2])
        return None


@lower_cast(Record, Record)
@lower_cast(Records, Records)
def _same(context: Any, builder: Any, source: Any, target: Any, value: Any) -> Any:
    return value
