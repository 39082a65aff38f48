"""Shorter lines, for a larger budget: over the named blocks first, then over 8 or 64 equal parts.

More lines over all of x would not sharpen a bar; shorter ones see smaller errors of few coordinates.
"""

from __future__ import annotations

from ..points.directions import WINDOW
from ..records.floats import larger, smaller
from ..records.lines import Lines, block_of, evaluations_left
from ..records.sums import quotient

# Evaluations that a part takes: four lines, nine rungs.
PART_COST = 72
NO_PARTS = 0
NAMED_BLOCKS = 1
EQUAL_PARTS = 2
FEW_PARTS = 8
MANY_PARTS = 64


def begin_parts(lines: Lines) -> None:
    """Choose the first kind of parts that the budget has room for; without a budget there are none."""
    if lines.engine.budget <= 0:
        begin_kind(lines, NO_PARTS, 0)
    elif lines.block_count > 1 and PART_COST * lines.block_count <= evaluations_left(lines):
        begin_kind(lines, NAMED_BLOCKS, lines.block_count)
        skip_empty_blocks(lines)
    else:
        begin_equal_parts(lines)


def begin_equal_parts(lines: Lines) -> None:
    """Choose 64 equal parts, or 8, or none: a part is at least a window."""
    begin_kind(lines, EQUAL_PARTS, 0)
    for count in (FEW_PARTS, MANY_PARTS):
        if PART_COST * count <= evaluations_left(lines) and WINDOW * count <= lines.engine.n:
            lines.part.count = count


def begin_kind(lines: Lines, kind: int, count: int) -> None:
    """Begin with the parts of a kind."""
    lines.part.kind = kind
    lines.part.number = 0
    lines.part.count = count


def skip_empty_blocks(lines: Lines) -> None:
    """Pass over named blocks without coordinates."""
    part = lines.part
    while part.number < part.count and block_of(lines, part.number).start >= block_of(lines, part.number + 1).start:
        part.number += 1


def next_part(lines: Lines) -> tuple[int, int]:
    """Return the part that comes next; an empty one where the parts are done."""
    part = lines.part
    if part.kind == NAMED_BLOCKS and part.number >= part.count:
        begin_equal_parts(lines)
    if part.number >= part.count:
        return 0, 0
    if part.kind == NAMED_BLOCKS:
        return block_of(lines, part.number).start, block_of(lines, part.number + 1).start
    windows = lines.engine.n // WINDOW
    start = quotient(part.number * windows, part.count) * WINDOW
    stop = quotient((part.number + 1) * windows, part.count) * WINDOW
    return start, lines.engine.n if part.number + 1 == part.count else stop


def note_part(lines: Lines) -> None:
    """Note the bar that a part passed with: of one kind the largest counts, of two kinds the smaller one."""
    part = lines.part
    bar = larger(lines.pool.bar + lines.tolerance, part.seen)
    part.largest_bar = larger(bar, part.largest_bar) if part.number > 0 else bar
    part.done += 1
    if part.kind == NAMED_BLOCKS:
        block_of(lines, part.number).bar = bar
    part.number += 1
    if part.kind == NAMED_BLOCKS:
        skip_empty_blocks(lines)
    if part.number == part.count:
        part.bar = smaller(part.largest_bar, part.bar) if part.bar > 0.0 else part.largest_bar
