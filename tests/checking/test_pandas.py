"""Points that are Series or DataFrames: f gets the same, gradients are aligned by label, coordinates named by it."""

import pickle
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import gradproof
from gradproof.problem.coordinates.places import place_of
from gradproof.problem.point import read_problem

pd = pytest.importorskip("pandas")

LABELS = ["alpha", "beta", "gamma"]
X = pd.Series([1.0, 2.0, 3.0], index=LABELS, name="theta")
TABLE = pd.DataFrame({"a": [1.0, 2.0], "b": [3.0, 4.0]}, index=["r", "s"])


def f(p):
    assert isinstance(p, pd.Series)
    assert p.name == "theta"
    assert p.index.equals(X.index)
    return p["alpha"] ** 2 + p["beta"] * p["gamma"] ** 2


def g(p):
    """Return the gradient in another order."""
    return pd.Series({"gamma": 2 * p["beta"] * p["gamma"], "alpha": 2 * p["alpha"], "beta": p["gamma"] ** 2})


def faulty(p):
    return g(p) * pd.Series({"beta": 1.01, "alpha": 1.0, "gamma": 1.0})


def f_of_table(p):
    assert isinstance(p, pd.DataFrame)
    return float((p["a"] ** 2).sum() + (p["b"] ** 3).sum() + p.loc["r", "a"] * p.loc["s", "b"])


def g_of_table(p):
    out = pd.DataFrame({"b": 3 * p["b"] ** 2, "a": 2 * p["a"]})
    out.loc["r", "a"] += p.loc["s", "b"]
    out.loc["s", "b"] += p.loc["r", "a"]
    return out.loc[["s", "r"]]


def faulty_of_table(p):
    out = g_of_table(p)
    out.loc["r", "b"] *= 1.01
    return out


@pytest.mark.parametrize("mode", ["full", "lines"])
def test_a_series(mode):
    assert gradproof.check(f, g, X, mode=mode).verdict == "right"
    for wrong in (faulty, faulty(X), lambda p: faulty(p)[LABELS].to_numpy()):
        report = gradproof.check(f, wrong, X, mode=mode)
        assert report.wrong.tolist() == [1]
        assert report.findings[0].name == "beta"
        assert report.findings[0].cause is gradproof.Cause.WRONG
    assert X.tolist() == [1.0, 2.0, 3.0]


@pytest.mark.parametrize("mode", ["full", "lines"])
def test_a_table(mode):
    assert gradproof.check(f_of_table, g_of_table, TABLE, mode=mode).verdict == "right"
    report = gradproof.check(f_of_table, faulty_of_table, TABLE, mode=mode)
    assert report.wrong.tolist() == [1]
    assert report.findings[0].name == "b[r]"


def test_labels_that_are_no_text():
    numbered = pd.Series(np.array([1, 2, 3], np.float32), index=[5, 6, 9])
    report = gradproof.check(lambda p: float((p.astype(float) ** 2).sum()), lambda p: 2 * p * [1, 1, 1.1], numbered)
    assert report.findings[0].name == "x[9]"
    table = pd.DataFrame(np.ones((2, 2)))
    report = gradproof.check(lambda p: float((p**2).to_numpy().sum()), 2.2 * table, table)
    assert sorted(one.name for one in report.findings) == ["x[0, 0]", "x[0, 1]", "x[1, 0]", "x[1, 1]"]


def test_all_kinds_of_evaluation():
    pair = gradproof.check(lambda p: (f(p), faulty(p)), True, X)
    assert [one.name for one in pair.findings] == ["beta"]
    batched = gradproof.batched(lambda points: points["alpha"] ** 2 + points["beta"] * points["gamma"] ** 2)
    assert gradproof.check(batched, g, X).verdict == "right"
    assert gradproof.check(batched, faulty, X).wrong.tolist() == [1]
    with ThreadPoolExecutor(2) as executor:
        assert gradproof.check(f, faulty, X, executor=executor).wrong.tolist() == [1]
    assert gradproof.check_along(f, g, X, optimizer="batch", steps=2, learning_rate=1e-3)
    assert gradproof.study(f, X, gradient=g, index="beta").name == "beta"


def test_bounds_are_aligned_too():
    lower = pd.Series({"gamma": 3.0, "alpha": 1.0, "beta": 0.0})
    report = gradproof.check(f, g, X, bounds=(lower, None))
    assert report.verdict == "right"
    assert report.outside > 0
    with pytest.raises(ValueError, match=r"^x must lie within the bounds, but gamma is 3, outside \[3\.5, inf\]$"):
        gradproof.check(f, g, X, bounds=(lower + 0.5 * (lower == 3), None))


@pytest.mark.parametrize("mode", ["full", "lines"])
def test_what_f_writes_to_its_argument_stays_there(mode):
    def changing(p):
        value = f(p)
        p["alpha"] = 99.0
        return value

    report = gradproof.check(changing, g, X, mode=mode)
    assert report.verdict == "right"
    assert gradproof.check(changing, faulty, X, mode=mode).wrong.tolist() == [1]
    assert X.tolist() == [1.0, 2.0, 3.0]


@pytest.mark.parametrize(
    ("gradient", "sentence"),
    [
        (lambda p: g(p).drop("beta"), "the gradient's result lacks the labels 'beta': x has 'alpha', 'beta', 'gamma'"),
        (lambda p: pd.concat([g(p), pd.Series({"delta": 1.0})]), "the gradient's result has the extra labels 'delta'"),
        (lambda p: g(p).rename({"beta": "bta"}), "lacks the labels 'beta' and has the extra labels 'bta'"),
        (lambda p: g(p).to_frame(), "the gradient's result is a DataFrame, but x is a Series"),
        (g(X).drop("beta"), "gradient lacks the labels 'beta'"),
        (lambda p: 1.0, "the gradient's result has the shape (), but x has the shape (3,): return one slope for each"),
    ],
)
def test_gradients_of_other_labels(gradient, sentence):
    with pytest.raises(ValueError, match="gradient") as caught:
        gradproof.check(f, gradient, X)
    assert sentence in str(caught.value)


def test_columns_that_are_missing():
    with pytest.raises(ValueError, match=r"^the gradient's result lacks the columns 'b': x has 'a', 'b'$"):
        gradproof.check(f_of_table, lambda p: g_of_table(p)[["a"]], TABLE)


def test_labels_that_occur_twice():
    x = pd.Series([1.0, 2.0, 3.0], index=list("aab"))
    assert gradproof.check(lambda p: float((p**2).sum()), lambda p: 2 * p, x).verdict == "right"
    wrong = gradproof.check(lambda p: float((p**2).sum()), lambda p: 2 * p * [1, 1.1, 1], x)
    assert wrong.wrong.tolist() == [1]
    assert [wrong.name(index) for index in range(3)] == ["a", "a#2", "b"]
    assert wrong.claimed("a#2") == wrong.claimed(1)
    with pytest.raises(ValueError, match="cannot be matched because some occur twice: give it the index of x"):
        gradproof.check(lambda p: float((p**2).sum()), lambda p: 2 * p[::-1], x)


@pytest.mark.parametrize(
    ("objective", "x", "error", "sentence"),
    [
        (
            f,
            {"a": X},
            TypeError,
            "x, at 'a', is of type pandas.Series, which f would get as an array: pass x.to_numpy()",
        ),
        (f, pd.Series([1.0, "a"]), TypeError, "x must hold real numbers"),
        (f, pd.Series([1.0, np.nan], index=["a", "b"]), ValueError, "x must be finite, but b is nan"),
        (f, X[:0], ValueError, "x is empty"),
        (gradproof.batched(f_of_table), TABLE, TypeError, "batched() cannot be used where x is a DataFrame"),
    ],
)
def test_points_that_cannot_be_checked_at(objective, x, error, sentence):
    with pytest.raises(error) as caught:
        gradproof.check(objective, g_of_table if x is TABLE else g, x)
    assert sentence in str(caught.value)


def test_coordinates_are_found_by_their_labels():
    problem = read_problem(X)
    assert place_of(problem, "beta") == (1, 2, "beta")
    assert place_of(problem, "x[2]") == (2, 3, "gamma")
    assert place_of(read_problem(TABLE), "b[r]") == (1, 2, "b[r]")
    with pytest.raises(ValueError, match="x has no delta"):
        place_of(problem, "delta")


def test_the_layout_survives_pickling():
    layout = pickle.loads(pickle.dumps(read_problem(X).layout))
    assert layout.name(1) == "beta"
    assert layout.build(X.to_numpy()).equals(X)


def test_coordinates_are_chosen_by_their_labels():
    assert gradproof.check(f, faulty, X, only=["alpha", "gamma"]).verdict == "right"
    report = gradproof.check(f, faulty, X, held="alpha", bounds=(X - 1, None))
    assert report.wrong.tolist() == [1]
    assert report.findings[0].name == "beta"
    assert gradproof.check(f_of_table, faulty_of_table, TABLE, only="b[r]").wrong.tolist() == [1]


def test_labels_of_a_gradient_that_x_does_not_have_are_told():
    x = np.array([1.0, 2.0, 3.0])
    report = gradproof.check(lambda x: x @ x, lambda x: pd.Series(2 * x, index=["a", "b", "c"]), x)
    sentence = "The gradient is of type pandas.Series: its numbers were taken in their order, and nothing else."
    assert report.warnings == (sentence,)
    assert gradproof.check(f, g, X).warnings == ()


def test_columns_of_a_jacobian_are_aligned_by_label():
    def function(p):
        return np.array([p["alpha"] * p["beta"], p["gamma"] ** 2])

    def jacobian(p, error=0.0):
        rows = [[p["beta"] + error, p["alpha"], 0.0], [0.0, 0.0, 2 * p["gamma"]]]
        return pd.DataFrame(rows, columns=LABELS)[LABELS[::-1]]

    assert gradproof.check_jacobian(function, jacobian, X)
    assert gradproof.check_jacobian(function, jacobian, X, only=["alpha", "gamma"])
    assert gradproof.check_jacobian(function, lambda p: pd.DataFrame(jacobian(p)[LABELS].to_numpy()), X)
    report = gradproof.check_jacobian(function, lambda p: jacobian(p, 0.1), X)
    assert [one.name for one in report.findings] == ["output[0] / alpha"]
    with pytest.raises(ValueError, match=r"^the Jacobian lacks the columns 'beta'"):
        gradproof.check_jacobian(function, lambda p: jacobian(p).drop(columns="beta"), X)
