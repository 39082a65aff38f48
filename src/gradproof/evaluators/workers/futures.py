"""Executors and futures of all kinds: their properties, and the errors for those that cannot be used."""

from __future__ import annotations

import os
import pickle
import sys
import threading
from collections.abc import Iterable
from concurrent.futures import CancelledError, Future
from typing import Any

from .worker import sendable

MODULE = (
    "make it a function at the top of a module (not a lambda or a nested function), "
    "or use threads: concurrent.futures.ThreadPoolExecutor()"
)


class Arrivals:
    """Waits for the first of several futures; `concurrent.futures.wait` does not see those that are cancelled.

    A pool that is shut down with `cancel_futures=True` cancels what it has not begun.
    """

    def __init__(self) -> None:
        self._any = threading.Event()

    def of(self, future: Any) -> Any:
        """Return a future, after making sure that its end will be noticed; of other kinds it is not."""
        if not callable(getattr(future, "result", None)):
            raise TypeError(f"submit returned an object of type {type(future).__name__}, which has no result()")
        if isinstance(future, Future):
            future.add_done_callback(lambda _: self._any.set())
        return future

    def wait(self, futures: Iterable[Any], seconds: float | None) -> set[Any]:
        """Return which futures have ended, as soon as there is one, or when the time is up."""
        self._any.clear()
        if not any(future.done() for future in futures):
            self._any.wait(None if seconds is None else min(seconds, threading.TIMEOUT_MAX))
        return {future for future in futures if future.done()}


def outcome_of(future: Any) -> Any:
    """Return the outcome of a future: its result, or the exception that it ended with."""
    if not isinstance(future, Future):
        try:
            return future.result()
        except Exception as lost:
            return lost
    try:
        problem = future.exception()
    except CancelledError as lost:
        return lost
    return future.result() if problem is None else problem


def workers_of(executor: Any) -> int:
    """Return how many tasks an executor runs at once; if it does not tell, the number of processors."""
    for name in ("_max_workers", "num_workers"):  # Python's and similar ones; mpi4py's
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
    """Whether an exception says that something could not be pickled."""
    text = f"{type(problem).__name__} {problem}".lower()
    return isinstance(problem, Exception) and any(word in text for word in ("pickl", "serializ"))


def refuse_unpicklable(objective: Any, executor: Any) -> None:
    """Raise a TypeError, before anything is called, if the objective cannot be sent to the executor's processes."""
    if isinstance(executor, type):
        raise TypeError(f"executor is the class {executor.__name__}: pass one of its objects, {executor.__name__}()")
    processes = sys.modules.get("concurrent.futures.process")
    if processes is None or not isinstance(executor, processes.ProcessPoolExecutor):
        return
    try:
        pickle.dumps(sendable(objective))
    except Exception as problem:
        raise_unusable_executor(problem, is_about_objective=True)


def raise_unusable_executor(problem: Any, is_about_objective: bool = False) -> None:
    """Raise an error that says why an executor cannot be used at all, and what to do."""
    if is_about_objective or is_about_pickling(problem):
        raise TypeError(f"the objective cannot be sent to the executor's processes ({problem}): {MODULE}") from problem
    if not isinstance(problem, BaseException):
        raise TypeError(
            f"the executor answered with an object of type {type(problem).__name__}, not with what its task returned: "
            "submit(function, *arguments) must call the function, and result() must return its result as it is"
        )
    kind = type(problem).__name__
    said = f"{kind}: {problem}" if str(problem) else kind
    raise RuntimeError(
        f"the executor ran none of its tasks ({said}): pass one that is open and whose "
        "workers can import gradproof and the objective"
    ) from problem
