"""What wrong entries of a Jacobian have in common: one row, rows in the place of others, a block that is transposed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ...problem.numbers import Flat
from ...problem.structure import Layout
from ...report.explanation import Explanation

# The relative difference that counts as none, in addition to the error bars of the slopes.
SAME = 1e-5
# With fewer entries hardly anything can be recognised: anything fits them.
FEWEST = 2
# The most rows that are named.
NAMED = 3
TRANSPOSED = "claimed = slope, transposed"
SIDES = ": do the rows stand for coordinates, and the columns for outputs?"


class Block(NamedTuple):
    """Columns of a Jacobian: what is claimed, what was measured, and by how much that may be off.

    Attributes
    ----------
    outputs, inputs
        The structures of the output and of x.
    places
        Which coordinates the columns belong to.
    """

    outputs: Layout
    inputs: Layout
    places: Sequence[int]
    claimed: Flat
    slopes: Flat
    bars: Flat

    def differs(self, claimed: Flat, slopes: Flat, bars: Flat) -> Flat:
        """Return which claims are not these slopes."""
        with np.errstate(all="ignore"):
            off: Flat = ~(np.abs(claimed - slopes) <= bars + SAME * np.fmax(np.abs(claimed), np.abs(slopes)))
        return off

    @property
    def wrong(self) -> Flat:
        """Which entries are wrong."""
        return self.differs(self.claimed, self.slopes, self.bars)


def in_common(block: Block) -> Explanation | None:
    """Return what explains all wrong entries; None if nothing does."""
    if not (np.isfinite(block.claimed).all() and np.isfinite(block.slopes).all()):
        return None
    rows = np.flatnonzero(block.wrong.any(axis=1))
    if not len(rows) or np.count_nonzero(block.wrong) < FEWEST or len(block.slopes) < FEWEST:
        return None
    told = _one_row(block, int(rows[0])) if len(rows) == 1 else _moved_rows(block, rows) or _transposed(block, rows)
    return None if told is None else Explanation(*told)


def _one_row(block: Block, row: int) -> tuple[str, str, str] | None:
    """Return that the only row that is wrong is the one of another output, if it is."""
    other = _whose(block, row)
    if other is None:
        return None
    n, count = block.inputs.n, len(block.places)
    where = f"the row of {block.outputs.name(row)}" + f", in {count:,} of {n:,} coordinates" * (count < n)
    return "rearranged", where, f"claimed = slope of {block.outputs.name(other)}, is it the row of another output?"


def _whose(block: Block, row: int) -> int | None:
    """Return the only other output whose slopes are claimed in a row; None if it is of none, or of several."""
    claimed = block.claimed[row]
    fits = np.flatnonzero(~block.differs(claimed[None], block.slopes, block.bars).any(axis=1))
    is_told = len(fits) == 1 and np.count_nonzero(claimed) >= FEWEST
    return int(fits[0]) if is_told and int(fits[0]) != row else None


def _moved_rows(block: Block, rows: Flat) -> tuple[str, str, str] | None:
    """Return how rows stand in the place of others, if all that are wrong do."""
    whose = [_whose(block, int(row)) for row in rows]
    name = block.outputs.name
    if any(one is None for one in whose):
        return None
    pairs = [f"that of {name(int(row))} is that of {name(int(one or 0))}" for row, one in zip(rows, whose, strict=True)]
    if len(rows) == 2 and whose == [int(rows[1]), int(rows[0])]:
        return "rearranged", f"the rows of {name(int(rows[0]))} and {name(int(rows[1]))}", "claimed = slope, swapped"
    more = len(pairs) - NAMED
    listed = ", ".join(pairs[:NAMED]) + (f", and {more:,} more" if more > 0 else "")
    return "rearranged", f"{len(rows)} rows", f"claimed = slope of other outputs: {listed}"


def _transposed(block: Block, rows: Flat) -> tuple[str, str, str] | None:
    """Return which block is transposed, if that explains all wrong entries whose mirror images are known."""
    if block.inputs.indices is not None:  # of coordinates that are held nothing is known
        return None
    places = np.asarray(block.places)
    columns = places[block.wrong.any(axis=0)]
    size, count = len(block.slopes), max(np.ptp(rows), np.ptp(columns)) + 1
    at = {int(place): column for column, place in enumerate(places)}
    for row, column in ((0, 0), (int(rows[0]), int(columns.min()))):
        wrong = [(int(i) - row, int(places[j]) - column, i, j) for i, j in zip(*np.nonzero(block.wrong), strict=True)]
        known = [(i, j, row + b, at[column + a]) for a, b, i, j in wrong if row + b < size and column + a in at]
        if len(known) < FEWEST or 2 * len(known) < len(wrong):
            continue
        i, j, mirrored, of = (np.array(one) for one in zip(*known, strict=True))
        if not block.differs(block.claimed[i, j], block.slopes[mirrored, of], block.bars[mirrored, of]).any():
            return _box(block, row, column, int(count))
    return None


def _box(block: Block, row: int, column: int, count: int) -> tuple[str, str, str]:
    """Return that a square block that begins at a row and a column is transposed, or all of the Jacobian."""
    if (row, column) == (0, 0) and count >= max(len(block.slopes), block.inputs.n) - 1:
        return "rearranged", "the Jacobian", TRANSPOSED + SIDES
    ends = (block.outputs.name(row + at) for at in (0, count - 1))
    names = (block.inputs.name(column + at) for at in (0, count - 1))
    return "rearranged", f"the block {' … '.join(ends)} / {' … '.join(names)}", TRANSPOSED
