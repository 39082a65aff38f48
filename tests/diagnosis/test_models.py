"""Bugs of models and their priors in small objectives: explained by their kind, and their right twins are right."""

from __future__ import annotations

import numpy as np
import pytest

from gradproof import check
from gradproof.diagnosis.evidence import Evidence
from gradproof.diagnosis.kinds.rotations import rotated as explained_by_rotation

RNG = np.random.default_rng(11)
SCORES, TARGETS, LINES = RNG.normal(size=(5, 4)), RNG.normal(size=(5, 4)), RNG.normal(size=(6, 5, 4))
POINTS, CELL = RNG.normal(size=(9, 3)), np.array([[5.0, 0, 0], [1.2, 4.5, 0], [0.4, 0.8, 6.0]])
TURNS = np.linspace(0.3, 2.0, 9)
TURN = np.array([[0.6, -0.8], [0.8, 0.6]])
WEIGHTS, X = np.linspace(0.5, 2.0, 12), RNG.normal(size=12)
POSITIVE, BOUNDED, GRID = RNG.uniform(0.2, 3.0, 12), RNG.uniform(-0.9, 0.9, 12), RNG.normal(size=(5, 5))
BOX = (np.arange(5)[:, None] == 2) & np.isin(np.arange(4), [1, 2])
LAST = (np.arange(5) == 4)[:, None]
THREE = np.array([0.37, 1.13, 2.71])
FORM = np.array([[1.0, 0.4], [0.1, 0.8]])


def softmax(x):
    powers = np.exp(x - x.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def entropy_slope(x):
    p = softmax(x)
    return -p * (np.log(p) - np.sum(p * np.log(p), axis=-1, keepdims=True))


def of_softmax(x):
    return float(np.sum(softmax(x) * TARGETS))


def by_softmax(x):
    p = softmax(x)
    return p * (TARGETS - np.sum(p * TARGETS, axis=1, keepdims=True))


def likelihood(x):
    return float(np.sum(np.log(np.sum(np.exp(x), axis=-1)) - x[..., 1]))


def by_likelihood(x):
    return softmax(x) - (np.arange(4) == 1)


def rotated(x, angles):
    cosine, sine = np.cos(angles), np.sin(angles)
    return np.stack([cosine * x[:, 0] + sine * x[:, 1], cosine * x[:, 1] - sine * x[:, 0]], axis=1)


def sines(x):
    return float(np.sum(WEIGHTS * np.sin(x)))


def by_sines(x):
    return WEIGHTS * np.cos(x)


def with_prior(x, value, slope):
    """A sum of sines with a prior, its gradient, and that without the prior."""
    weights = np.resize(WEIGHTS, x.shape)
    return (
        x,
        lambda x: float(np.sum(weights * np.sin(x)) + value(x)),
        lambda x: weights * np.cos(x) + slope(x),
        lambda x: weights * np.cos(x),
    )


def rearranged(x, change):
    """A sum of sines, its gradient, and that with its entries in other places."""
    weights = np.resize(WEIGHTS, x.shape)
    right = weights * np.cos(x)
    return x, lambda x: float(np.sum(weights * np.sin(x))), lambda x: weights * np.cos(x), lambda x: change(right)


def pushed(slope, again):
    return np.concatenate([slope[:1] if again else 0 * slope[:1], slope[:-1]])


def between(x):
    return float(np.sum(np.exp(-np.sum((x[:, None] - x) ** 2, axis=-1))))


def by_between(x):
    apart = x[:, None] - x
    return -4 * np.sum(apart * np.exp(-np.sum(apart**2, axis=-1))[..., None], axis=1)


def curvature(x):
    return np.convolve(np.diff(x, n=2), [1.0, -2.0, 1.0])


def neighbours(x):
    wide = np.pad(x, 1)
    return wide[2:, 1:-1] + wide[:-2, 1:-1] + wide[1:-1, 2:] + wide[1:-1, :-2]


def scaled(x, factor):
    """A sum of powers, its gradient, and that times a factor."""
    weights = np.resize(WEIGHTS, x.shape)
    return (
        x,
        lambda x: float(np.sum(weights * np.exp(-x))),
        lambda x: -weights * np.exp(-x),
        lambda x: -weights * np.exp(-x) * factor(x),
    )


BUGS = {
    "softmax without its sum": (
        (SCORES, of_softmax, by_softmax, lambda x: softmax(x) * TARGETS),
        ("softmax", "x: claimed = slope + a factor for each row"),
    ),
    "log-probabilities for scores": (
        (LINES, likelihood, by_likelihood, lambda x: by_likelihood(x) - softmax(x)),
        ("softmax", "x: claimed = slope - softmax(x) along axis 2: is the sum missing"),
    ),
    "entropy of a policy": (
        (
            SCORES,
            lambda x: likelihood(x) - 0.05 * float(np.sum(softmax(x) * np.log(softmax(x)))),
            lambda x: by_likelihood(x) + 0.05 * entropy_slope(x),
            by_likelihood,
        ),
        ("softmax", "x: claimed = slope + 0.05 × p (log(p) + entropy) with p = softmax(x) along axis 1"),
    ),
    "coordinates of a cell": (
        (POINTS, between, by_between, lambda x: by_between(x) @ CELL),
        ("mixture", "x: claimed = slope @ one matrix [[5, 0, 0], [1.2, 4.5, 0], [0.4, 0.8, 6]]: are these slopes by"),
    ),
    "another frame": (
        (POINTS[:, :2], between, by_between, lambda x: by_between(x) @ TURN),
        ("mixture", "x: claimed = slope @ one matrix [[0.6, -0.8], [0.8, 0.6]], a rotation: is it missing, or"),
    ),
    "each turned by itself": (
        (
            POINTS[:, :2],
            lambda x: float(np.sum(np.sin(rotated(x, TURNS)))),
            lambda x: rotated(np.cos(rotated(x, TURNS)), -TURNS),
            lambda x: rotated(np.cos(rotated(x, TURNS)), TURNS),
        ),
        ("turned", "x: each vector along axis 1 has the length of its slopes, but another direction: is a rotation"),
    ),
    "weights that are not symmetric": (
        (
            POINTS[:, :2],
            lambda x: between(x) + float(np.sum((x @ FORM) * x)),
            lambda x: by_between(x) + x @ (FORM + FORM.T),
            lambda x: by_between(x) + 2 * x @ FORM,
        ),
        ("mixture", "x: claimed = slope + x @ one matrix [[0, 0.3], [-0.3, 0]]: is a matrix taken for symmetric"),
    ),
    "one step off": (
        rearranged(X, lambda slope: pushed(slope, False)),
        ("rearranged", "x: claimed = slope, shifted by 1, with 0 at the end: is it one step off?"),
    ),
    "one step off, repeated": (
        rearranged(GRID, lambda slope: pushed(slope, True)),
        ("rearranged", "x: claimed = slope, shifted by 1 along axis 0, with the same again at the end"),
    ),
    "halves exchanged": (
        rearranged(GRID, np.fft.fftshift),
        ("rearranged", "x: claimed = slope, with its halves exchanged along all axes"),
    ),
    "counts": (
        rearranged(X, lambda slope: slope + np.arange(12) % 5),
        ("addition", "claimed - slope is a whole number in each: are counts missing"),
    ),
    "bending": (
        with_prior(X, lambda x: 0.05 * float(np.sum(np.diff(x, n=2) ** 2)), lambda x: 0.1 * curvature(x)),
        ("addition", "x: claimed = slope - 0.1 × (second differences of second differences of x): is the derivative"),
    ),
    "neighbours on a grid": (
        with_prior(GRID, lambda x: float(np.sum(x * neighbours(x))) / 2, neighbours),
        ("addition", "x: claimed = slope - (x before + next x) along axis 0 - (x before + next x) along axis"),
    ),
    "gamma prior": (
        with_prior(POSITIVE, lambda x: float(np.sum(3 * x - 1.5 * np.log(x))), lambda x: 3 - 1.5 / x),
        ("addition", "all of x: claimed = slope - 3 + 1.5 × 1/x: is the logarithm of a density, such as that of a gam"),
    ),
    "barrier": (
        with_prior(BOUNDED, lambda x: -0.1 * float(np.sum(np.log(1 - x**2))), lambda x: 0.2 * x / (1 - x**2)),
        (
            "addition",
            "all of x: claimed = slope - 0.2 × x/(1 - x²): is the derivative of c log(1 - x²), such as a barr",
        ),
    ),
    "Student prior": (
        with_prior(X, lambda x: 2 * float(np.sum(np.log(1 + x**2 / 3))), lambda x: 4 * x / (3 + x**2)),
        ("addition", "all of x: claimed = slope - 4 × x/(3 + x²): is the logarithm of the density of a Student"),
    ),
    "Cauchy prior": (
        with_prior(X, lambda x: float(np.sum(np.log(1 + x**2))), lambda x: 2 * x / (1 + x**2)),
        ("addition", "all of x: claimed = slope - 2 × x/(1 + x²): is the derivative of c log(1 + x²), as of a Cauchy"),
    ),
    "two coordinates of a penalty": (
        with_prior(GRID[:, :2], lambda x: 2 * float(np.sum(x[4] ** 2)), lambda x: 4 * x * LAST),
        ("addition", "all of x[4, :]: claimed = slope - 4 × x: is the part of an L2 penalty missing?"),
    ),
    "an index mistaken": (
        rearranged(X, lambda slope: np.where(np.arange(12) == 7, slope[3], slope)),
        ("rearranged", "x: the claim of [7] is that of [3]: is an index mistaken?"),
    ),
    "a geometric row reversed": (
        (
            X,
            lambda x: float(0.9 ** np.arange(12) @ x),
            lambda x: 0.9 ** np.arange(12),
            lambda x: 0.9 ** np.arange(12)[::-1],
        ),
        ("rearranged", "x: claimed = slope, reversed"),
    ),
    "squared logarithms": (
        with_prior(POSITIVE, lambda x: 0.5 * float(np.sum(np.log(x) ** 2)), lambda x: np.log(x) / x),
        ("addition", "all of x: claimed = slope - log(x)/x: is the derivative of c log(x)² missing?"),
    ),
    "averaged along an axis": (
        rearranged(GRID, lambda slope: np.broadcast_to(slope.mean(axis=0), slope.shape)),
        ("limited", "x: claimed = the mean of the slopes along axis 0: is it not handed back to each"),
    ),
    "summed along an axis": (
        rearranged(GRID, lambda slope: np.broadcast_to(slope.sum(axis=1, keepdims=True), slope.shape)),
        ("limited", "x: claimed = the sum of the slopes along axis 1: is it not handed back to each"),
    ),
    "a box": (
        rearranged(LINES, lambda slope: np.where(BOX, 2 * slope, slope)),
        ("factor", "x[:, 2, 1:3]: claimed = 2 × slope"),
    ),
    "log10": (
        scaled(THREE, lambda x: x * np.log(10)),
        ("scaled by x", "all of x: claimed = 2.30259 × slope × x: the slope by log10(x)?"),
    ),
    "a power": (
        scaled(np.geomspace(0.02, 4.0, 12), lambda x: x**0.45 / 0.55),
        (
            "scaled by x",
            "all of x: claimed = 1.81818 × slope × x^0.45: the slope by x^0.55, or is the derivative of x^",
        ),
    ),
    "a prefix": (
        scaled(POSITIVE, lambda x: 1e-3),
        ("factor", "all of x: claimed = 1/1000 × slope: is a prefix of a unit lost, such as milli or kilo, a mean"),
    ),
    "8 bits": (scaled(POSITIVE, lambda x: 255), ("factor", "all of x: claimed = 255 × slope: values of 8 bits for")),
    "stops": (scaled(POSITIVE, lambda x: 1 / np.log(2)), ("factor", "all of x: claimed = 1.442695 × slope, 1/ln 2")),
}


@pytest.mark.parametrize("name", BUGS)
def test_bugs_of_models_are_explained_by_their_kinds(name):
    (x, f, right, wrong), (kind, words) = BUGS[name]
    assert check(f, right, x)
    report = check(f, wrong, x)
    assert not report
    assert [one.kind for one in report.explanations] == [kind]
    assert words in str(report.explanations[0])
    assert not report.unexplained
    assert np.array_equal(report.wrong, np.flatnonzero(~np.isclose(np.ravel(wrong(x)), np.ravel(right(x)), rtol=1e-9)))


def test_claims_of_another_array_are_told_where_some_of_them_are_zero():
    p = {"a": X[:6], "b": POSITIVE[:6]}
    weights = np.where(np.arange(6) < 2, 0.0, WEIGHTS[:6])

    def f(p):
        return float(np.sum(weights * np.sin(p["a"])) + np.sum(np.exp(p["b"])))

    right = {"a": weights * np.cos(p["a"]), "b": np.exp(p["b"])}
    assert check(f, right, p)
    report = check(f, right | {"b": right["a"]}, p)
    assert [str(one)[:30] for one in report.explanations] == ["b: claimed = the slope of a (e"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            lambda slope: slope + np.where(np.arange(12) % 3 == 1, 0.02, -0.08),
            (
                "x[1], x[4], x[7] and x[10]: claimed = slope + 0.02, the",
                "x, in 8 of 12 coordinates: claimed = slope - 0.08",
            ),
        ),
        (
            lambda slope: slope * np.where(np.arange(12) % 3 == 1, 4.0, 2.0),
            ("x[1], x[4], x[7] and x[10]: claimed = 4 × slope", "x, in 8 of 12 coordinates: claimed = 2 × slope"),
        ),
    ],
)
def test_two_numbers_are_told_with_where_each_is(change, words):
    x, f, right, wrong = rearranged(X, change)
    assert check(f, right, x)
    told = sorted(map(str, check(f, wrong, x).explanations), key=len)
    assert len(told) == 2
    for word in words:
        assert any(word in one for one in told), told
    noise = np.random.default_rng(5).normal(size=12)
    assert check(f, lambda x: wrong(x) + 1e-3 * noise, x).explanations == ()


def test_slopes_that_are_nothing_but_rounding_are_told_as_no_dependence():
    p = {"x": GRID, "b": X[:5]}

    def f(p):
        values = p["x"] + p["b"]
        return float(np.sum(np.sin(values - values.mean(axis=0)) * np.resize(WEIGHTS, (5, 5))))

    def right(p):
        values = p["x"] + p["b"]
        slope = np.cos(values - values.mean(axis=0)) * np.resize(WEIGHTS, (5, 5))
        return {"x": slope - slope.mean(axis=0), "b": np.zeros(5)}

    assert check(f, right, p)
    report = check(f, right(p) | {"b": np.cos(X[:5])}, p)
    assert np.array_equal(report.wrong, np.arange(25, 30))
    assert [one.kind for one in report.explanations] == ["no dependence"]
    assert str(report.explanations[0]).startswith("all of b: the slope is 0")


def test_a_factor_of_vectors_is_no_matrix_and_random_errors_are_no_whole_numbers():
    told = check(between, lambda x: 0.97 * by_between(x), POINTS).explanations
    assert [one.kind for one in told] == ["factor"]
    noise = np.random.default_rng(5).normal(size=12)
    assert check(sines, by_sines(X) + noise, X).explanations == ()


def test_zeros_of_a_triangle_are_named_by_the_triangle():
    x = np.tril(SCORES[:4]) + 2 * np.eye(4)

    def f(x):
        return float(np.sum(np.sin(np.tril(x))))

    assert check(f, np.tril(np.cos(x)), x)
    report = check(f, np.tril(np.cos(x)) + np.triu(1 + TARGETS[:4] ** 2, 1), x)
    assert np.array_equal(report.wrong, np.flatnonzero(np.triu(np.ones((4, 4)), 1)))
    assert [one.kind for one in report.explanations] == ["no dependence"]
    assert str(report.explanations[0]).startswith("x above its diagonal: the slope is 0, the claim is not")


@pytest.mark.parametrize("seed", range(4))
def test_smooth_functions_of_x_are_no_others_that_are_near_them(seed):
    random = np.random.default_rng(seed)
    x = random.uniform(0.2, 3.0, 12)
    weights = random.normal(size=12)

    def f(x):
        return float(np.sum(weights * np.sin(x)))

    right = weights * np.cos(x)
    assert check(f, right, x)
    near = (right * (x + 0.35) ** 0.38, right * (1 + x) ** 1.01, right + 0.02 * x**1.3 + 0.001 * np.sin(3 * x))
    for claims in near:
        report = check(f, claims, x)
        assert len(report.wrong) == 12
        assert report.explanations == ()


def test_signs_are_no_rotation_where_error_bars_are_too_small():
    slope, ones = np.tile([1.0, 1.1], 6), np.ones(12, bool)
    claims = {"negative": -slope * (1 + np.resize([2e-5, -2e-5], 12))}
    claims["rotated"] = rotated(slope.reshape(-1, 2), np.linspace(0.5, 2, 6)).ravel()
    found = {
        name: explained_by_rotation(
            Evidence("x", (12,), 0, np.arange(12), slope, claimed, slope, np.full(12, 1e-5), ones, ones)
        )
        for name, claimed in claims.items()
    }
    assert found["negative"] is None
    assert "is a rotation missing" in found["rotated"].text
