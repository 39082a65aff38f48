"""Points outside the bounds are no evaluations: the report counts those that were made, and those left out."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import gradproof

N = 40
X = np.linspace(1, 2, N)
# Half of the coordinates stand on their lower bound.
BOUNDS = (np.where(np.arange(N) % 2, X, 0), None)


class Objective:
    """The sum of squares, which counts its calls and is never called outside the bounds."""

    def __init__(self):
        self.calls = 0

    def __call__(self, x):
        self.calls += 1
        assert (x >= 0).all()
        return float(x @ x)


def one_by_one(objective, gradient, **settings):
    return gradproof.check(objective, gradient, X, **settings)


def in_batches(objective, gradient, **settings):
    many = gradproof.batched(lambda points: np.array([objective(point) for point in points]))
    return gradproof.check(many, gradient, X, **settings)


def in_place(objective, gradient, **settings):
    x = X.copy()
    return gradproof.check(gradproof.in_place(x, lambda: objective(x)), gradient(x), **settings)


def by_threads(objective, gradient, **settings):
    with ThreadPoolExecutor(1) as executor:
        return gradproof.check(objective, gradient, X, executor=executor, **settings)


def on_rows(objective, gradient, **settings):
    return gradproof.check(lambda x, _: objective(x), lambda x, _: gradient(x), X, rows=1, **settings)


EVALUATORS = [one_by_one, in_batches, in_place, by_threads, on_rows]
GRADIENTS = {"right": lambda x: 2 * x, "wrong": lambda x: 2 * x + (np.arange(N) == 7)}


@pytest.mark.parametrize("verdict", GRADIENTS)
@pytest.mark.parametrize("settings", [{}, {"budget": 90}, {"mode": "lines"}], ids=["full", "budget", "lines"])
@pytest.mark.parametrize("checked", EVALUATORS)
def test_evaluations_are_those_that_were_made(checked, settings, verdict):
    objective = Objective()
    report = checked(objective, GRADIENTS[verdict], bounds=BOUNDS, **settings)
    assert report.evaluations == objective.calls
    assert report.exceptions == ()
    assert report.outside > 0
    assert report.to_dict()["outside"] == report.outside
    said = " ".join(str(report).split())
    assert f"evaluations {report.evaluations:,} of the objective" in said
    assert f"{report.outside:,} point" in said
    assert report.power is None or report.power.evaluations == report.evaluations


@pytest.mark.parametrize("bounds", [None, (0.0, 3.0)])
@pytest.mark.parametrize("checked", EVALUATORS)
def test_twin_nothing_is_left_out(checked, bounds):
    objective = Objective()
    report = checked(objective, GRADIENTS["right"], bounds=bounds)
    assert (report.evaluations, report.outside) == (objective.calls, 0)
    assert "left out" not in str(report)


@pytest.mark.parametrize("verdict", GRADIENTS)
@pytest.mark.parametrize("checked", [one_by_one, in_batches, in_place, by_threads])
def test_points_outside_do_not_use_up_the_budget(checked, verdict):
    """With room for what is made, and for the last round, a check is the same as without a budget."""
    whole = checked(Objective(), GRADIENTS[verdict], bounds=BOUNDS)
    assert whole.outside > 20
    report = checked(Objective(), GRADIENTS[verdict], bounds=BOUNDS, budget=whole.evaluations + 20)
    assert (report.stopped_by, report.evaluations) == ("", whole.evaluations)
    assert (report.verdict, report.wrong.tolist()) == (whole.verdict, whole.wrong.tolist())
    # Its twin: without bounds as many points are made, and count.
    free = checked(Objective(), GRADIENTS[verdict], budget=whole.evaluations + 20)
    assert free.evaluations <= whole.evaluations + 20


@pytest.mark.parametrize("mode", ["full", "lines"])
@pytest.mark.parametrize("budget", [None, 1, 50])
def test_a_box_of_one_point_ends(mode, budget):
    calls = 0

    def objective(x):
        nonlocal calls
        calls += 1
        assert np.array_equal(x, X)
        return float(x @ x)

    report = gradproof.check(objective, 2 * X, X, bounds=(X, X), mode=mode, budget=budget)
    assert report.verdict == "inconclusive"
    assert report.evaluations == calls
    assert report.outside > 0 or budget == 1


@pytest.mark.parametrize("after", [1, 2, 20, 41, 55, 80])
@pytest.mark.parametrize("budget", [None, 120])
def test_a_check_that_goes_on_counts_all_of_them(after, budget, tmp_path):
    gradient = GRADIENTS["wrong"]
    whole = one_by_one(Objective(), gradient, bounds=BOUNDS, budget=budget)
    objective = Objective()

    def interrupted(x):
        if objective.calls == after:
            raise KeyboardInterrupt
        return objective(x)

    file = tmp_path / "saved"
    report = gradproof.check(interrupted, gradient, X, bounds=BOUNDS, budget=budget, save=file)
    assert report.evaluations == objective.calls
    again = one_by_one(objective, gradient, bounds=BOUNDS, budget=budget, resume=file)
    assert again.to_json() == whole.to_json()
    # f(x) once more, to see whether it is the same objective.
    assert again.evaluations == objective.calls - 1


def test_only_what_ended_a_check_is_said_to_have_ended_it():
    """Lines that leave the box at once are untested, but nothing ended the check."""
    report = gradproof.check(lambda x: x @ x, lambda x: 2 * x, np.zeros(50), bounds=(0, None), mode="lines")
    assert (report.verdict, report.stopped_by, report.untested) == ("inconclusive", "", 50)
    assert "Not tested: the budget" not in str(report)
    ended = gradproof.check(lambda x: x @ x, lambda x: 2 * x, np.ones(50), budget=10, mode="full")
    assert (ended.verdict, ended.stopped_by) == ("inconclusive", "budget")
    assert "Not tested: the budget" in str(ended)
