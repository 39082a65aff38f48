"""Compiled objectives: no Python between two evaluations, so that little can hide."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from typing import Any

import gradproof
from objectives import compiled_loops, compiled_rosenbrock, native_rosenbrock, rosenbrock
from peers import BY_HAND, GRADPROOF, LIMIT
from table import Row
from timing import Effort, Run, in_turns

# By size, what a check may take at most, in units of 2n calls of the objective and nothing else.
SIZES = {100: 1.25, 1000: 1.05}
LARGEST = 10_000


def rows(effort: Effort) -> Iterator[Row]:
    if importlib.util.find_spec("numba") is None:
        return
    for full, goal in SIZES.items():
        n = effort.size(full)
        yield compared("compiled by Numba", compiled_rosenbrock(), n, goal, effort, in_readme=full == max(SIZES))
        yield compared("C pointer", gradproof.native(native_rosenbrock()), n, goal, effort)
    yield compared("C pointer", gradproof.native(native_rosenbrock()), effort.size(LARGEST), goal, effort)


def compared(kind: str, objective: Any, n: int, goal: float, effort: Effort, *, in_readme: bool = False) -> Row:
    """Return the nanoseconds an evaluation; what is compared are paired ratios, put on the scale of the limit."""
    task = rosenbrock(n)
    claimed, (check, calls) = task.gradient(task.x), compiled_loops()
    runs: dict[str, Run] = {
        GRADPROOF: lambda: gradproof.check(objective, claimed, task.x, mode="full"),
        BY_HAND: lambda: check(task.x, claimed),
        LIMIT: lambda: calls(task.x),
    }
    for run in runs.values():
        run()  # compiles
    turns = in_turns(runs, effort)
    scale = turns.typical(LIMIT) / (2 * n) * 1e9
    figures = {name: scale * turns.ratio(name, LIMIT) for name in runs}
    most = goal * figures[LIMIT]
    return Row(f"check, {kind}, n = {n:,}", "ns an evaluation", figures, most, in_readme=in_readme)
