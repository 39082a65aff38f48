"""Full checks of NumPy objectives: how much more they take than the evaluations that nobody can save."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import repeat
from typing import Any

import gradproof
from objectives import Task, logistic, rosenbrock
from peers import GRADPROOF, LIMIT, installed
from table import Row
from timing import Effort, Run, in_turns

# By size, what a check may take at most, in units of 2n calls.
SIZES = {100: 1.15, 1000: 1.08, 3000: 1.06}
IN_README = {(rosenbrock, 100), (rosenbrock, 1000), (logistic, 1000)}
MOST_EVALUATIONS = 1.1


def rows(effort: Effort) -> Iterator[Row]:
    for make in (rosenbrock, logistic):
        for full, most in SIZES.items():
            task, shown = make(effort.size(full)), (make, full) in IN_README
            yield from compared(task, "", effort, (most, MOST_EVALUATIONS), in_readme=shown)
    task = rosenbrock(effort.size(1000))
    for words, gradient in wrong_gradients(task).items():
        yield from compared(task._replace(gradient=gradient), words, effort, in_readme="all" in words)


def wrong_gradients(task: Task) -> dict[str, Callable[[Any], Any]]:
    """Return gradients with one wrong coordinate, and with nothing right in them."""

    def one(x: Any) -> Any:
        slopes = task.gradient(x)
        slopes[x.size // 2] *= 1.01
        return slopes

    return {", one wrong": one, ", all wrong": lambda x: 0.5 * task.gradient(x)}


def compared(
    task: Task, words: str, effort: Effort, targets: tuple[float, float] | None = None, *, in_readme: bool = False
) -> Iterator[Row]:
    """Yield the time and the number of evaluations of a check, in units of 2n calls."""
    n, name = task.x.size, f"check, {task.name}, n = {task.x.size:,}{words}"
    most_time, most_evaluations = targets or (float("inf"), float("inf"))
    checkers = all_checkers(n)
    runs: dict[str, Run] = {each: checking(check, task) for each, check in checkers.items()}
    turns = in_turns({**runs, LIMIT: calls(task.objective, task.x, 2 * n)}, effort)
    ratios = {each: turns.ratio(each, LIMIT) for each in turns.names}
    yield Row(name, f"2n calls of {turns.typical(LIMIT) / (2 * n) * 1e6:.1f} µs", ratios, most_time, in_readme)
    counts = {each: evaluations(check, task) / (2 * n) for each, check in checkers.items()}
    yield Row(f"{name}: evaluations", "2n", {**counts, LIMIT: 1.0}, most_evaluations)


def all_checkers(n: int = 1000) -> dict[str, Callable[[Any, Any, Any], Any]]:
    """Return everything that checks an objective of n coordinates with a gradient at a point."""
    others = {name: peer.check for name, peer in installed(n).items() if peer.check is not None}
    return {GRADPROOF: gradproof.check, **others}


def checking(check: Callable[[Any, Any, Any], Any], task: Task) -> Run:
    return lambda: check(task.objective, task.gradient, task.x)


def calls(objective: Callable[[Any], Any], x: Any, count: int) -> Run:
    """Return what calls the objective so often, and does nothing else."""

    def run() -> None:
        for _ in repeat(None, count):
            objective(x)

    return run


def evaluations(check: Callable[[Any, Any, Any], Any], task: Task) -> int:
    """Return how often a check calls the objective."""
    count = 0

    def counted(x: Any) -> Any:
        nonlocal count
        count += 1
        return task.objective(x)

    check(counted, task.gradient, task.x)
    return count
