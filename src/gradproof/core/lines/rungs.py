"""Rungs of lines: what the values at +t and -t say, less the change that the claim foretells.

The residual slope is the numerical slope less the claimed one; the gap is the right slope less the left one.
"""

from __future__ import annotations

import math

from ..points.probes import write_probe
from ..records.abi import ConstReals
from ..records.border import Probes
from ..records.lines import (
    EXPONENTS,
    FINISHED,
    HIGHEST_EXPONENT,
    LOWEST_EXPONENT,
    LOWEST_EXPONENT_FLOAT32,
    LineLadder,
    Lines,
    Rung,
)

# The smallest scale of a coordinate, relative to what is typical in its window.
FLOOR = 0.1
# Steps of neighbouring rungs: a factor of four.
RUNG = 2


def begin_climber(
    ladder: LineLadder,
    start: int,
    stop: int,
    aligned: int,
    exponent: int,
    most: int,
    target: float,
) -> None:
    """Begin a climb over [start, stop) at a step; its seeds are set beside it."""
    ladder.start = start
    ladder.stop = stop
    ladder.aligned = aligned
    ladder.lines = 1
    ladder.first = exponent
    ladder.most = most
    ladder.wanted = exponent
    ladder.taken = 0
    ladder.best = exponent
    ladder.has_gap = 0
    ladder.target = target
    ladder.gap = 0.0
    ladder.claim = 0.0
    for number in range(EXPONENTS):
        ladder.rungs[number].taken = 0


def lowest_exponent(lines: Lines) -> int:
    """Return the exponent of the smallest step: in float32 rounding of x would rule below."""
    return LOWEST_EXPONENT_FLOAT32 if lines.engine.float32 != 0 else LOWEST_EXPONENT


def is_step(lines: Lines, exponent: int) -> bool:
    """Return whether a step is between the smallest and the largest one."""
    return lowest_exponent(lines) <= exponent <= HIGHEST_EXPONENT


def rung(ladder: LineLadder, exponent: int) -> Rung:
    """Return a rung by the exponent of its step."""
    return ladder.rungs[exponent - LOWEST_EXPONENT]


def has_rung(lines: Lines, ladder: LineLadder, exponent: int) -> bool:
    """Return whether the rung was taken."""
    return is_step(lines, exponent) and rung(ladder, exponent).taken != 0


def residual_at(ladder: LineLadder, exponent: int, line: int) -> float:
    """Return the residual slope of a line at a rung."""
    return rung(ladder, exponent).lines[line].residual


def gap_at(ladder: LineLadder, exponent: int, line: int) -> float:
    """Return the gap of a line at a rung."""
    return rung(ladder, exponent).lines[line].gap


def rung_probes(ladder: LineLadder) -> int:
    """Return how many probes the climber asks for."""
    return 0 if ladder.wanted == FINISHED else 2 * ladder.lines


def write_rung(ladder: LineLadder, probes: Probes, written: int) -> int:
    """Write the probes of the rung that a climber wants; return how many probes there are now."""
    if ladder.wanted == FINISHED:
        return written
    step = math.ldexp(1.0, int(ladder.wanted))
    for line in range(ladder.lines):
        for signed in (step, -step):
            probe = probes[written]
            write_probe(probe, ladder.start, ladder.stop, ladder.seeds[line], signed)
            probe.floor = FLOOR
            probe.aligned = ladder.aligned
            written += 1
    return written


def take_rung(lines: Lines, ladder: LineLadder, values: ConstReals, changes: ConstReals, taken: int) -> int:
    """Take the values of the rung that a climber wanted; return how many values are used up."""
    exponent = ladder.wanted
    if exponent == FINISHED:
        return taken
    step = math.ldexp(1.0, int(exponent))
    here = rung(ladder, exponent)
    here.taken = 1
    ladder.taken += 1
    middle = lines.engine.value
    for line in range(ladder.lines):
        # Differences of f first: of neighbouring numbers they are exact.
        right = (values[taken] - middle) - changes[taken]
        left = (values[taken + 1] - middle) - changes[taken + 1]
        here.lines[line].residual = (right - left) / (2.0 * step)
        here.lines[line].gap = (right + left) / step
        if line == 0:
            ladder.claim = (changes[taken] - changes[taken + 1]) / (2.0 * step)
        taken += 2
    return taken
