"""A line that disagrees, followed down to the coordinates: its values come from errors of single coordinates."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from lineladders import feed, memory
from oracles import splitmix

from gradproof.core.records.lines import FINISHED, MOST_HALVINGS, Node
from gradproof.core.search import descent
from gradproof.core.search.halving import HALVING_FREE

# The errors of a claim, by coordinates.
Errors = Mapping[int, float]
SEED = 12345
NOISE = 1e-13


def slope(errors: Errors, start: int, stop: int) -> float:
    """The residual slope along a part of the line."""
    return sum(error * splitmix.direction(SEED, index) for index, error in errors.items() if start <= index < stop)


def disagreeing(
    errors: Errors,
    n: int,
    bar: float = 1e-9,
    exponent: int = -14,
    noise: float = NOISE,
    blocks: Sequence[int] = (),
) -> Any:
    """A check with these errors in its claim: the line over all of x disagrees."""
    lines = memory(noise, blocks)
    lines.engine.n = n
    lines.failed.seed = SEED
    lines.nodes[0] = Node(0, n, exponent, slope(errors, 0, n), bar, bar)
    return lines


def answer(lines: Any, errors: Errors, random: Any) -> int:
    """Give every ladder that wants a rung its values; return how many these are."""
    count = 0
    for number in range(MOST_HALVINGS):
        halving = lines.halvings[number]
        ladder = halving.ladder
        if halving.stage != HALVING_FREE and ladder.wanted != FINISHED:
            line = curved(slope(errors, ladder.start, ladder.stop))
            feed(lines, ladder, [line], lambda: float(lines.engine.noise * random.normal()))
            count += 2
    return count


def curved(residual: float) -> Callable[[float], float]:
    """A line with a residual slope, and a little curvature."""
    return lambda t: residual * t + 1e-3 * t**3


def prepare_level(lines: Any) -> bool:
    """The descent over a claim of zeros, of which rtol allows nothing to be wrong."""
    n = lines.engine.n
    return descent.prepare_level(lines, np.ones(n), np.zeros(n))


def descended(lines: Any, errors: Errors, prepare: Callable[[Any], bool], advance: Callable[[Any], None]) -> int:
    """Go on until nothing is asked any more; return the number of evaluations."""
    random = np.random.default_rng(1)
    evaluations = 0
    phase = lines.phase
    while lines.phase == phase:
        if prepare(lines):
            evaluations += answer(lines, errors, random)
            advance(lines)
        assert evaluations < 10_000
    return evaluations
