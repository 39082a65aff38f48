"""Records what must be saved of a check, and supplies what a resumed check already knows."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from ..engine import ROUND, Engine
from ..evaluators.evaluator import Evaluator
from ..problem.numbers import Flat
from ..problem.probes import PROBE
from ..report.ladder import Values
from .saving import Saved


class Known:
    """Values that need not be computed again, by probe; several for a probe that was evaluated repeatedly."""

    def __init__(self, left: dict[bytes, tuple[float, ...]]) -> None:
        self._left = left

    @classmethod
    def of(cls, probes: Flat, values: Flat) -> Known:
        """Return the known values of these probes."""
        left: dict[bytes, tuple[float, ...]] = {}
        for probe, value in zip(probes, values.tolist(), strict=True):
            left[probe.tobytes()] = (*left.get(probe.tobytes(), ()), value)
        return cls(left)

    def take(self, probes: Flat) -> tuple[Flat, Flat, Known]:
        """Return the values of a round (NaN if unknown), which of them are known, and what remains."""
        values, known = np.full(len(probes), np.nan), np.zeros(len(probes), bool)
        if not self._left:
            return values, known, self
        left = dict(self._left)
        for row, probe in enumerate(probes):
            first, *others = left.pop(probe.tobytes(), (None,))
            if first is not None:
                values[row], known[row] = first, True
            if others:
                left[probe.tobytes()] = tuple(others)
        return values, known, Known(left)

    def rest(self) -> tuple[Flat, Flat]:
        """Return the probes that remain, and their values."""
        pairs = [(key, value) for key, values in self._left.items() for value in values]
        probes = np.frombuffer(b"".join(key for key, _ in pairs), PROBE)
        return probes, np.array([value for _, value in pairs], np.float64)


class Base(NamedTuple):
    """The engine between two rounds: its memory, the evaluations told so far, and the number of kept rounds."""

    memory: Flat
    told: int
    kept: int


class Round(NamedTuple):
    """The current round: its probes, the values known beforehand, its number, and the number of kept rounds."""

    probes: Flat
    values: Flat
    known: Flat
    number: int
    kept: int


class Recorder:
    """An evaluator that uses the values of a saved check, and knows at every moment what must be saved.

    The engine's memory between two rounds and the values since then determine a check.  As soon as the budget
    influences what is asked, the memory from before is retained and all later values are recorded: resumed with a
    larger budget, the check is then the same as if it had had this budget from the beginning.
    """

    def __init__(
        self,
        evaluator: Evaluator,
        engine: Engine,
        kept: Values,
        known: tuple[Flat, Flat],
        described: Callable[[], Saved],
    ) -> None:
        self._evaluator = evaluator
        self._engine = engine
        self._kept = kept
        self._described = described
        self._known = Known.of(*known)
        self._base: Base | None = None
        self._since: list[tuple[Flat, Flat]] = []
        self._round: Round | None = None

    def evaluate(self, probes: Flat) -> Flat:
        """Return the values of a round, in the order of its probes, like the evaluator's `evaluate`."""
        # Each is a single assignment to several names, so that Ctrl-C leaves them consistent.
        if self._base is not None and self._round is not None:
            self._since, self._round = [*self._since, self._answered(self._round)], None
        elif self._base is None and self._budget_decides(len(probes)):
            base = Base(self._engine.memory.copy(), self._engine.evaluations, self._kept.rounds)
            self._base, self._round = base, None
        probes = probes.copy()
        self._evaluator.forget()
        values, known, left = self._known.take(probes)
        begun = Round(probes, values, known, self._engine.rounds, self._kept.rounds)
        self._known, self._round = left, begun
        if not known.all():
            self._evaluator.evaluate(probes[~known])
        return self._answered(begun)[1]

    def forget(self) -> None:
        """Do nothing: the engine's own count of rounds says what has been told."""

    def first_values(self) -> Flat:
        """Return the values obtained in a round that was interrupted: those of its first probes."""
        if self._round is None or self._engine.rounds != self._round.number:
            return np.empty(0)
        answered: Flat = np.logical_and.accumulate(self._which(self._round))
        first: Flat = self._filled(self._round)[answered]
        return first

    def saved(self) -> Saved:
        """Return what must be saved now."""
        under_way, engine = self._round, self._engine
        current = under_way if under_way is not None and engine.rounds == under_way.number else None
        base = self._base or Base(engine.memory, engine.evaluations, current.kept if current else self._kept.rounds)
        pairs = [*self._since, self._known.rest()]
        if under_way is not None and (self._base is not None or current is not None):
            pairs.insert(len(self._since), self._answered(under_way))
        starts, steps, kept = self._kept.first(base.kept)
        probes = np.concatenate([probes for probes, _ in pairs])
        values = np.concatenate([values for _, values in pairs])
        return self._described()._replace(
            told=base.told,
            memory=base.memory if base.told else np.empty(0, np.int64),
            value=self._kept.value if base.told else math.nan,
            starts=starts,
            steps=steps,
            kept=kept,
            probes=probes,
            values=values,
            outside=self._evaluator.left_out(probes, values),
        )

    def _budget_decides(self, count: int) -> bool:
        """Whether the budget may influence what follows a round of `count` probes."""
        budget = self._engine.budget
        if self._engine.plans_by_budget:
            return budget > 0
        return budget > 0 and budget - self._engine.evaluations - count < ROUND

    def _which(self, this: Round) -> Flat:
        """Return which values of a round are known by now."""
        there: Flat = this.known.copy()
        there[np.flatnonzero(~this.known)[: len(self._evaluator.first_values())]] = True
        return there

    def _filled(self, this: Round) -> Flat:
        first = self._evaluator.first_values()
        values: Flat = this.values.copy()
        values[np.flatnonzero(~this.known)[: len(first)]] = first
        return values

    def _answered(self, this: Round) -> tuple[Flat, Flat]:
        there = self._which(this)
        return this.probes[there], self._filled(this)[there]
