"""Numbers as Python writes them, to the letter: against its own formats, for numbers of every size."""

import math

import pytest
from core_texts import ended, text_of
from hypothesis import example, given
from hypothesis import strategies as st
from properties import anything, finite, refuted

from gradproof.core.text import numbers
from gradproof.report.text import figures

# Where the number of digits changes, or the form.
TURNS = [
    0.1,
    0.0999,
    0.09999999,
    0.99,
    0.995,
    0.9949999,
    9.95,
    99.5,
    99.4999,
    999.5,
    1000.0,
    9999995.0,
    1e-4,
    9.99995e-5,
]
values = st.one_of(anything, st.sampled_from(TURNS), st.floats(1e-6, 1e6), st.integers(-2000, 2000).map(float))


def by(put, *arguments):
    text, room = text_of()
    put(text, *arguments)
    return ended(text, room)


@given(value=values)
@example(5e-324)
@example(1.7976931348623157e308)
def is_short(put, value):
    assert by(put, value) == figures.short(value)


@given(value=values, digits=st.integers(3, 9))
def is_number(put, value, digits):
    assert by(put, value, digits) == figures.number(value, digits)


@given(value=values)
def is_setting(put, value):
    assert by(put, value) == figures.setting(value)


@given(value=values, digits=st.integers(1, 17))
@example(-0.0, 9)
def is_general(put, value, digits):
    assert by(put, value, digits) == f"{value:.{digits}g}"


@given(count=st.integers(0, 2**63 - 1))
@example(999)
@example(1000)
@example(2**63 - 1)
def is_counted(put, count):
    assert by(put, count) == f"{count:,}"


@given(seed=st.integers(-(2**63), 2**63 - 1))
@example(-1)
@example(-(2**63))
def is_seed(put, seed):
    assert by(put, seed) == str(seed % 2**64)


@given(value=finite.filter(bool))
@example(999.9999999999999)
@example(1000.0)
@example(-0.001)
def is_decade(decade, value):
    text, _ = text_of()
    assert decade(text, value) == figures.decade(value)
    assert 10.0 ** decade(text, value) <= abs(value) * (1 + 1e-15) or abs(value) < 1e-300


def test_numbers():
    is_short(numbers.put_short)
    is_number(numbers.put_number)
    is_setting(numbers.put_setting)
    is_general(numbers.put_value)
    is_counted(numbers.put_count)
    is_seed(numbers.put_seed)
    is_decade(numbers.decade)


@pytest.mark.parametrize(
    ("check", "wrong"),
    [
        (is_short, numbers.put_setting),
        (is_number, numbers.put_value),
        (is_setting, lambda text, value: numbers.put_value(text, value, 6)),
        (is_general, lambda text, value, digits: numbers.put_value(text, value, max(digits - 1, 1))),
        (is_counted, numbers.put_integer),
        (is_seed, numbers.put_count),
        (is_decade, lambda text, value: math.floor(math.log10(abs(value)))),
    ],
)
def test_numbers_twin(check, wrong):
    refuted(check, wrong)


@given(a=values, b=values)
@example(0.0999999, 0.1)
@example(999.99, 1000.0)
@example(1.04, 1.0)
def look_alike_as_texts_do(look_alike, a, b):
    text, _ = text_of()
    if not (math.isnan(a) or math.isnan(b)):
        assert look_alike(text, a, b) == (figures.short(a) == figures.short(b)) or 0.0 in (a, b)


def test_look_alike():
    look_alike_as_texts_do(numbers.look_alike)
    refuted(look_alike_as_texts_do, lambda text, a, b: a == b)


@pytest.mark.parametrize("point", [",", "\u066b", ""])
def test_a_locale_makes_no_difference(point, monkeypatch):
    """Whatever stands between the first digit and the others."""

    def write(place, digits, value):
        raw = f"{value:.{digits}e}".replace(".", point).encode() + b"\0"
        place.view("uint8")[: len(raw)] = list(raw)

    monkeypatch.setattr(numbers, "write_scientific", write)
    assert by(numbers.put_number, -1234.5678, 6) == "-1234.57"
    assert by(numbers.put_short, 1.5e-7) == "1.5e-7"


@given(value=values, count=st.integers(0, 10**15))
def stand_in_their_places(counted, measured, value, count):
    assert by(counted, "(# of them, …)".encode(), count) == f"({count:,} of them, …)"
    assert by(measured, "≥ ~ (~)".encode(), value) == f"≥ {figures.short(value)} ({figures.short(value)})"


def test_numbers_in_sentences():
    stand_in_their_places(numbers.put_counted, numbers.put_measured)
    refuted(stand_in_their_places, numbers.put_measured, numbers.put_measured)
    refuted(stand_in_their_places, numbers.put_counted, numbers.put_counted)
