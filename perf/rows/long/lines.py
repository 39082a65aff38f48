"""Long gradients: the price of a verdict along lines, and what others see of one wrong coordinate."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

import gradproof
from objectives import Task, saturating
from peers import GRADPROOF, LIMIT, directional
from table import Row
from timing import Effort, Run, Turns, in_turns

FULL = 10_000_000
SMALL = 1_000_000
CHEAPEST = 28
MOST = 60
# In units of f and g, for an f that takes what reading x takes.
GOAL = 2.2
# One wrong coordinate, so much of the gradient's norm off.
OFF = 1e-3
TRIES = 3
# Reading x and the gradient, and writing the point after its line of cache has been read.
STREAMS = 4


def rows(effort: Effort, *, big: bool = False) -> Iterator[Row]:
    """Yield the rows for a million coordinates, or with `big` those for ten millions."""
    task = saturating(effort.size(FULL if big else SMALL))
    name = f"check along lines, n = {task.x.size:,}"
    yield from prices(task, name, effort, in_readme=True)
    yield found(task, name, in_readme=True)


def prices(task: Task, name: str, effort: Effort, *, in_readme: bool) -> Iterator[Row]:
    """Yield the time of the cheapest and of the default verdict, in units of the evaluations that they take."""
    claimed = task.gradient(task.x)
    others = {peer: directional_run(check, task) for peer, check in directional().items()}
    counts = {
        budget: gradproof.check(task.objective, task.gradient, task.x, mode="lines", budget=budget).evaluations
        for budget in (CHEAPEST, None)
    }
    runs: dict[str, Run] = {
        "f": lambda: task.objective(task.x),
        "g": lambda: task.gradient(task.x),
        "memory": lambda: np.bitwise_xor.reduce(claimed.view(np.int64)),
        **{str(budget): checking(task, budget) for budget in counts},
        **others,
    }
    turns = in_turns(runs, effort)
    for budget, count in counts.items():

        def price(turn: Any, what: str, count: int = count) -> float:
            return turn[what] / (count * turn["f"] + turn["g"])

        def bound(turn: Any, count: int = count) -> float:
            return 1.0 + count * STREAMS * turn["memory"] / (count * turn["f"] + turn["g"])

        figures = {GRADPROOF: turns.median(lambda turn, b=budget: price(turn, str(b)))}
        if budget == CHEAPEST:
            figures |= {peer: turns.median(lambda turn, p=peer: price(turn, p)) for peer in others}
        figures[LIMIT] = turns.median(bound)
        words = "cheapest" if budget == CHEAPEST else "default"
        unit = f"{count} f + g of {milliseconds(turns, 'f')}, {milliseconds(turns, 'g')}"
        yield Row(f"{name}, {words}", unit, figures, GOAL if budget else math.inf, in_readme)
        yield Row(f"{name}, {words}: evaluations", "1", {GRADPROOF: count}, CHEAPEST if budget else MOST)


def checking(task: Task, budget: int | None) -> Run:
    return lambda: gradproof.check(task.objective, task.gradient, task.x, mode="lines", budget=budget)


def directional_run(check: Any, task: Task) -> Run:
    return lambda: check(task, task.gradient)


def milliseconds(turns: Turns, name: str) -> str:
    return f"{turns.typical(name) * 1e3:.1f} ms"


def found(task: Task, name: str, *, in_readme: bool) -> Row:
    """Return in how many of some tries one wrong coordinate led to an alarm, false alarms taken off."""
    figures = {GRADPROOF: 0.0} | dict.fromkeys(directional(), 0.0)
    for number in range(TRIES):
        wrong = one_wrong(task, number)
        report = gradproof.check(task.objective, wrong, task.x, mode="lines", seed=number + 1)
        figures[GRADPROOF] += report.verdict == "wrong"
        for peer, check in directional().items():
            figures[peer] += check(task, wrong) is False
    for peer, check in directional().items():
        # SciPy gives a number, and leaves it to the reader.
        if check(task, task.gradient) is None:
            del figures[peer]
        elif check(task, task.gradient) is False:
            figures[peer] = 0.0
    return Row(f"{name}: one wrong coordinate seen", f"of {TRIES}", figures, in_readme=in_readme)


def one_wrong(task: Task, number: int) -> Any:
    def gradient(x: Any) -> Any:
        slopes = task.gradient(x)
        slopes[(number * 7919 + 1) % x.size] += OFF * np.linalg.norm(slopes)
        return slopes

    return gradient
