"""Records: one annotated class is the struct of C, the type that is compiled, and the type that a type checker sees.

    @record
    class Interval:
        low: Real  # its lower end
        high: Real  # its upper end

Every field is of 8 bytes, or a record, or an array of these: no padding, the same layout from every language.  In plain
Python a record is a ctypes structure; compiled it is a pointer to the same bytes (`gradproof/compiler.py`).
"""

from __future__ import annotations

import ctypes
from typing import Annotated, Any, TypeAlias, TypeVar, get_args, get_origin, get_type_hints

from numpy import float64

Kind = TypeVar("Kind")
WORD = 8
# 64 bits that C calls uint64_t; the core takes them for an integer with a sign.
Bits: TypeAlias = Annotated[int, "uint64_t"]

C_TYPES: dict[Any, Any] = {float: ctypes.c_double, int: ctypes.c_int64}


def record(declared: type[Kind]) -> type[Kind]:
    """Make a record of a class whose annotations are its fields: Real, Integer, Bits, records, or arrays of these.

    An array of 48 reals is `Annotated[Reals, 48]`, one of 32 records `Annotated[Pointer[Slot], 32]`.
    """
    hints = get_type_hints(declared, include_extras=True)
    fields = [(name, c_type(note)) for name, note in hints.items()]
    names = {"_fields_": fields, "__doc__": declared.__doc__, "__module__": declared.__module__}
    made: Any = type(declared.__name__, (ctypes.Structure,), names)
    # Where each field begins, in bytes: below, what says so gives way to what reads it.
    made.offsets = {name: made.__dict__[name].offset for name, _ in fields}
    for name, kind in fields:
        if kind is ctypes.c_double or kind is ctypes.c_int64:
            setattr(made, name, _number(made.__dict__[name], kind))
    return made  # type: ignore[no-any-return]


def c_type(note: Any) -> Any:
    """Return the ctypes type of an annotation."""
    if get_origin(note) is Annotated:
        kind, extra = get_args(note)
        if isinstance(extra, int):
            return _array(c_type(get_args(kind)[0]), extra)
        return c_type(kind)
    return C_TYPES.get(note, note)


def _number(field: Any, kind: Any) -> property:
    """Return a field of numbers as the core sees it: a real divides by zero without a word, as compiled ones do."""
    get, put = field.__get__, field.__set__
    if kind is ctypes.c_double:
        return property(lambda self: float64(get(self)), put)
    return property(get, lambda self, value: put(self, int(value)))


def _array(kind: Any, count: int) -> Any:
    """Return an array type whose elements are as the fields of a record are."""
    plain = kind * count
    get, put = plain.__getitem__, plain.__setitem__
    if kind is ctypes.c_double:
        return type("Reals", (plain,), {"__getitem__": lambda self, place: float64(get(self, place))})
    if kind is ctypes.c_int64:
        return type("Integers", (plain,), {"__setitem__": lambda self, place, value: put(self, place, int(value))})
    return plain


def words_of(kind: type[Any]) -> int:
    """Return how many words of 8 bytes a record takes."""
    return ctypes.sizeof(kind) // WORD
