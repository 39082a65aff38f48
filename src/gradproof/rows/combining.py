"""Combines the evidence from subsets of the rows into findings and a report about all rows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from ..core.machine.vouched import SEEN_TOLERANCES
from ..problem.numbers import Flat, frozen
from ..report.cause import Cause
from ..report.finding import Finding
from ..report.making import worst_first
from ..report.records import Verdict
from ..report.report import Report
from .additive import Form


class Piece(NamedTuple):
    """What a check of one coordinate found on one part of the rows."""

    cause: Cause
    claimed: float = math.nan
    slope: float = math.nan
    left: float = math.nan
    right: float = math.nan
    error_bar: float = math.inf
    step: float = math.nan
    resolution: float = math.inf
    has_kink: bool = False
    distance: float = math.nan


UNKNOWN = Piece(Cause.UNTESTED)


def pieces(report: Report) -> list[Piece]:
    """Return what the check on a part found for each coordinate."""
    told = {one.index: Piece(*(getattr(one, name) for name in Piece._fields)) for one in report.findings}
    return [told.get(index) or _without_finding(report, index) for index in range(report.n)]


def _without_finding(report: Report, index: int) -> Piece:
    resolution = float(report.resolutions[index])
    if not math.isfinite(resolution):
        return UNKNOWN
    claimed, rungs = report.claimed(index), report.ladder(index)
    if not rungs:
        return Piece(Cause.AGREES, claimed, claimed, claimed, claimed, resolution, math.nan, resolution)
    rung = rungs[-1]
    bar = max(rung.error_bar, abs(rung.gap))
    return Piece(Cause.AGREES, claimed, rung.slope, rung.left, rung.right, bar, rung.step, resolution)


def joined(finding: Finding, parts: Sequence[Piece], sizes: Sequence[int], form: Form, constant: float) -> Finding:
    """Return the finding for a coordinate whose claimed value agrees on every part of the rows.

    Slopes and error bars follow from those of the parts by linearity; every part contains `constant`.
    """
    again = np.float64(constant)
    slope, left, right = (
        float(form.whole([np.float64(getattr(part, name)) for part in parts], sizes, again))
        for name in ("slope", "left", "right")
    )
    kinks = [part for part in parts if part.has_kink]
    nearest = min(kinks, key=lambda part: abs(part.distance), default=UNKNOWN)
    return replace(
        finding,
        cause=Cause.KINK_CROSSED if kinks else Cause.AGREES,
        slope=slope,
        left=left,
        right=right,
        error_bar=form.of_error([part.error_bar for part in parts], sizes),
        step=max(part.step for part in parts),
        resolution=form.of_error([part.resolution for part in parts], sizes),
        has_kink=bool(kinks),
        distance=nearest.distance,
        rows=min(sizes),
    )


def wrong(finding: Finding, part: Piece, size: int) -> Finding:
    """Return the finding for a coordinate whose claimed value is wrong on one part of the rows."""
    return replace(finding, **part._asdict(), rows=size)


def with_settled(report: Report, told: dict[int, Finding]) -> Report:
    """Return a report with new findings for some undecided coordinates, and updated counts and verdict."""
    faults = [index for index, one in told.items() if one.cause is Cause.WRONG]
    resolutions = report.resolutions.copy()
    for index, one in told.items():
        resolutions[index] = one.resolution
    known = resolutions[np.isfinite(resolutions)]
    undecided = report.undecided - len(told)
    verdict: Verdict = "inconclusive" if undecided or report.untested else "right"
    was_kink = set(report.kinks.tolist()) - set(told)
    return replace(
        report,
        verdict="wrong" if faults or len(report.wrong) else verdict,
        agreeing=report.agreeing + len(told) - len(faults),
        undecided=undecided,
        wrong=_indices({*report.wrong.tolist(), *faults}),
        kinks=_indices(was_kink | {index for index, one in told.items() if one.has_kink}),
        findings=worst_first(told.get(one.index, one) for one in report.findings),
        vouched=report.vouched + sum(_is_seen(one, report) for one in told.values()) / report.n,
        unseen=report.unseen + sum(_is_unseen(one) for one in told.values()),
        resolution=float(known.max()) if known.size else report.resolution,
        resolutions=frozen(resolutions),
        _evidence=report._evidence._replace(usual=None),
    )


def _is_unseen(one: Finding) -> bool:
    """Whether a claimed value that was settled on fewer rows could be off by a factor of 2 unseen."""
    return one.cause.is_acceptable and one.resolution > abs(one.claimed) > 0


def _is_seen(one: Finding, report: Report) -> bool:
    """Whether an error of ten tolerances would have been detected; rounding of the gradient is left out."""
    allowed = report.rtol * abs(one.claimed) + report.atol
    return one.cause.is_acceptable and not _is_unseen(one) and one.resolution <= SEEN_TOLERANCES * allowed


def _indices(chosen: set[int]) -> Flat:
    return frozen(np.array(sorted(chosen), np.int64))
