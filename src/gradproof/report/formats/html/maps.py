"""A small picture of each named array: which of its coordinates are wrong, open, at a kink, or right."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from html import escape
from typing import NamedTuple

import numpy as np

from ....problem.nodes import Leaf
from ....problem.numbers import Flat
from ...records import Record, resolutions_of

# The states of a coordinate; of those in one cell the last one of this list is shown.
STATES = ("right", "untested", "kink", "undecided", "line", "wrong")
RIGHT, UNTESTED, KINK, UNDECIDED, LINE, WRONG = range(6)
MOST_ROWS, MOST_COLUMNS = 40, 64
# Pixels of a cell, in pictures of few rows and of many.
FEW_ROWS, LARGE_CELL, SMALL_CELL = 16, 12, 6
# Arrays narrower than this and longer than a picture are shown as vectors.
NARROW = 4


class Grid(NamedTuple):
    """Cells of an array: the number of their rows and columns, and the size of the array that they represent."""

    rows: int
    columns: int
    height: int
    width: int

    def cells(self, places: Flat) -> Flat:
        """Return the cells of elements of the array, by their flat indices."""
        row, column = np.divmod(places, self.width)
        cells: Flat = (row * self.rows // self.height) * self.columns + column * self.columns // self.width
        return cells


def grid_of(shape: tuple[int, ...], count: int) -> Grid:
    """Return the cells of an array of `count` elements: of a vector they fill one row after the other."""
    width = shape[-1] if len(shape) > 1 else count
    height = count // max(width, 1)
    if height == 1 or (width < NARROW and height > MOST_ROWS):
        if count <= MOST_COLUMNS:
            return Grid(1, count, 1, count)
        rows = min(-(-count // MOST_COLUMNS), MOST_ROWS)
        width = -(-count // rows)
        return Grid(rows, min(width, MOST_COLUMNS), rows, width)
    return Grid(min(height, MOST_ROWS), min(width, MOST_COLUMNS), height, width)


def states(report: Record, leaf: Leaf, grid: Grid) -> Flat:
    """Return the state of each cell, -1 for those behind the end of the array."""
    shown = np.full(grid.rows * grid.columns, -1)
    # Every cell up to that of the last element has elements.
    shown[: int(grid.cells(np.array(leaf.stop - leaf.start - 1))) + 1] = _usual(report, leaf)
    for places, state in _told(report, leaf):
        np.maximum.at(shown, grid.cells(places), state)
    return shown


def _usual(report: Record, leaf: Leaf) -> int:
    """Return the state of a coordinate without a finding."""
    if report.power is None:
        return RIGHT
    layout = report._evidence.layout
    for one in report.findings:
        start, stop = layout.place(one.start), layout.place(one.stop - 1) + 1
        if stop > start + 1 and start <= leaf.start and leaf.stop <= stop and not one.cause.is_acceptable:
            return LINE
    seen = report.verdict == "right" and leaf.path not in report.power.unseen
    return RIGHT if seen else UNTESTED


def _told(report: Record, leaf: Leaf) -> Iterator[tuple[Flat, int]]:
    """Yield places in an array with their state."""
    layout = report._evidence.layout
    if report.power is None:
        nothing = np.flatnonzero(np.isnan(resolutions_of(report)[leaf.start : leaf.stop]))
        yield nothing, UNTESTED if report.untested else UNDECIDED
    alone = [one for one in report.findings if not one.is_line]
    open_ones = [one.index for one in alone if one.cause.is_open]
    for indices, state in ((report.kinks, KINK), (open_ones, UNDECIDED), (report.wrong, WRONG)):
        every = np.asarray(indices, np.int64)
        places = every if layout.indices is None else np.searchsorted(layout.indices, every)
        yield places[(places >= leaf.start) & (places < leaf.stop)] - leaf.start, state


def picture(report: Record, leaf: Leaf) -> str:
    """Return an array as an SVG element: a rectangle for each run of cells of one state."""
    count = leaf.stop - leaf.start
    shape = (*leaf.shape, 2) if leaf.is_complex else leaf.shape
    grid = grid_of(shape if math.prod(shape) == count else (count,), count)
    cells = states(report, leaf, grid).reshape(grid.rows, grid.columns)
    parts = [part for row in range(grid.rows) for part in _runs(cells[row], row)]
    name = escape(f"map of {report._evidence.layout.title_of(leaf)}")
    pixels = grid.columns * (LARGE_CELL if grid.rows <= FEW_ROWS else SMALL_CELL)
    size = f'viewBox="0 0 {grid.columns} {grid.rows}" style="width:min(100%,{pixels}px)"'
    label = f'role="img" aria-label="{name}" shape-rendering="crispEdges"'
    return f'<svg class="map" {size} {label}><title>{name}</title>{"".join(parts)}</svg>'


def _runs(cells: Flat, row: int) -> Iterator[str]:
    ends = [0, *(np.flatnonzero(np.diff(cells)) + 1).tolist(), len(cells)]
    for start, stop in itertools.pairwise(ends):
        if cells[start] >= 0:
            state = STATES[int(cells[start])]
            yield f'<rect class="{state}" x="{start}" y="{row}" width="{stop - start}" height="1"/>'
