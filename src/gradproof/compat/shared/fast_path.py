"""The fast path of gradcheck: derivatives that are right pass by the core alone, without a report.

The projection, the points and the core that decides are those of `check_vjp` and `check_jvp`; left out are the names,
notes and records of a report, which nobody reads where a derivative is right.  Whatever is unusual is left to these
checks, which take over the outputs that are known by then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property, partial
from typing import Any

import numpy as np

from ...engine import Engine, Options, uses_lines
from ...evaluators.serial import SerialEvaluator
from ...outputs.checks import RTOL
from ...outputs.covectors import TANGENTS, Covector, combined, covectors, signed
from ...outputs.function import RESULT
from ...outputs.localisation.noisy import is_noise
from ...outputs.localisation.screen import Parts, Screen, Suspicion, arrays_of_output, single_outputs
from ...outputs.sums import compensated_sums
from ...problem.claim import difference
from ...problem.exceptions import raise_of_signal
from ...problem.nodes import Leaf
from ...problem.numbers import Flat, is_finite
from ...problem.point import Problem
from ...problem.probes import along_one_coordinate
from ...problem.structure import Layout, layout_of_output
from ...torch.tensors import numbers_of
from .near_x import PART, TREAD, UNIT
from .retained_graph import KEPT, RetainedGraph
from .transposed import Rows

# For a single number, its product takes less time than one with a pass through its graph.
SEVERAL = 2
# Outputs are compared this much further out than a tread needs to be wide.
WIDER = 1.25


class UnusualError(Exception):
    """Leaves the fast path: the full check decides."""


class FastPath:
    """A check of a function at its arguments that only confirms derivatives which are right.

    Parameters
    ----------
    operator
        The function.
    outputs
        What it returns at its arguments, as arrays.
    atol
        The absolute error that passes.

    Raises
    ------
    UnusualError
        If something is unusual already: a number that is not finite, outputs that differ from call to call, arguments
        that only lines through all of them can check.
    """

    def __init__(self, operator: RetainedGraph, outputs: Any, atol: float) -> None:
        self._operator = operator
        self._options = Options(atol=atol)
        x = operator.arguments.x
        self._x = np.concatenate([_flat(one) for one in x.values()])
        n = len(self._x)
        self._layout = layout_of_output(outputs)
        is_large = 2 * n * self._layout.n > KEPT
        if operator.arguments.are_moved or is_large or not n or uses_lines(n, "auto", 0):
            raise UnusualError
        self._problem = Problem(Layout(Leaf("", (n,), self._x.dtype, 0, n, False)), self._x)
        # The functions of the operator copy what they get: one memory moves from point to point.
        self._moving = self._x.copy()
        self._point = _views(self._moving, x)
        self._at_x = self._layout.flatten(outputs, RESULT)
        self._known: dict[tuple[int, float], Flat] = {}
        # Which numbers were seen to be on wide treads.
        self._on_treads = np.zeros(n, bool)
        if not (is_finite(self._x) and is_finite(self._at_x) and (self._outputs() == self._at_x).all()):
            raise UnusualError
        is_one = len(self._layout.leaves) == 1
        self._weights = signed(0, 0, self._layout.n) if is_one else combined(self._covectors, self._at_x, "").weights
        self._centre = float(np.linalg.norm(self._weights * self._at_x))

    @cached_property
    def _covectors(self) -> list[Covector]:
        return covectors(self._layout, np.ones(self._layout.n, bool), 0)

    def backward_is_right(self) -> bool:
        """Whether the backward pass is right; False also where only the full check can tell."""
        return self._is_right(self._backward)

    def forward_is_right(self) -> bool:
        """Whether the forward mode is right; False also where only the full check can tell."""
        return self._is_right(self._forward)

    @property
    def settled(self) -> dict[str, Flat]:
        """Masks of the numbers whose claims are known to be right, though others of the same check are not."""
        numbers = np.zeros_like(self._x)
        numbers[self._on_treads] = 1.0
        settled = _views(numbers, self._operator.arguments.x).items()
        # Of complex numbers, both parts must be.
        return {name: np.all(one[..., None].view(one.real.dtype), axis=-1) for name, one in settled}

    def _is_right(self, check: Callable[[], bool]) -> bool:
        self._on_treads[:] = False
        try:
            if check():
                return True
        except UnusualError:
            pass
        except Exception as problem:  # the user's functions may raise anything: the full check meets it again
            raise_of_signal(problem)
        self._hand_over()
        return False

    def _backward(self) -> bool:
        claimed, opposite = self._pulled(self._weights), self._pulled(-self._weights)
        if difference(claimed, -opposite, self._problem) >= 0:
            return False
        is_one = self._layout.n == 1
        parts = None if is_one else arrays_of_output(self._covectors, self._at_x, self._pulled)
        return self._agrees(claimed, self._screen(parts))

    def _forward(self) -> bool:
        return (len(self._x) >= SEVERAL and self._forward_at_once()) or self._forward_one_by_one()

    def _forward_at_once(self) -> bool:
        """Whether the transpose of the forward mode, and one product, are right; False also where there is none."""
        tangent = signed(0, TANGENTS, len(self._x)).astype(self._x.dtype)
        found = self._operator.transposed(_views(tangent, self._operator.arguments.x), self._built(self._weights))
        if found is None:
            return False
        moved, claimed = (np.concatenate([_flat(one) for one in each], dtype=np.float64) for each in found)
        rows = Rows(self._at_x, self._x, tangent, moved)
        return rows.are_transposed(self._weights, claimed) and self._agrees(claimed, rows)

    def _forward_one_by_one(self) -> bool:
        layout, products = self._layout, self._operator.jvps(self._operator.arguments.x, self._tangents())
        matrix = np.stack([layout.flatten(one, "the jvp's result") for one in products], axis=1)
        parts = None if layout.n == 1 else single_outputs(self._covectors, matrix)
        return self._agrees(self._weights @ matrix, self._screen(parts))

    def _screen(self, parts: Parts | None) -> Screen | None:
        return None if parts is None else Screen(self._at_x, self._problem, parts, RTOL)

    def _tangents(self) -> Iterator[dict[str, Flat]]:
        """Yield a unit tangent for each number, all in one memory."""
        x, unit = self._operator.arguments.x, np.zeros_like(self._x)
        tangent = _views(unit, x)
        for index in range(len(unit)):
            unit[index] = 1.0
            yield tangent
            unit[index] = 0.0

    def _built(self, weights: Flat) -> list[Flat]:
        """Return weights as arrays, one for each output."""
        return list(numbers_of(self._layout.build(weights.astype(self._layout.dtype))))

    def _pulled(self, weights: Flat) -> Flat:
        """Return the product with a covector, flat."""
        found = self._operator.pulled(self._built(weights))
        like = self._operator.arguments.x.values()
        pulled = [np.zeros_like(x) if one is None else one for one, x in zip(found, like, strict=True)]
        if any(one.shape != x.shape or one.dtype != x.dtype for one, x in zip(pulled, like, strict=True)):
            raise UnusualError
        return np.concatenate([_flat(one) for one in pulled], dtype=np.float64)

    def _agrees(self, claimed: Flat, screen: Screen | Rows | None) -> bool:
        """Whether the core and the screen of the parts of the output both find nothing but agreement."""
        if not is_finite(claimed):
            return False
        engine = Engine(self._problem, claimed, self._options)
        told, are_zero = 0, not claimed.any()
        while len(probes := engine.ask()) and told * self._layout.n <= KEPT:
            outputs = self._at(probes, screen) if told else self._at_x[None]  # at x it has been evaluated twice
            engine.tell(self._centre + np.array(compensated_sums(self._weights * (outputs - self._at_x))), None)
            told += len(probes)
            if are_zero and self._first_on_tread(probes, outputs):
                return self._are_on_treads()
        if not engine.is_right():
            raise UnusualError
        return screen is None or self._are_noise(screen)

    def _are_noise(self, screen: Screen | Rows) -> bool:
        """Whether nothing stands out in the parts of the output but noise."""
        if isinstance(screen, Rows):
            return not screen.suspicions()
        return all(self._is_noise(one, screen.parts) for one in screen.suspicions((), most=None))

    def _is_noise(self, suspicion: Suspicion, parts: Parts) -> bool:
        """Whether noise alone makes a part of the output stand out along a number of the arguments."""
        index = suspicion.coordinate
        old = self._x[index]
        moved = partial(self._moved, index, old=float(old))
        return is_noise(suspicion, parts, old, moved, RTOL, self._options.atol)

    @cached_property
    def _wide(self) -> Flat:
        """How far outputs must not move on either side of a number, for it to be on a wide tread."""
        # So far away rounding of the outputs hides no slope but one that passes as 0.
        hidden = UNIT * np.abs(self._at_x).max() / self._options.atol
        wide: Flat = WIDER * np.fmax(np.fmax(TREAD, PART * np.abs(self._x)), hidden)
        return wide

    def _first_on_tread(self, probes: Flat, outputs: Flat) -> bool:
        """Whether the first number that moved outputs in a round does so far away alone, as steps of round do."""
        moved = (outputs != self._at_x).any(axis=1) & along_one_coordinate(probes)
        return self._x.dtype != np.float32 and bool(moved.any()) and self._is_on_tread(int(probes["start"][moved][0]))

    def _is_on_tread(self, index: int) -> bool:
        old, wide = float(self._x[index]), float(self._wide[index])
        return all((self._moved(index, new, old) == self._at_x).all() for new in (old + wide, old - wide))

    def _are_on_treads(self) -> bool:
        """Whether all numbers are on wide treads (see `is_right_near_x`); those that are need no further check."""
        found = np.array([self._is_on_tread(index) for index in range(len(self._x))])
        # Where only few are, there may be other reasons.
        self._on_treads = found & (2 * found.sum() > len(found))
        return bool(found.all())

    def _at(self, probes: Flat, screen: Screen | Rows | None) -> Flat:
        """Return the outputs at points, one a row, which a screen sees as well."""
        rows, are_alone = np.empty((len(probes), self._layout.n)), along_one_coordinate(probes).all()
        if are_alone:
            places = probes["start"]
            here = self._x[places]
            there = (here + probes["step"]).astype(self._x.dtype)
            for row, *move in zip(rows, places.tolist(), there.tolist(), here.tolist(), strict=True):
                row[...] = self._moved(*move)
        else:
            for row, point in zip(rows, SerialEvaluator(float, self._problem).points(probes), strict=True):
                self._moving[:] = point
                row[...] = self._outputs()
            self._moving[:] = self._x
        if not is_finite(rows.reshape(-1)):
            raise UnusualError
        if screen is not None and are_alone:
            screen.see_along(places, there.astype(np.float64) - here, rows)
        return rows

    def _moved(self, index: int, new: float, old: float) -> Flat:
        """Return the outputs where one number of the arguments is another one."""
        outputs = self._known.get((index, new))
        if outputs is None:
            self._moving[index] = new
            try:
                outputs = self._known[index, new] = self._outputs()
            finally:
                self._moving[index] = old
        return outputs

    def _outputs(self) -> Flat:
        return self._layout.flatten(self._operator.away(self._point), RESULT)

    def _hand_over(self) -> None:
        """Let the check that follows know what the outputs are at the points so far."""
        for (index, new), outputs in self._known.items():
            old, self._moving[index] = self._moving[index], new
            self._operator.know(self._point, self._layout.build(outputs.astype(self._layout.dtype)))
            self._moving[index] = old
        self._known = {}


def _flat(array: Flat) -> Flat:
    """Return an array as a vector, complex numbers as pairs."""
    vector: Flat = np.ascontiguousarray(array).reshape(-1)
    return vector.view(vector.real.dtype)


def _views(vector: Flat, like: Mapping[str, Flat]) -> dict[str, Flat]:
    """Return arrays that have their numbers in a vector, one after another."""
    views, start = {}, 0
    for name, one in like.items():
        stop = start + one.nbytes // vector.itemsize
        views[name] = vector[start:stop].view(one.dtype).reshape(one.shape)
        start = stop
    return views
