"""A small Python function: what a check adds to every evaluation."""

from __future__ import annotations

from collections.abc import Iterator

from objectives import small
from peers import LIMIT
from rows.checks import all_checkers, calls, checking, evaluations
from table import Row
from timing import Effort, in_turns

N = 1000


def rows(effort: Effort) -> Iterator[Row]:
    task = small(effort.size(N))
    checkers = all_checkers()
    counts = {name: evaluations(check, task) for name, check in checkers.items()}
    count = 2 * task.x.size
    runs = {name: checking(check, task) for name, check in checkers.items()}
    turns = in_turns({**runs, LIMIT: calls(task.objective, task.x, count)}, effort)

    def outside(name: str) -> float:
        """Return the microseconds a call that are not spent in f."""
        return 1e6 * turns.median(lambda turn: turn[name] / counts[name] - turn[LIMIT] / count)

    label = f"check, a small function, n = {task.x.size:,}"
    unit = f"µs outside of f a call, f of {turns.typical(LIMIT) / count * 1e6:.2f} µs"
    yield Row(label, unit, {name: outside(name) for name in runs}, in_readme=True)
