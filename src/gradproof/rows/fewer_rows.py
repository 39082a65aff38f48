"""Checks on fewer data points, which settle what all rows of the data leave undecided.

A sum over fewer rows has fewer kinks, and its slopes cancel less, so that more of them exceed the noise.  What fewer
rows prove about all rows follows from linearity, and each step of the argument is tested:

1. The objective adds up over the rows: it is a mean or a sum of one term per row, plus a constant such as a
   regulariser.  This is tested at x and at points near it, on two different splits of the rows, and so is the claimed
   gradient.  If it does not hold (batch normalisation, a divisor that stays N), fewer rows prove nothing, nothing is
   settled on them, and a note says so.
2. The rows are divided at random, by the seed, into two halves; for a coordinate that does not agree on one of them,
   that half is halved again, up to `DEEPEST` times, so that the parts cover each row once.  A coordinate is settled
   only if its claimed value agrees with the slope on *every* part, to less than the typical claimed value there, and if
   the claimed values of the parts add up to that on all rows.  Then the claimed value on all rows is the slope on all
   rows, to within the sum of the resolutions of the parts, which the finding states.
3. What does not agree on the smallest parts stays undecided.

Only undecided coordinates are treated here: what is wrong on all rows stays wrong.  A claimed value that is wrong on
one part and again on a half of it is wrong, too: there the gradient is not that of the objective on the same rows,
although the errors of all rows may cancel.  The finding says on how many rows.
"""

from __future__ import annotations

import functools
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any

import numpy as np

from ..evaluators.choice import evaluator_for
from ..evaluators.objectives import Batched, NativeFunction, batched
from ..evaluators.restricted import Coordinates, restricted
from ..problem.bounds import read_bounds
from ..problem.exceptions import Exceptions
from ..problem.numbers import Flat
from ..problem.point import Problem, read_problem
from ..report.cause import Cause
from ..report.finding import Finding
from ..report.report import Report
from ..run.progress import Progress, shown
from ..run.rounds import run_check
from ..run.settings import Settings
from .additive import Form, adds_up, evaluated, form_of
from .combining import UNKNOWN, Piece, joined, pieces, with_settled, wrong
from .on_rows import OnRows, row_count
from .one_row import with_remark

# How many other coordinates are checked along with the undecided ones.
COMPANY = 8
# The most halvings: each part costs two evaluations per coordinate, whatever its size.
DEEPEST = 8
# The objective must also add up at this many points near x, whose coordinates differ by this relative amount.
POINTS, AWAY = 2, 1e-3
FOR_THE_FORM = 5 * (POINTS + 1)
CURABLE = (Cause.NOISE_LIMITED, Cause.STEP_LIMITED, Cause.DOMAIN)
# KINK_AT_POINT is missing: noise spreads its two slopes so far apart that too much lies between them.
SETTLED = (Cause.AGREES, Cause.KINK_CROSSED)
NOT_ADDITIVE = (
    "Fewer rows settle nothing here: the objective and the gradient on parts of the rows do not add up to those on all "
    "rows, as means or sums over the rows do (is something divided by the number of all rows?)."
)
SHOWN_ROWS = 6


def check_on_rows(objective: Any, gradient: Any, x: Any, rows: Any, settings: Settings, progress: Progress) -> Report:
    """Check on all rows, then on fewer rows if that leaves coordinates undecided.

    The arguments are those of `check`; the objective may be `gradproof.batched`, a function of points and rows.  The
    report is that on all rows, with new findings for the coordinates that were settled on fewer.
    """
    count = row_count(rows)
    _refuse(objective, gradient)
    problem = read_problem(x, settings.choice)
    with shown(progress, 2 * problem.n + 2) as advance:
        stage = Stage(objective, gradient, problem, count, settings, advance)
        report = stage.check_all(x)
        return stage.go_on(report) if stage.is_needed(report) else report


def _refuse(objective: Any, gradient: Any) -> None:
    if isinstance(objective, NativeFunction) or isinstance(gradient, NativeFunction):
        raise TypeError(
            "with rows=, objective and gradient must be Python functions f(x, rows), not gradproof.native()"
        )
    if not callable(gradient):
        raise TypeError(
            f"with rows=, gradient must be a function g(x, rows), not an object of type {type(gradient).__name__}: "
            "an array is the gradient on all rows only"
        )


class Stage:
    """One check with fewer rows: its functions, what it has spent, and what it has found."""

    def __init__(
        self,
        objective: Any,
        gradient: Any,
        problem: Problem,
        count: int,
        settings: Settings,
        advance: Callable[[int], object] | None,
    ) -> None:
        self.objective = objective
        self.gradient = gradient
        self.problem = problem
        self.settings = settings
        self.advance = advance
        self.started = time.monotonic()
        self.all_rows = np.arange(count)
        self.evaluations = self.gradient_evaluations = 0
        self.stopped_by = ""
        self.told: dict[int, Finding] = {}
        self.notes: list[str] = []
        self.raised = Exceptions()
        self.outside = 0
        self.leaves: defaultdict[int, list[tuple[Piece, int]]] = defaultdict(list)
        self.hopeless: set[int] = set()

    def check_all(self, x: Any) -> Report:
        """Check on all rows."""
        gradient = OnRows(self.gradient, self.all_rows, "gradient")
        report = run_check(self._objective_on(self.all_rows), gradient, x, self.settings, self._progress())
        self.evaluations, self.gradient_evaluations = report.evaluations, report.gradient_evaluations
        self.raised.add(report.exceptions)
        self.outside = report.outside
        return with_remark(replace(report, rows=len(self.all_rows)), self._claimed, self.all_rows)

    def is_needed(self, report: Report) -> bool:
        """Whether fewer rows might settle something, and enough of the budget is left to find that out."""
        budget = self.settings.budget
        enough = budget is None or budget - self.evaluations >= FOR_THE_FORM
        possible = report.mode == "full" and not report.held and len(self.all_rows) > 1 and np.isfinite(report.value)
        return bool(possible and enough and not report.stopped_by and _curable(report))

    def go_on(self, report: Report) -> Report:
        """Settle what can be settled on fewer rows."""
        self.findings = _curable(report)
        self.order = np.random.default_rng(report.seed).permutation(self.all_rows)
        try:
            self.gradients = evaluated(self._claimed, self.order)
            form = self._form(report)
            if form is None:
                self.notes.append(NOT_ADDITIVE)
            else:
                for half in np.array_split(self.order, 2):
                    self._cover(half, 1, sorted(self.findings), frozenset())
                self._tell_settled(form, report)
        except KeyboardInterrupt:  # the report of all rows stands
            self.stopped_by = "interrupted"
        return self._replaced(report)

    def _form(self, report: Report) -> Form | None:
        """Return how objective and gradient add up over the rows; None if they do not."""
        values = [evaluated(functools.partial(self._value, self.problem.x), self.order)]
        for point in self._near(report.seed + 1):
            with suppress(Exception):  # outside of its domain the objective may raise anything
                one = evaluated(functools.partial(self._value, point), self.order)
                if np.isfinite(one.whole).all():
                    values.append(one)
        return form_of(values, report.noise_floor, self.gradients, report.arithmetic)

    def _near(self, seed: int) -> Iterator[Flat]:
        """Yield points near x, within the bounds."""
        random, x = np.random.default_rng(seed), self.problem.x
        bounds = read_bounds(self.settings.bounds, self.problem)
        size = np.maximum(np.abs(x), np.median(np.abs(x)))
        for _ in range(POINTS):
            moved = x + AWAY * size * random.uniform(-1, 1, len(x))
            yield (moved if bounds is None else np.clip(moved, bounds.lower, bounds.upper)).astype(x.dtype)

    def _cover(self, rows: Flat, depth: int, pending: list[int], suspects: frozenset[int]) -> None:
        """Check coordinates on some rows, and those that do not agree there on both halves."""
        pending = [index for index in pending if index not in self.told and index not in self.hopeless]
        if not pending:
            return
        found = self._on_part(rows, pending)
        wrong_here = frozenset(index for index in pending if found[index].cause is Cause.WRONG)
        for index in sorted(wrong_here if len(rows) == 1 else wrong_here & suspects):
            self._tell_wrong(index, found[index], rows)
        for index in pending:
            if found[index].cause in SETTLED:
                self.leaves[index].append((found[index], len(rows)))
        rest = [index for index in pending if found[index].cause not in SETTLED]
        if depth == DEEPEST or len(rows) == 1 or self.stopped_by:
            self.hopeless.update(rest)
            return
        for half in np.array_split(rows, 2):
            self._cover(half, depth + 1, rest, wrong_here)

    def _tell_settled(self, form: Form, report: Report) -> None:
        """Settle coordinates that agree on every part if the claimed values of the parts add up to that on all rows."""
        for index in sorted(set(self.findings) - set(self.told) - self.hopeless):
            evidence = [piece for piece, _ in self.leaves[index]]
            sizes = [size for _, size in self.leaves[index]]
            gradients = self.gradients.only(index)
            claims = [np.array([piece.claimed]) for piece in evidence]
            if sum(sizes) == len(self.order) and adds_up(form, gradients, claims, sizes, report.arithmetic).all():
                constant = float(form.constant(gradients)[0])
                self.told[index] = joined(self.findings[index], evidence, sizes, form, constant)

    def _on_part(self, rows: Flat, pending: list[int]) -> dict[int, Piece]:
        """Check some coordinates on some rows, with a few others to judge what counts as small."""
        company = np.linspace(0, self.problem.n - 1, COMPANY).astype(np.int64)
        chosen, rows = np.union1d(pending, company), np.sort(rows)
        settings = self._rest(chosen)
        if self.stopped_by:
            return dict.fromkeys(pending, UNKNOWN)
        every = self._claimed(rows)
        typical = float(np.sqrt(np.mean(np.square(every, where=np.isfinite(every), out=np.zeros_like(every)))))
        points = Coordinates(self.problem.x, chosen)
        part = restricted(self._objective_on(rows), self.problem, points).objective
        report = run_check(part, every[chosen], self.problem.x[chosen], settings, self._progress(), explain=False)
        self.evaluations += report.evaluations
        self.raised.add(report.exceptions)
        self.outside += report.outside
        self.stopped_by = report.stopped_by
        found = dict(zip(chosen.tolist(), pieces(report), strict=True))
        # Agreement to within more than the typical claimed value on these rows settles nothing.
        vague = {index for index in pending if found[index].cause in SETTLED and found[index].resolution > typical}
        return {index: UNKNOWN if index in vague else found[index] for index in pending}

    def _rest(self, chosen: Flat) -> Settings:
        """Return the settings of the next check, with the rest of the budget and of the time."""
        budget, time_limit = self.settings.budget, self.settings.time_limit
        if budget is not None:
            budget -= self.evaluations
            self.stopped_by = "budget" if budget < 1 else ""
        if time_limit is not None:
            time_limit -= time.monotonic() - self.started
            self.stopped_by = self.stopped_by or ("time_limit" if time_limit <= 0 else "")
        bounds = read_bounds(self.settings.bounds, self.problem)
        inside = None if bounds is None else (bounds.lower[chosen], bounds.upper[chosen])
        # Claims have their sign already, and the coordinates are chosen.
        settings = self.settings._replace(only=None, held=None, names=None, sign=1, save=None, resume=None)
        return settings._replace(mode="full", budget=budget, time_limit=time_limit, bounds=inside)

    def _tell_wrong(self, index: int, piece: Piece, rows: Flat) -> None:
        self.told[index] = wrong(self.findings[index], piece, len(rows))
        if not any(one.cause is Cause.WRONG for one in list(self.told.values())[:-1]):
            some = ", ".join(str(row) for row in np.sort(rows)[:SHOWN_ROWS])
            more = ", …" if len(rows) > SHOWN_ROWS else ""
            name = self.problem.layout.name(index)
            self.notes.append(f"{name} is wrong on the {len(rows):,} rows {some}{more}: debug with only those.")

    def _objective_on(self, rows: Flat) -> Any:
        if isinstance(self.objective, Batched):
            return batched(OnRows(self.objective.function, rows, "objective"))
        if not callable(self.objective):
            kind = type(self.objective).__name__
            raise TypeError(f"objective must be a function f(x, rows), not an object of type {kind}")
        return OnRows(self.objective, rows, "objective")

    def _value(self, x: Flat, rows: Flat) -> Flat:
        """Return the objective at a point on some rows, as an array with one element."""
        self.evaluations += 1
        problem = Problem(self.problem.layout, x)
        return np.array([evaluator_for(self._objective_on(rows), problem).at_x()])

    def _claimed(self, rows: Flat) -> Flat:
        """Return the claimed gradient at x on some rows."""
        self.gradient_evaluations += 1
        function = OnRows(self.gradient, rows, "gradient")
        x, _ = self.problem.copy_of_x()
        return self.settings.read_sign() * self.problem.layout.flatten(function(x), "the gradient's result")

    def _progress(self) -> Callable[[int, int], object] | bool:
        advance, before = self.advance, 0
        if advance is None:
            return False

        def progress(done: int, _total: int) -> None:
            nonlocal before
            advance(done - before)
            before = done

        return progress

    def _replaced(self, report: Report) -> Report:
        return replace(
            with_settled(report, self.told),
            evaluations=self.evaluations,
            gradient_evaluations=self.gradient_evaluations,
            stopped_by=self.stopped_by,
            warnings=(*report.warnings, *self.notes),
            exceptions=self.raised.all(),
            outside=self.outside,
        )


def _curable(report: Report) -> dict[int, Finding]:
    return {one.index: one for one in report.findings if one.cause in CURABLE and not one.is_line}
