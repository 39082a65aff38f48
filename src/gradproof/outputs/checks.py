"""Checks of functions with many outputs: one check of the core for each covector, all with the same evaluations."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from ..problem.point import Problem, read_problem
from ..problem.structure import Layout
from ..report.records import Finding
from ..report.report import Report
from ..run.progress import Progress
from ..run.rounds import run_check
from ..run.settings import Settings
from .claims import Claims
from .covectors import Covector, combined, covectors
from .function import Function, Projected
from .joining import joined
from .looking.entries import Entries
from .looking.screen import Parts, Screen, arrays_of_output, single_outputs

Claiming = Callable[[Problem, Layout], Claims]
# What counts as wrong, relatively, unless the caller says otherwise.
RTOL = 1e-5
REFUSED = ("save", "resume")


def settings_of(given: dict[str, Any]) -> tuple[Settings, Progress]:
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


class OutputsCheck:
    """One check of a function with many outputs.

    Parameters
    ----------
    function
        The user's function of x.
    claiming
        Makes the claims about its derivatives, given the point and the structure of the output.
    x
        The point, in the user's structure.
    settings
        Those of the check.
    progress
        As for `gradproof.check`.
    """

    def __init__(
        self, function: Callable[[Any], Any], claiming: Claiming, x: Any, settings: Settings, progress: Progress
    ) -> None:
        if not callable(function):
            raise TypeError(f"function must be a function of x, not an object of type {type(function).__name__}")
        settings.options()
        self.settings = settings
        self.progress = progress
        self.x = x
        self.problem = read_problem(x, settings.choice, hold=True)
        self.problem.is_conjugate = settings.is_conjugate()
        self.function = Function(function, self.problem, settings.budget)
        self.claims = claiming(self.problem, self.function.layout)

    def run(self) -> Report:
        """Check the projection on a covector, and look at what disagrees output by output."""
        parts = covectors(self.function.layout, self.function.usable, self.settings.seed)
        covector = combined(parts, self.function.at_x, self.function.layout.title)
        screen, compared = self._screen(parts)
        report = run_check(
            Projected(self.function, covector, screen),
            self.claims.gradient(covector.weights),
            self.problem,
            self.settings,
            self.progress,
        )
        calls = report.gradient_evaluations
        entries = Entries(self.function, self.claims, self.problem, self.settings)
        found: dict[int, tuple[Finding, ...]] = {}
        more: list[Finding] = []
        if not report.stopped_by:
            found = entries.of_report(report, covector)
            if screen is not None and compared is not None:
                known = set(report.wrong.tolist())
                more = entries.of_suspicions(screen.suspicions(known), compared)
        report = joined(report, covector, found, more)
        return replace(
            report,
            evaluations=self.function.calls if self.settings.executor is None else report.evaluations,
            gradient_evaluations=calls + self.claims.calls,
            **self._described(report),
        )

    def _screen(self, parts: Sequence[Covector]) -> tuple[Screen | None, Parts | None]:
        """Return what compares parts of the output along the way, and these parts; None where there is only one."""
        matrix = self.claims.matrix
        compared = arrays_of_output(parts, self.claims) if matrix is None else single_outputs(parts, matrix)
        if compared is None or self.settings.executor is not None:
            return None, None
        return Screen(self.function, self.problem, compared, self.settings.rtol or RTOL), compared

    def _described(self, report: Report) -> dict[str, Any]:
        """Return what the report says of the outputs: how many took part, and what was left out."""
        usable = self.function.usable
        is_partly = report.verdict == "right" and not usable.all()
        return {
            "verdict": "inconclusive" if is_partly else report.verdict,
            "warnings": tuple(dict.fromkeys((*self.problem.notes, *report.warnings))),
            "outputs": int(usable.sum()),
            "subject": self.claims.word,
            "against": "function",
        }


def check_outputs(function: Any, claiming: Claiming, x: Any, given: dict[str, Any]) -> Report:
    """Check claims about the derivatives of a function with many outputs; `given` holds the keyword arguments."""
    settings, progress = settings_of(given)
    return OutputsCheck(function, claiming, x, settings, progress).run()
