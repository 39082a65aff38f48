"""The report of a function with many outputs: that of its projection, with findings that name single outputs."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np

from ..problem.numbers import Flat, frozen
from ..problem.point import Problem
from ..report.cause import Cause
from ..report.finding import Finding
from ..report.ladder import Values
from ..report.making import worst_first
from ..report.records import Evidence
from ..report.report import Report
from .covectors import Covector

# An array that is multiplied by more may be the rounding of terms that are as large as the others.
MULTIPLIED = 2.0**26


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
    cleared
        Coordinates, by flat index, whose claims the projection calls wrong for a kink that allows them.
    alone
        The resolutions of coordinates, by flat index, that single outputs decide, with what `found` says of them.
    """

    report: Report
    covector: Covector
    found: dict[int, tuple[Finding, ...]]
    more: list[Finding]
    cleared: frozenset[int] = frozenset()
    alone: Mapping[int, float] = MappingProxyType({})

    def may_be_rounding(self, scales: Sequence[float]) -> bool:
        """Whether all that the check shows may be the rounding of an array near 0 that was multiplied by its scale.

        How large the terms are that cancel there, the outputs at x do not tell.
        """
        open_ones = [one for one in self.report.findings if not one.cause.is_acceptable]
        if not open_ones or self.report.stopped_by or max(scales) < MULTIPLIED:
            return False
        if self.report.verdict == "inconclusive":
            return any(one.cause is Cause.NOISE_LIMITED for one in open_ones)
        named = {one.index for one in itertools.chain(*self.found.values()) if one.cause is Cause.WRONG}
        return any(one.cause is Cause.WRONG and one.index not in named for one in open_ones)

    def joined(self, others: Sequence[Finding] = ()) -> Report:
        """Return the report of the projection with all findings, also those of outputs that it leaves out."""
        report = self.report
        if report.verdict == "right" and not (report.findings or self.more or others):
            return report
        findings: list[Finding] = []
        for one in self._of_projection():
            entries = self.found.get(one.index, (replace(one, name=f"{self.covector.name} / {one.name}"),))
            findings += (replace(entry, explanation=entry.explanation or one.explanation) for entry in entries)
        known = {(one.output, one.index) for one in findings}
        findings += [one for one in (*self.more, *others) if (one.output, one.index) not in known]
        is_cleared = bool(self.cleared or self.alone)
        kept = np.setdiff1d(report.wrong, _indices([*self.cleared, *self.alone]))
        wrong = np.union1d(kept, _indices(one.index for one in findings if one.cause is Cause.WRONG))
        unsettled = _indices(one.index for one in findings if not one.is_line and one.cause.is_open)
        undecided = np.setdiff1d(unsettled, wrong)
        kinks = np.setdiff1d(np.union1d(report.kinks, _indices(self.cleared)), wrong)
        is_long = any(one.cause is Cause.WRONG and one.is_line for one in findings)
        is_wrong = len(wrong) or is_long or (report.verdict == "wrong" and not is_cleared)
        open_ones = len(undecided) or report.untested
        verdict = "wrong" if is_wrong else "inconclusive" if open_ones else "right" if is_cleared else report.verdict
        count = max(len(undecided), report.undecided if report.power is not None else 0)
        return replace(
            report,
            verdict=verdict,
            wrong=frozen(wrong),
            kinks=frozen(kinks),
            explanations=() if is_cleared else report.explanations,
            unexplained=() if is_cleared else report.unexplained,
            findings=tuple(sorted(worst_first(findings), key=_place)),
            undecided=count,
            agreeing=report.agreeing if report.power is not None else report.tested - len(wrong) - count,
            **self._resolved(),
        )

    def _resolved(self) -> dict[str, Any]:
        """Return what the report says of resolutions where those of single outputs are coarser."""
        report = self.report
        if not (self.alone and report.resolutions.size):
            return {}
        resolutions = report.resolutions.copy()
        resolutions[list(self.alone)] = list(self.alone.values())
        worst = max(report.resolution, *(one for one in self.alone.values() if math.isfinite(one)), 0.0)
        evidence = report._evidence._replace(usual=None)
        return {"resolution": worst, "resolutions": frozen(resolutions), "_evidence": evidence}

    def _of_projection(self) -> Iterator[Finding]:
        """Yield the findings of the projection; what is cleared is a kink at x."""
        for one in self.report.findings:
            is_cleared = one.index in self.cleared and not one.is_line
            yield replace(one, cause=Cause.KINK_AT_POINT, partner=-1, explanation="") if is_cleared else one


def _place(one: Finding) -> int:
    """Return 0 for what is wrong and has its place, 1 if only its output is unknown, and 2 for all others.

    Of many wrong coordinates some are looked at output by output; a reader learns more from these.
    """
    return 2 if one.cause is not Cause.WRONG else int(one.output < 0 and not one.is_line)


def _indices(found: Iterable[int]) -> Flat:
    return np.array(sorted(set(found)), np.int64)


def agreed(problem: Problem, rtol: float) -> Report:
    """Return the report of a test in which nothing differed, without any value of a function."""
    layout, n = problem.layout, problem.n
    nothing, empty = frozen(np.zeros(0, np.int64)), np.zeros(0)
    counts = dict.fromkeys(("undecided", "untested", "evaluations", "gradient_evaluations", "rounds", "seed"), 0)
    measured = dict.fromkeys(("value", "noise_floor", "spread", "resolution"), 0.0)
    report: Any = Report
    made: Report = report(
        verdict="right",
        n=n,
        tested=n,
        agreeing=n,
        wrong=nothing,
        kinks=nothing,
        findings=(),
        noise_measured=False,
        arithmetic=problem.x.dtype.name,
        nondeterministic=False,
        resolutions=frozen(np.full(layout.total, rtol)),
        power=None,
        sampled=nothing,
        cause=None,
        rtol=rtol,
        mode="full",
        stopped_by="",
        warnings=(),
        held=layout.total - n,
        against="function",
        _evidence=Evidence(layout, np.zeros(n), Values(problem.x, layout.indices), (empty, empty, empty)),
        **counts,
        **measured,
    )
    return made
