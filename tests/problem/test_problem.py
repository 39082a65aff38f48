"""What x may be, and what its coordinates are called."""

from collections import OrderedDict, defaultdict, namedtuple

import numpy as np
import pytest

import gradproof
from gradproof.problem.point import read

Layer = namedtuple("Layer", "weight bias")


def names(x):
    layout, _ = read(x)
    return [layout.name(index) for index in range(layout.n)]


def test_names_of_one_array():
    assert names(np.ones(3)) == ["x[0]", "x[1]", "x[2]"]
    assert names(np.ones((2, 2))) == ["x[0, 0]", "x[0, 1]", "x[1, 0]", "x[1, 1]"]
    assert names(np.array(1.0)) == ["x"]
    assert names(2.5) == ["x"]
    assert names([1.0, 2.0]) == ["x[0]", "x[1]"]
    assert names([[1, 2], [3, 4]])[2] == "x[1, 0]"


def test_names_of_structures():
    x = {"W1": np.ones((1, 2)), "layers": [{"bias": np.ones(2)}, (np.ones(1), 3.0)], "s": 1}
    assert names(x) == [
        "W1[0, 0]",
        "W1[0, 1]",
        "layers.0.bias[0]",
        "layers.0.bias[1]",
        "layers.1.0[0]",
        "layers.1.1",
        "s",
    ]
    assert names([np.ones(1), np.ones((1, 1))]) == ["x.0[0]", "x.1[0, 0]"]
    assert names(Layer(np.ones((1, 1)), [1, 2])) == ["weight[0, 0]", "bias[0]", "bias[1]"]
    assert names([[1.0, 2.0], [3.0]]) == ["x.0[0]", "x.0[1]", "x.1[0]"]


def test_names_skip_empty_arrays():
    assert names({"a": np.ones(0), "b": np.ones(2), "c": [], "d": 1.0}) == ["b[0]", "b[1]", "d"]


def test_a_line_is_named_by_its_ends():
    layout, _ = read({"a": np.ones(2), "b": np.ones(2)})
    assert layout.name_of_line(0, 1) == "a[0]"
    assert layout.name_of_line(0, 4) == "a[0] … b[1]"


@pytest.mark.parametrize(
    "x",
    [
        np.arange(1.0, 7).reshape(2, 3),
        np.arange(1.0, 13)[::2],
        np.asfortranarray(np.arange(1.0, 7).reshape(2, 3)),
        np.arange(1, 7),
        np.arange(1.0, 7).astype(">f8"),
        np.arange(1.0, 7).astype(np.float32).reshape(3, 1, 2),
        np.array(3.0),
        3.0,
        3,
        np.float32(3.0),
        [1, 2.5, 3],
        ((1.0, 2.0), (3.0, 4.0)),
    ],
    ids=str,
)
def test_arrays_of_any_kind(x):
    def objective(w):
        assert w.shape == np.shape(x)
        assert w.dtype == (np.float32 if getattr(x, "dtype", None) == np.float32 else np.float64)
        return np.sum(np.asarray(w, np.float64) ** 2)

    assert gradproof.check(objective, lambda w: 2 * w, x).verdict == "right"
    wrong = gradproof.check(objective, lambda w: 2.1 * w, x)
    assert wrong.wrong.tolist() == list(range(np.size(x)))


def test_a_read_only_array():
    x = np.arange(1.0, 5)
    x.flags.writeable = False
    assert gradproof.check(lambda w: np.sum(w**2), lambda w: 2 * w, x)


def value(part):
    if isinstance(part, dict):
        return sum(value(one) for one in part.values())
    if isinstance(part, (list, tuple)):
        return sum(value(one) for one in part)
    return np.sum(np.asarray(part) ** 2)


def slope(part, factor=2):
    if isinstance(part, dict):
        return {key: slope(one, factor) for key, one in part.items()}
    if isinstance(part, (list, tuple)):
        return [slope(one, factor) for one in part]
    return factor * part


STRUCTURES = {
    "dict": {"W": np.ones((2, 3)), "b": np.arange(1.0, 3)},
    "ordered": OrderedDict(W=np.ones((2, 3)), b=2.0),
    "default": defaultdict(list, W=np.ones((2, 3)), b=2.0),
    "list": [np.ones((2, 3)), np.array(2.0)],
    "tuple": (np.ones((2, 3)), 2.0),
    "named": Layer(np.ones((2, 3)), np.ones(2)),
    "nested": {"layers": [{"W": np.ones((2, 2)), "b": [1.0, 2.0]}, (np.ones(3), 1.0)]},
    "float32": {"W": np.ones((2, 2), np.float32), "b": 0.5},
    "mixed": {"W": np.ones((2, 2), np.float32), "b": np.full(2, 0.3)},
    "empty": {"W": np.ones(3), "none": {}, "nothing": [], "no_layers": np.ones((0, 2)), "zero": np.array(1.5)},
    "views": {"W": np.arange(1.0, 9).reshape(2, 4)[:, ::2], "b": np.arange(1, 4)},
}


@pytest.mark.parametrize("name", STRUCTURES)
def test_structures(name):
    x = STRUCTURES[name]
    kinds = set()

    def objective(w):
        kinds.add(type(w))
        return value(w)

    assert gradproof.check(objective, slope, x).verdict == "right"
    assert kinds == {type(x)}
    report = gradproof.check(objective, lambda w: slope(w, 2.2), x)
    assert len(report.wrong) == report.n == len(names(x))
    assert sorted(one.name for one in report.findings) == sorted(names(x))


def test_a_structure_keeps_one_arithmetic():
    def kinds(x):
        seen = set()

        def objective(w):
            seen.add((w["W"].dtype.name, np.asarray(w["b"]).dtype.name))
            return value(w)

        gradproof.check(objective, slope, x)
        return seen

    assert kinds(STRUCTURES["float32"]) == {("float32", "float32")}
    assert kinds(STRUCTURES["mixed"]) == {("float64", "float64")}


def test_wrong_coordinates_are_named_as_the_user_does():
    x = STRUCTURES["nested"]

    def faulty(w):
        out = slope(w)
        out["layers"][0]["b"] = np.array([2.0, 4.5])
        return out

    report = gradproof.check(value, faulty, x)
    assert report.wrong.tolist() == [5]
    assert [one.name for one in report.findings] == ["layers.0.b[1]"]
    assert "layers.0.b[1]" in str(report)


def test_a_structure_may_be_changed_by_the_functions():
    x = {"W": np.ones((2, 2)), "b": np.ones(2)}

    def objective(w):
        result = value(w)
        w["W"] += 1
        w["b"] = None
        return result

    report = gradproof.check(objective, slope, x)
    assert report.verdict == "right"
    assert np.array_equal(x["W"], np.ones((2, 2)))
    assert x["b"] is not None


@pytest.mark.parametrize("form", [list, lambda g: g.reshape(-1, 1), lambda g: g.reshape(1, -1), np.float32, tuple])
def test_forms_of_a_gradient(form):
    x = np.arange(1.0, 5)
    assert gradproof.check(lambda w: np.sum(w**2), lambda w: form(2 * w), x).verdict == "right"
    assert gradproof.check(lambda w: np.sum(w**2), lambda w: form(2.1 * w), x).wrong.size == 4


def test_bounds_of_a_structure():
    x = {"W": np.array([[0.0, 1.0]]), "b": 0.5}
    lower, upper = {"W": 0.0, "b": None}, {"W": np.array([[2.0, 1.0]]), "b": 1.0}

    def objective(w):
        if np.any(w["W"] < 0) or w["W"][0, 1] > 1 or w["b"] > 1:
            raise SystemExit("outside of the bounds")  # not an Exception: that would be a missing value
        return value(w) + np.sum(w["W"])

    def gradient(w):
        return {"W": 2 * w["W"] + 1, "b": 2 * w["b"]}

    assert gradproof.check(objective, gradient, x, bounds=(lower, upper)).wrong.size == 0
    assert gradproof.check(objective, gradient, x, bounds=(0.0, upper)).wrong.size == 0


def test_a_structure_without_an_end_is_refused_in_a_sentence():
    circle = [np.ones(2)]
    assert gradproof.check(lambda z: float(z[0] @ z[0]), [2 * np.ones(2)], circle).verdict == "right"
    circle.append(circle)
    deep = np.ones(2)
    for _ in range(3000):
        deep = [deep]
    for endless in (circle, {"a": circle}, deep):
        with pytest.raises(ValueError, match=r"^x contains itself, or has more levels than Python can follow$"):
            gradproof.check(lambda z: 0.0, np.zeros(2), endless)
        with pytest.raises(ValueError, match=r"^x contains itself"):
            gradproof.check(gradproof.in_place(endless, lambda: 0.0), np.zeros(2))
        with pytest.raises(ValueError, match=r"^the gradient's result (contains itself|is a list)"):
            gradproof.check(lambda z: 0.0, lambda z: endless, np.zeros(3))  # noqa: B023
