"""Errors that look like those of a solver inside f are said to; those of bugs are not."""

import json
import re

import numpy as np
import pytest

import gradproof

N = 30
RANDOM = np.random.default_rng(0)
W = RANDOM.normal(size=(N, N))
W *= 0.7 / np.linalg.norm(W, 2)
T, X = RANDOM.normal(size=(2, N))
SENTENCE = re.compile(
    r"The (\d+) wrong coordinates differ from the slopes by about (\S+) of the gradient, similarly everywhere .* "
    r"tolerance of a solver inside f .* rtol=(\S+) would accept (them|\d+ of them)\."
)


def solved(x, tolerance):
    """The fixed point of tanh(W y + x), to a tolerance relative to it."""
    y = np.zeros(N)
    while True:
        following = np.tanh(W @ y + x)
        if np.linalg.norm(following - y) <= tolerance * np.linalg.norm(following):
            return following
        y = following


def objective(tolerance):
    return lambda x: float(np.sum((solved(x, tolerance) - T) ** 2))


def gradient(x):
    y = solved(x, 1e-14)
    slopes = 1 - y**2
    return slopes * np.linalg.solve((np.eye(N) - slopes[:, None] * W).T, 2 * (y - T))


def sentence(report):
    found = [match for match in map(SENTENCE.fullmatch, report.warnings) if match]
    assert len(found) <= 1
    return found[0] if found else None


@pytest.mark.parametrize("tolerance", [1e-4, 1e-5])
def test_a_fixed_point(tolerance):
    report = gradproof.check(objective(tolerance), gradient, X)
    assert report.verdict == "wrong"
    said = sentence(report)
    assert int(said[1]) == len(report.wrong) >= 3
    assert 0.1 * tolerance < float(said[2]) < 10 * tolerance
    # What it says of rtol is true.
    accepting = gradproof.check(objective(tolerance), gradient, X, rtol=float(said[3]))
    assert len(accepting.wrong) <= (0 if said[4] == "them" else len(report.wrong) - int(said[4].split()[0]))


def test_everywhere_where_a_report_is_read():
    report = gradproof.check(objective(1e-5), gradient, X)
    said = sentence(report)[0]
    assert said in " ".join(str(report).split())
    assert said in report.to_dict()["warnings"]
    assert said in json.loads(report.to_json())["warnings"]


def test_twin_solved_to_the_end():
    report = gradproof.check(objective(1e-13), gradient, X)
    assert (report.verdict, sentence(report)) == ("right", None)


def smooth(x):
    return float(np.sum(np.sin(x) + 0.3 * x**2))


def slopes(x):
    return np.cos(x) + 0.6 * x


@pytest.mark.parametrize(
    "bug",
    [
        lambda g, x: 2 * g,
        lambda g, x: -g,
        lambda g, x: g * (1 + 1e-4),
        lambda g, x: g - 1e-4 * x,
        lambda g, x: g - 1e-4 * np.sign(x),
        lambda g, x: np.where(np.arange(N) == 7, g + 1e-4, g),
        lambda g, x: np.where(np.arange(N) % 5 == 2, RANDOM.normal(size=N), g),
        lambda g, x: g * (1 + 10.0 ** RANDOM.uniform(-5, 0, N)),
    ],
    ids=[
        "doubled",
        "sign",
        "all over N - 1",
        "a lost penalty",
        "a lost L1",
        "one coordinate",
        "six coordinates",
        "any size",
    ],
)
def test_twins_that_are_bugs(bug):
    report = gradproof.check(smooth, bug(slopes(X), X), X)
    assert (report.verdict, sentence(report)) == ("wrong", None)


@pytest.mark.parametrize("is_solver", [True, False])
def test_along_lines(is_solver):
    x = np.random.default_rng(3).normal(size=6000)
    exact = 4 * x**3 + 2 * x
    error = 1e-4 * np.random.default_rng(4).normal(size=x.size) if is_solver else 1.0
    report = gradproof.check(lambda w: float(np.sum(w**4 + w**2)), exact * (1 + error), x, rtol=1e-6, mode="lines")
    assert report.verdict == "wrong"
    assert bool(sentence(report)) == is_solver
