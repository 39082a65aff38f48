"""Objectives without arguments: the check modifies the arrays that they read, and restores them bit for bit."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from ...problem.bounds import Bounds
from ...problem.claim import ONLY_OURS, Claimed
from ...problem.numbers import Flat
from ...problem.point import EVERYTHING, Choice, Problem, called, refuse_what_is_not_finite
from ...problem.watching import ChangedError
from ..evaluator import Evaluator
from ..lines import Lines
from ..objectives import InPlace
from ..pace import ALL, Pace
from ..values import as_value, as_values, number_or_same
from .holding import Hold
from .lines import InPlaceLines
from .memory import Arrays, give_back_free_memory

# The most values of short probes that are returned at once.
CHUNK = 1024


def problem_in_place(
    objective: InPlace, gradient: Any, along_lines: Callable[[int], bool], choice: Choice = EVERYTHING
) -> tuple[InPlaceProblem, Any]:
    """Return the problem at the present values, and the gradient as `claimed_gradient` takes it.

    Along lines the gradient is computed first, so that its temporary memory is free again before x is copied.
    """
    arrays = _chosen(Arrays(objective.parameters), choice)
    arrays.refuse_what_is_not_finite(refuse_what_is_not_finite)
    if along_lines(arrays.layout.n):
        claimed = _claimed(gradient, arrays)
        give_back_free_memory()
        problem = InPlaceProblem(arrays)
        problem.along_lines = True
        return problem, claimed
    problem = InPlaceProblem(arrays)
    return problem, (lambda _: _result(gradient, arrays)) if callable(gradient) else gradient


def _chosen(arrays: Arrays, choice: Choice) -> Arrays:
    """Return the arrays, or the chosen ones of their coordinates."""
    arrays.layout = choice.named(arrays.layout)
    indices = choice.indices(arrays.layout)
    if indices is None:
        return arrays
    from .chosen import ChosenArrays

    return ChosenArrays(arrays, indices)


class InPlaceProblem(Problem):
    """The point as a flat copy, and the user's arrays, which hold it between evaluations."""

    is_in_place = True

    def __init__(self, arrays: Arrays) -> None:
        super().__init__(arrays.layout, arrays.copy())
        self.arrays = arrays


class InPlaceEvaluator(Evaluator):
    """Moves the user's arrays from point to point, and restores them after every round, however it ends."""

    problem: InPlaceProblem

    def __init__(
        self, objective: InPlace, problem: InPlaceProblem, pace: Pace | None = None, bounds: Bounds | None = None
    ) -> None:
        # Imported on use: most checks move nothing of the user's.
        from .signals import Signals

        super().__init__(problem, pace, bounds)
        self.function = objective.function
        self.arrays = problem.arrays
        self._hold = Hold(self.arrays)
        if not self.arrays.are_at(problem.x):
            self._hold.close()
            raise ChangedError(
                "the parameters changed while they were read: another thread, or a signal, writes to them"
            )
        self._fingerprint = self.arrays.fingerprint()
        self._changes_parameters = False
        self._long: InPlaceLines | None = None
        self._away = False
        self._signals = Signals()
        if not self.pace.watched:
            self.pace.size = ALL  # Python notices Ctrl-C between two calls

    def use_lines(self, claimed: Flat) -> Lines:
        """Prepare for probes on long lines, which need the claimed gradient, in the type of x."""
        self.lines = self._long = InPlaceLines(self.problem.x, claimed, self.arrays)
        return self._long

    def evaluate(self, probes: Flat) -> Flat:
        """Return the values of a round, in the order of its probes."""
        values: Flat = self._and_back(lambda: self._evaluated(probes))
        return values

    def _evaluated(self, probes: Flat) -> Flat:
        """Return the values of a round, evaluated again if others than the coordinates that were moved have changed.

        At x the objective may leave them as they are: it may shorten what is too long at some points alone.
        """
        values = super().evaluate(probes)
        if self._changes_parameters or np.all(probes["stop"] - probes["start"] == self.problem.n):
            return values
        if self.lines is not None:
            self.lines.at_x()
        if not self._note_changes():
            return values
        self._put_back()
        return super().evaluate(probes)

    def predicted_changes(self, probes: Flat) -> Flat | None:
        """Return the change of f that the claimed gradient predicts for each probe of a round; None off long lines."""
        # It moves to probes whose values came from a file.
        changes: Flat | None = self._and_back(lambda: super(InPlaceEvaluator, self).predicted_changes(probes))
        return changes

    def close(self) -> None:
        """Look a last time whether all is as it was, whatever has happened to the arrays; then as in any evaluator."""
        try:
            self._and_back(self._look_whether_away)
        finally:
            self._hold.close()
            super().close()

    def _look_whether_away(self) -> None:
        self._away = self.arrays.fingerprint() != self._fingerprint

    def _and_back(self, action: Callable[[], Any]) -> Any:
        """Return what an action returns, with the arrays as they were, whatever it does and whatever signals come."""
        # Twice, because a first signal may raise on the way into the first `finally`; after that none does.
        try:
            try:
                self._signals.take()
                return action()
            finally:
                self._come_back()
        finally:
            self._come_back()

    def at_x(self) -> float:
        """Return the objective at x; its exceptions propagate."""
        self._put_back()
        self._away = True
        value = as_value(call_without_arguments(self.function, "objective"))
        self._signals.reopen()
        self._note_changes()
        self._put_back()
        return value

    def _note_changes(self) -> bool:
        """Note whether the objective has changed parameters that are not moved: from then on all are put back."""
        if self.arrays.fingerprint() != self._fingerprint:
            self._changes_parameters = True
            self.problem.note("The objective changed the parameters; they were restored before each call.")
        return self._changes_parameters

    def value_at(self, point: Flat) -> Any:
        """Return the objective at any point; its exceptions propagate, and the arrays are as they were."""

        def there() -> Any:
            self._away = True
            self.arrays.restore(point)
            return number_or_same(self.function())

        return self._and_back(there)

    def elsewhere(self, probes: Flat) -> Iterator[Flat]:
        """Yield the values of the objective at the points of the probes, in chunks; NaN where it raises."""
        self._away = True
        for part in self.pace.chunks(len(probes), CHUNK if self.lines is None else 1):
            values: list[float] = []
            try:
                values.extend(self._one(probe) for probe in probes[part])
            except BaseException:  # Ctrl-C, or an exit: keep what has been evaluated
                yield as_values(values)
                raise
            yield as_values(values)

    def _one(self, probe: Flat) -> Any:
        if self.lines is None:
            self._move(probe)
        else:
            self.lines.at(probe)
        value: Any = math.nan
        with np.errstate(all="ignore"):
            try:
                value = number_or_same(self.function())
            except Exception as error:  # outside of its domain f may raise anything
                self.problem.note_raised(error, probe)
        self._signals.reopen()
        if self._changes_parameters:
            self._put_back()
            self._away = True
        elif self.lines is None:
            where = slice(int(probe["start"]), int(probe["stop"]))
            self.arrays[where] = self.problem.x[where]
        return value

    def _move(self, probe: Flat) -> None:
        """Move the coordinates of a short probe, with the same rounding as in the library."""
        start, stop = int(probe["start"]), int(probe["stop"])
        if probe["seed"] or (stop > start + 1 and not probe["ratio"]):
            self.arrays[start:stop] = self.points(np.ascontiguousarray(probe))[0][start:stop]
            return
        step, ratio = float(probe["step"]), float(probe["ratio"])
        self.arrays[start] = float(self.problem.x[start]) + step
        if ratio:
            self.arrays[stop - 1] = float(self.problem.x[stop - 1]) + ratio * step

    def _come_back(self) -> None:
        """Restore the arrays, while all signals wait; they take effect afterwards."""
        self._signals.close()
        self._put_back()
        self._signals.give_back()

    def _put_back(self) -> None:
        """Restore the arrays unless they are certain to be at x."""
        long = self._long
        if self._away or (long is not None and long.are_moved):
            if long is not None:
                long.stop_writing()
            self.arrays.restore(self.problem.x)
            if long is not None:
                long.forget_point()
            self._away = False


def call_without_arguments(function: Callable[[], Any], what: str) -> Any:
    """Call the user's function; if it takes arguments, raise an error that says it is called without any."""
    return called(f"in place, the {what} is called without arguments", function)


def _result(gradient: Callable[[], Any], arrays: Arrays) -> Any:
    """Call the gradient, which must not change the parameters."""
    before = arrays.fingerprint()
    value = call_without_arguments(gradient, "gradient")
    if value is None:
        raise TypeError("the gradient returned None instead of arrays like the parameters: is a `return` missing?")
    if arrays.fingerprint() != before:
        raise ValueError("the gradient function changed the parameters, but it must leave them as they are")
    return value


def _claimed(gradient: Any, arrays: Arrays) -> Claimed:
    """Return the claimed gradient as one vector in the parameters' type; a single array of its own is not copied."""
    calls = int(callable(gradient))
    value = _result(gradient, arrays) if calls else gradient
    # A result that somebody else holds may be a buffer that is reused.
    ours = isinstance(value, np.ndarray) and value.base is None and sys.getrefcount(value) <= ONLY_OURS
    same = isinstance(value, np.ndarray) and (ours or not calls) and not arrays.share_memory(value)
    make = arrays.layout.flat_or_same if same else arrays.layout.flatten
    flat = make(value, "the gradient's result" if calls else "gradient", dtype=arrays.layout.dtype)
    return Claimed(flat, calls, same and not ours and np.may_share_memory(flat, value))
