"""Memory: what can be done with pointers and records beyond `p[i]` and `record.field`.

The bodies say what happens in plain Python, where a pointer is a one-dimensional array, and None where it is null.  The
compiler replaces each function by an operation of the machine; `machine_code/operations.py` lists them by name.
"""

from __future__ import annotations

import ctypes
import time
from collections.abc import Callable
from typing import Any, TypeVar, cast

import numpy as np

from . import codes
from .abi import (
    Code,
    ConstVector,
    Integer,
    Integers,
    Letters,
    Objective,
    Pointer,
    Progress,
    Real,
    Reals,
    User,
    Vector,
    Words,
)

Memory = TypeVar("Memory")
Kind = TypeVar("Kind")


WORD = 8


def _first(pointer: object) -> Any:
    """Return the record, or the first of the records, that a pointer of plain Python leads to."""
    return cast(Any, pointer).contents if isinstance(pointer, ctypes._Pointer) else pointer


def as_reals(words: object) -> Reals:
    """Return the same memory as float64 numbers."""
    return cast(Reals, np.frombuffer(cast(Any, words), np.float64))


def as_record(words: object, kind: type[Kind]) -> Kind:
    """Return the record at the beginning of some memory; null stays null."""
    if isinstance(words, ctypes.Structure):
        return cast(Kind, cast(Any, kind).from_address(ctypes.addressof(words)))
    return cast(Kind, None if words is None else cast(Any, kind).from_buffer(words))


def clear_record(record: object) -> None:
    """Set all of a record to zero."""
    ctypes.memset(ctypes.addressof(cast(Any, record)), 0, ctypes.sizeof(cast(Any, record)))


def clear_bytes(memory: object, count: Integer) -> None:
    """Set so many bytes to zero."""
    ctypes.memset(address(memory), 0, count)


def clear(first: object, until: object) -> None:
    """Set memory to zero, from the beginning of a record up to a later record, or up to one of its own fields."""
    start = ctypes.addressof(cast(Any, first))
    ctypes.memset(start, 0, ctypes.addressof(cast(Any, until)) - start)


def behind(record: object, kind: type[Kind]) -> Pointer[Kind]:
    """Return the records that lie behind a record."""
    place = ctypes.addressof(cast(Any, record)) + ctypes.sizeof(cast(Any, record))
    return cast("Pointer[Kind]", ctypes.cast(place, ctypes.POINTER(cast(Any, kind))))


def behind_all(records: object, count: Integer, kind: type[Kind]) -> Pointer[Kind]:
    """Return the records that lie behind an array of others."""
    first = cast(Any, records)[0]
    place = ctypes.addressof(first) + count * ctypes.sizeof(first)
    return cast("Pointer[Kind]", ctypes.cast(place, ctypes.POINTER(cast(Any, kind))))


def untyped(vector: object) -> Words:
    """Return a vector as memory without a type, so that one function serves both twins; `as_…` gives it one again."""
    return cast(Words, vector)


def as_floats(words: object) -> Vector:
    """Return the same memory as float32 numbers."""
    return cast(Vector, cast(Any, words).view(np.float32))


def as_vector(words: object, floats: bool) -> Vector:
    """Return the same memory as float32 or float64 numbers."""
    return cast(Vector, cast(Any, words).view(np.float32 if floats else np.float64))


def as_like(vector: ConstVector, words: object) -> Vector:
    """Return the same memory as elements of the type of a vector; null stays null."""
    return cast(Vector, None if words is None else cast(Any, words).view(cast(Any, vector).dtype))


def offset(pointer: Memory, count: Integer) -> Memory:
    """Return a pointer to numbers, moved by so many elements."""
    return cast(Memory, cast(Any, pointer)[count:])


def is_null(pointer: object) -> bool:
    """Return whether a pointer is null."""
    return pointer is None


def null_words() -> Words:
    """Return a null pointer to words."""
    return cast(Words, None)


def null_reals() -> Reals:
    """Return a null pointer to doubles."""
    return cast(Reals, None)


def holds_float32(vector: ConstVector) -> bool:
    """Return whether the elements are float32: a constant in either twin of a function."""
    return bool(cast(Any, vector).dtype == np.float32)


def rounded_to_float32(value: Real) -> Real:
    """Return the float32 nearest to a real number."""
    return float(np.float32(value))


def bits(value: Real) -> Integer:
    """Return the bits of a number as an integer; numbers that are not negative keep their order."""
    return int(np.float64(value).view(np.int64))


def from_bits(number: Integer) -> Real:
    """Return the number that has these bits."""
    return float(np.int64(number).view(np.float64))


def evaluate(objective: Objective, x: ConstVector, n: Integer, value: Reals, user: User) -> Code:
    """Call the objective, which writes f(x) to value[0]; return its code."""
    return objective(x, n, value, user)


def report_progress(progress: Progress, done: Integer, expected: Integer, user: User) -> Code:
    """Call a progress function; return its code."""
    return progress(done, expected, user)


def start_thread(function: Callable[[Words], None], memory: Words) -> bool:
    """Call a core function in a thread of its own; return whether a thread could be had.

    The memory is what the function is given; its first word becomes the number of the thread, for `join_thread`.  In
    plain Python the function has returned when this does.
    """
    function(memory)
    return True


def join_thread(thread: Integer) -> None:
    """Wait until a thread has ended."""


def add_at_once(counter: Integers, amount: Integer) -> Integer:
    """Add to the first of some integers and return what it was, in one step that no other thread can divide."""
    before = int(counter[0])
    counter[0] = before + amount
    return before


def seconds() -> Real:
    """Return the time of a clock that only goes forward, in seconds."""
    return time.monotonic()


def address(pointer: object) -> Integer:
    """Return where memory begins, as a number of bytes; 0 for null."""
    if pointer is None:
        return 0
    if isinstance(pointer, np.ndarray):
        return int(pointer.ctypes.data)
    return ctypes.addressof(_first(pointer))


def element_bytes(vector: ConstVector) -> Integer:
    """Return the size of an element: 4 or 8, a constant in either twin of a function."""
    return int(cast(Any, vector).dtype.itemsize)


def local_record(kind: type[Kind]) -> Kind:
    """Return a record, all zero, that lives until the function returns which asks for it."""
    return kind()


def record_at(records: object, distance: Integer, kind: type[Kind]) -> Kind:
    """Return the record that lies so many bytes behind the beginning of some memory."""
    return cast(Kind, cast(Any, kind).from_address(address(records) + int(distance)))


def copy_bytes(target: object, source: object, count: Integer) -> None:
    """Copy so many bytes from the beginning of one memory to that of another."""
    ctypes.memmove(address(target), address(source), count)


def weighted_sum(record: object, first: Integer, count: Integer) -> Integer:
    """Return the sum of words of some memory, each times an odd number of its own, modulo 2**64.

    Whichever word changes, and however, the sum changes: an odd factor loses nothing.
    """
    # As a number of 64 bits, so that sums of such sums wrap around as in C.
    if count < 1:
        return cast(int, np.int64(0))
    memory: Any = (ctypes.c_int64 * count).from_address(address(record) + WORD * first)
    words = np.frombuffer(memory, np.uint64)
    total = np.sum(words * (2 * np.arange(first, first + count, dtype=np.uint64) + np.uint64(1)), dtype=np.uint64)
    return cast(int, total.astype(np.int64))


def handle(pointer: object) -> User:
    """Return a pointer to whatever it leads to, as a record keeps it; `as_record` gives it its type again."""
    return pointer


def letter(text: object, place: Integer) -> Integer:
    """Return a byte of some text or memory as an integer from 0 to 255; behind the last letter stands 0."""
    if isinstance(text, bytes):
        return text[place] if place < len(text) else 0
    return memoryview(cast(Any, text)).cast("B")[place]


def literal(text: str) -> Letters:
    """Return a constant text, which lives as long as the library; `unpacked` makes it readable."""
    return cast(Letters, text.encode())


def unpacked(text: object, letters: Letters) -> Letters:
    """Return letters that can be read: those of a constant text, which may be packed, lie in a `Text` from then on."""
    return letters


def cause_word(cause: Integer) -> Letters:
    """Return the word of a cause."""
    return cast(Letters, codes.cause_word(cause).encode())


def cause_sentence(cause: Integer) -> Letters:
    """Return the sentence of a cause."""
    return cast(Letters, codes.explain_cause(cause).encode())


def write_scientific(place: Integers, digits: Integer, value: Real) -> None:
    """Write a number as `%.*e` of C does, with so many digits behind the point, to memory of 48 bytes.

    It is correctly rounded; what stands between the first digit and the others is the locale's.
    """
    written = f"{float(value):.{digits}e}".encode() + b"\0"
    cast(Any, place).view(np.uint8)[: len(written)] = np.frombuffer(written, np.uint8)


def allocate_bytes(count: Integer) -> Words:
    """Return memory of so many bytes with anything in it, or null; `release` gives it back."""
    return cast(Words, np.zeros((count + WORD - 1) // WORD, np.int64))


def allocate_words(count: Integer) -> Words:
    """Return so many words, all zero, or null; `release` gives them back."""
    return cast(Words, np.zeros(count, np.int64))


def allocate_record(kind: type[Kind]) -> Kind:
    """Return a record, all zero, or null; `release` gives it back."""
    return kind()


def allocate_reals(count: Integer) -> Reals:
    """Return so many reals, all zero, or null; `release` gives them back."""
    return cast(Reals, np.zeros(count))


def release(pointer: object) -> None:
    """Give back what an `allocate_…` function returned; null is allowed."""
