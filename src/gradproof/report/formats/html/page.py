"""A report as one page for a browser, with style, script and pictures inside: it loads nothing."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from typing import NamedTuple

from ....version import __version__
from ...cause import Cause
from ...explanation import without_guess
from ...finding import Finding
from ...records import Record
from ...summaries.arrays import arrays_of
from ...text.explanations import meanings, unexplained
from ...text.factors import sentences_of_factors
from ...text.figures import number, short
from ...text.lines import sentences_of_lines
from ...text.table import about_f, facts, headline, notes, render
from ...text.vouching import not_vouched_for
from .assets import SCRIPT, STYLE
from .maps import picture
from .svg import ladder

# The worst findings are in the table, the worst of them with their ladders; maps are of the first arrays.
MOST_FINDINGS, MOST_LADDERS, MOST_MAPS = 500, 100, 100
# The most undecided findings for which the shape of f is described.
LOOKED_AT = 10
POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"
LEGEND = {
    "right": "right",
    "wrong": "wrong",
    "line": "part of a line that is wrong",
    "undecided": "undecided",
    "kink": "kink",
    "untested": "not tested by itself",
}


class Column(NamedTuple):
    """A cell of a table: what it shows, in HTML, what it is sorted by, and whether it is a number."""

    html: str
    value: str
    is_number: bool = False


def page(report: Record) -> str:
    """Return a report as a page."""
    parts = [
        "<!DOCTYPE html>",
        '<html lang="en"><head><meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">',
        f"<title>gradproof: {escape(headline(report))}</title><style>{STYLE}</style></head><body><main>",
        *_head(report),
        *_facts(report),
        *_arrays(report),
        *_findings(report),
        *_remarks(report),
        f"<details><summary>The report as text</summary><pre>{escape(render(report))}</pre></details>",
        f'<p class="soft">gradproof {__version__}</p></main><script>{SCRIPT}</script></body></html>',
    ]
    return "\n".join(part for part in parts if part)


def _head(report: Record) -> Iterator[str]:
    verdict, _, rest = headline(report).partition(": ")
    yield f'<h1><span class="verdict {report.verdict}">{escape(verdict)}</span>{escape(rest)}</h1>'
    yield _paragraph(not_vouched_for(report) or about_f(report))
    yield _listed([*map(str, report.explanations), *unexplained(report)])
    yield _listed([*sentences_of_lines(report), *sentences_of_factors(report)])


def _facts(report: Record) -> Iterator[str]:
    rows = "".join(f"<dt>{escape(key)}</dt><dd>{escape(value)}</dd>" for key, value in facts(report).items())
    yield f"<h2>What was done</h2><dl>{rows}</dl>"


def _arrays(report: Record) -> Iterator[str]:
    arrays = arrays_of(report)
    leaves = report._evidence.layout.arrays
    items = LEGEND.items()
    legend = "".join(f'<span><i class="{state}"></i>{escape(words)}</span>' for state, words in items)
    yield f'<h2>Arrays</h2><p class="legend soft">{legend}</p><div class="cards">'
    for one, leaf in list(zip(arrays, leaves, strict=True))[:MOST_MAPS]:
        shape = " × ".join(map(str, one.shape)) or "number"
        found = escape(str(one).removeprefix(f"{one.name}: "))
        name = f'<span class="name">{escape(one.name)}</span> <span class="soft">{shape}</span>'
        yield f'<div class="card">{name}<br>{found}{picture(report, leaf)}</div>'
    yield "</div>"
    if len(arrays) > MOST_MAPS:
        yield _paragraph(f"… and {len(arrays) - MOST_MAPS:,} more arrays")


def _findings(report: Record) -> Iterator[str]:
    if not report.findings:
        return
    shown = report.findings[:MOST_FINDINGS]
    heads = ("finding", "claimed", "numerical slope", "error bar", "relative error", "cause", "evidence")
    yield '<h2>Findings</h2><div class="scroll"><table class="sortable"><thead><tr>'
    yield "".join(f'<th scope="col"><button type="button">{head}</button></th>' for head in heads)
    yield "</tr></thead><tbody>"
    for place, one in enumerate(shown):
        yield f"<tr>{''.join(map(_cell, _columns(one, place)))}</tr>"
    yield "</tbody></table></div>"
    if len(report.findings) > len(shown):
        yield _paragraph(f"… and {len(report.findings) - len(shown):,} more findings")


def _columns(one: Finding, place: int) -> Iterator[Column]:
    # What it may come from is said above, once.
    why = f'<br><span class="soft">{escape(without_guess(one.explanation))}</span>' if one.explanation else ""
    yield Column(f'<span class="name">{escape(one.name)}</span>{why}', escape(one.name))
    for value, text in (
        (one.claimed, number(one.claimed, 9)),
        (one.slope, number(one.slope, 9)),
        (one.error_bar, short(one.error_bar)),
        (one.relative_error, short(one.relative_error)),
    ):
        yield _number(value, text)
    rows = f", on {one.rows:,} rows" if one.rows else ""
    yield Column(escape(f"{one.cause}{rows}"), str(one.cause))
    rungs = one.ladder if place < MOST_LADDERS and not one.is_line else ()
    drawn = ladder(rungs, one.claimed, one.name)
    summary = f"<summary>{len(rungs)} step{'s' * (len(rungs) != 1)}</summary>"
    yield Column(f"<details>{summary}{drawn}</details>" if drawn else "", str(len(rungs)))


def _number(value: float, text: str) -> Column:
    known = {math.inf: "Infinity", -math.inf: "-Infinity"}.get(value, f"{value:.17g}")
    return Column("-" if math.isnan(value) else escape(text), "" if math.isnan(value) else known, True)


def _cell(one: Column) -> str:
    kind = ' class="number"' if one.is_number else ""
    return f'<td{kind} data-value="{one.value}">{one.html}</td>'


def _remarks(report: Record) -> Iterator[str]:
    alone = [one for one in report.findings if not one.is_line]
    wrong = [one for one in alone if one.cause is Cause.WRONG]
    undecided = [one for one in alone if one.cause.is_open]
    said = [f"{cause}: {words}" for cause, words in meanings(report, undecided[:LOOKED_AT])]
    said += [f"note: {one}" for one in notes(report, wrong)]
    if said:
        yield f"<h2>What it means</h2>{_listed(said)}"


def _paragraph(text: str) -> str:
    return f"<p>{escape(text)}</p>" if text else ""


def _listed(texts: Iterable[str]) -> str:
    items: Sequence[str] = [f"<li>{escape(text)}</li>" for text in texts]
    return f"<ul>{''.join(items)}</ul>" if items else ""
