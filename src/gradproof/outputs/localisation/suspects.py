"""Which single outputs may be at fault where the claim for their sum disagrees, by their slopes at one step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ...core.evidence.scales import ROUNDINGS, UNIT_FLOAT32, UNIT_FLOAT64
from ...problem.numbers import Flat
from ...problem.point import Problem
from ...report.finding import Finding
from ...report.report import Report
from .columns import Slopes

# The most outputs of a coordinate that are examined.
OUTPUTS = 8
# How many of these the sharpest slopes may add.
BESIDE = 2


class Suspect(NamedTuple):
    """An output that may be at fault in a coordinate, with its claimed derivative."""

    output: int
    claimed: float


def worst(support: Flat, weights: Flat, claimed: Flat, slopes: Slopes, sharpest: Slopes) -> list[Suspect]:
    """Return the outputs whose claims lie farthest off, or whose slopes are most in doubt.

    The slopes of both sides are those at one step, the sharpest ones the best that are known at any.
    """
    part, best = slopes.of(support), sharpest.of(support)
    with np.errstate(all="ignore"):
        off = np.abs(weights) * part.distance(claimed)
        # Curvature keeps the two sides apart, and a claim may lie between them.
        beside = np.abs(weights) * best.distance(claimed)
        unknown = ~np.isfinite(part.centre) | ~np.isfinite(claimed)
        doubtful = np.abs(weights) * (part.gap - part.bar)
    order = [*np.flatnonzero(unknown), *largest(off), *largest(beside)[:BESIDE], *largest(doubtful)]
    chosen = list(dict.fromkeys(int(one) for one in order))[:OUTPUTS]
    return [Suspect(int(support[one]), float(claimed[one])) for one in chosen]


def most_kinked(support: Flat, weights: Flat, slopes: Sequence[Slopes]) -> Flat:
    """Return the outputs with the largest gaps: where kinks allow any sum of claims, only single ones tell."""
    with np.errstate(all="ignore"):
        gaps = [np.abs(weights) * (each.gap[support] - 2 * each.bar[support]) for each in slopes]
        return support[largest(np.nan_to_num(np.max(gaps, axis=0), nan=0.0))]


def largest(values: Flat) -> Flat:
    """Return the places of the positive values, the largest first."""
    order = np.argsort(-np.nan_to_num(values, nan=-1.0, posinf=np.finfo(float).max), kind="stable")[:OUTPUTS]
    return order[values[order] > 0]


def rounding_of_claims(problem: Problem, report: Report) -> Flat:
    """Return the rounding that a check of the projection allows each claim: that of its largest component.

    A check of one output along one coordinate does not see the others, to which it is relative.
    """
    claimed, sizes = np.abs(report._evidence.claimed.astype(np.float64)), np.abs(problem.x.astype(np.float64))
    claimed[~np.isfinite(claimed)] = 0.0
    sizes[sizes == 0] = np.median(sizes[sizes != 0]) if sizes.any() else 1.0
    unit = UNIT_FLOAT32 if problem.is_float32 else UNIT_FLOAT64
    rounding: Flat = ROUNDINGS * unit * np.fmin(claimed.max(), (claimed * sizes).max() / sizes)
    return rounding


def leave_open(finding: Finding, entries: Sequence[Finding]) -> bool:
    """Return whether outputs that are open leave their sum open; where it seems to have a kink, if one seems off.

    Steps of its rounding look like such a kink, which then allows any claim.  One that only stands still, as its slope
    is 0, does not seem off.
    """
    if finding.cause.is_acceptable:
        return any(one.slope != 0.0 and abs(one.claimed - one.slope) > one.error_bar for one in entries)
    return bool(entries) and finding.cause.is_open


def may_be_rounded_away(report: Report, allowed: float) -> bool:
    """Return whether so much rounding explains what a check of one coordinate found.

    Where it is allowed from the start, a value that does not move agrees with 0, and its slope is not measured.
    """
    found = [one for one in report.findings if not one.cause.is_acceptable]
    return allowed > 0.0 and any(not abs(one.slope) > allowed + one.error_bar for one in found)


def disagrees(claimed: Flat, slopes: Slopes, rtol: float) -> bool:
    """Return whether a claim for some output lies outside of its two slopes, by more than rounding and a tolerance."""
    return bool((slopes.distance(claimed) > rtol * np.abs(claimed)).any())
