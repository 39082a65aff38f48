"""What single outputs in float32 say of coordinates in which their sum does not agree.

Beside an output of 10,000 in float32, which does not move at all where x moves by little, the others move the sum as
smoothly as if all were computed in float64: its noise does not tell.  An output by itself is seen to be in float32.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from ...problem.numbers import Flat
from ...report.cause import Cause
from ...report.finding import Finding
from ...report.report import Report
from ..covectors import Covector
from .columns import Column
from .entries import COORDINATES, Entries
from .suspects import Suspect

# So many outputs of a coordinate are checked singly.
FEW = 16
# Rounding of many outputs moves a centered difference by more than this times its usual size about never.
RARE = 4.0


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


def singly(entries: Entries, report: Report, covector: Covector, known: Collection[int]) -> dict[int, Singly]:
    """Return, by flat index in x, what single outputs in float32 say where their sum is wrong or open.

    A coordinate is missing where the sum says it all, or what its outputs say is known.
    """
    support = covector.support[entries.function.in_float32[covector.support]]
    weights = covector.weights[support]
    looked_at = [one for one in report.findings if not (one.is_line or one.cause.is_acceptable or one.index in known)]
    found: dict[int, Singly] = {}
    for one in looked_at if len(support) else ():
        column = entries.column(entries.problem.layout.place(one.index))
        if not (math.isfinite(one.claimed) and column.knows(one.step)):
            continue
        alone = _of_few(entries, column, one, support, weights) if len(found) < COORDINATES else None
        if alone is None and one.cause is Cause.WRONG and _may_be_rounded(entries, one, support, weights):
            alone = Singly((replace(one, cause=Cause.NOISE_LIMITED, explanation=""),), math.nan)
        if alone is not None:
            found[one.index] = alone
    return found


def _of_few(entries: Entries, column: Column, finding: Finding, support: Flat, weights: Flat) -> Singly | None:
    """Return what those outputs say that move with a coordinate; None where they are too many to be asked."""
    if not entries.claims.are_cheap(len(support)):
        return None
    slopes = column.slopes(finding.step, 0.0).of(support)
    claimed = entries.claims.columns([column.index], support)[:, 0]
    moving = np.flatnonzero((claimed != 0) | (slopes.left != 0) | (slopes.right != 0))
    if not 0 < len(moving) <= FEW:
        return None
    wrong, resolution = [], 0.0
    for place in moving.tolist():
        suspect = Suspect(int(support[place]), float(claimed[place]))
        report = entries.report_of_output(column, suspect)
        if report is None:
            return None
        wrong.append(entries.entry(column, suspect, report))
        resolution += abs(float(weights[place])) * report.resolution
    return Singly(tuple(one for one in wrong if one is not None), resolution)


def _may_be_rounded(entries: Entries, finding: Finding, support: Flat, weights: Flat) -> bool:
    """Return whether rounding of outputs to float32 explains by how much a claim for their sum is off its slope."""
    sizes = np.abs(entries.function.at_x[support]).astype(np.float32)
    spacings = np.abs(weights) * np.spacing(sizes).astype(np.float64)
    rounded = min(float(spacings.sum()), RARE * float(np.linalg.norm(spacings))) / finding.step
    return abs(finding.claimed - finding.slope) <= finding.error_bar + rounded
