"""What to do about noise depends on what makes it: each sentence where it is true, and not where it is not."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

import gradproof
from gradproof import Cause
from gradproof.report.advice import about_noise, advice

IN_FLOAT64 = "compute f in float64"
X = np.array([0.5, 1.0, 2.0])


def noisy(size):
    """A sum of squares with noise that is a function of the point."""
    random, known = np.random.default_rng(0), {}
    return lambda x: float(np.sum(x**2)) + size * known.setdefault(x.tobytes(), random.normal())


def shifted(shift):
    return lambda x: float(np.sum(x**2)) + shift


def single(x):
    return float(np.float32(np.sum(x.astype(np.float32) ** 2)))


def report_of(objective, claimed=None, **fields):
    report = gradproof.check(objective, 2 * X if claimed is None else claimed, X)
    return dataclasses.replace(report, **fields) if fields else report


CASES = {
    "a solver": (noisy(1e-4), "f's noise", "float64"),
    "a constant": (shifted(1e13), "subtract the constant", "float64"),
    "float32": (single, IN_FLOAT64, "float32"),
    "a constant in float32": (
        lambda x: float(np.float32(1e5) + np.float32(single(x))),
        "subtract the constant",
        "float32",
    ),
    "cancellation": (shifted(0.0), "sum fewer", "float64"),
}


@pytest.mark.parametrize("name", CASES)
def test_the_cure_fits_the_noise(name):
    objective, words, arithmetic = CASES[name]
    report = report_of(objective)
    assert report.arithmetic == arithmetic
    sentence = advice(Cause.NOISE_LIMITED, report)
    assert words in sentence
    assert (IN_FLOAT64 in sentence) == (name == "float32")
    assert sentence.endswith(".")
    assert sentence.startswith(("The ", "f ", "f's "))
    # The words of no other kind.
    kinds = ("f's noise", "subtract the constant", IN_FLOAT64, "sum fewer")
    assert [kind in sentence for kind in kinds] == [kind in words for kind in kinds]


def test_other_causes_keep_their_sentences():
    report = report_of(shifted(0.0))
    for cause in set(Cause) - {Cause.NOISE_LIMITED}:
        assert advice(cause, report) == cause.explanation


@pytest.mark.parametrize("mode", ["full", "lines"])
def test_a_report_in_float64_never_says_float64(mode):
    """A claim that its noise leaves open: in float64, with noise of f's own making."""
    report = gradproof.check(noisy(1.0), 2 * X, X, mode=mode)
    assert report.verdict == "inconclusive"
    assert report.arithmetic == "float64"
    text = " ".join(str(report).split())
    assert "hides the slope" in text
    assert IN_FLOAT64 not in text
    assert IN_FLOAT64 not in Cause.NOISE_LIMITED.explanation


def test_a_constant_that_hides_the_slope():
    report = gradproof.check(shifted(1e16), 2 * X, X)
    assert report.verdict != "wrong"
    assert "times larger than what it changes by" in about_noise(report)
    # Its twin: without the constant.
    assert "times larger" not in about_noise(gradproof.check(shifted(0.0), 2 * X, X))
