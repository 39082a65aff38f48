"""Climbers in the memory of a check along lines, fed with the values of lines that are known in closed form."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from gradproof.core.lines import rungs as climbers
from gradproof.core.records import lines as linestate
from gradproof.core.records.border import PROBE_ALIGNED, PROBE_SEED, PROBE_START, PROBE_STEP, PROBE_STOP, PROBE_WORDS

# t -> f(x + t v) - f(x) less what the claim foretells: its slope at 0 is the error of the claim along the line.
Line = Callable[[float], float]
POOL = linestate.POOL
MANY = 60
VALUE = 1.0


def memory(
    noise: float = 0.0, blocks: Sequence[int] = (), float32: bool = False, value: float = VALUE
) -> tuple[Any, Any]:
    """The words of a check along lines, and the same memory as reals."""
    count = max(len(blocks) - 1, 0)
    words = np.zeros(linestate.lines_words(count), np.int64)
    reals = words.view(np.float64)
    reals[linestate.LINE_VALUE] = value
    reals[linestate.LINE_NOISE] = noise
    words[linestate.IS_FLOAT32] = int(float32)
    words[linestate.BLOCK_COUNT] = count
    for number, border in enumerate(blocks):
        words[linestate.block_place(number) + linestate.BLOCK_START] = border
    return words, reals


def feed(words: Any, reals: Any, place: int, lines: Sequence[Line], noise: Callable[[], float]) -> None:
    """Give a climber the rung that it wants."""
    exponent = int(words[place + linestate.CLIMBER_WANTED])
    assert climbers.is_step(words, exponent)
    assert not climbers.has_rung(words, place, exponent)
    step = 2.0**exponent
    value = float(reals[linestate.LINE_VALUE])
    values = np.array([value + line(t) + noise() for line in lines for t in (step, -step)])
    assert climbers.take_rung(words, reals, place, values, np.zeros(len(values)), 0) == len(values)


def climbed(
    walk: Callable[[Any, Any, int], None],
    lines: Sequence[Line],
    first: int = -20,
    target: float = 0.0,
    noise: float = 1e-15,
    most: int = 12,
    seed: int = 1,
    value: float = VALUE,
) -> tuple[Any, Any]:
    """Climb until the walk ends."""
    words, reals = memory(noise, value=value)
    random = np.random.default_rng(seed)
    climbers.begin_climber(words, reals, POOL, 0, 100, 0, first, most, target)
    words[POOL + linestate.CLIMBER_LINES] = len(lines)
    for _ in range(MANY):
        feed(words, reals, POOL, lines, lambda: noise * random.normal())
        walk(words, reals, POOL)
        if words[POOL + linestate.CLIMBER_WANTED] == linestate.FINISHED:
            return words, reals
    raise AssertionError("the walk does not end")


def residuals(words: Any, reals: Any, place: int = POOL) -> Any:
    """The residual slopes at the best rung."""
    best = int(words[place + linestate.CLIMBER_BEST])
    count = int(words[place + linestate.CLIMBER_LINES])
    return np.array([climbers.residual_at(reals, place, best, line) for line in range(count)])


def probes_of(words: Any, place: int) -> list[tuple[int, int, int, int, float]]:
    """The probes that a climber asks for: start, stop, seed, aligned, step."""
    rows = np.zeros((8, PROBE_WORDS), np.int64)
    count = climbers.write_rung(words, place, rows.ravel(), 0)
    assert count == climbers.rung_probes(words, place)
    return [
        (
            int(row[PROBE_START]),
            int(row[PROBE_STOP]),
            int(row[PROBE_SEED]),
            int(row[PROBE_ALIGNED]),
            float(row.view(np.float64)[PROBE_STEP]),
        )
        for row in rows[:count]
    ]


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
