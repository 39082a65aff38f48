"""The report of a function with many outputs: that of its projection, with findings that name single outputs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ..problem.numbers import Flat, frozen
from ..report.cause import Cause
from ..report.making import worst_first
from ..report.records import Finding
from ..report.report import Report
from .covectors import Covector


def joined(
    report: Report, covector: Covector, entries: dict[int, tuple[Finding, ...]], more: Sequence[Finding]
) -> Report:
    """Return the report of a projection with what was found output by output.

    Parameters
    ----------
    report
        Of the projection.
    covector
        On which it was projected.
    entries
        Findings of single outputs that take the place of a coordinate's own, by flat index.
    more
        Findings of what the projection does not show.
    """
    findings: list[Finding] = []
    for one in report.findings:
        findings += entries.get(one.index, (replace(one, name=f"{covector.name} / {one.name}"),))
    known = {(one.output, one.index) for one in findings}
    findings += [one for one in more if (one.output, one.index) not in known]
    wrong = np.union1d(report.wrong, _indices(one.index for one in more if one.cause is Cause.WRONG))
    undecided = _undecided(report) | ({one.index for one in more} - set(wrong.tolist()))
    undecided -= set(wrong.tolist())
    verdict = "wrong" if len(wrong) or report.verdict == "wrong" else "inconclusive" if undecided else report.verdict
    count = max(len(undecided), report.undecided if report.power is not None else 0)
    return replace(
        report,
        verdict=verdict,
        wrong=frozen(wrong.astype(np.int64)),
        findings=worst_first(findings),
        undecided=count,
        agreeing=report.agreeing if report.power is not None else report.tested - len(wrong) - count,
    )


def _undecided(report: Report) -> set[int]:
    """Return the coordinates that the projection leaves undecided."""
    alone = (one for one in report.findings if one.stop == one.start + 1)
    return {one.index for one in alone if not (one.cause.is_acceptable or one.cause is Cause.WRONG)}


def _indices(found: object) -> Flat:
    return np.array(sorted(set(found)), np.int64)  # type: ignore[call-overload]
