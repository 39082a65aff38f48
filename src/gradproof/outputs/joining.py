"""The report of a function with many outputs: that of its projection, with findings that name single outputs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from ..problem.numbers import Flat, frozen
from ..report.cause import Cause
from ..report.making import worst_first
from ..report.records import Finding
from ..report.report import Report
from .covectors import Covector


class Pass(NamedTuple):
    """One check of a projection, and what was found output by output.

    Attributes
    ----------
    report
        Of the projection.
    covector
        On which the outputs were projected.
    found
        Findings of single outputs that take the place of a coordinate's own, by flat index.
    more
        Findings of what the projection does not show.
    """

    report: Report
    covector: Covector
    found: dict[int, tuple[Finding, ...]]
    more: list[Finding]

    def joined(self, others: Sequence[Finding] = ()) -> Report:
        """Return the report of the projection with all findings, also those of outputs that it leaves out."""
        report = self.report
        findings: list[Finding] = []
        for one in report.findings:
            findings += self.found.get(one.index, (replace(one, name=f"{self.covector.name} / {one.name}"),))
        known = {(one.output, one.index) for one in findings}
        findings += [one for one in (*self.more, *others) if (one.output, one.index) not in known]
        wrong = np.union1d(report.wrong, _indices(one.index for one in findings if one.cause is Cause.WRONG))
        unsettled = _indices(one.index for one in findings if one.stop == one.start + 1 and _is_open(one))
        undecided = np.setdiff1d(unsettled, wrong)
        is_wrong = len(wrong) or report.verdict == "wrong"
        verdict = "wrong" if is_wrong else "inconclusive" if len(undecided) else report.verdict
        count = max(len(undecided), report.undecided if report.power is not None else 0)
        return replace(
            report,
            verdict=verdict,
            wrong=frozen(wrong),
            findings=worst_first(findings),
            undecided=count,
            agreeing=report.agreeing if report.power is not None else report.tested - len(wrong) - count,
        )


def _is_open(finding: Finding) -> bool:
    return not (finding.cause.is_acceptable or finding.cause is Cause.WRONG)


def _indices(found: Iterable[int]) -> Flat:
    return np.array(sorted(set(found)), np.int64)
