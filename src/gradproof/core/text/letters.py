"""Letters one after the other into the caller's buffer: as many as fit, and never half a letter of UTF-8.

In a paragraph, words that do not fit go on to the next line, as Python's textwrap has it.
"""

from __future__ import annotations

from ..records.abi import Letters, never_inlined
from ..records.memory import letter, unpacked
from ..records.text import WIDTH, WORD_ROOM, Text

NEW_LINE = 10
SPACE = 32
# The first byte of a letter of UTF-8 says how many bytes it has; all others are 10xxxxxx.
CONTINUATION_MASK = 0xC0
CONTINUATION = 0x80
LEADS_OF_SEVERAL = 0xC0
LEADS_OF_THREE = 0xE0
LEADS_OF_FOUR = 0xF0
# The three bytes of an ellipsis.
ELLIPSIS_1 = 0xE2
ELLIPSIS_2 = 0x80
ELLIPSIS_3 = 0xA6


def starts_letter(byte: int) -> bool:
    """Return whether a byte is the first one of a letter."""
    return byte & CONTINUATION_MASK != CONTINUATION


def write_byte(text: Text, byte: int) -> None:
    """Write a byte where there is room, and count it."""
    text.column += 1 if starts_letter(byte) else 0
    if text.silent != 0:
        return
    if text.used + 1 < text.size:
        text.letters[text.used] = byte
    text.used += 1


def emit(text: Text, byte: int) -> None:
    """Write a byte of the text; of a name that is cut, what is left of it."""
    starts = starts_letter(byte)
    text.place += 1 if starts else 0
    if not text.cut_from < text.place <= text.cut_until:
        write_byte(text, byte)
    elif starts and text.place == text.cut_from + 1:
        write_byte(text, ELLIPSIS_1)
        write_byte(text, ELLIPSIS_2)
        write_byte(text, ELLIPSIS_3)


def emit_spaces(text: Text, count: int) -> None:
    """Write so many spaces."""
    for _ in range(count):
        write_byte(text, SPACE)


def new_line(text: Text) -> None:
    """Begin a new line."""
    write_byte(text, NEW_LINE)
    text.column = 0


def letter_bytes(lead: int) -> int:
    """Return how many bytes the letter has that begins with this one."""
    if lead < LEADS_OF_SEVERAL:
        return 1
    if lead < LEADS_OF_THREE:
        return 2
    return 3 if lead < LEADS_OF_FOUR else 4


def finish(text: Text) -> None:
    """End the text with a 0, before a letter that did not fit whole."""
    if text.size < 1:
        return
    end = text.used if text.used < text.size else text.size - 1
    if end < text.used:
        start = end - 1
        while start > 0 and not starts_letter(letter_written(text.letters, start)):
            start -= 1
        if start >= 0 and start + letter_bytes(letter_written(text.letters, start)) > end:
            end = start
    text.letters[end] = 0


def letter_written(letters: Letters, place: int) -> int:
    """Return a byte of the buffer."""
    return letter(letters, place)


@never_inlined
def begin_paragraph(text: Text, indent: int) -> None:
    """Begin a paragraph behind what stands on the line already; its other lines are indented."""
    text.width = WIDTH
    text.indent = indent
    text.margin = text.column
    text.spaces = 0


def end_paragraph(text: Text) -> None:
    """Write the last word of a paragraph."""
    place_word(text)
    text.width = 0


def put(text: Text, letters: Letters) -> None:
    """Write letters up to a byte that is 0."""
    letters = unpacked(text, letters)
    place = 0
    byte = letter(letters, place)
    while byte != 0:
        put_byte(text, byte)
        place += 1
        byte = letter(letters, place)


def put_byte(text: Text, byte: int) -> None:
    """Write a byte, in a paragraph as part of a word."""
    if text.width == 0:
        emit(text, byte)
    elif byte == SPACE:
        place_word(text)
        text.spaces += 1
    else:
        text.word[text.word_bytes] = byte
        text.word_bytes += 1
        text.word_columns += 1 if starts_letter(byte) else 0
        # What is wider than a line is broken wherever the line ends; nothing else need be known of it.
        if text.word_columns > room_for_word(text) or text.word_bytes == WORD_ROOM:
            break_word(text)


def room_for_word(text: Text) -> int:
    """Return how many columns the line has on which the word that is waiting is tried first."""
    spaces_fit = text.column + text.spaces <= text.width
    return text.width - (text.margin if spaces_fit else text.indent)


def next_line(text: Text) -> None:
    """Go on to the next line of a paragraph."""
    new_line(text)
    emit_spaces(text, text.indent)
    text.margin = text.indent
    text.spaces = 0


def place_word(text: Text) -> None:
    """Write the word that is waiting, on this line or on the next one."""
    if text.word_bytes == 0:
        return
    while text.column + text.spaces + text.word_columns > text.width:
        if text.word_columns > room_for_word(text):
            break_word(text)
        else:
            next_line(text)
    emit_spaces(text, text.spaces)
    text.spaces = 0
    write_beginning(text, text.word_columns)


def break_word(text: Text) -> None:
    """Fill the line with the beginning of a word, and go on to the next line."""
    if text.column + text.spaces > text.width:
        next_line(text)
    emit_spaces(text, text.spaces)
    write_beginning(text, text.width - text.column)
    next_line(text)


def write_beginning(text: Text, columns: int) -> None:
    """Write so many letters of the word that is waiting; the others go on waiting."""
    written = 0
    letters = 0
    while written < text.word_bytes:
        starts = starts_letter(text.word[written])
        if starts and letters == columns:
            break
        letters += 1 if starts else 0
        emit(text, text.word[written])
        written += 1
    for place in range(written, text.word_bytes):
        text.word[place - written] = text.word[place]
    text.word_bytes -= written
    text.word_columns -= letters
