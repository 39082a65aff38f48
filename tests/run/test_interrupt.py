"""Ctrl-C ends a check and keeps what was found; before the first value, and a second time, it simply raises."""

import _thread
import threading

import numpy as np
import pytest
from models import POINT

import gradproof
from gradproof.engine import Engine

# More coordinates than one round tests, and an error among the first ones.
X = np.linspace(1, 2, 3000)
FAULT = np.where(np.arange(X.size) == 5, 1.1, 1.0)
LATE = 2000


def right(x):
    return 2 * x


def faulty(x):
    return 2 * x * FAULT


def plain():
    def objective(x):
        if x[LATE] != X[LATE]:
            raise KeyboardInterrupt
        return float(x @ x)

    return objective


def batched():
    def objective(points):
        if np.any(points[:, LATE] != X[LATE]):
            raise KeyboardInterrupt
        return np.einsum("ij,ij->i", points, points)

    return gradproof.batched(objective)


@pytest.mark.parametrize("make", [plain, batched])
def test_what_was_found_is_kept(make):
    x = X.copy()
    report = gradproof.check(make(), right, x)
    assert (report.verdict, report.stopped_by) == ("inconclusive", "interrupted")
    assert 1000 < report.tested <= LATE
    assert report.wrong.size == 0
    assert "then Ctrl-C ended the check" in str(report)
    report = gradproof.check(make(), faulty, x)
    assert (report.verdict, report.stopped_by) == ("wrong", "interrupted")
    assert report.wrong.tolist() == [5]
    assert np.array_equal(x, X)


def slow_in_machine_code(numba):
    def objective(x):
        total = 0.0
        for _ in range(200):
            for index in range(x.size):
                total += x[index] * x[index] / 200
        return total

    return numba.njit(objective)


def slow_function_pointer(numba):
    def function(x, n, value, user):
        total = 0.0
        for _ in range(200):
            for index in range(n):
                total += x[index] * x[index] / 200
        value[0] = total
        return 0

    real = numba.types.CPointer(numba.types.float64)
    signature = numba.types.int32(real, numba.types.int64, real, numba.types.voidptr)
    return gradproof.native(numba.cfunc(signature)(function))


@pytest.mark.parametrize("make", [slow_in_machine_code, slow_function_pointer])
def test_machine_code_is_interrupted_soon(make):
    objective = make(pytest.importorskip("numba"))
    gradproof.check(objective, right, np.ones(1))  # compiled
    done = 0

    def interrupt_when_under_way(count, _total):
        nonlocal done
        if done <= 100 < count:
            threading.Timer(0.01, _thread.interrupt_main).start()
        done = count

    report = gradproof.check(objective, faulty, X, progress=interrupt_when_under_way)
    assert report.stopped_by == "interrupted"
    assert report.evaluations <= 2 * X.size


def test_before_the_first_value_it_raises():
    def objective(x):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        gradproof.check(objective, right, POINT)


def test_in_the_gradient_it_raises():
    def gradient(x):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        gradproof.check(plain(), gradient, X)


def test_the_second_time_it_raises(monkeypatch):
    def again(engine, values, outside):
        raise KeyboardInterrupt

    monkeypatch.setattr(Engine, "stop", again)
    with pytest.raises(KeyboardInterrupt):
        gradproof.check(plain(), right, X)


@pytest.mark.parametrize("gradient", [right, faulty])
@pytest.mark.parametrize("inconclusive", ["raise", "pass"])
def test_a_test_that_is_interrupted_does_not_go_on(gradient, inconclusive):
    with pytest.raises(KeyboardInterrupt):
        gradproof.assert_gradient(plain(), gradient, X, inconclusive=inconclusive)
    assert gradproof.assert_gradient(lambda x: x @ x, right, X)
