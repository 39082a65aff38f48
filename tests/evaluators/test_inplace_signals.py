"""Parameters that are moved in place are back at the end, whatever signals come, and handlers are those of the user."""

import random
import signal
import threading
import time

import numpy as np
import pytest

import gradproof
from gradproof.evaluators.arrays.inplace import InPlaceEvaluator, problem_in_place
from gradproof.evaluators.arrays.memory import Arrays
from gradproof.evaluators.arrays.signals import Signals

pytestmark = pytest.mark.skipif(not hasattr(signal, "pthread_kill"), reason="signals of POSIX")


class Stop(BaseException):
    """What a signal raises: no KeyboardInterrupt."""


def is_in_a_check(frame):
    while frame is not None and "gradproof" not in frame.f_globals.get("__name__", ""):
        frame = frame.f_back
    return frame is not None


@pytest.fixture
def raising():
    """Let SIGUSR1 raise `Stop`, and SIGINT KeyboardInterrupt, within a check; return how often they did."""
    count = []

    def by(kind):
        def handler(number, frame):
            if is_in_a_check(frame):
                count.append(number)
                raise kind

        return handler

    before = {number: signal.getsignal(number) for number in (signal.SIGUSR1, signal.SIGINT)}
    signal.signal(signal.SIGUSR1, by(Stop))
    signal.signal(signal.SIGINT, by(KeyboardInterrupt))
    yield count
    for number, handler in before.items():
        signal.signal(number, handler)


def storm(over, begin, gap, count):
    time.sleep(begin)
    for number in range(count):
        if over.is_set():
            return
        signal.pthread_kill(threading.main_thread().ident, (signal.SIGUSR1, signal.SIGINT)[number % 2])
        time.sleep(gap)


def test_storms(raising):
    rule = random.Random(5)
    for number in range(60):
        n = rule.choice([40, 3000]) if number % 2 else rule.choice([5000, 200_000])
        x = np.random.default_rng(number).normal(size=n)
        before, over = x.tobytes(), threading.Event()
        words = over, rule.random() ** 2 * 0.02, rule.choice([0, 1e-5, 1e-4]), rule.randint(1, 60)
        thread = threading.Thread(target=storm, args=words)
        thread.start()
        try:
            objective = gradproof.in_place(x, lambda x=x: float(np.sum(x**2)))
            gradproof.check(objective, lambda x=x: 2 * x, mode="full" if number % 2 else "lines")
        except (KeyboardInterrupt, Stop):
            pass
        over.set()
        thread.join()
        assert x.tobytes() == before, (number, n, words)
    assert len(raising) > 20


def interrupted_on_the_way_back(monkeypatch):
    """A check whose objective raises, and a signal each time before the parameters are restored; return them, and x."""
    x = np.linspace(1.0, 2.0, 5)
    p = x.copy()
    restore, calls = Arrays.restore, []

    def late(self, flat):
        signal.raise_signal(signal.SIGUSR1)
        restore(self, flat)

    def objective():
        calls.append(1)
        if len(calls) == 4:
            monkeypatch.setattr(Arrays, "restore", late)
            raise KeyError("the user's own")
        if len(calls) > 4:
            signal.raise_signal(signal.SIGUSR1)
        return float(np.sum(p**2))

    with pytest.raises(Stop):
        gradproof.check(gradproof.in_place(p, objective), lambda: 2 * p)
    return p, x


def test_a_signal_on_the_way_back(monkeypatch, raising):
    p, x = interrupted_on_the_way_back(monkeypatch)
    assert p.tobytes() == x.tobytes()
    assert len(raising) >= 2


def test_a_signal_on_the_way_back_twin(monkeypatch, raising):
    """Where signals do not wait, the same check loses the parameters."""
    monkeypatch.setattr(Signals, "take", lambda self: None)
    p, x = interrupted_on_the_way_back(monkeypatch)
    assert p.tobytes() != x.tobytes()


def with_alarms(*, caught):
    """The objective is interrupted by its own alarm wherever the second parameter is moved."""

    def late(number, frame):
        raise TimeoutError("too slow")

    p, before = np.array([1.0, 2.0, 3.0]), signal.signal(signal.SIGALRM, late)
    slow = []

    def slowly():
        signal.setitimer(signal.ITIMER_REAL, 0.02)
        try:
            if p[1] != 2.0:
                slow.append(1)
                time.sleep(20)
            return float(np.sum(p**2))
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)

    def objective():
        try:
            return slowly()
        except TimeoutError:
            if caught:
                return np.nan
            raise

    try:
        return gradproof.check(gradproof.in_place(p, objective), lambda: 2 * p, budget=40), slow
    finally:
        assert signal.getsignal(signal.SIGALRM) is late
        signal.signal(signal.SIGALRM, before)
        assert p.tolist() == [1.0, 2.0, 3.0]


def test_an_alarm_in_every_evaluation():
    """What the objective catches of it is its own affair, again and again in one round; the rest ends the check."""
    report, slow = with_alarms(caught=True)
    assert len(slow) > 1
    assert report.verdict == "inconclusive"
    with pytest.raises(TimeoutError, match="too slow"):
        with_alarms(caught=False)


def test_handlers_are_those_of_the_user(raising):
    before = [signal.getsignal(number) for number in (signal.SIGUSR1, signal.SIGINT)]
    during = []
    p = np.array([1.0, 2.0])

    def objective():
        during.append(signal.getsignal(signal.SIGUSR1))
        return float(np.sum(p**2))

    assert gradproof.check(gradproof.in_place(p, objective), lambda: 2 * p).verdict == "right"
    assert before[0] not in during
    assert [signal.getsignal(number) for number in (signal.SIGUSR1, signal.SIGINT)] == before


def test_what_waits_comes_afterwards():
    signals, seen = Signals(), []
    before = signal.signal(signal.SIGUSR1, lambda number, frame: seen.append(number))
    try:
        signals.take()
        signals.close()
        signal.raise_signal(signal.SIGUSR1)
        signal.raise_signal(signal.SIGUSR1)
        assert seen == []
        signals.give_back()
        assert seen == [signal.SIGUSR1]
        signal.raise_signal(signal.SIGUSR1)
        assert len(seen) == 2
    finally:
        signal.signal(signal.SIGUSR1, before)


def test_handlers_that_raise_while_they_are_given_back(monkeypatch, raising):
    """One of the user's is broken off by another, each time; what is left behind keeps no signal for itself."""
    seen, give = [], signal.signal
    p, before = np.array([1.0, 2.0, 3.0]), signal.signal(signal.SIGUSR2, lambda number, frame: seen.append(number))

    def gives_and_is_interrupted(number, handler):
        given = give(number, handler)
        if number in (signal.SIGINT, signal.SIGUSR1) and not isinstance(handler, Signals):
            signal.raise_signal(number)
        return given

    try:
        with monkeypatch.context() as patched:
            patched.setattr(signal, "signal", gives_and_is_interrupted)
            with pytest.raises((Stop, KeyboardInterrupt)):
                gradproof.check(gradproof.in_place(p, lambda: float(np.sum(p**2))), lambda: 2 * p)
        assert p.tolist() == [1.0, 2.0, 3.0]
        assert len(raising) > 1
        assert isinstance(signal.getsignal(signal.SIGUSR2), Signals)
        for count in (1, 2):
            signal.raise_signal(signal.SIGUSR2)
            assert len(seen) == count
    finally:
        give(signal.SIGUSR2, before)


def test_handlers_that_raise_while_they_are_taken(monkeypatch, raising):
    """The same at the beginning, where nothing has been moved yet, and again before anything is given back."""
    give, close, seen = signal.signal, Signals.close, []
    p, before = np.array([1.0, 2.0, 3.0]), signal.signal(signal.SIGHUP, lambda number, frame: seen.append(number))

    def takes_and_is_interrupted(number, handler):
        taken = give(number, handler)
        if number == signal.SIGHUP and isinstance(handler, Signals):
            signal.raise_signal(signal.SIGUSR1)
        return taken

    try:
        with monkeypatch.context() as patched:
            patched.setattr(signal, "signal", takes_and_is_interrupted)
            patched.setattr(Signals, "close", lambda self: (close(self), signal.raise_signal(signal.SIGUSR1)))
            with pytest.raises(Stop):
                gradproof.check(gradproof.in_place(p, lambda: float(np.sum(p**2))), lambda: 2 * p)
        assert p.tolist() == [1.0, 2.0, 3.0]
        for count in (1, 2):
            signal.raise_signal(signal.SIGHUP)
            assert len(seen) == count
    finally:
        give(signal.SIGHUP, before)


def test_a_last_look():
    """Something else has written to the parameters after the last round."""
    p = np.array([1.0, 2.0, 3.0])
    objective = gradproof.in_place(p, lambda: float(np.sum(p**2)))
    problem, _ = problem_in_place(objective, lambda: 2 * p, lambda n: False)
    evaluator = InPlaceEvaluator(objective, problem)
    p[0] = 7.0
    assert evaluator.at_x() == 62.0  # the twin: as long as nothing is known to be moved, nothing is restored
    assert p.tolist() == [1.0, 2.0, 3.0]
    p[1] = 7.0
    evaluator.close()
    assert p.tolist() == [1.0, 2.0, 3.0]
