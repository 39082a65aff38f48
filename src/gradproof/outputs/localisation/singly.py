"""What single outputs in float32 say of coordinates in which their sum does not agree.

Beside an output of 10,000 in float32, which does not move at all where x moves by little, the others move the sum as
smoothly as if all were computed in float64: its noise does not tell.  An output by itself is seen to be in float32.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from ...core.evidence.faint_slopes import NEARBY
from ...problem.numbers import Flat, frozen
from ...report.cause import Cause
from ...report.finding import Finding
from ...report.report import Report
from ..covectors import Covector
from ..function import Function
from .columns import Column
from .entries import COORDINATES, Entries
from .suspects import Suspect

# The most outputs of a coordinate that are checked singly.
FEW = 16
# Rounding of many outputs hardly ever moves a centered difference by more than this times its usual size.
RARE = 4.0
# Units in the last place of an output in float32 by which it must move to be seen to move: those of a check of its own.
SEEN = 8.0


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
    looked_at = [one for one in report.findings if not (one.is_line or one.cause.is_acceptable or one.index in known)]
    if not len(support):
        return {}
    found = _of_few(entries, looked_at[:COORDINATES], support, covector.weights[support])
    spacings = _spacings(entries.function, support, covector.weights[support])
    wrong = (one for one in looked_at if one.cause is Cause.WRONG and one.index not in found)
    doubtful = [one for one in wrong if _may_be_rounded(one, spacings, one.step)]
    for number, one in enumerate(doubtful):
        if number >= COORDINATES or _may_be_rounded(one, spacings, _widest_steps(entries, one, support)):
            found[one.index] = Singly((replace(one, cause=Cause.NOISE_LIMITED, explanation=""),), math.nan)
    return found


def _of_few(entries: Entries, findings: Sequence[Finding], support: Flat, weights: Flat) -> dict[int, Singly]:
    """Return what the outputs say that move with a coordinate, where they are few enough to be asked one by one."""
    if not (findings and entries.claims.are_cheap(len(support))):
        return {}
    columns = [entries.column(entries.problem.layout.place(one.index)) for one in findings]
    claimed = entries.claims.columns([one.index for one in columns], support)
    found: dict[int, Singly] = {}
    for at, (finding, column) in enumerate(zip(findings, columns, strict=True)):
        if not (math.isfinite(finding.claimed) and column.knows(finding.step)):
            continue
        slopes = column.slopes(finding.step, 0.0).of(support)
        moving = np.flatnonzero((claimed[:, at] != 0) | (slopes.left != 0) | (slopes.right != 0))
        suspects = [Suspect(int(support[place]), float(claimed[place, at])) for place in moving]
        one = _of_suspects(entries, column, suspects, weights[moving]) if 0 < len(moving) <= FEW else None
        if one is not None:
            found[finding.index] = one
    return found


def _of_suspects(entries: Entries, column: Column, suspects: Sequence[Suspect], weights: Flat) -> Singly | None:
    """Return what some outputs say, each checked by itself; None if the budget is spent."""
    found, resolution = [], 0.0
    for suspect, weight in zip(suspects, weights.tolist(), strict=True):
        report = entries.report_of_output(column, suspect)
        if report is None:
            return None
        found.append(entries.entry(column, suspect, report))
        resolution += abs(weight) * report.resolution
    return Singly(tuple(one for one in found if one is not None), resolution)


def resolved(report: Report, function: Function, covector: Covector, x: Flat) -> Report:
    """Return a report of a projection that promises no more than outputs in float32 show, however smooth their sum is.

    One that does not move beside x may be off by what moves it by a few units in its last place, far from x.
    """
    support = covector.support[function.in_float32[covector.support]]
    if not (len(support) and report.resolutions.size):
        return report
    rounding = SEEN * float(np.linalg.norm(_spacings(function, support, covector.weights[support])))
    layout = report._evidence.layout
    chosen = slice(None) if layout.indices is None else layout.indices
    resolutions = report.resolutions.copy()
    known = np.isfinite(resolutions[chosen])
    hidden = rounding / (NEARBY * np.fmax(np.abs(x.astype(np.float64)), 1.0))
    resolutions[chosen] = np.where(known, np.fmax(resolutions[chosen], hidden), resolutions[chosen])
    largest = float(np.max(resolutions, initial=0.0, where=np.isfinite(resolutions)))
    evidence = report._evidence._replace(usual=None)
    return replace(
        report, resolution=max(report.resolution, largest), resolutions=frozen(resolutions), _evidence=evidence
    )


def _spacings(function: Function, support: Flat, weights: Flat) -> Flat:
    """Return how large the last places of outputs in float32 are, weighed."""
    sizes = np.abs(function.at_x[support]).astype(np.float32)
    spacings: Flat = np.abs(weights) * np.spacing(sizes).astype(np.float64)
    return spacings


def _may_be_rounded(finding: Finding, spacings: Flat, steps: float | Flat) -> bool:
    """Return whether rounding of outputs to float32 explains by how much a claim for their sum is off its slope.

    An output moves by less than its spacing, or is rounded by as much, where x moves by its step.
    """
    if not (math.isfinite(finding.claimed) and finding.step > 0):
        return False
    each = spacings / steps
    rounded = min(float(each.sum()), RARE * float(np.linalg.norm(each)))
    return abs(finding.claimed - finding.slope) <= finding.error_bar + rounded


def _widest_steps(entries: Entries, finding: Finding, support: Flat) -> Flat:
    """Return for each output the step of a finding, or a far one where it does not move at that either."""
    column = entries.column(entries.problem.layout.place(finding.index))
    far = NEARBY * max(abs(column.at), 1.0)
    slopes = column.slopes(far, 0.0).of(support)
    return np.where((slopes.left == 0) & (slopes.right == 0), far, finding.step)
