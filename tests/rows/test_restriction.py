"""Lines of an objective: what names stand for, and where the points of a line lie."""

import numpy as np
import pytest

from gradproof.problem.point import read_problem
from gradproof.rows.restriction import place_of, read_line

X = {"layers": [{"W": np.arange(6.0).reshape(2, 3), "b": np.zeros(2)}, {"W": np.ones((3, 2, 2)), "b": 5.0}]}
PROBLEM = read_problem(X)


@pytest.mark.parametrize(
    ("name", "start", "stop", "known_as"),
    [
        ("layers.0.W[1, 2]", 5, 6, "layers.0.W[1, 2]"),
        ("layers.0.W[ 1,2 ]", 5, 6, "layers.0.W[1, 2]"),
        ("layers.0.W[1]", 3, 6, "layers.0.W[1]"),
        ("layers.0.W", 0, 6, "layers.0.W"),
        ("layers.0", 0, 8, "layers.0"),
        ("layers.1.W[2, 1]", 18, 20, "layers.1.W[2, 1]"),
        ("layers.1.b", 20, 21, "layers.1.b"),
        ("x", 0, 21, "x"),
        (None, 0, 21, "x"),
        (7, 7, 8, "layers.0.b[1]"),
        (np.int64(20), 20, 21, "layers.1.b"),
    ],
)
def test_places(name, start, stop, known_as):
    assert place_of(PROBLEM, name) == (start, stop, known_as)


def test_every_name_of_a_report_stands_for_its_coordinate():
    for index in range(PROBLEM.n):
        assert place_of(PROBLEM, PROBLEM.layout.name(index))[:2] == (index, index + 1)


@pytest.mark.parametrize(
    ("name", "error", "words"),
    [
        ("layers.0.w", ValueError, "did you mean layers.0.W"),
        ("layer", ValueError, "x has no layer"),
        ("layers.0.W[2, 0]", IndexError, r"has the shape \(2, 3\)"),
        ("layers.0.W[-1, 0]", ValueError, r"as in layers.0.W\[0, 0\]"),
        ("layers.0.W[1:2]", ValueError, "whole numbers"),
        ("layers.0.W[0, 0, 0]", IndexError, "3 indices"),
        ("layers.0.W[]", ValueError, "whole numbers"),
    ],
)
def test_names_that_are_none(name, error, words):
    with pytest.raises(error, match=words):
        place_of(PROBLEM, name)


def test_a_key_may_be_x():
    problem = read_problem({"y": np.ones(2), "x": np.ones(3)})
    assert place_of(problem, "x") == (2, 5, "x")
    assert place_of(problem, "x[1]") == (3, 4, "x[1]")


@pytest.mark.parametrize("value", [1.0, -3.7, 0.0, 1e-9, 1e9])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_points_of_a_coordinate_are_those_of_x_plus_h(value, dtype):
    problem = read_problem(np.array([2.0, value], dtype))
    line = read_line(lambda v: 0.0, problem, 1, None, 0)
    here = problem.x[1]
    assert line.point(float(line.at[0])).tobytes() == problem.x.tobytes()
    for step in (line.size / 4, -line.size / 1024):
        u = (line.at.astype(np.float64) + step / line.size).astype(dtype)[0]
        point = line.point(float(u))
        assert point[0] == 2
        assert point[1] == pytest.approx(here + dtype(step), rel=1e-6)
        assert line.taken(float(u), problem.x) == float(point[1]) - float(here)


def test_points_of_a_direction():
    problem = read_problem(np.array([1.0, 2.0, 4.0]))
    vector = np.array([1.0, -1.0, 0.5])
    line = read_line(lambda v: 0.0, problem, None, vector, 0)
    step = 2.0**-10
    point = line.point(step / line.size)
    assert point.tolist() == (problem.x + step * vector).tolist()
    assert line.taken(step / line.size, problem.x) == step
    assert line.claimed(np.array([1.0, 2.0, 3.0])) == 0.5


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
