"""Shorter lines, for a larger budget: over the named blocks first, then over 8 or 64 equal parts.

More lines over the whole vector would not sharpen a bar; shorter ones see smaller errors of few coordinates.
"""

from __future__ import annotations

from ..points.directions import WINDOW
from ..records.floats import larger, smaller
from ..records.lines import Lines, block_of, line_room

# Evaluations that a part takes: four lines, nine rungs.
PART_COST = 72
NO_PARTS = 0
NAMED = 1
EQUAL = 2
FEW = 8
MANY = 64


def begin_parts(lines: Lines) -> None:
    """Choose the first kind of parts that the budget has room for; without a budget there are none."""
    lines.part.kind = NO_PARTS
    if lines.engine.budget <= 0:
        return
    affordable = line_room(lines) // PART_COST
    if 1 < lines.block_count <= affordable:
        begin_kind(lines, NAMED, lines.block_count)
    else:
        begin_equal(lines, affordable)


def begin_equal(lines: Lines, affordable: int) -> None:
    """Choose 64 equal parts, or 8, or none; a part is at least a window."""
    longest = lines.engine.n // WINDOW
    if affordable >= MANY and longest >= MANY:
        begin_kind(lines, EQUAL, MANY)
    elif affordable >= FEW and longest >= FEW:
        begin_kind(lines, EQUAL, FEW)
    else:
        lines.part.kind = NO_PARTS


def begin_kind(lines: Lines, kind: int, count: int) -> None:
    """Begin with the parts of a kind."""
    lines.part.kind = kind
    lines.part.number = 0
    lines.part.count = count
    skip_empty(lines)


def skip_empty(lines: Lines) -> None:
    """Pass over named blocks without coordinates."""
    if lines.part.kind == NAMED:
        while lines.part.number < lines.part.count and is_empty(lines, lines.part.number):
            lines.part.number += 1


def is_empty(lines: Lines, number: int) -> bool:
    """Return whether a named block has no coordinate."""
    start = block_of(lines, number).start
    stop: int = block_of(lines, number + 1).start
    return start >= stop


def next_part(lines: Lines) -> tuple[int, int]:
    """Return the part that comes next; an empty one where the parts are done."""
    if lines.part.kind == NAMED and lines.part.number >= lines.part.count:
        begin_equal(lines, line_room(lines) // PART_COST)
    if lines.part.kind == NO_PARTS or lines.part.number >= lines.part.count:
        return 0, 0
    part = lines.part.number
    if lines.part.kind == NAMED:
        return block_of(lines, part).start, block_of(lines, part + 1).start
    windows = lines.engine.n // WINDOW
    start = part * windows // lines.part.count * WINDOW
    stop = (part + 1) * windows // lines.part.count * WINDOW
    return start, lines.engine.n if part + 1 == lines.part.count else stop


def note_part(lines: Lines) -> None:
    """Note the bar that a part passed with; of parts of one kind the largest counts, of two kinds the smaller one."""
    bar = lines.pool.bar + lines.tolerance
    part = lines.part.number
    if lines.part.kind == NAMED:
        block_of(lines, part).bar = bar
    lines.part.largest_bar = larger(bar, lines.part.largest_bar) if part > 0 else bar
    lines.part.number = part + 1
    skip_empty(lines)
    lines.part.done += 1
    if lines.part.number == lines.part.count:
        known = lines.part.bar
        lines.part.bar = smaller(lines.part.largest_bar, known) if known > 0.0 else lines.part.largest_bar
