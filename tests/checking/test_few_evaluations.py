"""How few evaluations right gradients take, and that nothing wrong, and no kink, gets through for it."""

import numpy as np
import pytest
from models import TWINS
from properties import refuted
from scipy.optimize import minimize

import gradproof

N = 1000
RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=N)
ROWS = RANDOM.normal(size=(200, N)) / np.sqrt(N)


SMOOTH = {
    "logistic": (lambda x: np.sum(np.logaddexp(0, -(ROWS @ x))), lambda x: -ROWS.T @ (1 / (1 + np.exp(ROWS @ x)))),
    "Rosenbrock": TWINS["rosenbrock"],
    "cubes": (lambda x: np.sum(x**3), lambda x: 3 * x**2),
    "exponentials": (lambda x: np.sum(np.exp(0.3 * x)), lambda x: 0.3 * np.exp(0.3 * x)),
    "sines": (lambda x: np.sum(np.sin(3 * x)), lambda x: 3 * np.cos(3 * x)),
    "log-sum-exp": (lambda x: np.log(np.sum(np.exp(x))), lambda x: np.exp(x) / np.sum(np.exp(x))),
    "softplus": (lambda x: np.sum(np.logaddexp(0, x)), lambda x: 1 / (1 + np.exp(-x))),
}
MINIMA = {
    "squares": (lambda x: 3 + np.sum((x - 1) ** 2), lambda x: 2 * (x - 1), np.ones(300)),
    "fourth powers from 0": (lambda x: np.sum((x - X[:10]) ** 4), lambda x: 4 * (x - X[:10]) ** 3, X[:10]),
    "fourth powers": (lambda x: 2 + np.sum((x - 1) ** 4), lambda x: 4 * (x - 1) ** 3, np.ones(300)),
    "cosines": (lambda x: np.sum(np.cos(x)), lambda x: -np.sin(x), np.resize([np.pi, -np.pi, 2 * np.pi], 300)),
    "a saddle": (lambda x: x[1:] @ x[1:] - x[0] ** 2, lambda x: np.r_[-2 * x[0], 2 * x[1:]], np.zeros(300)),
}


def relaxed_atoms():
    """The energy of atoms that attract each other, where it is least; its walls are far higher."""
    places = np.stack(np.meshgrid(*[np.arange(4)] * 3), axis=-1).reshape(-1, 3) * 1.1
    first, second = np.triu_indices(len(places), k=1)

    def value(x):
        apart = x.reshape(-1, 3)[first] - x.reshape(-1, 3)[second]
        sixth = (apart * apart).sum(axis=1) ** -3
        return 4 * np.sum(sixth * sixth - sixth)

    def slopes(x):
        apart = x.reshape(-1, 3)[first] - x.reshape(-1, 3)[second]
        squares = (apart * apart).sum(axis=1)
        pulls = (24 * (squares**-3 - 2 * squares**-6) / squares)[:, None] * apart
        total = np.zeros((len(places), 3))
        np.add.at(total, first, pulls)
        np.add.at(total, second, -pulls)
        return total.ravel()

    start = places.ravel() + 0.02 * np.random.default_rng(7).normal(size=places.size)
    return value, slopes, minimize(value, start, jac=slopes, options={"gtol": 1e-7}).x


def ripples(x):
    """Rastrigin's function, which is the same on both sides of 0, and has its minima farther away at other steps."""
    return 10 * x.size + np.sum(x * x - 10 * np.cos(2 * np.pi * x))


def slopes_of_ripples(x):
    return 2 * x + 20 * np.pi * np.sin(2 * np.pi * x)


def minimum_of_ripples():
    start = np.resize([0.0, 1, -2, 3], 300)
    return minimize(ripples, start, jac=slopes_of_ripples, method="L-BFGS-B", options={"gtol": 1e-9, "ftol": 0}).x


MINIMA |= {
    "atoms": relaxed_atoms(),
    "ripples": (ripples, slopes_of_ripples, minimum_of_ripples()),
    "cubes": (lambda x: 2 + np.sum((x - X[:200]) ** 3), lambda x: 3 * (x - X[:200]) ** 2, X[:200]),
}
SHORT = X[:300].astype(np.float32)
WEIGHTS = RANDOM.normal(size=(300, 300)).astype(np.float32) / np.float32(np.sqrt(300))
IN_FLOAT32 = {
    "squares": (lambda x: np.sum(x * x), lambda x: 2 * x, SHORT),
    "a layer": (
        lambda x: np.sum(np.tanh(WEIGHTS @ x)),
        lambda x: WEIGHTS.T @ (1 / np.cosh(WEIGHTS @ x.astype(float)) ** 2),
        SHORT,
    ),
}


def is_right_with(objective, claimed, x, factor):
    report = gradproof.check(objective, claimed, x)
    assert report.verdict == "right"
    assert report.evaluations <= factor * 2 * x.size


def is_wrong_at(objective, claimed, x, indices):
    report = gradproof.check(objective, claimed, x)
    assert report.verdict == "wrong"
    assert report.wrong.tolist() == indices


@pytest.mark.parametrize("name", SMOOTH)
def test_smooth(name):
    objective, gradient = SMOOTH[name]
    claimed = gradient(X)
    is_right_with(objective, claimed, X, 1.05)
    # Where slopes are small beside the noise of f, and pairs meet curvature, as well as where they are large.
    order = np.argsort(np.abs(claimed))
    for index in (int(order[N // 10]), int(order[-1])):
        is_wrong_at(objective, np.where(np.arange(N) == index, 1.001, 1) * claimed, X, [index])
    refuted(is_right_with, objective, claimed, X, 0.99)


def is_all_wrong_with(objective, claimed, x, factor):
    report = gradproof.check(objective, claimed, x)
    assert report.wrong.tolist() == list(range(x.size))
    assert report.evaluations <= factor * 2 * x.size


@pytest.mark.parametrize("name", SMOOTH)
def test_all_claims_wrong_in_the_same_way(name):
    """Two of them get a proof each; for the others the pair is enough."""
    objective, gradient = SMOOTH[name]
    for factor in (2, -1):
        is_all_wrong_with(objective, factor * gradient(X), X, 1.05)
    refuted(is_all_wrong_with, objective, gradient(X), X, 1.05)


def solved(x):
    """Half of the terms come from a solver that stops early, so that f has small steps along their coordinates."""
    terms = np.exp(x)
    return np.sum(np.where(np.arange(x.size) % 2 == 0, np.round(terms * 1e7) / 1e7, terms))


@pytest.mark.parametrize("count", [1, 2, 3])
def test_errors_beside_coordinates_along_which_f_has_steps(count):
    """A pair that such a step refutes is no error, however many others have been proved."""
    x = np.random.default_rng(count).uniform(0.2, 1.5, 40)
    assert gradproof.check(solved, np.exp(x), x).wrong.size == 0
    odd = np.arange(1, 2 * count, 2)
    is_wrong_at(solved, np.exp(x) * (1 + np.isin(np.arange(40), odd)), x, odd.tolist())


@pytest.mark.parametrize("claim", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("name", ["cubes", "exponentials", "log-sum-exp"])
def test_a_claim_that_is_not_finite(name, claim):
    objective, gradient = SMOOTH[name]
    x = X[:6]
    claimed = np.where(np.arange(6) == 2, claim, gradient(x))
    is_wrong_at(objective, claimed, x, [2])
    assert gradproof.check(objective, claimed, x).evaluations <= 2 * 2 * x.size
    is_right_with(objective, gradient(x), x, 1.2)


@pytest.mark.parametrize("name", MINIMA)
def test_where_slopes_vanish(name):
    objective, gradient, x = MINIMA[name]
    claimed = gradient(x)
    is_right_with(objective, claimed, x, 3.0)
    is_wrong_at(objective, np.where(np.arange(x.size) == 7, 1e-3, claimed), x, [7])


@pytest.mark.parametrize("name", IN_FLOAT32)
def test_float32(name):
    objective, gradient, x = IN_FLOAT32[name]
    claimed = gradient(x)
    is_right_with(objective, claimed, x, 2.5)
    index = int(np.argmax(np.abs(claimed)))
    is_wrong_at(objective, np.where(np.arange(x.size) == index, 1.05, 1) * claimed, x, [index])


def test_a_constant_far_above_what_moves():
    """The ladder of one coordinate shows the others which steps suit f, also where first pairs nearly do."""
    x = np.random.default_rng(20000).normal(size=200)
    objective = lambda x: 1e8 + np.sum(np.sin(x))  # noqa: E731
    is_right_with(objective, np.cos(x), x, 2.5)
    is_wrong_at(objective, np.cos(x) + np.where(np.arange(200) == 100, 1e-3, 0), x, [100])


def bend(x):
    """Curvature whose slopes are small beside f, so that pairs meet it everywhere."""
    return 1000.1 + np.sum(50 * (x - BEND) ** 2)


FLAT = 1 + RANDOM.random(100)
BEND = FLAT - 1e-4 * (1 + RANDOM.random(100))
SLOPES = 100 * (FLAT - BEND)


def has_its_kink_at(objective, claimed, index):
    report = gradproof.check(objective, claimed, FLAT)
    assert report.verdict == "right"
    assert [(one.start, one.cause.name) for one in report.findings] == [(index, "KINK_AT_POINT")]


def test_a_kink_among_curvature():
    """The line over all coordinates does not hide the kink of one."""
    is_right_with(bend, SLOPES, FLAT, 1.2)
    for index, size in ((3, 1e-3), (60, -1.0)):
        kinked = lambda x, index=index, size=size: bend(x) + size * abs(x[index] - FLAT[index])  # noqa: E731
        has_its_kink_at(kinked, SLOPES, index)
        refuted(is_right_with, kinked, SLOPES, FLAT, 1.2)
        # Beyond both sides of the kink.
        beyond = SLOPES + np.where(np.arange(100) == index, 2 * abs(size), 0)
        is_wrong_at(kinked, beyond, FLAT, [index])
    refuted(has_its_kink_at, bend, SLOPES, 3)


def test_steps_of_pairs_when_noise_is_measured_between():
    """Pairs keep the step at which they were taken, whatever step the noise suggests once it is measured."""
    x = np.r_[np.zeros(40), FLAT]
    folded = lambda z: np.sum(np.abs(z[:40])) + bend(z[40:])  # noqa: E731
    claimed = np.r_[np.zeros(40), SLOPES]
    is_right_with(folded, claimed, x, 17.5)
    is_wrong_at(folded, np.where(np.arange(140) == 99, 1.01, 1) * claimed, x, [99])


def test_where_noise_drowns_the_first_pairs_but_one():
    """The claim 0 agrees where f does not move, and shows no step; the ladder of another one does."""
    x = np.linspace(0.5, 2, 40)
    objective, claimed = lambda z: 1e6 + np.sum(np.sin(z[1:])), np.where(np.arange(40) > 0, np.cos(x), 0)
    # A ladder for every coordinate takes 350 evaluations.
    assert gradproof.check(objective, claimed, x, budget=240).verdict == "right"
    claimed[5] *= 1.1
    assert gradproof.check(objective, claimed, x, budget=240).wrong.tolist() == [5]


@pytest.mark.parametrize("seed", [8, 16, 17, 24])
def test_right_claims_among_many_wrong_ones_are_not_taken_for_these_where_f_bends_beside_x(seed):
    """Pairs that settle nothing betray it: then a pair that flatly refutes is not enough after two proofs."""
    random = np.random.default_rng(seed)
    x, slopes = random.normal(size=24), random.normal(size=24)
    widths = 10 ** random.uniform(-5, -3, size=24) * np.abs(x)
    claimed = slopes + 2 * x

    def objective(z):
        return np.sum(slopes * widths * np.tanh((z - x) / widths) + z**2)

    assert gradproof.check(objective, claimed, x).verdict == "right"
    claimed[::2] *= -2
    assert gradproof.check(objective, claimed, x).wrong.tolist() == list(range(0, 24, 2))
