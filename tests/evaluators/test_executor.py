"""Executors: the same report for any number of workers, in whatever way they answer, fail or die."""

import multiprocessing
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

import cancelling
import numpy as np
import pytest
import workers
from evaluation import cubes_in_c
from workers import X, faulty, fields, objective, right, slow

import gradproof
from gradproof.evaluators.workers import executor as leading
from gradproof.evaluators.workers import worker
from gradproof.evaluators.workers.executor import TRIES
from gradproof.evaluators.workers.futures import workers_of
from gradproof.library import ffi
from gradproof.problem import watching
from gradproof.problem.point import read_problem

MODES = ("full", "lines")
METHODS = sorted({"fork", "spawn"} & set(multiprocessing.get_all_start_methods()))


@pytest.fixture(scope="module", params=METHODS)
def processes(request):
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context(request.param)) as pool:
        yield pool


@pytest.fixture(scope="module")
def pool():
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        yield pool


@pytest.fixture(scope="module")
def serial():
    """The reports without an executor."""
    return {
        (gradient, mode): fields(gradproof.check(objective, gradient, X, mode=mode))
        for gradient in (right, faulty)
        for mode in MODES
    }


def same_as(serial, executor, of=objective):
    for (gradient, mode), report in serial.items():
        assert fields(gradproof.check(of, gradient, X, mode=mode, executor=executor)) == report


def test_the_reports_tell_right_from_wrong(serial):
    for mode in MODES:
        assert gradproof.check(objective, right, X, mode=mode).verdict == "right"
        assert gradproof.check(objective, faulty, X, mode=mode).verdict == "wrong"
        assert serial[right, mode] != serial[faulty, mode]


@pytest.mark.parametrize("number", [1, 2, 5])
def test_threads(serial, number):
    with ThreadPoolExecutor(number) as pool:
        same_as(serial, pool)
        same_as(serial, pool, lambda x: 0.0 + objective(x))


def test_processes(serial, processes):
    same_as(serial, processes)


@pytest.mark.parametrize("make", [workers.Shuffled, workers.Unreliable, workers.Forgetful])
def test_bad_manners_change_nothing(serial, make):
    same_as(serial, make())


def test_the_manners_are_bad():
    gradproof.check(objective, right, X, executor=(shuffled := workers.Shuffled()))
    assert shuffled.order != sorted(shuffled.order)
    gradproof.check(objective, right, X, executor=(orderly := workers.Forgetful()))
    gradproof.check(objective, right, X, executor=(unreliable := workers.Unreliable()))
    assert unreliable.submitted > len(orderly.sizes) - orderly.problems


def test_a_task_is_a_few_words():
    """Points do not travel, and x once for each worker; here no worker keeps it."""
    gradproof.check(objective, faulty, X, executor=(forgetful := workers.Forgetful()))
    assert max(forgetful.sizes) < 60 * 2 * X.size
    assert sum(forgetful.sizes) < 2 * (60 * 2 * X.size + 500 * len(forgetful.sizes))
    assert 0 < forgetful.problems < 120


def test_x_travels_once_for_each_worker(pool, monkeypatch):
    brought = []
    submit = pool.submit

    def counting(function, *arguments):
        brought.append(arguments[-1] is not None)
        return submit(function, *arguments)

    monkeypatch.setattr(pool, "submit", counting)
    gradproof.check(slow, right, X, executor=pool)
    assert len(brought) > 10
    assert sum(brought) <= 4  # two workers; a task that came too early may bring it once more


@pytest.mark.parametrize("mode", ["r", "r+", "c"])
def test_what_lies_on_disk_is_opened_by_the_worker(pool, tmp_path, monkeypatch, mode):
    monkeypatch.setattr(watching, "COPIED_BYTES", 0)
    np.save(tmp_path / "x.npy", np.concatenate([[0.0], X]))
    np.save(tmp_path / "claimed.npy", right(X))
    x, claimed = (np.load(tmp_path / f"{name}.npy", mmap_mode=mode) for name in ("x", "claimed"))
    x = x[1:]  # not from the beginning of the file
    problem = read_problem(x)
    sent = pickle.dumps(worker.SharedProblem(objective, problem, claimed))
    # Twin: of a map of which only a copy is written to, the file does not hold what the array shows.
    assert (len(sent) < 2000) == (mode != "c")
    again = pickle.loads(sent)
    np.testing.assert_array_equal(again.x, X)
    np.testing.assert_array_equal(again.claimed, right(X))
    for gradient in (claimed, faulty(X)):
        report = gradproof.check(objective, gradient, x, mode="lines", executor=pool)
        assert fields(report) == fields(gradproof.check(objective, gradient, X, mode="lines"))


def test_where_the_executor_never_works():
    with pytest.raises(RuntimeError, match=r"ran none of its tasks \(OSError: a cable was pulled\)"):
        gradproof.check(objective, right, X, executor=(executor := workers.Unreliable(always=True)))
    assert executor.submitted == TRIES
    pool = ThreadPoolExecutor(1)
    pool.shutdown()
    with pytest.raises(RuntimeError, match=r"after shutdown.*pass one that is open"):
        gradproof.check(objective, right, X, executor=pool)


@pytest.mark.parametrize(("hanging", "late"), [({2, 5}, ()), ((), {2, 3}), ({2}, {3})])
def test_what_hangs_is_asked_elsewhere(hanging, late, monkeypatch):
    monkeypatch.setattr(leading, "OVERDUE_SECONDS", 0.05)
    monkeypatch.setattr(leading, "OVERDUE", 2)
    x = X[:200]
    for gradient in (right, faulty):
        asked = workers.Hanging(hanging, late)
        report = gradproof.check(objective, gradient, x, executor=asked)
        assert report.warnings == ("A worker did not answer for a long time; its probes were evaluated elsewhere.",)
        assert report.to_dict() | {"warnings": []} == gradproof.check(objective, gradient, x).to_dict()


def test_the_first_call_is_asked_elsewhere_while_there_are_workers(monkeypatch):
    monkeypatch.setattr(leading, "FIRST_SECONDS", 0.02)
    for gradient in (right, faulty):
        asked = workers.Hanging({0, 1})
        asked._max_workers = 3
        report = gradproof.check(objective, gradient, X[:20], executor=asked)
        assert report.warnings == ("A worker did not answer for a long time; its probes were evaluated elsewhere.",)
        assert report.to_dict() | {"warnings": []} == gradproof.check(objective, gradient, X[:20]).to_dict()
    # The twin: where all of them are silent, only the time limit ends it.
    asked = workers.Hanging(range(1 << 20))
    asked._max_workers = 3
    report = gradproof.check(objective, right, X[:20], executor=asked, time_limit=0.4)
    assert (report.verdict, report.stopped_by, asked.submitted) == ("inconclusive", "time_limit", 3)


def test_what_hangs_everywhere_is_evaluated_here(monkeypatch):
    monkeypatch.setattr(leading, "OVERDUE_SECONDS", 0.02)
    asked = workers.Hanging(range(1, 1 << 20))
    assert gradproof.check(objective, right, X[:20], executor=asked).verdict == "right"
    assert gradproof.check(objective, right(X[:20]) * 2, X[:20], executor=workers.Hanging(range(1, 99))).wrong.size


def test_a_time_limit_ends_what_never_returns(monkeypatch):
    monkeypatch.setattr(leading, "OVERDUE_SECONDS", 0.02)
    began = time.monotonic()
    hanging = workers.Hanging(range(1, 1 << 20))
    report = gradproof.check(objective, right, X[:20], executor=hanging, time_limit=0.6)
    assert time.monotonic() - began < 5
    assert (report.verdict, report.stopped_by, report.evaluations) == ("inconclusive", "time_limit", 1)
    assert report.warnings[-1] == leading.HANGS
    assert TRIES <= hanging.submitted < 100
    answering = gradproof.check(objective, faulty, X[:20], executor=workers.Hanging(()), time_limit=60)
    assert (answering.stopped_by, answering.warnings) == ("", ())
    assert answering.wrong.tolist() == gradproof.check(objective, faulty, X[:20]).wrong.tolist()


@pytest.mark.parametrize(
    ("what", "kind", "text"),
    [
        (lambda answered: "text", TypeError, "answered with an object of type str, not with what its task returned"),
        (lambda answered: answered.values, TypeError, "answered with an object of type ndarray"),
        (lambda answered: answered._replace(values=answered.values.tolist()), RuntimeError, "a different version"),
        (lambda answered: answered._replace(values=answered.values.astype(str)), RuntimeError, "a different version"),
        (lambda answered: answered._replace(values=answered.values[:0]), RuntimeError, "a different version"),
    ],
)
def test_answers_of_another_type_are_refused_in_one_sentence(what, kind, text):
    with pytest.raises(kind, match=text):
        gradproof.check(objective, right, X, executor=workers.Talking(what))
    assert gradproof.check(objective, right, X, executor=workers.Talking(lambda answered: answered)).verdict == "right"


def test_a_broken_executor_is_left(serial):
    for at in (1, 2, 5):
        report = gradproof.check(objective, faulty, X, executor=(breaking := workers.Breaking(at)))
        assert breaking.submitted == at + 1
        assert report.warnings == ("The executor broke down (BrokenExecutor); the rest was evaluated in this process.",)
        assert report.to_dict() | {"warnings": []} == gradproof.check(objective, faulty, X).to_dict()


@pytest.mark.parametrize("cancel", [True, False])
def test_a_pool_that_is_shut_down_on_the_way(cancel):
    """What it cancels has ended, but `concurrent.futures.wait` would wait for it."""
    with ThreadPoolExecutor(1) as pool:

        def shut_down(done, _total):
            if done > 200:
                pool.shutdown(wait=False, cancel_futures=cancel)

        report = gradproof.check(objective, faulty, X, executor=pool, progress=shut_down)
    assert report.warnings == ("The executor broke down (RuntimeError); the rest was evaluated in this process.",)
    assert report.to_dict() | {"warnings": []} == gradproof.check(objective, faulty, X).to_dict()


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="POSIX")
@pytest.mark.parametrize("method", METHODS)
def test_a_process_is_killed_on_the_way(method):
    """Also the end of the pool does not hang."""
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context(method)) as pool:
        victims = [pool.submit(os.getpid).result()]

        def kill(done, _total):
            if done > 200 and victims:
                os.kill(victims.pop(), signal.SIGKILL)

        report = gradproof.check(slow, faulty, X, executor=pool, progress=kill)
    assert not victims
    assert report.warnings == ("The executor broke down (BrokenProcessPool); the rest was evaluated in this process.",)
    assert report.to_dict() | {"warnings": []} == gradproof.check(objective, faulty, X).to_dict()


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="POSIX")
def test_an_objective_that_kills_its_worker(monkeypatch):
    monkeypatch.setenv("GRADPROOF_TEST_PROCESS", str(os.getpid()))
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        report = gradproof.check(workers.dying_in_a_worker, right, X, executor=pool)
    assert "broke down" in report.warnings[0]
    assert report.verdict == "right"


def test_what_the_objective_raises_at_x_reaches_the_user(pool):
    for executor in (pool, workers.Shuffled()):
        with pytest.raises(workers.StubbornError, match=r"^mine$") as caught:
            gradproof.check(workers.failing, right, X, executor=executor)
        assert caught.value.second == 2
        assert caught.traceback[-1].name == "failing"


def test_what_it_raises_elsewhere_is_a_missing_value(pool):
    report = gradproof.check(workers.partly, faulty, X, executor=pool)
    assert fields(report) == fields(gradproof.check(workers.partly, faulty, X))
    assert any(finding.cause is gradproof.Cause.DOMAIN for finding in report.findings)


def test_what_is_no_number_elsewhere(pool):
    with pytest.raises(TypeError, match=r"must return one real number, not text \('text'\)"):
        gradproof.check(workers.returning_text_elsewhere, right, X, executor=pool)


def test_an_objective_that_changes_its_argument(pool):
    for mode in MODES:
        report = gradproof.check(workers.changing, faulty, X, mode=mode, executor=pool)
        assert fields(report) == fields(gradproof.check(workers.changing, faulty, X, mode=mode))
        assert "changed its argument" in report.warnings[0]


@pytest.mark.parametrize("mode", MODES)
def test_a_structure(pool, mode):
    report = gradproof.check(workers.of_parts, workers.gradient_of_parts, workers.PARTS, mode=mode, executor=pool)
    alone = gradproof.check(workers.of_parts, workers.gradient_of_parts, workers.PARTS, mode=mode)
    assert report.to_json() == alone.to_json()
    assert report.verdict == "right"


def test_float32_and_bounds(pool):
    x = X[::20].astype(np.float32)
    for settings in ({}, {"bounds": (None, 2.0)}):
        report = gradproof.check(objective, faulty, x, executor=pool, **settings)
        assert report.to_json() == gradproof.check(objective, faulty, x, **settings).to_json()


def test_batched(serial, pool):
    same_as(serial, pool, gradproof.batched(workers.many))


def test_rows_of_data(pool):
    x = cancelling.POINT
    for gradient, verdict in ((cancelling.gradient, "right"), (cancelling.wrong_on([3]), "wrong")):
        alone = gradproof.check(cancelling.objective, gradient, x, rows=cancelling.ROWS)
        together = gradproof.check(cancelling.objective, gradient, x, rows=cancelling.ROWS, executor=pool)
        assert together.to_json() == alone.to_json()
        assert together.verdict == verdict
        assert together.findings


def test_layouts_travel_without_arrays():
    """Also after a point was built from them."""
    root = read_problem(workers.PARTS).layout.root
    root.build(np.zeros(90))
    assert len(pickle.dumps(root)) < 1000
    again = pickle.loads(pickle.dumps(root)).build(np.arange(91.0))
    assert again["a"].tolist() == np.arange(60.0).reshape(6, 10).tolist()
    assert type(again["b"]) is workers.Pair
    assert again["b"].first == 60


def test_native(pool):
    function = gradproof.native(ffi.callback("gradproof_objective", cubes_in_c))
    x = X[:40]
    with ThreadPoolExecutor(2) as threads:
        assert gradproof.check(function, 3 * x**2, x, executor=threads).verdict == "right"
        assert gradproof.check(function, 3.1 * x**2, x, executor=threads).verdict == "wrong"
    with pytest.raises(TypeError, match=r"C function cannot be pickled.*or use threads"):
        gradproof.check(function, 3 * x**2, x, executor=pool)


@pytest.mark.skipif("fork" not in METHODS, reason="each process would compile it for seconds")
def test_compiled():
    compiled = pytest.importorskip("numba").njit(in_a_loop)
    x = X[:40]
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("fork")) as pool:
        for gradient in (3 * x**2, 3.1 * x**2):
            alone = gradproof.check(compiled, gradient, x)
            assert gradproof.check(compiled, gradient, x, executor=pool).to_json() == alone.to_json()


def in_a_loop(x):
    total = 0.0
    for index in range(x.size):
        total += x[index] ** 3
    return total


def test_what_cannot_be_sent(pool):
    asked = []

    def closure(x):
        asked.append(x)
        return 0.0

    for function in (closure, lambda x: 0.0, gradproof.batched(lambda x: 0.0)):
        with pytest.raises(TypeError, match=r"cannot be sent.*a function at the top of a module.*ThreadPoolExecutor"):
            gradproof.check(function, right, X, executor=pool)
    assert not asked


def test_what_cannot_be_sent_is_seen_by_an_executor_that_pickles():
    class Pickling:
        def submit(self, function, *arguments):
            raise TypeError("Could not serialize object of type SharedProblem")

    with pytest.raises(TypeError, match=r"cannot be sent to the executor's processes \(Could not serialize"):
        gradproof.check(objective, right, X, executor=Pickling())


@pytest.mark.parametrize("executor", [2, "processes", multiprocessing])  # which has pools, but nothing to submit to
def test_what_is_no_executor(executor):
    with pytest.raises(TypeError, match=r"executor must have submit\(function, \*arguments\)"):
        gradproof.check(objective, right, X, executor=executor)
    with pytest.raises(TypeError, match="objective must be a function of x"):
        gradproof.check(X, right, X, executor=workers.Shuffled())


def test_a_class_for_an_executor_and_a_submit_that_returns_nothing():
    with pytest.raises(TypeError, match=r"executor is the class ThreadPoolExecutor: pass .* ThreadPoolExecutor\(\)"):
        gradproof.check(objective, right, X, executor=ThreadPoolExecutor)

    class Forgetful:
        def submit(self, function, *arguments):
            function(*arguments)

    with pytest.raises(RuntimeError, match=r"submit returned an object of type NoneType, which has no result\(\)"):
        gradproof.check(objective, right, X, executor=Forgetful())


def test_ctrl_c(pool):
    for executor in (pool, workers.Shuffled()):
        report = gradproof.check(workers.pressing_ctrl_c, faulty, X, executor=executor)
        assert report.stopped_by == "interrupted"
        assert 0 < report.tested <= 1100
        assert 5 in report.wrong


def test_ctrl_c_in_the_middle_of_waiting(pool):
    def press(done, _total):
        if done == 1:
            threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()

    report = gradproof.check(slow, right, X, executor=pool, progress=press)
    assert report.stopped_by == "interrupted"
    assert report.tested < X.size


SCRIPT = """
from concurrent.futures import ProcessPoolExecutor
import gradproof, workers
if __name__ == "__main__":
    with ProcessPoolExecutor(2) as pool:
        say = lambda done, total: done == 1 and print("under way", flush=True)
        report = gradproof.check(workers.slow, workers.faulty, workers.X, executor=pool, progress=say)
        print(report.stopped_by, report.tested < report.n)
"""


@pytest.mark.skipif(not hasattr(os, "killpg"), reason="POSIX")
def test_ctrl_c_of_a_terminal_goes_to_the_workers_too(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    paths = os.pathsep.join([str(Path(gradproof.__file__).parents[1]), str(Path(workers.__file__).parent)])
    process = subprocess.Popen(
        [sys.executable, script],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=os.environ | {"PYTHONPATH": paths},
        start_new_session=True,
    )
    assert process.stdout.readline() == "under way\n"
    time.sleep(0.4)
    os.killpg(process.pid, signal.SIGINT)
    printed, _ = process.communicate(timeout=30)
    assert printed == "interrupted True\n"


def test_the_time_limit_takes_back_what_waits():
    began = time.monotonic()
    report = gradproof.check(objective, right, X, executor=(never := workers.Never()), time_limit=0.2)
    assert time.monotonic() - began < 5
    assert (report.stopped_by, report.evaluations, report.warnings) == ("time_limit", 1, ())
    assert len(never.futures) > 1
    assert all(future.cancelled() for future in never.futures[1:])


@pytest.mark.parametrize("budget", [1, 2, 57, 2000, 2410])
def test_a_budget(pool, budget):
    report = gradproof.check(objective, faulty, X, executor=pool, budget=budget)
    assert fields(report) == fields(gradproof.check(objective, faulty, X, budget=budget))
    assert report.evaluations <= budget


def test_progress_counts_what_was_evaluated(pool):
    done = []
    report = gradproof.check(objective, faulty, X, executor=pool, progress=lambda count, _total: done.append(count))
    assert done == sorted(done)
    assert done[-1] == report.evaluations


@pytest.mark.parametrize("mode", MODES)
def test_saved_and_resumed(pool, tmp_path, mode):
    """With workers and without, in turns."""
    file = tmp_path / "state.bin"
    whole = gradproof.check(objective, faulty, X, mode=mode)
    budget = 30 if mode == "lines" else 1500
    gradproof.check(objective, faulty, X, mode=mode, executor=pool, budget=budget, save=file)
    for executor in (pool, None):
        resumed = gradproof.check(objective, faulty, X, mode=mode, executor=executor, resume=file)
        assert fields(resumed) == fields(whole)


def test_what_a_worker_keeps_is_bounded(pool):
    for _ in range(2 * worker.KEPT):
        gradproof.check(objective, right, X[:10], executor=pool)
    assert pool.submit(workers.kept_here).result() <= worker.KEPT
    with pytest.raises(workers.StubbornError):
        gradproof.check(workers.failing, right, X, executor=workers.Shuffled())
    assert workers.kept_here() == 0


def test_large_problems_are_not_kept_beside_each_other(monkeypatch):
    monkeypatch.setattr(worker, "_known", {})
    small, first, second = (worker.SharedProblem(objective, read_problem(X[:size])) for size in (10, 500, 500))
    for large, kept in ((1 << 26, [first, second]), (1000, [second])):
        monkeypatch.setattr(worker, "LARGE_BYTES", large)
        for each in (small, first, second):
            worker.keep(each)
        assert list(worker._known.values()) == kept


def test_two_checks_at_once(serial):
    with ThreadPoolExecutor(2) as shared, ThreadPoolExecutor(3) as callers:
        reports = callers.map(lambda _: gradproof.check(objective, faulty, X, mode="full", executor=shared), range(6))
        assert {fields(report)[0] for report in reports} == {serial[faulty, "full"][0]}


def test_how_many_workers():
    with ThreadPoolExecutor(3) as pool:
        assert workers_of(pool) == 3
    assert workers_of(workers.Shuffled()) == (os.cpu_count() or 1)


def test_assert_gradient(pool):
    assert gradproof.assert_gradient(objective, right, X, executor=pool)
    with pytest.raises(gradproof.GradientError):
        gradproof.assert_gradient(objective, faulty, X, executor=pool)
