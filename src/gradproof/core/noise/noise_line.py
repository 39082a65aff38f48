"""The noise line of a check: nine values on one random line, one-sided, at a spacing at which f changes.

x is the end point of the line: a kink at x itself then spoils nothing.  Two values are asked for first, so that float32
inside f costs two evaluations a spacing, not eight.
"""

from __future__ import annotations

import math

from ..evidence.scales import FLOAT32_SPACING, UNIT_FLOAT32
from ..points.directions import direction
from ..points.seeds import noise_seed
from ..records import codes
from ..records.abi import Reals
from ..records.engine import NOISE_COUNT, Engine, NoiseLine
from ..records.floats import has_few_bits, larger, smaller, spacing
from .line_values import (
    END_PLACE,
    IN_FLOAT32,
    INSIDE_PLACE,
    OF_FLOAT32,
    STAGE_OTHER_SIDE,
    STAGE_REST,
    STAGE_TWO,
    note_arithmetic,
    seems_rounded,
)
from .noise_table import (
    ABOVE_FLOAT32_NOISE,
    FEWEST_DIFFERENT,
    arithmetic_of,
    different_values,
    grid_of,
    noise_of_values,
)
from .parked_slots import movable_slot, size_of_changes

# Spacings from 2**-46 of x (float32 x: 2**-20, where its rounding is small against the spacing) up by 16.
FIRST_EXPONENT = -46
FIRST_EXPONENT_FLOAT32 = -20
# Where all values of f were numbers of float32 so far, finer spacings move it by too few of its steps to tell noise.
FIRST_EXPONENT_ROUNDED = -22
LAST_EXPONENT = -10
EXPONENT_STEP = 4

# The standard deviation of rounding, in units of the last place: 1 / sqrt(12).
ROUNDING_NOISE = 0.3
# A jump at x alone makes the noise larger than beside x by this factor.
LONE_JUMP = 20.0
# Wrong claims make it larger than that of f itself by this factor.
WRONG_CLAIMS = 4.0
# What is predicted of rounded steps is nothing beside a grid if it is no more than this part of it.
NEGLIGIBLE = 2.0**-10
# Two values may have a jump between them.
FEWEST_ON_GRID = 3
# Where the bound grows with the spacing as curvature does, at a minimum whose value is 0, finer ones have told more.
GREW = 64.0
# Finer stairs, relative to f, are those of float64.
FINEST_GRID = 2.0**-40


def begin_noise(engine: Engine, count: int) -> None:
    """Begin at the smallest spacing, on a line over so many coordinates."""
    line = engine.noise_line
    line.stage = STAGE_TWO
    line.start = 0
    line.stop = count
    line.exponent = first_exponent(engine)
    line.sign = 1
    line.best = math.inf
    line.answered = 0
    line.in_float32 = IN_FLOAT32
    note_arithmetic(line, engine.value)
    line.spacing = 0.0
    line.grid = 0.0


def first_exponent(engine: Engine) -> int:
    """Return the exponent of the smallest spacing."""
    if engine.float32 != 0:
        return FIRST_EXPONENT_FLOAT32
    return FIRST_EXPONENT_ROUNDED if seems_rounded(engine) else FIRST_EXPONENT


def advance_noise(engine: Engine, changed: bool) -> bool:
    """Weigh the values that were noted; return whether the noise is known, else there is more to ask."""
    line = engine.noise_line
    if line.stage == STAGE_TWO:
        if not changed:
            return next_spacing(engine)
        if is_jump(engine):
            settle_noise(engine, 0.0)
            return True
        if math.isfinite(line.values[END_PLACE]) or math.isfinite(line.values[INSIDE_PLACE]):
            line.answered = 1
        line.stage = STAGE_REST
        return False
    line.values[0] = engine.value
    line.given[0] = engine.value
    if all_finite(line):
        line.answered = 1
        return weigh_spacing(engine)
    if line.stage == STAGE_OTHER_SIDE and not moves_one_coordinate(engine):
        return next_spacing(engine)
    line.sign = -line.sign
    line.stage = STAGE_OTHER_SIDE
    return False


def is_jump(engine: Engine) -> bool:
    """Return whether f, so far the same to the last bit, jumps between two spacings: a jump is no noise.

    Rounding makes far smaller steps of what f is made of, unless f is computed in few bits.
    """
    line = engine.noise_line
    if line.answered != 0 or engine.mode != codes.MODE_FULL or line.exponent == first_exponent(engine):
        return False
    end = line.values[END_PLACE]
    inside = line.values[INSIDE_PLACE]
    if not (math.isfinite(end) and math.isfinite(inside)):
        return False
    height = larger(math.fabs(end - engine.value), math.fabs(inside - engine.value))
    coarse = has_few_bits(engine.value) and has_few_bits(end) and has_few_bits(inside)
    return height > ABOVE_FLOAT32_NOISE * size_of_changes(engine) and not coarse


def moves_one_coordinate(engine: Engine) -> bool:
    """Where both sides of the line leave the domain, choose one coordinate alone, if one is known that can be moved.

    The caller turns to the other side next, so that the line begins on the wrong one.
    """
    line = engine.noise_line
    number = movable_slot(engine)
    if number < 0 or line.stop == line.start + 1:
        return False
    slot = engine.slots[number]
    side = 1 if math.isfinite(slot.ladder[0].right) else -1
    line.start = slot.start
    line.stop = slot.stop
    line.sign = -side if direction(noise_seed(engine.seed), slot.start) > 0.0 else side
    return True


def all_finite(line: NoiseLine) -> bool:
    """Return whether no value on the line is missing."""
    for place in range(NOISE_COUNT):
        if not math.isfinite(line.values[place]):
            return False
    return True


def weigh_spacing(engine: Engine) -> bool:
    """Make the difference table; a spacing whose orders do not agree only bounds the noise from above."""
    line = engine.noise_line
    keep_grid(engine)
    different = different_values(line.values, NOISE_COUNT)
    # Values on a grid may lie on a straight line by chance, and then show no noise: fewer at a smaller spacing may have
    # shown the grid.  Points in float32 move by the same powers of two, which a linear f follows exactly.
    grid = line.grid
    if different >= FEWEST_ON_GRID and engine.float32 == 0:
        grid = larger(grid_of(line.values, NOISE_COUNT, FINEST_GRID * math.fabs(engine.value)), grid)
    if different < FEWEST_DIFFERENT:
        line.grid = grid
        return next_spacing(engine)
    noise, agree = noise_of_line(engine)
    noise = larger(noise, ROUNDING_NOISE * grid)
    if line.spacing == 0.0:
        line.spacing = math.ldexp(1.0, line.exponent)
    if agree:
        settle_noise(engine, noise)
        return True
    if noise > GREW * line.best:
        settle_noise(engine, line.best)
        return True
    line.best = smaller(noise, line.best)
    return next_spacing(engine)


def keep_grid(engine: Engine) -> None:
    """Undo what was predicted of rounded steps where f is rounded to a grid that is far coarser.

    Equal values, and those on a grid, must stay what they are: it is on its terms that f is rounded.
    """
    line = engine.noise_line
    grid = grid_of(line.given, NOISE_COUNT, math.inf) if engine.float32 == 0 else 0.0
    for place in range(NOISE_COUNT):
        if math.fabs(line.given[place] - line.values[place]) > NEGLIGIBLE * grid:
            return
    for place in range(NOISE_COUNT):
        line.values[place] = line.given[place]


def noise_of_line(engine: Engine) -> tuple[float, bool]:
    """Return the noise of the values, and whether it is noise.

    A step is rounded, and a wrong claim predicts of this a change that f does not make: where f as it is has far less
    noise, the claims are the reason.
    """
    noise, agree = noise_without_jump(engine, engine.noise_line.values)
    given, agree_given = noise_without_jump(engine, engine.noise_line.given)
    if WRONG_CLAIMS * given < noise:
        return given, agree_given
    return noise, agree


def noise_without_jump(engine: Engine, values: Reals) -> tuple[float, bool]:
    """Return the noise of values, and whether it is noise; without x, where f jumps at x itself."""
    beside = engine.scratch.values
    for place in range(1, NOISE_COUNT):
        beside[place - 1] = values[place]
    noise, agree = noise_of_values(values, NOISE_COUNT)
    noise_beside, agree_beside = noise_of_values(beside, NOISE_COUNT - 1)
    if LONE_JUMP * noise_beside < noise:
        return noise_beside, agree_beside
    return noise, agree


def next_spacing(engine: Engine) -> bool:
    """Go on to the next spacing and return False; after the last one settle for the smallest bound."""
    line = engine.noise_line
    line.exponent += EXPONENT_STEP
    line.stage = STAGE_TWO
    if line.exponent <= LAST_EXPONENT:
        return False
    settle_noise(engine, line.best if math.isfinite(line.best) else 0.0)
    return True


def settle_noise(engine: Engine, measured: float) -> None:
    """Note the noise, at least half a unit in the last place, and the arithmetic that it betrays.

    Where all values are simple, and noise is within the rounding of terms as large as x, these may cancel in float64.
    """
    line = engine.noise_line
    unit = spacing(engine.value)
    noise = larger(measured, 0.5 * unit)
    if line.in_float32 == OF_FLOAT32 or (line.in_float32 != 0 and engine.float32 != 0):
        # The same where the claimed change, which is not on the grid of float32, was subtracted.
        noise = larger(noise, ROUNDING_NOISE * FLOAT32_SPACING * unit)
    cancels = line.in_float32 == IN_FLOAT32 and noise < spacing(engine.typical)
    if engine.nondeterministic != 0:
        noise = larger(noise, engine.noise)
    engine.noise_measured = 1
    engine.noise = noise
    arithmetic = arithmetic_of(line.spacing, noise, engine.value)
    if arithmetic < engine.arithmetic and not cancels:
        engine.arithmetic = arithmetic
        engine.unit = UNIT_FLOAT32
