"""Evaluates rounds by an executor: processes, threads, machines, or anything with `submit(function, *arguments)`.

A task contains only probes, a few words each; the worker keeps x and makes the points itself.  Lost tasks are sent
again, and what no worker can do is done in this process: the values are the same wherever they are computed.
"""

from __future__ import annotations

import itertools
import time
from collections import deque
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor, Future
from typing import Any

import numpy as np

from ...problem.bounds import Bounds
from ...problem.numbers import Flat
from ...problem.point import Problem
from ...problem.probes import probes_at_x
from ..evaluator import Evaluator
from ..lines import Lines
from ..local import local_evaluator
from ..pace import Pace, TimeIsUp
from .futures import Arrivals, is_about_pickling, outcome_of, raise_unusable_executor, refuse_unpicklable, workers_of
from .task import Task
from .worker import ANSWERED, UNKNOWN, Answer, SharedProblem, answer, forget, keep

# The longest task in seconds, unless one evaluation takes longer: Ctrl-C and the end of a round wait for tasks.
LONG = 0.2
# The shortest, if there is enough to do: sending a task takes about a millisecond.
SHORT = 0.005
# A task is one third of what is left per worker: large tasks first, small ones at the end of a round.
PART = 3
# Tasks in flight per worker: one that it runs, and one that waits.
AHEAD = 2
# How often a task is sent before it is evaluated in this process.
TRIES = 4
# A task that takes this many times as long as others of its size, and this many seconds, is sent elsewhere, too: a busy
# machine delays nothing that much, and a second answer does no harm.
OVERDUE = 20
OVERDUE_SECONDS = 30.0
# The same for the first answer, of which nothing is known: the worker may have to load and compile much.
FIRST_SECONDS = 120.0
# Seconds without an answer at the time limit that are worth a word: less is a task as any other.
SILENT_SECONDS = 1.0
HANGS = (
    "The time limit ended the check while a worker did not answer: if the objective never returns there, "
    "the executor cannot be shut down before that worker is ended."
)


class ExecutorEvaluator(Evaluator):
    """Evaluates rounds by an executor.

    Parameters
    ----------
    objective
        An objective of any kind; it must be picklable if the workers are other processes, and safe to call from several
        threads at once if they are threads of this one.
    problem
        The point x.
    executor
        An object with `submit(function, *arguments)`, which returns a future with `result()`.
    pace, bounds
        As for any evaluator.

    Raises
    ------
    TypeError
        If `executor` has no `submit`, or the objective cannot be sent to its processes.
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
                "executor must have submit(function, *arguments), like those of concurrent.futures, "
                f"but an object of type {type(executor).__name__} has none"
            )
        self.executor = executor
        self.objective = objective
        self._here = local_evaluator(objective, problem, Pace(self.pace.deadline))
        refuse_unpicklable(objective, executor)
        self._shared = SharedProblem(objective, problem)
        self._workers = workers_of(executor)
        self._numbers = itertools.count()
        self._seconds = 0.0
        self._tasks: deque[Task] = deque()
        self._seen: set[tuple[str, int, int]] = set()
        self._takes_tasks = True
        self._arrivals = Arrivals()
        keep(self._shared)

    def use_lines(self, claimed: Flat) -> Lines:
        """Prepare for probes on long lines, which need the claimed gradient, in the type of x."""
        forget(self._shared.key)
        self._shared = SharedProblem(self.objective, self.problem, claimed)
        keep(self._shared)
        lines = super().use_lines(claimed)
        self._here.lines = lines
        return lines

    def close(self) -> None:
        """Cancel tasks that nobody needs any more, and forget the check."""
        self._take_back()
        forget(self._shared.key)
        self._here.close()
        super().close()

    def at_x(self) -> float:
        """Return the objective at x; its exceptions propagate."""
        # The first task carries the problem, which its worker cannot know yet.
        return float(next(self._answers(probes_at_x(), self._shared))[0])

    def elsewhere(self, probes: Flat) -> Iterator[Flat]:
        """Yield the values of the objective at the points of the probes, in chunks; NaN where it raises."""
        for values in self._answers(probes):
            yield values
            self.pace.done(len(values))

    def _answers(self, probes: Flat, shared: SharedProblem | None = None) -> Iterator[Flat]:
        """Yield the values of probes in order, whatever the order in which they arrive."""
        start = 0
        self._take_back()
        while start < len(probes) or self._tasks:
            while start < len(probes) and len(self._under_way()) < self._most():
                self.pace.look_at_the_clock()
                task = Task(probes[start : start + self._size(len(probes) - start)])
                self._tasks.append(task)
                self._send(task, shared)
                start += len(task.probes)
            first = self._tasks[0]
            if first.future is not None:
                self._wait()
                continue
            values = self._values_here(first) if first.values is None else first.values
            self._tasks.popleft()
            self.problem.raised.add(first.raised)
            yield values

    def _under_way(self) -> list[Task]:
        return [task for task in self._tasks if task.future is not None]

    def _most(self) -> int:
        """Return how many tasks may be in flight: one per worker until each has received the large problem."""
        return self._workers * (AHEAD if len(self._seen) >= self._workers else 1)

    def _take_back(self) -> None:
        """Cancel what is left of an interrupted round."""
        while self._tasks:
            self._tasks.pop().cancel()

    def _size(self, left: int) -> int:
        """Return how many of the remaining probes the next task takes."""
        part = -(-left // (PART * self._workers))
        if self._seconds:
            part = max(min(part, int(LONG / self._seconds)), int(SHORT / self._seconds))
        return max(1, min(left, part))

    def _send(self, task: Task, shared: SharedProblem | None) -> None:
        """Send a task, unless the executor no longer accepts any: then it is evaluated here."""
        # A new number even for a task that is sent again: an executor may cache calls by their arguments.
        task.numbers.append(next(self._numbers))
        task.tries += 1
        task.future, task.sent = None, time.monotonic()
        if not self._takes_tasks:
            return
        changes = self._here.changes_its_argument
        try:
            future = self.executor.submit(answer, self._shared.key, task.numbers[-1], task.probes, changes, shared)
            task.future = self._arrivals.of(future)
        except Exception as problem:
            if not self._seen:
                raise_unusable_executor(problem)
            self._leave(problem)

    def _wait(self) -> None:
        """Wait until a task has an outcome, and process it; raise an exception when the time is up."""
        tasks = self._under_way()
        if not all(isinstance(task.future, Future) for task in tasks):  # other kinds need only have `result()`
            self._handle(tasks[0], outcome_of(tasks[0].future))
            return
        waited_for = {future: task for task in tasks for future in (task.future, *task.overdue)}
        done = self._arrivals.wait(waited_for, self._patience(tasks))
        if not done:
            self._end_in_time(tasks)
            self._send_elsewhere(tasks)
        for future, task in waited_for.items():
            if future in done and task.future is not None:
                self._handle_future(task, future)

    def _patience(self, tasks: list[Task]) -> float | None:
        """Return for how many seconds to wait: until the time limit, or until a task is overdue; None: for ever."""
        ends = [] if self.pace.deadline is None else [self.pace.deadline]
        ends += [task.sent + self._longest(task) for task in tasks if self._may_go_elsewhere(task)]
        return max(0.0, min(ends) - time.monotonic()) if ends else None

    def _longest(self, task: Task, least: float | None = None) -> float:
        """Return after how many seconds a task is overdue; it may have to wait for the one before it."""
        if least is None:
            least = OVERDUE_SECONDS if self._seconds else FIRST_SECONDS
        return max(least, OVERDUE * AHEAD * self._seconds * len(task.probes))

    def _may_go_elsewhere(self, task: Task) -> bool:
        """Whether to go on without an answer; what never returns in this process, either, would outlast the limit."""
        if not self._seconds:  # all workers may be as slow, and this process, too
            return task.tries < min(TRIES, self._workers)
        return task.tries < TRIES or self.pace.deadline is None

    def _end_in_time(self, tasks: list[Task]) -> None:
        """End the check when the time is up, and say if it was spent on waiting."""
        try:
            self.pace.look_at_the_clock()
        except TimeIsUp:
            silent = time.monotonic() - tasks[0].sent
            if tasks[0].overdue or silent > self._longest(tasks[0], SILENT_SECONDS):
                self.problem.note(HANGS)
            raise

    def _send_elsewhere(self, tasks: list[Task]) -> None:
        """Send what is overdue once more; what has been sent often enough is evaluated in this process."""
        for task in tasks:
            if time.monotonic() < task.sent + self._longest(task) or not self._may_go_elsewhere(task):
                continue
            self.problem.note("A worker did not answer for a long time; its probes were evaluated elsewhere.")
            task.overdue.append(task.future)
            if task.tries < TRIES:
                self._send(task, self._shared)
            else:
                task.future = None

    def _handle_future(self, task: Task, future: Any) -> None:
        """Process the outcome of one future of a task: what is overdue counts only if it brings the values."""
        outcome = outcome_of(future)
        if future in task.overdue:
            task.overdue.remove(future)
            if not (isinstance(outcome, Answer) and outcome.state == ANSWERED):
                return
        self._handle(task, outcome)

    def _handle(self, task: Task, outcome: Any) -> None:
        """Accept the values of a task, or send it again, or leave it to this process."""
        if isinstance(outcome, KeyboardInterrupt):
            raise outcome
        if isinstance(outcome, BrokenExecutor):
            self._leave(outcome)
            task.future = None
            return
        if isinstance(outcome, Answer) and outcome.number in task.numbers:
            self._seen.add(outcome.worker)
            if outcome.state != UNKNOWN:
                task.values = self._noted(task, outcome) if outcome.state == ANSWERED else None
                task.future = None
                return
        if not self._seen and (task.tries >= TRIES or is_about_pickling(outcome)):
            raise_unusable_executor(outcome)
        if task.tries < TRIES:
            # The task was lost, or its worker does not know this check: send the task again with the problem.
            self._send(task, self._shared)
            return
        self.problem.note("Workers repeatedly lost some probes; these were evaluated in this process.")
        task.future = None

    def _noted(self, task: Task, answered: Answer) -> Flat:
        values = answered.values
        if not isinstance(values, np.ndarray) or values.shape != task.probes.shape or values.dtype != np.float64:
            raise RuntimeError(
                "a worker of the executor runs a different version of gradproof: install the same one everywhere"
            )
        for note in answered.notes:
            self.problem.note(note)
        self._here.changes_its_argument |= answered.changes_its_argument
        if self.lines is not None and answered.changes is not None:
            self.lines.keep(task.probes, answered.changes)
        self._seconds = answered.seconds / len(values)
        task.raised = answered.raised
        return values

    def _values_here(self, task: Task) -> Flat:
        """Evaluate a task in this process, as without an executor; exceptions propagate."""
        return self._here.evaluate(np.ascontiguousarray(task.probes))

    def _leave(self, problem: BaseException) -> None:
        """Continue without the executor."""
        if not self._takes_tasks:
            return
        self._takes_tasks = False
        hint = "" if self._seen else " before it answered: can its processes import the objective?"
        self.problem.note(
            f"The executor broke down ({type(problem).__name__}){hint or ';'} the rest was evaluated in this process."
        )
