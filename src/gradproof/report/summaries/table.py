"""A report as rows of a table, one for each finding, for pandas, polars and whoever reads lists of dicts."""

from __future__ import annotations

from typing import Any

from ..finding import Finding
from ..records import Record

COLUMNS = (
    "name", "index", "start", "stop", "cause", "claimed", "slope", "error_bar", "error", "relative_error", "left",
    "right", "step", "resolution", "has_kink", "distance", "partner", "output", "rows", "explanation",
)  # fmt: skip


def rows(report: Record) -> list[dict[str, Any]]:
    """Return one row for each finding, worst first, with the same columns in all of them."""
    return [_row(one, report) for one in report.findings]


def _row(one: Finding, report: Record) -> dict[str, Any]:
    row = {column: getattr(one, column) for column in COLUMNS}
    leaf = report._evidence.layout.leaf_of(report._place(one.start))
    return {"array": report._evidence.layout.title_of(leaf), **row, "cause": str(one.cause)}
