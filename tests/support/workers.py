"""Objectives that processes can be sent, executors with bad manners, and what a report says in every field."""

import os
import random
import signal
import time
from concurrent.futures import BrokenExecutor, Executor, Future
from typing import NamedTuple

import numpy as np

N = 1200
X = np.linspace(1, 2, N)
SLOW = 1e-3


def objective(x):
    return float(np.sum(x**3) + np.sum(np.abs(x - 1.5)))


def right(x):
    return 3 * x**2 + np.sign(x - 1.5)


def faulty(x):
    return right(x) * np.where(np.arange(x.size) % 97 == 5, 1.01, 1)


def slow(x):
    time.sleep(SLOW)
    return objective(x)


def many(points):
    return np.array([objective(point) for point in points])


def changing(x):
    value = objective(x)
    x *= 2
    return value


def of_parts(w):
    return objective(w["a"].reshape(-1)) + float(w["b"].first ** 3 + np.sum(w["b"].second ** 3))


def gradient_of_parts(w):
    b = type(w["b"])(3 * w["b"].first ** 2, 3 * w["b"].second ** 2)
    return {"a": right(w["a"].reshape(-1)).reshape(w["a"].shape), "b": b}


class Pair(NamedTuple):
    first: float
    second: np.ndarray


PARTS = {"a": X[:60].reshape(6, 10), "b": Pair(0.5, X[60:90])}


class StubbornError(Exception):
    """Cannot be made again from what pickle keeps of it."""

    def __init__(self, first, second):
        super().__init__(first)
        self.second = second


def failing(x):
    raise StubbornError("mine", 2)


def partly(x):
    """Not defined where coordinate 7 moves."""
    if x[7] != X[7]:
        raise StubbornError("outside", 2)
    return objective(x)


def pressing_ctrl_c(x):
    if x[1100] != X[1100]:
        raise KeyboardInterrupt
    return objective(x)


def returning_text_elsewhere(x):
    return objective(x) if np.array_equal(x, X) else "text"


def dying_in_a_worker(x):
    """Kills the process, but for the one that is named, where coordinate 300 moves."""
    if x[300] != X[300] and os.getpid() != int(os.environ["GRADPROOF_TEST_PROCESS"]):
        os.kill(os.getpid(), signal.SIGKILL)
    return objective(x)


def fields(report):
    """Everything that a report says."""
    return report.to_json(), str(report), [repr(report.ladder(index)) for index in range(0, report.n, 89)]


class Promise:
    """A future that has nothing but `result()`."""

    def __init__(self, run):
        self.run = run

    def result(self):
        return self.run()


class Shuffled:
    """Runs what was submitted in a random order, when the first result is asked for."""

    def __init__(self):
        self.waiting, self.done, self.order = [], {}, []
        self.random = random.Random(1)

    def submit(self, function, *arguments):
        number = len(self.done) + len(self.waiting)
        self.waiting.append((number, function, arguments))

        def result():
            while number not in self.done:
                at = self.random.randrange(len(self.waiting))
                other, function, arguments = self.waiting.pop(at)
                self.order.append(other)
                self.done[other] = function(*arguments)
            return self.done[number]

        return Promise(result)


class Unreliable:
    """Every third task fails, every fifth is answered with what another one said, and all are done twice."""

    def __init__(self, always=False):
        self.submitted, self.last, self.always = 0, None, always

    def submit(self, function, *arguments):
        self.submitted += 1
        number = self.submitted
        if number == 1 and not self.always:
            return Promise(lambda: function(*arguments))

        def result():
            if self.always or number % 3 == 0:
                raise OSError("a cable was pulled")
            before = self.last
            function(*arguments)
            self.last = function(*arguments)
            return before if number % 5 == 0 and before is not None else self.last

        return Promise(result)


class Forgetful:
    """Workers that keep nothing: each task goes to a fresh one; counts what travels."""

    def __init__(self):
        self.sizes, self.problems = [], 0

    def submit(self, function, *arguments):
        from gradproof.evaluators.workers import worker

        *words, brought = arguments
        self.sizes.append(sum(np.asarray(word).nbytes for word in words))
        self.problems += brought is not None
        before, worker._known = worker._known, {}
        try:
            answer = function(*arguments)
        finally:
            worker._known = before
        return Promise(lambda: answer)


class Never(Executor):
    """Answers at x; of what is submitted later nothing is ever begun."""

    def __init__(self):
        self.futures = []

    def submit(self, function, *arguments):
        future = Future()
        if not self.futures:
            future.set_result(function(*arguments))
        self.futures.append(future)
        return future


class Hanging(Executor):
    """Runs tasks at once, but for some, which never end, or end when others have been asked."""

    def __init__(self, numbers, late=()):
        self.numbers, self.late, self.submitted, self.open = numbers, late, 0, []

    def submit(self, function, *arguments):
        future, number = Future(), self.submitted
        self.submitted += 1
        if number in self.late:
            self.open.append((future, function, arguments))
        elif number not in self.numbers:
            future.set_result(function(*arguments))
            while self.open:
                late, function, arguments = self.open.pop()
                late.set_result(function(*arguments))
        return future


class Talking:
    """Answers with something else than the task."""

    def __init__(self, what):
        self.what = what

    def submit(self, function, *arguments):
        answered = function(*arguments)
        return Promise(lambda: self.what(answered))


class Breaking:
    """Breaks for good at some task, as a pool of processes does."""

    def __init__(self, at):
        self.at, self.submitted = at, 0

    def submit(self, function, *arguments):
        self.submitted += 1
        if self.submitted > self.at:
            raise BrokenExecutor("gone")
        return Promise(lambda: function(*arguments))


def kept_here():
    """How many checks this process keeps x for."""
    from gradproof.evaluators.workers import worker

    return len(worker._known)


def powers(x, power, factor):
    return factor * float(np.sum(x**power))


def gradient_of_powers(x, power, factor):
    return factor * power * x ** (power - 1)


def value_and_gradient(x):
    return objective(x), right(x)
