"""Explains errors of functions with many outputs entry by entry, where none fits those of their sum."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from ..report.cause import Cause
from ..report.explanation import OBSERVED, TOO_FEW, Explanation
from ..report.finding import Finding
from ..report.remarks.inner_tolerance import TYPICAL
from ..report.report import Report
from .diagnose import FEWEST
from .evidence import Evidence
from .kinds.names import Known
from .kinds.values import no_dependence, not_finite, rounded, zero
from .searching import of_vector

# The relative accuracy within which a claim is a slope.
ROUNDING = 1e-6
BETWEEN = " / "
# At most this many outputs are named as the place of errors that nothing explains.
SHOWN = 4
# So many places of an explanation are named.
NAMED = 8
# What explains less of the errors than this leads nowhere: they remain unexplained.
LEAST = 1e-3


class Told(NamedTuple):
    """An explanation and the findings that it explains."""

    explanation: Explanation
    findings: Sequence[Finding]


def by_entries(report: Report) -> Report:
    """Return a report of a function with many outputs with what explains the entries of its Jacobian.

    Parameters
    ----------
    report
        With findings of single outputs.
    """
    entries = [one for one in report.findings if one.output >= 0 and one.cause is Cause.WRONG and not one.has_kink]
    if report.verdict != "wrong" or not report.unexplained or not entries:
        return report
    told = list(_of_outputs(report, entries))
    left_over = any(one.output < 0 and one.cause is Cause.WRONG and not one.explanation for one in report.findings)
    if not told and (left_over or len({one.output for one in entries}) > SHOWN):
        return report
    explained = {(one.output, one.index): each.explanation.text for each in told for one in each.findings}
    findings = tuple(
        replace(one, explanation=explained[one.output, one.index]) if (one.output, one.index) in explained else one
        for one in report.findings
    )
    left = [one for one in entries if (one.output, one.index) not in explained]
    # What explains every entry is no tolerance of a solver, as which the errors of their sum may look.
    notes = tuple(one for one in report.warnings if left or left_over or not (TYPICAL in one or one.endswith(OBSERVED)))
    return replace(
        report,
        findings=findings,
        explanations=(*report.explanations, *(one.explanation for one in told)),
        unexplained=tuple(_not_told(left)),
        warnings=notes,
    )


def _of_outputs(report: Report, entries: Sequence[Finding]) -> Iterator[Told]:
    """Yield what explains the entries of single outputs, those with the same words as one."""
    by_factor = of_vector(Known({}, 0.0))[0]
    found: dict[str, tuple[Explanation, list[Finding], list[str]]] = {}
    for output in sorted({one.output for one in entries}):
        own = [one for one in entries if one.output == output]
        part = _evidence(own)
        explaining = (not_finite, zero, no_dependence, by_factor, rounded)
        with np.errstate(all="ignore"):
            explanation = next(filter(None, (each(part) for each in explaining)), None)
        if explanation is not None:
            _, some, names = found.setdefault(explanation.text, (explanation, [], []))
            some += own
            # A single entry says nothing of the others of its output.
            names.append(own[0].name if len(own) == 1 else own[0].name.partition(BETWEEN)[0])
    for explanation, some, names in found.values():
        more = f"; and {len(names) - NAMED:,} more outputs" if len(names) > NAMED else ""
        told = _told(report, replace(explanation, where="; ".join(names[:NAMED]) + more), some, entries)
        if told.explanation.share >= LEAST:
            yield told


def _told(report: Report, explanation: Explanation, some: Sequence[Finding], every: Sequence[Finding]) -> Told:
    """Return an explanation with its share of the errors, and the arrays of x that it is about."""
    layout = report._evidence.layout
    names = dict.fromkeys(layout.title_of(layout.leaf_of(report._place(one.index))) for one in some)
    sizes = [np.array([one.claimed - one.slope for one in each]) ** 2 for each in (some, every)]
    finite = np.isfinite(sizes[1]).all() and sizes[1].any()
    share = float(sizes[0].sum() / sizes[1].sum()) if finite else len(some) / len(every)
    return Told(replace(explanation, share=min(share, 1.0), names=tuple(names)), some)


def _evidence(entries: Sequence[Finding]) -> Evidence:
    """Return what is known of some entries, as if they were an array."""
    columns = zip(*((one.index, one.claimed, one.slope, one.error_bar) for one in entries), strict=True)
    places, claimed, slope, bar = (np.array(each) for each in columns)
    yes = np.ones(len(entries), bool)
    # A shape of one more: there may be others, which were not looked at.
    return Evidence("", (len(entries) + 1,), 0, places, np.ones(len(entries)), claimed, slope, bar, yes, yes)


def _not_told(left: Sequence[Finding]) -> Iterator[str]:
    """Yield the outputs with unexplained entries, and whether these are too few to say more."""
    for output in sorted({one.output for one in left}):
        names = [one.name for one in left if one.output == output]
        where = names[0] if len(names) == 1 else names[0].partition(BETWEEN)[0]
        yield f"{where}{TOO_FEW if len(names) < FEWEST else ''}"
