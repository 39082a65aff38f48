"""Which coordinates are checked: by name, index or mask; the others stay where they are, and may be infinite."""

from __future__ import annotations

import concurrent.futures

import numpy as np
import pytest
from numpy.testing import assert_array_equal

import gradproof
from gradproof import Cause, assert_gradient, check, in_place

RNG = np.random.default_rng(5)
P = {"W": RNG.normal(size=(3, 4)), "b": RNG.normal(size=4), "mask": np.array([np.inf, np.nan, 0.0])}


def objective(p):
    assert_array_equal(p["mask"], P["mask"])
    return float(np.sum(np.sin(p["W"] @ p["b"])))


def gradient(p, factor=1.0):
    outer = factor * np.cos(p["W"] @ p["b"])
    return {"W": np.outer(outer, p["b"]), "b": p["W"].T @ outer, "mask": None}


def wrong(p):
    return gradient(p, 1.5)


@pytest.mark.parametrize(
    ("choice", "indices"),
    [
        ({"only": "W"}, range(12)),
        ({"only": "W*"}, range(12)),
        ({"only": ["b", "W[1, :]"]}, [4, 5, 6, 7, *range(12, 16)]),
        ({"only": "W[*, 1:3]"}, [1, 2, 5, 6, 9, 10]),
        ({"only": "W[-1]"}, range(8, 12)),
        ({"only": "W[2, 3]"}, [11]),
        ({"only": [3, 13]}, [3, 13]),
        ({"only": 3}, [3]),
        ({"only": [-4]}, [15]),
        ({"only": np.arange(19) == 7}, None),
        ({"only": {"W": np.eye(3, 4) > 0}}, [0, 5, 10]),
        ({"only": {"W": True, "b": [True, False, False, True]}}, [*range(12), 12, 15]),
        ({"held": "mask"}, range(16)),
        ({"held": ["mask", "W"]}, range(12, 16)),
        ({"only": "W", "held": "W[0]"}, range(4, 12)),
    ],
)
def test_twins(choice, indices):
    if indices is None:
        with pytest.raises((ValueError, TypeError)):
            check(objective, gradient, P, **choice)
        return
    assert check(objective, gradient, P, **choice)
    report = check(objective, wrong, P, **choice)
    assert report.wrong.tolist() == list(indices)
    assert (report.n, report.held) == (len(indices), 19 - len(indices))
    assert {one.index for one in report.findings} == set(indices)
    first = report.findings[0]
    assert first.name == report.name(first.index)
    assert first.cause is Cause.WRONG
    assert report.claimed(first.index) == first.claimed
    assert first.name in report.explain(first.index)
    assert first.ladder
    assert f"{19 - len(indices)} of 19 coordinates, which were not checked" in str(report)


@pytest.mark.parametrize(("only", "indices"), [("W[2, 0]", [4]), ("W[20]", [6, 7]), ("W[2]", [4, 5]), ("W?", [6, 7])])
def test_an_element_is_no_pattern(only, indices):
    """As a pattern, W[2, 0] stands for W2: only where there is no array W is it one."""
    x = {"W" if only != "W[20]" else "V": np.ones((3, 2)), "W2": np.ones(2)}
    assert check(lambda x: 1.0, x, x, only=only).wrong.tolist() == indices


def test_what_is_held_is_not_looked_up():
    report = check(objective, gradient, P, only="W")
    assert len(report.resolutions) == 19
    assert np.isnan(report.resolutions[12:]).all()
    assert np.isfinite(report.resolutions[:12]).all()
    with pytest.raises(IndexError, match="the coordinate 12 was not checked"):
        report.explain(12)
    with pytest.raises(IndexError, match="out of range"):
        report.explain(19)


def test_along_lines():
    n = 7000
    x = RNG.normal(size=n)
    x[::2] = np.nan

    def f(x):
        return float(np.sum(np.sin(x[1::2])))

    def g(x):
        out = np.zeros(n)
        out[1::2] = np.cos(x[1::2])
        return out

    chosen = {"only": np.arange(n) % 2 == 1, "mode": "lines"}
    report = check(f, g, x, **chosen)
    assert report
    assert (report.mode, report.n) == ("lines", 3500)

    def bad(x):
        out = g(x)
        out[1001] *= 2
        return out

    report = check(f, bad, x, **chosen)
    assert report.wrong.tolist() == [1001]
    assert report.findings[0].name == "x[1001]"


def squares(x):
    return float(np.sum(x**2))


def test_kinds_of_objectives():
    x, wrong = np.array([1.0, 2.0, 3.0]), np.array([2.0, 5.0, 8.0])
    batch = gradproof.batched(lambda points: np.sum(points**2, axis=1))
    numba = pytest.importorskip("numba")
    compiled = numba.njit(squares)
    for f in (squares, batch, compiled):
        assert check(f, wrong, x, only=0)
        assert check(f, wrong, x, held=0).wrong.tolist() == [1, 2]
    with concurrent.futures.ProcessPoolExecutor(1) as pool:
        assert check(squares, wrong, x, only=0, executor=pool)
        assert check(squares, wrong, x, held=[0, 2], executor=pool).wrong.tolist() == [1]


def test_c_functions():
    numba = pytest.importorskip("numba")
    types = numba.types
    signature = types.int32(types.CPointer(types.float64), types.int64, types.CPointer(types.float64), types.voidptr)

    @numba.cfunc(signature)
    def sum_of_squares(x, n, value, user):
        value[0] = 0.0
        for i in range(n):
            value[0] += x[i] * x[i]
        return 0

    x, claims = np.array([1.0, 2.0, 3.0]), np.array([2.0, 5.0, 8.0])
    f = gradproof.native(sum_of_squares, trial=False)
    assert check(f, claims, x, only=0)
    assert check(f, claims, x, held=0).wrong.tolist() == [1, 2]


@pytest.mark.parametrize("mode", ["full", "lines"])
def test_in_place(mode):
    parameters = {"w": np.array([[1.0, 2.0], [3.0, 4.0]]).T, "v": np.array([0.5, np.inf])}
    before = {name: array.copy() for name, array in parameters.items()}

    def f():
        return float(np.sum(parameters["w"] ** 3))

    def g():
        return {"w": 3 * parameters["w"] ** 2 * [[1, 1], [1, 2]], "v": np.zeros(2)}

    assert check(in_place(parameters, f), g, only=["w[0]", "w[1, 0]"], mode=mode)
    assert check(in_place(parameters, f), g, only="w", mode=mode).wrong.tolist() == [3]
    for name, array in parameters.items():
        assert_array_equal(array, before[name])


def test_bounds_of_what_is_held_do_not_matter():
    x = np.array([-1.0, 0.0, 4.0])
    bounds = (0, None)

    def f(x):
        assert x[1] >= 0
        return float(np.sum(x**1.5)) if (x >= 0).all() else float(np.sum(x[1:] ** 1.5))

    assert check(f, lambda x: [0, 1.5 * np.sqrt(x[1]), 3.0], x, held=0, bounds=bounds)
    assert check(f, lambda x: [0, 0.5, 3.0], x, held=0, bounds=bounds).wrong.tolist() == [1]
    with pytest.raises(ValueError, match=r"x must lie within the bounds, but x\[0\]"):
        check(f, lambda x: x, x, bounds=bounds)


def test_saved_checks(tmp_path):
    file = tmp_path / "saved"
    report = check(squares, lambda x: 2.5 * x, np.array([1.0, 2.0, 3.0]), only=[0, 2], budget=3, save=file)
    assert report.untested == 2
    report = check(squares, lambda x: 2.5 * x, np.array([1.0, 2.0, 3.0]), only=[0, 2], resume=file)
    assert report.wrong.tolist() == [0, 2]


def test_names_of_a_vector():
    x = np.array([1.0, 2.0, 3.0])
    names = ["rate", "scale", "shape"]
    report = check(squares, lambda x: x * [2, 3, 2], x, names=names)
    assert [one.name for one in report.findings] == ["scale"]
    assert check(squares, lambda x: x * [2, 3, 2], x, names=names, only="s*").wrong.tolist() == [1]
    assert check(squares, lambda x: x * [2, 3, 2], x, names=names, held="scale")


def test_assertion():
    assert assert_gradient(objective, gradient, P, held="mask").held == 3
    with pytest.raises(gradproof.GradientError, match="wrong in 4 of 4 coordinates"):
        assert_gradient(objective, wrong, P, only="b")


@pytest.mark.parametrize(
    ("choice", "error", "sentence"),
    [
        ({}, ValueError, r"x must be finite, but mask\[0\] is inf"),
        ({"only": "w"}, ValueError, r"only: x has no w; did you mean W\?"),
        ({"held": "W", "only": "W"}, ValueError, "no coordinate is left to check"),
        ({"only": "W[5]"}, IndexError, r"only: W\[5\] is out of range: W has the shape \(3, 4\)"),
        ({"only": "W[0, 0, 0]"}, IndexError, r"has 3 indices, but W has the shape \(3, 4\)"),
        ({"only": "W[a]"}, ValueError, r"indices must be integers or slices, as in W\[0, 0\]"),
        ({"only": 19}, IndexError, "only: index 19 is out of range: coordinates go from 0 to 18"),
        ({"only": 1.5}, TypeError, "only takes names, flat indices or truth values, not 1.5"),
        ({"only": np.arange(19) % 2}, ValueError, "only is as long as x and holds 0 and 1 alone: a mask needs truth"),
        ({"only": []}, ValueError, r"only=\[\] chooses no coordinate"),
        ({"only": {"W": np.ones((2, 2), bool)}}, ValueError, r"only has the shape \(2, 2\), but W has \(3, 4\)"),
        ({"only": {"W": 3}}, TypeError, "only must hold truth values for W"),
        ({"only": {"V": True}}, ValueError, "has the extra 'V'"),
        ({"names": ["a"]}, ValueError, "names= is for x that is one vector"),
    ],
)
def test_refusals(choice, error, sentence):
    with pytest.raises(error, match=sentence):
        check(objective, gradient, P, **choice)


def test_names_are_those_of_one_check_alone():
    """Arrays of one shape share a layout, in which no check leaves anything."""
    named, plain = (check(squares, lambda x: 3 * x, np.ones(3), names=names) for names in (["a", "b", "c"], None))
    assert sorted(one.name for one in named.findings) == ["a", "b", "c"]
    assert sorted(one.name for one in plain.findings) == ["x[0]", "x[1]", "x[2]"]
    assert named.name(0) == "a"


def test_names_that_do_not_fit():
    with pytest.raises(ValueError, match="names has 2 names, but x has 3 coordinates"):
        check(squares, squares, np.ones(3), names=["a", "b"])
    with pytest.raises(ValueError, match="names has 'a' twice: each coordinate needs a name of its own"):
        check(squares, squares, np.ones(3), names=["b", "a", "a"])
    with pytest.raises(TypeError, match="names must be texts"):
        check(squares, squares, np.ones(3), names=[1, 2, 3])


@pytest.mark.parametrize(
    ("chosen", "bad", "where"),
    [
        ([3, 7, 9], [7], "x[7]"),
        ([3, 7, 9, 10], [7, 10], "x[7] and x[10]"),
        ([3, 5, 6, 7, 9], [5, 6, 7], "x[5] … x[7]"),
        (None, [5, 6, 7], "x[5:8]"),
        ([3, 7, 9], [3, 7, 9], "all of x"),
    ],
)
def test_explanations_name_what_findings_name(chosen, bad, where):
    x = np.linspace(0.5, 2, 12)
    factors = np.where(np.isin(np.arange(12), bad), 2.0, 1.0)
    report = gradproof.check(lambda x: np.sum(x**3), lambda x: factors * 3 * x**2, x, only=chosen)
    assert [one.where for one in report.explanations] == [where]
    assert gradproof.check(lambda x: np.sum(x**3), lambda x: 3 * x**2, x, only=chosen)


def test_explanations_name_coordinates_by_the_names_that_the_user_gave():
    x, names = np.array([0.5, 1.0, 1.7, 2.0]), ["mass", "length", "time", "charge"]
    wrong = lambda x: np.array([1, 1, 3, 1]) * 3 * x**2  # noqa: E731
    report = gradproof.check(lambda x: np.sum(x**3), wrong, x, names=names)
    assert [one.where for one in report.explanations] == ["time"]
    swapped = lambda x: (3 * x**2)[[2, 1, 0, 3]]  # noqa: E731
    report = gradproof.check(lambda x: np.sum(x**3), swapped, x, names=names)
    assert report.explanations[0].text == "claimed = slope, with entries mass and time swapped: is an index mistaken?"
    tables = {"a": x, "b": np.ones(3)}
    claims = lambda p: {"a": 3 * p["a"] ** 2, "b": np.array([2.0, 4.0, 4.0])}  # noqa: E731
    report = gradproof.check(lambda p: np.sum(p["a"] ** 3) + np.sum(p["b"] ** 2), claims, tables, only=["a[1]", "b"])
    assert [one.where for one in report.explanations] == ["b[1] and b[2]"]
