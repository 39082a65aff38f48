"""Places in x: what names stand for."""

import numpy as np
import pytest

from gradproof.problem.coordinates.places import place_of
from gradproof.problem.point import read_problem

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
        ("layers.0.W[-1, 0]", 3, 4, "layers.0.W[1, 0]"),
        ("layers.0.W[1:2]", 3, 6, "layers.0.W[1:2]"),
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
        ("layers.0.W[:, 0]", ValueError, "is not one block"),
        ("layers.0.W[-3]", IndexError, r"has the shape \(2, 3\)"),
        ("layers.0.W[0, 0, 0]", IndexError, "3 indices"),
        ("layers.0.W[]", ValueError, r"integers or slices, as in layers.0.W\[0, 0\]"),
    ],
)
def test_names_that_are_none(name, error, words):
    with pytest.raises(error, match=words):
        place_of(PROBLEM, name)


def test_a_key_may_be_x():
    problem = read_problem({"y": np.ones(2), "x": np.ones(3)})
    assert place_of(problem, "x") == (2, 5, "x")
    assert place_of(problem, "x[1]") == (3, 4, "x[1]")
