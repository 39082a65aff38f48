"""What a pointer can do beyond `p[i]`.

The bodies are the meaning in plain Python, where a pointer is a one-dimensional array and a null pointer is None.  The
compiler replaces each function by the machine's own operation; `machine_code/operations.py` lists them by name.
"""

from __future__ import annotations

import ctypes
from typing import Any, TypeVar, cast

import numpy as np

from .abi import Code, ConstVector, Integer, Objective, Pointer, Real, Reals, User, Vector, Words

Memory = TypeVar("Memory")
Kind = TypeVar("Kind")


def as_reals(words: object) -> Reals:
    """Return the same memory, read as doubles."""
    return cast(Reals, np.frombuffer(cast(Any, words), np.float64))


def as_record(words: object, kind: type[Kind]) -> Kind:
    """Return the record at the beginning of memory; a null pointer stays one."""
    if isinstance(words, ctypes.Structure):
        return cast(Kind, cast(Any, kind).from_address(ctypes.addressof(words)))
    return cast(Kind, None if words is None else cast(Any, kind).from_buffer(words))


def clear_record(record: object) -> None:
    """Set all of a record to zero."""
    ctypes.memset(ctypes.addressof(cast(Any, record)), 0, ctypes.sizeof(cast(Any, record)))


def clear(first: object, until: object) -> None:
    """Set memory to zero, from the beginning of a record up to another one that lies behind it, or in it."""
    start = ctypes.addressof(cast(Any, first))
    ctypes.memset(start, 0, ctypes.addressof(cast(Any, until)) - start)


def behind(record: object, kind: type[Kind]) -> Pointer[Kind]:
    """Return the records that lie behind a record."""
    place = ctypes.addressof(cast(Any, record)) + ctypes.sizeof(cast(Any, record))
    return cast("Pointer[Kind]", ctypes.cast(place, ctypes.POINTER(cast(Any, kind))))


def behind_all(records: object, count: Integer, kind: type[Kind]) -> Pointer[Kind]:
    """Return the records that lie behind so many others."""
    place = ctypes.addressof(cast(Any, records).contents) + count * ctypes.sizeof(cast(Any, records)._type_)
    return cast("Pointer[Kind]", ctypes.cast(place, ctypes.POINTER(cast(Any, kind))))


def untyped(vector: ConstVector) -> Words:
    """Return a vector as memory without a type, so that one function serves both twins; `as_…` reads it again."""
    return cast(Words, vector)


def as_floats(words: object) -> Vector:
    """Return the same memory, read as numbers of float32."""
    return cast(Vector, cast(Any, words).view(np.float32))


def offset(pointer: Memory, count: Integer) -> Memory:
    """Return the pointer to numbers, moved on by so many elements."""
    return cast(Memory, cast(Any, pointer)[count:])


def is_null(pointer: object) -> bool:
    """Return whether there is no memory behind the pointer."""
    return pointer is None


def null_words() -> Words:
    """Return a null pointer to words."""
    return cast(Words, None)


def null_reals() -> Reals:
    """Return a null pointer to doubles."""
    return cast(Reals, None)


def holds_float32(vector: ConstVector) -> bool:
    """Return whether the elements are float32: a constant in each of the two twins of a function."""
    return bool(cast(Any, vector).dtype == np.float32)


def rounded_to_float32(value: Real) -> Real:
    """Return the float32 nearest to a real number."""
    return float(np.float32(value))


def bits(value: Real) -> Integer:
    """Return the bits of a double as an integer: for numbers that are not negative, in the order of the numbers."""
    return int(np.float64(value).view(np.int64))


def evaluate(objective: Objective, x: ConstVector, n: Integer, value: Reals, user: User) -> Code:
    """Call the objective: f(x) goes to value[0], what it returns is handed back."""
    return objective(x, n, value, user)


def allocate_words(count: Integer) -> Words:
    """Return so many words, all zero, or a null pointer; `release` gives them back."""
    return cast(Words, np.zeros(count, np.int64))


def allocate_record(kind: type[Kind]) -> Kind:
    """Return a record, all zero, or a null pointer; `release` gives it back."""
    return kind()


def allocate_records(kind: type[Kind], count: Integer) -> Pointer[Kind]:
    """Return so many records, all zero, or a null pointer; `release` gives them back."""
    return cast("Pointer[Kind]", (cast(Any, kind) * count)())


def allocate_reals(count: Integer) -> Reals:
    """Return so many doubles, all zero, or a null pointer; `release` gives them back."""
    return cast(Reals, np.zeros(count))


def allocate_like(vector: ConstVector, count: Integer) -> Vector:
    """Return so many elements of the vector's type, all zero, or a null pointer; `release` gives them back."""
    return cast(Vector, np.zeros(count, cast(Any, vector).dtype))


def release(pointer: object) -> None:
    """Give back what an `allocate_…` function returned; nothing happens for a null pointer."""
