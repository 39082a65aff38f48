"""A program in C that checks the gradient of its own function: against a loop of evaluations that it could write."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from c_code import address, callers, data, regression
from gradproof.core.records import codes
from peers import CERES, GRADPROOF, LIMIT, RIDDERS
from table import Row
from timing import Effort, Run, in_turns

TABLE_ROWS = 200
GOAL = 1.05
# By size, after how many evaluations a check ends; 0: at its end, which takes ten seconds a turn for the longest.
SIZES = {1000: 0, 10_000: 1000}
RIGHT, INCONCLUSIVE = codes.VERDICT_RIGHT, codes.VERDICT_INCONCLUSIVE


class Regression(NamedTuple):
    """A logistic regression for callers.c: addresses of f, its data, x, its gradient there, and room for a point."""

    f: int
    user: int
    x: int
    claimed: int
    point: int
    n: int
    owners: tuple[Any, ...]  # of this memory


def rows(effort: Effort, *, whole: bool = False) -> Iterator[Row]:
    """Yield the rows, where there is a C compiler; with `whole` the longest check goes to its end, too."""
    library = callers()
    for full, budget in SIZES.items() if library else ():
        yield from compared(library, regression_of(library, effort.size(full)), 0 if whole else budget, effort)


def regression_of(library: Any, n: int) -> Regression:
    random = np.random.default_rng(2)
    table, labels = random.normal(size=(TABLE_ROWS, n)), random.choice([-1.0, 1.0], TABLE_ROWS)
    x = random.normal(size=n) / np.sqrt(n)
    claimed, point = -table.T @ (labels / (1.0 + np.exp(labels * (table @ x)))), x.copy()
    user = regression(labels, table)
    places = (data(array) for array in (user, x, claimed, point))
    return Regression(address(library.perf_logistic), *places, n, (table, labels, x, claimed, point, user))


def checking(library: Any, it: Regression, evaluations: Any, *, budget: int = 0, threads: int = 1) -> Run:
    """Return a check in C, which must find the gradient right, unless the budget ends it."""

    def run() -> None:
        verdict = library.perf_check(it.f, it.user, it.x, it.claimed, it.n, budget, threads, data(evaluations))
        if verdict != (INCONCLUSIVE if budget else RIGHT):
            raise RuntimeError(f"a check in C ended with {verdict}")

    return run


def compared(library: Any, it: Regression, budget: int, effort: Effort) -> Iterator[Row]:
    evaluations, count = np.zeros(1, np.int64), effort.size(budget) if budget else 2 * it.n

    def looking(extrapolates: int) -> Run:
        return lambda: library.perf_ceres(it.f, it.user, it.point, it.claimed, it.n, extrapolates)

    runs: dict[str, Run] = {GRADPROOF: checking(library, it, evaluations, budget=count if budget else 0)}
    if not budget:
        runs |= {CERES: looking(0), RIDDERS: looking(1)}
    runs[LIMIT] = lambda: library.perf_calls(it.f, it.user, it.point, it.n, count)
    turns = in_turns(runs, effort)
    name, ratios = f"check in C, logistic regression, n = {it.n:,}", {each: turns.ratio(each, LIMIT) for each in runs}
    unit = f"{f'{count:,}' if budget else '2n'} calls of {turns.typical(LIMIT) / count * 1e6:.1f} µs"
    yield Row(name, unit, ratios, GOAL, in_readme=True)
    yield Row(f"{name}: evaluations", f"{count:,}", {GRADPROOF: int(evaluations[0]) / count})
