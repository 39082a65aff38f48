"""Numerical Jacobians with the steps of `gradproof.centered_difference`: the same points serve all outputs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...differences import centered_difference, noise_floor
from ...problem.exceptions import raise_of_signal
from ...problem.numbers import Flat

UNIT = float(np.finfo(np.float64).eps)
# A coordinate near 0 counts as of this part of the typical one, which is at most 1: other coordinates may have other
# units.
SMALLEST = 0.1
# How far away, relative to the coordinates, outputs are compared to see by how much they change at all.
AWAY = 2.0**-10


def centered_slopes(function: Callable[[Flat], Any], x: Flat) -> Flat:
    """Return the derivatives of all outputs by all coordinates, of the shape of the output followed by that of x.

    Parameters
    ----------
    function
        A function of a vector, with one number or an array of any shape as result.
    x
        The point, a vector in float64.

    Notes
    -----
    Steps are half of the cube root of the relative noise of the outputs, added up with random weights, times the
    coordinate: truncation, which grows with the square of the step, is not to outweigh the noise.  Where an output has
    no value on one side, its slope is that of the other side.
    """
    outputs = Outputs(function, x)
    centered_difference(outputs, x, step=0.5 * outputs.relative_noise() ** (1 / 3) * outputs.sizes)
    columns = [outputs.slopes(index) for index in range(len(x))]
    return np.stack(columns, axis=-1).reshape((*outputs.shape, len(x)))


def stepped_slopes(function: Callable[[Flat], Any], x: Flat, steps: Flat, *, centered: bool = False) -> Flat:
    """Return forward or centered difference quotients with given steps, as `centered_slopes` does."""
    outputs = Outputs(function, x)
    columns = []
    for index, step in enumerate(steps):
        point = x.copy()
        point[index] += step
        above = outputs.at(point)
        below, width = outputs.at_x, point[index] - x[index]
        if centered:
            point[index] = x[index] - step
            below, width = outputs.at(point), width + (x[index] - point[index])
        with np.errstate(all="ignore"):
            columns.append((above - below) / width)
    return np.stack(columns, axis=-1).reshape((*outputs.shape, len(x)))


def _typical(x: Flat) -> float:
    """Return the middle of the coordinates' sizes; 1 if all are 0."""
    sizes = np.abs(x[x != 0])
    return float(np.median(sizes)) if sizes.size else 1.0


class Outputs:
    """A function of many outputs as an objective that keeps, for each coordinate, the pair of points taken last.

    Attributes
    ----------
    sizes
        The size of each coordinate, in which steps are measured.
    """

    def __init__(self, function: Callable[[Flat], Any], x: Flat) -> None:
        self.function = function
        self.x = x
        self.sizes = np.fmax(np.abs(x), SMALLEST * min(1.0, _typical(x)))
        value = np.asarray(function(x.copy()), np.float64)
        self.shape = value.shape
        self.at_x = value.reshape(-1).copy()
        random = np.random.default_rng(0)
        self.weights = random.choice([-1.0, 1.0], self.at_x.size) * random.uniform(0.5, 1.5, self.at_x.size)
        self.usable = np.isfinite(self.at_x)
        self.centre = float(np.linalg.norm((self.weights * self.at_x)[self.usable]))
        self.last: dict[int, dict[bool, tuple[float, Flat]]] = {}

    def relative_noise(self) -> float:
        """Return the noise of the outputs relative to their size, or to what they change by where they are near 0."""
        moved = self._either(self.x + AWAY * self.sizes)
        change = (self.weights * (moved - self.at_x))[self.usable & np.isfinite(moved)]
        scale = max(self.centre, float(np.linalg.norm(change)) / AWAY)
        return max(noise_floor(self, self.x).noise / scale, UNIT) if scale else UNIT

    def at(self, point: Flat) -> Flat:
        """Return the outputs at a point."""
        return np.array(self.function(point.copy()), np.float64).reshape(-1)

    def __call__(self, point: Flat) -> float:
        """Return the weighted sum of what the outputs change by; those without a value do not count."""
        outputs = self._either(point)
        moved = np.flatnonzero(point != self.x)
        if len(moved) == 1:
            step = float(point[moved[0]] - self.x[moved[0]])
            self.last.setdefault(int(moved[0]), {})[step > 0] = (step, outputs)
        change = self.weights * (outputs - self.at_x)
        return self.centre + float(np.add.reduce(change[self.usable & np.isfinite(change)]))

    def _either(self, point: Flat) -> Flat:
        """Return the outputs, NaN where the function raises."""
        try:
            with np.errstate(all="ignore"):
                return self.at(point)
        except Exception as error:  # outside of its domain the user's function may raise anything
            raise_of_signal(error)
            return np.full_like(self.at_x, np.nan)

    def slopes(self, index: int) -> Flat:
        """Return the slopes of all outputs along a coordinate."""
        (high, above), (low, below) = self.last[index][True], self.last[index][False]
        with np.errstate(all="ignore"):
            both = (above - below) / (high - low)
            right, left = (above - self.at_x) / high, (below - self.at_x) / low
        return np.where(np.isfinite(both), both, np.where(np.isfinite(right), right, left))
