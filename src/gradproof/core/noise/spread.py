"""What a random f still shows: whether its spread leaves a claim, or an error of one, to be seen at any step."""

from __future__ import annotations

import math

from ..evidence.ladder import noise_bar
from ..evidence.scales import coarsest_step, line_size, real_step
from ..records.engine import Coordinate, Engine, coordinate_of
from ..records.floats import middle
from ..records.sums import quotient, remainder

# A slope counts with two coarser neighbours: on a ladder of ratio 4 at a 16th of the coarsest step.
WITH_NEIGHBOURS = 1.0 / 16.0
# Errors are sought in this many coordinates; with all that comes before, a random f takes 20 evaluations.
FAR_COORDINATES = 2


def farthest_step(engine: Engine, coordinate: Coordinate) -> float:
    """Return the coarsest step whose slope may count."""
    return WITH_NEIGHBOURS * coarsest_step(line_size(engine, coordinate.x), 0.0)


def least_bar(engine: Engine, coordinate: Coordinate) -> float:
    """Return the smallest noise bar that a slope may have: that of the centered one at the coarsest step.

    Centered slopes have half the noise bar of one-sided ones: the noise of f(x) cancels.
    """
    return noise_bar(engine.noise, farthest_step(engine, coordinate)) / 2.0


def may_show_claims(engine: Engine, part: float) -> bool:
    """Return whether any slope can be known to this part of its claim; any slope refutes a claim that is no number."""
    for index in range(engine.sweep.count):
        coordinate = coordinate_of(engine, index)
        if not least_bar(engine, coordinate) > part * math.fabs(coordinate.claimed):
            return True
    return False


def far_pairs(engine: Engine) -> int:
    """Return in how many coordinates errors are looked for."""
    return engine.sweep.count if engine.sweep.count < FAR_COORDINATES else FAR_COORDINATES


def far_coordinate(engine: Engine, number: int) -> int:
    """Return one of these coordinates: the one whose claim predicts the largest change, or another far from it."""
    count = engine.sweep.count
    largest = 0.0
    first = 0
    for index in range(count):
        coordinate = coordinate_of(engine, index)
        change = math.fabs(coordinate.claimed) * farthest_step(engine, coordinate)
        if change > largest:
            largest = change
            first = index
    return remainder(first + number * quotient(count, FAR_COORDINATES), count)


def shows_error(engine: Engine, coordinate: Coordinate, right_value: float, left_value: float) -> bool:
    """Return whether the values far from x contradict a claim by more than noise; missing ones exclude nothing."""
    step = farthest_step(engine, coordinate)
    right = (right_value - engine.value) / real_step(engine, coordinate.x, step)
    left = (left_value - engine.value) / real_step(engine, coordinate.x, -step)
    return not math.fabs(middle(right, left) - coordinate.claimed) <= least_bar(engine, coordinate)
