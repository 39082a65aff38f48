"""Checks along lines by the public functions: right gradients of many kinds, and bugs that are found and named."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from longmodels import MODELS, Model, flat_of, lines, model_of, shaped, tanh
from properties import refuted

from gradproof import Cause

N = 3030  # of the networks
BY_NORM = 1e-3


def scales_of(x):
    """The scale of every coordinate: its size, at least a tenth of what is typical in its window."""
    sizes = np.array([np.sqrt(np.mean(x[start : start + 1024] ** 2)) for start in range(0, x.size, 1024)])
    sizes[sizes == 0] = np.sqrt(np.mean(sizes**2))
    return np.maximum(np.abs(x), 0.1 * np.repeat(sizes, 1024)[: x.size])


def is_right(model, **chosen):
    for seed in range(6):
        report = lines(model, seed=seed, **chosen)
        assert report.verdict == "right", seed
        assert report.wrong.size == 0
        assert report.power.lines == 4
        assert report.mode == "lines"
    return report


@pytest.mark.parametrize("name", MODELS)
def test_right_gradients(name):
    is_right(model_of(name))


@pytest.mark.parametrize(
    ("name", "relative", "evaluations"),
    [
        ("tanh_network", 1e-7, 100),
        ("relu_network", 1e-7, 100),
        ("logistic", 1e-7, 100),
        ("embedding", 1e-7, 100),
        ("many_scales", 1e-6, 100),
        ("single_x", 2e-6, 100),
        ("single_inside", 0.1, 120),
    ],
)
def test_resolution_of_right_gradients(name, relative, evaluations):
    """In float64 a ten-millionth of the norm within 100 evaluations."""
    model = model_of(name)
    report = is_right(model)
    assert report.power.relative < relative
    # An error that rtol allows is none, however large the slope.
    x = flat_of(model.x).astype(np.float64)
    slopes = np.abs(flat_of(model.gradient).astype(np.float64)) * (np.abs(x) if name == "many_scales" else scales_of(x))
    allowed = 3e-5 * slopes.max() / np.linalg.norm(slopes)
    assert report.power.single_relative == pytest.approx(max(4 * report.power.relative, allowed))
    assert report.resolution == report.power.single
    assert report.evaluations <= evaluations
    assert report.gradient_evaluations == 0


def test_right_gradients_twin():
    model = tanh()
    claimed = flat_of(model.gradient)
    claimed[5] *= 1.1
    refuted(is_right, Model(model.objective, shaped(claimed, model), model.x))


W1 = slice(1200, 3000)


def one(g, norm):
    g[1419] += BY_NORM * norm


def flip(g, norm):
    typical = np.argsort(np.abs(g))[g.size // 2]
    g[typical] *= -1


def swapped(g, norm):
    g[[3, 4]] = g[[4, 3]]


def two(g, norm):
    g[[1293, 2403]] *= 1.5


def ten(g, norm):
    g[1200:3000:180] += 0.01 * norm


def thirty(g, norm):
    g[7::101] += 0.01 * norm * (-1) ** np.arange(g[7::101].size)


def not_a_number(g, norm):
    g[1294] = math.nan


def infinite(g, norm):
    g[[3, 3029]] = math.inf, -math.inf


def opposite_pair(g, norm):
    """Two errors that add up to 0 where all magnitudes are equal."""
    g[100] += 0.01 * norm
    g[101] -= 0.01 * norm


FEW = [one, flip, swapped, two, ten, thirty, not_a_number, infinite, opposite_pair]


@pytest.mark.parametrize("name", ["tanh_network", "relu_network"])
@pytest.mark.parametrize("bug", FEW)
def test_few_wrong_coordinates_are_named(name, bug):
    """All of them, and no right one."""
    model = model_of(name)
    right = flat_of(model.gradient)
    wrong = right.copy()
    bug(wrong, np.linalg.norm(right))
    for seed in range(3):
        report = lines(model, shaped(wrong, model), seed=seed)
        assert report.verdict == "wrong"
        assert report.wrong.tolist() == np.flatnonzero(~(wrong == right)).tolist()
        named = [finding for finding in report.findings if finding.cause is Cause.WRONG]
        assert sorted(finding.index for finding in named) == report.wrong.tolist()


def hundredth(g, norm):
    g[1200:1500] *= 1.01


def zero_block(g, norm):
    g[W1] = 0.0


def transposed(g, norm):
    g[W1] = g[W1].reshape(60, 30).T.ravel()


def half_of_a_block(g, norm):
    g[1200:2100] *= 2.0


@pytest.mark.parametrize("name", ["tanh_network", "relu_network"])
@pytest.mark.parametrize("bug", [hundredth, zero_block, transposed, half_of_a_block])
def test_a_wrong_block_is_named(name, bug):
    """By its name; the coordinates of it that were sampled and are wrong are wrong."""
    model = model_of(name)
    right = flat_of(model.gradient)
    wrong = right.copy()
    bug(wrong, np.linalg.norm(right))
    for seed in range(3):
        report = lines(model, shaped(wrong, model), seed=seed)
        assert report.verdict == "wrong"
        blocks = [finding for finding in report.findings if finding.stop > finding.start + 1]
        assert [(finding.start, finding.stop, finding.name) for finding in blocks] == [(1200, 3000, "W1")]
        assert set(report.wrong.tolist()) <= set(np.flatnonzero(wrong != right).tolist())
        assert report.wrong.size > 0
        assert "W1" in str(report)


def test_a_common_factor_is_named():
    """As one: not block by block."""
    model = tanh()
    for factor in (1.0001, 2.0, -1.0):
        claimed = shaped(flat_of(model.gradient) * factor, model)
        report = lines(model, claimed)
        assert report.verdict == "wrong"
        (finding,) = [finding for finding in report.findings if finding.stop > finding.start + 1]
        assert (finding.start, finding.stop) == (0, report.n)
        assert abs(finding.factor - factor) <= finding.factor_bar + 1e-9
        assert finding.factor_bar < 1e-5
        assert "times what it should be: 3 arrays share this factor" in " ".join(str(report).split())


def test_a_missing_regulariser():
    model = tanh()
    claimed = flat_of(model.gradient) - 1e-3 * flat_of(model.x)
    report = lines(model, shaped(claimed, model))
    assert report.verdict == "wrong"
    assert {finding.name for finding in report.findings if finding.stop > finding.start + 1} == {"W0", "W1", "W2"}


@pytest.mark.parametrize(
    ("name", "index", "factor"),
    [
        ("logistic", 17, 1.5),
        ("many_scales", 2999, 1.01),
        ("embedding", 17 * 20 + 3, 1.01),
        ("single_x", 1000, 1.01),
        ("single_inside", 5, None),
        ("minimiser", 40, None),
        ("flat", 40, None),
        ("logistic_with_l1", 3, None),
    ],
)
def test_one_wrong_coordinate_of_every_model_is_named(name, index, factor):
    model = model_of(name)
    claimed = flat_of(model.gradient).copy()
    claimed[index] = claimed[index] * factor if factor else 0.3 * np.linalg.norm(claimed) + 0.1
    for seed in range(3):
        report = lines(model, shaped(claimed, model), seed=seed)
        assert report.verdict == "wrong"
        assert report.wrong.tolist() == [index]


def test_a_wrong_slope_of_a_coordinate_that_does_not_occur():
    model = model_of("embedding")
    claimed = flat_of(model.gradient).copy()
    claimed[3000] = 1e-4
    assert lines(model, shaped(claimed, model)).wrong.tolist() == [3000]


@pytest.mark.parametrize("n", [100, 5000, 70_000])
def test_one_wrong_coordinate_takes_two_evaluations_a_level(n):
    """At most 2 log2(n) + 8 once the lines through all coordinates disagree, and the default stays below 100."""
    random = np.random.default_rng(n)
    x, weights = random.normal(size=n), random.normal(size=n)
    right, parts = np.cos(x) * weights, []

    def objective(y):
        parts.append(bool(np.any(y == x)))
        return float(np.sin(y) @ weights)

    assert lines(Model(objective, right, x)).evaluations <= 100
    for index in (n // 3, n - 1):
        claimed = right.copy()
        claimed[index] += 0.1 * np.linalg.norm(right)
        parts.clear()
        report = lines(Model(objective, claimed, x))
        assert report.wrong.tolist() == [index]
        assert len(parts) == report.evaluations
        # The first one is f(x), before the lines.
        assert sum(parts) - 1 <= 2 * math.log2(n) + 8


def keeps_its_word(check, name, seeds=range(12)):
    """Whatever is planted: no right coordinate is named, and what passes is below the power that is stated."""
    model = model_of(name)
    right, scales = flat_of(model.gradient), scales_of(flat_of(model.x).astype(np.float64))
    norm = np.linalg.norm(right * scales) or 1.0
    for seed in seeds:
        random = np.random.default_rng(seed)
        places = random.choice(N if right.size == N else 3000, random.integers(1, 13), replace=False)
        claimed = right.copy()
        claimed[places] += (random.normal(size=places.size) * 10.0 ** random.uniform(-8, 0.5) * norm) / scales[places]
        report = check(model, shaped(claimed, model), seed=seed)
        assert set(report.wrong.tolist()) <= set(np.flatnonzero(claimed != right).tolist())
        errors = np.abs(claimed.astype(np.float64) - right.astype(np.float64)) * scales
        assert report.verdict != "right" or errors.max() <= report.power.single + report.power.hidden


@pytest.mark.parametrize("name", MODELS)
def test_every_report_keeps_its_word(name):
    keeps_its_word(lines, name)


@pytest.mark.parametrize("name", ["tanh_network", "single_x"])
def test_every_report_keeps_its_word_twin(name):
    """Neither does the report of the right gradient for a wrong one, nor one that names a neighbour."""
    refuted(keeps_its_word, lambda model, claimed, seed: lines(model, seed=seed), name)

    def beside(model, claimed, seed):
        report = lines(model, claimed, seed=seed)
        return dataclasses.replace(report, wrong=report.wrong - 1)

    refuted(keeps_its_word, beside, name)
