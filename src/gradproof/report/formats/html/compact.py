"""A report as notebooks show it: a few lines of HTML whose style is its own, without a script."""

from __future__ import annotations

import math
from html import escape

from ...finding import Finding
from ...records import Record
from ...text.arrays import about_arrays
from ...text.explanations import unexplained
from ...text.figures import number, short
from ...text.table import headline
from ...text.vouching import not_vouched_for

ROWS = 8
COLOURS = {"right": "#1a7f37", "wrong": "#b3202c", "inconclusive": "#8a6100"}
BADGE = "color:#fff;border-radius:4px;padding:0 .5em;font-weight:600"


def compact(report: Record) -> str:
    """Return a report as a part of a page."""
    verdict, _, rest = headline(report).partition(": ")
    badge = f'<span style="{BADGE};background:{COLOURS[report.verdict]}">{escape(verdict)}</span>'
    lines = [
        not_vouched_for(report),
        *map(str, report.explanations),
        *unexplained(report),
        *(f"arrays: {said}" for said in about_arrays(report).values()),
    ]
    said = "".join(f"<br>{escape(line)}" for line in lines if line)
    bad = [one for one in report.findings if not one.cause.is_acceptable]
    return f"<div><div>{badge} {escape(rest)}{said}</div>{_table(bad)}</div>"


def _table(found: list[Finding]) -> str:
    if not found:
        return ""
    heads = "".join(f"<th>{head}</th>" for head in ("", "claimed", "numerical slope", "cause"))
    rows = "".join(map(_row, found[:ROWS]))
    more = f"<div>… and {len(found) - ROWS:,} more</div>" if len(found) > ROWS else ""
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>{more}"


def _row(one: Finding) -> str:
    slope = "-" if math.isnan(one.slope) else f"{number(one.slope, 7)} ± {short(one.error_bar)}"
    cells = (one.name, number(one.claimed, 7), slope, str(one.cause))
    return f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in cells)}</tr>"
