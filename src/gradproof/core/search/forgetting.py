"""Discards what lines have shown: they are drawn again with other noise, or on other scales."""

from __future__ import annotations

from ..lines.arrays import NOT_LOOKED_AT
from ..records.lines import Lines, block_of


def forget_lines(lines: Lines) -> None:
    """Forget what lines over all of x, and over parts of it, said so far."""
    lines.disagreed = 0
    lines.random_lines = 0
    lines.aligned_lines = 0
    lines.part.done = 0
    lines.part.again = 0
    lines.random_bar = 0.0
    lines.aligned_bar = 0.0
    lines.part.bar = 0.0
    lines.hidden_gap = 0.0
    lines.seen = 0.0
    lines.seen_factor = 0.0
    lines.curved_slope = 0.0
    for number in range(lines.block_count):
        block_of(lines, number).bar = 0.0


def forget_arrays(lines: Lines) -> None:
    """Forget what lines along their claims said of blocks."""
    lines.arrays = NOT_LOOKED_AT
    for number in range(lines.block_count):
        block = block_of(lines, number)
        block.wanted = 0
        block.aligned_bar = 0.0
