"""The interface between a check and whatever saves it; here nothing is saved, in `resuming.py` a file is."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from ..engine import Engine, Options
from ..evaluators.evaluator import Evaluator
from ..problem.claim import claimed_gradient
from ..problem.numbers import Flat
from ..problem.point import Problem
from ..report.ladder import Values

if TYPE_CHECKING:
    from ..problem.bounds import Bounds

Advance = Callable[[int], object]


class Answers(Protocol):
    """Answers the rounds of a check, and knows the values obtained so far in the current one."""

    def evaluate(self, probes: Flat) -> Flat:
        """Return the values of a round, in the order of its probes."""

    def forget(self) -> None:
        """Begin a new round: discard the values of the last one."""

    def first_values(self) -> Flat:
        """Return the values obtained in a round that was interrupted: those of its first probes."""


class Keeper:
    """Saves nothing; every method says when it is called."""

    # Whether the engine's memory goes to a file, and a warning for the report if it could not be written.
    keeps = False
    failure = ""

    def mode(self, asked: str) -> str:
        """Return the mode of the check, "auto" where n and the budget decide, given what was asked for."""
        return asked

    def begin(self, problem: Problem, bounds: Bounds | None, options: Options, mode: str) -> None:
        """Receive the problem, before any function of the user is called."""

    def advance(self, advance: Advance | None) -> Advance | None:
        """Return the callback for finished evaluations, given that of the progress display."""
        return advance

    def claimed_gradient(self, gradient: Any, problem: Problem) -> tuple[Flat, int]:
        """Return the claimed gradient, and how often its function was called."""
        return claimed_gradient(gradient, problem)

    def record(self, evaluator: Evaluator, engine: Engine, values: Values, problem: Problem, calls: int) -> Answers:
        """Return what answers the rounds; called before the first one."""
        return evaluator

    def save(self) -> None:
        """Save the check; called when its rounds end, for whatever reason."""


KEEPS_NOTHING = Keeper()
