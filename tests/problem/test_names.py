"""Names of coordinates: each has its own, and is found by it in every way in which people look things up."""

import numpy as np
import pytest

import gradproof
from gradproof.problem.coordinates.chosen import chosen_coordinates
from gradproof.problem.coordinates.lookup import flat_index
from gradproof.problem.coordinates.places import place_of
from gradproof.problem.point import read_problem

A = np.array([1.0, 2.0])


class Key:
    """A key of which others have the same repr."""

    def __repr__(self):
        return "key"


@pytest.mark.parametrize(
    ("x", "paths"),
    [
        ({"a.b": A, "a": {"b": A}}, ["['a.b']", "a.b"]),
        ({1: A, "1": A}, ["1", "['1']"]),
        ({"": A, "x": A}, ["['']", "x"]),
        ({"W[0]": 1.0, "W": A}, ["['W[0]']", "W"]),
        ({"z": A + 1j, "z.imag": A}, ["z", "['z.imag']"]),
        ({"p": {"it's": A, " a": A, "a\n": A, "a\\": A}}, ["p['it\\'s']", "p[' a']", "p['a\\n']", "p.a\\"]),
        ({1.5: A, "1.5": A, 1: {5: A}}, ["[1.5]", "['1.5']", "1.5"]),
        ({Key(): A, "key": A}, ["[key]", "key"]),
        ({Key(): A, "key": {Key(): A, "a": A}}, ["[key]", "key[key]", "key.a"]),
        # Names that are told apart stay as they are, as those of PyTorch's parameters.
        ({"layers.0.weight": A, "layers.0.bias": A, "a b": A}, ["layers.0.weight", "layers.0.bias", "a b"]),
        ([{"a": A}, (A, 2.0)], ["x.0.a", "x.1.0", "x.1.1"]),
        ({"a/b": {"c": A}, "a / b": A}, ["a/b.c", "a / b"]),
        ({"a*": A, "ab": A}, ["a*", "ab"]),
        ({"a.b": A, "a": {"b": {"c": A}}}, ["['a.b']", "a.b.c"]),
    ],
)
def test_every_coordinate_is_found_by_its_name(x, paths):
    problem = read_problem(x)
    layout = problem.layout
    assert [leaf.path for leaf in layout.leaves] == paths
    names = [layout.name(index) for index in range(layout.n)]
    assert len(set(names)) == layout.n
    for index, name in enumerate(names):
        assert flat_index(layout, name) == flat_index(layout, f"terms['a / b'][0] / {name}") == index
        assert place_of(problem, name) == (index, index + 1, name)
        assert chosen_coordinates(layout, name, None).tolist() == [index]
    for leaf in layout.leaves:
        assert place_of(problem, leaf.path)[:2] == (leaf.start, leaf.stop)
        assert chosen_coordinates(layout, leaf.path, None).tolist() == list(range(leaf.start, leaf.stop))


def test_the_same_repr_is_numbered():
    x = {Key(): A, Key(): A}
    assert [leaf.path for leaf in read_problem(x).layout.leaves] == ["[key]", "[key]#2"]


@pytest.mark.parametrize(
    ("pattern", "chosen"),
    [
        ("['a.*'].b", [0, 1]),
        ("['a.*']", [0, 1]),
        ("['a.?']", []),
        ("['a.*'].?[1]", [1]),
        ("a.*", [2, 3, 6, 7, 8, 9]),
        ("a['*']", [4, 5]),
        ("a.z[1].imag", [9]),
        ("a.z.real", [6, 8]),
        ("*.z[:].imag", [7, 9]),
        ("a.?[0]", [2, 6, 7]),
        ("x", list(range(10))),
    ],
)
def test_patterns(pattern, chosen):
    layout = read_problem({"a.*": {"b": A}, "a": {"c": A, "*": {"b": A}, "z": A + 1j}}).layout
    if not chosen:
        with pytest.raises(ValueError, match="only: x has no"):
            chosen_coordinates(layout, pattern, None)
        return
    assert chosen_coordinates(layout, pattern, None).tolist() == chosen


def test_a_report_says_which_of_two_is_wrong():
    x = {"a.b": A, "a": {"b": 2 * A}}
    f = lambda p: float(np.sum(p["a.b"] ** 2) + np.sum(p["a"]["b"] ** 3))  # noqa: E731
    right = {"a.b": 2 * A, "a": {"b": 12 * A**2}}
    assert gradproof.check(f, right, x)
    report = gradproof.check(f, right | {"a.b": 3 * A}, x)
    assert [one.name for one in report.findings] == ["['a.b'][1]", "['a.b'][0]"]
    assert [array.name for array in report.arrays] == ["['a.b']", "a.b"]
    again = gradproof.Report.from_json(report.to_json())
    assert again.claimed("['a.b'][1]") == report.claimed("['a.b'][1]") == 6.0
    assert report.claimed("a.b[0]") == 12.0


def test_an_element_of_a_long_array_is_found_without_a_list_of_all():
    layout = read_problem({"W": np.broadcast_to(0.0, (3, 4))}).layout
    layout.leaves = (layout.leaves[0]._replace(shape=(1 << 40, 4), stop=1 << 42),)
    assert flat_index(layout, f"W[{(1 << 40) - 1}, 3]") == (1 << 42) - 1
