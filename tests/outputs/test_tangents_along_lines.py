"""Products with tangents of long vectors: one product a line where all is right, coordinates by halving where not."""

import numpy as np
import pytest

from gradproof import check_jvp
from gradproof.report.report import Report

N, OUTPUTS, EACH = 6000, 40, 300
RNG = np.random.default_rng(2)
COLUMNS = np.array([RNG.choice(N, EACH, replace=False) for _ in range(OUTPUTS)])
WEIGHTS = RNG.normal(size=(OUTPUTS, EACH))
X = RNG.normal(size=N)


def function(x):
    return np.sin((WEIGHTS * x[COLUMNS]).sum(axis=1) / 10)


class Product:
    """The product with a tangent, which counts its calls; each column may have a factor."""

    def __init__(self, factors=1.0, rows=1.0):
        self.factors, self.rows, self.calls = factors * np.ones(N), rows, 0

    def __call__(self, x, tangent):
        self.calls += 1
        inner = (WEIGHTS * x[COLUMNS]).sum(axis=1) / 10
        moved = (WEIGHTS * (self.factors * tangent)[COLUMNS]).sum(axis=1) / 10
        return self.rows * np.cos(inner) * moved


def with_factor(places, factor):
    factors = np.ones(N)
    factors[places] = factor
    return factors


def test_what_agrees_takes_a_product_for_each_line():
    product = Product()
    report = check_jvp(function, product, X)
    assert report
    assert (report.mode, report.n, report.tested, report.agreeing) == ("lines", N, N, N)
    assert report.gradient_evaluations == product.calls == 4
    assert report.evaluations < 40
    assert report.power.lines == 4
    assert report.power.relative < 1e-3
    assert "right: the jvp agrees with the function along random lines through all 6,000 coordinates" in str(report)
    assert Report.from_json(report.to_json()).verdict == "right"


@pytest.mark.parametrize("places", [[0], [N - 1], [17, 4711]])
def test_single_coordinates_are_found(places):
    places = [int(COLUMNS[3, 5]) if place == 4711 else int(COLUMNS[0, 0]) if place == 17 else place for place in places]
    used = sorted(set(places) & set(COLUMNS.ravel().tolist()))
    product = Product(with_factor(places, -1.0))
    report = check_jvp(function, product, X)
    assert report.verdict == ("wrong" if used else "right")
    assert report.wrong.tolist() == used
    assert all(one.name.startswith("output[") for one in report.findings)
    assert {one.index for one in report.findings} == set(used)
    assert report.gradient_evaluations == product.calls < 200


@pytest.mark.parametrize("rows", [1.1, np.where(np.arange(OUTPUTS) == 7, 1.01, 1.0)])
def test_errors_in_all_coordinates(rows):
    report = check_jvp(function, Product(rows=rows), X)
    assert report.verdict == "wrong"
    assert report.gradient_evaluations < 400
    single = [one for one in report.findings if one.stop == one.start + 1]
    assert single
    if np.ndim(rows):
        assert all(one.name.startswith("output[7] / x[") for one in single)
        assert np.isin(report.wrong, COLUMNS[7]).all()


def rounded(x):
    return function(x).astype(np.float32).astype(np.float64)


@pytest.mark.parametrize(
    ("of", "factors"),
    [(function, 1.5), (rounded, 1.5), (rounded, np.where(np.arange(N) >= N - 2000, -1.0, 1.0)), (function, np.nan)],
)
def test_errors_in_all_coordinates_take_a_bounded_number_of_evaluations(of, factors):
    """What is named is wrong, be it coordinates or the shortest part of a line that was found until then."""
    assert check_jvp(of, Product(), X)
    report = check_jvp(of, Product(factors), X)
    assert report.verdict == "wrong"
    assert report.evaluations < 1300
    wrong = np.flatnonzero(factors * np.ones(N) != 1.0)
    assert np.isin(report.wrong, wrong).all()
    assert report.findings
    assert all(np.isin(np.arange(one.start, one.stop), wrong).any() for one in report.findings)
    assert len(report.wrong) or report.findings[0].stop - report.findings[0].start < N


def test_a_budget_holds_for_what_is_located_as_well():
    calls = []
    report = check_jvp(lambda x: calls.append(x) or function(x), Product(1.5), X, budget=150)
    assert report.verdict == "wrong"
    assert len(calls) == report.evaluations <= 150
    assert not any("Spent" in note for note in report.warnings)
    assert not report.exceptions


def test_named_arrays_have_lines_of_their_own():
    """An array whose slopes are lost beside those of another."""

    def of_two(p):
        return {"y": function(p["w"]), "z": 1e-5 * p["b"] ** 2 + p["w"][:5]}

    def jvp(p, tangent, factor=1.0):
        return {"y": Product()(p["w"], tangent["w"]), "z": 2e-5 * factor * p["b"] * tangent["b"] + tangent["w"][:5]}

    p = {"w": X, "b": np.arange(1.0, 6.0)}
    report = check_jvp(of_two, jvp, p)
    assert report
    assert report.gradient_evaluations == 4 + 2
    assert [block.name for block in report.power.blocks] == ["w", "b"]
    report = check_jvp(of_two, lambda p, tangent: jvp(p, tangent, 2.0), p)
    assert report.verdict == "wrong"
    assert all(" / b[" in one.name for one in report.findings)
    assert [one.name.partition("[")[0] for one in report.findings] == ["z"] * len(report.findings)


def test_what_is_held_does_not_move():
    factors = with_factor(np.arange(3000), 2.0)
    assert check_jvp(function, Product(factors), X, only=np.arange(3000, N), mode="lines")
    report = check_jvp(function, Product(factors), X, only=np.arange(2900, N), mode="lines")
    assert report.verdict == "wrong"
    assert report.n == N - 2900
    assert ((report.wrong >= 2900) & (report.wrong < 3000)).all()


def test_short_vectors_along_lines():
    x = np.linspace(0.5, 1.5, 20)
    right = check_jvp(np.exp, lambda x, v: np.exp(x) * v, x, mode="lines")
    assert right
    assert right.gradient_evaluations == 4
    wrong = check_jvp(np.exp, lambda x, v: np.exp(x) * v * np.where(np.arange(20) == 11, 1.5, 1), x, mode="lines")
    assert [one.name for one in wrong.findings] == ["output[11] / x[11]"]


def test_what_cannot_be_decided():
    random = np.random.default_rng(0)
    report = check_jvp(lambda x: function(x) + 1e-3 * random.normal(size=OUTPUTS), Product(), X)
    assert report.verdict == "inconclusive"
    report = check_jvp(function, Product(), X, budget=4)
    assert report.verdict == "inconclusive"
    assert report.stopped_by == "budget"


def test_where_lines_of_its_own_decide_nothing_all_claims_are_computed():
    def inside(x):
        return np.sin(x.astype(np.float32)).astype(np.float64)

    few = X[:300]
    report = check_jvp(inside, lambda x, v: np.cos(x) * v, few, mode="lines")
    assert report
    assert report.gradient_evaluations > few.size
    report = check_jvp(inside, lambda x, v: 1.1 * np.cos(x) * v, few, mode="lines")
    assert report.verdict == "wrong"


def test_claims_that_are_rounded_to_float32_pass():
    def rounded(x, tangent):
        return Product()(x, tangent).astype(np.float32)

    assert check_jvp(function, rounded, X)
