"""A round may be told in parts: the engine asks for the rest again, and what was evaluated before a stop counts."""

import math
import time

import numpy as np
import pytest
from models import POINT, TWINS, negated, with_fault

import gradproof
from gradproof.core.coordinates.rounds import SCOUTS
from gradproof.core.records.engine import WANTED_CAPACITY
from gradproof.engine import Engine, Options
from gradproof.evaluators import choice
from gradproof.problem.bounds import read_bounds
from gradproof.problem.claim import claimed_gradient
from gradproof.problem.point import read_problem


def outcome_in_parts(objective, gradient, x, size):
    """Check with at most so many values told at a time; return the engine's records and how often it was told."""
    problem = read_problem(x)
    claimed, _ = claimed_gradient(gradient, problem)
    engine, evaluator = Engine(problem, claimed, Options()), choice.evaluator_for(objective, problem)
    told = 0
    while len(probes := engine.ask()):
        values = evaluator.evaluate(probes[:size])
        engine.tell(values, np.zeros(len(values)))
        told += 1
        assert told < 1000
    return engine.result(), told


@pytest.mark.parametrize("name", TWINS)
@pytest.mark.parametrize("size", [WANTED_CAPACITY, WANTED_CAPACITY + 1, 77])
def test_parts_give_the_same_causes(name, size):
    function, gradient_function = TWINS[name]
    x = np.tile(POINT, 6)

    def objective(w):
        return sum(function(part) for part in w.reshape(6, -1))

    def gradient(w):
        return np.concatenate([gradient_function(part) for part in w.reshape(6, -1)])

    for claimed in (gradient, with_fault(gradient, negated)):
        whole, rounds = outcome_in_parts(objective, claimed, x, 4096)
        parts, more = outcome_in_parts(objective, claimed, x, size)
        assert parts.causes.tolist() == whole.causes.tolist()
        assert more >= rounds


def test_more_values_than_asked_for_are_refused():
    problem = read_problem(POINT)
    engine = Engine(problem, np.zeros(POINT.size), Options())
    count = len(engine.ask())
    with pytest.raises(RuntimeError, match="too_many_values: More values"):
        engine.tell(np.zeros(count + 1), np.zeros(count + 1))
    engine.tell(np.zeros(count), np.zeros(count))


def slow(x):
    time.sleep(0.002)
    return float(x @ x)


def slow_batch(points):
    time.sleep(0.002 * len(points))
    return np.einsum("ij,ij->i", points, points)


@pytest.mark.parametrize("objective", [slow, gradproof.batched(slow_batch)], ids=["plain", "batched"])
def test_a_time_limit_within_the_first_round(objective):
    x = np.ones(900)
    report = gradproof.check(objective, lambda w: 2 * w, x, time_limit=0.8)
    assert (report.verdict, report.stopped_by) == ("inconclusive", "time_limit")
    assert 20 < report.tested < 900
    assert report.agreeing == report.tested
    assert report.evaluations >= 2 * report.tested


@pytest.mark.parametrize(("limit", "stopped_by"), [(0.02, "time_limit"), (None, "")])
def test_a_time_limit_where_nothing_is_evaluated(limit, stopped_by):
    """The box has no room: after f(x) every probe is outside of it, so that no evaluation looks at the clock."""
    x, calls = np.ones(3000), []

    def objective(w):
        calls.append(time.sleep(0.05))
        return float(w @ w)

    report = gradproof.check(objective, lambda w: 2 * w, x, mode="full", bounds=(x, x), time_limit=limit)
    assert (report.verdict, report.stopped_by) == ("inconclusive", stopped_by)
    assert (len(calls) == 1) == bool(limit)


def interrupted_at(call, bounds=None):
    x = np.linspace(1, 2, 900)
    calls = 0

    def objective(w):
        nonlocal calls
        calls += 1
        if calls == call:
            raise KeyboardInterrupt
        return float(w @ w)

    return gradproof.check(objective, lambda w: 2 * w, x, bounds=bounds), x


@pytest.mark.parametrize("call", [3, 4, 5, 100, 1001])
def test_an_interrupt_loses_no_pair(call):
    report, _ = interrupted_at(call)
    assert report.stopped_by == "interrupted"
    assert report.evaluations == call - 1
    assert report.tested == report.agreeing == (call - 2) // 2


def test_an_interrupt_with_bounds():
    # What lies outside is a missing value, and known without a call.
    report, _ = interrupted_at(200, bounds=(1, 2))
    assert report.stopped_by == "interrupted"
    assert report.agreeing > 90
    assert report.wrong.size == 0


def test_an_error_that_was_seen_is_not_called_right():
    x = np.linspace(1, 2, 900)
    calls = 0

    def objective(w):
        nonlocal calls
        calls += 1
        if calls == 1000:
            raise KeyboardInterrupt
        return float(w @ w)

    report = gradproof.check(objective, lambda w: 2 * w * np.where(np.arange(900) == 5, 1.1, 1), x)
    assert report.verdict != "right"
    assert report.agreeing == 498


def test_the_values_before_an_interrupt_are_in_the_ladder():
    report, x = interrupted_at(1001)
    for index, sides in ((0, 2), (498, 2), (499, 1), (500, 0)):
        slopes = [slope for rung in report.ladder(index) for slope in (rung.left, rung.right) if not math.isnan(slope)]
        assert len(slopes) == sides
        assert np.allclose(slopes, 2 * x[index], rtol=1e-5)


def test_an_interrupt_among_values_at_x():
    """Ten values at x say how far a random objective spreads: those before an interrupt count, too."""
    random = np.random.default_rng(5)
    here, calls = 0, 0

    def objective(w):
        nonlocal here, calls
        calls += 1
        here += bool(np.array_equal(w, POINT))
        if here == 5:
            raise KeyboardInterrupt
        return float(w @ w) * (1 + 0.1 * random.random())

    report = gradproof.check(objective, lambda w: 2 * w, POINT)
    assert report.stopped_by == "interrupted"
    assert report.evaluations == calls - 1


def test_a_round_that_lies_outside_of_the_bounds_is_whole():
    """Nothing is evaluated, and all is known."""
    problem = read_problem(POINT)
    box = read_bounds((POINT, POINT), problem)
    evaluator = choice.evaluator_for(lambda x: x @ x, problem, bounds=box)
    engine = Engine(problem, np.zeros(POINT.size), Options())
    for missing in (0, 2 * SCOUTS):
        values = evaluator.evaluate(engine.ask())
        assert np.isnan(values).sum() == missing
        assert np.array_equal(evaluator.first_values(), values, equal_nan=True)
        engine.tell(values, np.zeros(len(values)))
        evaluator.forget()
        assert evaluator.first_values().size == 0
