"""Records: one annotated class is the struct of C, the type that is compiled, and the type that a type checker sees.

    @record
    class Interval:
        low: Real  # its lower end
        high: Real  # its upper end

A field has 8 bytes, or is a record, or an array of either: there is no padding, and every language has the same layout.
In plain Python a record is a ctypes structure; compiled, it is a pointer to the same bytes (`machine_code/records.py`).
"""

from __future__ import annotations

import ctypes
import sys
from typing import Annotated, Any, TypeAlias, TypeVar, cast, get_args, get_origin

from numpy import dtype, float64, frombuffer

from .abi import ConstIntegers, ConstReals, Integer, Integers, Letters, Names, Objective, Progress, Reals, User

Kind = TypeVar("Kind")
WORD = 8
# 64 bits that C calls uint64_t; the core reads them as a signed integer.
Bits: TypeAlias = Annotated[int, "uint64_t"]

NUMBERS: dict[Any, Any] = {float: ctypes.c_double, int: ctypes.c_int64}
# A record with an address in it lives as long as the call that it was made for: it is never saved.
ADDRESSES = (Objective, User, Reals, Integers, ConstReals, ConstIntegers, Names, Progress, Letters)


def record(declared: type[Kind]) -> type[Kind]:
    """Make a record of a class whose annotations are its fields: numbers, records, arrays of these, or addresses.

    An array of 48 reals is `Annotated[Reals, 48]`, one of 32 records `Annotated[Pointer[Slot], 32]`.
    """
    # As `typing.get_type_hints`, which takes a third of what the first check takes; most notes are names.
    known = vars(sys.modules[declared.__module__])
    kinds = {name: c_type(known.get(note) or eval(note, known)) for name, note in declared.__annotations__.items()}
    vectors = [name for name, kind in kinds.items() if _is_vector(kind)]
    # With slots, a field that does not exist cannot be set.
    names = {"__slots__": vectors, "__doc__": declared.__doc__, "__module__": declared.__module__}
    made: Any = type(declared.__name__, (ctypes.Structure,), names)
    slots = {name: made.__dict__[name] for name in vectors}
    made._fields_ = list(kinds.items())
    made.kinds = kinds
    made.offsets = {name: made.__dict__[name].offset for name in kinds}
    made.addresses = {name: declared.__annotations__[name] for name, kind in kinds.items() if kind is ctypes.py_object}
    places = {name: (dtype(kinds[name]._type_), kinds[name]._length_, made.offsets[name]) for name in vectors}
    made.__getattr__ = lambda self, name: _view(self, name, places)
    for name, kind in kinds.items():
        if name in slots:
            setattr(made, name, slots[name])
        elif kind in NUMBERS.values():
            setattr(made, name, _number(made.__dict__[name], kind))
        elif kind is ctypes.py_object:
            setattr(made, name, _address(made.__dict__[name]))
    return made  # type: ignore[no-any-return]


def c_type(note: Any) -> Any:
    """Return the ctypes type of an annotation."""
    if note in NUMBERS:  # first, because most fields are numbers
        return NUMBERS[note]
    if get_origin(note) is Annotated:
        kind, extra = get_args(note)
        return c_type(get_args(kind)[0]) * extra if isinstance(extra, int) else c_type(kind)
    return ctypes.py_object if note in ADDRESSES else note


def _is_vector(kind: Any) -> bool:
    return issubclass(kind, ctypes.Array) and kind._type_ in NUMBERS.values()


def _view(self: Any, name: str, places: dict[str, Any]) -> Any:
    """Return an array of numbers, and keep it in its slot: Python asks here only where the slot is empty."""
    if name not in places:
        raise AttributeError(f"{type(self).__name__} has no field {name!r}")
    view = frombuffer(self, *places[name])
    setattr(self, name, view)
    return view


def _number(field: Any, kind: Any) -> property:
    """Return a number as compiled code has it: a real divides by zero without an exception, an integer is cut off."""
    get, put = field.__get__, field.__set__
    if kind is ctypes.c_double:
        return property(lambda self: float64(get(self)), put)
    return property(get, lambda self, value: put(self, int(value)))


def _address(field: Any) -> property:
    """Return what an address leads to, None where it is null."""
    get, put = field.__get__, field.__set__

    def value(self: Any) -> Any:
        try:
            return get(self)
        except ValueError:  # as ctypes reports a null pointer here
            return None

    return property(value, lambda self, pointer: put(self, ctypes.py_object(pointer)))


def lead_to(kind: type[Any], field: str) -> None:
    """Let compiled pointers to a record lead to one of its fields: those on both sides of it need fewer bytes of code.

    That is where 128 bytes before it are used as well.  C knows records by where they begin: those of the C border stay
    so, and the memory of a check is pointed to in this way behind the border alone.
    """
    cast(Any, kind).points_at = cast(Any, kind).offsets[field]


def words_of(kind: type[Any]) -> int:
    """Return how many words of 8 bytes a record takes."""
    return ctypes.sizeof(kind) // WORD


@record
class Word:
    """Any 8 bytes."""

    value: Integer  # as an integer
