"""An executor of two processes beside one process: the same check of a Python callable, in full mode."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any

import numpy as np

import gradproof
from peers import GRADPROOF
from table import Row
from timing import Effort, in_turns

WORKERS = 2
N = 50_000
# A whole check of so many coordinates takes a minute: every round is like the first ones.
EVALUATIONS = 8000
MOST = 0.58


def objective(x: Any) -> float:
    return float(np.sum(np.log1p(np.exp(-x * x))))


def gradient(x: Any) -> Any:
    return -2 * x / (1 + np.exp(x * x))


def rows(effort: Effort) -> Iterator[Row]:
    if (os.cpu_count() or 1) < WORKERS:
        return
    x, budget = np.linspace(0.5, 2, N), effort.size(EVALUATIONS)

    def checking(executor: Any) -> Callable[[], object]:
        return lambda: gradproof.check(objective, gradient, x, mode="full", budget=budget, executor=executor)

    # Not copies of this process: by now libraries of others have threads in it, which a copy would wait for.
    with ProcessPoolExecutor(WORKERS, get_context("spawn")) as pool:
        # Both processes are there, and keep x, before the first turn that counts.
        list(pool.map(time.sleep, [0.05] * 2 * WORKERS))
        checking(pool)()
        turns = in_turns({"one": checking(None), "two": checking(pool)}, effort, clock=time.perf_counter)
    cost = statistics.median(turn["one"] for turn in turns.seconds) / budget
    unit = f"one process, f {1e3 * cost:.2f} ms"
    yield Row(f"executor=, {WORKERS} processes, n = {N:,}", unit, {GRADPROOF: turns.ratio("two", "one")}, MOST)
