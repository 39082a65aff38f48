"""Records: one layout for C, NumPy and the compiler; plain Python and compiled code read and write the same bytes."""

from __future__ import annotations

import ctypes
import math
from typing import Annotated

import numpy as np
import pytest
from machine import both, compiled
from properties import refuted

from gradproof.core.records import border, engine, lines
from gradproof.core.records.abi import Integer, Integers, Objective, Pointer, Real, Reals, User
from gradproof.core.records.memory import allocate_record, as_record, evaluate, is_null, release
from gradproof.core.records.record import Bits, record, words_of


@record
class Part:
    """Two numbers."""

    low: Real
    high: Real


@record
class Whole:
    """Fields of every kind."""

    count: Integer
    seed: Bits
    size: Real
    part: Part
    reals: Annotated[Reals, 3]
    integers: Annotated[Integers, 2]
    parts: Annotated[Pointer[Part], 2]
    last: Integer


@record
class Call:
    """What is handed on within one call."""

    objective: Objective
    n: Integer
    user: User
    point: Reals
    order: Integers


# The same in NumPy's words, and the words of 8 bytes before each field.
LAYOUT = np.dtype([
    ("count", "<i8"), ("seed", "<i8"), ("size", "<f8"), ("part", [("low", "<f8"), ("high", "<f8")]),
    ("reals", "<f8", (3,)), ("integers", "<i8", (2,)), ("parts", [("low", "<f8"), ("high", "<f8")], (2,)),
    ("last", "<i8"),
])  # fmt: skip
WORDS = {"count": 0, "seed": 1, "size": 2, "part": 3, "reals": 5, "integers": 8, "parts": 10, "last": 14}


def is_laid_out(kind, words):
    assert {name: offset // 8 for name, offset in kind.offsets.items()} == words
    assert np.dtype(kind) == LAYOUT
    assert words_of(kind) == 15


def test_layout():
    is_laid_out(Whole, WORDS)
    refuted(is_laid_out, Whole, WORDS | {"last": 13})


@pytest.mark.parametrize("kind", [*border.RECORDS, engine.Engine, engine.Slot, lines.Lines, lines.Block])
def test_records_have_no_padding(kind):
    """Fields follow one another, each of whole words: no byte between them that nobody writes."""
    end = 0
    for name, field in kind._fields_:
        assert kind.offsets[name] == end
        assert ctypes.sizeof(field) % 8 == 0
        end += ctypes.sizeof(field)
    assert ctypes.sizeof(kind) == end == np.dtype(kind).itemsize


def filled(words):
    """Fill every field, by all ways of reading and writing, and return one."""
    whole = as_record(words, Whole)
    whole.count = 3
    whole.count += 4
    whole.seed = -5
    whole.size = 0.1
    whole.part.low = whole.size / 3.0
    whole.part.high = whole.part.low / 0.0
    whole.reals[1] = whole.part.low * whole.count
    whole.integers[1] = whole.count - 10
    whole.parts[0].low = whole.reals[1] - 1.0
    whole.parts[1] = whole.parts[0]
    whole.parts[0].high = 8.5
    whole.part.low = 2.5
    last = whole.parts[1]
    last.high = 0.0 / whole.reals[0]
    whole.last = 9
    return last.low


def test_compiled_code_writes_the_same_bytes():
    memories = [np.zeros(words_of(Whole), np.int64) for _ in range(2)]
    plain = filled(memories[0])
    machine = compiled(filled, "voidptr")(memories[1].ctypes.data)
    assert plain == machine == 0.1 / 3.0 * 7 - 1.0
    row = memories[0].view(LAYOUT)[0]
    assert (row["count"], row["seed"], row["size"], row["last"]) == (7, -5, 0.1, 9)
    assert tuple(row["part"]) == (2.5, math.inf)
    assert row["integers"].tolist() == [0, -3]
    assert tuple(row["parts"][0]) == (plain, 8.5)
    assert row["parts"][1]["low"] == plain
    assert math.isnan(row["parts"][1]["high"])
    # A NaN has many bits.
    memories[0][13] = memories[1][13] = 0
    assert memories[0].tobytes() == memories[1].tobytes()


def copied(words):
    whole = as_record(words, Whole)
    whole.part.low = 1.5
    whole.part.high = 2.5
    whole.parts[1] = whole.part
    whole.part = whole.parts[0]
    whole.parts[1].low += 1.0
    return whole.parts[1].low * 100.0 + whole.parts[1].high * 10.0 + whole.part.low + whole.part.high


def test_a_record_assigned_is_copied():
    plain, machine = np.zeros(15, np.int64), np.zeros(15, np.int64)
    assert copied(plain) == compiled(copied, "voidptr")(machine.ctypes.data) == 275.0
    assert plain.tobytes() == machine.tobytes()


def test_division_by_zero_is_as_in_machine_code():
    whole = Whole()
    assert 1.0 / whole.size == whole.part.low + 1 / whole.part.high == math.inf
    assert math.isnan(whole.size / whole.part.low)
    assert 1.0 / whole.reals[2] == math.inf
    # Twin: a number of Python itself does not do that.
    with pytest.raises(ZeroDivisionError):
        1.0 / float(whole.size)


def test_integers_are_cut_off():
    def cut(words, value):
        as_record(words, Whole).count = value
        return float(as_record(words, Whole).count)

    for value in (3.7, -3.7, 2.0**62):
        words = np.zeros(15, np.int64)
        assert cut(words, value) == int(value)
        assert compiled(cut, "voidptr", "float64")(words.ctypes.data, value) == int(value)


def test_misspelt_fields():
    whole: object = Whole()
    for name in ("cuont", "_count"):
        with pytest.raises(AttributeError, match=name):
            setattr(whole, name, 1)
        with pytest.raises(AttributeError, match=f"Whole has no field '{name}'"):
            getattr(whole, name)
    with pytest.raises(AttributeError):
        whole.part.lwo = 1.0  # type: ignore[attr-defined]
    whole.part.low = 1.0  # type: ignore[attr-defined]


def test_misspelt_fields_do_not_compile():
    numba = pytest.importorskip("numba")

    def misspelt(words):
        return as_record(words, Whole).cuont

    with pytest.raises(numba.core.errors.TypingError, match="cuont"):
        compiled(misspelt, "voidptr")


def test_arrays_of_numbers_are_views():
    whole = Whole()
    view = whole.reals
    view[2] = 4.5
    assert whole.reals is view
    assert np.frombuffer(whole, np.float64)[7] == 4.5
    assert Whole.from_buffer_copy(whole).reals.tolist() == [0, 0, 4.5]


def called(objective, x, n, value, order):
    """Call an objective by way of a record, with itself as what it is handed."""
    call = allocate_record(Call)
    call.objective, call.user, call.n = objective, objective, n
    call.point, call.order = x, order
    call.order[0] = call.n + 1
    code = evaluate(call.objective, call.point, call.n, value, call.user) if not is_null(call.user) else -1
    release(call)
    return code


def test_addresses():
    numba = pytest.importorskip("numba")
    from gradproof import compiler

    double, word = numba.types.CPointer(numba.types.float64), numba.types.CPointer(numba.types.int64)

    @numba.cfunc(numba.types.int32(double, numba.types.int64, double, numba.types.voidptr))
    def machine(x, n, value, user):
        value[0] = x[0] * x[n - 1]
        return n

    outer = eval("lambda f, x, n, value, order: inner(f, x, n, value, order)", {"inner": compiler.compiled(called)})
    kinds = (numba.types.voidptr, double, numba.types.int64, double, word)
    there = numba.cfunc(numba.types.int32(*kinds), **compiler.OPTIONS)(outer).ctypes

    def here(x, n, value, user):
        assert user is here
        value[0] = x[0] * x[n - 1]
        return n

    x = np.array([2.0, 3.0, 7.0])
    for run, objective in ((called, here), (lambda f, *rest: there(f, *map(_place, rest)), machine.address)):
        value, order = np.zeros(1), np.zeros(1, np.int64)
        assert run(objective, x, 3, value, order) == 3
        assert (value[0], order[0]) == (14.0, 4)
        assert run(None, x, 3, value, order) == -1


def _place(value):
    if isinstance(value, int):
        return value
    return value.ctypes.data_as(ctypes.POINTER(ctypes.c_double if value.dtype == np.float64 else ctypes.c_int64))


def test_both_ways_of_a_function_of_numbers_are_compared():
    """`machine.both` is what other tests rely on."""
    assert [function(2.0) for function in both(lambda a: a / 0.0 if a < 0 else a + 1.0, "float64")] == [3.0, 3.0]
