"""An executor answers the rounds: processes, threads, or machines, whatever runs `submit(function, *arguments)`.

A task names probes, a few words each; the worker keeps x and makes the points itself.  Tasks that get lost are asked
again, and what no worker can do is done in this process: the values are the same wherever they come from.
"""

from __future__ import annotations

import itertools
import os
import pickle
import sys
import time
from collections import deque
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor, CancelledError, Future
from concurrent.futures import TimeoutError as TimeOutError  # the built-in one since Python 3.11
from typing import Any

import numpy as np

from ..core.structs import PROBE_WORDS
from ..parameters import Flat
from ..problem import Bounds, Problem
from .evaluator import Evaluator
from .lines import Lines
from .local import local_evaluator
from .pace import Pace, TimeIsUp
from .site import ANSWERED, FAILED, Answer, Site, answer, forget, keep, sendable

# A task takes so many seconds at most, unless one evaluation does: Ctrl-C and the end of a round wait for no more.
LONG = 0.2
# And at least so many where there is enough to do: sending it takes a millisecond or so.
SHORT = 0.005
# A task is this part of what is left for a worker: large ones first, small ones at the end of a round.
PART = 3
# Tasks under way for each worker: one that it does, and one that waits for it.
AHEAD = 2
# How often a task is sent before it is done here.
TRIES = 4

MODULE = (
    "make it a function at the top of a module (no lambda, no function inside of a function), "
    "or use threads: concurrent.futures.ThreadPoolExecutor()"
)


class Task:
    """A batch of probes that has been sent to a worker; without a future it is to be done here."""

    def __init__(self, probes: Flat) -> None:
        self.probes = probes
        self.number = 0
        self.tries = 0
        self.future: Any = None

    def cancel(self) -> None:
        """Take the task back, where nobody has begun it."""
        cancel = getattr(self.future, "cancel", None)
        if cancel is not None:
            cancel()


class ExecutorEvaluator(Evaluator):
    """Lets an executor answer the rounds.

    Parameters
    ----------
    objective
        What `check` takes; it must be picklable where the workers are other processes, and, where they are threads of
        this one, safe to call from several threads at once.
    problem
        The point x.
    executor
        Has `submit(function, *arguments)`, which returns a future with `result()`.
    pace, bounds
        As for every evaluator.

    Raises
    ------
    TypeError
        For an executor that is none, or an objective that cannot be sent to its processes.
    """

    def __init__(
        self,
        objective: Any,
        problem: Problem,
        executor: Any,
        pace: Pace | None = None,
        bounds: Bounds | None = None,
    ) -> None:
        super().__init__(problem, pace, bounds)
        if not callable(getattr(executor, "submit", None)):
            raise TypeError(
                "executor must have submit(function, *arguments), as those of concurrent.futures have, "
                f"not be of type {type(executor).__name__}"
            )
        self.executor = executor
        self.objective = objective
        self._here = local_evaluator(objective, problem, Pace(self.pace.deadline))
        _refuse_what_stays(objective, executor)
        self._site = Site(objective, problem)
        self._workers = workers_of(executor)
        self._numbers = itertools.count()
        self._seconds = 0.0
        self._under_way: deque[Task] = deque()
        self._has_answered = False
        self._takes_tasks = True
        keep(self._site)

    def use_lines(self, claimed: Flat) -> Lines:
        """Get ready for probes on long lines, which take the claimed gradient; it has the type of x."""
        forget(self._site.key)
        self._site = Site(self.objective, self.problem, claimed)
        keep(self._site)
        lines = super().use_lines(claimed)
        self._here.lines = lines
        return lines

    def close(self) -> None:
        """Take back what nobody needs any more, and forget the check."""
        self._take_back()
        forget(self._site.key)
        self._here.close()
        super().close()

    def at_x(self) -> float:
        """Return the objective at x; what it raises goes through."""
        # The first task brings the site along: its worker may keep nothing yet.
        return float(next(self._answers(np.zeros((1, PROBE_WORDS), np.int64), self._site))[0])

    def elsewhere(self, probes: Flat) -> Iterator[Flat]:
        """Yield the values of the objective at the points of the probes, some at a time; NaN where it raises."""
        for values in self._answers(probes):
            yield values
            self.pace.done(len(values))

    def _answers(self, probes: Flat, site: Site | None = None) -> Iterator[Flat]:
        """Yield the values of probes in their order, whatever the order in which they are answered."""
        start = 0
        self._take_back()
        while start < len(probes) or self._under_way:
            while start < len(probes) and len(self._under_way) < AHEAD * PART * self._workers:
                self.pace.look_at_the_clock()
                task = Task(probes[start : start + self._size(len(probes) - start)])
                self._under_way.append(task)
                self._send(task, site)
                start += len(task.probes)
            values = self._values(self._under_way[0])
            self._under_way.popleft()
            yield values

    def _take_back(self) -> None:
        """Cancel what is left of a round that was broken off."""
        while self._under_way:
            self._under_way.pop().cancel()

    def _size(self, left: int) -> int:
        """Return how many probes the next task takes of those that are left."""
        part = -(-left // (PART * self._workers))
        if self._seconds:
            part = max(min(part, int(LONG / self._seconds)), int(SHORT / self._seconds))
        return max(1, min(left, part))

    def _send(self, task: Task, site: Site | None) -> None:
        """Send a task; where the executor takes no more, it is to be done here."""
        # Also for one that is sent again: an executor may know a call again by its arguments.
        task.number = next(self._numbers)
        task.tries += 1
        task.future = None
        if not self._takes_tasks:
            return
        here = self._here.changes_its_argument
        try:
            task.future = self.executor.submit(answer, self._site.key, task.number, task.probes, here, site)
        except Exception as problem:
            if not self._has_answered:
                _raise_at_the_door(problem)
            self._leave(problem)

    def _values(self, task: Task) -> Flat:
        """Return the values of a task, by whoever can give them."""
        while task.future is not None:
            outcome = self._outcome(task.future)
            if isinstance(outcome, Answer) and outcome.number == task.number:
                self._has_answered = True
                if outcome.state == ANSWERED:
                    return self._noted(task, outcome)
                if outcome.state == FAILED:
                    break
            elif isinstance(outcome, KeyboardInterrupt):
                raise outcome
            elif isinstance(outcome, BrokenExecutor):
                self._leave(outcome)
                break
            elif not self._has_answered and is_about_pickling(outcome):
                _raise_at_the_door(outcome)
            if task.tries >= TRIES:
                if not self._has_answered:
                    _raise_at_the_door(outcome)
                self.problem.note("Workers lost some probes again and again: these were evaluated in this process.")
                break
            # Nobody has answered, or a worker that keeps nothing of this check: the task now brings all along.
            self._send(task, self._site)
        return self._values_here(task)

    def _outcome(self, future: Any) -> Any:
        """Return what came of a future: an answer, or the exception with which it got lost."""
        if not isinstance(future, Future):  # of other kinds only `result()` is known
            try:
                return future.result()
            except Exception as lost:
                return lost
        deadline = self.pace.deadline
        try:
            problem = future.exception(None if deadline is None else max(0.0, deadline - time.monotonic()))
        except CancelledError as lost:
            return lost
        except TimeOutError:
            raise TimeIsUp from None
        return future.result() if problem is None else problem

    def _noted(self, task: Task, answered: Answer) -> Flat:
        values = answered.values
        if values is None or len(values) != len(task.probes):
            raise RuntimeError("a worker of the executor runs another version of gradproof")
        for note in answered.notes:
            self.problem.note(note)
        self._here.changes_its_argument |= answered.changes_its_argument
        if self.lines is not None and answered.changes is not None:
            self.lines.keep(task.probes, answered.changes)
        self._seconds = answered.seconds / len(values)
        return values

    def _values_here(self, task: Task) -> Flat:
        """Evaluate in this process, as without an executor; what that raises goes through."""
        return self._here.evaluate(np.ascontiguousarray(task.probes))

    def _leave(self, problem: BaseException) -> None:
        """Go on without the executor."""
        self._takes_tasks = False
        hint = "" if self._has_answered else " before it gave an answer: can its processes import the objective?"
        self.problem.note(
            f"The executor broke down ({type(problem).__name__}){hint or ';'} the rest was evaluated in this process."
        )


def workers_of(executor: Any) -> int:
    """Return how many tasks an executor runs at once, as far as it says that; else one for each processor."""
    for name in ("_max_workers", "num_workers"):  # those of Python and their like; those of mpi4py
        number = getattr(executor, name, None)
        if isinstance(number, int) and number > 0:
            return number
    ncores = getattr(getattr(executor, "_client", executor), "ncores", None)  # Dask
    if callable(ncores):
        threads = ncores()
        if isinstance(threads, dict) and threads:
            return max(1, sum(threads.values()))
    return os.cpu_count() or 1


def is_about_pickling(problem: Any) -> bool:
    """Whether an exception says that something could not be sent to a process."""
    text = f"{type(problem).__name__} {problem}".lower()
    return isinstance(problem, Exception) and any(word in text for word in ("pickl", "serializ"))


def _refuse_what_stays(objective: Any, executor: Any) -> None:
    """Raise a TypeError for processes and an objective that cannot be sent to them, before anything is called."""
    processes = sys.modules.get("concurrent.futures.process")
    if processes is None or not isinstance(executor, processes.ProcessPoolExecutor):
        return
    try:
        pickle.dumps(sendable(objective))
    except Exception as problem:
        _raise_at_the_door(problem, is_about_objective=True)


def _raise_at_the_door(problem: Any, is_about_objective: bool = False) -> None:
    if is_about_objective or is_about_pickling(problem):
        raise TypeError(f"the objective cannot be sent to the executor's processes ({problem}): {MODULE}") from problem
    cause = problem if isinstance(problem, BaseException) else None
    raise RuntimeError(
        f"the executor ran none of its tasks ({type(problem).__name__}: {problem}): hand over one that is open, and "
        "whose workers can import gradproof and the objective"
    ) from cause
