"""A point of a line and its claimed change, which are made in one pass: against what the memory allows in this run.

The time is what each thread is busy: on a machine that others use, too, the clock on the wall says little.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import numpy as np

from c_code import callers, data
from gradproof.evaluators.lines import Lines
from gradproof.library import native, pointer, twin
from gradproof.problem.probes import probes_at_x
from peers import GRADPROOF, LIMIT
from table import Row
from timing import Effort, Run, in_turns

SIZES = (1_000_000, 10_000_000)
LONGEST = 100_000_000
THREADS = (1, 2)
GOAL = 1.15
SEGMENT = 65_536
# x and the claim are read; the point is written, after its lines of cache have been read.
STREAMS = 4
Part = tuple[int, int]


class Work(NamedTuple):
    """What makes some segments of a point, and what only reads and writes as much memory."""

    move: Callable[[int, int], object]
    pass_over: Callable[[int, int], object]


def rows(effort: Effort, *, longest: bool = False) -> Iterator[Row]:
    for full in (*SIZES, *[LONGEST] * longest):
        for dtype in (np.float64, np.float32):
            yield from of_size(effort.size(full), dtype, effort, in_readme=full == SIZES[-1])


def of_size(n: int, dtype: type, effort: Effort, *, in_readme: bool) -> Iterator[Row]:
    x = np.random.default_rng(5).normal(size=n).astype(dtype)
    claimed = x[::-1].copy()
    lines = Lines(x, claimed)
    work = made(x, claimed, lines)
    with ThreadPoolExecutor(max(THREADS)) as pool:
        for threads in THREADS:
            yield timed(work, x, threads, pool, effort)._replace(in_readme=in_readme)
    lines.close()


def made(x: Any, claimed: Any, lines: Lines) -> Work:
    """Return the work on a point that is shared by all threads."""
    probe = probes_at_x()
    probe["stop"], probe["seed"], probe["step"], probe["floor"] = x.size, 7, 2.0**-20, 0.1
    point, changes, words = x.copy(), np.zeros(-(-x.size // SEGMENT)), pointer(probe, "gradproof_probe[]")
    move_segments = getattr(native(), f"gradproof_move_segments{twin(x)}")
    library = callers()

    def move(first: int, stop: int) -> None:
        into = pointer(changes[first:stop])
        move_segments(pointer(x), *lines.pointers, words, first, stop - first, pointer(point), into)

    def pass_over(first: int, stop: int) -> None:
        part = slice(first * SEGMENT, stop * SEGMENT)
        if library is None:
            np.add(x[part], claimed[part], out=point[part])
        else:
            triad = getattr(library, f"perf_triad{twin(x)}")
            triad(data(point[part]), data(x[part]), data(claimed[part]), x[part].size)

    return Work(move, pass_over)


def timed(work: Work, x: Any, threads: int, pool: ThreadPoolExecutor, effort: Effort) -> Row:
    """Return how many times the limit a point takes, by so many threads that share it."""
    count = -(-x.size // SEGMENT)
    parts = list(itertools.pairwise(count * number // threads for number in range(threads + 1)))
    runs: dict[str, Run] = {
        GRADPROOF: lambda: list(pool.map(lambda part: work.move(*part), parts)),
        LIMIT: lambda: list(pool.map(lambda part: work.pass_over(*part), parts)),
    }
    turns = in_turns(runs, effort)
    # Of the processor: what two threads take at once is counted twice.
    speed = STREAMS * x.nbytes / turns.typical(LIMIT) * threads / 1e9
    name = f"a point of a line, {x.size:,} {x.dtype}, {threads} thread{'s' * (threads > 1)}"
    figures = {each: turns.ratio(each, LIMIT) for each in runs}
    return Row(name, f"a pass at {speed:.0f} GB/s", figures, GOAL)
