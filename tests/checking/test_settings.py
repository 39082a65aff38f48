"""What the arguments of a check change."""

import time

import numpy as np
import pytest
from models import POINT, hinge, hinge_gradient, negated, scaled, squares, squares_gradient, with_fault

import gradproof


def test_budget_leaves_coordinates_untested():
    report = gradproof.check(squares, squares_gradient, POINT, budget=7)
    assert report.verdict == "inconclusive"
    assert report.evaluations <= 7
    assert report.untested > 0
    assert report.stopped_by == "budget"
    assert "untested" in str(report)


def test_budget_that_is_enough_changes_nothing():
    free, bounded = (gradproof.check(squares, squares_gradient, POINT, budget=budget) for budget in (None, 1000))
    assert free.to_dict() == bounded.to_dict()


def test_time_limit_stops_soon():
    def slow(x):
        time.sleep(0.01)
        return float(x @ x)

    began = time.monotonic()
    report = gradproof.check(slow, lambda x: 2 * x, np.ones(500), time_limit=0.2)
    assert time.monotonic() - began < 2
    assert report.verdict == "inconclusive"
    assert report.stopped_by == "time_limit"


def test_rtol_is_the_error_that_counts():
    slightly = with_fault(squares_gradient, scaled)
    assert gradproof.check(squares, slightly, POINT).verdict == "wrong"
    assert gradproof.check(squares, slightly, POINT, rtol=0.01).verdict == "right"


def test_same_input_same_report():
    first, second = (gradproof.check(hinge, with_fault(hinge_gradient, negated), POINT, seed=7) for _ in range(2))
    assert first.to_json() == second.to_json()
    assert first.seed == 7
    assert first.mode == "full"


def test_mode_full_is_auto_here():
    assert gradproof.check(hinge, hinge_gradient, POINT, mode="full").verdict == "right"


class OutsideError(BaseException):
    """Not an Exception: that would be a missing value."""


@pytest.mark.parametrize("bounds", [(0.0, None), (np.zeros(4), 1.0), (None, np.ones(4)), (0, 1)])
def test_nothing_is_evaluated_outside_of_the_bounds(bounds):
    x = np.array([0.0, 1.0, 0.5, 1e-12])
    lower = -np.inf if bounds[0] is None else bounds[0]
    upper = np.inf if bounds[1] is None else bounds[1]

    def objective(w):
        assert np.all(w >= lower)
        assert np.all(w <= upper)
        return np.sum(w**2 + w)

    def outside_is_fatal(w):
        if not (np.all(w >= lower) and np.all(w <= upper)):
            raise OutsideError
        return objective(w)

    assert gradproof.check(outside_is_fatal, lambda w: 2 * w + 1, x, bounds=bounds).wrong.size == 0
    wrong = gradproof.check(outside_is_fatal, lambda w: 2 * w + 1.1, x, bounds=bounds).wrong
    assert {1, 2} <= set(wrong.tolist())


def test_progress_counts_what_was_done():
    calls = []
    report = gradproof.check(squares, squares_gradient, POINT, progress=lambda done, total: calls.append((done, total)))
    assert calls[-1][0] == report.evaluations
    assert all(done <= total for done, total in calls)
    assert [done for done, _ in calls] == sorted(done for done, _ in calls)


class NamelessError(Exception):
    """What `repr` of an object raises."""


class Nameless:
    def __repr__(self):
        raise NamelessError


class Lines:
    def __repr__(self):
        return "first\n    second"


def test_what_is_refused_is_refused_after_its_equal_was_accepted():
    """True is 1, and yet no seed."""
    for name in ("seed", "budget"):
        assert gradproof.check(hinge, hinge_gradient, POINT, **{name: 1}).evaluations > 0
        with pytest.raises(TypeError, match=f"{name} must be an integer, not True"):
            gradproof.check(hinge, hinge_gradient, POINT, **{name: True})


@pytest.mark.parametrize("name", ["seed", "budget", "rtol", "atol", "time_limit", "save", "mode", "sign", "precision"])
@pytest.mark.parametrize(
    ("value", "told"),
    [
        ([[1.0] * 3] * 60, "not [[1.0, 1.0, 1.0]"),
        (Nameless(), "not an object of type Nameless"),
        (Lines(), "not first second"),
    ],
    ids=["long", "nameless", "lines"],
)
def test_what_is_no_setting_is_told_in_short(name, value, told):
    """Arrays take many lines, and an object may not say what it is."""
    with pytest.raises((TypeError, ValueError), match=name) as caught:
        gradproof.check(squares, squares_gradient, POINT, **{name: value})
    assert told in str(caught.value)
    assert len(str(caught.value)) < 160
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["rtol", "atol"])
def test_numbers_beyond_all_floats(name):
    with pytest.raises(ValueError, match=name):
        gradproof.check(squares, squares_gradient, POINT, **{name: 10**400})
    assert gradproof.check(squares, squares_gradient, POINT, time_limit=10**400).verdict == "right"


@pytest.mark.parametrize("name", ["only", "held"])
def test_lists_of_different_lengths_choose_nothing(name):
    with pytest.raises(TypeError, match=f"{name} takes names, flat indices or truth values, not \\[0, 1\\]"):
        gradproof.check(squares, squares_gradient, POINT, **{name: [[0, 1], [2]]})
