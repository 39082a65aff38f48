"""Exact fits and tiny x: rounding of all of x, or of the steps beside it, makes slopes that are none of f's."""

import numpy as np
import pytest

import gradproof
from gradproof import Cause


def wrong_places(report):
    """Return the indices of all coordinates that a report calls wrong."""
    return [finding.index for finding in report.findings if finding.cause is Cause.WRONG]


def fit(n, seed, scale, weighted=False):
    """Weighted squares of residuals that are 0 at x, up to rounding; the claim is summed in another order."""
    random = np.random.default_rng(seed)
    data, x = random.normal(size=(3 * n, n)), random.normal(size=n) * scale
    weights = 10 ** random.uniform(-2, 2, size=3 * n) if weighted else np.ones(3 * n)
    target = data @ x
    rounded = data[:, ::-1] @ x[::-1] - target

    def objective(z):
        return np.sum(weights * (data @ z - target) ** 2)

    def gradient(z):
        return 2 * data.T @ (weights * (data @ z - target))

    return objective, gradient, 2 * data.T @ (weights * rounded), x


FITS = [(20, 1, 1.0, False), (80, 0, 1e3, False), (80, 1, 1e-4, True), (150, 0, 1.0, True)]


@pytest.mark.parametrize(("n", "seed", "scale", "weighted"), FITS)
def test_an_exact_fit_is_right(n, seed, scale, weighted):
    objective, _, rounded, x = fit(n, seed, scale, weighted)
    assert np.any(rounded)
    assert gradproof.check(objective, rounded, x).verdict == "right"


@pytest.mark.parametrize(("n", "seed"), [(20, 0), (150, 1)])
def test_where_the_fit_and_its_claim_are_exactly_0(n, seed):
    """Two pairs show the curvature, and with it what rounding of x makes of slopes."""
    objective, gradient, _, x = fit(n, seed, 1.0)
    claimed = gradient(x)
    assert not np.any(claimed)
    report = gradproof.check(objective, claimed, x)
    assert (report.verdict, len(report.findings)) == ("right", 0)
    assert report.evaluations <= 2.5 * 2 * n
    claimed[7] = 4 * report.resolution
    assert wrong_places(gradproof.check(objective, claimed, x)) == [7]


@pytest.mark.parametrize(("n", "seed", "scale", "weighted"), FITS)
def test_a_wrong_entry_at_an_exact_fit_is_named(n, seed, scale, weighted):
    objective, gradient, rounded, x = fit(n, seed, scale, weighted)
    index = n // 3
    resolution = gradproof.check(objective, rounded, x).resolution
    rounded[index] += 4 * resolution
    assert wrong_places(gradproof.check(objective, rounded, x)) == [index]
    # Next to the slopes a size of x away that is nothing.
    assert resolution < 1e-11 * np.abs(gradient(2 * x)).max()


@pytest.mark.parametrize(("n", "seed"), [(20, 0), (80, 1)])
def test_beside_an_exact_fit_claims_are_judged_as_ever(n, seed):
    objective, gradient, _, x = fit(n, seed, 1.0)
    beside = 1.01 * x
    assert gradproof.check(objective, gradient, beside).verdict == "right"
    claimed = gradient(beside)
    claimed[5] *= 1.5
    assert wrong_places(gradproof.check(objective, claimed, beside)) == [5]


def solved(n, seed, dtype=np.float64, units=0.0):
    """Squares of residuals at the solution of lstsq, which is 0 up to rounding in one of five coordinates."""
    random = np.random.default_rng(seed)
    scale = 10 ** random.uniform(-units, units, size=n)
    data = (random.normal(size=(3 * n, n)) * scale).astype(dtype)
    x = random.normal(size=n) / scale
    x[::5] = 0
    target = data @ x.astype(dtype)
    x = np.linalg.lstsq(data, target, rcond=None)[0]

    def objective(z):
        return np.sum((data @ z.astype(dtype) - target) ** 2)

    def gradient(z):
        return 2 * data.T @ (data @ z.astype(dtype) - target)

    return objective, gradient, x


SOLVED = [(3, 9, np.float64, 5.0), (20, 0, np.float64, 0.0), (100, 1, np.float64, 0.0), (30, 2, np.float32, 0.0)]


@pytest.mark.parametrize(("n", "seed", "dtype", "units"), SOLVED)
def test_at_the_solution_of_lstsq_rounding_is_no_error(n, seed, dtype, units):
    """Rounding of the terms changes slopes as if x had moved: a second difference of f tells how much."""
    objective, gradient, x = solved(n, seed, dtype, units)
    claimed = gradient(x)
    assert np.any(claimed)
    report = gradproof.check(objective, claimed, x)
    assert report.verdict == "right"
    index = n // 2
    claimed[index] += 4 * report.resolution
    assert wrong_places(gradproof.check(objective, claimed, x)) == [index]


def test_at_the_solution_of_lstsq_a_few_coordinates_tell_of_all():
    objective, gradient, x = solved(100, 0)
    report = gradproof.check(objective, gradient, x)
    assert report.evaluations <= 1.5 * 2 * 100
    # As much as rounding makes of slopes that are 400 a size of x away.
    assert report.resolution < 1e-9


def factors(seed):
    """Squares of what two factors leave of a product, in float32, at the factors that it was made of, in float64."""
    random = np.random.default_rng(seed)
    x = random.uniform(size=18)
    target = (x[:10].reshape(5, 2) @ x[10:].reshape(2, 4)).astype(np.float32)

    def left(z):
        one, other = z[:10].reshape(5, 2).astype(np.float32), z[10:].reshape(2, 4).astype(np.float32)
        return one, other, one @ other - target

    def gradient(z):
        one, other, rest = left(z)
        return 2 * np.concatenate([(rest @ other.T).ravel(), (one.T @ rest).ravel()]).astype(float)

    return lambda z: float(np.sum(left(z)[2] ** 2)), gradient, x


@pytest.mark.parametrize("seed", range(6))
def test_at_a_fit_in_float32_few_bits_are_no_float64(seed):
    """Values that are left of float32 are simple, as those that cancel in float64 may be."""
    objective, gradient, x = factors(seed)
    claimed = gradient(x)
    report = gradproof.check(objective, claimed, x, mode="full")
    assert report.verdict == "right"
    claimed[7] += 4 * report.resolutions[7]
    assert wrong_places(gradproof.check(objective, claimed, x, mode="full")) == [7]


def small(n, scale):
    """Return x in float32, far below the steps that are taken where f does not move on its size."""
    return (np.random.default_rng(300).normal(size=n) * scale).astype(np.float32)


@pytest.mark.parametrize(("n", "scale"), [(3, 1e-10), (300, 1e-10), (300, 1e-15), (3000, 1e-6)])
def test_tiny_x_in_float32_is_right(n, scale):
    x = small(n, scale)
    assert gradproof.check(lambda z: np.sum(z**2), 2 * x, x, mode="lines").verdict == "right"


@pytest.mark.parametrize(("n", "scale"), [(300, 1e-6), (300, 1e-3)])
def test_a_wrong_entry_of_tiny_x_in_float32_is_named(n, scale):
    x = small(n, scale)
    index = int(np.argmax(np.abs(x)))
    claimed = 2 * x
    claimed[index] *= -1
    assert wrong_places(gradproof.check(lambda z: np.sum(z**2), claimed, x, mode="lines")) == [index]


def banana(z):
    return np.sum(np.float32(100) * (z[1:] - z[:-1] ** 2) ** 2 + (1 - z[:-1]) ** 2)


def gradient_of_banana(z):
    rest = 200 * (z[1:] - z[:-1] ** 2)
    return np.append(-2 * z[:-1] * rest - 2 * (1 - z[:-1]), 0) + np.append(0, rest)


def spread(z):
    return np.mean((z - np.mean(z)) ** 2)


def gradient_of_spread(z):
    return 2 * (z - np.mean(z)) / z.size


def cancelling(kind, seed):
    """Return an objective in float32 whose terms cancel at x, its gradient by float64, and x in float32."""
    random = np.random.default_rng(seed)
    x = random.normal(size=random.integers(4, 16))
    if kind == "minimum":
        x = (1 + x * 10.0 ** -random.integers(2, 8)).astype(np.float32)
        return banana, gradient_of_banana(x.astype(float)), x
    if kind == "far":
        x = (10.0 ** random.integers(3, 7) + x).astype(np.float32)
        return spread, gradient_of_spread(x.astype(float)), x
    x = x.astype(np.float32)
    data = random.normal(size=(2 * x.size, x.size)).astype(np.float32)
    target = data @ x
    exact = data.astype(float)
    return lambda z: np.sum((data @ z - target) ** 2), 2 * exact.T @ (exact @ x.astype(float) - target), x


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("kind", ["minimum", "far", "fit"])
def test_in_float32_errors_above_the_stated_resolution_are_never_right(kind, seed):
    """What rounding may explain of another claim is no less than what a report of the right one says."""
    objective, gradient, x = cancelling(kind, seed)
    report = gradproof.check(objective, gradient.astype(np.float32), x)
    assert report.verdict == "right"
    for factor in (2.5, 5, 100):
        index = seed % x.size
        claimed = gradient.copy()
        claimed[index] += factor * max(report.resolution, 1e-3 * abs(claimed[index]))
        assert wrong_places(gradproof.check(objective, claimed.astype(np.float32), x)) == [index]


@pytest.mark.parametrize("seed", range(3))
def test_in_float32_a_gradient_of_the_wrong_sign_is_wrong_far_from_0(seed):
    """64 units in the last place of x would explain all of it, 8 do not."""
    random = np.random.default_rng(seed)
    x = (4e5 + random.normal(size=12)).astype(np.float32)
    claimed = gradient_of_spread(x.astype(float)).astype(np.float32)
    assert gradproof.check(spread, claimed, x).verdict == "right"
    report = gradproof.check(spread, -claimed, x)
    assert report.verdict == "wrong"
    assert int(np.argmax(np.abs(claimed))) in wrong_places(report)
