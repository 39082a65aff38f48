"""Evaluates vectorized objectives, which map many points to their values in one call."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from ..problem.bounds import Bounds
from ..problem.exceptions import raise_of_signal
from ..problem.numbers import Flat, in_short
from ..problem.point import Problem, call
from .evaluator import Evaluator
from .objectives import Batched
from .pace import Pace

CHUNK_BYTES = 1 << 22


class BatchedEvaluator(Evaluator):
    """Evaluates all points of a round in one call, or in a few if there are very many."""

    def __init__(
        self, objective: Batched, problem: Problem, pace: Pace | None = None, bounds: Bounds | None = None
    ) -> None:
        super().__init__(problem, pace, bounds)
        self.objective = objective
        self._rows = self.rows(CHUNK_BYTES)

    def at_x(self) -> float:
        """Return the objective at x; its exceptions propagate."""
        points = self.problem.x.copy().reshape(1, -1)
        value = float(self._values(points)[0])
        if not np.array_equal(points[0], self.problem.x):
            self.problem.note("The objective changed its argument. It was given copies, so your x is unchanged.")
        return value

    def elsewhere(self, probes: Flat) -> Iterator[Flat]:
        """Yield the values of the objective at the points of the probes, in chunks; NaN where it raises."""
        # A batch of one costs as much as one of many: start large.
        self.pace.size = max(self.pace.size, 64)
        for part in self.pace.chunks(len(probes), self._rows):
            with np.errstate(all="ignore"):
                values = self._halved(probes[part])
            yield values

    def _halved(self, probes: Flat) -> Flat:
        """Return the values of a batch; if it raises, halve it until the points that raise are isolated."""
        try:
            results = self.objective.function(self.problem.layout.build_batch(self.points(probes)))
        except Exception as error:  # outside of its domain the user's function may raise anything
            if len(probes) == 1:
                self.problem.note_raised(error, probes[0])
                return np.full(1, np.nan)
            raise_of_signal(error)
            middle = len(probes) // 2
            return np.concatenate((self._halved(probes[:middle]), self._halved(probes[middle:])))
        return _checked(results, len(probes))

    def _values(self, points: Flat) -> Flat:
        many = self.problem.layout.build_batch(points)
        return _checked(call(self.objective.function, many, "batched objective"), len(points))


def _checked(results: Any, count: int) -> Flat:
    values = np.asarray(results)
    if values.dtype.kind not in "fiu":
        raise TypeError(
            f"the batched objective must return {count} real numbers, not {values.dtype} ({in_short(results)})"
        )
    if values.size != count or max(values.shape, default=1) != count:
        raise ValueError(
            f"the batched objective must return one value per point: {count} values for {count} points, "
            f"not an array of shape {values.shape}"
        )
    return values.reshape(-1).astype(np.float64)
