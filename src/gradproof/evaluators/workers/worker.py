"""The worker's side of an executor: it keeps the problem, makes the points of probes, and returns values."""

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
from ..evaluator import Evaluator
from ..local import local_evaluator
from ..objectives import NativeFunction
from .disk import as_read, as_sent

ANSWERED = "answered"
# The worker does not know this problem, and the task did not carry it.
UNKNOWN = "unknown"
# The objective raised at x, or returned something invalid: the check repeats the call itself, for its exception.
FAILED = "failed"

# A worker keeps the problems of this many checks, and only the newest if an older one is large.
KEPT = 2
LARGE_BYTES = 1 << 26
_known: dict[str, SharedProblem] = {}
# Together with the process id, which a fork changes, this identifies a process among all machines.
_NAME = uuid.uuid4().hex
_lock = threading.Lock()


class Answer(NamedTuple):
    """What a worker sends back; `number` is that of the task, `worker` identifies the worker."""

    number: int
    state: str
    worker: tuple[str, int, int]
    values: Flat | None = None
    changes: Flat | None = None
    seconds: float = 0.0
    notes: tuple[str, ...] = ()
    changes_its_argument: bool = False
    raised: tuple[Raised, ...] = ()


class SharedProblem:
    """The problem and the objective of one check, sent to each worker once; tasks refer to it by its key.

    Parameters
    ----------
    objective
        The user's objective.
    problem
        The point x and its structure.
    claimed
        The claimed gradient for a check along lines; else None.
    """

    def __init__(self, objective: Any, problem: Problem, claimed: Flat | None = None) -> None:
        self.key = uuid.uuid4().hex
        self.objective = objective
        self.layout = problem.layout
        self.x = problem.x
        self.claimed = claimed
        # The thread that runs the check: an interrupt or exit there ends the check, as without an executor.
        self.home: tuple[int, int] | None = (os.getpid(), threading.get_ident())
        self._mine = threading.local()

    def __getstate__(self) -> dict[str, Any]:
        """Return what is pickled: x once, or where it lies on disk, and the layout without the user's arrays."""
        return {
            "key": self.key,
            "objective": sendable(self.objective),
            "layout": self.layout,
            "x": as_sent(self.x),
            "claimed": None if self.claimed is None else as_sent(self.claimed),
            "home": None,
        }

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self.x, self.claimed = as_read(self.x), as_read(self.claimed)
        self._mine = threading.local()

    def evaluator(self) -> Evaluator:
        """Return the evaluator of this thread, which has its own points; a new one after a fork."""
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
        """Whether this is the thread that runs the check: an executor may run a task at once when it is submitted."""
        return self.home == (os.getpid(), threading.get_ident())


def answer(
    key: str, number: int, probes: Flat, changes_its_argument: bool = False, shared: SharedProblem | None = None
) -> Answer:
    """Evaluate a batch of probes: the task that an executor may run anywhere, and more than once.

    Parameters
    ----------
    key
        The key of the problem.
    number
        The number of the task, returned with the answer.
    probes
        Some probes of a round.
    changes_its_argument
        Whether the objective is known to change its argument.
    shared
        The problem itself, for a worker that may not know it.
    """
    shared = _kept(key, shared)
    worker = (_NAME, os.getpid(), threading.get_ident())
    if shared is None:
        return Answer(number, UNKNOWN, worker)
    try:
        evaluator = shared.evaluator()
        evaluator.changes_its_argument |= changes_its_argument
        evaluator.problem.raised.take()  # discard those of a task that failed
        began = time.perf_counter()
        values = evaluator.evaluate(np.ascontiguousarray(probes))
        seconds = time.perf_counter() - began
        changes = None if shared.claimed is None else evaluator.predicted_changes(probes)
    except BaseException as problem:  # it may not survive pickling, and an exit would end the worker
        if shared.is_home() and not isinstance(problem, Exception):
            raise
        return Answer(number, FAILED, worker)
    notes, changes_its_argument = tuple(evaluator.problem.notes), evaluator.changes_its_argument
    raised = evaluator.problem.raised.take()
    return Answer(number, ANSWERED, worker, values, changes, seconds, notes, changes_its_argument, raised)


def keep(shared: SharedProblem) -> None:
    """Keep a problem in this process, where threads and processes that are forked later find it."""
    with _lock:
        _known.pop(shared.key, None)
        _known[shared.key] = shared
        while len(_known) > KEPT or (len(_known) > 1 and next(iter(_known.values())).x.nbytes > LARGE_BYTES):
            del _known[next(iter(_known))]


def forget(key: str) -> None:
    """Forget a problem in this process when its check has ended."""
    with _lock:
        _known.pop(key, None)


def _kept(key: str, brought: SharedProblem | None) -> SharedProblem | None:
    """Return the problem with a key, preferably the one that was here first: its points are made already."""
    with _lock:
        here = _known.get(key)
    shared = here or brought
    if shared is not None:
        keep(shared)
    return shared


def sendable(objective: Any) -> Any:
    """Return an objective for pickling; raise an error for a C function, whose address is valid only here."""
    if isinstance(objective, NativeFunction):
        raise TypeError("a C function cannot be pickled, because its address is valid in this process only")
    return objective
