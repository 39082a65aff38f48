"""Two threads beside one, for a function in C: the same check by the clock on the wall, from C and from Python.

Machine code is called by several threads where the caller says that it may be: options.threads, native(f, threads=).
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator

import numpy as np

import gradproof
from c_code import callers
from peers import GRADPROOF
from rows.c_callers import checking, regression_of
from table import Row
from timing import Effort, Run, in_turns

N = 1000
THREADS = 2
GOAL = 0.55


def rows(effort: Effort) -> Iterator[Row]:
    library = callers()
    if library is None or (os.cpu_count() or 1) < THREADS:
        return
    it = regression_of(library, effort.size(N))
    _, _, x, claimed, _, _ = it.owners

    def in_c(threads: int) -> Run:
        return checking(library, it, np.zeros(1, np.int64), threads=threads)

    def from_python(threads: int) -> Run:
        objective = gradproof.native(it.f, it.user, threads=threads)
        return lambda: gradproof.check(objective, claimed, x)

    for caller, run in {"in C": in_c, "C pointer from Python": from_python}.items():
        runs = {"one": run(1), "two": run(THREADS)}
        turns = in_turns(runs, effort, clock=time.perf_counter)
        name, unit = (
            f"check {caller}, {THREADS} threads, n = {it.n:,}",
            f"one thread, {turns.typical('one') * 1e3:.0f} ms",
        )
        yield Row(name, unit, {GRADPROOF: turns.ratio("two", "one")}, GOAL, in_readme=True)
