"""Reports of vectors that lie in shards say what reports of the same vectors in one piece say."""

import itertools
import math

import numpy as np
import pytest
from sharded import driven, shards_of

import gradproof

SHAPES = {"first": (60, 50), "second": (80, 40), "bias": (500,)}
ENDS = dict(zip(SHAPES, itertools.pairwise((0, 3000, 6200, 6700)), strict=True))
X = np.random.default_rng(0).normal(size=6700)
SLOPES = np.cos(X) + X


def objective(x):
    return float(np.sum(np.sin(x)) + np.sum(x**2) / 2)


def structured(vector):
    return {name: vector[slice(*ENDS[name])].reshape(shape) for name, shape in SHAPES.items()}


def flat(structure):
    return np.concatenate([one.ravel() for one in structure.values()])


def both(claimed, function=objective):
    """The report of a vector in one piece, and that of the same in three shards."""
    whole = gradproof.check(lambda x: function(flat(x)), structured(claimed), structured(X), mode="lines")
    shards = shards_of(X, claimed, [2000, 4500])
    return whole, driven(gradproof.lines(SHAPES, shards), function, shards)


def of_second(bug):
    claimed = SLOPES.copy()
    claimed[slice(*ENDS["second"])] = bug(claimed[slice(*ENDS["second"])])
    return claimed


BUGS = {
    "right": (SLOPES, ""),
    "a layer too large": (of_second(lambda claims: 1.01 * claims), "claimed = 1.01 × slope"),
    "a layer forgotten": (of_second(np.zeros_like), "claimed = 0"),
    "a layer without a part": (of_second(lambda claims: claims - X[slice(*ENDS["second"])]), "x"),
    "everything halved": (SLOPES / 2, "claimed = 0.5 × slope"),
    "everything negated": (-SLOPES, "for forces say sign=-1"),
}


@pytest.mark.parametrize("bug", BUGS)
def test_what_explains_errors_is_told_of_shards_as_well(bug):
    claimed, text = BUGS[bug]
    whole, report = both(claimed)
    assert report.verdict == whole.verdict == ("wrong" if text else "right")
    assert [str(one) for one in report.explanations] == [str(one) for one in whole.explanations]
    assert text in "".join(map(str, report.explanations))
    assert report.warnings == whole.warnings
    assert [one.explanation for one in report.findings] == [one.explanation for one in whole.findings]
    for one, other in zip(report.arrays, whole.arrays, strict=True):
        assert str(one) == str(other)
        assert math.isclose(one.factor, other.factor, rel_tol=1e-6) or math.isnan(one.factor + other.factor)


def test_remarks_need_no_vector_as_a_whole():
    whole, report = both(SLOPES, lambda x: 3.0)
    assert report.verdict == "wrong"
    assert report.warnings == whole.warnings
    assert "f does not change with x" in report.warnings[0]
    whole, report = both(np.zeros_like(X), lambda x: 3.0)
    assert report.verdict == "right"
    assert report.warnings == whole.warnings
    assert "Everything that agrees is 0" in report.warnings[0]
    used = np.where(np.arange(X.size) < 6200, SLOPES, 0.0)
    whole, report = both(used, lambda x: objective(x[:6200]))
    assert report.verdict == "right"
    assert report.warnings == whole.warnings
    assert report.warnings[0].startswith("bias is dead here: all 500")
