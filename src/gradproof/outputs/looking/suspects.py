"""Which single outputs may be at fault where the claim for their sum disagrees, by their slopes at one step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ...core.evidence.scales import ROUNDINGS, UNIT_FLOAT32, UNIT_FLOAT64
from ...problem.numbers import Flat
from ...problem.point import Problem
from ...report.report import Report
from .columns import Slopes

# So many outputs of a coordinate are looked at.
OUTPUTS = 8


class Suspect(NamedTuple):
    """An output that may be at fault in a coordinate, with its claimed derivative."""

    output: int
    claimed: float


def worst(support: Flat, weights: Flat, claimed: Flat, slopes: Slopes) -> list[Suspect]:
    """Return the outputs whose claims lie farthest off, or whose slopes are most in doubt."""
    part = Slopes(*(each[support] for each in slopes))
    with np.errstate(all="ignore"):
        off = np.abs(weights) * part.distance(claimed)
        unknown = ~np.isfinite(part.centre) | ~np.isfinite(claimed)
        doubtful = np.abs(weights) * (part.gap - part.bar)
    order = [*np.flatnonzero(unknown), *largest(off), *largest(doubtful)]
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


def lost_in_rounding(off: Flat, bars: Flat, excess: float, allowed: float) -> Flat:
    """Return the places of outputs in whose rounding a claim for their sum is lost; none if it is not, or in too many.

    An output of 10,000 in float32 does not move at all where x moves by little.  The others then move the sum as
    smoothly as if all were computed in float64, and its noise does not tell.

    Parameters
    ----------
    off
        By how much the claim for each output is off its slope, times its weight.
    bars
        The same for what rounding explains.
    excess
        By how much the claim for the sum is off its slope.
    allowed
        By how much it may be.
    """
    with np.errstate(all="ignore"):
        places = np.flatnonzero(np.abs(off) <= bars)
    # The fewest, the largest first, without which the others agree.
    order = places[np.argsort(-np.abs(off[places]), kind="stable")][:OUTPUTS]
    enough = np.flatnonzero(np.abs(excess - np.cumsum(off[order])) <= allowed)
    return order[: enough[0] + 1] if len(enough) else order[:0]


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
