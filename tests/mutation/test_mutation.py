"""Planted bugs: each changes what it says, checks catch those they can see, and say which they would miss."""

import numpy as np
import pytest
from everykind import P, grad, loss

import gradproof
from gradproof import mutation_score
from gradproof.mutation.bugs import BUGS, planted
from gradproof.mutation.memoised import Memoised
from gradproof.problem.structure import layout_of

W = np.array([[1.0, -2.0, 0.5], [3.0, 0.25, -1.5]])
B = np.array([2.0, -4.0, 1.0])


def planted_in(point, claimed, at=0):
    layout = layout_of(point)
    flat, x = layout.flatten(claimed, "claimed"), layout.flatten(point, "x")
    leaf = layout.leaves[at]
    return {name: whole[leaf.start : leaf.stop] for name, whole in planted(flat, x, leaf, layout.leaves)}


def test_twenty_bugs():
    assert len(BUGS) == 20
    found = planted_in({"W": W, "V": 2 * W}, {"W": W, "V": W + 1})
    # Half precision holds these claims as they are.
    assert set(BUGS) - set(found) == {"rounded to float16"}


def test_each_bug_is_what_it_says():
    found = {
        name: bug.reshape(W.shape) for name, bug in planted_in({"W": B[0] * W, "V": W}, {"W": W, "V": W + 1}).items()
    }
    size = np.sqrt(np.mean(W**2))
    expected = {
        "sign": -W,
        "factor 2": 2 * W,
        "factor 1/2": W / 2,
        "factor 1.01": 1.01 * W,
        "zero": 0 * W,
        "transposed": W.T.reshape(W.shape),
        "rows swapped": W[::-1],
        "shifted by one": np.roll(W, 1),
        "c × x added": W + 0.1 * W,
        "c × sign(x) added": W + 0.1 * size * np.sign(W),
        "one row doubled": W * [[1], [2]],
        "another array's": W + 1,
        "mean for sum": W / 2,
        "reversed": W.reshape(-1)[::-1].reshape(W.shape),
        "constant added": W + 0.1 * size,
        "last entry missing": W * [[1, 1, 1], [1, 1, 0]],
        "one entry doubled": W * [[1, 1, 1], [1, 1, 2]],
    }
    for name, claims in expected.items():
        assert np.allclose(found[name], claims, rtol=1e-14, atol=0), name
    assert np.isnan(found["one entry NaN"]).sum() == 1
    assert 0 < np.max(np.abs(found["noise of 1e-3"] / W - 1)) < 5e-3


def test_what_changes_nothing_is_not_planted():
    found = planted_in(B, np.zeros(3))
    assert set(found) == {"c × x added", "c × sign(x) added", "one entry NaN", "constant added"}
    assert not {"transposed", "one row doubled", "another array's"} & set(planted_in(B, B))
    # A symmetric matrix is its transpose.
    assert "transposed" not in planted_in({"a": np.eye(2)}, {"a": np.array([[1.0, 2.0], [2.0, 3.0]])})


@pytest.mark.parametrize("mode", ["full", "lines"])
def test_a_check_catches_them(mode):
    score = mutation_score(loss, grad, P, mode=mode)
    assert score.report.verdict == "right"
    assert score.share == 1.0
    assert score.missed == ()
    assert {one.array for one in score.mutants} == set(P)
    assert str(score).startswith(f"all {len(score.mutants)} planted bugs would have been caught\n")


def test_a_check_that_sees_little_misses_some():
    score = mutation_score(loss, grad, P, budget=40)
    assert score.report.mode == "lines"
    assert 0 < score.caught < len(score.mutants)
    assert score.share == score.caught / len(score.mutants)
    assert "missed: " in str(score)
    # A tolerance of half of everything does not see a hundredth.
    coarse = mutation_score(loss, grad, P, rtol=0.5)
    assert {"factor 1.01", "noise of 1e-3"} <= {one.bug for one in coarse.missed}
    assert not {"sign", "zero", "one entry NaN"} & {one.bug for one in coarse.missed}


def test_every_verdict_is_that_of_a_check():
    point = {"W": W, "b": B}

    def f(p):
        return float(np.sum(np.sin(p["W"])) + np.sum(p["b"] ** 3))

    def g(p):
        return {"W": np.cos(p["W"]), "b": 3 * p["b"] ** 2}

    score = mutation_score(f, g, point, rtol=0.1)
    for at, name in enumerate(point):
        for bug, claims in planted_in(point, g(point), at).items():
            claimed = g(point) | {name: claims.reshape(point[name].shape)}
            told = next(one for one in score.mutants if (one.bug, one.array) == (bug, name))
            assert told.verdict == gradproof.check(f, claimed, point, rtol=0.1).verdict


def test_values_are_shared():
    calls = []

    def f(p):
        calls.append(1)
        return loss(p)

    score = mutation_score(f, grad, P)
    assert score.evaluations == len(calls)
    assert score.share == 1.0
    assert len(calls) < 0.5 * len(score.mutants) * score.report.evaluations


def test_values_that_change_are_not_shared():
    rng = np.random.default_rng(0)
    calls = []

    def f(x):
        calls.append(1)
        return float(np.sum(x**2)) + 1e-3 * rng.normal()

    score = mutation_score(f, lambda x: 2 * x, B)
    assert score.evaluations == len(calls)
    assert len(calls) > 0.5 * len(score.mutants) * score.report.evaluations
    # What is larger than the noise is seen, what is smaller is not.
    assert {"noise of 1e-3"} <= {one.bug for one in score.missed}
    assert not {"sign", "factor 2"} & {one.bug for one in score.missed}


def test_kinds_of_objectives():
    batched = gradproof.batched(lambda points: np.sum(points**2, axis=1))
    assert mutation_score(batched, lambda x: 2 * x, B).share == 1.0
    assert mutation_score(lambda x: (np.sum(x**2), 2 * x), True, B).share == 1.0
    assert mutation_score(lambda x, a: a * np.sum(x**2), lambda x, a: 2 * a * x, B, args=(3.0,)).share == 1.0
    assert {one.array for one in mutation_score(loss, grad, P, only="W2").mutants} == {"W2"}
    z = B + 1j * B[::-1]
    assert mutation_score(lambda z: np.sum(np.abs(z) ** 2), lambda z: 2 * z, z).share == 1.0
    jax = mutation_score(lambda z: np.sum((z**2).real), lambda z: 2 * z, z, convention="jax")
    assert (jax.report.verdict, jax.share) == ("right", 1.0)
    assert mutation_score(lambda x: np.sum(x**2), 2 * B, B, bounds=(B, None)).share == 1.0
    forces = mutation_score(lambda x: np.sum(x**2), lambda x: -2 * x, B, sign=-1)
    assert (forces.report.verdict, forces.share) == ("right", 1.0)


def test_what_is_refused():
    with pytest.raises(ValueError, match="must be right before bugs are planted in it: wrong: the gradient is wrong"):
        mutation_score(loss, lambda p: grad(p, W2=2.0), P)
    for name, value in (("save", "a"), ("resume", "a"), ("rows", 3)):
        with pytest.raises(TypeError, match=f"{name}= is for single checks"):
            mutation_score(loss, grad, P, **{name: value})
    with pytest.raises(TypeError, match=r"pass f\(x\)"):
        mutation_score(gradproof.in_place([B], lambda: 0.0), lambda: [B])
    with pytest.raises(TypeError, match="budgets"):
        mutation_score(loss, grad, P, budgets=3)


def test_memory():
    calls = []

    def f(x):
        calls.append(x)
        if np.any(x["a"] < 0):
            raise ValueError("negative")
        return np.float64(3.0)

    memoised = Memoised(f)
    one, two = {"a": np.ones(2), "b": 1.0}, {"a": np.ones(2), "b": 2.0}
    assert float(memoised(one)) == float(memoised(one)) == float(memoised(two)) == 3.0
    assert len(calls) == memoised.calls == 2
    for _ in range(2):
        with pytest.raises(ValueError, match="negative"):
            memoised({"a": -np.ones(2), "b": 1.0})
    assert memoised.calls == 4


@pytest.mark.parametrize("size", [1e-200, 1e200])
def test_gradients_whose_squares_have_no_value(size):
    x = np.linspace(0.5, 2.0, 6)
    with np.errstate(all="raise"):
        score = mutation_score(lambda x: float(size * np.sum(x**3)), lambda x: 3 * size * x**2, x)
    assert score.share == 1.0
