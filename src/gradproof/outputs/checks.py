"""Checks of functions with many outputs: one check of the core for each covector, all with the same evaluations."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import replace
from typing import Any

import numpy as np

from ..arguments.extra import as_tuple, with_arguments
from ..engine import uses_lines
from ..evaluators.objectives import InPlace
from ..problem.claim import NOT_LINEAR
from ..problem.exceptions import raise_of_signal
from ..problem.numbers import Flat
from ..problem.point import ALONE, Problem
from ..problem.structure import Layout
from ..report.cause import Cause
from ..report.remarks.conjugated import CONVENTIONS
from ..report.remarks.negated import SAME
from ..report.report import Report
from ..run.progress import Progress
from ..run.rounds import run_check
from ..run.settings import Settings
from .claimed.claims import Claims
from .covectors import Covector, balancing, combined, covectors
from .function import Function, Projected
from .joining import Pass
from .localisation.entries import Entries
from .localisation.screen import Screen, arrays_of_output, single_outputs
from .localisation.singly import beside_kinks, singly
from .localisation.still import with_single_precision

Claiming = Callable[[Any, Problem, Layout], Claims]
# What counts as wrong, relatively, unless the caller says otherwise.
RTOL = 1e-5
REFUSED = ("save", "resume")
NO_X = "x is missing: it may be left out only with gradproof.in_place()"
ORDER = "the arguments are the function, what is claimed of its derivatives, and x"
NOT_X = f"x must be the point, but the third argument is a function: {ORDER}"


def settings_of(given: Mapping[str, Any]) -> tuple[Settings, Progress]:
    """Return the settings of a check and its progress display, from the keyword arguments of a public function."""
    rest = dict(given)
    progress = rest.pop("progress", None)
    refused = [name for name in REFUSED if rest.get(name) is not None]
    if refused:
        raise TypeError(f"{refused[0]}= is for checks of one objective: a function with many outputs cannot be saved")
    unknown = [name for name in rest if name not in Settings._fields]
    if unknown:
        known = ", ".join((*(name for name in Settings._fields if name not in REFUSED), "progress"))
        raise TypeError(f"unexpected keyword argument {unknown[0]!r}; the settings are {known}")
    return Settings(**rest), progress


def without_arguments(function: Any, claim: Any, given: Mapping[str, Any]) -> tuple[Any, Any, dict[str, Any]]:
    """Return functions that are called without further arguments, and the settings without `args`."""
    rest = dict(given)
    further = as_tuple(rest.pop("args", ()))
    return with_arguments(function, further, "function"), with_arguments(claim, further, "derivative", "a vector"), rest


class OutputsCheck:
    """One check of a function with many outputs.

    Parameters
    ----------
    function
        The function at the point.
    claims
        What is claimed about its derivatives.
    problem
        The point.
    settings
        Those of the check.
    progress
        As for `gradproof.check`.
    """

    def __init__(
        self, function: Function, claims: Claims, problem: Problem, settings: Settings, progress: Progress
    ) -> None:
        self.function = function
        self.claims = claims
        self.problem = problem
        self.settings = settings
        self.progress = progress

    def _covectors(self, usable: Flat) -> list[Covector]:
        """Return the covectors of the arrays of the output."""
        return covectors(self.function.layout, usable, self.settings.seed)

    def run(self, *, only_verdict: bool = False) -> Report:
        """Check the projection on a covector, and look at what disagrees output by output.

        Outputs that spoil the projection, because they are not finite beside x or jump there, are then left out of it.
        With `only_verdict`, outputs are not looked at where the projection is wrong whatever they are.
        """
        usable = self.function.usable
        first = self._pass(usable, only_verdict=only_verdict)
        spoilt = self._spoilt(first, usable)
        if not spoilt.any():
            if not only_verdict and first.may_be_rounding(balancing(self._covectors(usable), self.function.at_x)):
                first = self._pass(usable, is_balanced=False)
            return self._completed(first.joined(), usable)
        self.function.leave_out(spoilt, "not finite, or not smooth enough, beside x")
        second = self._pass(usable & ~spoilt)
        open_ones = [one for some in first.found.values() for one in some if one.output >= 0 and spoilt[one.output]]
        return self._completed(second.joined(open_ones), usable & ~spoilt)

    def _pass(self, usable: Flat, *, only_verdict: bool = False, is_balanced: bool = True) -> Pass:
        """Check the projection of some outputs on a covector."""
        parts = self._covectors(usable)
        covector = combined(parts, self.function.at_x, self.function.layout.title, is_balanced=is_balanced)
        gradient = self.claims.gradient(covector.weights)
        screen = self._screen(parts)
        budget = self.settings.budget
        settings = self.settings._replace(budget=budget if budget is None else max(budget - self.function.calls, 1))
        objective = Projected(self.function, covector, screen)
        report = run_check(objective, gradient, self.problem, settings, self.progress)
        self.claims.calls += report.gradient_evaluations
        entries = Entries(self.function, self.claims, self.problem, self.settings, objective.evaluated)
        report, more = with_single_precision(report, entries, covector, self.settings)
        suspicions = [] if screen is None else screen.suspicions(set(report.wrong.tolist()))
        if report.stopped_by or not (report.findings or suspicions):
            return Pass(report, covector, {}, more)
        self._note_convention(report, covector)
        if only_verdict and _is_refuted(entries, report, covector):
            return Pass(report, covector, {}, [])
        found = entries.of_report(report, covector, beside_kinks(entries, report, covector))
        alone = singly(entries, report, covector, found)
        found |= {index: one.entries for index, one in alone.items()}
        more += [] if screen is None else entries.of_suspicions(suspicions, screen.parts)
        cleared = frozenset(entries.cleared(report, covector, found))
        resolutions = {index: one.resolution for index, one in alone.items()}
        explained = report if cleared or alone else entries.explained(report)
        return Pass(explained, covector, found, more, cleared, resolutions)

    def _note_convention(self, report: Report, covector: Covector) -> None:
        """Note that all claims that are wrong are right in the other convention of complex numbers, if they are."""
        wrong = [one for one in report.findings if one.cause is Cause.WRONG and not one.is_line]
        if not wrong or not any(leaf.is_complex for leaf in self.function.layout.leaves):
            return
        other = self.claims.in_other_convention(covector.weights)
        claimed = other[[self.problem.layout.place(one.index) for one in wrong]] if other is not None else np.nan
        slopes, bars = (np.array(each) for each in zip(*((one.slope, one.error_bar) for one in wrong), strict=True))
        if (np.abs(claimed - slopes) <= bars + SAME * np.abs(slopes)).all():
            whose, name = CONVENTIONS[self.problem.is_conjugate]
            meant = f'if it is meant, say convention="{name}"'
            self.problem.note(f"The {self.claims.word} is right in the convention of {whose}: {meant}.")

    def _screen(self, parts: Sequence[Covector]) -> Screen | None:
        """Return what compares parts of the output along the way; None where there is only one."""
        settings = self.settings
        if settings.executor is not None or uses_lines(self.problem.n, settings.mode, int(settings.budget or 0)):
            return None
        matrix, at_x = self.claims.matrix, self.function.at_x
        compared = (
            arrays_of_output(parts, at_x, self.claims.projected) if matrix is None else single_outputs(parts, matrix)
        )
        if compared is None:
            return None
        return Screen(at_x, self.problem, compared, settings.rtol or RTOL)

    def _spoilt(self, first: Pass, usable: Flat) -> Flat:
        """Return the outputs that keep a check of all of them from being decided; none if these are most of them."""
        none = np.zeros_like(usable)
        if first.report.verdict != "inconclusive" or first.report.stopped_by:
            return none
        spoilt: Flat = usable & self.function.ever_missing
        spoilt[[one.output for some in first.found.values() for one in some if one.output >= 0]] = True
        return spoilt if 2 * spoilt.sum() <= usable.sum() else none

    @property
    def unit(self) -> float:
        """The rounding unit of x."""
        return float(np.finfo(self.problem.x.dtype).eps)

    def refuted(self, report: Report, note: str) -> Report:
        """Return the report after two more products, which is wrong if these showed what a note says."""
        report = replace(report, gradient_evaluations=report.gradient_evaluations + 2)
        return replace(report, verdict="wrong", warnings=(note, *report.warnings)) if note else report

    def _completed(self, report: Report, usable: Flat) -> Report:
        """Return the report with what it says of the outputs and of the calls."""
        verdict = report.verdict
        if verdict == "right":
            verdict = "wrong" if NOT_LINEAR in report.warnings else "right" if usable.all() else "inconclusive"
        if report.verdict == "wrong" and report.unexplained:
            from ..diagnosis.entries import by_entries

            report = by_entries(report)
        remark = self.claims.remark() if report.verdict == "wrong" else ""
        # What forgets its cotangent is not linear in it either: the remark says more.
        rest = (note for note in report.warnings if not remark or note != NOT_LINEAR)
        notes = (*[remark] * bool(remark), *self.problem.notes, *rest)
        return replace(
            report,
            verdict=verdict,
            warnings=tuple(dict.fromkeys(notes)),
            outputs=int(usable.sum()),
            subject=self.claims.word,
            against="function",
            evaluations=self.function.calls if self.settings.executor is None else report.evaluations,
            gradient_evaluations=self.claims.calls,
        )


def _is_refuted(entries: Entries, report: Report, covector: Covector) -> bool:
    """Return whether a projection is wrong, and neither kinks nor the rounding of single outputs explain it."""
    if report.verdict != "wrong" or entries.cleared(report, covector, ()):
        return False
    alone = singly(entries, report, covector, ())
    return not alone or any(entry.cause is Cause.WRONG for one in alone.values() for entry in one.entries)


def _placed(function: InPlace, claim: Any, x: Any, settings: Settings) -> tuple[Any, Any, Any]:
    """Return a function that reads arrays in place, and the claim, as functions of x; and x."""
    # Imported on use: most functions get what they depend on.
    from ..evaluators.arrays.placed import placed

    if settings.executor is not None:
        raise ValueError("an executor cannot be used with in_place: its workers only have copies of your arrays")
    if x is not None and x is not function.parameters:
        raise TypeError("with in_place, x must be left out: the parameters are the point")
    return placed(function, claim)


def _takes_x_alone(claim: Any, problem: Problem) -> bool:
    """Whether what should be a product returns something for x alone, as the function does."""
    try:
        return callable(claim) and claim(problem.copy_of_x()[0]) is not None
    except Exception as error:  # with arguments that it does not expect, the user's function may raise anything
        raise_of_signal(error)
        return False


def held(function: Any) -> AbstractContextManager[Any]:
    """Return what keeps checks in other threads from moving arrays that a function reads in place."""
    if not isinstance(function, InPlace):
        return nullcontext()
    from ..evaluators.arrays.holding import Hold
    from ..evaluators.arrays.memory import Arrays

    return closing(Hold(Arrays(function.parameters)))


def outputs_check(function: Any, claim: Any, claiming: Claiming, x: Any, given: Mapping[str, Any]) -> OutputsCheck:
    """Return a check of claims about the derivatives of a function with many outputs.

    Parameters
    ----------
    function
        The user's function of x.
    claim
        What the user claims of its derivatives.
    claiming
        Makes the claims of that, given the point and the structure of the output.
    x
        The point, in the user's structure; None with `in_place`.
    given
        The keyword arguments of the public function.
    """
    function, claim, rest = without_arguments(function, claim, given)
    settings, progress = settings_of(rest)
    if isinstance(function, InPlace):
        function, claim, x = _placed(function, claim, x, settings)
    if not callable(function):
        kind = type(function).__name__
        raise TypeError(f"function must be a function of x, not an object of type {kind}: {ORDER}")
    if x is None or callable(x):
        raise TypeError(NO_X if x is None else NOT_X)
    settings.options()
    problem = settings.problem(x, hold=True)
    try:
        evaluated = Function(function, problem, settings.budget)
    except TypeError as error:
        if ALONE in str(error) and _takes_x_alone(claim, problem):
            raise TypeError(f"the first two arguments seem to be swapped: {ORDER}") from error
        raise
    return OutputsCheck(evaluated, claiming(claim, problem, evaluated.layout), problem, settings, progress)
