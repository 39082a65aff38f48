"""Rows of figures as text, for a terminal and for the manual."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Mapping
from typing import NamedTuple

from peers import GRADPROOF
from timing import Figure

WIDTH = 130
NAME, FIGURE, GOAL = 62, 20, 18


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
    return _line("", "gradproof", "goal", "unit")


def line(row: Row) -> str:
    """Return one row: what ours is, and below it the others."""
    own = _line(row.name, spread(row.figures[GRADPROOF]), goal(row), row.unit)
    others = [f"{name} {spread(figure)}" for name, figure in row.figures.items() if name != GRADPROOF]
    # What belongs together stays on one line.
    words = "   ".join(other.replace(" ", "\N{NO-BREAK SPACE}") for other in others)
    indent = " " * 6
    below = textwrap.wrap(words, WIDTH, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False)
    return "\n".join([own, *below]).replace("\N{NO-BREAK SPACE}", " ")


def goal(row: Row) -> str:
    """Return what ours should be, and whether it is."""
    return f"≤ {number(row.target)} {'met' if row.is_met else 'MISSED'}" if math.isfinite(row.target) else ""


def spread(value: float) -> str:
    """Return a figure with the quartiles around it, where it has some that differ."""
    if not isinstance(value, Figure) or number(value.low) == number(value.high):
        return number(value)
    return f"{number(value)} ({number(value.low)}-{number(value.high)})"


def number(value: float) -> str:
    """Return a figure with three digits, large ones as they are."""
    if value >= 1000:
        return f"{value:,.0f}"
    if value == 0 or value >= 0.01:
        return f"{value:.{max(0, 2 - max(0, _magnitude(value)))}f}"
    return f"{value:.1e}"


def _magnitude(value: float) -> int:
    return math.floor(math.log10(abs(value))) if value else 0


def _line(name: str, figure: str, target: str, unit: str) -> str:
    return f"{name:<{NAME}}{figure:<{FIGURE}}{target:<{GOAL}}{unit}".rstrip()
