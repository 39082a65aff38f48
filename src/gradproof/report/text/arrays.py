"""Which arrays are right and which are wrong, in a line or two of a printed report."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from ..records import Record
from .figures import listed

if TYPE_CHECKING:
    from ..summaries.arrays import ArrayReport

# The most names of each kind.
MOST = 8


def about_arrays(report: Record) -> dict[str, str]:
    """Return as a fact which arrays are wrong, open and right, worst first; nothing unless there are several."""
    if report.verdict != "wrong":
        return {}
    # Imported on use: most gradients are right.
    from ..summaries.arrays import arrays_of

    arrays = arrays_of(report)
    if len(arrays) < 2:
        return {}
    blocks = {one.name for one in report.findings if one.is_line and not one.cause.is_acceptable}
    wrong = sorted((one for one in arrays if one.wrong or one.name in blocks), key=_severity)
    rest = [one for one in arrays if not (one.wrong or one.name in blocks)]
    nothing_found = report.power is not None
    # What is known of their factors follows below.
    unseen = [one for one in rest if one.right < one.n and nothing_found and math.isnan(one.factor)]
    # A path that is lost claims nothing, and is missed beside an error that is larger.
    silent = {one.name for one in report.power.blocks if one.norm == 0.0} if report.power is not None else set()
    names = [f"{one.name} (claims only 0)" if one.name in silent else one.name for one in unseen]
    parts = [
        _listed("wrong", [_counted(one, blocks, along_lines=nothing_found) for one in wrong]),
        _listed("not decided", [one.name for one in rest if one.right < one.n and not nothing_found]),
        _listed("nothing found in", names),
        _listed("right as far as seen", [one.name for one in rest if one.right == one.n and one.unseen]),
        _listed("right", [one.name for one in rest if one.is_right]),
    ]
    return {"arrays": "; ".join(part for part in parts if part)}


def _severity(one: ArrayReport) -> float:
    return -one.wrong / max(one.n - one.untested, 1)


def _counted(one: ArrayReport, blocks: Collection[str], *, along_lines: bool) -> str:
    """Return the name of a wrong array and how much of it is wrong."""
    if not along_lines:
        return f"{one.name} ({one.wrong:,} of {one.n:,})"
    if one.name not in blocks:
        return f"{one.name} ({one.wrong:,} confirmed)"
    tested = one.n - one.untested
    return f"{one.name} ({one.wrong:,} of {tested:,} tested)" if tested else one.name


def _listed(what: str, names: Sequence[str]) -> str:
    if not names:
        return ""
    return f"{what}: {listed(names[:MOST], len(names))}"
