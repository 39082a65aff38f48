"""Checks along lines at their limits: budgets, tolerances, bounds, and objectives of every temper."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from longmodels import Model, flat_of, lines, model_of, shaped, tanh

import gradproof
from gradproof import Cause


def one(g, norm):
    g[1419] += 1e-3 * norm


def hundredth(g, norm):
    g[1200:1500] *= 1.01


def not_a_number(g, norm):
    g[1294] = math.nan


def test_the_cheapest_verdict():
    report = lines(tanh(), budget=28)
    assert (report.verdict, report.power.lines, report.power.aligned_lines) == ("right", 4, 0)
    assert report.evaluations <= 28
    assert lines(tanh(), budget=20).verdict == "inconclusive"
    model = tanh()
    wrong = flat_of(model.gradient).copy()
    wrong[1419] += 0.1
    assert lines(model, shaped(wrong, model), budget=28).verdict == "wrong"


@pytest.mark.parametrize("bug", [None, one, hundredth, not_a_number])
def test_budgets_of_every_size(bug):
    """Never more evaluations than the budget, never right without a line that agreed, never a right one named.

    Small ones one by one, which decide what there is room for; of larger ones every seventh.
    """
    model = tanh()
    right = flat_of(model.gradient)
    wrong = right.copy()
    if bug:
        bug(wrong, np.linalg.norm(right))
    claimed, verdicts = shaped(wrong, model), []
    for budget in (*range(1, 60), *range(60, 201, 7)):
        report = lines(model, claimed, budget=budget)
        verdicts.append(report.verdict)
        assert report.evaluations <= budget
        assert report.verdict != "right" or report.power.lines >= 4
        assert report.verdict != ("right" if bug else "wrong")
        assert set(report.wrong.tolist()) <= set(np.flatnonzero(~(wrong == right)).tolist())
        assert report.verdict != "wrong" or report.findings
        assert str(report)
    assert verdicts[-1] == ("wrong" if bug else "right")
    # Once there is room for a verdict, more room keeps it.
    assert verdicts == sorted(verdicts, key=["inconclusive", verdicts[-1]].index)


def test_a_large_budget_is_spent_on_named_blocks():
    report = lines(tanh(), budget=2000)
    assert report.verdict == "right"
    assert report.power.parts == 3
    assert report.evaluations <= 2000
    assert [block.name for block in report.power.blocks] == ["W0", "W1", "W2"]
    for block, start, stop in zip(report.power.blocks, (0, 1200, 3000), (1200, 3000, 3030), strict=True):
        x, g = flat_of(tanh().x)[start:stop], flat_of(tanh().gradient)[start:stop]
        assert 0 < block.norm <= np.linalg.norm(g * np.maximum(np.abs(x), np.abs(x).max()))
        assert 0 < block.bar <= report.power.bar * 10


def test_rtol_of_the_user():
    """Errors below it pass, errors above it fail: of one coordinate, by its own slope, and of all of them."""
    model = tanh()
    right = flat_of(model.gradient)
    for rtol in (1e-2, 1e-4):
        for factor, verdict in ((1 + 0.3 * rtol, "right"), (1 + 5 * rtol, "wrong")):
            report = lines(model, shaped(right * factor, model), rtol=rtol)
            assert report.verdict == verdict
        wrong = right.copy()
        wrong[1419] *= 1 + 0.3 * rtol
        assert lines(model, shaped(wrong, model), rtol=rtol).verdict == "right"
        wrong[1419] *= 1 + 5 * rtol
        assert lines(model, shaped(wrong, model), rtol=rtol).wrong.tolist() == [1419]


def test_a_slope_made_in_float32_passes():
    """Where f is not: a slope that is off by a few roundings of float32 passes; an error beyond rtol does not."""
    weights = np.ones(1100)
    weights[7] = 1e5
    right = np.cos(X) * weights
    made = right.copy()
    made[7] *= 1 + 7e-7
    for seed in range(4):
        model = Model(lambda y: float(np.sin(y) @ weights), right, X)
        assert lines(model, made.astype(np.float32).astype(np.float64), seed=seed).verdict == "right"
        wrong = made.copy()
        wrong[7] *= 1 + 3e-5
        assert lines(model, wrong, seed=seed).wrong.tolist() == [7]
        assert lines(model, wrong.astype(np.float32).astype(np.float64), seed=seed).wrong.tolist() == [7]


def test_bounds_are_respected():
    """At the edge of a box one step outwards would be an error of the objective."""
    random = np.random.default_rng(9)
    x = random.uniform(0.1, 1.0, 1500)
    x[::50] = 0.1
    low, high = 0.1, 1.0

    def objective(y):
        assert np.all((y >= low) & (y <= high))
        return float(np.log(y) @ np.arange(1500))

    right = np.arange(1500) / x
    report = gradproof.check(objective, right, x, mode="lines", bounds=(low, high))
    assert report.verdict in ("right", "inconclusive")
    wrong = right.copy()
    wrong[7] *= 1.5
    assert gradproof.check(objective, wrong, x, mode="lines", bounds=(low, high)).verdict != "right"


class Refused(Exception):
    pass


def test_an_exception_of_the_objective_reaches_the_user():
    """At x; beside x it is a missing value, and along lines nothing can be said then."""

    def refusing(y):
        raise Refused("no")

    with pytest.raises(Refused):
        gradproof.check(refusing, X, X, mode="lines")


def test_an_exception_beside_x_is_a_missing_value():
    """Beyond the domain of a logarithm: the same report as where the objective returns NaN, never "right"."""
    x = np.full(1100, 1e-3)
    x[0] = 0.0

    def refusing(y):
        if y[0] < 0:
            raise Refused("negative")
        return value(y)

    reports = [
        gradproof.check(objective, np.cos(x), x, mode="lines")
        for objective in (refusing, lambda y: math.nan if y[0] < 0 else value(y))
    ]
    assert [(one.type, one.message) for one in reports[0].exceptions] == [("Refused", "negative")]
    assert str(dataclasses.replace(reports[0], exceptions=())) == str(reports[1])
    assert (reports[0].verdict, reports[0].cause) == ("inconclusive", Cause.DOMAIN)


def test_an_exception_far_from_x_leaves_smaller_steps():
    """Where only large steps leave the domain, small ones decide."""
    right, wrong = np.cos(X), np.cos(X)
    wrong[70] += 1.0

    def refusing(y):
        if np.abs(y - X).max() > 1e-4:
            raise Refused("far")
        return value(y)

    assert gradproof.check(refusing, right, X, mode="lines").verdict == "right"
    assert gradproof.check(refusing, wrong, X, mode="lines").wrong.tolist() == [70]


X = np.random.default_rng(8).normal(size=1100)


def value(y):
    return float(np.sum(np.sin(y)))


def only_at_x(y):
    return value(y) if np.array_equal(y, X) else math.nan


@pytest.mark.parametrize("unfit", [None, math.nan, math.inf])
def test_an_objective_with_values_at_x_alone_is_never_right(unfit):
    claimed = np.cos(X)
    if unfit is not None:
        claimed[7] = unfit
    report = gradproof.check(only_at_x, claimed, X, mode="lines")
    assert report.verdict != "right"
    if unfit is None:
        assert (report.verdict, report.cause) == ("inconclusive", Cause.DOMAIN)


@pytest.mark.parametrize("value_at_x", [math.nan, math.inf])
def test_an_objective_that_is_not_finite(value_at_x):
    report = gradproof.check(lambda y: value_at_x, X, X, mode="lines")
    assert (report.verdict, report.cause, report.evaluations) == ("inconclusive", Cause.DOMAIN, 1)


def test_many_claims_that_are_no_numbers():
    """Some of them are looked at alone, which is enough."""
    report = gradproof.check(value, np.full(X.size, math.nan), X, mode="lines")
    assert report.verdict == "wrong"
    assert report.wrong.tolist() == list(range(8))
    assert report.evaluations < 1000


@pytest.mark.parametrize("size", [1e300, -1e300, 1e-300])
def test_a_claim_of_another_world(size):
    claimed = np.cos(X)
    claimed[7] = size
    report = gradproof.check(value, claimed, X, mode="lines")
    assert report.verdict == "wrong"
    assert report.wrong.tolist() == [7]


def test_a_random_objective_is_called_so():
    random = np.random.default_rng(1)
    claimed = np.cos(X)
    claimed[7] = 5e4
    for seed in range(5):
        for claim, verdicts in ((np.cos(X), ("right", "inconclusive")), (claimed, ("wrong", "inconclusive"))):
            report = gradproof.check(lambda y: value(y) + 1e-3 * random.normal(), claim, X, mode="lines", seed=seed)
            assert report.nondeterministic
            assert report.verdict in verdicts
            assert set(report.wrong.tolist()) <= {7}
    assert not gradproof.check(value, np.cos(X), X, mode="lines").nondeterministic


def test_an_objective_that_counts_its_calls_is_called_random():
    calls = iter(range(10**9))
    report = gradproof.check(lambda y: value(y) + 1e-3 * next(calls), np.cos(X), X, mode="lines")
    assert report.verdict in ("right", "inconclusive")
    assert report.nondeterministic
    assert "two calls at x differ" in str(report)


def test_an_objective_that_changes_its_argument():
    def changing(y):
        result = value(y)
        y[:] = 7.0
        return result

    expected = gradproof.check(value, np.cos(X), X, mode="lines")
    before = X.copy()
    report = gradproof.check(changing, np.cos(X), X, mode="lines")
    assert (report.verdict, report.evaluations) == ("right", expected.evaluations)
    assert report.power == expected.power
    assert X.tobytes() == before.tobytes()
    wrong = np.cos(X)
    wrong[700] += 1
    assert gradproof.check(changing, wrong, X, mode="lines").wrong.tolist() == [700]


def test_an_objective_that_keeps_its_argument():
    kept = []

    def keeping(y):
        kept.append(y)
        return value(y)

    assert gradproof.check(keeping, np.cos(X), X, mode="lines").verdict == "right"


@pytest.mark.parametrize("name", ["tanh_network", "many_scales", "logistic_with_l1"])
@pytest.mark.parametrize(("up", "across"), [(900, 0), (-900, 0), (0, 400), (0, -400), (-20, 20)])
def test_units_change_no_verdict(name, up, across):
    """f and x times powers of two: the same bits, in other units."""
    model = model_of(name)
    right = flat_of(model.gradient)
    for index, factor in ((None, 1.0), (1419, 3.0)):
        claimed = right.copy()
        if index is not None:
            claimed[index] = factor * np.abs(right).max()
        scaled = Model(
            lambda y: 2.0**up * model.objective(shaped(flat_of(y) * 2.0**-across, model)),
            shaped(claimed * 2.0 ** (up - across), model),
            shaped(flat_of(model.x) * 2.0**across, model),
        )
        reports = [lines(Model(model.objective, shaped(claimed, model), model.x)), lines(scaled)]
        assert reports[0].verdict == reports[1].verdict == ("right" if index is None else "wrong")
        assert reports[0].evaluations == reports[1].evaluations
        assert reports[0].wrong.tolist() == reports[1].wrong.tolist()
        assert reports[0].power.relative == pytest.approx(reports[1].power.relative, rel=1e-9)


def test_the_same_seed_gives_the_same_bits():
    model = tanh()
    claimed = flat_of(model.gradient).copy()
    claimed[[100, 2000]] += 0.1
    assert lines(model, seed=3).power == lines(model, seed=3).power != lines(model, seed=4).power
    first, second, other = (lines(model, shaped(claimed, model), seed=seed) for seed in (3, 3, 4))
    assert str(first) == str(second)
    assert first.wrong.tolist() == second.wrong.tolist() == other.wrong.tolist() == [100, 2000]


def test_auto_takes_lines_where_there_are_many_coordinates():
    for n, mode in ((5000, "full"), (5001, "lines")):
        report = gradproof.check(gradproof.batched(lambda rows: np.zeros(len(rows))), np.zeros(n), np.ones(n))
        assert report.mode == mode


def half_square(x):
    """Sums float32 in float32: so many terms of one sign drift, the same way at every point."""
    return 0.5 * np.dot(x, x)


def test_drifting_sums_are_no_common_factor():
    x = np.random.default_rng(0).standard_normal(10_000_000, dtype=np.float32)
    right = gradproof.check(half_square, x, x)
    assert right.verdict == "right"
    assert right.power.factor < 1e-3
    wrong = gradproof.check(half_square, np.float32(1.01) * x, x)
    assert wrong.verdict == "wrong"
    assert [finding.name for finding in wrong.findings if finding.stop - finding.start > 1] == ["x"]
