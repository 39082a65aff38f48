"""The line below the headline that names what a right verdict did not vouch for."""

from __future__ import annotations

import math

import numpy as np

from ...problem.numbers import in_x
from ..records import Record, resolutions_of
from .figures import setting

MOST_NAMES = 6


def not_vouched_for(report: Record) -> str:
    """Return what a right verdict did not vouch for, in one sentence; "" if there is nothing, or another verdict."""
    if report.verdict != "right" or (report.vouched >= 1 and not report.unseen):
        return ""
    parts = []
    if report.unseen:
        names = unseen_names(report)
        listed = f": {', '.join(names)}{', …' if report.unseen > len(names) else ''} (worst first)" if names else ""
        parts.append(f"{_unseen_of_all(report)} could be off by a factor 2 unseen{listed}")
    if report.vouched < 1:
        parts.append(f"only {_percent(report.vouched)} of the coordinates were seen to rtol={setting(report.rtol)}")
    return f"not vouched for: {'; '.join(parts)}"


def unseen_names(report: Record) -> tuple[str, ...]:
    """Return the first names of what could be off by a factor of 2 unseen, worst first: arrays or coordinates."""
    if report.power is not None:
        return report.power.unseen[:MOST_NAMES]
    claimed = np.abs(np.asarray(report._evidence.claimed, np.float64))
    with np.errstate(all="ignore"):
        factors = np.where(claimed > 0, resolutions_of(report) / claimed, 0.0)
    worst = in_x(report._evidence.layout.indices, np.argsort(-factors, kind="stable")[: min(MOST_NAMES, report.unseen)])
    return tuple(report.name(int(index)) for index in worst)


def _unseen_of_all(report: Record) -> str:
    if report.power is None:
        return f"{report.unseen:,} of {report.n:,} coordinates"
    if not report.power.blocks:
        return "all coordinates together"
    return f"{report.unseen:,} of {len(report.power.blocks):,} arrays"


def _percent(share: float) -> str:
    """Format a share as a percentage, rounded down, so that less than all never looks like all."""
    percent = 100 * share
    return f"{math.floor(percent)} %" if percent < 99 else f"{math.floor(1000 * percent) / 1000:g} %"
