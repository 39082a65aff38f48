"""What is known of one named array: claims, slopes and their bars, and which claims are wrong."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from ..problem.numbers import Flat
from ..report.cause import Cause
from ..report.records import Record, resolutions_of

# Bars are bounds; a little more allows for the rounding of what is computed from them.
MARGIN = 1.5
UNIT = {"float64": 1e-12, "float32": 1e-6}


class Evidence(NamedTuple):
    """One named array in a report.

    All arrays have one value for each coordinate, in the order of the array.

    Attributes
    ----------
    name
        The name of the array.
    shape
        Its shape; a vector if only some of its coordinates were checked.
    start
        Where it begins among the coordinates that were checked.
    x, claimed
        The point and the claims.
    slope
        The measured slopes; where a claim agrees, the claim itself stands for it.
    bar
        By how much a slope may be off.
    known
        Whether a coordinate was decided, and has no kink.
    wrong
        Whether its claim is wrong.
    """

    name: str
    shape: tuple[int, ...]
    start: int
    x: Flat
    claimed: Flat
    slope: Flat
    bar: Flat
    known: Flat
    wrong: Flat

    @property
    def is_complete(self) -> bool:
        """Whether every coordinate is known."""
        return bool(self.known.all())

    def only_wrong(self) -> Evidence:
        """Return the evidence of the wrong coordinates alone, as a vector."""
        return self.part(self.wrong)

    def part(self, mask: Flat) -> Evidence:
        """Return the evidence of some coordinates alone, as a vector."""
        arrays = (self.x, self.claimed, self.slope, self.bar, self.known, self.wrong)
        return Evidence(self.name, (int(mask.sum()),), self.start, *(each[mask] for each in arrays))

    @property
    def error(self) -> Flat:
        """What is wrong: claim minus slope."""
        off: Flat = self.claimed - self.slope
        return off

    def shaped(self, values: Flat) -> Flat:
        """Return one value for each coordinate in the shape of the array."""
        array: Flat = values.reshape(self.shape)
        return array


def evidence_of(report: Record) -> Iterator[Evidence]:
    """Yield the evidence of each named array that has a wrong coordinate."""
    kept = report._evidence
    n, layout = report.n, kept.layout
    claimed = np.asarray(kept.claimed, np.float64)
    slope, bar = claimed.copy(), np.zeros(n)
    known, wrong = np.zeros(n, bool), np.zeros(n, bool)
    if report.power is None:
        resolutions = resolutions_of(report)
        known |= np.isfinite(resolutions)
        bar[known] = resolutions[known]
    else:
        known[[layout.place(int(one)) for one in report.sampled]] = True
    for one in report.findings:
        if one.stop != one.start + 1 or one.output >= 0:
            continue
        place = layout.place(one.index)
        slope[place], bar[place] = one.slope, one.error_bar
        wrong[place] = one.cause is Cause.WRONG
        known[place] = wrong[place] and not one.has_kink and np.isfinite(one.slope)
    for leaf in layout.leaves:
        part = slice(leaf.start, leaf.stop)
        if (wrong[part] & known[part]).any():
            shape = leaf.shape if not leaf.is_complex else (*leaf.shape, 2)
            shape = shape if np.prod(shape, dtype=int) == leaf.stop - leaf.start else (leaf.stop - leaf.start,)
            x = np.asarray(kept.values.x[part], np.float64)
            arrays = (each[part] for each in (claimed, slope, bar, known, wrong & known))
            yield Evidence(leaf.path or layout.title, shape, leaf.start, x, *arrays)
