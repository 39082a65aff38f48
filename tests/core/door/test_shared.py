"""Rounds that threads share: the same bits for any number of them, ended by whoever may end a check, in order."""

import itertools
import threading
import time
from typing import Any

import numpy as np
import pytest
from rounds import options_of
from witnesses import bits, new_report, records, twin_of

from gradproof.core.door import shared
from gradproof.core.records.border import Finding
from gradproof.core.records.codes import (
    DONE,
    MODE_FULL,
    MODE_LINES,
    STOPPED_BY_CALLER,
    STOPPED_BY_TIME_LIMIT,
    VERDICT_RIGHT,
    VERDICT_WRONG,
)

X = np.array([0.5, -1.5, 2.25, 0.75, -0.25, 1.25, 3.0, -2.0])
WRONG = 5
REFUSED = 42
in_every_mode = pytest.mark.parametrize("mode", [MODE_FULL, MODE_LINES])
in_both_types = pytest.mark.parametrize("dtype", [np.float64, np.float32])


@pytest.fixture(autouse=True)
def _any_work_is_worth_a_thread(monkeypatch):
    """In plain Python, that is; the library's objectives here take long enough."""
    monkeypatch.setattr(shared, "LEAST_WORK", 1e-12)


class Watched:
    """A sum of cubes that knows which threads called it, and refuses a coordinate that has moved."""

    def __init__(self, refuses: int = -1, seconds: float = 0.0) -> None:
        self.refuses, self.seconds = refuses, seconds
        self.threads: list[int] = []

    def __call__(self, x: Any, n: int, value: Any, user: Any) -> int:
        self.threads.append(threading.get_ident())
        time.sleep(self.seconds)
        point = np.array([float(x[k]) for k in range(n)])
        if self.refuses >= 0 and point[self.refuses] != X[self.refuses]:
            return REFUSED
        value[0] = float(np.sum(point**3))
        return 0


def claims(dtype: Any) -> tuple[Any, Any]:
    """The gradient, and its twin with one error."""
    right = (3 * X**2).astype(dtype)
    wrong = right.copy()
    wrong[WRONG] *= 1.01
    return right, wrong


def checked(witness: Any, objective: Any, claimed: Any, **chosen: Any) -> tuple[int, Any, Any]:
    """The code, the report and the findings of a check in one call."""
    x = X.astype(claimed.dtype)
    options = options_of(witness, **chosen)
    report, findings = new_report(), records(Finding, X.size)
    code = witness(
        f"gradproof_check{twin_of(x)}", objective, None, x, claimed, X.size, options, report, findings, X.size
    )
    return code, report, findings


def as_bits(found: tuple[int, Any, Any]) -> tuple[int, bytes, bytes]:
    code, report, findings = found
    return code, bits(report), bits(findings)


@in_every_mode
@in_both_types
def test_any_number_of_threads_gives_the_same_bits(witness, mode, dtype):
    right, wrong = claims(dtype)
    alone = [checked(witness, Watched(), claimed, mode=mode) for claimed in (right, wrong)]
    assert [(code, report.verdict) for code, report, _ in alone] == [(DONE, VERDICT_RIGHT), (DONE, VERDICT_WRONG)]
    assert alone[1][2]["start"][0] == WRONG
    for threads in (1, 2, 3, 8):
        for claimed, expected in zip((right, wrong), alone, strict=True):
            assert as_bits(checked(witness, Watched(), claimed, mode=mode, threads=threads)) == as_bits(expected)


@in_every_mode
def test_other_threads_take_part_and_have_ended(library, mode):
    own = threading.get_ident()
    for threads, others in ((1, False), (3, True)):
        watched = Watched(seconds=1e-3)
        assert checked(library, watched, claims(float)[0], mode=mode, threads=threads)[0] == DONE
        assert (set(watched.threads) != {own}) is others
        assert len(set(watched.threads)) >= 1 + others
        calls = len(watched.threads)
        time.sleep(5e-3)
        assert len(watched.threads) == calls


@pytest.mark.parametrize("refuses", [0, 3, 7])
@pytest.mark.parametrize("bounded", [False, True])
def test_a_refusal_ends_the_check_as_it_does_in_one_thread(witness, refuses, bounded):
    """Its code is handed back, and what was found until then: with the points outside of the bounds counted."""
    upper = X + (1e-9 if bounded else 100.0)
    alone = checked(witness, Watched(refuses), claims(float)[0], upper=upper)
    code, report, _ = alone
    assert (code, report.stopped_by) == (REFUSED, STOPPED_BY_CALLER)
    assert (report.outside > 0) is bounded
    for threads in (2, 3, 8):
        watched = Watched(refuses)
        found = checked(witness, watched, claims(float)[0], upper=upper, threads=threads)
        assert as_bits(found) == as_bits(alone)
        # Each thread may have been in one more call, and begun another before it knew.
        assert len(watched.threads) <= report.evaluations + 2 * threads


def test_progress_is_told_in_the_callers_thread(witness):
    told: list[tuple[int, int]] = []

    def progress(done: int, expected: int, user: Any) -> int:
        told.append((done, threading.get_ident()))
        return 9 if done >= stop_at else 0

    stop_at = 1000
    code, report, _ = checked(witness, Watched(seconds=1e-4), claims(float)[0], threads=3, progress=progress)
    assert (code, {thread for _, thread in told}) == (DONE, {threading.get_ident()})
    counts = [done for done, _ in told]
    assert counts == sorted(set(counts))
    assert counts[-1] == report.evaluations
    stop_at = 6
    code, report, _ = checked(witness, Watched(seconds=1e-4), claims(float)[0], threads=3, progress=progress)
    assert (code, report.stopped_by) == (9, STOPPED_BY_CALLER)
    assert 6 <= report.evaluations < counts[-1]


def test_all_threads_see_the_time_limit(witness):
    right = claims(float)[0]
    watched = Watched(seconds=2e-3)
    code, report, _ = checked(witness, watched, right, threads=2, time_limit=8e-3)
    assert (code, report.stopped_by) == (DONE, STOPPED_BY_TIME_LIMIT)
    assert report.evaluations == len(watched.threads) < 2 * X.size
    code, report, _ = checked(witness, Watched(), right, threads=2, time_limit=60.0)
    assert (code, report.stopped_by, report.verdict) == (DONE, 0, VERDICT_RIGHT)


@in_every_mode
def test_fewer_threads_where_there_are_no_more(plain, monkeypatch, mode):
    wrong = claims(float)[1]
    alone = checked(plain, Watched(), wrong, mode=mode)
    there_are, asked = itertools.cycle([True, False]), []
    start = shared.start_thread

    def started_or_not(function, room):
        asked.append(next(there_are))
        return asked[-1] and start(function, room)

    monkeypatch.setattr(shared, "start_thread", started_or_not)
    assert as_bits(checked(plain, Watched(), wrong, mode=mode, threads=8)) == as_bits(alone)
    assert {True, False} <= set(asked)
    monkeypatch.setattr(shared, "start_thread", lambda function, room: False)
    assert as_bits(checked(plain, Watched(), wrong, mode=mode, threads=8)) == as_bits(alone)


def test_short_rounds_are_not_shared(plain, monkeypatch):
    started = []
    start = shared.start_thread
    monkeypatch.setattr(shared, "start_thread", lambda function, room: started.append(1) or start(function, room))
    monkeypatch.setattr(shared, "LEAST_WORK", 60.0)
    assert checked(plain, Watched(), claims(float)[0], threads=8)[0] == DONE
    assert not started
    monkeypatch.setattr(shared, "LEAST_WORK", 1e-12)
    assert checked(plain, Watched(), claims(float)[0], threads=8)[0] == DONE
    assert started
