"""The function with many outputs, and its projection on a covector, which is an objective."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import Any, Protocol, TypeAlias

import numpy as np

from ..evaluators.evaluator import EndedError
from ..evaluators.serial import Collecting
from ..problem.numbers import Flat, is_finite
from ..problem.point import Problem, call, same_numbers
from ..problem.structure import DOUBLE, SINGLE, Layout, layout_of_output
from ..report.text.figures import listed
from .covectors import Covector
from .localisation.evaluated import Evaluated
from .sums import compensated_sums, norm

# Outputs of two calls at x that differ by more than this part of the largest are random, not rounded otherwise.
RANDOM = 1e-4
# The most names of outputs that a note lists.
LISTED = 5
# The most numbers of outputs that are held back, to be weighed together.
HELD_NUMBERS = 1 << 13
RESULT = "the function's result"
# The last digits of a number in float32: not all of them are 0 by chance.
LAST_DIGITS = np.uint32((1 << 12) - 1)

# A product with a vector, at a point.
Product: TypeAlias = Callable[[Any, Any], Any]


class SpentError(EndedError):
    """The budget is spent: what was to be evaluated stays open."""


class Function:
    """A function of x whose output is an array or a structure of arrays, with its values at x.

    Parameters
    ----------
    function
        The user's function.
    problem
        The point x.
    budget
        The most evaluations; None for no limit.
    title
        What a single array of the output is called.

    Attributes
    ----------
    layout
        The structure of the output.
    at_x
        The outputs at x, flat: real and imaginary parts of complex ones.
    usable
        Which outputs take part in the check: those that are finite at x, and not random.
    ever_missing
        Which outputs were not finite at one of the points so far.
    calls
        How often the function has been called.
    """

    def __init__(
        self, function: Callable[[Any], Any], problem: Problem, budget: int | None, title: str = "output"
    ) -> None:
        self._function = function
        self.budget = budget
        self.calls = 0
        self._problem = problem
        value = self._at_x()
        if value is None:
            raise TypeError("the function returned None instead of its outputs: is a `return` missing?")
        self.layout: Layout = layout_of_output(value, title)
        if self.layout.n == 0:
            raise ValueError("the function has no real or complex outputs: there is nothing to check")
        self.at_x = self.flat(value)
        self.ever_missing = np.zeros(self.layout.n, bool)
        again = self.flat(self._at_x())
        # What the check gets when it asks for the outputs at x, which have been computed twice.
        self._again = again if self._is_x_untouched else None
        self.usable = self._usable(again)

    def _at_x(self) -> Any:
        x, memory = self._problem.copy_of_x()
        self.calls += 1
        value = call(self._function, x, "function")
        self._is_x_untouched = same_numbers(memory, self._problem.x)
        return value

    @cached_property
    def in_float32(self) -> Flat:
        """Which outputs are in float32, by their type or by their values at x."""
        with np.errstate(all="ignore"):
            single = self.at_x.astype(np.float32)
        # In float64 one number in 2**29 has no more digits than one in float32; whole numbers and halves tell nothing.
        found: Flat = (single == self.at_x) & (single.view(np.uint32) & LAST_DIGITS != 0)
        for leaf in self.layout.leaves:
            if leaf.dtype == SINGLE:
                found[leaf.start : leaf.stop] = True
        return found

    def _usable(self, again: Flat) -> Flat:
        finite: Flat = np.isfinite(self.at_x)
        if (again == self.at_x).all() and finite.all():
            return finite
        with np.errstate(all="ignore"):
            moved = np.abs(again - self.at_x) > RANDOM * np.max(np.abs(self.at_x[finite]), initial=0.0)
        random = finite & (moved | ~np.isfinite(again))
        if not finite.any():
            raise ValueError(f"no output is finite at x: {self.layout.name(0)} is {self.at_x[0]}")
        self.leave_out(~finite, "not finite at x")
        # If all are random, the check itself finds that out.
        if random.sum() == finite.sum():
            return finite
        self.leave_out(random, "random, as two calls at x show")
        usable: Flat = finite & ~random
        return usable

    def leave_out(self, mask: Flat, why: str) -> None:
        """Note for the report which outputs are left out of the check."""
        if mask.any():
            names = [self.layout.name(int(index)) for index in np.flatnonzero(mask)[:LISTED]]
            are, was = ("are", "were") if mask.sum() > 1 else ("is", "was")
            self._problem.note(f"{listed(names, int(mask.sum()))} {are} {why}, and {was} left out.")

    def flat(self, value: Any) -> Flat:
        """Return an output of the user's structure as a flat vector in float64."""
        return self.layout.flatten(value, RESULT)

    @property
    def is_spent(self) -> bool:
        """Whether the budget is spent."""
        return self.budget is not None and self.calls >= self.budget

    def __call__(self, x: Any) -> Flat:
        """Return the outputs at a point in the user's structure, flat; raise `SpentError` when the budget is spent."""
        outputs = self.unseen(x)
        if not is_finite(outputs):
            self.see(outputs)
        return outputs

    def see(self, outputs: Flat) -> None:
        """Note which outputs are not finite, at one point or in the rows of a matrix at several."""
        finite = np.isfinite(outputs)
        if not finite.all():
            self.ever_missing |= ~finite.reshape(-1, self.layout.n).all(axis=0)

    def unseen(self, x: Any) -> Flat:
        """Return the outputs as a call does, but leave to the caller to have them seen."""
        if self._again is not None:
            again, self._again = self._again, None
            problem = self._problem
            if same_numbers(problem.layout.flatten(x, "x", dtype=problem.x.dtype), problem.x):
                return again
        if self.budget is not None and self.is_spent:
            raise SpentError
        self.calls += 1
        # A view where that is possible: who keeps it must copy it.
        return self.layout.flat_or_same(self._function(x), RESULT, dtype=DOUBLE)


# A coordinate, and how far it is moved.
Move: TypeAlias = tuple[int, float]


class Watching(Protocol):
    """What looks at the outputs of every evaluation."""

    def follow(self, probes: Flat) -> None:
        """Take the probes of the next calls."""

    @property
    def moves(self) -> Iterator[Move | None]:
        """What moves at the next calls; None if it is no single coordinate."""

    def see(self, moves: Sequence[Move | None], outputs: Flat) -> None:
        """Take the outputs at points, one a row, and what moved there."""


class Projected(Collecting):
    """A function projected on a covector: an objective.

    Parameters
    ----------
    function
        The function with many outputs.
    covector
        The weights of the outputs.
    watch
        Is told which probes come next, and shown the outputs of every one.
    constant
        Which outputs never change, so that none of the rounding is theirs, however large they are; None for none.

    Attributes
    ----------
    centre
        The projection at x, as large as what is rounded in it.
    evaluated
        The outputs so far, where the points came with their probes.
    """

    def __init__(
        self, function: Function, covector: Covector, watch: Watching | None = None, constant: Flat | None = None
    ) -> None:
        self.function = function
        self._weights = covector.weights[covector.support]
        self._support = covector.chosen
        self._at_x = function.at_x[covector.support]
        # The values are differences from x, added to what is about as large as their rounding is: no cancellation.
        rounded = slice(None) if constant is None else ~constant[covector.support]
        self.centre = norm((self._weights * self._at_x)[rounded])
        self._watch = watch
        self._held: Flat | None = None
        self.evaluated = Evaluated()
        self._probes: Flat = np.empty(0)

    def follow(self, probes: Flat) -> None:
        """Take the probes of the points that come next."""
        self._probes = probes
        if self._watch is not None:
            self._watch.follow(probes)

    def __call__(self, x: Any) -> float:
        """Return the weighted sum of the outputs, but for a constant; threads may call it side by side."""
        return self.of(self.function(x)[None])[0]

    def collect(self, points: Iterator[Any], values: list[float]) -> None:
        """Append the values at points; of those before an exception, if there is one.

        Outputs are weighed and shown to what watches as many at a time as are held back.
        """
        held, evaluated = self._memory(), self.function.unseen
        following = itertools.repeat(None) if self._watch is None else self._watch.moves
        moves: list[Move | None] = []
        try:
            # A move is taken first, because it is also where the function raises; and no point is held on to.
            for move, outputs in zip(following, map(evaluated, points), strict=False):
                held[len(moves)] = outputs  # a copy: the function may use its memory again
                moves.append(move)
                if len(moves) == len(held):
                    values += self._weighed(moves, held, len(values))
                    moves, held = [], self._memory()
        finally:
            if moves:
                values += self._weighed(moves, held, len(values))

    def _memory(self) -> Flat:
        """Return the memory in which outputs are held back, those of a point in a row."""
        n = self.function.layout.n
        if self._held is None or not len(self._held):
            self._held = np.empty((max(1, HELD_NUMBERS // n), n))
        return self._held

    def _weighed(self, moves: list[Move | None], held: Flat, start: int) -> list[float]:
        """Return the weighted sums of as many outputs as there are moves; `start` is the place of the first probe."""
        outputs, probes = held[: len(moves)], self._probes[start : start + len(moves)]
        self.function.see(outputs)
        if len(probes) == len(moves) and self.evaluated.keep(probes, outputs):
            self._held = held[len(moves) :]  # what is left of the memory
        if self._watch is not None:
            self._watch.see(moves, outputs)
        return self.of(outputs)

    def of(self, outputs: Flat) -> list[float]:
        """Return the weighted sums of the rows of a matrix of outputs, but for a constant."""
        weighed = self._weights * (outputs[:, self._support] - self._at_x)
        return [self.centre + each for each in compensated_sums(weighed)]


def has_no_numbers(x: Any, value: Any, vjp: Product | None, jvp: Product | None) -> bool:
    """Return whether x or the output is empty, so that there is nothing to measure.

    Then the products that are given must be 0, and have the structure of x or of the output.

    Raises
    ------
    AssertionError
        If a product is not 0.
    """
    if not (_is_empty(x) or _is_empty(value)):
        return False
    for product, vector, like in ((vjp, value, x), (jvp, x, value)):
        if product is not None and layout_of_output(like).flatten(product(x, vector), "the product").any():
            raise AssertionError("a product with an empty array is not 0")
    return True


def _is_empty(value: Any) -> bool:
    """Whether a structure has arrays of real or complex numbers, but not a single number in them."""
    layout = layout_of_output(value)
    return bool(layout.leaves) and layout.n == 0
