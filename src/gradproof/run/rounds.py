"""Runs the rounds of a check: ask the engine, evaluate, tell it the values, until it has decided."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from ..core.records import codes
from ..engine import Engine, Options, Outcome, uses_lines
from ..evaluators.choice import evaluator_for, gradient_function
from ..evaluators.evaluator import Evaluator
from ..evaluators.objectives import InPlace
from ..evaluators.pace import Pace, TimeIsUp
from ..problem.numbers import Flat
from ..problem.point import Problem
from ..problem.probes import NO_PROBES
from ..problem.watching import ChangedError
from ..report.ladder import Values
from ..report.making import Course, make_report
from ..report.records import Evidence
from ..report.remarks.vacuous import remarks, unchanged
from ..report.report import Report
from .keeping import KEEPS_NOTHING, Answers, Keeper
from .progress import Counter, Line, Progress, display_for
from .settings import DEFAULT_CONVENTION, Settings

if TYPE_CHECKING:
    from ..problem.bounds import Bounds
    from .subchecks import Search

# By the number of a cause.
ACCEPTABLE = np.array([codes.is_acceptable(code) for code in range(len(codes.CAUSES))])


def run_check(
    objective: Any, gradient: Any, x: Any, settings: Settings, progress: Progress = None, *, explain: bool = True
) -> Report:
    """Check a gradient of an objective of x alone; the arguments are those of `gradproof.check`.

    Without `explain`, a wrong report does not say what explains its errors, for callers who would not read it.
    """
    options, deadline = settings.options(), settings.deadline()
    keeper = _keeper(settings)
    mode = keeper.mode(settings.mode)
    problem, gradient = _problem(objective, gradient, x, settings, lambda n: uses_lines(n, mode, options.budget))
    box = None if settings.bounds is None else _bounds(problem, settings.bounds)
    chosen = "lines" if problem.along_lines else "full"
    keeper.begin(problem, box, options, chosen)
    display = display_for(progress, codes.LINES_EXPECTED if problem.along_lines else 2 * problem.n + 2)
    pace = Pace(deadline, keeper.advance(None if display is None else display.update))
    evaluator = evaluator_for(objective, problem, pace, box, settings.executor)
    try:
        claimed, calls = keeper.claimed_gradient(gradient_function(gradient, problem), problem)
        values = Values(problem.x, problem.layout.indices)
        engine = _engine(problem, claimed, evaluator, options, zeroed=keeper.keeps)
        stopped_by = _run(engine, keeper.record(evaluator, engine, values, problem, calls), evaluator, values, keeper)
    finally:
        _close(evaluator, display)
    outcome = engine.result()
    if not stopped_by and settings.budget is not None and _is_early(outcome, chosen):
        stopped_by = "budget"
    _note_remarks(problem, claimed, values, outcome, keeper.failure)
    evidence = Evidence(problem.layout, claimed, values, engine.blocks())
    notes, raised = tuple(problem.notes), problem.exceptions
    convention = settings.convention or DEFAULT_CONVENTION
    course = Course(chosen, options.seed, calls, stopped_by, notes, raised, problem.sign, convention)
    report = make_report(outcome, evidence, course)
    if not explain or report.verdict != "wrong":
        return report
    if not problem.along_lines or stopped_by:
        return _explained(report)
    from .subchecks import MOST_EVALUATIONS, Search

    last = None if settings.budget is not None else report.evaluations + MOST_EVALUATIONS
    return _explained_along_lines(report, Search(objective, problem, claimed, settings, _checked, box, deadline, last))


def _explained_along_lines(report: Report, search: Search) -> Report:
    """Return a wrong report with what explains its errors, for which more coordinates are looked at if a call does."""
    from .slices import is_cheap, looked_closer, searched

    told = _explained(report)
    if search.settings.budget is None and not is_cheap(report):
        return told
    found = searched(report, told, search)
    told = told if found is report else _explained(found)
    closer = looked_closer(found, told, search)
    return told if closer is told else _explained(closer)


def _checked(objective: Any, claimed: Flat, x: Flat, settings: Settings) -> Report:
    """Return the check of a small part of a problem, which explains nothing."""
    names = ("mode", "seed", "budget", "time_limit", "rtol", "bounds", "executor", "atol")
    plain = Settings(**{name: getattr(settings, name) for name in names})
    return run_check(objective, claimed, x, plain, False, explain=False)


def _about_convention(problem: Problem, outcome: Outcome) -> str:
    """Return a remark if claims for complex coordinates are of another convention, else ""."""
    if not any(leaf.is_complex for leaf in problem.layout.leaves):
        return ""
    from ..report.remarks import conjugated

    return conjugated.remark(outcome.findings, problem.layout, problem.is_conjugate)


def _explained(report: Report) -> Report:
    """Return a report with what explains its errors."""
    # Imported on use: most gradients are right.
    from ..diagnosis.diagnose import explained

    return explained(report)


def _keeper(settings: Settings) -> Keeper:
    """Return the keeper of a check that is to be saved, resumed, or neither."""
    if settings.save is None and settings.resume is None:
        return KEEPS_NOTHING
    # Imported on use: the import takes longer than a check of ten coordinates.
    from .resuming import FileKeeper

    return FileKeeper(settings.save, settings.resume)


def _is_early(outcome: Outcome, mode: str) -> bool:
    """Whether the engine had to leave something untested; along lines it says so itself."""
    return bool(outcome.report.early if mode == "lines" else outcome.report.untested)


def _problem(
    objective: Any, gradient: Any, x: Any, settings: Settings, along_lines: Callable[[int], bool]
) -> tuple[Problem, Any]:
    """Return the problem, and the gradient as `claimed_gradient` takes it."""
    if isinstance(objective, InPlace):
        if x is not None and x is not objective.parameters:
            raise TypeError("with in_place, x must be left out: the parameters are the point")
        # Imported on use, as all that most objectives do not need.
        from ..evaluators.arrays.inplace import problem_in_place

        inside: Problem
        inside, gradient = problem_in_place(objective, gradient, along_lines, settings.choice)
        inside.sign = settings.read_sign()
        return inside, gradient
    if x is None:
        raise TypeError(
            "x is missing: call check(objective, gradient, x); x may be left out only with gradproof.in_place()"
        )
    problem = x.again() if isinstance(x, Problem) else settings.problem(x)
    problem.along_lines = along_lines(problem.n)
    return problem, gradient


def _bounds(problem: Problem, given: Any) -> Bounds | None:
    """Return the bounds; None if they bound nothing."""
    # Imported on use: most checks have none.
    from ..problem.bounds import read_bounds

    return read_bounds(given, problem)


def _close(evaluator: Evaluator, display: Line | Counter | None) -> None:
    """Stop what works in the background, and remove what shows the progress."""
    try:
        evaluator.close()
    finally:
        if display is not None:
            display.close()


def _engine(problem: Problem, claimed: Flat, evaluator: Evaluator, options: Options, *, zeroed: bool) -> Engine:
    sizes = evaluator.use_lines(claimed).sizes if problem.along_lines else None
    return Engine(problem, claimed, options, sizes, zeroed=zeroed)


def _note_remarks(problem: Problem, claimed: Flat, values: Values, outcome: Outcome, failure: str) -> None:
    """Note what the result shows beyond its findings, first of all that f ignores x, and a failure to save it."""
    if outcome.report.verdict == codes.VERDICT_WRONG and not problem.exceptions:
        kept, outside = values.first(values.rounds)[2], outcome.report.outside
        everywhere = not (problem.along_lines or outcome.report.untested)
        found, in_place = outcome.findings, problem.is_in_place
        if remark := unchanged(values.value, kept, outside, found, everywhere=everywhere, in_place=in_place):
            problem.notes.insert(0, remark)
    acceptable = _acceptable(problem, outcome)
    for remark in remarks(problem.layout, problem.x, claimed, acceptable, outcome.findings):
        problem.note(remark)
    if len(outcome.findings):
        _note_patterns(problem, claimed, acceptable, outcome)
    if failure:
        problem.note(failure)


def _note_patterns(problem: Problem, claimed: Flat, acceptable: Flat | bool, outcome: Outcome) -> None:
    """Note what the findings have in common."""
    # Imported on use: most checks find nothing.
    from ..report.remarks import inner_tolerance, meeting_kinks, negated

    found = (
        negated.remark(outcome.findings, claimed, acceptable, problem.sign),
        _about_convention(problem, outcome),
        inner_tolerance.remark(outcome.findings, problem.x),
        meeting_kinks.remark(outcome.findings, problem.x),
    )
    for remark in filter(None, found):
        problem.note(remark)


def _acceptable(problem: Problem, outcome: Outcome) -> Flat | bool:
    """Return for each coordinate whether its claimed value is acceptable; or whether all are, where all or none is."""
    right = bool(outcome.report.verdict == codes.VERDICT_RIGHT)
    if right or problem.along_lines:
        return right
    accepted: Flat = ACCEPTABLE[outcome.causes]
    return accepted


def _run(engine: Engine, answers: Answers, evaluator: Evaluator, kept: Values, keeper: Keeper) -> str:
    """Run the rounds of a check; return what ended them early: "time_limit", "interrupted", or ""."""
    stopped_by, watch, pace, bounds = "", evaluator.problem.watch, evaluator.pace, evaluator.bounds
    probes, runs = NO_PROBES, answers is evaluator and evaluator.runs
    try:
        while (not runs or evaluator.run(engine, kept.keep)) and len(probes := engine.ask()):
            if pace.deadline is not None:
                pace.look_at_the_clock()  # also where every value of the round is known, or out of bounds
            values = answers.evaluate(probes)
            if watch.borrowed:
                watch.look()
            kept.keep(probes, values)
            outside = 0 if bounds is None else evaluator.left_out(probes, values)
            engine.tell(values, None if evaluator.lines is None else evaluator.predicted_changes(probes), outside)
            answers.forget()
    except TimeIsUp:
        stopped_by = "time_limit"
    except KeyboardInterrupt:
        if not engine.rounds:
            raise
        stopped_by = "interrupted"
    except ChangedError:
        evaluator.forget()  # do not save what was evaluated in the meantime
        raise
    finally:
        keeper.save()
    if stopped_by:
        watch.look()
        values = answers.first_values()
        told = probes[: len(values)]
        kept.keep(told, values)
        engine.stop(values, evaluator.left_out(told, values))
    return stopped_by
