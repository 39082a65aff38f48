"""What the values of f show of its arithmetic, and what makes its noise."""

from __future__ import annotations

import math

from ..evidence.ladder import pair_noise
from ..evidence.scales import UNIT_FLOAT32, UNIT_FLOAT64
from ..records.abi import ConstReals
from ..records.codes import (
    AGREES,
    ARITHMETIC_FLOAT32,
    ARITHMETIC_FLOAT64,
    NOISE_FROM_ARITHMETIC,
    NOISE_FROM_CONSTANT,
    NOISE_FROM_ELSEWHERE,
    NOISE_FROM_ROUNDING,
)
from ..records.engine import ConstEngine, Engine, coordinate_of
from ..records.memory import rounded_to_float32
from .parked_slots import shows_curvature

# Noise of up to this many roundings of f is rounding; more is made by something else inside of f.
ROUNDINGS = 64.0
# From here on most digits of f are spent on a constant.
CONSTANT = 100.0
# An f that is rounded to float32 moves by this many of its spacings, or fewer, if it moves at all.
CLOSE = 2.0
# If the measured noise exceeds what was assumed by this factor, what was done before is worthless.
UNDERRATED = 4.0
# A pair that agrees although its noise bar is this many times its resolution does not do so by chance.
DROWNS = 64.0
# What float32 has (IEEE 754).
MANTISSA_BITS_FLOAT32 = 24
SMALLEST_EXPONENT_FLOAT32 = -149


def note_values(engine: Engine, values: ConstReals, count: int) -> None:
    """Note whether all values of f are numbers of float32, and the smallest distance of one from f(x)."""
    for k in range(count):
        if engine.beyond_float32 != 0:
            return
        value = values[k]
        if math.isfinite(value):
            engine.beyond_float32 = 0 if rounded_to_float32(value) == value else 1
            change = math.fabs(value - engine.value)
            if change > 0.0 and (change < engine.closest or engine.closest == 0.0):
                engine.closest = change


def spacing_of_float32(value: float) -> float:
    """Return the distance from |value| to the next larger number of float32."""
    exponent = math.frexp(value)[1] - MANTISSA_BITS_FLOAT32
    if value == 0.0 or exponent < SMALLEST_EXPONENT_FLOAT32:
        exponent = SMALLEST_EXPONENT_FLOAT32
    return math.ldexp(1.0, exponent)


def arithmetic_shown(engine: ConstEngine) -> int:
    """Return the arithmetic of f; float32 also where noise was measured on too few different values to show it."""
    if engine.arithmetic != ARITHMETIC_FLOAT64 or engine.noise <= ROUNDINGS * UNIT_FLOAT64 * math.fabs(engine.value):
        return engine.arithmetic
    close = CLOSE * spacing_of_float32(engine.value)
    if engine.beyond_float32 != 0 or engine.noise > close or engine.closest > close:
        return engine.arithmetic
    return ARITHMETIC_FLOAT32


def noise_source(engine: ConstEngine, change: float) -> int:
    """Return what makes the noise of an f that changes by so much: its arithmetic, a constant, its sums, or more."""
    arithmetic = arithmetic_shown(engine)
    size = math.fabs(engine.value)
    unit = math.inf
    if arithmetic == ARITHMETIC_FLOAT64:
        unit = UNIT_FLOAT64
    elif arithmetic == ARITHMETIC_FLOAT32:
        unit = UNIT_FLOAT32
    is_rounding = engine.noise <= ROUNDINGS * unit * size
    if is_rounding and 0.0 < CONSTANT * change <= size:
        return NOISE_FROM_CONSTANT
    if arithmetic != ARITHMETIC_FLOAT64:
        return NOISE_FROM_ARITHMETIC
    return NOISE_FROM_ROUNDING if is_rounding else NOISE_FROM_ELSEWHERE


def rounds_arguments(engine: Engine) -> bool:
    """Return whether f seems to round its arguments to float32, and neither its value nor what lies between.

    Curvature has been seen where this much noise would drown it, or many claims agree there, at a point all in float32;
    and there is no more noise than rounding of x makes.
    """
    sweep = engine.sweep
    float32 = engine.float32 != 0 or engine.noise_line.in_float32 != 0
    if float32 or engine.nondeterministic != 0 or not (shows_curvature(engine) or follows_claims(engine)):
        return False
    for index in range(sweep.count):
        x = coordinate_of(engine, index).x
        if x != rounded_to_float32(x):
            return False
    rounding = UNIT_FLOAT32 * sweep.largest_change * math.sqrt(float(sweep.count))
    return UNDERRATED * sweep.assumed_noise < engine.noise <= rounding


def follows_claims(engine: Engine) -> bool:
    """Return whether over a third of the first pairs of the chunk agree with claims where noise would drown f.

    One that agrees tells nothing: of many some do so by chance, and 0 agrees with what does not move f.  But bounds may
    leave no room for one side of many.
    """
    sweep = engine.sweep
    ahead = 0
    for number in range(sweep.paired):
        coordinate = coordinate_of(engine, sweep.chunk_start + number)
        seen = coordinate.resolution if coordinate.cause == AGREES else 0.0
        if coordinate.claimed != 0.0 and pair_noise(engine, engine.pairs[number]) > DROWNS * seen:
            ahead += 2 if coordinate.cause == AGREES else -1
    return ahead > 0
