"""What an objective raises away from x is in the report: type, message, how many; whoever evaluates it."""

import functools
import gc
import json
import os
import re
import signal
import weakref
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from xml.etree import ElementTree

import numpy as np
import pytest
import workers

import gradproof
from gradproof.problem.exceptions import TYPES, Exceptions, Raised

N = 40
X = np.linspace(1, 2, N)
CALLS = {"full": {}, "lines": {"mode": "lines"}}


def gradient(x):
    return 2 * x


class Objective:
    """The sum of squares, which raises where coordinate 7 is larger than at x; it counts that."""

    def __init__(self, error=None):
        self.error = error or ValueError("beyond 7\nand more")
        self.count = 0

    def __call__(self, x):
        if x[7] > X[7]:
            self.count += 1
            raise self.error
        return float(x @ x)


def one_by_one(objective, **settings):
    return gradproof.check(objective, gradient, X, **settings)


def in_batches(objective, **settings):
    # A batch that raises is halved: only what raises alone counts.
    def many(points):
        if len(points) > 1 and (points[:, 7] > X[7]).any():
            raise RuntimeError("one of many")
        return np.array([objective(point) for point in points])

    return gradproof.check(gradproof.batched(many), gradient, X, **settings)


def in_place(objective, **settings):
    x = X.copy()
    return gradproof.check(gradproof.in_place(x, lambda: objective(x)), 2 * X, **settings)


def by_threads(objective, **settings):
    with ThreadPoolExecutor(3) as executor:
        return gradproof.check(objective, gradient, X, executor=executor, **settings)


def on_rows(objective, **settings):
    return gradproof.check(lambda x, _: objective(x), lambda x, _: 2 * x, X, rows=1, **settings)


EVALUATORS = [one_by_one, in_batches, in_place, by_threads, on_rows]


@pytest.mark.parametrize("mode", CALLS)
@pytest.mark.parametrize("checked", EVALUATORS)
def test_type_message_and_number(checked, mode):
    objective = Objective()
    report = checked(objective, **CALLS[mode])
    assert objective.count > 0
    (raised,) = report.exceptions
    assert raised == Raised("ValueError", "beyond 7", objective.count, raised.at)
    assert re.fullmatch(r"x\[7\] \+ \S+e-\d+" if mode == "full" else r"a step of \S+ along a line through x", raised.at)
    assert raised.at == one_by_one(Objective(), **CALLS[mode]).exceptions[0].at
    said = {"type": "ValueError", "message": "beyond 7", "count": objective.count, "at": raised.at}
    assert report.to_dict()["exceptions"] == [said]
    assert json.loads(report.to_json())["exceptions"] == [said]
    points = "1 point" if objective.count == 1 else f"{objective.count} points"
    first = "at" if objective.count == 1 else "first at"
    sentence = f"note: The objective raised ValueError (beyond 7) at {points} away from x ({first} {raised.at}), where"
    assert sentence in " ".join(str(report).split())
    suite = ElementTree.fromstring(report.to_junit())
    told = {one.get("name"): one.get("value") for one in suite.iter("property")}
    assert told == {f"exception.ValueError.{what}": str(said[what]) for what in ("message", "count", "at")}
    assert gradproof.Report.from_json(report.to_json()).exceptions == report.exceptions


@pytest.mark.parametrize("mode", CALLS)
@pytest.mark.parametrize("checked", EVALUATORS)
def test_twin_nothing_raised(checked, mode):
    report = checked(lambda x: float(x @ x), **CALLS[mode])
    assert report.exceptions == ()
    assert "raised" not in str(report)
    assert "<propert" not in report.to_junit()
    # What is not finite is no exception.
    assert checked(lambda x: float(x @ x) if x[7] <= X[7] else np.nan, **CALLS[mode]).exceptions == ()


def test_processes_send_what_was_raised():
    alone = gradproof.check(workers.partly, workers.right, workers.X)
    assert [(one.type, one.message) for one in alone.exceptions] == [("StubbornError", "outside")]
    with ProcessPoolExecutor(2) as executor:
        assert (
            gradproof.check(workers.partly, workers.right, workers.X, executor=executor).exceptions == alone.exceptions
        )
        assert gradproof.check(workers.objective, workers.right, workers.X, executor=executor).exceptions == ()


def test_stop_iteration_counts():
    objective = Objective(StopIteration())
    (raised,) = one_by_one(objective).exceptions
    assert (raised.type, raised.message, raised.count) == ("StopIteration", "", objective.count)


@pytest.mark.parametrize("mode", CALLS)
def test_a_function_that_numba_compiled(mode):
    numba = pytest.importorskip("numba")
    limit = X[7]

    def objective(x):
        if x[7] > limit:
            raise ValueError("beyond 7")
        return x @ x

    compiled = numba.njit(objective)
    report = gradproof.check(compiled, gradient, X, **CALLS[mode])
    alone = gradproof.check(functools.partial(compiled), gradient, X, **CALLS[mode])
    assert report.exceptions == alone.exceptions != ()
    assert gradproof.check(numba.njit(lambda x: x @ x), gradient, X, **CALLS[mode]).exceptions == ()


def test_no_frame_is_kept_alive():
    class Large:
        pass

    kept = []

    def objective(x):
        large = Large()
        kept.append(weakref.ref(large))
        if not np.array_equal(x, X):
            raise ValueError("mine")
        return float(x @ x)

    report = gradproof.check(objective, gradient, X)
    gc.collect()
    assert 0 < report.exceptions[0].count < len(kept)
    assert not any(one() for one in kept)


@pytest.mark.parametrize("after", [1, 20, 45, 60])
def test_a_check_that_goes_on_counts_all_of_them(after, tmp_path):
    whole = one_by_one(Objective())
    objective, calls = Objective(), 0

    def interrupted(x):
        nonlocal calls
        calls += 1
        if calls > after:
            raise KeyboardInterrupt
        return objective(x)

    file = tmp_path / "saved"
    report = gradproof.check(interrupted, gradient, X, save=file)
    assert sum(one.count for one in report.exceptions) == objective.count
    assert one_by_one(Objective(), resume=file).to_json() == whole.to_json()


class MuteError(Exception):
    """Raises when it is asked what it says."""

    def __str__(self):
        raise RuntimeError


def test_messages_of_every_kind():
    noted = Exceptions()
    for error in (ValueError("a\nb"), ValueError("c"), MuteError(), KeyError("k"), TypeError(), OSError("x" * 999)):
        noted.note(error, str)
    assert [(one.type, one.message[:3], one.count) for one in noted.all()] == [
        ("ValueError", "a", 2),
        ("MuteError", "", 1),
        ("KeyError", "'k'", 1),
        ("TypeError", "", 1),
        ("OSError", "xxx", 1),
    ]
    assert len(noted.all()[-1].message) == 200
    noted.add(Raised(f"Error{number}", "", 1) for number in range(20))
    assert len(noted.all()) == TYPES
    assert len(noted.take()) == TYPES
    assert noted.all() == ()


def test_nothing_that_an_exception_says_steers_a_terminal_or_is_in_no_encoding():
    noted = Exceptions()
    noted.note(type("Odd\x1b[1m", (ValueError,), {})("\x1b[31mred\tand \ud800 \u202e \u00b1"), lambda: "x")
    (raised,) = noted.all()
    assert (raised.type, raised.message) == (r"Odd\x1b[1m", "\\x1b[31mred and \\ud800 \\u202e \u00b1")
    assert str(raised).isprintable()
    assert str(raised).encode()


class TooLongError(Exception):
    """What the handler of an alarm raises."""


def alarmed(*_):
    raise TooLongError("an alarm")


class Handler:
    """A handler that is an object."""

    def __call__(self, *_):
        alarmed()


needs_signals = pytest.mark.skipif(os.name != "posix", reason="there are no alarms")


@needs_signals
@pytest.mark.parametrize("handler", [alarmed, functools.partial(alarmed), Handler(), Handler().__call__])
@pytest.mark.parametrize("mode", CALLS)
@pytest.mark.parametrize("checked", [one_by_one, in_batches, in_place, on_rows])
def test_what_a_signal_handler_raises_is_no_missing_value(checked, mode, handler):
    calls = 0

    def objective(x):
        nonlocal calls
        calls += 1
        if calls == 15:
            try:
                signal.raise_signal(signal.SIGALRM)
            except TooLongError as problem:
                if checked is one_by_one:  # as a library may wrap it
                    raise RuntimeError("the solver failed") from problem
                raise
        return float(x @ x)

    before = signal.signal(signal.SIGALRM, handler)
    try:
        with pytest.raises((TooLongError, RuntimeError)) as caught:
            checked(objective, **CALLS[mode])
        assert calls == 15
        assert isinstance(caught.value, RuntimeError if checked is one_by_one else TooLongError)
    finally:
        signal.signal(signal.SIGALRM, before)


@needs_signals
def test_a_handler_in_the_pieces():
    """The search for kinks calls f from compiled code, which goes on where f has no value."""
    calls = 0

    def objective(x):
        nonlocal calls
        calls += 1
        if calls == 9:
            signal.raise_signal(signal.SIGALRM)
        return float(abs(x).sum())

    before = signal.signal(signal.SIGALRM, alarmed)
    try:
        with pytest.raises(TooLongError):
            gradproof.find_kinks(objective, np.array([1e-5, 1.0]))
        assert calls == 9
    finally:
        signal.signal(signal.SIGALRM, before)


@needs_signals
def test_twin_the_same_exception_without_a_signal_is_a_missing_value():
    before = signal.signal(signal.SIGALRM, Handler())
    try:
        report = one_by_one(Objective(TooLongError("mine")))
    finally:
        signal.signal(signal.SIGALRM, before)
    assert [one.type for one in report.exceptions] == ["TooLongError"]
