"""Which outputs are wrong, or open, in a coordinate whose projection does not agree.

The same points of a coordinate serve all outputs.  Slopes at one step show which outputs may be at fault; for these, a
check of its own says whether they are.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import cached_property

import numpy as np

from ...problem.bounds import read_bounds
from ...problem.numbers import Flat, in_x
from ...problem.point import Problem
from ...report.cause import Cause
from ...report.finding import Finding
from ...report.report import Report
from ...run.rounds import run_check
from ...run.settings import Settings
from ..claimed.claims import Claims
from ..covectors import LARGEST, Covector
from ..function import Function, Projected, SpentError
from .columns import FAR, Column, Slopes, kinks_allow
from .evaluated import Evaluated
from .halving import disagreeing
from .rows import Block, in_common
from .screen import Parts, Suspicion
from .suspects import BESIDE, Suspect, leave_open, may_be_rounded_away, most_kinked, rounding_of_claims, worst

# The most coordinates that are examined output by output.
COORDINATES = 16
# The most evaluations, beyond those of the check, in which kinks are looked for that allow no claim.
UNCLEARED = 128
# An output is the reason for the error of a sum if it is off by more than this part of it.
MOST_OF_IT = 0.5
# The most wrong coordinates whose entries are compared for what they have in common.
EXPLAINED = 256


class Entries:
    """Looks at coordinates output by output.

    Parameters
    ----------
    function, claims, problem
        The function, what is claimed of it, and the point.
    settings
        Those of the check.
    evaluated
        The outputs that the check has evaluated.
    """

    def __init__(
        self, function: Function, claims: Claims, problem: Problem, settings: Settings, evaluated: Evaluated
    ) -> None:
        self.function = function
        self.evaluated = evaluated
        self.claims = claims
        self.problem = problem
        self.settings = Settings(mode="full", seed=settings.seed, rtol=settings.rtol, atol=settings.atol)
        self._bounds = read_bounds(settings.bounds, problem)
        self._columns: dict[int, Column] = {}
        self._report: Report | None = None
        self._weights = np.ones(function.layout.n)

    def of_report(
        self, report: Report, covector: Covector, others: Sequence[Finding] = ()
    ) -> dict[int, tuple[Finding, ...]]:
        """Return, by flat index in x, the findings of single outputs that take the place of a coordinate's own.

        A coordinate is missing where no output alone explains its finding.  In float32 kinks are looked at, too: beside
        what moves smoothly, a large output that moves by its last digit looks like one, which allows any claim.
        Other findings of the report are looked at, too.
        """
        self._weights, self._report = covector.weights, report
        is_single = self.function.in_float32.any()
        some = [one for one in report.findings if not one.cause.is_acceptable or (one.has_kink and is_single)]
        open_ones = [one for one in (*some, *others) if not one.is_line]
        noise = report.noise_floor / abs(report.value) if report.noise_measured and report.value else 0.0
        found = self._located(open_ones[:COORDINATES], covector, noise)
        return {
            one.index: entries
            for one, entries in zip(open_ones, found, strict=False)
            if any(entry.cause is Cause.WRONG for entry in entries) or leave_open(one, entries)
        }

    def cleared(self, report: Report, covector: Covector, found: Collection[int]) -> set[int]:
        """Return the coordinates, by flat index in x, whose wrong claims kinks explain, and none of `found` refutes."""
        wrong = [one for one in report.findings if one.cause is Cause.WRONG and not one.is_line]
        wrong = [one for one in wrong if one.index not in found]
        self._know([self.problem.layout.place(one.index) for one in wrong])
        allowed: set[int] = set()
        most = self.function.calls + UNCLEARED
        for one in wrong:
            if self._is_allowed(one, covector):
                allowed.add(one.index)
            elif not allowed and self.function.calls >= most:
                break
        return allowed

    def explained(self, report: Report) -> Report:
        """Return the report with what its errors have in common output by output, where nothing else explains them."""
        wrong = [one for one in report.findings if one.cause is Cause.WRONG and not one.is_line]
        if not report.unexplained or not self.claims.are_cheap(self.function.layout.n):
            return report
        layout = self.problem.layout
        seen = [(one, self.column(layout.place(one.index))) for one in wrong[:EXPLAINED]]
        seen = [(one, column) for one, column in seen if column.knows(one.step)]
        if not seen:
            return report
        found = in_common(self._block([(column, column.slopes(one.step, 0.0)) for one, column in seen]))
        if found is None:
            return report
        errors = {one.index: abs(one.claimed - one.slope) for one in wrong}
        largest = max(errors.values())  # the square of what is beyond 1e154 has no value
        squares = {index: (error / largest) ** 2 for index, error in errors.items()} if largest > 0.0 else errors
        every, here = sum(squares.values()), sum(squares[one.index] for one, _ in seen)
        found = replace(found, share=here / every if 0.0 < every < math.inf else 1.0)
        unexplained = report.unexplained if found.share < 1.0 else ()
        told = {one.index for one, _ in seen}
        findings = tuple(replace(one, explanation=found.text * (one.index in told)) for one in report.findings)
        explanations = (*report.explanations, found)
        return replace(report, findings=findings, explanations=explanations, unexplained=unexplained)

    def _block(self, seen: Sequence[tuple[Column, Slopes]]) -> Block:
        """Return what is claimed and measured in some columns of the Jacobian."""
        outputs, places = self.function.layout, [column.index for column, _ in seen]
        centre = np.stack([slopes.centre for _, slopes in seen], axis=1)
        bars = np.stack([slopes.gap / 2 + slopes.bar for _, slopes in seen], axis=1)
        claimed = self.claims.columns(places, np.arange(outputs.n))
        return Block(outputs, self.problem.layout, places, claimed, centre, bars)

    def _is_allowed(self, finding: Finding, covector: Covector) -> bool:
        """Whether kinks of single outputs at x allow the claim of a coordinate for the projection."""
        if not (math.isfinite(finding.claimed) and finding.step > 0):
            return False
        support = covector.support
        column = self.column(self.problem.layout.place(finding.index))

        weights, near = covector.weights[support], column.slopes(finding.step, 0.0).of(support)
        if kinks_allow(near, None, finding.claimed, weights) > finding.error_bar:
            return False
        far = column.slopes(FAR * finding.step, 0.0).of(support)
        return kinks_allow(near, far, finding.claimed, weights) <= finding.error_bar

    def of_suspicions(self, suspicions: Sequence[Suspicion], parts: Parts) -> list[Finding]:
        """Return the findings of what a screen suspects, and a check of its own does not clear.

        Noise that hides a suspect explains it, too: the projection, which has that noise, agrees.
        """
        found: list[Finding] = []
        for one in suspicions:
            support, weights = parts.covector(one.part)
            column = self.column(one.coordinate)
            if len(support) == 1:
                claimed = float(parts.column(one.coordinate)[one.part]) / float(weights[0])
                entry = self.checked_entry(column, Suspect(int(support[0]), claimed))
                found += [entry] if entry is not None else []
            else:
                name = self.function.layout.title_of(self.function.layout.leaf_of(int(support[0])))
                own = Covector(name, self._spread(support, weights), support)
                found += self.of_sum(column, own, float(parts.column(one.coordinate)[one.part]))
        return [one for one in found if one.cause is not Cause.NOISE_LIMITED]

    def _spread(self, support: Flat, weights: Flat) -> Flat:
        every = np.zeros(self.function.layout.n)
        every[support] = weights
        return every

    def of_sum(self, column: Column, own: Covector, claimed: float) -> list[Finding]:
        """Return what is wrong with a sum of some outputs in a coordinate: single outputs, or all of it."""
        projected = Projected(self.function, own)
        report = self._report_of(
            column, lambda u: projected.of(column.outputs(float(u[0]))[None])[0], claimed, self.settings
        )
        whole = None if report is None else self._finding(column, report, own.name)
        if whole is None:
            return []
        entries = self._located([whole], own, 0.0)[0]
        # Outputs that were scaled up may be small differences of large numbers, noisier than their size tells: what
        # only their sum shows is no evidence; neither is what kinks of single outputs allow.
        is_scaled = bool(np.any(np.abs(own.weights) > LARGEST))
        return list(entries) or [whole] * (not is_scaled and not self._is_allowed(whole, own))

    @cached_property
    def _rounding(self) -> Flat:
        """The rounding that the check of the projection allows each claim."""
        return np.zeros(self.problem.n) if self._report is None else rounding_of_claims(self.problem, self._report)

    def _know(self, places: Sequence[int]) -> None:
        """Begin to look at coordinates, with the outputs that are known."""
        new = [place for place in places if place not in self._columns]
        if not new:
            return
        for place, known in self.evaluated.along(self.problem.x, new).items():
            self._columns[place] = Column(self.function, self.problem, place, self._bounds, known)

    def column(self, place: int) -> Column:
        """Return a coordinate, by its place among those that are checked."""
        self._know([place])
        return self._columns[place]

    def _located(self, findings: Sequence[Finding], covector: Covector, noise: float) -> list[tuple[Finding, ...]]:
        """Return for each finding those of the single outputs that do not agree."""
        places = [self.problem.layout.place(one.index) for one in findings]
        self._know(places)
        columns = [self.column(place) for place in places]
        slopes = [column.slopes(one.step, noise) for column, one in zip(columns, findings, strict=True)]
        sharpest = [column.sharpest(one, noise) for column, one in zip(columns, slopes, strict=True)]
        suspects = self._suspects(covector, places, slopes, sharpest)
        looked_at = zip(findings, columns, suspects, strict=True)
        return [self._among(one, column, some, covector) for one, column, some in looked_at]

    def _among(
        self, finding: Finding, column: Column, suspects: Sequence[Suspect], covector: Covector
    ) -> tuple[Finding, ...]:
        """Return the findings of those suspects that do not agree."""
        entries = [self.checked_entry(column, one) for one in suspects]
        found = tuple(one for one in entries if one is not None)
        if finding.cause is not Cause.WRONG or any(one.cause is Cause.WRONG for one in found):
            return found
        # What is wrong in a sum of terms that cancel may be little beside one of them.
        fine = [(one, _rtol_for(finding, one, float(covector.weights[one.output]))) for one in suspects[:BESIDE]]
        exact = [self.checked_entry(column, one, rtol) for one, rtol in fine if rtol]
        return tuple(one for one in exact if one is not None and one.cause is Cause.WRONG) or found

    def _suspects(
        self, covector: Covector, places: Sequence[int], slopes: Sequence[Slopes], sharpest: Sequence[Slopes]
    ) -> list[list[Suspect]]:
        """Return for each coordinate the outputs that stand out most."""
        if not places:
            return []
        support = covector.support
        if not self.claims.are_cheap(len(support)):
            found = disagreeing(self.claims, covector, places, list(zip(slopes, sharpest, strict=True)))
            support = np.union1d(found, most_kinked(support, covector.weights[support], slopes))
        if not len(support):
            return [[] for _ in places]
        claimed = self.claims.columns(places, support)
        pairs = enumerate(zip(slopes, sharpest, strict=True))
        return [worst(support, covector.weights[support], claimed[:, at], *both) for at, both in pairs]

    def checked_entry(self, column: Column, suspect: Suspect, rtol: float | None = None) -> Finding | None:
        """Check one output along one coordinate; None if it agrees, or the budget is spent."""
        report = self.report_of_output(column, suspect, rtol)
        return None if report is None else self.entry(column, suspect, report)

    def report_of_output(self, column: Column, suspect: Suspect, rtol: float | None) -> Report | None:
        """Check one output along one coordinate, with a tolerance of its own; return None if the budget is spent."""

        def output(u: Flat) -> float:
            return float(column.outputs(float(u[0]))[suspect.output])

        settings = self.settings if rtol is None else self.settings._replace(rtol=rtol)
        report = self._report_of(column, output, suspect.claimed, settings)
        # Only a claim of 0 may be rounded away; an output may also be small because of its units.
        weight = abs(self._weights[suspect.output])
        allowed = float(self._rounding[column.index] / weight) if weight and suspect.claimed == 0.0 else 0.0
        if report is None or not may_be_rounded_away(report, allowed):
            return report
        return self._report_of(column, output, 0.0, settings._replace(atol=(settings.atol or 0.0) + allowed))

    def entry(self, column: Column, suspect: Suspect, report: Report) -> Finding | None:
        """Return what a check of one output found, named after both; None if it agrees."""
        finding = self._finding(column, report, self.function.layout.name(suspect.output))
        return None if finding is None else replace(finding, output=suspect.output)

    def _report_of(self, column: Column, objective: object, claimed: float, settings: Settings) -> Report | None:
        """Check an objective of one coordinate; return None if the budget is spent."""
        at = np.array([column.at], self.problem.x.dtype)
        bounds = None if self._bounds is None else (column.low, column.high)
        try:
            return run_check(objective, np.array([claimed]), at, settings._replace(bounds=bounds), progress=False)
        except SpentError:
            return None

    def _finding(self, column: Column, report: Report, name: str) -> Finding | None:
        """Return what a check of one coordinate found, named after it and the output; None if it agrees."""
        layout = self.problem.layout
        place = int(in_x(layout.indices, column.index))
        for one in report.findings:
            if not one.cause.is_acceptable:
                both = f"{name} / {layout.name(column.index)}"
                values = one._values.under(place)
                return replace(one, name=both, index=place, start=place, stop=place + 1, _values=values)
        return None


def _rtol_for(finding: Finding, suspect: Suspect, weight: float) -> float | None:
    """Return by how much, relatively, an output is off that is the reason for the error of a sum; None if by a lot."""
    part, size = MOST_OF_IT * abs(finding.claimed - finding.slope), abs(weight * suspect.claimed)
    return part / size if 0.0 < part < size < math.inf else None
