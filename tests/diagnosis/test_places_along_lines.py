"""Along lines a few coordinates are looked at: their rows and columns are told where that is no chance."""

from __future__ import annotations

import numpy as np
import pytest

from gradproof import check

RNG = np.random.default_rng(606)
X, WEIGHTS = RNG.normal(size=(2000, 3)), RNG.uniform(0.5, 2.0, (2000, 3))
SLOPES = WEIGHTS * np.cos(X)


def f(x):
    return float(np.sum(WEIGHTS * np.sin(x)))


def told(claimed, seed):
    report = check(f, claimed, X, mode="lines", seed=seed)
    assert report.verdict == "wrong"
    return " ".join(map(str, report.explanations)), report


@pytest.mark.parametrize("seed", range(4))
def test_a_column_of_few_is_told_where_those_of_the_others_are_right(seed):
    said, report = told(SLOPES * [1.0, -1.0, 1.0], seed)
    assert all(int(one) % 3 == 1 for one in report.wrong)
    assert "claimed = -1 × slope" in said
    # The twin: as many wrong ones, all over.
    mask = np.random.default_rng(seed).uniform(size=(2000, 3)) < 1 / 3
    said, _ = told(np.where(mask, -SLOPES, SLOPES), seed)
    assert "claimed = -1 × slope" in said
    assert "x[" not in said


def test_most_seeds_tell_the_column():
    named = ["x[:, 1] (" in told(SLOPES * [1.0, -1.0, 1.0], seed)[0] for seed in range(8)]
    assert sum(named) >= 5


def penalised(p):
    penalty = 0.05 * (np.sum(p["U"] ** 2) + np.sum(p["V"] ** 2))
    return float(np.sum(np.sin(p["U"])) + np.sum(np.sin(p["V"])) + penalty + np.sum(np.sin(p["b"])))


PARAMETERS = {"U": X, "V": RNG.normal(size=(2000, 3)), "b": RNG.normal(size=300)}
WITHOUT = {name: np.cos(each) for name, each in PARAMETERS.items()}
WHOLE = {name: each + (0.1 * PARAMETERS[name] if name != "b" else 0.0) for name, each in WITHOUT.items()}


def test_what_each_array_lacks_is_no_error_that_comes_from_further_on():
    assert check(penalised, WHOLE, PARAMETERS, mode="lines").verdict == "right"
    report = check(penalised, WITHOUT, PARAMETERS, mode="lines")
    said = str(report.explanations[0])
    assert "claimed = slope - 0.1 × x: is the part of an L2 penalty missing?" in said
    assert "look for the bug in the backward pass there" not in str(report)
    # The twin: a factor of both may come from what is after them.
    factors = {name: each * (1.0 if name == "b" else 1.7) for name, each in WHOLE.items()}
    said = " ".join(str(check(penalised, factors, PARAMETERS, mode="lines")).split())
    assert "everything from b on is right along its claim: look for the bug in the backward pass there" in said


@pytest.mark.parametrize("seed", range(3))
def test_a_row_that_is_lost_among_many_that_are_not_used(seed):
    table, used = RNG.normal(size=(300, 20)), np.unique(RNG.integers(0, 300, 60))
    weights = np.where(np.isin(np.arange(300), used)[:, None], RNG.uniform(0.5, 2.0, (300, 20)), 0.0)
    f = lambda x: float(np.sum(weights * np.sin(x)))  # noqa: E731
    claims = weights * np.cos(table)
    assert check(f, claims, table, mode="lines", seed=seed).verdict == "right"
    claims[used[5]] = 0.0
    report = check(f, claims, table, mode="lines", seed=seed)
    assert [one.where.partition(" (")[0] for one in report.explanations] == [f"x[{used[5]}, :]"]
    # The twin: a block of rows of which a few were looked at.
    claims = np.where(np.arange(300)[:, None] < 150, 0.0, weights * np.cos(table))
    said = " ".join(map(str, check(f, claims, table, mode="lines", seed=seed).explanations))
    assert "claimed = 0, but f depends on it" in said
    assert f"x[{used[5]}, :]" not in said
