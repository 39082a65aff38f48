"""Points of large vectors move in one memory: who keeps them, changes them, or raises does not see it."""

import numpy as np
import pytest
from evaluation import probes_of

import gradproof
from gradproof.evaluators import choice
from gradproof.problem.point import read_problem

N = 3000
X = np.linspace(0.5, 2, N)
SHAPES = [(N,), (50, 60)]
MOVES = [(3, 0.25), (3, -0.25), (7, 0.5), (N - 1, 1.0), (0, -1.0)]


def cubes(x):
    return float(np.sum(x**3))


def gradient(x):
    return 3 * x**2


def faulty(x):
    slopes = gradient(x)
    slopes.reshape(-1)[1234] *= 1.01
    return slopes


def points(x):
    """What f has to see, one after the other."""
    for index, step in MOVES:
        point = x.copy()
        point.reshape(-1)[index] += step
        yield point


def values(objective, x=X):
    return choice.evaluator_for(objective, read_problem(x)).evaluate(probes_of(*MOVES))


def twins(objective):
    right, wrong = (gradproof.check(objective, claimed, X) for claimed in (gradient, faulty))
    assert right.verdict == "right", right
    assert wrong.wrong.tolist() == [1234]
    assert wrong.findings[0].cause is gradproof.Cause.WRONG
    return right


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("shape", SHAPES)
def test_values_are_those_at_fresh_points(shape, dtype):
    x = X.astype(dtype).reshape(shape)
    seen = []

    def objective(point):
        assert point.shape == shape
        assert point.dtype == dtype
        seen.append(point.tobytes())
        return cubes(point)

    assert values(objective, x).tolist() == [cubes(point) for point in points(x)]
    assert seen == [point.tobytes() for point in points(x)]


def test_most_points_share_their_memory_and_no_two_are_one_object():
    memory, before = set(), []

    def objective(point):
        memory.add(point.__array_interface__["data"][0])
        assert id(point) not in before[-1:]
        return cubes(point)

    values(objective)
    assert len(memory) == 1


@pytest.mark.parametrize(
    "part",
    [lambda x: x, lambda x: x[5:], lambda x: x.reshape(60, 50).T, memoryview],
    ids=["x", "part", "shape", "view"],
)
def test_whoever_keeps_a_point_has_it_as_it_was(part):
    kept = []

    def objective(point):
        kept.append(part(point))
        return cubes(point)

    values(objective)
    assert all(
        np.array_equal(np.asarray(one), np.asarray(part(point))) for one, point in zip(kept, points(X), strict=True)
    )
    kept.clear()
    twins(objective)


def test_a_value_that_is_kept_for_the_last_argument_is_not_taken_for_another():
    last = [np.zeros(N), 0.0]

    def objective(point):
        if not np.array_equal(point, last[0]):
            last[:] = point, cubes(point)
        return last[1]

    twins(objective)


def test_an_objective_that_changes_its_argument_only_away_from_x_gets_points_of_its_own():
    def objective(point):
        value = cubes(point)
        if point[-1] != X[-1] or point[0] != X[0]:
            point[700] = 5.0
        return value

    assert values(objective).tolist() == [cubes(point) for point in points(X)]
    assert twins(objective).warnings == (
        "The objective changed its argument. It was given copies, so your x is unchanged.",
    )


def test_an_objective_that_changes_and_keeps_its_argument_gets_points_of_its_own():
    kept = []

    def objective(point):
        value = cubes(point)
        if point[7] != X[7]:
            point[700] = 5.0
            kept.append(point)
        return value

    assert values(objective).tolist() == [cubes(point) for point in points(X)]
    twins(objective)


def test_it_goes_on_after_an_exception():
    def objective(point):
        if point[3] < X[3]:
            raise ArithmeticError(point)
        return cubes(point)

    found = values(objective)
    assert np.isnan(found).tolist() == [False, True, False, False, False]
    assert found[2] == cubes(list(points(X))[2])


def test_values_before_an_interruption_are_kept():
    def objective(point):
        if point[N - 1] != X[N - 1]:
            raise KeyboardInterrupt
        return cubes(point)

    evaluator = choice.evaluator_for(objective, read_problem(X))
    with pytest.raises(KeyboardInterrupt):
        evaluator.evaluate(probes_of(*MOVES))
    assert evaluator.first_values().tolist() == [cubes(point) for point in list(points(X))[:3]]
