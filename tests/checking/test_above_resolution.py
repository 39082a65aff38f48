"""An error above the resolution that a check states is seen, also where its coordinate has to climb a ladder."""

import numpy as np
import pytest
from kinds import noise

import gradproof


def sees(f, claimed, x, index, error, **settings):
    """Check a right gradient, then the same with an error above what is stated; return both reports."""
    right = gradproof.check(f, claimed, x, **settings)
    assert right.verdict == "right"
    wrong = claimed.copy()
    wrong[index] += error(right.resolutions[index]) if callable(error) else error
    assert abs(wrong[index] - claimed[index]) > right.resolutions[index]
    report = gradproof.check(f, wrong, x, **settings)
    assert list(report.wrong) == [index]
    return right, report


@pytest.mark.parametrize("rate", [6.0, 12.0])
@pytest.mark.parametrize("width", [1e-6, 1e-5])
def test_bounds_around_one_coordinate_do_not_shorten_the_steps_of_others(rate, width):
    """Noise hides slopes at short steps, and bounds leave no others along the first coordinate."""
    slope, x = np.array([0.3, 1.7]), np.zeros(2)
    bounds = np.array([-width, -1.0]), np.ones(2)

    def f(z):
        return float(np.sum(np.cosh(rate * z)) + slope @ z + 4e-10 * noise(z + 3))

    right, wrong = sees(f, slope, x, 1, lambda resolution: 10 * resolution, bounds=bounds)
    assert max(right.resolutions[1], wrong.resolutions[1]) < 2e-4 < right.resolutions[0]


@pytest.mark.parametrize("depth", [33.0, 33.25, 33.5])
def test_noise_that_is_guessed_before_f_moves_excuses_nothing_once_it_does(depth):
    """f is 1e-15, and seems to be computed in float32: where it does not move, it could hide what float32 does at x."""
    x = np.array([-depth])
    sees(lambda z: float(np.sum(np.log(1 + np.exp(z)))), 1 / (1 + np.exp(-x)), x, 0, 1.78e-9, rtol=1e-3)


@pytest.mark.parametrize(("parts", "verdict"), [(0.3, "right"), (1.02, "inconclusive"), (10.0, "wrong")])
def test_a_pair_that_accepts_another_claim_is_not_forgotten(parts, verdict):
    """Bounds leave no room for the coarser steps of a ladder, which is content with far more than the first pair."""
    x = np.array([0.7, -1.3])
    bounds = np.array([x[0] - 1.5e-4, -9.0]), np.array([x[0] + 1.5e-4, 9.0])

    def f(z):
        return float(4e-9 * np.round(np.sum(np.exp(z)) / 4e-9))

    def check(claimed):
        return gradproof.check(f, claimed, x, rtol=1e-4, bounds=bounds)

    right = check(np.exp(x))
    assert right.verdict == "right"
    report = check(np.exp(x) + parts * np.array([right.resolutions[0], 0.0]))
    assert report.verdict == verdict
    assert [one.start for one in report.findings] == [0] * (verdict != "right")


def test_arguments_that_are_rounded_to_float32_make_no_noise_along_a_single_coordinate():
    """No claim has agreed; but between numbers of float32 f is curved by far less than would show in noise."""
    x = np.array([np.float32(0.7)], float)
    inside = gradproof.check(lambda z: float(np.sin(3 * np.float32(z[0]).astype(float))), 3 * np.cos(3 * x) + 4.5e-4, x)
    outside = gradproof.check(lambda z: float(np.float32(np.sin(3 * z[0]))), 3 * np.cos(3 * x) + 0.1, x)
    assert inside.verdict == outside.verdict == "wrong"
    assert 1e5 * inside.noise_floor < 1e-9 < outside.noise_floor
    assert max(inside.resolutions) < 2e-5 < min(outside.resolutions)


def test_bounds_do_not_make_noise_of_arguments_that_are_rounded_to_float32():
    """Of three claims at steps that bounds do not cut off two agree, where noise would drown them."""
    x = np.float32([0.7, -1.3, 0.4, 1.1, 0.2]).astype(float)
    bounds = np.where([1, 0, 1, 0, 0], x, -np.inf), None
    claimed = 3 * np.cos(3 * x)
    kept, _ = sees(lambda z: np.sum(np.sin(3 * z.astype(np.float32).astype(float))), claimed, x, 3, 1e-3, bounds=bounds)
    moved, _ = sees(lambda z: np.sum(np.sin(3 * z)) + 4e-8 * noise(z), claimed, x, 3, 1e-2, bounds=bounds)
    assert 1e5 * kept.noise_floor < 1e-9 < moved.noise_floor
    assert max(kept.resolutions) < 1e-4 < max(moved.resolutions)


def rectified(zeros):
    """ReLUs and sines, the first of them at exactly 0, as the biases of a new network; the claim takes 0 there."""
    random = np.random.default_rng(zeros)
    weights, x = random.normal(size=zeros + 150), random.normal(size=zeros + 150) + 3
    x[:zeros] = 0

    def parts(vector):
        return {"bias": vector[:zeros], "weight": vector[zeros:]}

    def objective(p):
        z = np.r_[p["bias"], p["weight"]]
        return float(weights @ np.maximum(z, 0) + np.sum(np.sin(z)))

    def check(claimed, **settings):
        return gradproof.check(objective, parts(claimed), parts(x), mode="lines", **settings)

    return check, np.cos(x) + np.where(x > 0, weights, 0), 1 + np.maximum(weights, 0)


@pytest.mark.parametrize("zeros", [17, 32])
@pytest.mark.parametrize("beyond", [0.05, 100.0])
def test_kinks_of_other_coordinates_excuse_no_claim(zeros, beyond):
    check, claimed, largest = rectified(zeros)
    assert check(claimed).verdict == "right"
    for index in (1, 11):
        wrong = claimed.copy()
        wrong[index] = largest[index] + beyond
        assert check(wrong).wrong.tolist() == [index]


@pytest.mark.parametrize(("zeros", "budget"), [(60, None), (24, 300)])
def test_what_kinks_may_hide_in_coordinates_that_were_not_looked_at_is_stated(zeros, budget):
    check, claimed, largest = rectified(zeros)
    right = check(claimed, budget=budget)
    assert right.verdict == "right"
    assert right.power.single >= right.power.hidden > 0.1
    wrong = claimed.copy()
    wrong[1] = largest[1] + 100.0
    assert check(wrong, budget=budget).verdict != "right"


def process(seed, nugget):
    """The fit of a Gaussian process as its inputs move: linear solves amplify rounding well above that of f."""
    random = np.random.default_rng(seed)
    x, observed = random.normal(size=8), random.normal(size=8)

    def covariance(z):
        return np.exp(-((z[:, None] - z) ** 2) / 2) + nugget * np.eye(8)

    weights = np.linalg.solve(covariance(x), observed)
    gradient = weights * (((x[:, None] - x) * covariance(x)) @ weights)
    return lambda z: observed @ np.linalg.solve(covariance(z), observed) / 2, gradient, x


@pytest.mark.parametrize(("seed", "nugget"), [(0, 1e-2), (39, 1e-2), (86, 1e-2), (10, 1e-3), (38, 1e-3)])
def test_more_noise_than_assumed_leaves_no_right_claim_undecided(seed, nugget):
    """The first pair is off by that noise; finer pairs show it, and the ladder agrees with the claim."""
    f, gradient, x = process(seed, nugget)
    index = seed % 8
    sees(f, gradient, x, index, lambda resolution: 4 * max(resolution, 1e-5 * np.abs(gradient).max()))


@pytest.mark.parametrize("depth", [33.0, 34.5, 36.0])
@pytest.mark.parametrize("factor", [1.02, 1e3, 1e5])
def test_noise_that_is_guessed_before_f_moves_excuses_nothing_in_float64(depth, factor):
    """A probability of 7e-13, which one of its factors moves by 1e-28 over the first step that does."""
    x = np.array([-22.0, -6.0, depth])

    def f(z):
        return float(np.prod(1 / (1 + np.exp(-z))))

    sees(f, f(x) / (1 + np.exp(x)), x, 2, lambda resolution: factor * resolution)
