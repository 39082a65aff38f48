"""The probes of a noise line, and the values of f there, less what the claimed gradient predicts of rounded steps."""

from __future__ import annotations

import math

from ..points.probes import displaced, displacement_of, write_probe
from ..points.seeds import noise_seed
from ..records.abi import ConstReals
from ..records.border import Probes
from ..records.engine import NOISE_COUNT, Engine, NoiseLine, coordinate_of
from ..records.floats import fits_in
from ..records.memory import rounded_to_float32
from ..records.sums import two_sum

# First the end of the line and a place inside; then the rest; or all eight on the other side, at the edge of a domain.
STAGE_TWO = 0
STAGE_REST = 1
STAGE_OTHER_SIDE = 2
END_PLACE = 8
INSIDE_PLACE = 5

# Whole numbers and simple fractions have no more bits; what has more, and is in float32, is so by no chance.
SIMPLE_BITS = 14
IN_FLOAT32 = 1
OF_FLOAT32 = 2


def noise_probes(line: NoiseLine) -> int:
    """Return the number of probes of the next round."""
    if line.stage == STAGE_TWO:
        return 2
    return NOISE_COUNT - 3 if line.stage == STAGE_REST else NOISE_COUNT - 1


def place_of_probe(line: NoiseLine, number: int) -> int:
    """Return which of the places 1 … 8 on the line a probe of the round stands at."""
    if line.stage == STAGE_TWO:
        return END_PLACE if number == 0 else INSIDE_PLACE
    if line.stage == STAGE_OTHER_SIDE or number + 1 < INSIDE_PLACE:
        return number + 1
    return number + 2


def step_of_probe(line: NoiseLine, number: int) -> float:
    """Return the signed step of a probe of the round."""
    return line.sign * place_of_probe(line, number) * math.ldexp(1.0, line.exponent)


def write_noise_probes(line: NoiseLine, probes: Probes, seed: int, floor: float) -> None:
    """Write the probes of the next round; `floor` is that of a long line, else 0."""
    for number in range(noise_probes(line)):
        write_probe(probes[number], line.start, line.stop, seed, step_of_probe(line, number))
        probes[number].floor = floor


def claimed_change(engine: Engine, step: float) -> float:
    """Return the change of f that the claimed gradient predicts for the step really taken.

    The rounding of x + step * v would otherwise look like noise of f.  In float64 steps are short, and f is as good as
    linear: only what the rounding adds to the step counts.
    """
    float32 = engine.float32 != 0
    seed = noise_seed(engine.seed)
    total = 0.0
    rest = 0.0
    for index in range(engine.noise_line.start, engine.noise_line.stop):
        coordinate = coordinate_of(engine, index)
        move = displacement_of(coordinate.x, engine.typical, seed, step, index)
        if math.isfinite(coordinate.claimed):
            # Changes of both signs cancel, and what rounding leaves of them would look like noise of f.
            taken = displaced(coordinate.x, move, float32) - coordinate.x
            change = coordinate.claimed * (taken if float32 else taken - move)
            total, error = two_sum(total, change)
            rest += error
    return total + rest


def note_values(engine: Engine, values: ConstReals) -> bool:
    """Note the values of a round, less the change that the claim predicts; return whether f changed at all."""
    changed = False
    for number in range(noise_probes(engine.noise_line)):
        change = claimed_change(engine, step_of_probe(engine.noise_line, number))
        changed = note_value(engine, number, values[number], change) or changed
    return changed


def note_value(engine: Engine, number: int, value: float, change: float) -> bool:
    """Note the value of a probe, less a change that is predicted; return whether it differs from f(x)."""
    line = engine.noise_line
    place = place_of_probe(line, number)
    line.values[place] = value - change
    line.given[place] = value
    # A missing value shows nothing.
    if math.isfinite(value):
        note_arithmetic(line, value)
    return value != engine.value


def note_arithmetic(line: NoiseLine, value: float) -> None:
    """Note whether all values so far are numbers of float32, and one of them has too many digits to be so by chance."""
    if value != rounded_to_float32(value):
        line.in_float32 = 0
    elif line.in_float32 != 0 and needs_float32(value):
        line.in_float32 = OF_FLOAT32


def needs_float32(value: float) -> bool:
    """Return whether a number has too many binary digits to be a number of float32 by chance."""
    return not fits_in(value, SIMPLE_BITS)


def seems_rounded(engine: Engine) -> bool:
    """Return whether f seems to be rounded to float32: all values are numbers of it, and so is x, or too many bits."""
    if engine.beyond_float32 != 0 or engine.value != rounded_to_float32(engine.value):
        return False
    return engine.float32 != 0 or needs_float32(engine.value)
