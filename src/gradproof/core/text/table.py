"""Tables: names and numbers in columns, with as many digits as there is room for."""

from __future__ import annotations

from ..records.codes import is_acceptable
from ..records.memory import literal
from ..records.text import COLUMNS, WIDTH, Text
from .letters import emit_spaces, new_line, put
from .numbers import put_counted
from .rows import CAUSE, KINK, KINK_TABLE, LEFT, OPEN_TABLE, RIGHT, SLOPE, WRONG_TABLE, choose, put_cell, put_head
from .subject import begin_part, finding_at, is_long, put_name, report_of

NAME_ROOM = 24
# Numbers of digits to try until the table is narrow enough; then columns are left out.
MOST_DIGITS = 9
FEWEST_DIGITS = 4
INDENT = 2
GAP = 2


def put_tables(text: Text) -> None:
    """Write all tables."""
    report = report_of(text)
    put_table(text, WRONG_TABLE, report.wrong)
    put_table(text, OPEN_TABLE, report.open)
    put_table(text, KINK_TABLE, report.kinks - shown_kinks(text))


def shown_kinks(text: Text) -> int:
    """Return how many kinks belong to findings of the other tables."""
    count = 0
    for number in range(text.count):
        finding = finding_at(text, number)
        if finding.kink != 0 and not (is_long(finding) or is_acceptable(finding.cause)):
            count += 1
    return count


def put_title(text: Text, table: int) -> None:
    """Write the title of a table."""
    if table == WRONG_TABLE:
        put(text, literal("wrong"))
    else:
        put(text, literal("undecided") if table == OPEN_TABLE else literal("kinks"))


def put_table(text: Text, table: int, total: int) -> None:
    """Write a table: its rows, and how many more there are; the number alone where nothing is known of them."""
    choose(text, table)
    if text.rows == 0 and (total < 1 or table == KINK_TABLE):
        return
    begin_part(text)
    if text.rows == 0:
        put_title(text, table)
        put_counted(text, literal(": #"), total)
        return
    longest = longest_name(text)
    digits, room = fit(text, longest)
    put_heads(text, room)
    for row in range(text.rows):
        put_row(text, row, room, digits)
    put_more(text, total if total > text.found else text.found)


def put_more(text: Text, total: int) -> None:
    """Write how many more there are than the table shows, and that not all of them were kept."""
    if total <= text.rows:
        return
    new_line(text)
    put_counted(text, literal("  … and # more"), total - text.rows)
    if total > text.found:
        put_counted(text, literal("; only the first # found were kept"), text.found)


def longest_name(text: Text) -> int:
    """Return how many columns the longest name takes."""
    longest = 0
    for row in range(text.rows):
        width = name_width(text, row)
        longest = width if width > longest else longest
    return longest


def name_width(text: Text, row: int) -> int:
    """Return how many columns the name of a row takes."""
    finding = finding_at(text, text.chosen[row])
    column = begin_count(text)
    put_name(text, finding.start, finding.stop)
    return end_count(text, column)


def begin_count(text: Text) -> int:
    """Begin to count columns only; return the one at which the line stands."""
    text.silent = 1
    column = text.column
    text.column = 0
    return column


def end_count(text: Text, column: int) -> int:
    """Go on at a column; return how many columns were counted."""
    width = text.column
    text.silent = 0
    text.column = column
    return width


def fit(text: Text, longest: int) -> tuple[int, int]:
    """Choose digits and columns so that names have room; return the digits, and the room."""
    wanted = longest if longest < NAME_ROOM else NAME_ROOM
    digits = MOST_DIGITS
    narrow = False
    room = set_widths(text, digits, narrow)
    while room < wanted and not narrow:
        narrow = digits == FEWEST_DIGITS
        if not narrow:
            digits = digits - 2 if digits > FEWEST_DIGITS + 1 else FEWEST_DIGITS
        room = set_widths(text, digits, narrow)
    column = begin_count(text)
    put_title(text, text.table)
    title = end_count(text, column)
    room = longest if longest < room else room
    return digits, title if title > room else room


def set_widths(text: Text, digits: int, narrow: bool) -> int:
    """Set the widths of all columns; return the room that is left for names."""
    room = WIDTH - INDENT
    for column in range(COLUMNS):
        text.widths[column] = 0
        if is_shown(text.table, column, narrow):
            width = cell_width(text, -1, column, digits)
            for row in range(text.rows):
                cell = cell_width(text, row, column, digits)
                width = cell if cell > width else width
            text.widths[column] = width
            room -= width + GAP
    return room


def is_shown(table: int, column: int, narrow: bool) -> bool:
    """Return whether a table has a column."""
    if column == SLOPE:
        return table != KINK_TABLE
    if column == KINK:
        return table == KINK_TABLE
    return not (narrow and LEFT <= column <= RIGHT)


def put_content(text: Text, row: int, column: int, digits: int) -> None:
    """Write what stands in a cell; in row -1 the head of the column."""
    if row < 0:
        put_head(text, column)
    else:
        put_cell(text, finding_at(text, text.chosen[row]), column, digits)


def cell_width(text: Text, row: int, column: int, digits: int) -> int:
    """Return how many columns of letters a cell takes."""
    at = begin_count(text)
    put_content(text, row, column, digits)
    return end_count(text, at)


def put_heads(text: Text, room: int) -> None:
    """Write the first line of a table."""
    emit_spaces(text, INDENT)
    put_title(text, text.table)
    emit_spaces(text, INDENT + room - text.column)
    put_cells(text, -1, 0)


def put_row(text: Text, row: int, room: int, digits: int) -> None:
    """Write a row: its name, cut in the middle if it is too long, because its end tells which coordinate it is."""
    new_line(text)
    emit_spaces(text, INDENT)
    width = name_width(text, row)
    if width > room:
        tail = (room - 1) * 2 // 3
        text.cut_from = room - 1 - tail
        text.cut_until = width - tail
        text.place = 0
    finding = finding_at(text, text.chosen[row])
    put_name(text, finding.start, finding.stop)
    text.cut_from = 0
    text.cut_until = 0
    emit_spaces(text, INDENT + room - text.column)
    put_cells(text, row, digits)


def put_cells(text: Text, row: int, digits: int) -> None:
    """Write the cells of a row: causes flush left, numbers flush right."""
    for column in range(COLUMNS):
        if text.widths[column] > 0:
            emit_spaces(text, GAP)
            if column != CAUSE:
                emit_spaces(text, text.widths[column] - cell_width(text, row, column, digits))
            put_content(text, row, column, digits)
