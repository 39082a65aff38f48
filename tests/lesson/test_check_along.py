"""check_along: the optimizer goes its way, points on it are checked, and what hides at the first is found later."""

import json

import numpy as np
import pytest
from zoo_bugs import DATA

import gradproof
from gradproof import zoo
from gradproof.demos import network, training
from gradproof.demos.bugs import mask
from gradproof.lesson.optimizers import OPTIMIZERS

POINT = np.array([1.0, -2.0, 0.5])


def f(x):
    return float(np.sum(x**4) / 4 + np.sum(x**2))


def g(x):
    return x**3 + 2 * x


def hides(x):
    """Wrong wherever the first coordinate has moved."""
    return g(x) + (0.5 if x[0] != 1.0 else 0.0) * np.array([0.0, 1.0, 0.0])


def test_a_right_gradient_is_right_at_every_point():
    found = gradproof.check_along(f, g, POINT)
    assert found.verdict == "right"
    assert found
    assert found.steps == (0, 10, 100)
    assert [report.verdict for report in found.reports] == ["right"] * 3
    assert found.first_wrong is None
    assert found.unchecked == ()
    assert str(found).startswith("right: the gradient agrees with the objective at all 3 points along the training")


def test_a_bug_that_the_initial_point_hides_is_found():
    assert gradproof.check(f, hides, POINT).verdict == "right"
    found = gradproof.check_along(f, hides, POINT)
    assert found.verdict == "wrong"
    assert not found
    assert [report.verdict for report in found.reports] == ["right", "wrong", "wrong"]
    assert found.first_wrong == 10
    assert [list(report.wrong) for report in found.reports] == [[], [1], [1]]
    assert "wrong at 2 of 3 points along the training; step 0 hides it" in str(found)
    assert "Step 10:" in str(found)
    assert "optimizer: SGD" in str(found)


def test_it_stops_at_the_first_wrong_one_if_asked():
    calls = []

    def counted(x):
        calls.append(1)
        return hides(x)

    found = gradproof.check_along(f, counted, POINT, stop_at_wrong=True)
    assert (found.verdict, found.steps, found.unchecked, found.stopped_by) == ("wrong", (0, 10), (100,), "wrong")
    assert len(calls) == 10 + 2 * 2
    assert gradproof.check_along(f, g, POINT, stop_at_wrong=True).steps == (0, 10, 100)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_every_optimizer_with_and_without_rows(optimizer):
    objective, gradient, x, _ = zoo.network("tanh", "softmax", DATA, hidden=4)
    for rows in (None, len(DATA[0])):
        found = gradproof.check_along(objective, gradient, x, optimizer=optimizer, rows=rows, steps=40, at=(0, 40))
        assert found.verdict == "right"
        assert found.optimizer == optimizer
        assert found.reports[1].value < found.reports[0].value  # it learns
        assert found.reports[0].rows == rows


def test_the_points_are_those_of_the_optimizer():
    found = gradproof.check_along(f, g, POINT, optimizer="batch", learning_rate=0.01, steps=2, at=(2,))
    x = POINT - 0.01 * g(POINT)
    x = x - 0.01 * g(x)
    assert found.reports[0].value == f(x)
    rows_seen = []

    def of_rows(x, rows):
        rows_seen.append(len(rows))
        return g(x)

    for optimizer, size, expected in (("sgd", None, 1), ("minibatch", None, 32), ("adam", 5, 5), ("batch", None, 40)):
        rows_seen.clear()
        gradproof.check_along(
            lambda x, rows: f(x), of_rows, POINT, optimizer=optimizer, batch_size=size, rows=40, steps=1, at=(1,)
        )
        assert rows_seen[0] == expected


def test_an_optimizer_of_ones_own():
    def halved(x, gradient):
        assert set(gradient) == {"w"}
        return {"w": x["w"] / 2}

    found = gradproof.check_along(
        lambda x: f(x["w"]), lambda x: {"w": g(x["w"])}, {"w": POINT}, optimizer=halved, steps=3, at=[0, 3]
    )
    assert found.verdict == "right"
    assert found.optimizer == "halved"
    assert found.reports[1].value == f(POINT / 8)


def test_a_training_that_diverges_is_said():
    with np.errstate(all="ignore"):
        found = gradproof.check_along(f, g, POINT, learning_rate=10.0)
        assert found.verdict == "inconclusive"
        assert (found.steps, found.unchecked, found.stopped_by) == ((0,), (10, 100), "diverged")
        assert "not checked: diverged" in str(found)
        assert gradproof.check_along(f, lambda x: g(x) * 2, POINT, learning_rate=10.0).verdict == "wrong"
        # Where x still is finite, and the objective no longer, the report of the point says so.
        found = gradproof.check_along(f, g, POINT, learning_rate=1e100, at=(0, 1))
        assert found.reports[1].undecided == 3
    assert found.verdict == "inconclusive"


def test_the_default_points_go_as_far_as_the_steps():
    assert gradproof.check_along(f, g, POINT, steps=5).steps == (0, 5)
    assert gradproof.check_along(f, g, POINT, steps=0).steps == (0,)
    assert gradproof.check_along(f, g, POINT, steps=120).steps == (0, 10, 100, 120)


def test_x_stays_as_it_is_and_the_seed_decides():
    objective, gradient, x, _ = zoo.network("relu", "svm", DATA, hidden=3)
    before = {name: part.tobytes() for name, part in x.items()}
    runs = [gradproof.check_along(objective, gradient, x, rows=40, steps=20, at=(20,), seed=seed) for seed in (1, 1, 2)]
    assert {name: part.tobytes() for name, part in x.items()} == before
    first, again, other = (run.reports[0].value for run in runs)
    assert first == again != other
    assert json.loads(runs[0].to_json())["verdict"] == "right"


def test_progress_goes_forward_and_never_beyond():
    calls = []
    found = gradproof.check_along(f, g, POINT, progress=lambda done, total: calls.append((done, total)))
    assert [done for done, _ in calls] == sorted(done for done, _ in calls)
    assert calls[-1][0] == 100 + sum(report.evaluations for report in found.reports)


def test_limits_end_it():
    found = gradproof.check_along(f, g, POINT, time_limit=1e-9)
    assert (found.verdict, found.steps, found.stopped_by) == ("inconclusive", (), "time_limit")
    assert str(found)
    assert gradproof.check_along(f, g, POINT, budget=3).verdict == "inconclusive"

    def pressed(x):
        if x[0] != 1.0:
            raise KeyboardInterrupt
        return g(x)

    found = gradproof.check_along(f, pressed, POINT)
    assert (found.verdict, found.steps, found.stopped_by) == ("inconclusive", (0,), "interrupted")


def test_the_demo_hides_at_the_first_point_alone():
    x = training.start()
    found = gradproof.check_along(network.objective, mask.gradient, x, optimizer="batch")
    assert [report.verdict for report in found.reports] == ["right", "wrong", "wrong"]
    before_relu = set(range(13 * 13 + 13))
    assert set(found.reports[-1].wrong) == before_relu
    assert any("as that of a regulariser alone" in note for note in found.reports[0].warnings)
    assert gradproof.check_along(network.objective, network.gradient, x, optimizer="batch").verdict == "right"


@pytest.mark.parametrize(
    ("settings", "error", "sentence"),
    [
        ({"optimizer": "adams"}, ValueError, 'optimizer must be one of "batch", "sgd", "minibatch", "momentum"'),
        ({"optimizer": lambda x, slopes: None}, TypeError, "the optimizer returned None instead of the next x"),
        ({"optimizer": lambda x, slopes: x[:2]}, ValueError, "the optimizer's result has the shape (2,)"),
        (
            {"optimizer": lambda x, slopes: x, "learning_rate": 1},
            ValueError,
            "learning_rate can only be set for named optimizers, not for a function",
        ),
        ({"steps": -1}, ValueError, "steps must be 0 or more, not -1"),
        ({"steps": 1.5}, TypeError, "steps must be an integer, not 1.5"),
        ({"steps": 5, "at": (0, 6)}, ValueError, "at must hold integers from 0 to steps, which is 5, not (0, 6)"),
        ({"at": (-1,)}, ValueError, "at must hold integers from 0"),
        ({"at": ()}, ValueError, "at must hold integers from 0"),
        ({"at": "0"}, TypeError, "each of at must be an integer, not '0'"),
        ({"learning_rate": 0}, ValueError, "learning_rate must be positive and finite, not 0"),
        ({"batch_size": 3}, ValueError, "batch_size requires rows, the number of data points"),
        ({"batch_size": 0, "rows": 3}, ValueError, "batch_size must be at least 1 row, not 0"),
        ({"rows": 0}, ValueError, "rows must be at least 1, not 0"),
        ({"gradient": POINT}, TypeError, "gradient must be a function, which each step calls, not of type ndarray"),
        ({"gradient": lambda: 0, "at": (1,)}, TypeError, "the gradient is called with x alone: "),
        ({"save": "a.check"}, TypeError, "save and resume cannot be used here: check_along makes several checks"),
        ({"rtol": 7}, ValueError, "rtol must be a relative error"),
    ],
)
def test_arguments_that_do_not_fit(settings, error, sentence):
    gradient = settings.pop("gradient", g)
    with pytest.raises(error) as caught:
        gradproof.check_along(f, gradient, POINT, **settings)
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)
