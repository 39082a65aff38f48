"""What a text is about: its report, the findings that are there, and the names of coordinates and blocks."""

from __future__ import annotations

from ..records.border import Finding, Options, Report
from ..records.memory import as_record, is_null, letter, literal, record_at
from ..records.text import Text
from .letters import SPACE, new_line, put, put_byte
from .numbers import put_integer

DELETE = 127


def report_of(text: Text) -> Report:
    """Return the report."""
    return as_record(text.report, Report)


def finding_at(text: Text, number: int) -> Finding:
    """Return a finding."""
    return record_at(text.findings, number * text.stride, Finding)


def is_long(finding: Finding) -> bool:
    """Return whether a finding is about a line of several coordinates."""
    return finding.stop > finding.start + 1


def begin_part(text: Text) -> None:
    """Leave a line free between two parts of the text."""
    if text.used > 0:
        new_line(text)
        new_line(text)


def block_holding(text: Text, index: int) -> int:
    """Return the number of the named block that holds a coordinate; -1 where it has no name."""
    options = as_record(text.options, Options)
    if is_null(options.names) or is_null(options.borders):
        return -1
    for number in range(options.blocks):
        if options.borders[number] <= index < options.borders[number + 1]:
            return -1 if is_null(options.names[number]) else number
    return -1


def put_label(text: Text, number: int) -> None:
    """Write the name of a block as the caller gave it; what is no letter becomes a space."""
    name = as_record(text.options, Options).names[number]
    place = 0
    byte = letter(name, place)
    while byte != 0:
        put_byte(text, SPACE if byte < SPACE or byte == DELETE else byte)
        place += 1
        byte = letter(name, place)


def put_coordinate(text: Text, index: int) -> None:
    """Write the name of a coordinate: `W1[37]`, or `x[37]` where its block has no name."""
    number = block_holding(text, index)
    start = 0
    if number >= 0:
        put_label(text, number)
        start = as_record(text.options, Options).borders[number]
    else:
        put(text, literal("x"))
    put(text, literal("["))
    put_integer(text, index - start)
    put(text, literal("]"))


def put_name(text: Text, start: int, stop: int) -> None:
    """Write the name of the coordinates [start, stop): that of a block, or of the first and the last one."""
    if stop == start + 1:
        put_coordinate(text, start)
        return
    number = block_holding(text, start)
    if number >= 0:
        borders = as_record(text.options, Options).borders
        if borders[number] == start and borders[number + 1] == stop:
            put_label(text, number)
            return
    elif start == 0 and stop == report_of(text).n:
        put(text, literal("x"))
        return
    put_coordinate(text, start)
    put(text, literal(" … "))
    put_coordinate(text, stop - 1)


def put_block(text: Text, number: int) -> None:
    """Write the name of a block, or its number where it has none."""
    options = as_record(text.options, Options)
    if 0 <= number < options.blocks and not is_null(options.names):
        if not is_null(options.names[number]):
            put_label(text, number)
            return
    put(text, literal("block "))
    put_integer(text, number)
