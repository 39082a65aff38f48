"""Explains one coordinate: every slope that was measured, what the pattern of the errors means, and what to do."""

from __future__ import annotations

import math
from collections.abc import Sequence

from ..advice import advice, own_advice
from ..cause import Cause
from ..finding import Finding
from ..ladder import Rung, fingerprint, looks_of, meaning_of
from ..records import Record
from .explanations import shared_kink
from .figures import filled, number, short
from .table import WIDTH

# A sentence with its cause may be longer than a table is wide.
WIDEST = 110
COLUMNS = ("step", "left", "right", "centered", "gap", "noise", "|slope - claimed|")


def explain(report: Record, index: int) -> str:
    """Return the evidence for a coordinate as text."""
    finding = next((one for one in report.findings if one.start == index and one.stop == index + 1), None)
    rungs = report.ladder(index)
    claimed = report.claimed(index)
    along_lines = finding is None and report.power is not None
    if along_lines:
        cause = Cause.AGREES
    else:
        cause = finding.cause if finding is not None else _cause_without_finding(report, index)
    parts = [_head(report, index, finding, claimed), _rows(rungs, claimed)]
    if len(rungs) > 1 and math.isfinite(claimed):
        pattern = fingerprint(rungs, claimed)
        # What f itself shows says more than the pattern of the errors.
        own = finding is not None and own_advice(finding)
        parts.append(f"  {looks_of(pattern) if own else meaning_of(pattern, cause)}")
    if along_lines:
        parts.append(_along_lines(report, index))
    else:
        parts.append(filled(f"  {cause}: ", advice(cause, report, finding), "    ", WIDEST))
    if finding is not None and finding.rows is not None:
        parts.append(f"  settled on {finding.rows:,} of {report.rows:,} rows at a time; the table is for all rows")
    if finding is not None and finding.partner >= 0:
        parts.append(f"  {shared_kink(finding, report)}")
    return "\n".join(parts)


def _head(report: Record, index: int, finding: Finding | None, claimed: float) -> str:
    head = f"{report.name(index)}: claimed {number(claimed, 9)}"
    if finding is None or not math.isfinite(finding.slope):
        return head
    return f"{head}, measured {number(finding.slope, 9)} ± {short(finding.error_bar)}"


def _along_lines(report: Record, index: int) -> str:
    """Return what a check along lines knows about a coordinate without a finding."""
    if index in report.sampled:
        return f"  {Cause.AGREES}: {Cause.AGREES.explanation}"
    block = next((one for one in report.findings if one.start <= index < one.stop), None)
    if block is not None and block.cause is Cause.WRONG:
        return f"  Not tested by itself, but part of {block.name}. {Cause.WRONG}: {Cause.WRONG.explanation}"
    if report.verdict == "right":
        return (
            f"  Not tested by itself, but part of every line. The gradient is {report.power}.{_unseen(report, index)}"
        )
    return '  Not tested by itself, and the lines do not settle it: mode="full" tests every coordinate.'


def _unseen(report: Record, index: int) -> str:
    """Return a sentence if the array that holds a coordinate could be off by a factor of 2 unseen."""
    leaf = report._evidence.layout.leaf_of(report._place(index))
    hidden = report.power is not None and leaf.path in report.power.unseen
    return f" But {leaf.path} could be off by a factor 2 unseen." if hidden else ""


def _cause_without_finding(report: Record, index: int) -> Cause:
    return Cause.AGREES if math.isfinite(report.resolutions[index]) else Cause.UNTESTED


def _rows(rungs: Sequence[Rung], claimed: float) -> str:
    if not rungs:
        return "  (no values along this coordinate were kept)"
    table = [COLUMNS, *(_cells(one, claimed) for one in rungs)]
    widths = [max(len(row[column]) for row in table) for column in range(len(COLUMNS))]
    lines = ("  " + "  ".join(f"{cell:>{width}}" for cell, width in zip(row, widths, strict=True)) for row in table)
    return "\n".join(line[:WIDTH] for line in lines)


def _cells(one: Rung, claimed: float) -> tuple[str, ...]:
    slopes = (number(value, 7) if math.isfinite(value) else "-" for value in (one.left, one.right, one.slope))
    sizes = (one.gap, one.error_bar, abs(one.slope - claimed))
    rest = (short(value) if math.isfinite(value) else "-" for value in sizes)
    return (short(one.step), *slopes, *rest)
