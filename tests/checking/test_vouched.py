"""What a right verdict vouches for: the arrays that it lists could be doubled unseen, and no others."""

from __future__ import annotations

import functools
import itertools
import math

import numpy as np
import pytest
from longmodels import model_of
from models import POINT, squares, squares_gradient

import gradproof

ROWS, SIZES = 100, (20, 40, 30, 1)


@functools.cache
def network(single):
    """A network in float32, or in float64, with a small array whose slopes are hidden in the rounding of float32."""
    kind = np.float32 if single else np.float64
    random = np.random.default_rng(1)
    inputs, targets = random.normal(size=(ROWS, SIZES[0])).astype(kind), random.normal(size=(ROWS, 1)).astype(kind)
    x = {}
    for layer, (before, after) in enumerate(itertools.pairwise(SIZES)):
        x[f"W{layer}"] = (random.normal(size=(before, after)) / math.sqrt(before)).astype(kind)
        x[f"b{layer}"] = (random.normal(size=after) / 10).astype(kind)
    x["gain"] = np.array([1e-4, -2e-4, 1e-4], kind)

    def values(p):
        layers = [inputs.astype(p["W0"].dtype)]
        for layer in range(len(SIZES) - 1):
            z = layers[-1] @ p[f"W{layer}"] + p[f"b{layer}"]
            layers.append(np.tanh(z) if layer < len(SIZES) - 2 else z)
        return layers

    def objective(p):
        return kind(np.mean((values(p)[-1] - targets) ** 2, dtype=kind) / 2 + np.sum(p["gain"] ** 2))

    double = {name: array.astype(np.float64) for name, array in x.items()}
    layers = values(double)
    back, gradient = (layers[-1] - targets) / ROWS, {"gain": 2 * double["gain"]}
    for layer in reversed(range(len(SIZES) - 1)):
        gradient[f"W{layer}"], gradient[f"b{layer}"] = layers[layer].T @ back, back.sum(axis=0)
        back = back @ double[f"W{layer}"].T
        back = back * (1 - layers[layer] ** 2) if layer else back
    return objective, {name: gradient[name].astype(kind) for name in x}, x


def checked(claimed, x=None, *, single=True, seed=0):
    objective, _, point = network(single)
    return gradproof.check(objective, claimed, point if x is None else x, mode="lines", seed=seed)


def doubled(gradient, name):
    return {**gradient, name: 2 * gradient[name]}


@pytest.mark.parametrize("seed", range(4))
def test_the_list_is_truthful(seed):
    """Each array doubled in its turn: what was listed passes, what was not is wrong."""
    _, gradient, _ = network(True)
    right = checked(gradient, seed=seed)
    assert right.verdict == "right"
    assert right.power.unseen == ("gain",)
    assert right.unseen == 1
    assert right.vouched < 1
    for name in gradient:
        report = checked(doubled(gradient, name), seed=seed)
        assert report.verdict == ("right" if name in right.power.unseen else "wrong"), name


def test_the_report_names_them():
    report = checked(network(True)[1])
    head = str(report).partition("\n\n")[0].splitlines()
    assert head[0].startswith("right: ")
    assert head[1].startswith("not vouched for: 1 of 7 arrays could be off by a factor 2 unseen: gain (worst first); ")
    words = report.to_dict()
    assert words["power"]["unseen"] == ["gain"]
    assert (words["unseen"], words["vouched"]) == (1, report.vouched)
    assert [block["factor"] > 1 for block in words["power"]["blocks"]] == [False] * 6 + [True]


def test_worst_first():
    """Of two hidden arrays the one of which less is seen comes first."""
    _, gradient, x = network(True)
    objective, _, _ = network(True)
    x = {"bias": np.array([1e-5, 1e-5], np.float32), **x}
    claimed = {"bias": 2 * x["bias"], **gradient}
    report = gradproof.check(lambda p: objective(p) + np.float32(np.sum(p["bias"] ** 2)), claimed, x, mode="lines")
    assert report.power.unseen == ("bias", "gain")


def test_in_float64_nothing_is_listed():
    objective, gradient, x = network(False)
    report = gradproof.check(objective, gradient, x, mode="lines")
    assert (report.verdict, report.unseen, report.power.unseen) == ("right", 0, ())
    # The small array is seen, but not to rtol: it is a millionth of the norm.
    assert checked(doubled(gradient, "gain"), x, single=False).verdict == "wrong"


@pytest.mark.parametrize("name", ["tanh_network", "logistic", "many_scales", "minimiser"])
def test_smooth_functions_along_lines(name):
    model = model_of(name)
    report = gradproof.check(model.objective, model.gradient, model.x, mode="lines")
    assert (report.verdict, report.vouched, report.unseen) == ("right", 1.0, 0)
    assert "not vouched" not in str(report)


def test_smooth_functions_coordinate_by_coordinate():
    for objective, gradient, x in (
        (squares, squares_gradient, POINT),
        (lambda x: np.sum(np.sin(x)), np.cos, np.linspace(-3, 3, 200)),
        (lambda x: np.sum(np.sin(x[:5])), lambda x: np.cos(x) * (np.arange(x.size) < 5), np.linspace(0.1, 1, 20)),
        (lambda x: 3.0 + 0 * x[0], np.zeros_like, np.ones(4)),
    ):
        report = gradproof.check(objective, gradient, x)
        assert (report.verdict, report.vouched, report.unseen) == ("right", 1.0, 0)
        assert "not vouched" not in str(report)


def in_single(x):
    return float(np.sum((x * WEIGHTS).astype(np.float32) ** 2, dtype=np.float32))


X = np.linspace(0.5, 1.5, 12)
WEIGHTS = np.where(np.arange(12) % 4 == 3, 1e-4, 1.0)


def test_coordinates_that_float32_hides():
    """Their claims may be twice as large: each that is counted passes, each that is not counted is wrong."""
    right = 2 * X * WEIGHTS**2
    report = gradproof.check(in_single, right, X)
    assert report.verdict == "right"
    assert report.unseen == 3
    assert report.vouched < 1
    text = " ".join(str(report).split())
    assert "not vouched for: 3 of 12 coordinates could be off by a factor 2 unseen: x[3], x[7], x[11] (worst" in text
    for index in range(12):
        claimed = right.copy()
        claimed[index] *= 2
        assert gradproof.check(in_single, claimed, X).verdict == ("right" if index % 4 == 3 else "wrong"), index


def test_only_what_agrees_is_vouched_for():
    claimed = squares_gradient(POINT)
    claimed[:2] *= -1
    report = gradproof.check(squares, claimed, POINT)
    assert report.wrong.tolist() == [0, 1]
    assert (report.vouched, report.unseen) == (0.75, 0)
    assert "not vouched" not in str(report)
    early = gradproof.check(squares, squares_gradient, POINT, budget=9)
    assert early.vouched == early.agreeing / 8 < 1
    assert gradproof.check(squares, claimed, POINT, mode="lines").vouched == 0.0


def test_the_resolution_is_relative_too():
    text = " ".join(str(gradproof.check(lambda x: np.sum(1e3 * x**2), lambda x: 2e3 * x, np.ones(3))).split())
    assert "errors over 6" in text
    assert "(units of f per unit of x); relative to the slope, over 3" in text
