"""The base class of evaluators, which answer a round of probes with values."""

from __future__ import annotations

import functools
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from ..library import doubles, ffi, native, pointer, records_of_probes
from ..problem.numbers import Flat
from ..problem.point import Problem
from .pace import Pace

if TYPE_CHECKING:
    from ..engine import Engine
    from ..problem.bounds import Bounds
    from .lines import Lines

# What receives probes and their values.
Keep: TypeAlias = Callable[[Flat, Flat], None]
# Points of more bytes are not worth the memory.
KEPT_BYTES = 1 << 20
# What a check itself takes for its engine and one round: as much as for a point of this many bytes.
OWN_BYTES = 1 << 17
NO_VALUES: Flat = np.empty(0)


@functools.lru_cache(maxsize=64)
def keep_freed_memory(size: int) -> None:
    """Make the C library keep memory that an objective frees for its next call, and a check for the next check.

    An objective makes a few temporary arrays as large as its point.  glibc returns them to the system after every call
    and then gets them back page by page, which may take longer than the objective itself.  It stops doing so for blocks
    up to the size of the largest one that was ever freed (M_MMAP_THRESHOLD in mallopt(3)): so allocate a large block
    once, and free it.  Nothing is written to it.
    """
    if size <= KEPT_BYTES:
        np.empty(8 * max(1 << size.bit_length(), OWN_BYTES), np.uint8)


class EndedError(RuntimeError):
    """Raised by an objective that ends the check; any other exception says that it has no value at one point."""


class Evaluator(ABC):
    """Evaluates one objective at points on lines through x.

    An exception of the objective at x itself propagates; elsewhere it counts as a missing value, NaN.
    """

    def __init__(self, problem: Problem, pace: Pace | None = None, bounds: Bounds | None = None) -> None:
        self.problem = problem
        self.pace = pace or Pace()
        self.bounds = bounds
        self._library = native()
        self._twin = "_f32" if problem.is_float32 else ""
        self._x = ffi.from_buffer("float[]" if problem.is_float32 else "double[]", problem.x)
        self.lines: Lines | None = None
        self.changes_its_argument = False
        self._round = NO_VALUES
        keep_freed_memory(problem.x.nbytes)
        self._done = 0

    @abstractmethod
    def at_x(self) -> float:
        """Return the objective at x; its exceptions propagate."""

    @abstractmethod
    def elsewhere(self, probes: Flat) -> Iterator[Flat]:
        """Yield the values of the objective at the points of the probes, in chunks; NaN where it raises."""

    def use_lines(self, claimed: Flat) -> Lines:
        """Prepare for probes on long lines, which need the claimed gradient, in the type of x."""
        # Imported on use: it brings the directions of the core along.
        from .lines import Lines

        self.lines = Lines(self.problem.x, claimed)
        return self.lines

    def use_one_thread(self) -> None:  # noqa: B027 - most have no other thread
        """Work in the caller's thread only, because the caller runs several evaluators at once."""

    def close(self) -> None:
        """Stop whatever works in the background."""
        if self.lines is not None:
            self.lines.close()

    @property
    def runs(self) -> bool:
        """Whether `run` can go through rounds; that of most evaluators takes Python for each."""
        return False

    def run(self, engine: Engine, keep: Keep) -> bool:
        """Go through rounds of a check as long as they are short; return whether there are more."""
        raise NotImplementedError

    def predicted_changes(self, probes: Flat) -> Flat | None:
        """Return the change of f that the claimed gradient predicts for each probe of a round; None off long lines."""
        return None if self.lines is None else self.lines.predicted_changes(probes)

    def evaluate(self, probes: Flat) -> Flat:
        """Return the values of a round, in the order of its probes."""
        self.forget()
        self._round = np.empty(len(probes))
        here = (probes["start"] == probes["stop"]).nonzero()[0].tolist()
        if self.bounds is None and not here:
            for values in self.elsewhere(probes):
                self._round[self._done : self._done + len(values)] = values
                self._done += len(values)
            return self._round
        self._round.fill(np.nan)
        for row in here:
            for _ in self.pace.chunks(1, 1):
                self._round[row] = self.at_x()
                self._done += row == self._done
        if len(here) == len(probes):
            return self._round
        wanted = probes["start"] != probes["stop"]
        if self.bounds is not None:
            wanted &= self.bounds.inside(probes, self.problem.x, self.points)
        if wanted.any():
            self._note(self.elsewhere(np.ascontiguousarray(probes[wanted])), np.flatnonzero(wanted))
        self._done = len(probes)
        return self._round

    def forget(self) -> None:
        """Begin a new round: discard the values of the last one."""
        self._done = 0

    def left_out(self, probes: Flat, values: Flat) -> int:
        """Return how many of these values are NaN because their points lie outside the bounds."""
        if self.bounds is None:
            return 0
        missing = np.ascontiguousarray(probes[np.isnan(values)])
        return int(np.count_nonzero(~self.bounds.inside(missing, self.problem.x, self.points)))

    def first_values(self) -> Flat:
        """Return the values obtained in a round that was interrupted: those of its first probes."""
        return self._round[: self._done]

    def _note(self, parts: Iterator[Flat], rows: Flat) -> None:
        """Write values to their rows of the round; everything before the first missing one is done."""
        start = 0
        for part in parts:
            self._round[rows[start : start + len(part)]] = part
            start += len(part)
            self._done = int(rows[start]) if start < len(rows) else len(self._round)

    def points(self, probes: Flat) -> Flat:
        """Return a new matrix with the point of one probe per row; nothing else refers to its memory."""
        points = np.empty((len(probes), self.problem.n), self.problem.x.dtype)
        write, n = self.function_of_library("gradproof_points"), self.problem.n
        words, count, to = records_of_probes(probes), len(probes), pointer(points)
        if self.lines is None:
            write(self._x, ffi.NULL, ffi.NULL, n, words, count, to, ffi.NULL)
        else:
            changes = np.zeros(count)
            write(self._x, *self.lines.pointers, n, words, count, to, doubles(changes))
            self.lines.keep(probes, changes)
        return points

    def rows(self, size: int) -> int:
        """Return how many points fit into `size` bytes, at least one."""
        return max(1, size // max(1, self.problem.n * self.problem.x.itemsize))

    def function_of_library(self, name: str) -> Any:
        """Return a function of the library, in its version for the arithmetic of x."""
        return getattr(self._library, name + self._twin)
