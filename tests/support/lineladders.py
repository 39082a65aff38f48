"""Ladders in the memory of a check along lines, fed with the values of lines that are known in closed form."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from witnesses import records

from gradproof.core.lines import phases, rungs
from gradproof.core.lines.walk import walk
from gradproof.core.machine.sealing import LAYOUT
from gradproof.core.records.border import Probe
from gradproof.core.records.codes import MODE_LINES
from gradproof.core.records.engine import ENGINE_MARK
from gradproof.core.records.lines import FINISHED, Lines, block_of, lines_words

# t -> f(x + t v) - f(x) less what the claim predicts: its slope at 0 is the error of the claim along the line.
Line = Callable[[float], float]
MANY = 60
VALUE = 1.0
# Nothing is allowed but what a test allows itself.
RTOL = 0.0


def memory(noise: float = 0.0, blocks: Sequence[int] = (), float32: bool = False, value: float = VALUE) -> Any:
    """The memory of a check along lines."""
    count = max(len(blocks) - 1, 0)
    lines: Any = Lines.from_buffer(np.zeros(lines_words(count), np.int64))
    engine = lines.engine
    engine.mark, engine.mode = ENGINE_MARK, MODE_LINES
    engine.layout, engine.words, engine.vectors = LAYOUT, lines_words(count), 64
    engine.value, engine.noise, engine.float32 = value, noise, float32
    engine.rtol, lines.floor, lines.empty_size = RTOL, rungs.FLOOR, 1.0
    lines.named, lines.block_count = count, max(count, 1)
    for number, border in enumerate(blocks):
        block_of(lines, number).start = border
    return lines


def feed(memory: Any, ladder: Any, lines: Sequence[Line], noise: Callable[[], float]) -> None:
    """Give a ladder the rung that it wants."""
    assert rungs.is_step(memory, ladder.wanted)
    assert not rungs.has_rung(ladder, ladder.wanted)
    step = 2.0**ladder.wanted
    value = float(memory.engine.value)
    values = np.array([value + line(t) + noise() for line in lines for t in (step, -step)])
    assert rungs.take_rung(memory, ladder, values, np.zeros(len(values)), 0) == len(values)


def walked(
    lines: Sequence[Line],
    first: int = -20,
    target: float = 0.0,
    noise: float = 1e-15,
    most: int = 12,
    seed: int = 1,
    value: float = VALUE,
) -> Any:
    """A check whose pool has walked over its rungs to the end: several lines together, or one alone."""
    check = memory(noise, value=value)
    random = np.random.default_rng(seed)
    begin(check.pool, len(lines), first, most, target)
    for _ in range(MANY):
        feed(check, check.pool, lines, lambda: noise * random.normal())
        walk(check, check.pool)
        if check.pool.wanted == FINISHED:
            return check
    raise AssertionError("the walk does not end")


def begin(ladder: Any, count: int, first: int, most: int = 12, target: float = 0.0, stop: int = 100) -> None:
    """Begin a ladder of so many lines over the first coordinates."""
    rungs.set_line(ladder, 0, stop, 1, 0)
    rungs.begin_line_ladder(ladder, first, most, target)
    ladder.line_count = count


def residuals(ladder: Any) -> Any:
    """The residual slopes at the best rung."""
    return np.array([rungs.residual_at(ladder, ladder.best, line) for line in range(ladder.line_count)])


def probes_of(ladder: Any) -> list[tuple[int, int, int, int, float]]:
    """The probes that a ladder asks for: start, stop, seed, aligned, step."""
    probes = records(Probe, 8)
    count = rungs.write_rung(memory(), ladder, (Probe * 8).from_buffer(probes), 0)
    assert count == rungs.rung_probes(ladder)
    return [tuple(probe) for probe in probes[:count][["start", "stop", "seed", "aligned", "step"]].tolist()]


# Smooth lines, whose slope at 0 is 0.
SMOOTH: dict[str, Line] = {
    "sine": lambda t: math.sin(t + 1.0) - math.sin(1.0) - math.cos(1.0) * t,
    "exponential": lambda t: math.expm1(2 * t) - 2 * t,
    "quartic": lambda t: t**4 - 3 * t**3 + t * t,
    "cubic": lambda t: t**3,
    "line": lambda t: 0.0,
}


def with_error(line: Line, error: float, size: float = 1.0) -> Line:
    """A line of some size whose claim is off by an error."""
    return lambda t: size * line(t) + error * t


def family(shape: str, seed: int) -> tuple[list[Line], Any]:
    """Four smooth lines of random sizes, and the errors of their claims."""
    random = np.random.default_rng(seed)
    errors = random.normal(size=4) * 10.0 ** random.integers(-9, 1)
    sizes = random.normal(size=4) * 10.0 ** random.integers(-1, 2)
    return [with_error(SMOOTH[shape], error, size) for error, size in zip(errors, sizes, strict=True)], errors


def kink(jump: float, at: float) -> Line:
    """Flat until a kink on the way, where the slope jumps; its slope at 0 is 0."""
    return lambda t: jump * max(0.0, t - at) if at > 0 else jump * max(0.0, at - t)


def poisson(density: float, jump: float, seed: int, reach: float = 0.25) -> Line:
    """Many kinks on both sides of 0, as a Poisson process has them, with jumps of both signs."""
    random = np.random.default_rng(seed)
    places = random.uniform(-reach, reach, random.poisson(2 * reach * density))
    jumps = jump * random.normal(size=places.size)

    def line(t: float) -> float:
        ahead = np.where(places > 0, np.maximum(0.0, t - places), np.maximum(0.0, places - t))
        return float(jumps @ ahead)

    return line


LENGTH = 5000
NOISE = 1e-13


def begun(phase: int = phases.RANDOM, budget: int = 0, evaluations: int = 40) -> Any:
    """A check of 5,000 coordinates in a phase, with the norms of its claim."""
    lines = memory(NOISE)
    lines.engine.n, lines.engine.budget, lines.engine.evaluations = LENGTH, budget, evaluations
    lines.phase, lines.norm, lines.sum = phase, 1.0, 50.0
    return lines


def measure(lines: Any, slopes: Sequence[float]) -> float:
    """Let the pool walk over smooth lines with these residual slopes; return its bar."""
    begin(lines.pool, len(slopes), -14, stop=LENGTH)
    random = np.random.default_rng(1)
    smooth = [lambda t, slope=slope: slope * t + t**3 for slope in slopes]
    while lines.pool.wanted != FINISHED:
        feed(lines, lines.pool, smooth, lambda: NOISE * random.normal())
        walk(lines, lines.pool)
    return float(lines.pool.bar)


def in_bars(number: float) -> Any:
    """A check with a residual slope of so many bars on one of its lines."""
    bar = measure(begun(), [0.0] * 4)
    lines = begun()
    measure(lines, [0.0, 0.0, number * bar, 0.0])
    return lines
