"""The state of a text that is being written: what it is about, where it goes, and the line at hand."""

from __future__ import annotations

from typing import Annotated

from .abi import Integer, Integers, Letters, User
from .record import WORD, lead_to, record

# Columns of a line.
WIDTH = 100
# A word that is waiting is no wider than a line and one letter, of at most 4 bytes each.
WORD_ROOM = 4 * (WIDTH + 4)
# Words of memory for one number as C writes it; digits that a double has at most.
FIGURE_WORDS = 6
MOST_DIGITS = 17
# Bytes of memory for the longest text of the library that is constant.
PHRASE_BYTES = 384
# An integer of 64 bits has more of them.
DIGITS_OF_INTEGERS = 20
# Of a table: rows, and kinds of columns.
MOST_ROWS = 10
COLUMNS = 6


@record
class Text:
    """A text while it is written."""

    # What is used most lies around the column, and arrays last: near fields need fewer bytes of code.
    report: User  # what it is about
    findings: User  # the findings that are there; or null
    options: User  # names of the blocks; or null
    count: Integer  # findings that are there
    stride: Integer  # bytes from one of them to the next
    used: Integer  # bytes of the text so far, whether there was room for them or not
    size: Integer  # bytes that there is room for
    letters: Letters  # where it is written to
    silent: Integer  # 1: columns are only counted
    table: Integer  # the table at hand
    rows: Integer  # findings that it shows
    found: Integer  # findings that belong into it
    width: Integer  # of the lines of the paragraph at hand; 0: outside of paragraphs
    exponent: Integer  # of ten, of the first digit of the number at hand
    negative: Integer  # 1: it has a minus sign
    column: Integer  # columns of the line at hand
    indent: Integer  # of the lines of a paragraph, but for its first one
    margin: Integer  # where the line at hand begins
    spaces: Integer  # before the word that is waiting
    word_bytes: Integer  # of the word that is waiting
    word_columns: Integer  # of the word that is waiting
    cut_from: Integer  # letters of the name at hand before what is cut out
    cut_until: Integer  # number of its last letter that is cut out; 0: nothing is
    place: Integer  # letters of the name at hand so far
    widths: Annotated[Integers, COLUMNS]  # of the columns of the table; 0: left out
    figures: Annotated[Integers, FIGURE_WORDS]  # the number at hand as C writes it
    chosen: Annotated[Integers, MOST_ROWS]  # numbers of the findings that the table shows
    digits: Annotated[Integers, DIGITS_OF_INTEGERS]  # of the number at hand
    word: Annotated[Integers, WORD_ROOM]  # bytes of the word that is waiting
    phrase: Annotated[Integers, PHRASE_BYTES // WORD]  # the constant text at hand


lead_to(Text, "column")
