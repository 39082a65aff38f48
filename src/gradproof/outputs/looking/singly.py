"""What single outputs in float32 say of coordinates in which their sum does not agree.

Beside an output of 10,000 in float32, which does not move at all where x moves by little, the others move the sum as
smoothly as if all were computed in float64: its noise does not tell.  An output by itself is seen to be in float32.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from ...problem.numbers import Flat
from ...report.cause import Cause
from ...report.finding import Finding
from ...report.report import Report
from ..covectors import Covector
from .columns import Slopes
from .entries import COORDINATES, Entries
from .suspects import Suspect

# So many outputs of a coordinate are checked singly, whatever they are.
FEW = 16
# Of more outputs, so many in whose rounding a claim for their sum may be lost.
LOST = 8
# A slope of the sum may be off by its bar, and so may the claim.
UNSEEN = 2.0


class Singly(NamedTuple):
    """What single outputs say of a coordinate.

    Attributes
    ----------
    entries
        What is wrong, or open, in them; nothing if all agree.
    resolution
        The smallest error of their sum that they would show.
    """

    entries: tuple[Finding, ...]
    resolution: float


def singly(entries: Entries, report: Report, covector: Covector) -> dict[int, Singly]:
    """Return, by flat index in x, what single outputs say where their sum is wrong or open, and they are in float32.

    A coordinate is missing where that does not settle it.
    """
    if not entries.claims.are_cheap(len(covector.support)):
        return {}
    looked_at = [one for one in report.findings if not one.is_line and not one.cause.is_acceptable]
    found = ((one.index, _of_coordinate(entries, one, covector)) for one in looked_at[:COORDINATES])
    return {index: one for index, one in found if one is not None}


def _of_coordinate(entries: Entries, finding: Finding, covector: Covector) -> Singly | None:
    """Return what single outputs say of a coordinate; None where they are not in float32, or too many to be asked."""
    column = entries.column(entries.problem.layout.place(finding.index))
    if not (math.isfinite(finding.claimed) and column.knows(finding.step)):
        return None
    support = covector.support[column.are_single(finding.step)[covector.support]]
    if not len(support):
        return None
    slopes, weights = column.slopes(finding.step, 0.0).of(support), covector.weights[support]
    claimed = entries.claims.columns([column.index], support)[:, 0]
    asked, resolution = _asked(finding, slopes, claimed, weights)
    wrong: list[Finding] = []
    for place in asked.tolist():
        suspect = Suspect(int(support[place]), float(claimed[place]))
        report = entries.report_of_output(column, suspect)
        if report is None:
            return None
        entry = entries.entry(column, suspect, report)
        wrong += [] if entry is None else [entry]
        resolution += abs(float(weights[place])) * report.resolution
    return Singly(tuple(wrong), resolution) if len(asked) else None


def _asked(finding: Finding, slopes: Slopes, claimed: Flat, weights: Flat) -> tuple[Flat, float]:
    """Return which outputs are to be checked, and what error their sum hides besides."""
    moving = np.flatnonzero((claimed != 0) | (slopes.left != 0) | (slopes.right != 0))
    if len(moving) <= FEW:
        return moving, 0.0
    off = weights * (claimed - slopes.centre)
    excess = finding.claimed - finding.slope
    # The fewest, those farthest off first, without which the others agree.
    order = moving[np.argsort(-np.abs(off[moving]), kind="stable")][:LOST]
    enough = np.flatnonzero(np.abs(excess - np.cumsum(off[order])) <= finding.error_bar)
    if finding.cause is not Cause.WRONG or not len(enough):
        return order[:0], 0.0
    return order[: enough[0] + 1], UNSEEN * finding.error_bar
