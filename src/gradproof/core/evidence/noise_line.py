"""The noise line of a check: nine values on one random line, one-sided, at a spacing at which f answers.

x is the end point of the line: a kink at x itself then spoils nothing.  Two values are asked first, so that float32
inside f costs two evaluations a spacing, not eight.
"""

from __future__ import annotations

import math

from ..points.directions import coordinate_scale, direction
from ..points.probes import displaced, write_probe
from ..points.seeds import noise_seed
from ..records.abi import ConstReals
from ..records.border import Probes
from ..records.engine import NOISE_COUNT, Engine, coordinate_of
from ..records.floats import larger, spacing
from ..records.memory import rounded_to_float32
from ..records.sums import two_sum
from .noise_table import arithmetic_of, grid_of, noise_of_values, values_answer
from .scales import FLOAT32_SPACING, UNIT_FLOAT32

# Spacings from 2**-46 of x (float32 x: 2**-20, where its rounding is small against the spacing) up by 16.
FIRST_EXPONENT = -46
FIRST_EXPONENT_FLOAT32 = -20
LAST_EXPONENT = -10
EXPONENT_STEP = 4

# First the end of the line and a place inside; then the rest; or all eight on the other side, at the edge of a domain.
STAGE_TWO = 0
STAGE_REST = 1
STAGE_OTHER_SIDE = 2
END_PLACE = 8
INSIDE_PLACE = 5

# The standard deviation of rounding, in units of the last place: 1 / sqrt(12).
STEP_NOISE = 0.3
# Whole numbers and simple fractions have fewer bits.
SIMPLE_BITS = 14
FINEST_GRID = 2.0**-40


def begin_noise(engine: Engine) -> None:
    """Begin at the smallest spacing."""
    engine.noise_line.stage = STAGE_TWO
    engine.noise_line.exponent = FIRST_EXPONENT_FLOAT32 if engine.float32 != 0 else FIRST_EXPONENT
    engine.noise_line.sign = 1
    engine.noise_line.best = math.inf
    engine.noise_line.answered = 0
    engine.noise_line.in_float32 = 1
    note_arithmetic(engine, engine.value)
    engine.noise_line.spacing = 0.0


def noise_probes(engine: Engine) -> int:
    """Return the number of probes of the next round."""
    if engine.noise_line.stage == STAGE_TWO:
        return 2
    return NOISE_COUNT - 3 if engine.noise_line.stage == STAGE_REST else NOISE_COUNT - 1


def place_of_probe(engine: Engine, number: int) -> int:
    """Return which of the places 1 … 8 on the line a probe of the round stands at."""
    stage = engine.noise_line.stage
    if stage == STAGE_TWO:
        return END_PLACE if number == 0 else INSIDE_PLACE
    if stage == STAGE_OTHER_SIDE:
        return number + 1
    return number + 1 if number + 1 < INSIDE_PLACE else number + 2


def line_step(engine: Engine, place: int) -> float:
    """Return the signed step of a place."""
    return engine.noise_line.sign * place * math.ldexp(1.0, int(engine.noise_line.exponent))


def write_noise_probes(engine: Engine, probes: Probes) -> None:
    """Write the probes of the next round."""
    for number in range(noise_probes(engine)):
        write_probe(
            probes[number],
            0,
            engine.sweep.count,
            noise_seed(engine.seed),
            line_step(engine, place_of_probe(engine, number)),
        )


def claimed_change(engine: Engine, step: float) -> float:
    """Return the change of f that the claimed gradient foretells for the step really taken, where x is float32.

    The rounding of x + step * v into float32 would otherwise look like noise of f.
    """
    if engine.float32 == 0:
        return 0.0
    total = 0.0
    rest = 0.0
    for index in range(engine.sweep.count):
        coordinate = coordinate_of(engine, index)
        move = step * direction(noise_seed(engine.seed), index) * coordinate_scale(coordinate.x, engine.typical)
        if math.isfinite(coordinate.claimed):
            # Changes of both signs cancel, and what rounding leaves of them would look like noise of f.
            change = coordinate.claimed * (displaced(coordinate.x, move, True) - coordinate.x)
            total, error = two_sum(total, change)
            rest += error
    return total + rest


def note_values(engine: Engine, values: ConstReals) -> bool:
    """Note the values of a round, less the change that the claim foretells; return whether f answered at all."""
    answered = False
    for number in range(noise_probes(engine)):
        place = place_of_probe(engine, number)
        change = claimed_change(engine, line_step(engine, place))
        engine.noise_line.values[place] = values[number] - change
        note_arithmetic(engine, values[number])
        answered = answered or values[number] != engine.value
    return answered


def note_arithmetic(engine: Engine, value: float) -> None:
    """Note whether all values so far are numbers of float32."""
    if value != rounded_to_float32(value):
        engine.noise_line.in_float32 = 0


def advance_noise(engine: Engine, answered: bool) -> bool:
    """Weigh the values that were noted; return True when the noise is known, False when there is more to ask."""
    stage = engine.noise_line.stage
    if stage == STAGE_TWO:
        if not answered:
            return next_spacing(engine)
        engine.noise_line.answered = 1
        engine.noise_line.stage = STAGE_REST
        return False
    engine.noise_line.values[0] = engine.value
    if not all_finite(engine):
        if stage == STAGE_OTHER_SIDE:
            return next_spacing(engine)
        engine.noise_line.sign = -engine.noise_line.sign
        engine.noise_line.stage = STAGE_OTHER_SIDE
        return False
    return weigh(engine)


def all_finite(engine: Engine) -> bool:
    """Return whether no value on the line is missing."""
    for place in range(NOISE_COUNT):
        if not math.isfinite(engine.noise_line.values[place]):
            return False
    return True


def weigh(engine: Engine) -> bool:
    """Make the difference table; a spacing whose orders do not agree only bounds the noise from above."""
    table = engine.noise_line.values
    if not values_answer(table, NOISE_COUNT):
        return next_spacing(engine)
    grid = grid_of(table, NOISE_COUNT)
    noise, good = noise_of_values(table, NOISE_COUNT)
    # Values on a grid may lie on a straight line by chance, and then show no noise at all.  Finer grids are those of
    # float64; and points in float32 move by the same powers of two, which a linear f follows exactly.
    if grid > FINEST_GRID * math.fabs(engine.value) and engine.float32 == 0:
        noise = larger(noise, STEP_NOISE * grid)
    if engine.noise_line.spacing == 0.0:
        engine.noise_line.spacing = math.ldexp(1.0, int(engine.noise_line.exponent))
    if good:
        settle_noise(engine, noise)
        return True
    if noise < engine.noise_line.best:
        engine.noise_line.best = noise
    return next_spacing(engine)


def next_spacing(engine: Engine) -> bool:
    """Go on to the next spacing; after the last one the smallest bound is taken."""
    engine.noise_line.exponent += EXPONENT_STEP
    engine.noise_line.stage = STAGE_TWO
    if engine.noise_line.exponent <= LAST_EXPONENT:
        return False
    settle_noise(engine, engine.noise_line.best if math.isfinite(engine.noise_line.best) else 0.0)
    return True


def settle_noise(engine: Engine, measured: float) -> None:
    """Note the noise, at least half a unit in the last place, and the arithmetic that it betrays."""
    noise = larger(measured, 0.5 * spacing(engine.value))
    answered = engine.noise_line.answered != 0 or engine.float32 != 0
    if engine.noise_line.in_float32 != 0 and (answered or needs_float32(engine.value)):
        # The same where the claimed change, which is not on the grid of float32, was subtracted.
        noise = larger(noise, STEP_NOISE * FLOAT32_SPACING * spacing(engine.value))
    if engine.nondeterministic != 0:
        noise = larger(noise, engine.noise)
    engine.noise_measured = 1
    engine.noise = noise
    arithmetic = arithmetic_of(engine.noise_line.spacing, noise, engine.value)
    if arithmetic < engine.arithmetic:
        engine.arithmetic = arithmetic
        engine.unit = UNIT_FLOAT32


def needs_float32(value: float) -> bool:
    """Return whether a number has more digits than one that is simple by chance; of float32, it was computed there."""
    mantissa = math.frexp(value)[0]
    digits = math.ldexp(mantissa, SIMPLE_BITS)
    return digits != math.floor(digits)


def end_without_noise(engine: Engine) -> None:
    """The budget has no room for the line: what was assumed stays."""
    engine.noise_measured = 1
