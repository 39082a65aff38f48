"""What can be done with memory, as plain Python and as the machine's own operations."""

import ctypes
import math

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from machine import alike, both, compiled
from properties import LARGEST, SMALLEST, anything, finite, refuted, same

from gradproof.core.records import memory
from gradproof.core.records.border import Finding, Probe
from gradproof.core.records.engine import Interval, Slot
from gradproof.core.records.memory import (
    address,
    allocate_bytes,
    allocate_reals,
    allocate_record,
    allocate_words,
    as_floats,
    as_reals,
    as_record,
    behind,
    behind_all,
    clear,
    clear_bytes,
    clear_record,
    copy_bytes,
    element_bytes,
    is_null,
    local_record,
    null_reals,
    null_words,
    offset,
    record_at,
    release,
    seconds,
    untyped,
    weighted_sum,
)

WORDS = 200


def numbered():
    return np.arange(1, WORDS + 1, dtype=np.int64)


def records_behind_one_another(words):
    first = as_record(words, Probe)
    findings = behind(first, Finding)
    intervals = behind_all(findings, 3, Interval)
    first.start = 101
    findings[2].sampled_wrong = 102
    intervals[4].high = 103.5
    return float(findings[0].size)


def test_records_behind_one_another():
    words = numbered()
    size, finding = (ctypes.sizeof(kind) // 8 for kind in (Probe, Finding))
    assert alike(records_behind_one_another, words) == 1 + size
    place = size + 3 * finding + 4 * 2 + 1
    assert np.flatnonzero(words != numbered()).tolist() == [0, size + 3 * finding - 1, place]
    assert words.view(np.float64)[place] == 103.5


def clears_a_part(words):
    slot = as_record(words, Slot)
    clear(slot, slot.slope)
    return slot.resolution


def clears_a_record(words):
    intervals = behind(as_record(words, Interval), Interval)
    clear_record(intervals[1])
    return intervals[2].low


def test_clearing():
    words = np.arange(1, 1000, dtype=np.int64)
    before = words.copy()
    alike(clears_a_part, words)
    place = Slot.offsets["slope"] // 8
    assert not words[:place].any()
    assert np.array_equal(words[place:], before[place:])
    words = numbered()
    alike(clears_a_record, words)
    assert np.flatnonzero(words == 0).tolist() == [4, 5]


def reads_again(words):
    reals = as_reals(words)
    reals[1] = 0.5
    offset(reals, 2)[1] = offset(reals, 1)[0] * 3.0
    return reals[3]


def test_reals_and_offsets():
    words = numbered()
    assert alike(reads_again, words) == 1.5
    assert words.view(np.float64)[[1, 3]].tolist() == [0.5, 1.5]


def floats_again(words):
    singles = as_floats(untyped(as_reals(words)))
    singles[3] = 0.1
    return singles[3]


def test_single_floats():
    words = numbered()
    assert alike(floats_again, words) == float(np.float32(0.1))
    assert words.view(np.float32)[3] == np.float32(0.1)


def is_all_zero(words):
    """What is allocated is zero, at both of its ends; what is written into it stays in it."""
    total = 0.0
    some = allocate_words(40)
    reals = allocate_reals(0)
    one = allocate_record(Finding)
    if not (is_null(some) or is_null(reals) or is_null(one)):
        total = some[0] + some[39] + one.start + one.resolution + one.slope
        some[39] = 4
        one.slope = 3.5
        total += 1000.0 + some[39] + one.slope
    release(some)
    release(reals)
    release(one)
    return total


def test_allocated_memory():
    words = numbered()
    assert alike(is_all_zero, words) == 1007.5
    assert np.array_equal(words, numbered())


def nulls(words):
    found = 0.0
    if is_null(null_reals()):
        found += 1.0
    if is_null(null_words()):
        found += 2.0
    if is_null(as_record(words, Interval)):
        found += 4.0
    release(null_reals())
    return found


def test_null_pointers():
    assert alike(nulls, numbered()) == 3.0
    assert nulls(None) == compiled(nulls, "voidptr")(0) == 7.0


positive = finite.map(abs)


@given(a=positive, b=positive)
@example(math.inf, LARGEST)
@example(SMALLEST, 0.0)
@example(1.0, 1.0 + 2.0**-52)
def keeps_the_order(functions, a, b):
    for function in functions:
        assert (function(a) < function(b)) == (a < b)
        assert function(a) == np.float64(a).view(np.int64)


def test_bits():
    keeps_the_order(both(memory.bits, "float64", result="int64"))
    refuted(keeps_the_order, [lambda value: int(math.frexp(value)[1]) if math.isfinite(value) else 9999])


@given(value=anything)
@example(math.inf)
@example(-0.0)
def has_its_bits(functions, value):
    for function in functions:
        found = function(memory.bits(value))
        assert np.float64(found).tobytes() == np.float64(value).tobytes()


def test_from_bits():
    has_its_bits(both(memory.from_bits, "int64"))
    refuted(has_its_bits, [lambda number: math.ldexp(number, -1074)])


@given(value=st.one_of(anything, st.floats(width=32)))
@example(1.0 + 2.0**-24)
@example(1.0 + 2.0**-24 + 2.0**-50)
@example(3.5e38)
def is_rounded(functions, value):
    for function in functions:
        assert same(function(value), float(np.float32(value)))


def test_rounding_to_float32():
    is_rounded(both(memory.rounded_to_float32, "float64"))
    refuted(is_rounded, [lambda value: value])


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_the_type_of_a_vector(dtype):
    assert memory.holds_float32(np.zeros(2, dtype)) == (dtype == np.float32)


def moves_bytes(words):
    third = record_at(words, 16, Interval)
    third.low = 7.5
    copy_bytes(record_at(words, 40, Interval), third, 8)
    clear_bytes(record_at(words, 80, Interval), 12)
    own = local_record(Finding)
    own.slope = 3.0
    copy_bytes(record_at(words, 800, Finding), own, 112)
    return float(address(third) - address(words)) + own.left


def test_bytes_are_copied_and_cleared():
    words, before = numbered(), numbered()
    assert alike(moves_bytes, words) == 16.0
    assert words.view(np.float64)[[2, 5]].tolist() == [7.5, 7.5]
    # 12 bytes: a word, and the lower half of the next one, which is all that the number in it has.
    assert words[10:12].tolist() == [0, 0]
    assert words[100:114].view(np.float64).tolist() == [0.0] * 6 + [3.0] + [0.0] * 7
    before[[2, 5, 10, 11]] = words[[2, 5, 10, 11]]
    before[100:114] = words[100:114]
    assert np.array_equal(words, before)


def test_the_address_of_null():
    assert address(None) == compiled(lambda words: float(address(words)), "voidptr")(0) == 0
    one = np.zeros(3)
    assert address(one[1:]) == address(one) + 8


def test_sizes_of_elements():
    assert [element_bytes(np.zeros(1, dtype)) for dtype in (np.float64, np.float32)] == [8, 4]


def sums_up(words):
    sums = local_record(Slot)
    sums.start = weighted_sum(words, 0, 5)
    sums.start += weighted_sum(words, 5, 190)
    sums.start += weighted_sum(words, 7, 0)
    sums.start += weighted_sum(words, 7, -3)
    return sums.start


def weighed(words, first, count):
    """In integers without end."""
    return sum((2 * place + 1) * int(words[place]) for place in range(first, first + count)) % 2**64


@pytest.mark.parametrize("fill", [1, -1, 2**62 + 1])
def test_weighted_sums_wrap_around(fill):
    words = np.full(WORDS, fill, np.int64)
    words[::3] += np.arange(words[::3].size)
    total = weighed(words, 0, 195)
    as_signed = total - 2**64 if total >= 2**63 else total
    there = compiled(sums_up, "voidptr", result="int64")(words.ctypes.data)
    assert int(sums_up(words)) == int(there) == as_signed


def test_any_word_changes_a_weighted_sum():
    words = numbered()
    whole = weighted_sum(words, 0, WORDS)
    random = np.random.default_rng(6)
    for place in range(WORDS):
        for bit in (0, 31, 63, *random.integers(0, 64, 3)):
            words.view(np.uint64)[place] ^= np.uint64(1) << np.uint64(bit)
            assert weighted_sum(words, 0, WORDS) != whole
            words.view(np.uint64)[place] ^= np.uint64(1) << np.uint64(bit)
    # And so does the order of two of them.
    words[[3, 90]] = words[[90, 3]]
    assert weighted_sum(words, 0, WORDS) != whole


def takes_bytes(words):
    some = allocate_bytes(41)
    if is_null(some):
        return -1.0
    clear_bytes(some, 41)
    total = float(some[0] + some[4])
    release(some)
    return total


def test_memory_of_so_many_bytes():
    assert alike(takes_bytes, numbered()) == 0.0
    assert allocate_bytes(41).size == 6


def test_a_clock_that_only_goes_forward():
    clock = compiled(lambda a: seconds() + a, "float64")
    times = [clock(0.0) for _ in range(1000)]
    assert times == sorted(times)
    before = seconds()
    # The same clock, in the same unit.
    assert before <= clock(0.0) <= seconds()
