"""Rungs of lines: what the values at +t and -t say, less the change that the claim foretells.

The residual slope is the numerical slope less the claimed one; the gap is the right slope less the left one.
"""

from __future__ import annotations

import math

from .abi import ConstReals, Engine, Probes, Reals
from .linestate import (
    CLIMBER_ALIGNED,
    CLIMBER_BEST,
    CLIMBER_CLAIM,
    CLIMBER_FIRST,
    CLIMBER_GAP,
    CLIMBER_HAS_GAP,
    CLIMBER_LINES,
    CLIMBER_MOST,
    CLIMBER_RUNGS,
    CLIMBER_SEEDS,
    CLIMBER_START,
    CLIMBER_STOP,
    CLIMBER_TAKEN,
    CLIMBER_TARGET,
    CLIMBER_WANTED,
    EXPONENTS,
    FINISHED,
    HIGHEST_EXPONENT,
    IS_FLOAT32,
    LINE_VALUE,
    LOWEST_EXPONENT,
    LOWEST_EXPONENT_FLOAT32,
    RUNG_WORDS,
)
from .memory import as_reals
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

# The smallest scale of a coordinate, relative to what is typical in its window.
FLOOR = 0.1
# Steps of neighbouring rungs: a factor of four.
RUNG = 2


def begin_climber(
    engine: Engine,
    reals: Reals,
    place: int,
    start: int,
    stop: int,
    aligned: int,
    exponent: int,
    most: int,
    target: float,
) -> None:
    """Begin a climb over [start, stop) at a step; its seeds are set beside it."""
    engine[place + CLIMBER_START] = start
    engine[place + CLIMBER_STOP] = stop
    engine[place + CLIMBER_ALIGNED] = aligned
    engine[place + CLIMBER_LINES] = 1
    engine[place + CLIMBER_FIRST] = exponent
    engine[place + CLIMBER_MOST] = most
    engine[place + CLIMBER_WANTED] = exponent
    engine[place + CLIMBER_TAKEN] = 0
    engine[place + CLIMBER_BEST] = exponent
    engine[place + CLIMBER_HAS_GAP] = 0
    reals[place + CLIMBER_TARGET] = target
    reals[place + CLIMBER_GAP] = 0.0
    reals[place + CLIMBER_CLAIM] = 0.0
    for exponent_number in range(EXPONENTS):
        engine[place + CLIMBER_RUNGS + exponent_number * RUNG_WORDS] = 0


def lowest_exponent(engine: Engine) -> int:
    """Return the exponent of the smallest step: in float32 rounding of x would rule below."""
    return LOWEST_EXPONENT_FLOAT32 if engine[IS_FLOAT32] != 0 else LOWEST_EXPONENT


def is_step(engine: Engine, exponent: int) -> bool:
    """Return whether a step is between the smallest and the largest one."""
    return lowest_exponent(engine) <= exponent <= HIGHEST_EXPONENT


def rung(place: int, exponent: int) -> int:
    """Return the place of a rung."""
    return place + CLIMBER_RUNGS + (exponent - LOWEST_EXPONENT) * RUNG_WORDS


def has_rung(engine: Engine, place: int, exponent: int) -> bool:
    """Return whether the rung was taken."""
    return is_step(engine, exponent) and engine[rung(place, exponent)] != 0


def residual_at(reals: Reals, place: int, exponent: int, line: int) -> float:
    """Return the residual slope of a line at a rung."""
    return reals[rung(place, exponent) + 1 + 2 * line]


def gap_at(reals: Reals, place: int, exponent: int, line: int) -> float:
    """Return the gap of a line at a rung."""
    return reals[rung(place, exponent) + 2 + 2 * line]


def rung_probes(engine: Engine, place: int) -> int:
    """Return how many probes the climber asks for."""
    return 0 if engine[place + CLIMBER_WANTED] == FINISHED else 2 * engine[place + CLIMBER_LINES]


def write_line_probe(probes: Probes, number: int, start: int, stop: int, seed: int, aligned: int, step: float) -> None:
    """Write a probe on a long line."""
    place = number * PROBE_WORDS
    numbers = as_reals(probes)
    probes[place + PROBE_START] = start
    probes[place + PROBE_STOP] = stop
    probes[place + PROBE_SEED] = seed
    probes[place + PROBE_ALIGNED] = aligned
    numbers[place + PROBE_FLOOR] = FLOOR
    numbers[place + PROBE_RATIO] = 0.0
    numbers[place + PROBE_STEP] = step


def write_rung(engine: Engine, place: int, probes: Probes, written: int) -> int:
    """Write the probes of the rung that a climber wants; return how many probes there are now."""
    if engine[place + CLIMBER_WANTED] == FINISHED:
        return written
    step = math.ldexp(1.0, int(engine[place + CLIMBER_WANTED]))
    start = engine[place + CLIMBER_START]
    stop = engine[place + CLIMBER_STOP]
    aligned = engine[place + CLIMBER_ALIGNED]
    for line in range(engine[place + CLIMBER_LINES]):
        seed = engine[place + CLIMBER_SEEDS + line]
        write_line_probe(probes, written, start, stop, seed, aligned, step)
        write_line_probe(probes, written + 1, start, stop, seed, aligned, -step)
        written += 2
    return written


def take_rung(engine: Engine, reals: Reals, place: int, values: ConstReals, changes: ConstReals, taken: int) -> int:
    """Take the values of the rung that a climber wanted; return how many values are used up."""
    exponent = engine[place + CLIMBER_WANTED]
    if exponent == FINISHED:
        return taken
    step = math.ldexp(1.0, int(exponent))
    here = rung(place, exponent)
    engine[here] = 1
    engine[place + CLIMBER_TAKEN] += 1
    middle = reals[LINE_VALUE]
    for line in range(engine[place + CLIMBER_LINES]):
        # Differences of f first: of neighbouring numbers they are exact.
        right = (values[taken] - middle) - changes[taken]
        left = (values[taken + 1] - middle) - changes[taken + 1]
        reals[here + 1 + 2 * line] = (right - left) / (2.0 * step)
        reals[here + 2 + 2 * line] = (right + left) / step
        if line == 0:
            reals[place + CLIMBER_CLAIM] = (changes[taken] - changes[taken + 1]) / (2.0 * step)
        taken += 2
    return taken
