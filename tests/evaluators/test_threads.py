"""Threads for objectives in machine code: the same report for any number of them."""

import functools
import importlib
import threading
import time
import tracemalloc
import types

import numpy as np
import pytest
from properties import refuted
from workers import faulty, fields, right

import gradproof
from gradproof.core.records.codes import OUTSIDE
from gradproof.evaluators import choice
from gradproof.evaluators.compiled import jitted
from gradproof.evaluators.compiled import threads as threads_module
from gradproof.evaluators.compiled.threads import Threads, processors, ranges
from gradproof.library import ffi
from gradproof.problem import watching
from gradproof.problem.point import read_problem
from gradproof.problem.structure import LARGE

# By its name: in the package stands the function that is called like it.
native_module = importlib.import_module("gradproof.evaluators.compiled.native")
X = np.linspace(1, 2, 300)


class Watched:
    """An objective in C, as far as the library sees; it says how many threads were in it at once."""

    def __init__(self, code_at=None, code=7):
        self.lock, self.inside, self.most, self.threads = threading.Lock(), 0, 0, set()
        self.code_at, self.code = code_at, code

    def __call__(self, x, n, value, _user):
        point = np.frombuffer(ffi.buffer(x, 8 * n))
        with self.lock:
            self.inside += 1
            self.most = max(self.most, self.inside)
            self.threads.add(threading.get_ident())
        time.sleep(1e-3)
        value[0] = np.sum(point**3) + np.sum(np.abs(point - 1.5))
        with self.lock:
            self.inside -= 1
        return self.code if self.code_at is not None and point[self.code_at] > X[self.code_at] else 0

    def native(self, **settings):
        return gradproof.native(ffi.callback("gradproof_objective", self), **settings)


@pytest.mark.parametrize("mode", ["full", "lines"])
@pytest.mark.parametrize("gradient", [right, faulty])
def test_any_number_of_threads(mode, gradient):
    reports, threads = [], []
    for settings in ({}, {"threads": 1}, {"threads": 2}, {"threads": 5}):
        watched = Watched()
        reports.append(fields(gradproof.check(watched.native(**settings), gradient, X, mode=mode)))
        threads.append((watched.most, len(watched.threads)))
    assert reports == reports[:1] * 4
    assert ('"verdict": "right"' in reports[0][0]) == (gradient is right)
    # A function that may not be called twice at once is not, unless it was said that it may.
    assert threads[:2] == [(1, 1), (1, 1)]
    assert threads[2][0] == 2
    assert 2 <= threads[3][0] <= 5


def test_codes():
    reports = [
        fields(gradproof.check(Watched(code_at=7, code=OUTSIDE).native(threads=threads), faulty, X, mode="full"))
        for threads in (1, 3)
    ]
    assert reports[0] == reports[1]
    assert reports[0] != fields(gradproof.check(Watched().native(), faulty, X, mode="full"))
    # Any other code ends the check, in whichever thread it came.
    for threads in (1, 3):
        for x in (X, X + 0.01):
            with pytest.raises(RuntimeError, match="returned the code 7, which ended the check"):
                gradproof.check(Watched(code_at=7).native(threads=threads), faulty, x, mode="full")


@pytest.mark.parametrize(
    ("threads", "error", "sentence"),
    [
        (0, ValueError, "threads must be at least 1, not 0"),
        (True, TypeError, "threads must be an integer, or None"),
        ("2", TypeError, "threads must be an integer, or None"),
    ],
)
def test_threads_of_no_use(threads, error, sentence):
    with pytest.raises(error, match=sentence):
        Watched().native(threads=threads)


def test_one_on_each_processor():
    assert Watched().native(threads=None).threads is None
    evaluator = choice.evaluator_for(Watched().native(threads=None), read_problem(X))
    assert evaluator.pace.least == processors() >= 1


def loop(x):
    total = 0.0
    for index in range(x.size):
        total += x[index] * x[index] * x[index] + abs(x[index] - 1.5)
    return total


@pytest.fixture(scope="module")
def compiled():
    return pytest.importorskip("numba").njit(loop)


def test_compiled(compiled, monkeypatch):
    x = np.linspace(1, 2, 3000)

    def found(objective):
        return [fields(gradproof.check(objective, gradient, x, mode="full")) for gradient in (right, faulty)]

    expected = found(functools.partial(compiled))
    assert expected[0] != expected[1]
    for number in (1, 2, 3):
        monkeypatch.setattr(native_module, "processors", lambda number=number: number)
        assert found(compiled) == expected


def test_parallel_loops_have_threads_of_their_own():
    numba = pytest.importorskip("numba")
    compile_as_native = jitted.as_native_function
    assert compile_as_native(numba.njit(loop), read_problem(X)).threads is None

    @numba.njit(parallel=True)
    def inner(x):
        total = 0.0
        for index in numba.prange(x.size):
            total += x[index]
        return total

    assert compile_as_native(numba.njit(lambda x: 2 * inner(x)), read_problem(X)).threads == 1


@pytest.mark.parametrize("gradient", [right, faulty])
def test_one_point_moves_along_lines_of_long_vectors(compiled, monkeypatch, gradient):
    monkeypatch.setattr(native_module, "LARGE", 100)
    x = np.linspace(1, 2, 177)
    report = gradproof.check(compiled, gradient, x, mode="lines", seed=3)
    alone = gradproof.check(functools.partial(compiled), gradient, x, mode="lines", seed=3)
    assert report.to_json() == alone.to_json()
    assert str(report) == str(alone)


def test_memory_of_long_vectors(monkeypatch):
    """No more than 1.1 vectors beside x and the gradient."""
    monkeypatch.setattr(watching, "COPIED_BYTES", 0)
    x = np.linspace(1, 2, LARGE)
    gradient = 2 * x

    @ffi.callback("gradproof_objective")
    def objective(x, n, value, _user):
        point = np.frombuffer(ffi.buffer(x, 8 * n))
        value[0] = point @ point
        return 0

    tracemalloc.start()
    try:
        report = gradproof.check(gradproof.native(objective, threads=4), gradient, x, mode="lines")
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert report.verdict == "right"
    assert x.nbytes < most < 1.1 * x.nbytes + (1 << 20)


def rows_of(threads, count, work=None):
    rows, lock = [], threading.Lock()

    def noted(thread, part):
        with lock:
            rows.extend((thread, row) for row in range(part.start, part.stop))
        time.sleep(2e-4 * (part.stop - part.start))
        return work(part) if work else 0

    return threads.run(noted, count), rows


def test_every_row_is_done_once():
    threads = Threads(3)
    for count in (1, 1, 2, 3, 7, 100):
        code, rows = rows_of(threads, count)
        assert code == 0
        assert sorted(row for _, row in rows) == list(range(count))
    assert len({thread for thread, _ in rows}) == 3
    assert rows_of(threads, 50, lambda part: 9 * (part.start <= 33 < part.stop))[0] == 9
    threads.close()
    assert rows_of(threads, 5)[0] == 0
    threads.close()


def test_what_is_quick_is_done_in_one_thread():
    threads, seen = Threads(3), set()
    for _ in range(5):
        threads.run(lambda thread, rows: seen.add((thread, rows.stop)) or 0, 4)
    assert seen == {(0, 4)}


def test_of_short_chunks_the_time_beside_evaluations_does_not_count(monkeypatch):
    """Six evaluations of 1 µs, and 20 µs beside them, do not make thousands worth a thread; six of 0.1 ms do."""
    moments = iter((0.0, 26e-6, 1.0, 1.0, 2.0, 2.00062, 3.0, 3.0))
    monkeypatch.setattr(threads_module, "time", types.SimpleNamespace(perf_counter=lambda: next(moments)))
    threads, seen = Threads(2), []
    for count in (6, 1994, 6, 1994):
        threads.run(lambda thread, rows: seen.append(rows.stop - rows.start) or 0, count)
    threads.close()
    assert seen[:3] == [6, 1994, 6]
    assert sum(seen[3:]) == 1994
    assert max(seen[3:]) <= 1994 // 4


@pytest.mark.parametrize(("count", "threads"), [(1, 2), (5, 3), (256, 2), (1024, 2), (1024, 16)])
def test_ranges_are_all_rows_the_longest_first(count, threads):
    parts = list(ranges(count, threads, 48e-6))
    assert [row for part in parts for row in range(part.start, part.stop)] == list(range(count))
    sizes = [part.stop - part.start for part in parts]
    assert sizes == sorted(sizes, reverse=True)


def waits_little_for_a_slower_thread(sizes):
    """Two threads take one range after the other, the second late and at nine tenths of the speed of the first."""
    times, pace = [0.0, 4.0], (1.0, 1.1)
    for size in sizes:
        first = int(times[1] < times[0])
        times[first] += size * pace[first]
    together = (sum(sizes) + 4.0 / 1.1) / (1 + 1 / 1.1)
    assert max(times) < 1.02 * together


def test_a_thread_that_is_slower_leaves_the_rest_to_the_other():
    waits_little_for_a_slower_thread([part.stop - part.start for part in ranges(1024, 2, 48e-6)])
    refuted(waits_little_for_a_slower_thread, [128] * 8)


def test_nothing_runs_on_after_ctrl_c():
    threads, running = Threads(2), []
    rows_of(threads, 4)

    def work(thread, part):
        if thread == 0:
            time.sleep(0.01)
            raise KeyboardInterrupt
        running.append(1)
        time.sleep(0.05)
        running.pop()
        return 0

    with pytest.raises(KeyboardInterrupt):
        threads.run(work, 100)
    assert not running
    threads.close()
