"""The noise line of a check: nine values on one random line, one-sided, at a spacing at which f answers.

x is the end point of the line: a kink at x itself then spoils nothing.  Two values are asked first, so that float32
inside f costs two evaluations a spacing, not eight.
"""

from __future__ import annotations

import math

from .abi import ConstReals, Engine, Probes, Reals
from .directions import coordinate_scale, direction
from .floats import larger, spacing
from .memory import as_reals, offset, rounded_to_float32
from .noise import arithmetic_of, grid_of, noise_of_values, values_answer
from .probes import displaced
from .scales import FLOAT32_SPACING, UNIT_FLOAT32
from .state import (
    ARITHMETIC,
    FLOAT32,
    NOISE,
    NOISE_ANSWERED,
    NOISE_BEST,
    NOISE_COUNT,
    NOISE_EXPONENT,
    NOISE_IN_FLOAT32,
    NOISE_MEASURED,
    NOISE_SIGN,
    NOISE_SPACING,
    NOISE_STAGE,
    NOISE_VALUES,
    NONDETERMINISTIC,
    SEED,
    TYPICAL,
    UNIT,
    VALUE,
    N,
)
from .structs import (
    PROBE_ALIGNED,
    PROBE_FLOOR,
    PROBE_RATIO,
    PROBE_SEED,
    PROBE_START,
    PROBE_STEP,
    PROBE_STOP,
    PROBE_WORDS,
)
from .sums import two_sum

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

SEED_OFFSET = 1
# The standard deviation of rounding, in units of the last place: 1 / sqrt(12).
STEP_NOISE = 0.3
# Whole numbers and simple fractions have fewer bits.
SIMPLE_BITS = 14
FINEST_GRID = 2.0**-40


def begin_noise(engine: Engine, reals: Reals) -> None:
    """Begin at the smallest spacing."""
    engine[NOISE_STAGE] = STAGE_TWO
    engine[NOISE_EXPONENT] = FIRST_EXPONENT_FLOAT32 if engine[FLOAT32] != 0 else FIRST_EXPONENT
    engine[NOISE_SIGN] = 1
    reals[NOISE_BEST] = math.inf
    engine[NOISE_ANSWERED] = 0
    engine[NOISE_IN_FLOAT32] = 1
    note_arithmetic(engine, reals[VALUE])
    reals[NOISE_SPACING] = 0.0


def line_seed(engine: Engine) -> int:
    """Return the seed of the noise line: never 0, which would mean a line without random signs."""
    seed = engine[SEED] + SEED_OFFSET
    return seed if seed != 0 else SEED_OFFSET


def noise_probes(engine: Engine) -> int:
    """Return the number of probes of the next round."""
    if engine[NOISE_STAGE] == STAGE_TWO:
        return 2
    return NOISE_COUNT - 3 if engine[NOISE_STAGE] == STAGE_REST else NOISE_COUNT - 1


def place_of_probe(engine: Engine, number: int) -> int:
    """Return which of the places 1 … 8 on the line a probe of the round stands at."""
    stage = engine[NOISE_STAGE]
    if stage == STAGE_TWO:
        return END_PLACE if number == 0 else INSIDE_PLACE
    if stage == STAGE_OTHER_SIDE:
        return number + 1
    return number + 1 if number + 1 < INSIDE_PLACE else number + 2


def line_step(engine: Engine, place: int) -> float:
    """Return the signed step of a place."""
    return engine[NOISE_SIGN] * place * math.ldexp(1.0, int(engine[NOISE_EXPONENT]))


def write_noise_probes(engine: Engine, probes: Probes) -> None:
    """Write the probes of the next round."""
    numbers = as_reals(probes)
    for number in range(noise_probes(engine)):
        place = number * PROBE_WORDS
        probes[place + PROBE_START] = 0
        probes[place + PROBE_STOP] = engine[N]
        probes[place + PROBE_SEED] = line_seed(engine)
        numbers[place + PROBE_FLOOR] = 0.0
        numbers[place + PROBE_RATIO] = 0.0
        probes[place + PROBE_ALIGNED] = 0
        numbers[place + PROBE_STEP] = line_step(engine, place_of_probe(engine, number))


def claimed_change(engine: Engine, reals: Reals, x: ConstReals, claimed: ConstReals, step: float) -> float:
    """Return the change of f that the claimed gradient foretells for the step really taken, where x is float32.

    The rounding of x + step * v into float32 would otherwise look like noise of f.
    """
    if engine[FLOAT32] == 0:
        return 0.0
    total = 0.0
    rest = 0.0
    for index in range(engine[N]):
        scale = coordinate_scale(x[index], reals[TYPICAL], 0.0)
        move = step * direction(line_seed(engine), index) * scale
        if math.isfinite(claimed[index]):
            # Changes of both signs cancel, and what rounding leaves of them would look like noise of f.
            total, error = two_sum(total, claimed[index] * (displaced(x[index], move, True) - x[index]))
            rest += error
    return total + rest


def note_values(engine: Engine, reals: Reals, x: ConstReals, claimed: ConstReals, values: ConstReals) -> bool:
    """Note the values of a round, less the change that the claim foretells; return whether f answered at all."""
    answered = False
    for number in range(noise_probes(engine)):
        place = place_of_probe(engine, number)
        change = claimed_change(engine, reals, x, claimed, line_step(engine, place))
        reals[NOISE_VALUES + place] = values[number] - change
        note_arithmetic(engine, values[number])
        answered = answered or values[number] != reals[VALUE]
    return answered


def note_arithmetic(engine: Engine, value: float) -> None:
    """Note whether all values so far are numbers of float32."""
    if value != rounded_to_float32(value):
        engine[NOISE_IN_FLOAT32] = 0


def advance_noise(engine: Engine, reals: Reals, answered: bool) -> bool:
    """Weigh the values that were noted; return True when the noise is known, False when there is more to ask."""
    stage = engine[NOISE_STAGE]
    if stage == STAGE_TWO:
        if not answered:
            return next_spacing(engine, reals)
        engine[NOISE_ANSWERED] = 1
        engine[NOISE_STAGE] = STAGE_REST
        return False
    reals[NOISE_VALUES] = reals[VALUE]
    if not all_finite(reals):
        if stage == STAGE_OTHER_SIDE:
            return next_spacing(engine, reals)
        engine[NOISE_SIGN] = -engine[NOISE_SIGN]
        engine[NOISE_STAGE] = STAGE_OTHER_SIDE
        return False
    return weigh(engine, reals)


def all_finite(reals: Reals) -> bool:
    """Return whether no value on the line is missing."""
    for place in range(NOISE_COUNT):
        if not math.isfinite(reals[NOISE_VALUES + place]):
            return False
    return True


def weigh(engine: Engine, reals: Reals) -> bool:
    """Make the difference table; a spacing whose orders do not agree only bounds the noise from above."""
    table = offset(reals, NOISE_VALUES)
    if not values_answer(table, NOISE_COUNT):
        return next_spacing(engine, reals)
    grid = grid_of(table, NOISE_COUNT)
    noise, good = noise_of_values(table, NOISE_COUNT)
    # Values on a grid may lie on a straight line by chance, and then show no noise at all.  Finer grids are those of
    # float64; and points in float32 move by the same powers of two, which a linear f follows exactly.
    if grid > FINEST_GRID * math.fabs(reals[VALUE]) and engine[FLOAT32] == 0:
        noise = larger(noise, STEP_NOISE * grid)
    if reals[NOISE_SPACING] == 0.0:
        reals[NOISE_SPACING] = math.ldexp(1.0, int(engine[NOISE_EXPONENT]))
    if good:
        settle_noise(engine, reals, noise)
        return True
    if noise < reals[NOISE_BEST]:
        reals[NOISE_BEST] = noise
    return next_spacing(engine, reals)


def next_spacing(engine: Engine, reals: Reals) -> bool:
    """Go on to the next spacing; after the last one the smallest bound is taken."""
    engine[NOISE_EXPONENT] += EXPONENT_STEP
    engine[NOISE_STAGE] = STAGE_TWO
    if engine[NOISE_EXPONENT] <= LAST_EXPONENT:
        return False
    settle_noise(engine, reals, reals[NOISE_BEST] if math.isfinite(reals[NOISE_BEST]) else 0.0)
    return True


def settle_noise(engine: Engine, reals: Reals, measured: float) -> None:
    """Note the noise, at least half a unit in the last place, and the arithmetic that it betrays."""
    noise = larger(measured, 0.5 * spacing(reals[VALUE]))
    answered = engine[NOISE_ANSWERED] != 0 or engine[FLOAT32] != 0
    if engine[NOISE_IN_FLOAT32] != 0 and (answered or needs_float32(reals[VALUE])):
        # The same where the claimed change, which is not on the grid of float32, was subtracted.
        noise = larger(noise, STEP_NOISE * FLOAT32_SPACING * spacing(reals[VALUE]))
    if engine[NONDETERMINISTIC] != 0:
        noise = larger(noise, reals[NOISE])
    engine[NOISE_MEASURED] = 1
    reals[NOISE] = noise
    arithmetic = arithmetic_of(reals[NOISE_SPACING], noise, reals[VALUE])
    if arithmetic < engine[ARITHMETIC]:
        engine[ARITHMETIC] = arithmetic
        reals[UNIT] = UNIT_FLOAT32


def needs_float32(value: float) -> bool:
    """Return whether a number has more digits than one that is simple by chance; of float32, it was computed there."""
    mantissa = math.frexp(value)[0]
    digits = math.ldexp(mantissa, SIMPLE_BITS)
    return digits != math.floor(digits)


def end_without_noise(engine: Engine, reals: Reals) -> None:
    """The budget has no room for the line: what was assumed stays."""
    engine[NOISE_MEASURED] = 1
