"""What can be done with letters, the same in plain Python and in machine code."""

import numpy as np
from machine import alike
from properties import refuted

from gradproof.core.records.border import Probe
from gradproof.core.records.memory import (
    as_record,
    cause_sentence,
    cause_word,
    handle,
    letter,
    literal,
    unpacked,
    write_scientific,
)


def numbered():
    return np.arange(1, 201, dtype=np.int64)


def reads_letters(words):
    text = literal("aé")
    total = 0
    for place in range(4):
        total = 256 * total + letter(text, place)
    return float(total)


def test_letters():
    """Letters in UTF-8, and a 0 behind them."""
    assert alike(reads_letters, numbered()) == int.from_bytes("aé\0".encode(), "big")


def reads_unpacked_letters(words):
    return float(letter(unpacked(words, literal("é")), 0) + 256 * letter(unpacked(words, cause_word(2)), 0))


def test_letters_that_are_not_packed():
    """They stay where they are; packed ones are in the library alone, of which every text is compared."""
    assert alike(reads_unpacked_letters, numbered()) == "é".encode()[0] + 256 * ord("w")


def reads_memory(words):
    return float(letter(words, 8) + 256 * letter(words, 16))


def test_letters_of_other_memory():
    words = numbered()
    words[1], words[2] = 0x1FF, 0x102
    assert alike(reads_memory, words) == 255 + 256 * 2


def reads_words(words):
    first = letter(cause_word(2), 0) + 256 * letter(cause_sentence(2), 0)
    return float(first + 65536 * letter(cause_word(99), 0))


def test_words_of_causes():
    """That of a cause, its sentence, and the word for what is none."""
    assert alike(reads_words, numbered()) == ord("w") + 256 * ord("T") + 65536 * ord("u")


def writes_a_number(words):
    write_scientific(words, 16, -0.1)
    return float(letter(words, 0))


def test_numbers_as_c_writes_them():
    words = numbered()
    assert alike(writes_a_number, words) == ord("-")
    assert words.tobytes().startswith(b"-1.0000000000000001e-01\0")


def keeps_an_address(words):
    return float(as_record(handle(as_record(words, Probe)), Probe).start)


def test_handles():
    assert alike(keeps_an_address, numbered()) == 1.0


def test_alike_twin():
    """The comparison sees what differs."""

    def one_byte_more(words):
        write_scientific(words, 16, -0.1)
        return float(letter(words, 0)) + float(isinstance(words, np.ndarray))

    words = numbered()
    assert one_byte_more(words) != alike(writes_a_number, numbered())
    refuted(lambda: _same_bytes(words, numbered()))


def _same_bytes(words, other):
    assert words.tobytes() == other.tobytes()
