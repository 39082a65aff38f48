"""Times that can be compared on a noisy machine: in turns, and as the median of what each turn says.

A single time tells more about what else the machine did than about the code. Contenders that run in turns, A B C A B C,
meet the same weather: the ratio of one turn is fair, and the median of many turns forgets the storms.
"""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import NamedTuple

Run = Callable[[], object]
Clock = Callable[[], float]


class Effort(NamedTuple):
    """How long to look: turns until the time is up, at least and at most so many; sizes are divided."""

    seconds: float
    fewest: int
    most: int
    divisor: int = 1

    def size(self, full: int) -> int:
        return max(full // self.divisor, 1)


THOROUGH = Effort(seconds=2.0, fewest=7, most=401)
# One turn says nothing about speed; it shows that every row runs.
QUICK = Effort(seconds=0.0, fewest=1, most=1, divisor=10)


class Figure(float):
    """The median of the turns, with the quartiles around it; so is what a number makes of it."""

    low: float
    high: float

    def __new__(cls, median: float, low: float, high: float) -> Figure:
        figure = super().__new__(cls, median)
        figure.low, figure.high = low, high
        return figure

    def __mul__(self, scale: float) -> Figure:
        return Figure(float(self) * scale, self.low * scale, self.high * scale)

    __rmul__ = __mul__


def spread_of(said: Sequence[float]) -> Figure:
    """Return the median of what the turns said, and its spread."""
    low, median, high = statistics.quantiles(said, method="inclusive") if len(said) > 1 else [*said] * 3
    return Figure(median, low, high)


class Turns(NamedTuple):
    """The seconds of every contender, one mapping a turn."""

    seconds: list[dict[str, float]]

    def median(self, formula: Callable[[Mapping[str, float]], float]) -> Figure:
        """Return the median over the turns, and its spread, of what a formula makes of the seconds of one turn."""
        return spread_of([formula(turn) for turn in self.seconds])

    def ratio(self, name: str, reference: str) -> Figure:
        """Return the median of the paired ratios of two contenders, and its spread."""
        return self.median(lambda turn: turn[name] / turn[reference])

    def typical(self, name: str) -> float:
        """Return the median time of one contender: to say what a ratio is of, never to compare."""
        return self.median(lambda turn: turn[name])

    @property
    def names(self) -> list[str]:
        return list(self.seconds[0])


def in_turns(contenders: Mapping[str, Run], effort: Effort, clock: Clock = time.process_time) -> Turns:
    """Run the contenders in turns, after one turn that is not counted, and return their times.

    The clock is that of the processor: none of them waits, and what others do on the machine is not their time.
    """
    if effort.fewest > 1:
        for run in contenders.values():
            run()
    turns: list[dict[str, float]] = []
    began = clock()
    with no_garbage_collection():
        while len(turns) < effort.fewest or (len(turns) < effort.most and clock() - began < effort.seconds):
            turns.append({name: seconds_of(run, clock) for name, run in contenders.items()})
    return Turns(turns)


def seconds_of(run: Run, clock: Clock) -> float:
    """Return how long one run takes."""
    began = clock()
    run()
    return clock() - began


@contextmanager
def no_garbage_collection() -> Iterator[None]:
    """Keep the collector away from the clock: it would bill one contender for the objects of another."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
