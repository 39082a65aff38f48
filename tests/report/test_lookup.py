"""Coordinates of a report by name, by tuple and from the end."""

import numpy as np
import pytest

import gradproof

MATRIX = np.linspace(0.1, 1, 6).reshape(2, 3)


def cubes(x):
    parts = x.values() if isinstance(x, dict) else [x]
    return float(sum(np.sum(np.abs(part) ** 3) for part in parts))


def claim(x):
    return {name: 3 * part * np.abs(part) for name, part in x.items()} if isinstance(x, dict) else 3 * x * np.abs(x)


def checked(x, **settings):
    return gradproof.check(cubes, claim(x), x, **settings)


def every_way_is_the_same(report, index, *others):
    for other in others:
        assert report.name(other) == report.name(index)
        assert report.claimed(other) == report.claimed(index)
        assert report.ladder(other) == report.ladder(index)
        assert report.explain(other) == report.explain(index)


def test_a_single_array():
    report = checked(MATRIX)
    every_way_is_the_same(
        report, 5, -1, "x[1, 2]", "x[1,2]", " x[-1, -1] ", (1, 2), (-1, -1), np.int64(5), (np.int8(1), 2)
    )
    every_way_is_the_same(report, 3, -3, "x[1, 0]", (1, 0), (-1, -3))
    assert report.claimed((0, 1)) == claim(MATRIX)[0, 1]


def test_an_array_with_names():
    x = {"W": MATRIX, "W2": MATRIX + 1, "b": np.array(0.5)}
    report = checked(x)
    every_way_is_the_same(report, 5, "W[1, 2]", "W[-1, -1]", ("W", 1, 2), ("W", -1, -1), ("W", (1, 2)))
    # As a pattern, W[2, 0] would be that of W2.
    every_way_is_the_same(report, 6, "W2[0, 0]")
    every_way_is_the_same(report, 12, -1, "b", ("b",), ("b", ()))
    wrong = gradproof.check(lambda x: float(np.sum(x["W"])), {"W": np.eye(2, 3) + 1}, {"W": MATRIX})
    assert wrong.explain(wrong.findings[1]) == wrong.explain(wrong.findings[1].name)


def test_every_name_is_found():
    x = {"W": MATRIX, "layers": [{"a b": np.ones(2)}, {"c": np.array(3.0)}], "z": np.array([1 + 2j, 3 - 1j])}
    report = gradproof.check(lambda x: 0.0, x, x)
    names = [report.name(index) for index in range(13)]
    assert names[-1] == "z[1].imag"
    assert [report.name(name) for name in names] == names
    assert [report.claimed(name) for name in names] == [report.claimed(index) for index in range(13)]


def test_names_of_the_user():
    report = gradproof.check(cubes, claim(MATRIX[0]), MATRIX[0], names=["height", "W[0]", "mass / 2"])
    assert [report.claimed(name) for name in ("height", "W[0]", "mass / 2", "x[2]")] == [
        report.claimed(index) for index in (0, 1, 2, 2)
    ]


def test_what_was_held():
    report = checked({"W": MATRIX, "b": np.ones(2)}, held="W")
    every_way_is_the_same(report, 6, "b[0]", -2, "b[-2]")
    for index in (0, "W[0, 0]", -8):
        with pytest.raises(IndexError, match="was not checked"):
            report.explain(index)


def test_functions_with_many_outputs():
    report = gradproof.check_vjp(np.sin, lambda x, cotangent: np.ones(3), MATRIX[0])
    first = report.findings[0]
    assert " / " in first.name
    assert report.claimed(first.name) == report.claimed(first.index)


@pytest.mark.parametrize(
    ("index", "error", "words"),
    [
        ("W[2, 0]", IndexError, r"W\[2, 0\] is out of range: W has the shape \(2, 3\)"),
        ("W[0, -4]", IndexError, "out of range"),
        ("W[0]", ValueError, r"W\[0\] is not one coordinate: W has the shape \(2, 3\), as in W\[0, 0\]"),
        ("W", ValueError, "not one coordinate"),
        ("W[:, 0]", ValueError, r"W\[:, 0\] is not one coordinate"),
        ("W[a]", ValueError, "indices must be integers"),
        ("w[0, 0]", ValueError, r"x has no w\[0, 0\]; did you mean W\?"),
        ("z[0]", ValueError, r"z\[0\] has two coordinates: give a name, such as 'z\[0\]\.real'"),
        ("W[0, 0].real", ValueError, r"x has no W\[0, 0\]\.real"),
        (("W", 2, 0), IndexError, r"W\[2, 0\] is out of range: W has the shape \(2, 3\)"),
        (("V", 0), ValueError, r"x has no V\[0\]"),
        ((0, 0), TypeError, r"a tuple is for x that is a single array: give a name, such as 'W\[0, 0\]'"),
        (10, IndexError, "index 10 is out of range: coordinates go from 0 to 9"),
        (-11, IndexError, "out of range"),
        (0.0, TypeError, "index must be a flat index, a name such as"),
        (None, TypeError, "index must be"),
        (True, TypeError, "index must be"),
    ],
)
def test_what_is_no_coordinate(index, error, words):
    x = {"W": MATRIX, "z": np.array([1 + 2j, 3 - 1j])}
    report = gradproof.check(lambda x: 0.0, x, x)
    for method in (report.explain, report.name, report.claimed, report.ladder):
        with pytest.raises(error, match=words):
            method(index)


def test_tuples_that_do_not_fit():
    report = checked(MATRIX)
    for index, error in (((0,), ValueError), ((0, 3), IndexError), ((0, 0.5), TypeError), ((), ValueError)):
        with pytest.raises(error):
            report.claimed(index)
