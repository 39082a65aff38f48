"""Shorter lines, for a larger budget: over the named blocks first, then over 8 or 64 equal parts.

More lines over the whole vector would not sharpen a bar; shorter ones see smaller errors of few coordinates.
"""

from __future__ import annotations

from .abi import Engine, Reals
from .directions import WINDOW
from .floats import larger, smaller
from .linestate import (
    BLOCK_BAR,
    BLOCK_COUNT,
    BLOCK_START,
    CLIMBER_BAR,
    LENGTH,
    LINE_BUDGET,
    PART,
    PART_BAR,
    PART_COUNT,
    PART_KIND,
    PARTS_BAR,
    PARTS_DONE,
    POOL,
    TOLERANCE_NOW,
    block_place,
    line_room,
)

# Evaluations that a part takes: four lines, nine rungs.
PART_COST = 72
NO_PARTS = 0
NAMED = 1
EQUAL = 2
FEW = 8
MANY = 64


def begin_parts(engine: Engine) -> None:
    """Choose the first kind of parts that the budget has room for; without a budget there are none."""
    engine[PART_KIND] = NO_PARTS
    if engine[LINE_BUDGET] <= 0:
        return
    affordable = line_room(engine) // PART_COST
    if 1 < engine[BLOCK_COUNT] <= affordable:
        begin_kind(engine, NAMED, engine[BLOCK_COUNT])
    else:
        begin_equal(engine, affordable)


def begin_equal(engine: Engine, affordable: int) -> None:
    """Choose 64 equal parts, or 8, or none; a part is at least a window."""
    longest = engine[LENGTH] // WINDOW
    if affordable >= MANY and longest >= MANY:
        begin_kind(engine, EQUAL, MANY)
    elif affordable >= FEW and longest >= FEW:
        begin_kind(engine, EQUAL, FEW)
    else:
        engine[PART_KIND] = NO_PARTS


def begin_kind(engine: Engine, kind: int, count: int) -> None:
    """Begin with the parts of a kind."""
    engine[PART_KIND] = kind
    engine[PART] = 0
    engine[PART_COUNT] = count
    skip_empty(engine)


def skip_empty(engine: Engine) -> None:
    """Pass over named blocks without coordinates."""
    if engine[PART_KIND] == NAMED:
        while engine[PART] < engine[PART_COUNT] and is_empty(engine, engine[PART]):
            engine[PART] += 1


def is_empty(engine: Engine, number: int) -> bool:
    """Return whether a named block has no coordinate."""
    start = engine[block_place(number) + BLOCK_START]
    stop: int = engine[block_place(number + 1) + BLOCK_START]
    return start >= stop


def next_part(engine: Engine) -> tuple[int, int]:
    """Return the part that comes next; an empty one where the parts are done."""
    if engine[PART_KIND] == NAMED and engine[PART] >= engine[PART_COUNT]:
        begin_equal(engine, line_room(engine) // PART_COST)
    if engine[PART_KIND] == NO_PARTS or engine[PART] >= engine[PART_COUNT]:
        return 0, 0
    part = engine[PART]
    if engine[PART_KIND] == NAMED:
        return engine[block_place(part) + BLOCK_START], engine[block_place(part + 1) + BLOCK_START]
    windows = engine[LENGTH] // WINDOW
    start = part * windows // engine[PART_COUNT] * WINDOW
    stop = (part + 1) * windows // engine[PART_COUNT] * WINDOW
    return start, engine[LENGTH] if part + 1 == engine[PART_COUNT] else stop


def note_part(engine: Engine, reals: Reals) -> None:
    """Note the bar that a part passed with; of parts of one kind the largest counts, of two kinds the smaller one."""
    bar = reals[POOL + CLIMBER_BAR] + reals[TOLERANCE_NOW]
    part = engine[PART]
    if engine[PART_KIND] == NAMED:
        reals[block_place(part) + BLOCK_BAR] = bar
    reals[PART_BAR] = larger(bar, reals[PART_BAR]) if part > 0 else bar
    engine[PART] = part + 1
    skip_empty(engine)
    engine[PARTS_DONE] += 1
    if engine[PART] == engine[PART_COUNT]:
        known = reals[PARTS_BAR]
        reals[PARTS_BAR] = smaller(reals[PART_BAR], known) if known > 0.0 else reals[PART_BAR]
