"""The native library: how large it is."""

from __future__ import annotations

from collections.abc import Iterator

from gradproof.commands.installed.installation import LIBRARY
from peers import GRADPROOF
from table import Row
from timing import Effort

MOST_BYTES = 110_000.0


def rows(_effort: Effort) -> Iterator[Row]:
    if LIBRARY.exists():
        yield Row("native library", "bytes", {GRADPROOF: float(LIBRARY.stat().st_size)}, MOST_BYTES)
