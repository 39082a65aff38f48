"""An objective whose values are known, and a round of probes, for the tests of all evaluators."""

import numpy as np
import pytest

import gradproof
from gradproof.evaluators import choice
from gradproof.problem.point import read_problem
from gradproof.problem.probes import probes_at_x

X = np.array([0.5, -1.5, 2.0, 0.25])


def cubes(x):
    return np.sum(x**3)


def cubes_in_c(x, n, value, _user):
    total = 0.0
    for index in range(n):
        total += x[index] * x[index] * x[index]
    value[0] = total
    return 0


def cubes_gradient(x):
    return 3 * x**2


def faulty(x):
    out = cubes_gradient(x)
    out[2] *= 1.001
    return out


def twins(objective, x=X, gradient=cubes_gradient, wrong=faulty):
    right = gradproof.check(objective, gradient, x)
    assert right.verdict == "right"
    assert right.evaluations <= 2 * np.size(x) + 2
    report = gradproof.check(objective, wrong, x)
    assert report.wrong.tolist() == [2]
    assert report.findings[0].cause is gradproof.Cause.WRONG
    return report


def probes_of(*moves):
    probes = probes_at_x(len(moves))
    for probe, (index, step) in zip(probes, moves, strict=True):
        probe["start"], probe["stop"], probe["step"] = index, index + 1, step
    return probes


MOVES = [(0, 0.5), (3, -0.25), (1, 1.0), (2, -1.0), (0, -0.5)]


def expected(function=cubes):
    values = []
    for index, step in MOVES:
        point = X.copy()
        point[index] += step
        values.append(function(point))
    return values


def values_of(objective, x=X):
    evaluator = choice.evaluator_for(objective, read_problem(x))
    assert evaluator.at_x() == pytest.approx(cubes(np.asarray(x, np.float64).reshape(-1)), rel=1e-14)
    return evaluator.evaluate(probes_of(*MOVES))


def loop(x):
    total = 0.0
    for index in range(x.size):
        total += x[index] * x[index] * x[index]
    return total
