"""Functions that return (value, gradient): called once for both where both are wanted at one point."""

from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import numpy as np
import pytest
import workers

import gradproof

X = np.array([0.5, 1.0, 2.0])


def both(x):
    return np.sum(x**3), 3 * x**2


def faulty(x):
    return np.sum(x**3), 3 * x**2 * [1, 1.01, 1]


class Counted:
    """A function of value and gradient that keeps the points at which it was called."""

    def __init__(self, function=both):
        self.function = function
        self.points = []

    def __call__(self, x):
        self.points.append(x.copy())
        return self.function(x)

    def calls_at(self, x):
        return sum(np.array_equal(x, point) for point in self.points)


@pytest.mark.parametrize("settings", [{}, {"mode": "lines"}, {"budget": 40}, {"bounds": (0, 9)}], ids=str)
def test_right_passes_and_wrong_fails(settings):
    assert gradproof.check(both, True, X, **settings).verdict == "right"
    report = gradproof.check(faulty, True, X, **settings)
    assert report.wrong.tolist() == [1]
    assert report.findings[0].cause is gradproof.Cause.WRONG


@pytest.mark.parametrize("mode", ["full", "lines"])
@pytest.mark.parametrize("function", [both, faulty])
def test_the_report_is_that_of_two_functions(function, mode):
    separate = gradproof.check(lambda x: function(x)[0], lambda x: function(x)[1], X, mode=mode)
    assert gradproof.check(function, True, X, mode=mode).to_dict() == separate.to_dict()


def test_structures_lists_and_numbers_of_all_kinds():
    def of_parts(p):
        return [np.array([np.sum(p["a"] ** 2) + p["b"] ** 2]), {"a": 2 * p["a"], "b": 2 * p["b"]}]

    def wrong(p):
        value, gradient = of_parts(p)
        return value, gradient | {"b": 3 * p["b"]}

    x = {"a": X, "b": 0.25}
    assert gradproof.check(of_parts, np.True_, x).verdict == "right"
    assert [one.name for one in gradproof.check(wrong, True, x).findings] == ["b"]


@pytest.mark.parametrize(("mode", "made_for_the_gradient"), [("full", 2), ("lines", 1)])
def test_the_value_at_x_comes_from_the_call_for_the_gradient(mode, made_for_the_gradient):
    counted, value = Counted(), Counted()
    report = gradproof.check(counted, True, X, mode=mode)
    assert report.gradient_evaluations == made_for_the_gradient
    again = gradproof.check(lambda x: value(x)[0], both(X)[1], X, mode=mode)
    assert again.evaluations == report.evaluations == len(value.points)
    assert counted.calls_at(X) == value.calls_at(X) + made_for_the_gradient - 1
    assert len(counted.points) == report.evaluations + made_for_the_gradient - 1


def test_a_random_function_is_found_out():
    random = np.random.default_rng(0)
    report = gradproof.check(lambda x: (np.sum(x**2) + random.normal(), 3 * x), True, X)
    assert report.nondeterministic
    assert report.verdict == "inconclusive"


@pytest.mark.parametrize("mode", ["full", "lines"])
def test_a_function_that_changes_its_argument_is_seen(mode):
    def changing(x):
        result = both(x)
        x *= 2
        return result

    def wrong(x):
        result = faulty(x)
        x *= 2
        return result

    report = gradproof.check(changing, True, X, mode=mode)
    assert report.verdict == "right"
    assert any("objective changed its argument" in note for note in report.warnings)
    assert gradproof.check(wrong, True, X, mode=mode).wrong.tolist() == [1]


def test_buffers_that_are_reused():
    value, slopes = np.zeros(()), np.zeros(3)

    def into_buffers(x):
        value[...] = np.sum(x**3)
        slopes[...] = 3 * x**2
        return value, slopes

    assert gradproof.check(into_buffers, True, X).verdict == "right"
    assert gradproof.check(into_buffers, True, X, mode="lines").verdict == "right"


@pytest.mark.parametrize("mode", ["full", "lines"])
def test_in_place(mode):
    w = X.copy()
    calls = []

    def loss(factor=1.0):
        calls.append(w.copy())
        return np.sum(w**3), 3 * w**2 * [1, factor, 1]

    report = gradproof.check(gradproof.in_place(w, loss), True, mode=mode)
    assert report.verdict == "right"
    assert len(calls) == report.evaluations + report.gradient_evaluations - 1
    wrong = gradproof.check(gradproof.in_place(w, lambda: loss(1.01)), True, mode=mode)
    assert wrong.wrong.tolist() == [1]
    assert np.array_equal(w, X)


def test_rows_and_arguments():
    data = np.random.default_rng(1).normal(size=(8, 3))

    def fit(x, rows, factor):
        residual = data[rows] @ x - 1
        return np.sum(residual**2), (factor * data[rows].T) @ residual

    assert gradproof.check(fit, True, X, rows=8, args=(2,)).verdict == "right"
    assert gradproof.check(fit, True, X, rows=8, args=(np.array([[2], [2.02], [2]]),)).wrong.tolist() == [1]
    assert gradproof.check(lambda x, power: (x @ x, power * x), True, X, args=(2,)).verdict == "right"
    assert gradproof.check(lambda x, power: (x @ x, power * x), True, X, args=(3,)).wrong.tolist() == [0, 1, 2]


@pytest.mark.parametrize("pool", [ThreadPoolExecutor, ProcessPoolExecutor])
@pytest.mark.parametrize("mode", ["full", "lines"])
def test_executors(pool, mode):
    x = workers.X[:60]
    here = gradproof.check(workers.value_and_gradient, True, x, mode=mode)
    with pool(2) as executor:
        report = gradproof.check(workers.value_and_gradient, True, x, mode=mode, executor=executor)
    assert workers.fields(report) == workers.fields(here)
    assert report.verdict == "right"


def test_saved_and_resumed(tmp_path):
    file = tmp_path / "check"
    whole = gradproof.check(faulty, True, X)
    gradproof.check(faulty, True, X, budget=5, save=file)
    assert gradproof.check(faulty, True, X, resume=file).to_dict() == whole.to_dict()


def test_along_a_training_run():
    settings = {"optimizer": "batch", "steps": 2, "learning_rate": 1e-3}
    assert gradproof.check_along(both, True, X, **settings)
    assert gradproof.check_along(faulty, True, X, **settings).first_wrong == 0


def f(x):
    return np.sum(x**3)


@pytest.mark.parametrize(
    ("objective", "sentence"),
    [
        (f, "with gradient=True, the objective must return (value, gradient), not an object of type float64"),
        (lambda x: None, "the objective must return (value, gradient), not None: is a `return` missing?"),
        (lambda x: (1.0, x, x), "must return (value, gradient), not a tuple of length 3"),
        (lambda x: np.ones(2), "must return (value, gradient), not an array of shape (2,)"),
        (lambda x: (x, 1.0), "must return (value, gradient), not (gradient, value): swap the two"),
        (lambda x: (1.0, None), "the gradient returned None instead of an array"),
        (lambda: (1.0, X), "the objective is called with x alone: "),
        (lambda x, y: (1.0, X), "; give what else it takes as args="),
        (gradproof.batched(f), "not for gradproof.batched(): pass the gradient as a function of its own"),
        (gradproof.terms(f), "not for gradproof.terms(): pass the gradient as a function of its own"),
        (3.0, "objective must be a function that returns (value, gradient), not an object of type float"),
    ],
)
def test_functions_that_return_something_else(objective, sentence):
    with pytest.raises(TypeError) as caught:
        gradproof.check(objective, True, X)
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)


def test_something_else_away_from_x_ends_the_check():
    with pytest.raises(TypeError, match="not a tuple of length 1"):
        gradproof.check(lambda x: both(x) if np.array_equal(x, X) else (1.0,), True, X)


def test_a_pair_where_a_number_was_expected():
    with pytest.raises(TypeError, match=r"not a tuple of length 2: .* call check\(f, True, x\)"):
        gradproof.check(both, 3 * X**2, X)
    with pytest.raises(ValueError, match=r"^the gradient returned a pair \(value, gradient\): .* check\(f, True, x\)"):
        gradproof.check(both, both, X)
