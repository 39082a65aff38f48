"""How a check of every coordinate begins: what it keeps of x and the claim, and what it refuses."""

import math

import numpy as np
import pytest
from block import block
from properties import refuted

from gradproof.core.coordinates import phases, start
from gradproof.core.records import codes
from gradproof.core.records.engine import coordinate_of

X = np.array([3.0, -0.5, 0.0, 100.0])
CLAIMED = np.array([1.0, -8.0, math.nan, 0.25])


def begins(function, dtype, rtol, expected_rtol):
    engine = block(4)
    engine.sweep.phase = 5
    assert function(engine, X.astype(dtype), CLAIMED.astype(dtype), rtol) == codes.DONE
    assert engine.sweep.phase == phases.AT_X
    assert engine.rtol == engine.sweep.rtol == expected_rtol
    assert math.isnan(engine.value)
    assert engine.sweep.count == 4
    for index in range(4):
        coordinate = coordinate_of(engine, index)
        assert coordinate.x == X[index]
        assert coordinate.claimed == CLAIMED[index] or index == 2
        assert (coordinate.cause < 0, coordinate.finding) == (True, -1)
    # The largest component, and the largest one times the power of two above its coordinate.
    assert (engine.sweep.largest_claim, engine.sweep.largest_change) == (8.0, 0.25 * 128.0)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_a_check_of_every_coordinate(dtype):
    begins(start.start_coordinates, dtype, 0.0, 1e-5)
    begins(start.start_coordinates, dtype, 1e-3, 1e-3)
    refuted(begins, start.start_coordinates, dtype, 1e-3, 1e-5)


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_a_point_that_is_not_finite(bad):
    """It is refused in x, and judged in the claim."""
    point = X.copy()
    point[1] = bad
    assert start.start_coordinates(block(4), point, CLAIMED, 0.0) == codes.X_NOT_FINITE
    assert start.start_coordinates(block(4), X, point, 0.0) == codes.DONE


@pytest.mark.parametrize(("float32", "arithmetic", "unit"), [(0, 64, 2.0**-53), (1, 32, 2.0**-24)])
def test_arithmetic_of_the_points(float32, arithmetic, unit):
    engine = block(4)
    engine.float32 = float32
    assert start.start_coordinates(engine, X, CLAIMED, 0.0) == codes.DONE
    assert (engine.arithmetic, engine.unit) == (arithmetic, unit)


def forgets(begin):
    """A sweep over some of the coordinates keeps nothing of the one before, and leaves the check itself alone."""
    engine = block(4)
    start.start_coordinates(engine, X, CLAIMED, 0.0)
    engine.value, engine.sweep.proved_wrong, engine.sweep.seen_twice = 5.0, 3, 1
    begin(engine, 2, 1e-4)
    assert (engine.sweep.count, engine.sweep.rtol) == (2, 1e-4)
    assert (engine.sweep.proved_wrong, engine.sweep.seen_twice, engine.sweep.largest_claim) == (0, 0, 0.0)
    assert (engine.value, engine.rtol, engine.n) == (5.0, 1e-5, 4)


def test_a_sweep_over_some_coordinates():
    forgets(start.begin_coordinates)

    def keeps(engine, count, rtol):
        engine.sweep.count, engine.sweep.rtol = count, rtol

    refuted(forgets, keeps)
