"""The demonstrations: real data, a right backward pass, and bugs that are found where they are."""

import importlib
import re
import sys
import time
from pathlib import Path

import numpy as np
import pytest

import gradproof
from gradproof import demos
from gradproof.demos import network
from gradproof.demos.model import LAYER

FOLDER = Path(demos.__file__).parent
WEIGHTS_2 = range(13 * 13 + 13, 13 * 13 + 13 + 13 * 3)
WRONG = {
    "regulariser": set(WEIGHTS_2),
    "transposed": {13 * row + column for row in range(13) for column in range(13) if row != column},
    "mean": set(range(224)),
    "mask": set(range(13 * 13 + 13)),
}


def bug(name):
    return importlib.import_module(f"gradproof.demos.bugs.{name}")


def slow_slopes(parameters):
    """Centered differences of the objective, one coordinate after the other."""
    slopes = {}
    for name, array in parameters.items():
        slopes[name] = np.zeros_like(array)
        for index in np.ndindex(array.shape):
            values = []
            for step in (1e-6, -1e-6):
                moved = {key: part.copy() for key, part in parameters.items()}
                moved[name][index] += step
                values.append(network.objective(moved))
            slopes[name][index] = (values[0] - values[1]) / 2e-6
    return slopes


def flat(parameters):
    return np.concatenate([part.ravel() for part in parameters.values()])


def test_the_data_are_the_wines():
    assert network.INPUTS.shape == (178, 13)
    assert np.bincount(network.CLASSES).tolist() == [59, 71, 48]
    # Summary statistics that the source states: alcohol from 11.0 to 14.8, proline 746 in the mean.
    assert network.MEASUREMENTS[:, 0].min() == pytest.approx(11.0, abs=0.05)
    assert network.MEASUREMENTS[:, 0].max() == pytest.approx(14.8, abs=0.05)
    assert network.MEASUREMENTS[:, 12].mean() == pytest.approx(746, abs=1)


def test_source_and_licence_stand_beside_the_data():
    text = (FOLDER / "wine.txt").read_text(encoding="utf-8")
    assert "CC BY 4.0" in text
    assert "Aeberhard" in text
    assert (FOLDER / "wine.csv").stat().st_size < 60_000


def test_the_right_backward_pass_agrees_with_slow_differences():
    x = network.start()
    np.testing.assert_allclose(flat(network.gradient(x)), flat(slow_slopes(x)), rtol=1e-5, atol=1e-8)


def test_each_bug_is_where_it_is_said_to_be():
    x = network.start()
    right = flat(network.gradient(x))
    assert set(demos.NAMES) == set(WRONG)
    for name in demos.NAMES:
        differs = np.abs(flat(bug(name).gradient(x)) - right) > 1e-6 * np.abs(right).max()
        assert set(np.flatnonzero(differs)) == WRONG[name], name


def test_the_right_backward_pass_is_called_right():
    report = gradproof.check(network.objective, network.gradient, network.start())
    assert report.verdict == "right"
    assert report.n == 224


@pytest.mark.parametrize("name", demos.NAMES)
def test_each_bug_is_found_and_nothing_else(name):
    report = gradproof.check(network.objective, bug(name).gradient, network.start())
    assert report.verdict == "wrong"
    assert set(report.wrong) == WRONG[name]


@pytest.mark.parametrize("name", demos.NAMES)
def test_a_bug_is_one_changed_line(name):
    lines = demos.changed_lines(network.gradient, bug(name).gradient).splitlines()
    assert lines[0].strip().startswith("- ")
    assert len([line for line in lines if line.strip().startswith("- ")]) == 1


def test_the_demo_is_quick_and_says_what_it_means(capsys):
    demos.run(demos.DEFAULT)  # the library is loaded, or compiled
    capsys.readouterr()
    started = time.perf_counter()
    assert demos.run(demos.DEFAULT)
    assert time.perf_counter() - started < 3
    text = capsys.readouterr().out
    assert "W2[" in text
    assert text.index("1. The correct backward pass") < text.index("2. With a bug")
    assert bug(demos.DEFAULT).MEANING in text
    others = " | ".join(name for name in demos.NAMES if name != demos.DEFAULT)
    assert f"gradproof demo {others}\n" in text
    assert f"gradproof demo {' | '.join(demos.LESSONS)}\n" in text
    assert max(len(line) for line in text.splitlines() if line != network.__file__) <= 100


def test_a_layer_of_a_transformer_is_named(capsys):
    pytest.importorskip("torch")
    assert demos.run("model")
    text = capsys.readouterr().out
    assert "right: the gradient agrees" in text
    assert f"errors in {LAYER}" in text
    assert re.search(rf"^  {re.escape(LAYER)}  1\.0100", text, re.M)


def test_a_right_layer_is_not_named(monkeypatch):
    pytest.importorskip("torch")
    monkeypatch.setattr(importlib.import_module("gradproof.demos.model"), "FACTOR", 1.0)
    assert not demos.run("model")


def test_it_needs_pytorch(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(ImportError, match="needs PyTorch: pip install"):
        demos.run("model")
