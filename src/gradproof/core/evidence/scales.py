"""What a coordinate is measured with: its size, the tolerance of its claimed value, the steps that it allows."""

from __future__ import annotations

import math

from ..points.probes import displaced
from ..records.engine import Coordinate, Engine, coordinate_of
from ..records.floats import larger, power_of_two_above, smaller, spacing

# An error of 1e-4 stays ten times outside; a gradient rounded to float32 (6e-8), or derived for an f whose inner solver
# stops at 1e-6, stays inside.
DEFAULT_RTOL = 1e-5
UNIT_FLOAT64 = 2.0**-53
UNIT_FLOAT32 = 2.0**-24
# A few dozen roundings on the way to the largest component of the gradient.
ROUNDINGS = 64.0
# The square root of the unit of float64: a smaller error no float64 optimiser can tell.
SMALLEST_NEED = 1e-8
# The smallest step whose noise is harmless: four standard deviations of two values stay at 0.7 of the tolerance.
HARMLESS = 8.0
# Steps beyond 2**-13 of the size meet curvature; below 2**-46 (128 units in the last place) f may not see them.
LARGEST_PAIR_STEP = 2.0**-13
SMALLEST_STEP = 2.0**-46
SMALLEST_STEP_IN_SPACINGS = 16.0
# One unit in the last place of float32 is 2**29 of float64.
FLOAT32_SPACING = 2.0**29


def coordinate_size(engine: Engine, value: float) -> float:
    """Return the size of a coordinate: its own, or that of the others where it is 0; a power of two."""
    if value != 0.0:
        return power_of_two_above(value)
    return power_of_two_above(engine.typical)


def line_size(engine: Engine, value: float) -> float:
    """Return how far a coordinate may be moved on its ladder: its size, and at least an eighth of the typical one."""
    return larger(coordinate_size(engine, value), power_of_two_above(engine.typical) / 8.0)


def largest_claim_in_units(engine: Engine, value: float) -> float:
    """Return the largest component of the claimed gradient as it would be in the units of this coordinate.

    Rounding of a component is relative to the largest one, but never more than units of measurement allow.
    """
    return smaller(engine.sweep.largest_claim, engine.sweep.largest_change / coordinate_size(engine, value))


def tolerance(engine: Engine, coordinate: Coordinate) -> float:
    """Return the error that a right claimed value may have: rtol of itself and rounding of the largest component."""
    own = math.fabs(coordinate.claimed) if math.isfinite(coordinate.claimed) else 0.0
    return engine.sweep.rtol * own + ROUNDINGS * engine.unit * largest_claim_in_units(engine, coordinate.x)


def needed_resolution(engine: Engine, coordinate: Coordinate) -> float:
    """Return the resolution asked of a proof that a claimed value agrees."""
    return larger(tolerance(engine, coordinate), SMALLEST_NEED * largest_claim_in_units(engine, coordinate.x))


def smallest_step(engine: Engine, value: float) -> float:
    """Return the smallest step that x and f can be expected to see."""
    unit = spacing(value)
    if engine.float32 != 0:
        unit *= FLOAT32_SPACING
    return larger(SMALLEST_STEP * coordinate_size(engine, value), SMALLEST_STEP_IN_SPACINGS * unit)


def pair_step(engine: Engine, coordinate: Coordinate) -> float:
    """Return the smallest step whose noise is harmless; between the smallest visible one and 2**-13 of the size."""
    value = coordinate.x
    allowed = tolerance(engine, coordinate)
    typical = power_of_two_above(engine.typical)
    largest = LARGEST_PAIR_STEP * larger(coordinate_size(engine, value), typical)
    step = largest
    if allowed > 0.0:
        step = larger(HARMLESS * engine.noise / allowed, smallest_step(engine, value))
    return power_of_two_above(smaller(step, largest))


def taken(engine: Engine, value: float, step: float) -> float:
    """Return the step that x + step really takes after rounding."""
    return displaced(value, step, engine.float32 != 0) - value


def note_largest_claims(engine: Engine) -> None:
    """Note the largest claimed component and the largest claimed change over a coordinate's size."""
    largest = 0.0
    change = 0.0
    for index in range(engine.sweep.count):
        coordinate = coordinate_of(engine, index)
        size = math.fabs(coordinate.claimed)
        if math.isfinite(size):
            largest = larger(size, largest)
            moved = size * coordinate_size(engine, coordinate.x)
            if math.isfinite(moved):
                change = larger(moved, change)
    engine.sweep.largest_claim = largest
    engine.sweep.largest_change = change
