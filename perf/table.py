"""Rows of figures as text for a terminal and as Markdown for the README."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from peers import COLUMNS, GRADPROOF

NOTHING = "-"


class Row(NamedTuple):
    """One comparison: the figure of each contender, in one unit; `target` is the most that ours should be."""

    name: str
    unit: str
    figures: Mapping[str, float]
    target: float = math.inf
    in_readme: bool = False

    @property
    def is_met(self) -> bool:
        return self.figures[GRADPROOF] <= self.target


def heading() -> str:
    """Return the first line of the table."""
    return _line("", COLUMNS, "unit", "target")


def line(row: Row) -> str:
    """Return one row for a terminal."""
    target = ""
    if math.isfinite(row.target):
        target = f"≤ {number(row.target)} {'met' if row.is_met else 'MISSED'}"
    return _line(row.name, _cells(row), row.unit, target)


def markdown(rows: Sequence[Row]) -> str:
    """Return the rows for the README, with the columns that have something in them."""
    used = [name for name in COLUMNS if any(name in row.figures for row in rows)]
    lines = ["| " + " | ".join(["", "in", *used]) + " |", "|---|---|" + "---:|" * len(used)]
    lines += ["| " + " | ".join([row.name, row.unit, *_cells(row, used)]) + " |" for row in rows]
    return "\n".join(lines)


def number(value: float) -> str:
    """Return a figure with three digits, large ones as they are."""
    if value >= 1000:
        return f"{value:,.0f}"
    if value == 0 or value >= 0.01:
        return f"{value:.{max(0, 2 - max(0, _magnitude(value)))}f}"
    return f"{value:.1e}"


def _magnitude(value: float) -> int:
    return math.floor(math.log10(abs(value))) if value else 0


def _cells(row: Row, columns: Sequence[str] = COLUMNS) -> list[str]:
    return [number(row.figures[name]) if name in row.figures else NOTHING for name in columns]


def _line(name: str, cells: Sequence[str], unit: str, target: str) -> str:
    return f"{name:<60}" + "".join(f"{cell:>13}" for cell in cells) + f"  {unit:<24}{target}".rstrip()
