"""Scales of a coordinate: its size, the tolerance of its claimed value, the steps that suit it."""

from __future__ import annotations

import math

from ..points.probes import displaced
from ..records import codes
from ..records.engine import Coordinate, Engine, coordinate_of
from ..records.floats import SMALLEST_POWER, larger, larger_finite, power_of_two_above, smaller, spacing
from ..records.memory import rounded_to_float32

# An error of 1e-4 stays ten times outside; a gradient rounded to float32 (6e-8), or derived for an f whose inner solver
# stops at 1e-6, stays inside.
DEFAULT_RTOL = 1e-5
UNIT_FLOAT64 = 2.0**-53
UNIT_FLOAT32 = 2.0**-24
# The spacing of float32 numbers, in spacings of float64.
FLOAT32_SPACING = 2.0**29
# A few dozen roundings on the way to the largest component of the gradient.
ROUNDINGS = 64.0
# Where slopes cancel, rounding moves them as if x had moved by a few units in the last place: right claims need up to
# three.  That of float64 is never large enough to matter, and pairs are cheaper where more of it is allowed.
TURNS_FLOAT32 = 8.0
TURNS_FLOAT64 = 64.0
# About the square root of the unit of float64: no float64 optimiser notices a smaller error.
SMALLEST_NEED = 1e-8
# The smallest step whose noise is harmless, in units of noise over tolerance: four standard deviations of two values,
# 4 * sqrt(2), are then 0.7 of the tolerance.
HARMLESS_STEP = 8.0
# Steps beyond 2**-13 of the size meet curvature; below 2**-46 (128 units in the last place) f may not see them.
LARGEST_PAIR_STEP = 2.0**-13
SMALLEST_STEP = 2.0**-46
SMALLEST_STEP_IN_SPACINGS = 16.0
# The coarsest step is four sizes; small coordinates count as of size 1, but 2**20 times their own size at most.
TOP = 4.0
FARTHEST = 1.0
LARGEST_RELATIVE_STEP = 2.0**20
# Of a smaller x all steps are a large part where subnormal numbers are taken for 0, and shorter steps with them: f may
# vary between two of them, and what it does farther away says nothing about x.
SMALLEST_TYPICAL = SMALLEST_POWER * 2.0**10
# Where all slopes are 0, this part of f over the size of a coordinate is taken for a typical slope: about the root of
# the unit of float64, below which float32 cannot see.
FLAT_PART = 1e-8


def is_next_to_nothing(typical: float) -> bool:
    """Return whether x is that small, of a typical size, where subnormal numbers are taken for 0."""
    return typical < SMALLEST_TYPICAL and spacing(typical) == SMALLEST_POWER


def coordinate_size(engine: Engine, x: float) -> float:
    """Return the size of a coordinate, a power of two: its own, or the typical one where it is 0."""
    return power_of_two_above(x if x != 0.0 else engine.typical)


def line_size(engine: Engine, x: float) -> float:
    """Return how far a coordinate may be moved on its ladder: its size, and at least an eighth of the typical one."""
    return larger(coordinate_size(engine, x), power_of_two_above(engine.typical) / 8.0)


def largest_claim_in_units(engine: Engine, size: float) -> float:
    """Return the largest component of the claimed gradient as it would be in the units of a coordinate of this size.

    Rounding of a component is relative to the largest one, but never more than units of measurement allow.
    """
    return smaller(engine.sweep.largest_claim, engine.sweep.largest_change / size)


def relative_tolerance(engine: Engine, claimed: float, largest: float) -> float:
    """Return the error that a right claimed value has by itself: rtol of it and rounding of the largest component.

    Where slopes cancel, as they do at a fit, that of what they change by over the size of x is larger.
    """
    own = math.fabs(claimed) if math.isfinite(claimed) else 0.0
    rounded = larger(ROUNDINGS * engine.unit * largest, turned_by_rounding(engine, engine.sweep.turn))
    return engine.sweep.rtol * own + rounded


def turned_by_rounding(engine: Engine, turn: float) -> float:
    """Return what rounding of x may change slopes by that change by so much over the size of x."""
    return (TURNS_FLOAT32 if engine.unit == UNIT_FLOAT32 else TURNS_FLOAT64) * engine.unit * turn


def tolerances(engine: Engine, coordinate: Coordinate) -> tuple[float, float]:
    """Return the error that a right claimed value may have, and the resolution that a proof of agreement must reach."""
    largest = largest_claim_in_units(engine, coordinate_size(engine, coordinate.x))
    return with_absolute_error(engine, relative_tolerance(engine, coordinate.claimed, largest), largest)


def with_absolute_error(engine: Engine, own: float, largest: float) -> tuple[float, float]:
    """Return these two where the claim's own error is known; to it comes the absolute one that the caller allows."""
    allowed = own + engine.atol
    return allowed, larger(allowed, SMALLEST_NEED * largest)


def tolerance(engine: Engine, coordinate: Coordinate) -> float:
    """Return the error that a right claimed value may have."""
    return tolerances(engine, coordinate)[0]


def needed_resolution(engine: Engine, coordinate: Coordinate) -> float:
    """Return the resolution that a proof of agreement must reach."""
    return tolerances(engine, coordinate)[1]


def smallest_step(engine: Engine, x: float) -> float:
    """Return the smallest step that x and f can be expected to see."""
    return smallest_of_size(engine, x, coordinate_size(engine, x))


def smallest_of_size(engine: Engine, x: float, size: float) -> float:
    """Return that step for a coordinate whose size is known."""
    smallest = larger(SMALLEST_STEP * size, SMALLEST_POWER)
    if engine.sweep.on_float32 != 0:
        return larger(smallest, exact_in_float32(x))
    unit = FLOAT32_SPACING if engine.float32 != 0 else 1.0
    return larger(smallest, SMALLEST_STEP_IN_SPACINGS * unit * spacing(x))


def harmless_step(noise: float, allowed: float, smallest: float, largest: float) -> float:
    """Return the smallest step, a power of two, whose noise is harmless to a tolerance; between two bounds."""
    step = largest
    if allowed > 0.0:
        step = smaller(larger(HARMLESS_STEP * noise / allowed, smallest), largest)
    return power_of_two_above(step)


def pair_size(engine: Engine, x: float) -> float:
    """Return the size to which steps of pairs are relative: that of the coordinate, at least the typical one."""
    return pair_size_of(engine, coordinate_size(engine, x))


def pair_size_of(engine: Engine, size: float) -> float:
    """Return that size for a coordinate whose own size is known."""
    return size if size >= engine.typical else power_of_two_above(engine.typical)


def pair_step(engine: Engine, coordinate: Coordinate) -> float:
    """Return the step of the first pair of a coordinate."""
    size = coordinate_size(engine, coordinate.x)
    noise = engine.noise + argument_noise(coordinate.claimed, coordinate.x)
    own = relative_tolerance(engine, coordinate.claimed, largest_claim_in_units(engine, size))
    return step_beside(engine, coordinate.x, size, noise, own)


def step_beside(engine: Engine, x: float, size: float, noise: float, own: float) -> float:
    """Return that step where size, noise and the claim's own error are known.

    An absolute error that is allowed does not make it smaller: noise would then fill the tolerance and double it.
    """
    smallest = larger(smallest_of_size(engine, x, size), exact_in_float32(x))
    largest = engine.sweep.suited_step if engine.sweep.suited_step > 0.0 else LARGEST_PAIR_STEP
    return harmless_step(noise, own, smallest, largest * pair_size_of(engine, size))


def argument_noise(slope: float, x: float) -> float:
    """Return how far f moves by half a unit in the last place of x, which is the most that rounding of x makes.

    No value of f is better than x: terms as large as x are rounded on the way to it.  Where these terms cancel, as
    residuals do near a fit, f is far smaller, and its own rounding says nothing of it.
    """
    return 0.5 * larger_finite(slope, 0.0) * spacing(x)


def exact_in_float32(x: float) -> float:
    """Return the step that an f which rounds its arguments to float32 takes as it is; 0 where x is not in float32.

    Half a unit in the last place of float32 would be rounded to a whole one, and the slopes on both sides doubled.
    """
    return FLOAT32_SPACING * spacing(x) if x != 0.0 and x == rounded_to_float32(x) else 0.0


def coarsest_step(size: float, reach: float) -> float:
    """Return the coarsest step of a ladder, for a coordinate of this size; kinks may be looked for farther away."""
    farthest = larger(smaller(FARTHEST, LARGEST_RELATIVE_STEP * size), reach)
    return power_of_two_above(TOP * larger(size, farthest))


def real_step(engine: Engine, x: float, step: float) -> float:
    """Return the step that x + step really takes after rounding."""
    return displaced(x, step, engine.float32 != 0) - x


def note_largest_claims(engine: Engine) -> None:
    """Note the largest claimed slope, and the largest product of a claimed slope and the size of its coordinate."""
    engine.sweep.largest_claim = 0.0
    engine.sweep.largest_change = 0.0
    for index in range(engine.sweep.count):
        coordinate = coordinate_of(engine, index)
        change = coordinate.claimed * coordinate_size(engine, coordinate.x)
        engine.sweep.largest_claim = larger_finite(coordinate.claimed, engine.sweep.largest_claim)
        engine.sweep.largest_change = larger_finite(change, engine.sweep.largest_change)


def begin_arithmetic(engine: Engine) -> None:
    """Set the arithmetic to that of the points, until f turns out to be computed in a coarser one."""
    float32 = engine.float32 != 0
    engine.arithmetic = codes.ARITHMETIC_FLOAT32 if float32 else codes.ARITHMETIC_FLOAT64
    engine.unit = UNIT_FLOAT32 if float32 else UNIT_FLOAT64
