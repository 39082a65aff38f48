"""One coordinate, output by output: the values of all outputs along it, and the slopes that they show at one step."""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from ...problem.bounds import Bounds
from ...problem.exceptions import raise_of_signal
from ...problem.numbers import Flat
from ...problem.point import Problem
from ..function import Function

# A step for a coordinate about which its projection says none: a cube root of the rounding unit, relative to it.
USUAL_STEP = {"float64": 2.0**-17, "float32": 2.0**-7}
# The same where a bound is nearer, and there may be only one side: a square root of it.
STEP_INSIDE = {"float64": 2.0**-26, "float32": 2.0**-11}
UNIT = {"float64": 2.0**-52, "float32": 2.0**-23}
# A step that distinguishes a kink at x from noise and from curvature is longer by this factor.
FAR = 64.0
# What a jump keeps of its height where an interval is halved so often; the first of them may hold several jumps.
HALVINGS, JUMP_KEPT = 10, 2.0**-4
# Units of rounding that a slope may be off by.
ROUNDINGS = 16.0


class Slopes(NamedTuple):
    """The one-sided slopes of all outputs along a coordinate at one step, and what rounding may add to them."""

    left: Flat
    right: Flat
    bar: Flat

    @property
    def centre(self) -> Flat:
        """The centered difference quotients."""
        middle: Flat = (self.left + self.right) / 2
        return middle

    @property
    def gap(self) -> Flat:
        """By how much the two sides differ."""
        apart: Flat = np.abs(self.right - self.left)
        return apart

    def of(self, outputs: Flat) -> Slopes:
        """Return those of some outputs."""
        return Slopes(self.left[outputs], self.right[outputs], self.bar[outputs])

    def distance(self, claimed: Flat) -> Flat:
        """Return by how much each claim lies outside of what its two slopes and rounding allow."""
        low, high = np.fmin(self.left, self.right), np.fmax(self.left, self.right)
        beyond: Flat = np.fmax(np.fmax(low - claimed, claimed - high), 0.0) - self.bar
        return beyond


def kinks_allow(near: Slopes, far: Slopes | None, claimed: float, weights: Flat) -> float:
    """Return how far a claim for a weighted sum of outputs is from what the kinks of single outputs at x allow.

    At a kink a claim is a choice for each output by itself, and a sum of choices, with weights of both signs, need not
    lie between the two slopes of the sum.  The gap of a kink at x is the same at both steps; that of curvature is as
    many times smaller at the near one as the step, that of noise is smaller at the far one.

    Parameters
    ----------
    near, far
        The slopes of the outputs at a step, and at one that is `FAR` times as long; without it any gap may be that of a
        kink.
    claimed
        The claim for the sum.
    weights
        The weights of the outputs.
    """
    with np.errstate(all="ignore"):
        middle = float(np.add.reduce(weights * near.centre))
        gap = near.gap
        if far is not None:
            gap = np.fmin(np.fmax(near.gap - far.gap / FAR, 0.0) * FAR / (FAR - 1), far.gap)
        reach = float(np.add.reduce(np.abs(weights) * gap)) / 2
    return abs(claimed - middle) - reach


class Column:
    """The outputs along one coordinate of x; each point is evaluated once, whatever asks for it.

    Parameters
    ----------
    function, problem
        The function, and the point.
    index
        The coordinate.
    bounds
        Outside of which nothing is evaluated.
    known
        Outputs that have been evaluated before, by the values of the coordinate.
    """

    def __init__(
        self,
        function: Function,
        problem: Problem,
        index: int,
        bounds: Bounds | None = None,
        known: Mapping[float, Flat] = MappingProxyType({}),
    ) -> None:
        self.index = index
        self.low, self.high = (-math.inf, math.inf) if bounds is None else (float(one[index]) for one in bounds)
        self.at = float(problem.x[index])
        self._function = function
        self._problem = problem
        self._values: dict[float, Flat] = {**known, self.at: function.at_x}

    def outputs(self, coordinate: float) -> Flat:
        """Return all outputs where the coordinate has this value; exceptions of the function propagate."""
        if coordinate not in self._values:
            point = self._problem.x.copy()
            point[self.index] = coordinate
            with np.errstate(all="ignore"):
                self._values[coordinate] = self._function(self._problem.layout.build(point)).copy()
        return self._values[coordinate]

    def knows(self, step: float) -> bool:
        """Whether the slopes at a step take no evaluation."""
        rounded = self._problem.x.dtype.type
        return all(float(rounded(self.at + side * step)) in self._values for side in (-1, 1))

    @property
    def moving(self) -> Flat:
        """Which outputs are not the same to the bit at all points that are known."""
        moving: Flat = np.logical_or.reduce([outputs != self._function.at_x for outputs in self._values.values()])
        return moving

    def height(self, output: int) -> float:
        """Return the smallest difference of two values of an output that are known: the height of a step of stairs."""
        apart = np.diff(np.unique([outputs[output] for outputs in self._values.values()]))
        return float(np.min(apart, initial=math.inf)) if len(apart) else 0.0

    def begins_with_jump(self, output: int) -> bool:
        """Return whether an output that holds still beside x begins to move by a jump, as in steps of its rounding."""
        here = self._function.at_x[output]
        beyond = [at for at, outputs in self._values.items() if at > self.at and outputs[output] != here]
        if not beyond:
            return False
        still, moved = self.at, min(beyond)
        first = abs(self._values[moved][output] - here)
        for _ in range(HALVINGS):
            middle = float(self._problem.x.dtype.type((still + moved) / 2))
            still, moved = (middle, moved) if self._either(middle)[output] == here else (still, middle)
        return bool(abs(self._either(moved)[output] - here) >= JUMP_KEPT * first)

    def sharpest(self, slopes: Slopes, noise: float) -> Slopes:
        """Return for each output the centered quotient that is the most exact of these and those at known steps.

        Its bar has what rounding may add, and by how much it changes from step to step; its two sides are the same.
        """
        steps = sorted(value - self.at for value in self._values if value > self.at)
        known = [self.slopes(step, noise) for step in steps if self.knows(step)] or [slopes]
        centres, bars = np.stack([one.centre for one in known]), np.stack([one.bar for one in known])
        with np.errstate(all="ignore"):
            changes = np.abs(np.diff(centres, axis=0))
            # From the nearest step on, each is compared with the one before; the nearest one with the next.
            bars += np.concatenate([changes[:1], changes]) if len(known) > 1 else 0.0
        best = np.argmin(np.nan_to_num(bars, nan=np.inf), axis=0)[None]
        centre, bar = (np.take_along_axis(one, best, axis=0)[0] for one in (centres, bars))
        return Slopes(centre, centre, bar)

    def slopes(self, step: float, noise: float) -> Slopes:
        """Return the slopes of all outputs at a step.

        Parameters
        ----------
        step
            The step; if it is not a positive number, a usual one is taken.
        noise
            The rounding noise of an output, relative to its size.
        """
        kind = self._problem.x.dtype.name
        if not (math.isfinite(step) and step > 0):
            step = USUAL_STEP[kind] * max(abs(self.at), 1.0)
        if not self.low <= self.at - step <= self.at + step <= self.high:
            step = min(step, STEP_INSIDE[kind] * max(abs(self.at), 1.0))
        rounded = self._problem.x.dtype.type
        right, left = float(rounded(self.at + step)), float(rounded(self.at - step))
        above, below = self._either(right), self._either(left)
        here = self._function.at_x
        with np.errstate(all="ignore"):
            size = np.fmax(np.abs(here), np.fmax(np.abs(above), np.abs(below)))
            bar = ROUNDINGS * max(noise, UNIT[kind]) * size / step
            slopes = Slopes((here - below) / (self.at - left), (above - here) / (right - self.at), bar)
        # At a bound only the slope inside is known.
        if left < self.low or right > self.high:
            inner = slopes.left if right > self.high else slopes.right
            return Slopes(inner, inner, bar)
        return slopes

    def _either(self, coordinate: float) -> Flat:
        """Return the outputs, NaN where the function raises, and outside of the bounds."""
        if not self.low <= coordinate <= self.high:
            return np.full_like(self._function.at_x, np.nan)
        try:
            return self.outputs(coordinate)
        except Exception as error:  # outside of its domain the user's function may raise anything
            raise_of_signal(error)
            return np.full_like(self._function.at_x, np.nan)
