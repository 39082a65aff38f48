"""A text of the core by itself: where it is written to, and what a C program reads there."""

from __future__ import annotations

from typing import Any

import numpy as np
from texts import options_of

from gradproof.core.records import border
from gradproof.core.records.memory import handle
from gradproof.core.records.text import Text
from gradproof.core.text import letters

ROOM = 4096


def text_of(size: int = ROOM, n: int = 1, names: Any = None, borders: Any = None) -> tuple[Any, Any]:
    """A text that is written to so many bytes, and these."""
    text, room = Text(), np.full(max(size, 1), 0xEE, np.uint8)
    text.letters, text.size = room, size
    report = border.Report()
    report.size, report.n = border.REPORT_BYTES, n
    text.report, text.options = handle(report), handle(options_of(names, borders))
    return text, room


def ended(text: Any, room: Any) -> str:
    """What a C program reads."""
    letters.finish(text)
    return bytes(room[: room.tolist().index(0)]).decode()
