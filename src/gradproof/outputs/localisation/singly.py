"""What single outputs say of coordinates in which their sum does not agree.

Beside an output of 10,000 in float32, which does not move at all where x moves by little, the others move the sum as
smoothly as if all were computed in float64: its noise does not tell.  An output by itself is seen to be in float32.
So it is in float64 with small differences of large numbers, such as 1 - cos(x) of a small x: each of these moves in
steps of its own, and between two of them their sum may look smooth.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from ...core.evidence.faint_slopes import NEARBY
from ...core.evidence.scales import DEFAULT_RTOL
from ...problem.numbers import Flat
from ...report.cause import Cause
from ...report.finding import Finding
from ...report.report import Report
from ..covectors import Covector
from ..function import Function
from .columns import Column
from .entries import COORDINATES, MOST_OF_IT, Entries
from .suspects import Suspect, disagrees

# The most outputs of a coordinate that are checked singly.
FEW = 64
# Rounding of many outputs hardly ever moves a centered difference by more than this times its usual size.
RARE = 4.0
# Outputs that agree decide only where they would show an error of so many times the sizes of their claims, added up.
TELLS = 2.0
# Two of the steps in which an output moves may lie between two points.
STEPS = 2.0


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
    """Return, by flat index in x, what single outputs say where their sum is wrong, or open and some are in float32.

    A coordinate is missing where the sum says it all, or what its outputs say is known.
    """
    is_single = entries.function.in_float32[covector.support]
    looked_at = [one for one in report.findings if not (one.is_line or one.cause.is_acceptable or one.index in known)]
    if not is_single.any():
        wrong = [one for one in looked_at if one.cause is Cause.WRONG]
        return _of_few(entries, wrong[:COORDINATES], covector.support, covector)
    support = covector.support[is_single]
    found = _of_few(entries, looked_at[:COORDINATES], support, covector)
    last_places = np.abs(covector.weights[support]) * spacings(entries.function, support)
    unknown = (one for one in looked_at if one.cause is Cause.WRONG and one.index not in found)
    doubtful = [one for one in unknown if _may_be_rounded(one, last_places, one.step)]
    for number, one in enumerate(doubtful):
        if number >= COORDINATES or _may_be_rounded(one, last_places, _widest_steps(entries, one, support)):
            found[one.index] = Singly((_left_open(one),), math.nan)
    return found


def beside_kinks(entries: Entries, report: Report, covector: Covector) -> list[Finding]:
    """Return the coordinates with a kink at x in which the claim for some output lies outside of its own two slopes.

    The kinks of others allow their sum any claim.  In float32 all kinks are looked at anyway.
    """
    kinked = [one for one in report.findings if one.cause is Cause.KINK_AT_POINT][:COORDINATES]
    support = covector.support
    if not kinked or entries.function.in_float32.any() or not entries.claims.are_cheap(len(support)):
        return []
    columns = [entries.column(entries.problem.layout.place(one.index)) for one in kinked]
    rows = entries.claims.columns([one.index for one in columns], support).T
    some = [one for one in zip(kinked, columns, rows, strict=True) if one[1].knows(one[0].step)]
    slopes = [column.slopes(one.step, 0.0).of(support) for one, column, _ in some]
    rtol = entries.settings.rtol or DEFAULT_RTOL
    return [one for (one, _, row), each in zip(some, slopes, strict=True) if disagrees(row, each, rtol)]


def _left_open(finding: Finding) -> Finding:
    """Return a finding that rounding leaves open."""
    return replace(finding, cause=Cause.NOISE_LIMITED, explanation="")


def _of_few(entries: Entries, findings: Sequence[Finding], support: Flat, covector: Covector) -> dict[int, Singly]:
    """Return what the outputs say that move with a coordinate, where they are few enough to be asked one by one."""
    if not (findings and entries.claims.are_cheap(len(support))):
        return {}
    weights, is_single = covector.weights[support], entries.function.in_float32.any()
    columns = [entries.column(entries.problem.layout.place(one.index)) for one in findings]
    claimed = entries.claims.columns([one.index for one in columns], support)
    found: dict[int, Singly] = {}
    for at, (finding, column) in enumerate(zip(findings, columns, strict=True)):
        if not (math.isfinite(finding.claimed) and column.knows(finding.step)):
            continue
        moving = np.flatnonzero((claimed[:, at] != 0) | column.moving[support])
        suspects = [Suspect(int(support[place]), float(claimed[place, at])) for place in moving]
        if len(support) == len(covector.support) and not _adds_up(finding, float(weights @ claimed[:, at])):
            continue
        sizes = float(np.abs(weights * claimed[:, at]).sum())
        rtol = None if is_single else _rtol_for(finding, sizes, entries.settings.rtol or DEFAULT_RTOL)
        one = _of_suspects(entries, column, suspects, weights[moving], rtol) if 0 < len(moving) <= FEW else None
        if one is None or not (is_single or _explain(finding, column, one.entries, covector.weights)):
            continue
        tells = one.entries or one.resolution <= TELLS * sizes
        found[finding.index] = one if tells else Singly((_left_open(finding),), math.nan)
    return found


def _rtol_for(finding: Finding, sizes: float, rtol: float) -> float:
    """Return how far off, relatively, claims of so large sizes may be: an error of their sum may be little of them."""
    part = MOST_OF_IT * abs(finding.claimed - finding.slope)
    return min(part / sizes, rtol) if part > 0.0 < sizes < math.inf else rtol


def _adds_up(finding: Finding, claimed: float) -> bool:
    """Return whether a claim for a sum of outputs is what is claimed for them one by one, added up.

    Where the difference is most of its error, as of a product that leaves its largest component out, they say nothing.
    """
    return not abs(finding.claimed - claimed) > MOST_OF_IT * abs(finding.claimed - finding.slope)


def _explain(finding: Finding, column: Column, entries: Sequence[Finding], weights: Flat) -> bool:
    """Return whether outputs in float64 that are open explain, by their steps, a claim for their sum that seems off."""
    if finding.cause is not Cause.WRONG or any(one.cause is Cause.WRONG for one in entries) or not entries:
        return True
    heights = sum(abs(float(weights[one.output])) * column.height(one.output) for one in entries)
    return abs(finding.claimed - finding.slope) <= finding.error_bar + STEPS * heights / finding.step


def _of_suspects(
    entries: Entries, column: Column, suspects: Sequence[Suspect], weights: Flat, rtol: float | None
) -> Singly | None:
    """Return what some outputs say, each checked by itself, up to one that is wrong; None if the budget is spent."""
    found, resolution = [], 0.0
    for suspect, weight in zip(suspects, weights.tolist(), strict=True):
        report = entries.report_of_output(column, suspect, rtol)
        if report is None:
            return None
        if report.kinks.size and not entries.function.in_float32[suspect.output]:
            return None  # what kinks allow in sums of outputs is judged for all of these at once
        found.append(entries.entry(column, suspect, report))
        if report.verdict == "wrong":
            break
        resolution += abs(weight) * report.resolution
    return Singly(tuple(one for one in found if one is not None), resolution)


def spacings(function: Function, support: Flat) -> Flat:
    """Return how large the last places of outputs in float32 are."""
    sizes = np.abs(function.at_x[support]).astype(np.float32)
    return np.spacing(sizes).astype(np.float64)


def _may_be_rounded(finding: Finding, last_places: Flat, steps: float | Flat) -> bool:
    """Return whether rounding of outputs to float32 explains by how much a claim for their sum is off its slope.

    An output moves by less than its spacing, or is rounded by as much, where x moves by its step.
    """
    if not (math.isfinite(finding.claimed) and finding.step > 0):
        return False
    each = last_places / steps
    rounded = min(float(each.sum()), RARE * float(np.linalg.norm(each)))
    return abs(finding.claimed - finding.slope) <= finding.error_bar + rounded


def _widest_steps(entries: Entries, finding: Finding, support: Flat) -> Flat:
    """Return for each output the step of a finding, or a far one where it does not move at that either."""
    column = entries.column(entries.problem.layout.place(finding.index))
    far = NEARBY * max(abs(column.at), 1.0)
    slopes = column.slopes(far, 0.0).of(support)
    return np.where((slopes.left == 0) & (slopes.right == 0), far, finding.step)
