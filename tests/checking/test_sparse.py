"""Sparse logistic regression by SciPy: a hundred thousand coordinates, most of which few rows reach."""

import numpy as np
import pytest

import gradproof

scipy_sparse = pytest.importorskip("scipy.sparse")

ROWS, WORDS, PENALTY = 3000, 120_000, 0.05


class Regression:
    """Labels of documents from counts of their words, with a penalty; the gradient is by hand."""

    def __init__(self):
        random = np.random.default_rng(11)
        # Words are as frequent as in texts: some stand in many rows, most in one or none.
        words = np.minimum(random.zipf(1.3, ROWS * 60) - 1, WORDS - 1) * 7919 % WORDS
        rows = np.repeat(np.arange(ROWS), 60)
        counts = np.log1p(random.integers(1, 9, words.size))
        self.matrix = scipy_sparse.csr_matrix((counts, (rows, words)), (ROWS, WORDS))
        self.labels = np.where(random.random(ROWS) < 0.5, -1.0, 1.0)
        self.x = {"weights": random.normal(size=WORDS) / 3, "intercept": np.array(0.1)}

    def margins(self, x):
        return self.labels * (self.matrix @ x["weights"] + x["intercept"])

    def objective(self, x):
        losses = np.logaddexp(0, -self.margins(x))
        return np.mean(losses) + PENALTY / 2 * (x["weights"] @ x["weights"]) / WORDS

    def gradient(self, x):
        slopes = -self.labels / (1 + np.exp(self.margins(x))) / ROWS
        weights = self.matrix.T @ slopes + PENALTY * x["weights"] / WORDS
        return {"weights": weights, "intercept": np.sum(slopes)}


@pytest.fixture(scope="module")
def regression():
    return Regression()


def test_the_right_gradient(regression):
    report = gradproof.check(regression.objective, regression.gradient, regression.x)
    assert (report.verdict, report.mode, report.n) == ("right", "lines", WORDS + 1)
    assert report.power.relative < 1e-6
    assert report.evaluations <= 120


def one_word(right, x):
    right["weights"][right["weights"].argmax()] *= 0.9
    return right


def no_penalty(right, x):
    right["weights"] -= PENALTY * x["weights"] / WORDS
    return right


def penalised_intercept(right, x):
    right["intercept"] += PENALTY
    return right


@pytest.mark.parametrize("fault", [one_word, no_penalty, penalised_intercept])
def test_wrong_ones_are_named(regression, fault):
    def gradient(x):
        return fault(regression.gradient(x), x)

    report = gradproof.check(regression.objective, gradient, regression.x)
    assert report.verdict == "wrong"
    blocks = {one.name.partition("[")[0] for one in report.findings}
    assert blocks == {"intercept" if fault is penalised_intercept else "weights"}
    if fault is one_word:
        largest = int(regression.gradient(regression.x)["weights"].argmax())
        assert [one.name for one in report.findings] == [f"weights[{largest}]"]


def test_in_place_the_same(regression):
    x = {name: value.copy() for name, value in regression.x.items()}
    in_place = gradproof.in_place(x, lambda: regression.objective(x))
    report = gradproof.check(in_place, lambda: regression.gradient(x))
    assert str(report) == str(gradproof.check(regression.objective, regression.gradient, regression.x))
    assert all(np.array_equal(x[name], regression.x[name]) for name in x)
    report = gradproof.check(in_place, lambda: penalised_intercept(regression.gradient(x), x))
    assert [one.name for one in report.findings] == ["intercept"]
