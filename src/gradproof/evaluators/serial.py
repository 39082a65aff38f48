"""Evaluates plain Python objectives: one call per point, with as little as possible in between."""

from __future__ import annotations

import math
import sys
from abc import ABC, abstractmethod
from collections.abc import Callable, Generator, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from ..problem.nodes import Leaf
from ..problem.numbers import Flat
from ..problem.point import Problem, call, same_numbers
from ..problem.probes import along_one_coordinate
from ..problem.structure import Layout
from .evaluator import EndedError, Evaluator
from .pace import ALL, Pace
from .values import PLAIN, as_value, as_values, number_or_same

if TYPE_CHECKING:
    from ..problem.bounds import Bounds
    from .lines import Lines

CHUNK_BYTES = 1 << 18
# Points of at least this many bytes move in one memory: a smaller one is copied as fast as two of its numbers are set.
MOVED_BYTES = 7 << 10
CHANGED = "The objective changed its argument. It was given copies, so your x is unchanged."


class MovingPoint:
    """Points along one coordinate each, all in one memory: whoever keeps one has it, and another memory moves on.

    Parameters
    ----------
    x
        The point that they are near.
    shape
        Its shape to the objective.
    """

    def __init__(self, x: Flat, shape: tuple[int, ...]) -> None:
        self._x = x
        self._shape = shape
        self._point, self._moved = x.copy(), 0
        # Whether nothing but the coordinate that moves has changed in memory that was given up.
        self._was_untouched = True

    def at(self, probes: Flat) -> Iterator[Flat]:
        """Yield the points of probes."""
        x, shape, starts = self._x, self._shape, probes["start"]
        here, point = x[starts], self._point
        there, references = (here + probes["step"]).astype(x.dtype), sys.getrefcount
        shaped = point.reshape(shape)  # once, because a view of it is there in a third of the time
        numbers = memoryview(point)  # it sets a number in half of the time that an array takes
        alone = references(point)
        for index, old, new in zip(starts.tolist(), here.tolist(), there.tolist(), strict=True):
            numbers[index] = new
            self._moved = index
            yield shaped.view()
            # Also a part of it, or a tensor that shares its memory, refers to it.
            if references(point) > alone:
                self._was_untouched = self.is_untouched
                point = self._point = x.copy()
                shaped, numbers = point.reshape(shape), memoryview(point)
            else:
                numbers[index] = old

    @property
    def is_untouched(self) -> bool:
        """Whether the objective has changed none of its arguments."""
        point = self._point.copy()
        point[self._moved] = self._x[self._moved]
        return self._was_untouched and same_numbers(point, self._x)


def _shape_to_move(problem: Problem) -> tuple[int, ...]:
    """Return the shape of x if it is one array of numbers, of a size that is better moved; else ()."""
    layout, root = problem.layout, problem.layout.root
    is_array = type(layout) is Layout and isinstance(root, Leaf) and not root.is_complex
    return root.shape if is_array and isinstance(root, Leaf) and problem.x.nbytes >= MOVED_BYTES else ()


class Collecting(ABC):
    """An objective that looks at its own points: it goes through them itself."""

    @abstractmethod
    def __call__(self, x: Any) -> float:
        """Return the value at a point."""

    @abstractmethod
    def follow(self, probes: Flat) -> None:
        """Take the probes of the points that come next."""

    @abstractmethod
    def collect(self, points: Iterator[Any], values: list[Any]) -> None:
        """Append the values at points; of those before an exception, if there is one."""


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
        # No method of its own: an object that refers to itself, and with it x, waits for the garbage collector.
        self._own = objective if isinstance(objective, Collecting) else None
        self._returns_numbers = False
        self._at_once = self.rows(CHUNK_BYTES)
        self._shape = _shape_to_move(problem)
        if not self.pace.watched:
            self.pace.size = ALL  # Python notices Ctrl-C between two calls

    def at_x(self) -> float:
        """Return the objective at x; its exceptions propagate."""
        # Of a long vector there is one copy, which moves; do not make another.
        memory = self.problem.x.copy() if self.lines is None else self.lines.at_x()
        x = self.problem.layout.build(memory)
        result = call(self.objective, x, "objective")
        # An array may be a buffer that the objective reuses: then every result must be read at once.
        self._returns_numbers = type(result) in PLAIN
        if not same_numbers(memory, self.problem.x):
            self.changes_its_argument = True
            if self.lines is not None:
                self.lines.forget_point()
            self.problem.note(CHANGED)
        return as_value(result)

    def elsewhere(self, probes: Flat) -> Iterator[Flat]:
        """Yield the values of the objective at the points of the probes, in chunks; NaN where it raises."""
        if self.lines is not None:
            yield from self._one_by_one(self.lines, probes)
            return
        if self._shape and not self.changes_its_argument and np.all(along_one_coordinate(probes)):
            probes = yield from self._in_one_memory(probes)
        for part in self.pace.chunks(len(probes), self._at_once):
            yield from self._called(probes[part], self.problem.layout.rows(self.points(probes[part])))

    def _in_one_memory(self, probes: Flat) -> Generator[Flat, None, Flat]:
        """Yield values at points that move in one memory; return the probes that are left where f changes that."""
        for part in self.pace.chunks(len(probes), ALL):
            moving = MovingPoint(self.problem.x, self._shape)
            for values in self._called(probes[part], moving.at(probes[part])):
                if moving.is_untouched:
                    yield values
            if not moving.is_untouched:
                self.changes_its_argument = True
                self.problem.note(CHANGED)
                return probes[part.start :]
        return probes[:0]

    def _called(self, probes: Flat, points: Iterator[Any]) -> Iterator[Flat]:
        """Yield the values of the objective at points, those of probes: all at once, or those before Ctrl-C."""
        if self._own is not None:
            self._own.follow(probes)
        results: list[Any] = []
        try:
            with np.errstate(all="ignore"):  # outside of the domain the value says enough; warnings would not help
                self._collect(points, probes, results)
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

    def _collect(self, points: Iterator[Any], probes: Flat, results: list[Any]) -> None:
        while len(results) < len(probes):
            error: Exception = StopIteration()  # `extend` ends at it silently
            try:
                if self._own is None:
                    results.extend(map(self._call, points))
                else:
                    self._own.collect(points, results)
            except EndedError:
                raise
            except Exception as raised:  # outside of its domain the user's function may raise anything
                error = raised
            # If points are left, the objective raised at the next one.
            if len(results) < len(probes):
                self.problem.note_raised(error, probes[len(results)])
                results.append(math.nan)
            del error

    @property
    def _call(self) -> Callable[[Any], Any]:
        """What returns a value that stays as it is."""
        return self.objective if self._returns_numbers else self._read_at_once

    def _read_at_once(self, point: Any) -> Any:
        return number_or_same(self.objective(point))
