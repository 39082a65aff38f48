"""Where the time of a check goes: f and its gradient, points, the engine, and Python around them.

python perf/where.py          a line for every workload
python perf/where.py --quick  the same with smaller ones

f is timed around every call; "points" are the calls of the library that move coordinates and predict changes,
"engine" all others, and what is left is Python. In one call from C, nothing tells points from the engine: there both
are "engine". Everything runs on one processor, so that what several threads do at once has one sum.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("MKL_NUM_THREADS", "1")

import numpy as np

import gradproof
from c_code import CLOCKED, address, callers, data
from gradproof import library
from gradproof.commands.installed import installation
from objectives import rosenbrock, saturating
from rows.c_callers import checking, regression_of
from table import number

PLACES = ("f and g", "points", "engine", "Python")
F, POINTS, ENGINE, PYTHON = PLACES
MOVING = ("points", "evaluate", "move_segments", "sum_segments", "windows")
TURNS = 5


class Profile(NamedTuple):
    """A workload, the seconds of a check as it is and of one that is watched, and the shares of the latter."""

    name: str
    alone: float
    watched: float
    shares: dict[str, float]


class Watch:
    """Seconds by their place: those of a call without those of calls inside of it.

    Attributes
    ----------
    inside
        Seconds that a function in C has said of itself, which are f's.
    """

    def __init__(
        self, inside: Callable[[], float] = lambda: 0.0, clock: Callable[[], float] = time.perf_counter
    ) -> None:
        self.seconds: Counter[str] = Counter()
        self.inside = inside
        self._clock = clock
        self._inner = [0.0]
        self._heard = inside()

    def watched(self, place: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return a function whose time is noted."""

        def call(*arguments: Any) -> Any:
            self._inner.append(0.0)
            began = self._clock()
            try:
                return function(*arguments)
            finally:
                took, heard = self._clock() - began, self.inside()
                said, self._heard = heard - self._heard, heard
                self.seconds[place] += took - said - self._inner.pop()
                self.seconds[F] += said
                self._inner[-1] += took

        return call

    def shares(self, total: float) -> dict[str, float]:
        """Return the parts of a whole, the rest of which is Python."""
        known = {place: self.seconds[place] / total for place in PLACES if place != PYTHON}
        return {**known, PYTHON: 1.0 - sum(known.values())}


class WatchedLibrary:
    """The native library, each call of which is noted."""

    def __init__(self, library: Any, watch: Watch) -> None:
        self._library, self._watch = library, watch

    def __getattr__(self, symbol: str) -> Any:
        place = POINTS if symbol.removeprefix("gradproof_").removesuffix("_f32") in MOVING else ENGINE
        return self._watch.watched(place, getattr(self._library, symbol))


def profile(name: str, check: Callable[[Watch | None], object], inside: Callable[[], float], turns: int) -> Profile:
    """Run a check alone and watched, in turns, and return what it took; `check` watches its own f."""
    check(None)
    alone = watched = 0.0
    watch, real = Watch(inside), library._loaded
    for _ in range(turns):
        alone += seconds_of(check, None)
        library._loaded = lambda path: WatchedLibrary(real(path), watch)
        library.native.cache_clear()
        try:
            watched += seconds_of(check, watch)
        finally:
            library._loaded = real
            library.native.cache_clear()
    return Profile(name, alone / turns, watched / turns, watch.shares(watched))


def seconds_of(check: Callable[[Watch | None], object], watch: Watch | None) -> float:
    began = time.perf_counter()
    check(watch)
    return time.perf_counter() - began


def workloads(divisor: int, turns: int) -> Iterator[Profile]:
    """Yield the profiles: every coordinate and lines, of a function in Python and in C."""
    short, long = rosenbrock(1000 // divisor), saturating(1_000_000 // divisor)
    for task, kind in ((short, "every coordinate"), (long, "lines")):
        yield profile(f"{kind}, Python callable, n = {task.x.size:,}", in_python(task), lambda: 0.0, turns)
    found = callers()
    if found is None:
        return
    it, evaluations = regression_of(found, 1000 // divisor), np.zeros(1, np.int64)
    clocked = np.array([(it.f, it.user, 0)], CLOCKED)
    timed = it._replace(f=address(found.perf_clocked), user=data(clocked))

    def inside() -> float:
        return float(clocked["nanoseconds"][0]) * 1e-9

    def one_call(watch: Watch | None) -> None:
        run = checking(found, timed if watch else it, evaluations)
        (watch.watched(ENGINE, run) if watch else run)()

    for mode, kind in (("full", "every coordinate"), ("lines", "lines")):
        yield profile(f"{kind}, C pointer, n = {it.n:,}", from_pointer(it, timed, mode), inside, turns)
    yield profile(f"every coordinate, one call in C, n = {it.n:,}", one_call, inside, turns)


def in_python(task: Any) -> Callable[[Watch | None], object]:
    def check(watch: Watch | None) -> object:
        functions = task.objective, task.gradient
        return gradproof.check(*(watch.watched(F, each) if watch else each for each in functions), task.x)

    return check


def from_pointer(it: Any, timed: Any, mode: Any) -> Callable[[Watch | None], object]:
    _, _, x, claimed, _, _ = it.owners

    def check(watch: Watch | None) -> object:
        called = timed if watch else it
        return gradproof.check(gradproof.native(called.f, called.user, trial=False), claimed, x, mode=mode)

    return check


def line(of: Profile) -> str:
    """Return a profile as a line of the table."""
    times = f"{number(of.alone * 1e3):>10}{number(of.watched * 1e3):>10}"
    return f"{of.name:<52}{times}" + "".join(f"{100 * of.shares[place]:>8.1f} %" for place in PLACES)


def main() -> int:
    """Print the table; return the exit status."""
    parser = argparse.ArgumentParser(description="Where the time of a check goes.")
    parser.add_argument("--quick", action="store_true", help="smaller workloads, one turn")
    arguments = parser.parse_args()
    if not installation.LIBRARY.exists():
        print("There is no native library to watch: python native_api/build.py builds it.")
        return 1
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    print(f"{'':<52}{'ms':>10}{'watched':>10}" + "".join(f"{place:>10}" for place in PLACES))
    for each in workloads(10 if arguments.quick else 1, 1 if arguments.quick else TURNS):
        print(line(each), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
