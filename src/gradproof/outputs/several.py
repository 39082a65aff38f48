"""One report of several checks at the same point: of derivatives in both modes, or of several orders."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..report.report import Report

VERDICTS = ("wrong", "inconclusive", "right")
# The most names of findings that a note lists.
LISTED = 3


def together(reports: Sequence[Report]) -> Report:
    """Return the report with the worst verdict, the first of them, with the counts of all and what the others say."""
    first, *rest = sorted(reports, key=lambda one: VERDICTS.index(one.verdict))
    if not rest:
        return first
    words = list(dict.fromkeys(one.subject for one in reports))
    notes = [_note(one) for one in rest if one.verdict != "right"]
    return replace(
        first,
        subject=first.subject if first.verdict != "right" else " and ".join(words) if len(words) < 3 else "derivatives",
        evaluations=sum(one.evaluations for one in reports),
        gradient_evaluations=sum(one.gradient_evaluations for one in reports),
        vouched=min(one.vouched for one in reports),
        unseen=max(one.unseen for one in reports),
        warnings=tuple(dict.fromkeys((*notes, *(note for one in (first, *rest) for note in one.warnings)))),
    )


def _note(report: Report) -> str:
    names = ", ".join(one.name for one in report.findings[:LISTED])
    more = ", …" * (len(report.findings) > LISTED)
    where = f": {names}{more}" if names else ""
    return f"The {report.subject} is {report.verdict}, too{where}."
