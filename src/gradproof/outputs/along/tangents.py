"""A check of products with tangents along lines: what agrees costs one product a line, what does not is halved."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from ...engine import uses_lines
from ...problem.numbers import Flat, frozen, in_x
from ...report.cause import Cause
from ...report.finding import Finding
from ...report.ladder import Values
from ...report.power import SURE, BlockPower, Power
from ...report.records import Verdict
from ...report.report import Report
from ..checks import RTOL, OutputsCheck
from ..claimed.claims import ByTangents
from ..function import Function, SpentError
from ..joining import agreed
from ..localisation.halving import halved
from .directions import LINES, Directions, directions

# The most coordinates that are located.
COORDINATES = 8
# The most evaluations in which they are looked for, and those in which they are then checked one by one: together about
# as many as lines of one objective take.
SEARCH, SINGLE = 384, 256
# With fewer evaluations nothing can be said about a coordinate.
FEWEST = 6
# The mean square of a component of a random direction, whose magnitude is uniform in [0.5, 1.5).
MEAN_SQUARE = 13.0 / 12.0
# Along a line rtol allows this many times itself of the norm of an output's derivatives, as for one output.
ALLOWED = 3.0


def goes_along_lines(check: OutputsCheck) -> bool:
    """Whether a check of products with tangents goes along its own lines.

    In float32 what is rounded of a step along a line is no part of the tangent, and at bounds there are no lines.
    """
    settings = check.settings
    is_plain = check.problem.x.dtype == np.float64 and settings.bounds is None and settings.executor is None
    return is_plain and uses_lines(check.problem.n, settings.mode, settings.options().budget)


class AlongLines:
    """A check of products with tangents along lines.

    Parameters
    ----------
    check
        The check of the function.
    claims
        The products.
    located
        Checks single coordinates, by their flat indices in x, one by one, in so many evaluations.
    """

    def __init__(
        self, check: OutputsCheck, claims: ByTangents, located: Callable[[Sequence[int], int], Report]
    ) -> None:
        self._check, self._problem = check, check.problem
        self._directions = Directions(check, claims)
        self._claims = claims
        self._located = located
        self._lines = directions(check.problem, check.settings.seed)

    def report(self) -> Report | None:
        """Return the report of all lines, with the coordinates that are to blame; None if lines decide nothing.

        Lines of the core see more, where f is noisy or rough: they need the claims for all coordinates.
        """
        found, matrix = self._directions.report(self._lines)
        refuted = [one for one in found.findings if one.cause is Cause.WRONG and self._is_refuted(one, matrix)]
        is_wrong = bool(refuted) or (found.verdict == "wrong" and not found.findings)
        verdict: Verdict = "wrong" if is_wrong else "right" if found.verdict == "wrong" else found.verdict
        open_ones = [one for one in found.findings if one.cause.is_open]
        if open_ones and verdict == "inconclusive" and not (found.stopped_by or found.nondeterministic):
            return None
        findings = tuple(self._of_line(one, self._lines[one.index]) for one in (refuted or open_ones)[:1])
        report = self._completed(found, verdict, findings, self._power(found))
        if not refuted or found.stopped_by:
            return report
        return self._with_located(
            report, _Search(self._check.function, self._directions, self._lines[refuted[0].index], refuted)
        )

    def _is_refuted(self, one: Finding, matrix: Flat) -> bool:
        """Whether a disagreement is more than what the rounding of claims that cancel along the line may be."""
        if one.output < 0 or not math.isfinite(one.claimed):
            return True
        norm = float(np.sqrt(np.mean(np.square(matrix[one.output, :LINES]))))
        allowed = ALLOWED * (self._check.settings.rtol or RTOL) * norm
        return not abs(one.claimed - one.slope) <= allowed + one.error_bar

    def _with_located(self, report: Report, search: _Search) -> Report:
        """Return the report with the findings of coordinates; that of a line stays if there may be more."""
        function, indices, places = self._check.function, self._problem.layout.indices, search.places()
        left = SINGLE if function.budget is None else min(SINGLE, function.budget - function.calls)
        is_possible = bool(places) and left >= FEWEST
        alone = self._located([int(in_x(indices, place)) for place in places], left) if is_possible else None
        if alone is None or alone.verdict != "wrong":
            narrowest = () if search.narrowest is None else (self._of_line(*search.narrowest),)
            return self._counted(replace(report, findings=narrowest or report.findings), alone)
        is_whole = len(places) < COORDINATES and not search.is_broken_off
        report = replace(
            report,
            wrong=alone.wrong,
            findings=(*alone.findings, *(() if is_whole else report.findings)),
            agreeing=report.n - len(alone.wrong),
            warnings=tuple(dict.fromkeys((*report.warnings, *alone.warnings))),
        )
        return self._counted(report, alone)

    def _counted(self, report: Report, alone: Report | None) -> Report:
        """Return the report with the calls of both checks."""
        calls, products = (0, 0) if alone is None else (alone.evaluations, alone.gradient_evaluations)
        return replace(
            report,
            evaluations=self._check.function.calls + calls,
            gradient_evaluations=self._claims.calls + products,
        )

    def _of_line(self, one: Finding, line: Flat) -> Finding:
        """Return what was found along a line, with the names and places of what it moves."""
        layout = self._problem.layout
        moved = np.flatnonzero(line)
        start, stop = int(moved[0]), int(moved[-1]) + 1
        first, last = (int(in_x(layout.indices, place)) for place in (start, stop - 1))
        output = self._check.function.layout.name(one.output) if one.output >= 0 else self._check.function.layout.title
        name, values = f"{output} / {layout.name_of_line(start, stop)}", Values(self._problem.x, layout.indices)
        return replace(one, name=name, index=first, start=first, stop=last + 1, partner=-1, _values=values)

    def _power(self, found: Report) -> Power:
        """Return which errors the lines would have shown."""
        claimed, bars = np.abs(found._evidence.claimed), found.resolutions
        norms = claimed / MEAN_SQUARE**0.5
        bar = float(np.max(bars[:LINES], initial=0.0)) if len(bars) else math.inf
        leaves = self._problem.layout.arrays
        with np.errstate(all="ignore"):
            factors = np.where(claimed > 0, bars / claimed, np.inf) if len(bars) else np.full_like(claimed, np.inf)
        own = zip(leaves, range(LINES, len(claimed)), strict=False)
        return Power(
            bar=bar,
            norm=float(np.sqrt(np.mean(np.square(norms[:LINES])))),
            lines=LINES if math.isfinite(bar) else 0,
            aligned_bar=0.0,
            total=0.0,
            aligned_lines=0,
            parts_bar=0.0,
            parts=0,
            hidden=0.0,
            seen=0.0,
            seen_factor=1.0,
            resolution=SURE * bar,
            rtol=found.rtol,
            evaluations=self._check.function.calls,
            gradient_evaluations=self._claims.calls,
            blocks=tuple(
                BlockPower(leaf.path, float(norms[at]), float(bars[at]), float(factors[at])) for leaf, at in own
            ),
        )

    def _completed(self, found: Report, verdict: Verdict, findings: tuple[Finding, ...], power: Power) -> Report:
        """Return a report along lines with what the check of these lines says."""
        same = ("value", "noise_floor", "noise_measured", "arithmetic", "nondeterministic", "spread", "rounds", "rtol")
        function, problem = self._check.function, self._problem
        report = replace(
            agreed(problem, found.rtol),
            **{name: getattr(found, name) for name in (*same, "seed", "stopped_by", "vouched", "atol")},
            verdict=verdict,
            agreeing=problem.n if verdict == "right" else 0,
            undecided=problem.n if verdict == "inconclusive" else 0,
            findings=findings,
            mode="lines",
            power=power,
            resolution=power.resolution,
            resolutions=frozen(np.zeros(0)),
            cause=findings[0].cause if verdict == "inconclusive" and findings else None,
            unseen=len(power.unseen),
            # Remarks about what is wrong are of lines, as if these were all coordinates.
            warnings=tuple(dict.fromkeys((*problem.notes, *(() if verdict == "wrong" else found.warnings)))),
            outputs=int(function.usable.sum()),
            subject=self._claims.word,
            sign=problem.sign,
        )
        return self._counted(report, None)


class _Search:
    """Looks for the coordinates in which a line disagrees, by halving it.

    Attributes
    ----------
    narrowest
        What was found along the shortest part of the line that is known to disagree, and this part.
    is_broken_off
        Whether the evaluations did not suffice.
    """

    def __init__(self, function: Function, directions: Directions, line: Flat, refuted: Sequence[Finding]) -> None:
        self._function, self._directions, self._line = function, directions, line
        named = {one.output for one in refuted}
        # In outputs that any line refutes.
        self._outputs = slice(None) if -1 in named else np.array(sorted(named))
        self.narrowest: tuple[Finding, Flat] | None = None
        self.is_broken_off = False

    def places(self) -> list[int]:
        """Return the coordinates."""
        budget = self._function.budget
        limit = self._function.calls + SEARCH
        self._function.budget = limit if budget is None else min(limit, budget)
        try:
            return halved(np.flatnonzero(self._line), self._differs, COORDINATES)
        finally:
            self._function.budget = budget

    def _differs(self, part: Flat) -> bool:
        some = np.zeros_like(self._line)
        some[part] = self._line[part]
        report = self._report(some)
        if report is None or report.stopped_by == "budget":
            self.is_broken_off = True
        if report is None or report.verdict != "wrong":
            return False
        shortest = math.inf if self.narrowest is None else np.count_nonzero(self.narrowest[1])
        if report.findings and len(part) < shortest:
            # Its output is the number of one among those that are looked at.
            self.narrowest = replace(report.findings[0], output=-1), some
        return True

    def _report(self, line: Flat) -> Report | None:
        """Return the report of a part of the line; None if the evaluations are spent."""
        if self._function.is_spent:
            return None
        try:
            return self._directions.report([line], self._outputs, only_verdict=True)[0]
        except SpentError:
            return None
