"""Rounds that the library goes through alone: the same report, and Ctrl-C, codes and long rounds as ever."""

import types

import numpy as np
import pytest
from workers import faulty, fields, objective, right

import gradproof
from gradproof.engine import ROUND, Engine
from gradproof.evaluators.compiled import library_rounds
from gradproof.evaluators.compiled.library_rounds import LibraryRounds
from gradproof.evaluators.compiled.native import NativeEvaluator
from gradproof.evaluators.compiled.threads import WORTH_STARTING
from gradproof.evaluators.pace import Pace
from gradproof.library import ffi

X = np.linspace(1, 2, 60)


def native(count=None, then=None):
    """The objective in C, as far as the library sees; at one of its calls it does something else first."""
    calls = []

    def function(x, n, value, _user):
        calls.append(n)
        if len(calls) == count:
            code = then()
            if code:
                return code
        value[0] = objective(np.frombuffer(ffi.buffer(x, 8 * n)))
        return 0

    return gradproof.native(ffi.callback("gradproof_objective", function), trial=False)


@pytest.mark.parametrize("gradient", [right, faulty])
@pytest.mark.parametrize("budget", [None, 50])
def test_the_report_is_the_same(monkeypatch, gradient, budget):
    """As of a check that somebody watches, which is led from round to round, and of a function of Python."""
    took, run = [], LibraryRounds.run

    def counted(self, *words):
        took.append(1)
        return run(self, *words)

    monkeypatch.setattr(LibraryRounds, "run", counted)
    settings = {"mode": "full", "budget": budget}
    at_once = fields(gradproof.check(native(), gradient, X, **settings))
    assert took
    took.clear()
    watched = fields(gradproof.check(native(), gradient, X, progress=lambda *_: None, **settings))
    assert not took
    assert at_once == watched == fields(gradproof.check(objective, gradient, X, **settings))
    assert ('"verdict": "right"' in at_once[0]) == (gradient is right and budget is None)
    report = gradproof.check(native(), faulty, X)
    assert report.wrong.tolist() == [5]
    assert len(report.ladder(5)) > 1


def test_ctrl_c_keeps_what_was_told(monkeypatch):
    """It comes while the library works, and is seen when that returns."""
    run, calls = Engine.run, []

    def pressed(self, called, user, point, values, most, told):
        run(self, called, user, point, values, min(most, 10), told)
        calls.append(told[0])
        if len(calls) == 2:
            raise KeyboardInterrupt
        return 0

    monkeypatch.setattr(Engine, "run", pressed)
    report = gradproof.check(native(), right, X)
    assert (report.verdict, report.stopped_by) == ("inconclusive", "interrupted")
    assert report.evaluations == sum(calls) < 20
    assert 0 < report.tested < X.size
    assert report.ladder(0)[0].slope == pytest.approx(right(X)[0], rel=1e-3)


def test_a_code_ends_the_check():
    with pytest.raises(RuntimeError, match="returned the code 7, which ended the check") as caught:
        gradproof.check(native(30, lambda: 7), right, X)
    assert caught.value.code == 7


class Clock:
    """An engine whose evaluations take some time each, by a clock of its own."""

    def __init__(self, monkeypatch, each, rounds):
        self.now, self.each, self.rounds, self.most = 0.0, each, list(rounds), []
        monkeypatch.setattr(library_rounds, "time", types.SimpleNamespace(perf_counter=lambda: self.now))

    def run(self, _objective, _user, _point, _values, most, told):
        self.most.append(most)
        while self.rounds and told[0] + self.rounds[0] <= most:
            told[0] += self.rounds[0]
            self.now += self.each * self.rounds.pop(0)
        told[1] = self.rounds[0] if self.rounds else 0
        return 0

    def told_by_library(self, count):
        return np.zeros(count)


@pytest.mark.parametrize(
    ("each", "left"),
    [
        (1e-6, []),  # all of it, in two calls: of f(x), and of the rest
        (1e-4, [900]),  # 900 such evaluations are to be cut into chunks
        (1.0, [6, 900]),  # so are six of these
    ],
)
def test_long_rounds_are_left_to_the_caller(monkeypatch, each, left):
    clock, kept = Clock(monkeypatch, each, [1, 6, 900]), []
    one = LibraryRounds(types.SimpleNamespace(at_once=(0, 0)), 450)
    called = types.SimpleNamespace(pointer=None, user=None)
    code, more = one.run(clock, called, None, lambda probes, values: kept.append((len(probes), len(values))))
    assert (code, more, clock.rounds) == (0, bool(left), left)
    assert clock.most[0] == 1
    assert max(clock.most) <= ROUND
    assert sum(count for count, _ in kept) == 907 - sum(left)
    if left:
        assert 0.5 * each < one.seconds <= each


@pytest.mark.parametrize(
    ("each", "left"),
    [
        (1e-6, []),  # all of it takes less than to start a thread
        (1e-5, [900]),  # as soon as it is known how long an evaluation takes
        (1e-3, [6, 900]),
    ],
)
def test_what_is_worth_threads_is_left_to_them(monkeypatch, each, left):
    clock = Clock(monkeypatch, each, [1, 6, 900])
    called = types.SimpleNamespace(pointer=None, user=None)
    one = LibraryRounds(types.SimpleNamespace(at_once=(450, 0)), 450, WORTH_STARTING)
    assert one.run(clock, called, None, lambda *_: None) == (0, bool(left))
    assert clock.rounds == left


def test_the_next_check_of_a_function_takes_one_call(monkeypatch):
    """With as many coordinates: how long its evaluations take is known by then."""
    run, told = Engine.run, []

    def counted(self, *words):
        code = run(self, *words)
        told.append(words[-1][0])
        return code

    monkeypatch.setattr(Engine, "run", counted)
    monkeypatch.setattr(library_rounds, "time", types.SimpleNamespace(perf_counter=lambda: 0.0))  # all are quick
    function, counts, ladders = native(), [], []
    for gradient, x in ((right, X), (right, X), (faulty, X), (right, X[:30]), (right, X[:30])):
        told.clear()
        report = gradproof.check(function, gradient, x)
        assert (report.verdict == "wrong") == (gradient is faulty)
        assert sum(told) == report.evaluations
        counts.append(len(told))
        ladders.append(report.ladder(3))
    assert ladders[0] == ladders[1]
    assert counts == [2, 1, 1, 2, 1]


def test_what_is_known_of_evaluations_serves_the_caller():
    """Who then begins with chunks of their length, and with threads if that is worth it."""
    pace = Pace()
    pace.known(0.0)
    assert pace.size == 1
    pace.known(1e-4)
    assert pace.size == 200


@pytest.mark.parametrize("settings", [{"bounds": (0.5, 3.0)}, {"time_limit": 60.0}, {"mode": "lines"}])
def test_what_is_to_be_looked_at_in_between_is_not_left_alone(monkeypatch, settings):
    monkeypatch.setattr(NativeEvaluator, "run", None)
    assert gradproof.check(native(), right, X, **settings).verdict == "right"
    assert gradproof.check(native(), faulty, X, **settings).wrong.tolist() == [5]
    with pytest.raises(TypeError, match="not callable"):
        gradproof.check(native(), right, X)
