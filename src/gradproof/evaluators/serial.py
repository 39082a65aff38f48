"""Evaluates plain Python objectives: one call per point, with as little as possible in between."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from ..problem.bounds import Bounds
from ..problem.numbers import Flat
from ..problem.point import Problem, call, same_numbers
from .evaluator import EndedError, Evaluator
from .lines import Lines
from .pace import ALL, Pace
from .values import PLAIN, as_value, as_values, number_or_same

CHUNK_BYTES = 1 << 18


class SerialEvaluator(Evaluator):
    """Calls the objective with one fresh point after another."""

    def __init__(
        self,
        objective: Callable[[Any], Any],
        problem: Problem,
        pace: Pace | None = None,
        bounds: Bounds | None = None,
    ) -> None:
        super().__init__(problem, pace, bounds)
        self.objective = objective
        self._call: Callable[[Any], Any] = self._read_at_once
        # An objective with this method looks at its own points: it is told which probes its next calls belong to.
        self._follow: Callable[[Flat], None] | None = getattr(objective, "follow", None)
        self._at_once = self.rows(CHUNK_BYTES)
        if not self.pace.watched:
            self.pace.size = ALL  # Python notices Ctrl-C between two calls

    def at_x(self) -> float:
        """Return the objective at x; its exceptions propagate."""
        # Of a long vector there is one copy, which moves; do not make another.
        memory = self.problem.x.copy() if self.lines is None else self.lines.at_x()
        x = self.problem.layout.build(memory)
        result = call(self.objective, x, "objective")
        # An array may be a buffer that the objective reuses: then every result must be read at once.
        self._call = self.objective if type(result) in PLAIN else self._read_at_once
        if not same_numbers(memory, self.problem.x):
            self.changes_its_argument = True
            if self.lines is not None:
                self.lines.forget_point()
            self.problem.note("The objective changed its argument. It was given copies, so your x is unchanged.")
        return as_value(result)

    def elsewhere(self, probes: Flat) -> Iterator[Flat]:
        """Yield the values of the objective at the points of the probes, in chunks; NaN where it raises."""
        if self.lines is not None:
            yield from self._one_by_one(self.lines, probes)
            return
        for part in self.pace.chunks(len(probes), self._at_once):
            points = self.points(probes[part])
            if self._follow is not None:
                self._follow(probes[part])
            results: list[Any] = []
            try:
                with np.errstate(all="ignore"):  # outside of the domain the value says enough; warnings would not help
                    self._collect(points, probes[part], results)
            except BaseException:  # Ctrl-C, or an exit: keep what has been evaluated
                yield as_values(results)
                raise
            yield as_values(results)

    def _one_by_one(self, lines: Lines, probes: Flat) -> Iterator[Flat]:
        """Yield one value at a time: there is no memory for several points of a long vector."""
        for part in self.pace.chunks(len(probes), 1):
            if self.changes_its_argument:
                lines.forget_point()
            # A new view each time: an objective may cache its last argument by identity.
            point = self.problem.layout.build(lines.at(probes[part][0]))
            value: Any = math.nan
            with np.errstate(all="ignore"):
                try:
                    value = self._call(point)
                except EndedError:
                    raise
                except Exception as error:  # outside of its domain f may raise anything
                    self.problem.note_raised(error, probes[part][0])
            yield as_values([value])

    def _collect(self, points: Flat, probes: Flat, results: list[Any]) -> None:
        rows = self.problem.layout.rows(points)
        while len(results) < len(points):
            error: Exception = StopIteration()  # `extend` ends at it silently
            try:
                results.extend(map(self._call, rows))
            except EndedError:
                raise
            except Exception as raised:  # outside of its domain the user's function may raise anything
                error = raised
            # If points are left, the objective raised at the next one.
            if len(results) < len(points):
                self.problem.note_raised(error, probes[len(results)])
                results.append(math.nan)
            del error

    def _read_at_once(self, point: Any) -> Any:
        return number_or_same(self.objective(point))
