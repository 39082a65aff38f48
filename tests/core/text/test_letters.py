"""Letters into a buffer of any size, and paragraphs as Python's textwrap breaks them."""

import textwrap

import numpy as np
import pytest
from core_texts import ended, text_of
from hypothesis import example, given
from hypothesis import strategies as st
from properties import refuted

from gradproof.core.records.text import WIDTH
from gradproof.core.text import letters

WORDS = st.text(st.sampled_from("ab-é…字"), min_size=1, max_size=12)
LONG_WORDS = st.integers(1, 260).map(lambda length: "abcdefg字"[: length % 8 + 1] * (length // 8 + 1))
GAPS = st.sampled_from([" ", " ", " ", "  ", "   "])
LEADS = st.sampled_from(["", "  ", "  noise_limited: ", "  tested       "])


def wrapped(lead, sentence, indent):
    """A paragraph as the core writes it."""
    text, room = text_of()
    letters.put(text, lead.encode())
    letters.begin_paragraph(text, indent)
    # In pieces, which need not be words.
    for start in range(0, len(sentence), 5):
        letters.put(text, sentence[start : start + 5].encode())
    letters.end_paragraph(text)
    return ended(text, room)


@given(
    words=st.lists(st.tuples(st.one_of(WORDS, WORDS, LONG_WORDS), GAPS), min_size=1, max_size=40),
    lead=LEADS,
    indent=st.sampled_from([0, 4, 15]),
)
@example([("a" * 98, " "), ("b" * 97, " ")], "  ", 4)
@example([("a" * 97, " "), ("b" * 120, " ")], "  ", 4)
@example([("a" * 100, " ")], "", 4)
@example([("a" * 101, " ")], "", 4)
@example([("é" * 300, " "), ("b", " ")], "  noise_limited: ", 4)
def is_filled(write, words, lead, indent):
    sentence = "".join(word + gap for word, gap in words).rstrip()
    expected = textwrap.fill(
        sentence, WIDTH, initial_indent=lead, subsequent_indent=" " * indent, break_on_hyphens=False
    )
    assert write(lead, sentence, indent) == expected


def test_paragraphs():
    is_filled(wrapped)


def without_breaking(lead, sentence, indent):
    """Wrong on purpose: long words stay whole."""
    whole = {"break_long_words": False, "break_on_hyphens": False}
    return textwrap.fill(sentence, WIDTH, initial_indent=lead, subsequent_indent=" " * indent, **whole)


def a_column_less(lead, sentence, indent):
    """Wrong on purpose: lines that are too short."""
    return textwrap.fill(sentence, WIDTH - 1, initial_indent=lead, subsequent_indent=" " * indent)


@pytest.mark.parametrize("wrong", [without_breaking, a_column_less])
def test_paragraphs_twin(wrong):
    refuted(is_filled, wrong)


@given(sentence=st.text(st.sampled_from("a é…字\U0001f600"), max_size=30), size=st.integers(1, 130))
@example("é", 2)
@example("a…", 4)
@example("\U0001f600", 5)
@example("\U0001f600", 4)
def fits(write, sentence, size):
    """As many whole letters as there is room for, a 0 behind them, and nothing beyond."""
    raw = sentence.encode()
    count, room = write(sentence, size)
    assert count == len(raw)
    end = room.tolist().index(0)
    read = bytes(room[:end]).decode()
    assert sentence.startswith(read)
    following = sentence[len(read) : len(read) + 1]
    assert not following or end + len(following.encode()) >= size
    assert np.all(room[size:] == 0xEE)


def into(sentence, size):
    text, room = text_of(size)
    room = np.concatenate([room, np.full(8, 0xEE, np.uint8)])
    text.letters = room
    letters.put(text, sentence.encode())
    letters.finish(text)
    return text.used, room


def cut_anywhere(sentence, size):
    """Wrong on purpose: as strncpy cuts."""
    raw = sentence.encode()[: size - 1] + b"\0"
    room = np.full(size + 8, 0xEE, np.uint8)
    room[: len(raw)] = np.frombuffer(raw, np.uint8)
    return len(sentence.encode()), room


def test_room():
    fits(into)


def test_room_twin():
    def of_two_parts(sentence, size):
        try:
            count, room = cut_anywhere(sentence, size)
            bytes(room[: room.tolist().index(0)]).decode()
        except UnicodeDecodeError as half:
            raise AssertionError("half a letter") from half
        return count, room

    refuted(fits, of_two_parts)


def test_no_room():
    text, room = text_of(0)
    letters.put(text, b"abc")
    letters.finish(text)
    assert text.used == 3
    assert room.tolist() == [0xEE]


@pytest.mark.parametrize("raw", [b"\xff\xfe\xfd", b"\x80\x80\x80\x80\x80", b"a\xe2", b"\xf0\x9f"])
@pytest.mark.parametrize("size", [1, 2, 3, 4, 9])
def test_what_is_no_text(raw, size):
    """Names may hold anything: the text still ends where there is room."""
    text, room = text_of(size)
    letters.put(text, raw)
    letters.finish(text)
    assert text.used == len(raw)
    assert 0 in room.tolist()[:size]


def test_many_bytes_without_a_letter():
    text, room = text_of()
    letters.begin_paragraph(text, 4)
    letters.put(text, b"\x80" * 2000)
    letters.end_paragraph(text)
    letters.finish(text)
    assert bytes(room).count(b"\x80") == 2000
