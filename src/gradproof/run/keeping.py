"""Whether a check is kept in a file: what its stages ask of who keeps it.  Here nobody does; `resuming.py` does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from ..engine import Engine, Options
from ..evaluators.evaluator import Evaluator
from ..problem.bounds import Bounds
from ..problem.claim import claimed_gradient
from ..problem.numbers import Flat
from ..problem.point import Problem
from ..report.ladder import Values

Advance = Callable[[int], object]


class Answers(Protocol):
    """Who answers the rounds of a check, and knows what has been answered of the one that is under way."""

    def evaluate(self, probes: Flat) -> Flat:
        """Return the values of a round, in the order of its probes."""

    def forget(self) -> None:
        """Begin a new round."""

    def first_values(self) -> Flat:
        """Return the values of a round that was broken off: those of its first probes."""


class Keeper:
    """Keeps nothing; every method says when it is called."""

    # Whether the engine's memory goes to a file; and what the report says where it could not be written.
    keeps = False
    failure = ""

    def begin(self, problem: Problem, bounds: Bounds | None, options: Options, mode: str) -> None:
        """Be told what is checked, before anything of the user's is called."""

    def advance(self, advance: Advance | None) -> Advance | None:
        """Return what is told how many evaluations have been done, given who shows them."""
        return advance

    def claimed_gradient(self, gradient: Any, problem: Problem) -> tuple[Flat, int]:
        """Return the claimed gradient and how often its function was called."""
        return claimed_gradient(gradient, problem)

    def record(self, evaluator: Evaluator, engine: Engine, values: Values, problem: Problem, calls: int) -> Answers:
        """Return who answers, before the first round."""
        return evaluator

    def save(self) -> None:
        """Save the check, when its rounds end, in whatever way."""
