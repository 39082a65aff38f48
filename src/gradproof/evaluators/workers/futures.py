"""Executors and futures of all kinds: what can be told of them, and what is said where they cannot be used."""

from __future__ import annotations

import os
import pickle
import sys
from concurrent.futures import CancelledError, Future
from typing import Any

from .site import sendable

MODULE = (
    "make it a function at the top of a module (no lambda, no function inside of a function), "
    "or use threads: concurrent.futures.ThreadPoolExecutor()"
)


def outcome_of(future: Any) -> Any:
    """Return what comes of a future: an answer, or the exception with which it got lost."""
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


def refuse_what_stays(objective: Any, executor: Any) -> None:
    """Raise a TypeError for processes and an objective that cannot be sent to them, before anything is called."""
    processes = sys.modules.get("concurrent.futures.process")
    if processes is None or not isinstance(executor, processes.ProcessPoolExecutor):
        return
    try:
        pickle.dumps(sendable(objective))
    except Exception as problem:
        raise_at_the_door(problem, is_about_objective=True)


def raise_at_the_door(problem: Any, is_about_objective: bool = False) -> None:
    """Raise what says why an executor cannot be used at all, and what to do."""
    if is_about_objective or is_about_pickling(problem):
        raise TypeError(f"the objective cannot be sent to the executor's processes ({problem}): {MODULE}") from problem
    cause = problem if isinstance(problem, BaseException) else None
    raise RuntimeError(
        f"the executor ran none of its tasks ({type(problem).__name__}: {problem}): hand over one that is open, and "
        "whose workers can import gradproof and the objective"
    ) from cause
