"""The state of a text that is being written: what it is about, where it goes, and the line at hand."""

from __future__ import annotations

from typing import Annotated

from .abi import Integer, Integers, Letters, User
from .record import record

# Columns of a line.
WIDTH = 100
# A word that is waiting is no wider than a line and one letter, of at most 4 bytes each.
WORD_ROOM = 4 * (WIDTH + 4)
# Words of memory for one number as C writes it; digits that a double has at most.
FIGURE_WORDS = 6
MOST_DIGITS = 17
# Of a table: rows, and kinds of columns.
MOST_ROWS = 10
COLUMNS = 6


@record
class Text:
    """A text while it is written."""

    report: User  # what it is about
    findings: User  # the findings that are there; or null
    stride: Integer  # bytes from one of them to the next
    count: Integer  # how many they are
    options: User  # names of the blocks; or null
    letters: Letters  # where it is written to
    size: Integer  # bytes that there is room for
    used: Integer  # bytes of the text so far, whether there was room for them or not
    column: Integer  # columns of the line at hand
    silent: Integer  # 1: columns are only counted
    width: Integer  # of the lines of the paragraph at hand; 0: outside of paragraphs
    indent: Integer  # of the lines of a paragraph, but for its first one
    margin: Integer  # where the line at hand begins
    spaces: Integer  # before the word that is waiting
    word_bytes: Integer  # of the word that is waiting
    word_columns: Integer  # of the word that is waiting
    word: Annotated[Integers, WORD_ROOM]  # its bytes
    cut_from: Integer  # letters of the name at hand before what is cut out
    cut_until: Integer  # number of its last letter that is cut out; 0: nothing is
    place: Integer  # letters of the name at hand so far
    figures: Annotated[Integers, FIGURE_WORDS]  # a number as C writes it
    digits: Annotated[Integers, MOST_DIGITS]  # its digits
    exponent: Integer  # of ten, of its first digit
    negative: Integer  # 1: it has a minus sign
    table: Integer  # the table at hand
    found: Integer  # findings that belong into it
    rows: Integer  # how many of them it shows
    chosen: Annotated[Integers, MOST_ROWS]  # their numbers
    widths: Annotated[Integers, COLUMNS]  # of its columns; 0: left out
