"""The drop-ins for statsmodels' numerical derivatives."""

import numpy as np
import pytest

from gradproof.compat import statsmodels as ours

theirs = pytest.importorskip("statsmodels.tools.numdiff")

X = np.array([0.5, -1.0, 2.0])
MATRIX = np.arange(12.0).reshape(4, 3) + 1


def scalar(x, power=3):
    return np.sum(x**power) + x[0] * x[1]


def vector(x):
    return np.sin(MATRIX @ x)


def table(x):
    return np.outer(np.exp(x), np.arange(2.0) + x[0])


@pytest.mark.parametrize("f", [scalar, vector, table])
@pytest.mark.parametrize("x", [X, X[:1]], ids=["three", "one"])
def test_gradients_have_their_shapes(f, x):
    if len(x) == 1:
        f = {scalar: np.sum, vector: np.tile, table: np.outer}[f]
        more = {np.sum: (), np.tile: (4,), np.outer: (np.arange(2.0),)}[f]
    else:
        more = ()
    expected = theirs.approx_fprime(x, f, args=more, centered=True)
    found = ours.approx_fprime(x, f, args=more)
    assert found.shape == expected.shape
    assert found == pytest.approx(expected, rel=1e-7, abs=1e-7)
    for centered in (False, True):
        settings = {"epsilon": 1e-5, "args": more, "centered": centered}
        assert ours.approx_fprime(x, f, **settings) == pytest.approx(theirs.approx_fprime(x, f, **settings), rel=1e-8)


def test_gradients_are_better_than_theirs():
    exact = MATRIX * np.cos(MATRIX @ X)[:, None]
    found, expected = ours.approx_fprime(X, vector), theirs.approx_fprime(X, vector)
    assert np.max(np.abs(found - exact)) < 0.1 * np.max(np.abs(expected - exact))


@pytest.mark.parametrize("f", [scalar, vector])
def test_complex_steps(f):
    assert ours.approx_fprime_cs(X, f) == pytest.approx(theirs.approx_fprime_cs(X, f), rel=1e-14)


@pytest.mark.parametrize("x", [0.3, 0.5, 1.7])
@pytest.mark.parametrize(
    ("f", "second"),
    [
        (lambda x: np.exp(x[0]), np.exp),
        (lambda x: 1e3 + np.sin(x[0]), lambda x: -np.sin(x)),
        (lambda x: x[0] ** -2.5, lambda x: 8.75 * x**-4.5),
        (lambda x: np.log1p(np.exp(-4 * x[0])), lambda x: 16 * np.exp(4 * x) / (1 + np.exp(4 * x)) ** 2),
    ],
)
def test_second_differences_are_exact_to_a_part_of_f(f, second, x):
    found = ours.approx_hess(np.array([x]), f)
    assert found[0, 0] == pytest.approx(second(x), rel=2e-8, abs=2e-8 * abs(f([x])))


def test_hessians_near_the_end_of_a_domain():
    assert ours.approx_hess(np.array([1e-4]), lambda x: np.log(x[0]))[0, 0] == pytest.approx(-1e8, rel=0.2)


@pytest.mark.parametrize("width", [1e-4, 6e-5, 4e-5])
def test_hessians_where_f_is_smooth_beside_x_alone(width):
    def penalty(x):  # a parabola near 0, as in penalties of regressions, and straight further away
        return np.sum(np.where(np.abs(x) < width, x**2 / (2 * width), np.abs(x) - width / 2)) + x[0] * x[1] + x[1] ** 3

    found = ours.approx_hess(np.array([1e-7, 0.5]), penalty)
    assert found == pytest.approx(np.array([[1 / width, 1.0], [1.0, 3.0]]), rel=1e-3)


def test_hessians():
    exact = np.diag(6 * X)
    exact[0, 1] = exact[1, 0] = 1.0
    assert ours.approx_hess(X, scalar) == pytest.approx(exact, abs=1e-5)
    assert ours.approx_hess(X, scalar, kwargs={"power": 2})[2, 2] == pytest.approx(2.0, abs=1e-5)
    assert ours.approx_hess(X, scalar, epsilon=1e-3) == pytest.approx(theirs.approx_hess(X, scalar, epsilon=1e-3))


def test_models():
    """The score and the Hessian of a model agree with its likelihood, and a score of another model does not."""
    discrete = pytest.importorskip("statsmodels.discrete.discrete_model")
    random = np.random.default_rng(0)
    exog = np.column_stack([np.ones(50), random.normal(size=(50, 2))])
    endog = (random.uniform(size=50) < 0.5).astype(float)
    logit, probit = discrete.Logit(endog, exog), discrete.Probit(endog, exog)
    for model in (logit, probit):
        assert ours.approx_fprime(X, model.loglike) == pytest.approx(model.score(X), rel=1e-7, abs=1e-7)
        assert ours.approx_fprime(X, model.score) == pytest.approx(model.hessian(X), rel=1e-7, abs=1e-7)
        assert ours.approx_hess(X, model.loglike) == pytest.approx(model.hessian(X), rel=1e-4)
    assert ours.approx_fprime(X, logit.loglike) != pytest.approx(probit.score(X), rel=1e-2)
