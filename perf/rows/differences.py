"""Whole numerical gradients, without a check: their time and their accuracy."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

import gradproof
from objectives import Task, rosenbrock
from peers import GRADPROOF, LIMIT, installed
from rows.checks import calls
from table import Row
from timing import Effort, Run, in_turns

SIZES = (100, 1000)


def rows(effort: Effort) -> Iterator[Row]:
    for full in SIZES:
        for kind, calls_a_coordinate in (("forward", 1), ("centered", 2)):
            yield from compared(kind, rosenbrock(effort.size(full)), calls_a_coordinate, effort)


def compared(kind: str, task: Task, calls_a_coordinate: int, effort: Effort) -> Iterator[Row]:
    n = task.x.size
    differences = all_differences(kind, n)
    runs: dict[str, Run] = {name: differencing(slopes, task) for name, slopes in differences.items()}
    turns = in_turns({**runs, LIMIT: calls(task.objective, task.x, calls_a_coordinate * n)}, effort)
    ratios = {name: turns.ratio(name, LIMIT) for name in turns.names}
    unit = "n calls" if calls_a_coordinate == 1 else "2n calls"
    yield Row(f"{kind}_difference, n = {n:,}", unit, ratios, in_readme=True)
    errors = {name: error(slopes, task) for name, slopes in differences.items()}
    yield Row(f"{kind}_difference, n = {n:,}: error", "largest slopes", errors, in_readme=kind == "centered")


def all_differences(kind: str, n: int) -> dict[str, Callable[[Any, Any], Any]]:
    ours = getattr(gradproof, f"{kind}_difference")
    others = {name: getattr(peer, kind) for name, peer in installed(n).items()}
    return {GRADPROOF: ours, **{name: slopes for name, slopes in others.items() if slopes is not None}}


def differencing(slopes: Callable[[Any, Any], Any], task: Task) -> Run:
    return lambda: slopes(task.objective, task.x)


def error(slopes: Callable[[Any, Any], Any], task: Task) -> float:
    """Return the largest error of the slopes, relative to the largest slope."""
    right = task.gradient(task.x)
    return float(np.max(np.abs(slopes(task.objective, task.x) - right)) / np.max(np.abs(right)))
