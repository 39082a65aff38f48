"""One line of an objective as an objective of one variable: along a coordinate, in a block, or in a direction.

Evaluators, the search for kinks and the noise floor then serve a line as they serve any other objective.
"""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from ..core.structs import PROBE_SEED, PROBE_START, PROBE_STEP, PROBE_STOP, PROBE_WORDS
from ..evaluators.batched import CHUNK_BYTES, Batched, batched
from ..evaluators.callback import as_native
from ..evaluators.compiled.native import NativeError, NativeFunction
from ..evaluators.serial import SerialEvaluator
from ..library import pointer
from ..problem.numbers import Flat, whole
from ..problem.point import Problem, call
from ..problem.structure import Leaf

RANDOM = "random"
ELEMENT = re.compile(r"(.*)\[([^\]]*)\]\s*", re.S)
# A coordinate that is much smaller than the others is moved by what moves the others, too.
SMALL = 8.0


class Place(NamedTuple):
    """The coordinates [start, stop) of x, and what the user calls them."""

    start: int
    stop: int
    name: str


class Line(NamedTuple):
    """The objective on x + t v as a function of u, which is (x + t v) / size along a coordinate, else t / size.

    `at` is u at x, an array of one element; `vector` is v, None along a coordinate; `size` is a power of two that moves
    x by about its own size; `calls` counts the points at which the objective was evaluated.
    """

    place: Place
    vector: Flat | None
    size: float
    at: Flat
    point: Callable[[float], Flat]
    objective: Any
    calls: list[int]

    def taken(self, u: float, x: Flat) -> float:
        """Return the step t that a point really takes after rounding."""
        moved = self.point(u)[self.place.start : self.place.stop].astype(np.float64)
        moved -= x[self.place.start : self.place.stop]
        if self.vector is None:
            return float(moved[0])
        along = self.vector[self.place.start : self.place.stop] / self.largest
        return float(np.sum(moved * along)) / float(np.sum(along * along)) / self.largest

    @property
    def largest(self) -> float:
        """The largest component of v: squares of numbers around 1 neither overflow nor vanish."""
        return 1.0 if self.vector is None else float(np.max(np.abs(self.vector)))

    def claimed(self, gradient: Flat) -> float:
        """Return what a claimed gradient says about the slope of the line."""
        if self.vector is None:
            return float(gradient[self.place.start])
        part = slice(self.place.start, self.place.stop)
        return math.fsum(gradient[part] * self.vector[part])


def read_line(objective: Any, problem: Problem, index: Any, direction: Any, seed: int) -> Line:
    """Return the line that the user asked for.

    Parameters
    ----------
    objective, problem
        Of any kind that `check` takes, and the point.
    index
        A flat index, or a name: `W1[3, 7]` (a coordinate), `W1`, `W1[3]` or `layers.0` (a block); None is all of x.
    direction
        "random", or a vector in the structure of x; None is the coordinate, or a random direction in the block.
    seed
        Of the random direction.

    Raises
    ------
    IndexError, ValueError, TypeError
        Where there is no such coordinate, or no such direction.
    """
    place = place_of(problem, index)
    if direction is None and place.stop == place.start + 1:
        return _along_coordinate(objective, problem, place)
    if direction is None or (isinstance(direction, str) and direction == RANDOM):
        vector = _random_direction(problem, place, seed)
        name = f"a random direction in {place.name}"
    elif isinstance(direction, str):
        raise ValueError(f'direction must be "{RANDOM}" or a vector in the structure of x, not {direction!r:.40}')
    else:
        vector, name = _given_direction(problem, place, direction), f"the given direction in {place.name}"
    return _along_vector(objective, problem, place._replace(name=name), vector)


def place_of(problem: Problem, index: Any) -> Place:
    """Return the coordinates that a flat index or a name stands for; None stands for all."""
    layout, n = problem.layout, problem.n
    if index is None:
        return Place(0, n, layout.name(0) if n == 1 else "x")
    if isinstance(index, str):
        return _named(problem, index)
    number = whole(index, f"index must be a flat index or a name such as {layout.name(0)!r}")
    if not 0 <= number < n:
        raise IndexError(f"there is no coordinate {number}: they go from 0 to {n - 1}")
    return Place(number, number + 1, layout.name(number))


def _named(problem: Problem, name: str) -> Place:
    leaves = problem.layout.leaves
    text = name.strip()
    inside = [leaf for leaf in leaves if leaf.path == text or leaf.path.startswith(f"{text}.")]
    if not inside and text == "x":
        inside = list(leaves)
    if inside:
        start, stop = inside[0].start, inside[-1].stop
        return Place(start, stop, problem.layout.name(start) if stop == start + 1 else text)
    element = ELEMENT.fullmatch(text)
    for leaf in leaves if element else ():
        if element and element.group(1) == (leaf.path or "x"):
            return _element(problem, leaf, element.group(2), text)
    known = sorted({leaf.path or "x" for leaf in leaves})
    path = element.group(1) if element else text
    lowered = {one.lower(): one for one in known}
    close = difflib.get_close_matches(path.lower(), lowered, n=1)
    hint = (
        f"did you mean {lowered[close[0]]}?"
        if close
        else f"there is {', '.join(known[:5])}{' …' if len(known) > 5 else ''}"
    )
    raise ValueError(f"x has no {text}; {hint}")


def _element(problem: Problem, leaf: Leaf, inside: str, text: str) -> Place:
    """Return the coordinates of an element, or of a row, of an array."""
    parts = [part.strip() for part in inside.split(",")]
    if not all(re.fullmatch(r"\d+", part) for part in parts):
        raise ValueError(f"{text}: the places in brackets must be whole numbers from 0 on, as in {_example(leaf)}")
    if len(parts) > len(leaf.shape):
        raise IndexError(f"{text} has {len(parts)} indices, but {leaf.path or 'x'} has the shape {leaf.shape}")
    start, length = leaf.start, leaf.stop - leaf.start
    for part, size in zip(map(int, parts), leaf.shape, strict=False):
        if part >= size:
            raise IndexError(f"{text} is not there: {leaf.path or 'x'} has the shape {leaf.shape}")
        length //= size
        start += part * length
    return Place(start, start + length, problem.layout.name(start) if length == 1 else text)


def _example(leaf: Leaf) -> str:
    return f"{leaf.path or 'x'}[{', '.join('0' * len(leaf.shape))}]"


def _along_coordinate(objective: Any, problem: Problem, place: Place) -> Line:
    index, x = place.start, problem.x
    value = float(x[index])
    size = _power_of_two(max(abs(value), _typical(x) / SMALL))
    small = abs(value) < size / 4
    base, at = (value, 0.0) if small else (0.0, value / size)

    def point(u: float) -> Flat:
        moved: Flat = x.copy()
        moved[index] = base + float(u) * size
        return moved

    calls: list[int] = []
    one = _of_one_variable(objective, problem, point, calls)
    return Line(place, None, size, np.array([at], x.dtype), point, one, calls)


def _along_vector(objective: Any, problem: Problem, place: Place, vector: Flat) -> Line:
    part = slice(place.start, place.stop)
    x, move = problem.x, vector[part]
    here = x[part].astype(np.float64)
    sizes = np.maximum(np.abs(here), _typical(x) / SMALL)
    size = _power_of_two(1.0 / float(np.max(np.abs(move) / sizes)))

    def point(u: float) -> Flat:
        moved: Flat = x.copy()
        moved[part] = here + float(u) * size * move
        return moved

    calls: list[int] = []
    return Line(place, vector, size, np.zeros(1), point, _of_one_variable(objective, problem, point, calls), calls)


def _of_one_variable(objective: Any, problem: Problem, point: Callable[[float], Flat], calls: list[int]) -> Any:
    """Return the objective as a function of u; one that takes many points at once stays like that."""
    if isinstance(objective, Batched):
        return batched(_of_batches(objective, problem, point, calls))
    if isinstance(objective, NativeFunction):
        return _of_native(objective, problem, point, calls)
    if not callable(objective):
        raise TypeError(
            f"f must be a function of x, not an object of type {type(objective).__name__}; "
            "wrap a C function in gradproof.native()"
        )
    build = problem.layout.build

    def value(u: Flat) -> Any:
        calls.append(1)
        return call(objective, build(point(u[0])), "objective")

    return value


def _of_batches(
    objective: Batched, problem: Problem, point: Callable[[float], Flat], calls: list[int]
) -> Callable[[Flat], Any]:
    root = problem.layout.root

    def shaped(points: Flat) -> Any:
        return points.reshape((len(points), *root.shape)) if isinstance(root, Leaf) else root.build_batch(points)

    # As many points at once as an evaluator would hand over: x may be long.
    rows = max(1, CHUNK_BYTES // (problem.n * problem.x.itemsize))

    def values(many: Flat) -> Any:
        calls.append(len(many))
        parts = [many[first : first + rows, 0] for first in range(0, len(many), rows)]
        points = (np.stack([point(u) for u in part]) for part in parts)
        results = [call(objective.function, shaped(part), "batched objective") for part in points]
        return results[0] if len(results) == 1 else np.concatenate([np.asarray(one).reshape(-1) for one in results])

    return values


def _of_native(
    objective: NativeFunction, problem: Problem, point: Callable[[float], Flat], calls: list[int]
) -> Callable[[Flat], float]:
    callback = as_native(objective, problem)

    def value(u: Flat) -> float:
        calls.append(1)
        place, result = point(u[0]), np.full(1, np.nan)
        code = callback.pointer(pointer(place), problem.n, pointer(result), callback.user)
        if code:
            raise NativeError("objective", code)
        return float(result[0])

    return value


def _random_direction(problem: Problem, place: Place, seed: int) -> Flat:
    """Return signs times magnitudes times scales, as the core makes them of a seed; a check's seed 0 is not that."""
    probe = np.zeros((1, PROBE_WORDS), np.int64)
    probe[0, PROBE_START], probe[0, PROBE_STOP] = place.start, place.stop
    probe.view(np.uint64)[0, PROBE_SEED] = (seed + 1) % (1 << 64) or 1
    probe.view(np.float64)[0, PROBE_STEP] = 1.0
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
        raise ValueError(f"direction is 0 in all of {place.name}: there is no line along it")
    return inside


def _typical(x: Flat) -> float:
    """Return the root mean square of x, 1 where all of it is 0."""
    largest = float(np.max(np.abs(x)))
    if largest == 0.0:
        return 1.0
    return largest * math.sqrt(float(np.mean((x.astype(np.float64) / largest) ** 2)))


def _power_of_two(value: float) -> float:
    """Return a power of two near a positive number: multiplied by it nothing is rounded."""
    return math.ldexp(1.0, min(max(math.frexp(value)[1], -1000), 1000))
