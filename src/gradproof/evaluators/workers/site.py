"""What a worker of an executor keeps of a check, and what it does: it makes the points of probes, and sends values."""

from __future__ import annotations

import os
import threading
import time
import uuid
from typing import Any, NamedTuple

import numpy as np

from ...problem.exceptions import Raised
from ...problem.numbers import Flat
from ...problem.point import Problem
from ..compiled.native import NativeFunction
from ..evaluator import Evaluator
from ..local import local_evaluator

ANSWERED = "answered"
# This worker keeps no such site, and the task brought none along.
UNKNOWN = "unknown"
# The objective raised at x, or returned what is no number: the check evaluates there itself, which raises the same.
FAILED = "failed"

# A worker that serves one check after the other forgets the one before the last, and the last one if it is large.
KEPT = 2
LARGE_BYTES = 1 << 26
_sites: dict[str, Site] = {}
# With the number of the process, which a fork changes, a name for it among all machines.
_NAME = uuid.uuid4().hex
_lock = threading.Lock()


class Answer(NamedTuple):
    """What a worker sends back; `number` is that of the task, `worker` tells this one from all others."""

    number: int
    state: str
    worker: tuple[str, int, int]
    values: Flat | None = None
    changes: Flat | None = None
    seconds: float = 0.0
    notes: tuple[str, ...] = ()
    changes_its_argument: bool = False
    raised: tuple[Raised, ...] = ()


class Site:
    """The problem and the objective of one check, sent to a worker once; tasks then name it by its key.

    Parameters
    ----------
    objective
        The user's.
    problem
        The point x and its structure.
    claimed
        The claimed gradient, where the check goes along lines, which need it; else None.
    """

    def __init__(self, objective: Any, problem: Problem, claimed: Flat | None = None) -> None:
        self.key = uuid.uuid4().hex
        self.objective = objective
        self.layout = problem.layout
        self.x = problem.x
        self.claimed = claimed
        # The thread that checks: what is pressed or raised there ends the check, as without an executor.
        self.home: tuple[int, int] | None = (os.getpid(), threading.get_ident())
        self._mine = threading.local()

    def __getstate__(self) -> dict[str, Any]:
        """Return what travels; the layout leaves the user's arrays behind, x is there once."""
        return {
            "key": self.key,
            "objective": sendable(self.objective),
            "layout": self.layout,
            "x": np.asarray(self.x),
            "claimed": None if self.claimed is None else np.asarray(self.claimed),
            "home": None,
        }

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._mine = threading.local()

    def evaluator(self) -> Evaluator:
        """Return the evaluator of this thread, which has points of its own; in a process that was forked a new one."""
        if getattr(self._mine, "process", None) != os.getpid():
            problem = Problem(self.layout, self.x)
            problem.along_lines = self.claimed is not None
            evaluator = local_evaluator(self.objective, problem)
            evaluator.use_one_thread()
            if self.claimed is not None:
                evaluator.use_lines(self.claimed)
            self._mine.evaluator, self._mine.process = evaluator, os.getpid()
        mine: Evaluator = self._mine.evaluator
        return mine

    def is_home(self) -> bool:
        """Whether the thread that checks evaluates here itself: an executor may call at once what is submitted."""
        return self.home == (os.getpid(), threading.get_ident())


def answer(key: str, number: int, probes: Flat, changes_its_argument: bool = False, site: Site | None = None) -> Answer:
    """Answer a batch of probes: the task of an executor, which may run it anywhere and more than once.

    Parameters
    ----------
    key
        The key of the site.
    number
        Comes back with the answer.
    probes
        Rows of a round.
    changes_its_argument
        Whether the objective was seen to do that at x.
    site
        For a worker that may not have it.
    """
    site = _kept(key, site)
    worker = (_NAME, os.getpid(), threading.get_ident())
    if site is None:
        return Answer(number, UNKNOWN, worker)
    try:
        evaluator = site.evaluator()
        evaluator.changes_its_argument |= changes_its_argument
        evaluator.problem.raised.take()  # of a task that failed
        began = time.perf_counter()
        values = evaluator.evaluate(np.ascontiguousarray(probes))
        seconds = time.perf_counter() - began
        changes = None if site.claimed is None else evaluator.foretold(probes)
    except BaseException as problem:  # it need not survive the way back, and an exit would end the worker
        if site.is_home() and not isinstance(problem, Exception):
            raise
        return Answer(number, FAILED, worker)
    notes, changes_its_argument = tuple(evaluator.problem.notes), evaluator.changes_its_argument
    raised = evaluator.problem.raised.take()
    return Answer(number, ANSWERED, worker, values, changes, seconds, notes, changes_its_argument, raised)


def keep(site: Site) -> None:
    """Keep a site in this process: threads find it here, and processes that are forked later, too."""
    with _lock:
        _sites.pop(site.key, None)
        _sites[site.key] = site
        while len(_sites) > KEPT or (len(_sites) > 1 and next(iter(_sites.values())).x.nbytes > LARGE_BYTES):
            del _sites[next(iter(_sites))]


def forget(key: str) -> None:
    """Forget a site in this process, when its check has ended."""
    with _lock:
        _sites.pop(key, None)


def _kept(key: str, brought: Site | None) -> Site | None:
    """Return the site of a key, the one that was here first: it has its points already."""
    with _lock:
        here = _sites.get(key)
    site = here or brought
    if site is not None:
        keep(site)
    return site


def sendable(objective: Any) -> Any:
    """Return an objective that is about to be pickled; an error for an address, which is of this process alone."""
    if isinstance(objective, NativeFunction):
        raise TypeError("a C function cannot be pickled, its address is of this process alone")
    return objective
