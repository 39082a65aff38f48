"""Bounds as (lower, upper), as SciPy's Bounds, and as pairs; what can be read in two ways is refused."""

from typing import NamedTuple

import numpy as np
import pytest
from scipy.optimize import Bounds

import gradproof
from gradproof.problem.bounds import read_bounds
from gradproof.problem.point import read_problem

INF = np.inf
TWO, THREE = np.array([1.0, 2.0]), np.array([1.0, 2.0, 3.0])


class Point(NamedTuple):
    a: float
    b: float


def ends(bounds, x):
    box = read_bounds(bounds, read_problem(x))
    return box.lower.tolist(), box.upper.tolist()


@pytest.mark.parametrize(
    ("bounds", "x", "lower", "upper"),
    [
        # Pairs, one for each coordinate.
        ([(0, 5), (1, None), (None, None)], THREE, [0, 1, -INF], [5, INF, INF]),
        (((0, 5), (1, None), (None, None)), THREE, [0, 1, -INF], [5, INF, INF]),
        ([[0, 5], [1, 6], [2, 7]], THREE, [0, 1, 2], [5, 6, 7]),
        (np.array([[0, 5], [1, 6], [2, 7]]), THREE, [0, 1, 2], [5, 6, 7]),
        ([(0, 5)], np.ones(1), [0], [5]),
        ([(0, 5)], 1.0, [0], [5]),
        ([(0, 5), (1, 6), (2, 7), (3, 8)], np.full((2, 2), 4.0), [0, 1, 2, 3], [5, 6, 7, 8]),
        ([(0, 5), (1, 6), (2, 7)], {"a": TWO, "b": 3.0}, [0, 1, 2], [5, 6, 7]),
        ([(np.float64(0), np.int64(5))] * 3, THREE, [0, 0, 0], [5, 5, 5]),
        # Pairs for two coordinates: a list of tuples, or something with a None inside.
        ([(0, 5), (1, 6)], TWO, [0, 1], [5, 6]),
        ([(0, 5), (1, 6)], {"a": 1.0, "b": 2.0}, [0, 1], [5, 6]),
        (((0, None), (1, 6)), TWO, [0, 1], [INF, 6]),
        ([[0, 5], [None, 6]], TWO, [0, -INF], [5, 6]),
        # (lower, upper) for two coordinates: arrays, numbers, None, structures.
        ((np.zeros(2), np.array([5, 6])), TWO, [0, 0], [5, 6]),
        ([np.zeros(2), np.array([5, 6])], TWO, [0, 0], [5, 6]),
        (([0, 0], np.array([5, 6])), TWO, [0, 0], [5, 6]),
        ((0, (5, 6)), TWO, [0, 0], [5, 6]),
        (((0, 1), None), TWO, [0, 1], [INF, INF]),
        ((0, 6), TWO, [0, 0], [6, 6]),
        ([0, 6], TWO, [0, 0], [6, 6]),
        ((None, None), TWO, [-INF, -INF], [INF, INF]),
        ((Point(0, 1), Point(5, 6)), Point(1.0, 2.0), [0, 1], [5, 6]),
        (({"a": 0, "b": 1}, {"a": 5, "b": 6}), {"a": 1.0, "b": 2.0}, [0, 1], [5, 6]),
        # (lower, upper) for more of them.
        (([0, 1, 2], [5, 6, 7]), THREE, [0, 1, 2], [5, 6, 7]),
        (([0, 1], [5, 6]), np.full((2, 2), 3.0), [0, 1, 0, 1], [5, 6, 5, 6]),
        ((0, 5), 1.0, [0], [5]),
        # Lists and tuples of arrays of different shapes.
        (([np.zeros(2), np.ones((2, 2))], None), [TWO, np.ones((2, 2))], [0, 0, 1, 1, 1, 1], [INF] * 6),
        ([[0, np.ones((2, 2))], [[5, 6], 7]], [TWO, np.ones((2, 2))], [0, 0, 1, 1, 1, 1], [5, 6, 7, 7, 7, 7]),
        (((0, np.ones(3)), (np.full(2, 5), THREE)), (TWO, THREE), [0, 0, 1, 1, 1], [5, 5, 1, 2, 3]),
        (((None, np.ones((1, 3))), (5, None)), (TWO, THREE[None]), [-INF, -INF, 1, 1, 1], [5, 5, INF, INF, INF]),
        (({"a": [0, np.ones(3)]}, {"a": [5, 6]}), {"a": [TWO, THREE]}, [0, 0, 1, 1, 1], [5, 5, 6, 6, 6]),
        (((0, np.ones(1)), (5, np.full(1, 6))), (1.0, np.ones(1)), [0, 1], [5, 6]),
        ((Point(0, np.ones(2)), Point(np.full(3, 5), 6)), Point(THREE, TWO), [0, 0, 0, 1, 1], [5, 5, 5, 6, 6]),
        # SciPy's.
        (Bounds(0, 5), THREE, [0, 0, 0], [5, 5, 5]),
        (Bounds([0, 1], [5, INF], keep_feasible=True), TWO, [0, 1], [5, INF]),
        (Bounds(), THREE, [-INF] * 3, [INF] * 3),
        (Bounds(0, 5), {"a": TWO, "b": 3.0}, [0, 0, 0], [5, 5, 5]),
        (Bounds(0, [5, 6, 7]), THREE, [0, 0, 0], [5, 6, 7]),
    ],
)
def test_forms(bounds, x, lower, upper):
    assert ends(bounds, x) == (lower, upper)


@pytest.mark.parametrize(
    "bounds",
    [
        ((0, 5), (1, 6)),
        ([0, 0], [5, 6]),
        [[0, 5], [1, 6]],
        [(0, 5), [1, 6]],
        np.array([[0, 5], [1, 6]]),
    ],
)
def test_what_can_be_read_in_two_ways_is_refused(bounds):
    with pytest.raises(
        ValueError, match=r"^bounds can be read in two ways, .* \(np\.array\(lower\), np\.array\(upper\)\)"
    ):
        gradproof.check(lambda x: x @ x, lambda x: 2 * x, TWO, bounds=bounds)


@pytest.mark.parametrize(
    ("bounds", "sentence"),
    [
        ([(0, 5)], "bounds has 1 pair (min, max), but x has 3 coordinates"),
        ([(0, 5)] * 4, "bounds has 4 pairs (min, max), but x has 3 coordinates"),
        ([(0, 5)] * 2, "the lower bound has the shape (2,), but x has the shape (3,)"),
        ([], "one pair (min, max) for each coordinate, not []"),
        ([(0, 5), 1, (2, 7)], "one pair (min, max) for each coordinate, not [(0, 5), 1, (2, 7)]"),
        (np.zeros((2, 3)), "one pair (min, max) for each coordinate, not array("),
        ("ab", "one pair (min, max) for each coordinate, not 'ab'"),
        ([(0, 5), (2.5, None), (0, 5)], "x must lie within the bounds, but x[1] is 2, outside [2.5, inf]"),
        ([(5, 0)] * 3, "x must lie within the bounds, but x[0] is 1, outside [5, 0]"),
        (Bounds(0, 2), "x must lie within the bounds, but x[2] is 3, outside [0, 2]"),
        (Bounds([0, 1], 9), "the lower bound has the shape (2,), but x has the shape (3,)"),
    ],
)
def test_what_does_not_fit_is_refused(bounds, sentence):
    with pytest.raises(ValueError, match="bound") as caught:
        gradproof.check(lambda x: x @ x, lambda x: 2 * x, THREE, bounds=bounds)
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("bounds", [(THREE, None), Bounds(THREE, INF), [(low, None) for low in THREE]])
@pytest.mark.parametrize("mode", ["full", "lines"])
def test_every_form_keeps_f_inside(bounds, mode):
    def objective(x):
        assert np.all(x >= THREE)
        return float(np.sum((x - THREE) ** 1.5) + x @ x)

    report = gradproof.check(objective, lambda x: 2 * x, THREE, bounds=bounds, mode=mode)
    assert not report.exceptions
    assert report.wrong.size == 0
    ends = gradproof.check(objective, lambda x: 2 * x, THREE, bounds=(THREE, None), mode=mode)
    assert report.to_dict() == ends.to_dict()
    wrong = gradproof.check(objective, 2 * THREE * [1, 1, 1.01], THREE, bounds=bounds)
    assert wrong.wrong.tolist() == [2]


@pytest.mark.parametrize("mode", ["full", "lines"])
def test_arrays_of_different_shapes_are_kept_inside(mode):
    x = (THREE, np.full((2, 2), 2.0))
    low = (THREE, np.full((2, 2), 1.0))

    def objective(x):
        assert all(np.all(part >= least) for part, least in zip(x, low, strict=True))
        return float(np.sum((x[0] - THREE) ** 1.5) + np.sum(x[1] ** 3))

    def gradient(x, factor=1.0):
        return 1.5 * np.sqrt(x[0] - THREE), 3 * x[1] ** 2 * [[1, 1], [1, factor]]

    report = gradproof.check(objective, gradient, x, bounds=(low, None), mode=mode)
    assert not report.exceptions
    assert report.wrong.size == 0
    wrong = gradproof.check(objective, lambda x: gradient(x, 1.01), x, bounds=(low, None))
    assert [one.name for one in wrong.findings if one.cause is gradproof.Cause.WRONG] == ["x.1[1, 1]"]


@pytest.mark.parametrize("bounds", [(THREE, None), Bounds(THREE, INF), [(low, None) for low in THREE]])
def test_bounds_are_those_of_all_of_x_where_some_of_it_is_held(bounds):
    report = gradproof.check(lambda x: x @ x, lambda x: 2 * x * [1, 1, 1.01], THREE, bounds=bounds, held=[0])
    assert report.outside > 0
    assert report.wrong.tolist() == [2]
