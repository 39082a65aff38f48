"""A report as Markdown in GitHub's flavour: for the summary of a run, or a comment."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence

from ..cause import Cause
from ..finding import Finding
from ..records import Record
from ..summaries.arrays import ArrayReport, arrays_of
from ..text.explanations import unexplained
from ..text.figures import number, short
from ..text.table import facts, headline, notes
from ..text.vouching import not_vouched_for

ROWS = 20
ARRAYS = 50
SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~&$@])")


def markdown(report: Record) -> str:
    """Return a report as Markdown."""
    arrays = arrays_of(report)
    bad = [one for one in report.findings if not one.cause.is_acceptable]
    known = {key: value for key, value in facts(report).items() if key != "arrays"}
    parts = [
        f"**{plain_text(headline(report))}**",
        plain_text(not_vouched_for(report)),
        "\n".join(f"- {plain_text(one)}" for one in [*map(str, report.explanations), *unexplained(report)]),
        _table(("finding", "claimed", "numerical slope", "cause"), map(_finding, bad[:ROWS])),
        f"… and {len(bad) - ROWS:,} more" if len(bad) > ROWS else "",
        _arrays(arrays),
        f"… and {len(arrays) - ARRAYS:,} more" if len(arrays) > ARRAYS else "",
        "\n".join(f"- {key}: {plain_text(value)}" for key, value in known.items()),
        "\n".join(f"- note: {plain_text(one)}" for one in notes(report, _wrong(bad))),
    ]
    return "\n\n".join(part for part in parts if part)


def _wrong(found: Sequence[Finding]) -> list[Finding]:
    return [one for one in found if one.cause is Cause.WRONG and not one.is_line]


def _table(head: Sequence[str], rows: Iterator[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(cells)} |" for cells in rows]
    return "\n".join([f"| {' | '.join(head)} |", f"|{'---|' * len(head)}", *lines]) if lines else ""


def _arrays(arrays: Sequence[ArrayReport]) -> str:
    head = ("array", "shape", "wrong", "undecided", "right")
    return _table(head, map(_array, arrays[:ARRAYS])) if len(arrays) > 1 else ""


def _finding(one: Finding) -> tuple[str, ...]:
    slope = "-" if math.isnan(one.slope) else f"{number(one.slope, 7)} ± {short(one.error_bar)}"
    return plain_text(one.name), number(one.claimed, 7), slope, plain_text(str(one.cause))


def _array(one: ArrayReport) -> tuple[str, ...]:
    shape = " × ".join(map(str, one.shape)) or "number"
    return plain_text(one.name), shape, f"{one.wrong:,}", f"{one.undecided:,}", f"{one.right:,} of {one.n:,}"


def plain_text(text: str) -> str:
    """Return a text in which nothing is markup, on one line."""
    return SPECIAL.sub(r"\\\1", " ".join(text.split()))
