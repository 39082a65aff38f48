"""Rungs of long lines: what f at +t and at -t says, less the change that the claim predicts.

The residual slope is the numerical slope less the claimed one; the gap is the right slope less the left one.
"""

from __future__ import annotations

import math

from ..evidence.scales import FLOAT32_SPACING, UNIT_FLOAT32
from ..noise.noise_table import ABOVE_FLOAT64_SPACING
from ..points.directions import SCALES_UNIT
from ..points.probes import write_probe
from ..records.abi import ConstReals
from ..records.border import Probe, Probes
from ..records.floats import larger, spacing
from ..records.lines import (
    EXPONENTS,
    FINISHED,
    HIGHEST_EXPONENT,
    LOWEST_EXPONENT,
    MOST_HALVINGS,
    LineLadder,
    Lines,
    Rung,
)

# The smallest scale of a coordinate, relative to what is typical in its window.
FLOOR = 0.1
# Exponents from a rung to the next larger one: steps grow by a factor of four.
RUNG = 2
# Below this step the rounding of a float32 x rules.
LOWEST_EXPONENT_FLOAT32 = -22
# Noise above this part of f is not that of float64: it betrays float32 inside of f.
LARGEST_FLOAT64_NOISE = 1e-10


def set_line(ladder: LineLadder, start: int, stop: int, seed: int, aligned: int) -> None:
    """Set the line of a ladder: over [start, stop), with the signs of a seed or, if aligned, those of the claim."""
    ladder.start = start
    ladder.stop = stop
    ladder.line_count = 1
    ladder.seeds[0] = seed
    ladder.aligned = aligned


def begin_line_ladder(ladder: LineLadder, exponent: int, most: int, target: float) -> None:
    """Begin a ladder at a step: at most so many rungs, fewer where the bar falls to its target."""
    ladder.first = exponent
    ladder.most = most
    ladder.wanted = exponent
    ladder.taken = 0
    ladder.best = exponent
    ladder.has_gap = 0
    ladder.target = target
    ladder.gap = 0.0
    ladder.claims[0] = 0.0
    for number in range(EXPONENTS):
        ladder.rungs[number].taken = 0


def lowest_exponent(lines: Lines) -> int:
    """Return the exponent of the smallest step."""
    return LOWEST_EXPONENT_FLOAT32 if lines.engine.float32 != 0 else LOWEST_EXPONENT


def is_step(lines: Lines, exponent: int) -> bool:
    """Return whether a step is between the smallest and the largest one."""
    return lowest_exponent(lines) <= exponent <= HIGHEST_EXPONENT


def rung_at(ladder: LineLadder, exponent: int) -> Rung:
    """Return a rung by the exponent of its step."""
    return ladder.rungs[exponent - LOWEST_EXPONENT]


def has_rung(ladder: LineLadder, exponent: int) -> bool:
    """Return whether a rung was taken."""
    return LOWEST_EXPONENT <= exponent <= HIGHEST_EXPONENT and rung_at(ladder, exponent).taken != 0


def missing_rung(ladder: LineLadder, exponent: int) -> int:
    """Return which of a rung and the next larger one is to be taken first; FINISHED where both are there."""
    if not has_rung(ladder, exponent):
        return exponent
    return FINISHED if has_rung(ladder, exponent + RUNG) else exponent + RUNG


def residual_at(ladder: LineLadder, exponent: int, line: int) -> float:
    """Return the residual slope of a line at a rung."""
    return rung_at(ladder, exponent).readings[line].residual


def gap_at(ladder: LineLadder, exponent: int, line: int) -> float:
    """Return the gap of a line at a rung."""
    return rung_at(ladder, exponent).readings[line].gap


def change_at(ladder: LineLadder, exponent: int, line: int) -> float:
    """Return how the residual slope of a line changes from a rung to the next larger one."""
    return residual_at(ladder, exponent + RUNG, line) - residual_at(ladder, exponent, line)


def kink_at(ladder: LineLadder, exponent: int, line: int) -> float:
    """Return the part of the gap of a line that is not curvature, which grows in proportion to the step."""
    return gap_at(ladder, exponent, line) - gap_at(ladder, exponent + RUNG, line) / 4.0


def slope_noise_at(lines: Lines, exponent: int) -> float:
    """Return the standard deviation of the noise of f over a step."""
    return math.ldexp(noise_along(lines), -int(exponent))


def noise_along(lines: Lines) -> float:
    """Return the noise of f along lines: as measured, or a unit in the last place of x where f hardly moves at all.

    Terms that cancel, or are saturated, may be as large as x, and the value that they leave says nothing of their
    rounding.  Where 0 is also what is claimed, there is nothing to be told from it.
    """
    engine = lines.engine
    near = engine.noise_line.spacing <= ABOVE_FLOAT64_SPACING or engine.unit == UNIT_FLOAT32
    if (near and engine.noise_line.spacing > 0.0) or lines.norm == 0.0:
        return engine.noise
    return larger(engine.noise, spacing(engine.typical) * (FLOAT32_SPACING if engine.unit == UNIT_FLOAT32 else 1.0))


def has_coarse_noise(lines: Lines) -> bool:
    """Return whether f seems to be computed in float32."""
    return is_coarse_noise(lines, lines.engine.noise)


def is_coarse_noise(lines: Lines, noise: float) -> bool:
    """Return whether so much noise is not that of float64; infinite noise is not known yet."""
    return LARGEST_FLOAT64_NOISE * math.fabs(lines.engine.value) < noise < math.inf


def is_coarse(lines: Lines) -> bool:
    """Return whether x is float32, or f seems to be computed in it."""
    return lines.engine.float32 != 0 or has_coarse_noise(lines)


def rung_probes(ladder: LineLadder) -> int:
    """Return how many probes a ladder asks for."""
    return 0 if ladder.wanted == FINISHED else 2 * ladder.line_count


def ladder_probes(lines: Lines) -> int:
    """Return how many probes all ladders of single lines ask for."""
    total = 0
    for number in range(MOST_HALVINGS):
        total += rung_probes(lines.halvings[number].ladder)
    return total


def write_rung(lines: Lines, ladder: LineLadder, probes: Probes, written: int) -> int:
    """Write the probes of the rung that a ladder wants, if any; return how many probes there are now."""
    if ladder.wanted == FINISHED:
        return written
    step = math.ldexp(1.0, int(ladder.wanted))
    for line in range(ladder.line_count):
        for signed in (step, -step):
            probe = probes[written]
            write_probe(probe, ladder.start, ladder.stop, ladder.seeds[line], signed)
            set_scales(lines, probe, ladder.aligned)
            written += 1
    return written


def set_scales(lines: Lines, probe: Probe, aligned: int) -> None:
    """Write on which scales the coordinates of a long line move, and whether along the claim."""
    probe.floor = lines.floor
    probe.aligned = aligned + SCALES_UNIT * lines.scales


def take_rung(lines: Lines, ladder: LineLadder, values: ConstReals, changes: ConstReals, taken: int) -> int:
    """Take the values of the rung that a ladder wanted, if any; return how many values are used up."""
    if ladder.wanted == FINISHED:
        return taken
    step = math.ldexp(1.0, int(ladder.wanted))
    rung = rung_at(ladder, ladder.wanted)
    rung.taken = 1
    ladder.taken += 1
    for line in range(ladder.line_count):
        # Differences of f first: of neighbouring numbers they are exact.
        right = (values[taken] - lines.engine.value) - changes[taken]
        left = (values[taken + 1] - lines.engine.value) - changes[taken + 1]
        rung.readings[line].residual = (right - left) / (2.0 * step)
        rung.readings[line].gap = (right + left) / step
        ladder.claims[line] = (changes[taken] - changes[taken + 1]) / (2.0 * step)
        taken += 2
    return taken
