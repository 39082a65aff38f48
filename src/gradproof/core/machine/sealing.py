"""The seal of a check: checksums of its memory, written when a call leaves it and verified when one takes it up.

Between two calls the memory is the caller's: it may be moved, copied, or saved to a file and read again.  Whatever word
of it was changed meanwhile, the next call says so.  The head comes first: it holds the numbers that say how much of the
rest is in use, and only that is summed.
"""

from __future__ import annotations

import zlib
from typing import Any, cast

from ..evidence import stages
from ..records.abi import ConstVector
from ..records.codes import (
    BAD_CAPACITY,
    DAMAGED,
    DONE,
    MODE_AUTO,
    MODE_LINES,
    NO_ENGINE,
    NULL_ENGINE,
    OTHER_TYPE,
    OTHER_VERSION,
)
from ..records.engine import (
    COORDINATE_WORDS,
    ENGINE_MARK,
    ENGINE_WORDS,
    FINDING_WORDS,
    OWN_MARK,
    SLOT_COUNT,
    ConstEngine,
    Coordinate,
    Engine,
    Sides,
    Slot,
    engine_words,
)
from ..records.lines import BLOCK_WORDS, LINES_WORDS, Block, Lines
from ..records.memory import as_record, element_bytes, is_null, weighted_sum
from ..records.record import WORD, words_of

SLOT_WORDS = words_of(Slot)
SIDES_WORDS = words_of(Sides)


def layout_of(*kinds: Any) -> int:
    """Return a number that differs where the layout of records does."""
    fields = (f"{name} {field.__name__} {kind.offsets[name]};" for kind in kinds for name, field in kind.kinds.items())
    return zlib.crc32("".join(fields).encode())


_OFFSETS = cast(Any, Engine).offsets
# The words that the sum of the head leaves out: the mark, the layout, the size, and the sum itself.
FIRST_SUMMED = _OFFSETS["body_sum"] // WORD
HEAD_WORDS = _OFFSETS["scratch"] // WORD
PAIRS_AT = _OFFSETS["pairs"] // WORD
SLOTS_AT = _OFFSETS["slots"] // WORD
STAGE_AT = cast(Any, Slot).offsets["stage"] // WORD
# No check has less memory than one of a single coordinate.
LEAST_WORDS = engine_words(1)
LAYOUT = layout_of(Engine, Slot, Coordinate, Lines, Block)


def seal(engine: Engine) -> None:
    """Write the checksums of a check."""
    if engine.mark == ENGINE_MARK:
        engine.body_sum = body_sum(engine)
    seal_head(engine)


def seal_head(engine: Engine) -> None:
    """Write the checksum of the head, where nothing else has changed."""
    if engine.mark == ENGINE_MARK:
        engine.head_sum = head_sum(engine)


def taken_up(engine: ConstEngine) -> int:
    """Return 0 where memory holds a check as the last call left it; else the code that says what it holds."""
    if is_null(engine):
        return NULL_ENGINE
    if engine.mark == OWN_MARK:
        return DONE
    if engine.mark != ENGINE_MARK:
        return NO_ENGINE
    if engine.layout != LAYOUT:
        return OTHER_VERSION
    if engine.head_sum != head_sum(engine) or not MODE_AUTO < engine.mode <= MODE_LINES:
        return DAMAGED
    return DONE if engine.body_sum == body_sum(engine) else DAMAGED


def taken_up_with(engine: ConstEngine, x: ConstVector) -> int:
    """As `taken_up`, for a call that has the vectors with it."""
    code = taken_up(engine)
    if code == DONE and engine.vectors != 8 * element_bytes(x):
        return OTHER_TYPE
    return code


def head_sum(engine: ConstEngine) -> int:
    """Return the checksum of the head; the words before it are verified by their values."""
    return weighted_sum(engine, FIRST_SUMMED, HEAD_WORDS - FIRST_SUMMED) + engine.words


def body_sum(engine: ConstEngine) -> int:
    """Return the checksum of what is in use behind the head: lines under way, pairs, coordinates, findings, lines."""
    total = weighted_sum(engine, PAIRS_AT, SIDES_WORDS * engine.sweep.paired)
    for k in range(SLOT_COUNT):
        stage = engine.slots[k].stage
        first = SLOTS_AT + k * SLOT_WORDS
        total += weighted_sum(engine, first, SLOT_WORDS if stage != stages.FREE else STAGE_AT + 1)
    if engine.mode == MODE_LINES:
        lines = as_record(engine, Lines)
        total += weighted_sum(engine, ENGINE_WORDS, LINES_WORDS - ENGINE_WORDS)
        # Verified now, or the sum differs whatever comes.
        if lines.block_count == (engine.words - LINES_WORDS) // BLOCK_WORDS - 1:
            total += weighted_sum(engine, LINES_WORDS, BLOCK_WORDS * (lines.block_count + 1))
        return total
    known = COORDINATE_WORDS * engine.sweep.count
    return total + weighted_sum(engine, ENGINE_WORDS, known + FINDING_WORDS * engine.sweep.finding_count)


def blocks_asked_for(engine: ConstEngine, capacity: int) -> int:
    """Return the number of named blocks of a check, 0 where every coordinate is tested; or the code of a misuse."""
    code = taken_up(engine)
    if code != DONE:
        return code
    if capacity < 0:
        return BAD_CAPACITY
    return as_record(engine, Lines).named if engine.mode == MODE_LINES else 0
