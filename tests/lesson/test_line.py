"""Lines of an objective: where the points of a line lie."""

import numpy as np
import pytest

from gradproof.lesson.line import read_line
from gradproof.problem.point import read_problem

X = {"layers": [{"W": np.arange(6.0).reshape(2, 3), "b": np.zeros(2)}, {"W": np.ones((3, 2, 2)), "b": 5.0}]}
PROBLEM = read_problem(X)


@pytest.mark.parametrize("value", [1.0, -3.7, 0.0, 1e-9, 1e9])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_points_of_a_coordinate_are_those_of_x_plus_h(value, dtype):
    problem = read_problem(np.array([2.0, value], dtype))
    line = read_line(lambda v: 0.0, problem, 1, None, 0)
    here = problem.x[1]
    assert line.point(line.at).tobytes() == problem.x.tobytes()
    for step in (line.size / 4, -line.size / 1024):
        u = (line.at.astype(np.float64) + step / line.size).astype(dtype)
        point = line.point(u)
        assert point[0] == 2
        assert point[1] == pytest.approx(here + dtype(step), rel=1e-6)
        assert line.taken(u, problem.x) == float(point[1]) - float(here)


def test_points_of_a_direction():
    problem = read_problem(np.array([1.0, 2.0, 4.0]))
    vector = np.array([1.0, -1.0, 0.5])
    line = read_line(lambda v: 0.0, problem, None, vector, 0)
    step = 2.0**-10
    u = np.array([step / line.size])
    point = line.point(u)
    assert point.tolist() == (problem.x + step * vector).tolist()
    assert line.taken(u, problem.x) == step
    assert line.claimed(np.array([1.0, 2.0, 3.0])) == 0.5
    # Sums that have no value.
    assert line.claimed(np.array([1.7e308, -1.7e308, 1e308])) == np.inf
    with np.errstate(invalid="ignore"):
        assert np.isnan(line.claimed(np.array([np.inf, np.inf, 3.0])))


def test_a_random_direction_keeps_to_its_block_and_hides_no_coordinate():
    line = read_line(lambda p: 0.0, PROBLEM, "layers.1.W", None, 3)
    sizes = np.abs(line.vector)
    assert not sizes[:8].any()
    assert not sizes[20:].any()
    assert np.all((sizes[8:20] >= 0.5) & (sizes[8:20] < 1.5))
    assert len(set(np.sign(line.vector[8:20]))) == 2
    assert not np.array_equal(line.vector, read_line(lambda p: 0.0, PROBLEM, "layers.1.W", None, 4).vector)


def test_the_largest_seed_is_a_random_direction_too():
    line = read_line(lambda p: 0.0, PROBLEM, None, "random", 2**64 - 1)
    assert len(set(np.abs(line.vector[8:20]))) > 1
