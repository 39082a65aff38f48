"""The objective along a line: a coordinate, or a direction within a block or all of x."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from ..evaluators.restricted import Restricted, restricted
from ..evaluators.serial import SerialEvaluator
from ..problem.coordinates.places import Place, place_of
from ..problem.numbers import Flat, in_short
from ..problem.point import Problem
from ..problem.probes import probes_at_x

RANDOM = "random"
# A coordinate smaller than the typical one by more than this factor is moved on the scale of the others.
SMALL = 8.0


@dataclass(frozen=True)
class AlongCoordinate:
    """Points whose coordinate `index` is base + u size."""

    x: Flat
    index: int
    base: float
    size: float

    def __call__(self, u: Flat) -> Flat:
        """Return the point for u."""
        moved: Flat = self.x.copy()
        moved[self.index] = self.base + float(u[0]) * self.size
        return moved


@dataclass(frozen=True)
class AlongVector:
    """Points whose coordinates `part` are here + u size move."""

    x: Flat
    part: slice
    here: Flat
    size: float
    move: Flat

    def __call__(self, u: Flat) -> Flat:
        """Return the point for u."""
        moved: Flat = self.x.copy()
        moved[self.part] = self.here + float(u[0]) * self.size * self.move
        return moved


class Line(NamedTuple):
    """The objective on x + t v as a function of u, which is (x + t v) / size along a coordinate and t / size otherwise.

    `at` is the value of u at x, an array with one element; `vector` is v, or None along a coordinate; `size` is a power
    of two, so that u = 1 moves x by about its own size.
    """

    place: Place
    vector: Flat | None
    size: float
    at: Flat
    restricted: Restricted

    @property
    def objective(self) -> Any:
        """The objective as a function of u."""
        return self.restricted.objective

    @property
    def calls(self) -> int:
        """The number of evaluations of the objective."""
        return self.restricted.calls

    def point(self, u: Flat) -> Flat:
        """Return the point of x for u."""
        return self.restricted.point(u)

    def taken(self, u: Flat, x: Flat) -> float:
        """Return the step t that is actually taken after rounding."""
        moved = self.point(u)[self.place.start : self.place.stop].astype(np.float64)
        moved -= x[self.place.start : self.place.stop]
        if self.vector is None:
            return float(moved[0])
        along = self.vector[self.place.start : self.place.stop] / self.largest
        return float(np.sum(moved * along)) / float(np.sum(along * along)) / self.largest

    @property
    def largest(self) -> float:
        """The largest component of v; relative to it, squares neither overflow nor vanish."""
        return 1.0 if self.vector is None else float(np.max(np.abs(self.vector)))

    def claimed(self, gradient: Flat) -> float:
        """Return the slope along the line according to a claimed gradient."""
        if self.vector is None:
            return float(gradient[self.place.start])
        part = slice(self.place.start, self.place.stop)
        slopes = gradient[part] * self.vector[part]
        try:
            return math.fsum(slopes)
        except (OverflowError, ValueError):  # a sum beyond all numbers, or infinities of both signs
            with np.errstate(all="ignore"):
                return float(np.add.reduce(slopes))


def read_line(objective: Any, problem: Problem, index: Any, direction: Any, seed: int) -> Line:
    """Return the line that the user asked for.

    Parameters
    ----------
    objective, problem
        An objective of any kind that `check` accepts, and the point.
    index
        A flat index, or a name: `W1[3, 7]` (a coordinate), `W1`, `W1[3]` or `layers.0` (a block); None means all of x.
    direction
        "random", or a vector in the structure of x; None means the coordinate, or a random direction in the block.
    seed
        Seed of the random direction.

    Raises
    ------
    IndexError, ValueError, TypeError
        If there is no such coordinate or direction.
    """
    place = place_of(problem, index)
    if direction is None and place.stop == place.start + 1:
        return _along_coordinate(objective, problem, place)
    if direction is None or (isinstance(direction, str) and direction == RANDOM):
        vector = _random_direction(problem, place, seed)
        name = f"a random direction in {place.name}"
    elif isinstance(direction, str):
        raise ValueError(f'direction must be "{RANDOM}" or a vector in the structure of x, not {in_short(direction)}')
    else:
        vector, name = _given_direction(problem, place, direction), f"the given direction in {place.name}"
    return _along_vector(objective, problem, place._replace(name=name), vector)


def _along_coordinate(objective: Any, problem: Problem, place: Place) -> Line:
    index, x = place.start, problem.x
    value = float(x[index])
    size = _power_of_two(max(abs(value), _typical(x) / SMALL))
    small = abs(value) < size / 4
    base, at = (value, 0.0) if small else (0.0, value / size)
    points = AlongCoordinate(x, index, base, size)
    return Line(place, None, size, np.array([at], x.dtype), restricted(objective, problem, points))


def _along_vector(objective: Any, problem: Problem, place: Place, vector: Flat) -> Line:
    part = slice(place.start, place.stop)
    x, move = problem.x, vector[part]
    here = x[part].astype(np.float64)
    sizes = np.maximum(np.abs(here), _typical(x) / SMALL)
    size = _power_of_two(1.0 / float(np.max(np.abs(move) / sizes)))
    points = AlongVector(x, part, here, size, move)
    return Line(place, vector, size, np.zeros(1), restricted(objective, problem, points))


def _random_direction(problem: Problem, place: Place, seed: int) -> Flat:
    """Return a random direction of the core: signs times magnitudes times scales, from a seed other than 0."""
    probe = probes_at_x()
    probe["start"], probe["stop"], probe["step"] = place.start, place.stop, 1.0
    probe["seed"] = np.array((seed + 1) % (1 << 64) or 1, np.uint64).view(np.int64)
    reached = SerialEvaluator(lambda _: 0.0, problem).points(probe)[0]
    vector: Flat = reached.astype(np.float64) - problem.x
    return vector


def _given_direction(problem: Problem, place: Place, direction: Any) -> Flat:
    vector = problem.layout.flatten(direction, "direction")
    if not np.isfinite(vector).all():
        bad = int(np.flatnonzero(~np.isfinite(vector))[0])
        raise ValueError(f"direction must be finite, but for {problem.layout.name(bad)} it is {vector[bad]:g}")
    inside = np.zeros_like(vector)
    inside[place.start : place.stop] = vector[place.start : place.stop]
    if not inside.any():
        raise ValueError(f"direction must not be 0 in all of {place.name}")
    return inside


def _typical(x: Flat) -> float:
    """Return the root mean square of x; 1 if all of x is 0."""
    largest = float(np.max(np.abs(x)))
    if largest == 0.0:
        return 1.0
    return largest * math.sqrt(float(np.mean((x.astype(np.float64) / largest) ** 2)))


def _power_of_two(value: float) -> float:
    """Return a power of two near a positive number; multiplication by it is exact."""
    return math.ldexp(1.0, min(max(math.frexp(value)[1], -1000), 1000))
