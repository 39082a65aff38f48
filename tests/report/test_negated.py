"""Claims that are the negative of the gradient are said to be it; single wrong signs are not."""

import numpy as np
import pytest

import gradproof

X = np.random.default_rng(0).normal(size=6)
LONG = np.random.default_rng(1).normal(size=8000)
REMARK = "for forces say sign=-1"
ITSELF = "it is the gradient itself; leave sign=-1 out"


def objective(x):
    return float(np.sum(np.sin(x)))


def remarks(claim, x=X, **settings):
    report = gradproof.check(objective, claim, x, **settings)
    told = [mark for mark in (REMARK, ITSELF) for one in report.explanations if mark in one.text]
    # What an explanation says is not repeated below.
    assert not any("negative" in one for one in report.warnings)
    return report.verdict, told


def of_first(x, factor):
    claim = np.cos(x)
    claim[0] *= factor
    return claim


@pytest.mark.parametrize("x", [X, LONG], ids=["every coordinate", "along lines"])
def test_negatives_are_said_to_be_it(x):
    assert remarks(lambda x: -np.cos(x), x) == ("wrong", [REMARK])
    assert remarks(np.cos, x, sign=-1) == ("wrong", [ITSELF])


@pytest.mark.parametrize("x", [X, LONG], ids=["every coordinate", "along lines"])
def test_other_claims_are_not(x):
    assert remarks(np.cos, x) == ("right", [])
    assert remarks(lambda x: -np.cos(x), x, sign=-1) == ("right", [])
    assert remarks(lambda x: -of_first(x, -1.0), x) == ("wrong", [])  # one of them is the gradient itself
    assert remarks(lambda x: of_first(x, -1.0), x) == ("wrong", [])
    assert remarks(lambda x: -1.01 * np.cos(x), x) == ("wrong", [])
    assert remarks(np.zeros_like, x) == ("wrong", [])


def test_a_negative_block_among_others_is_a_bug():
    parts = {"a": LONG[:4000], "b": LONG[4000:]}
    report = gradproof.check(
        lambda p: objective(p["a"]) + objective(p["b"]), lambda p: {"a": -np.cos(p["a"]), "b": np.cos(p["b"])}, parts
    )
    assert (report.verdict, report.warnings) == ("wrong", ())


def test_zeros_that_agree_do_not_count():
    report = gradproof.check(lambda x: float(x[0] ** 2), lambda x: np.array([-2 * x[0], 0.0]), np.array([1.5, 2.0]))
    assert report.wrong.tolist() == [0]
    assert REMARK in report.explanations[0].text
    assert report.findings[0].explanation == report.explanations[0].text
