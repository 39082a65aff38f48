"""Objectives that are rounded to a grid: a slope is 0 between two steps of the stairs, and yet the claim is right."""

import math

import numpy as np
import pytest
from properties import refuted

import gradproof

TRIALS = 300


def curved(seed):
    """A smooth objective, its gradient, and a point along whose every coordinate f changes by much."""
    random = np.random.default_rng(seed)
    n = int(random.choice([1, 2, 3, 5, 10]))
    matrix, shift = random.normal(size=(n + 2, n)), random.normal(size=n + 2)
    kinds = [
        (lambda x: 0.5 * np.sum((matrix @ x - shift) ** 2), lambda x: matrix.T @ (matrix @ x - shift)),
        (lambda x: np.sum(np.logaddexp(0, matrix @ x)), lambda x: matrix.T @ (1 / (1 + np.exp(-matrix @ x)))),
        (lambda x: np.sum(np.sin(matrix @ x)) + 3 * n, lambda x: matrix.T @ np.cos(matrix @ x)),
        (lambda x: shift[:n] @ x + 5, lambda x: shift[:n].copy()),
    ]
    return (*kinds[seed % 4], random.uniform(0.5, 2, n) * random.choice([-1, 1], n), random)


def on_stairs(objective, x, random):
    """The objective in steps of a millionth to a twentieth of its value, and their height."""
    height = abs(objective(x)) * 10 ** random.uniform(-6, math.log10(5e-2))
    return lambda z: float(height * np.round(objective(z) / height)), height


def raises_no_alarm(seed, check=gradproof.check):
    objective, gradient, x, random = curved(seed)
    stairs, height = on_stairs(objective, x, random)
    claimed = gradient(x)
    # Where no step of the stairs is in reach of a ladder, f shows a slope of 0 at every scale.
    if np.all(2 * np.abs(claimed * x) > height):
        assert check(stairs, claimed, x).wrong.size == 0, seed
        return 1
    return 0


def is_not_passed(seed, check=gradproof.check):
    objective, gradient, x, random = curved(seed)
    stairs, _ = on_stairs(objective, x, random)
    planted = gradient(x)
    index = int(random.integers(x.size))
    # Not by 0, which is the slope between two steps.
    planted[index] *= random.choice([-1.0, 0.5, 1.5, 1.01])
    report = check(stairs, planted, x)
    # A smaller error than that could not have been seen, and the report says so.
    assert report.verdict != "right" or abs(planted - gradient(x))[index] <= report.resolutions[index], seed


def test_right_gradients_raise_no_alarm():
    assert sum(raises_no_alarm(seed) for seed in range(TRIALS)) > TRIALS / 2


def test_wrong_gradients_are_not_passed():
    for seed in range(TRIALS):
        is_not_passed(seed)


def test_twins():
    def alarmed(objective, claimed, x):
        return gradproof.check(objective, -claimed, x)

    def believed(objective, claimed, x):
        return gradproof.check(lambda z: float(claimed @ z), claimed, x)

    refuted(raises_no_alarm, 3, alarmed)
    refuted(is_not_passed, 3, believed)


def dead(x):
    """No stairs: a hinge whose kink lies at a larger step."""
    return 2 * x[0] + max(x[1] - 0.75, 0.0)


def jumping(x):
    """Stairs along the second coordinate, whose slope is 0.1 at large."""
    return 2 * x[0] + 0.1 * math.floor(x[1])


@pytest.mark.parametrize(
    ("objective", "claimed", "wrong"),
    [(dead, 0.0, []), (dead, 0.5, [1]), (dead, 1.0, [1]), (jumping, 0.1, []), (jumping, 0.0, []), (jumping, 1.0, [1])],
)
def test_a_slope_of_zero(objective, claimed, wrong):
    """A claim is no better for a kink at a larger step; for the jumps of stairs it is."""
    assert gradproof.check(objective, np.array([2.0, claimed]), np.array([0.5, 0.7])).wrong.tolist() == wrong


def tells_slope_from_trend(width, check=gradproof.check):
    """Stairs in one coordinate, the others smooth: their slope 0 is not wrong, and not right beside their trend."""
    for seed in range(10):
        x = np.random.default_rng(seed).normal(size=3)
        flat, trend = np.array([0, 2 * x[1], np.cos(x[2])]), np.array([3, 2 * x[1], np.cos(x[2])])

        def objective(z):
            return float(3 * np.round(z[0] / width) * width + z[1] ** 2 + np.sin(z[2]))

        verdicts = [check(objective, claimed, x).verdict for claimed in (flat, trend)]
        assert verdicts[0] != "wrong", seed
        assert verdicts != ["right", "right"], seed
        wrong = check(objective, np.array([0, -2 * x[1], np.cos(x[2])]), x)
        assert (wrong.verdict, wrong.wrong.tolist()) == ("wrong", [1]), seed


@pytest.mark.parametrize("width", [1e-1, 1e-3, 1e-4, 1e-5, 1e-8])
def test_stairs_in_one_coordinate(width):
    tells_slope_from_trend(width)
    refuted(tells_slope_from_trend, width, lambda objective, claimed, x: gradproof.check(objective, claimed[::-1], x))


def logistic(seed, size, n=120):
    """A logistic loss where every label is nearly certain: its values are on the grid of terms that are near 1."""
    random = np.random.default_rng(seed)
    rows, direction = random.normal(size=(12, n)), random.normal(size=n)
    labels = np.sign(rows @ direction)
    x = direction * size / np.abs(rows @ direction).min() * (1 + 0.1 * seed)

    def loss(z):
        return float(np.mean(-np.log(1 / (1 + np.exp(-labels * (rows @ z))))))

    def gradient(z):
        return -rows.T @ (labels / (1 + np.exp(np.minimum(labels * (rows @ z), 700)))) / 12

    return loss, gradient, x.astype(np.float32).astype(float)


@pytest.mark.parametrize(("seed", "size"), [(2, 12), (4, 12)])
def test_claims_that_agree_by_chance_do_not_take_the_noise_of_others_away(seed, size):
    """At numbers of float32 noise was taken for rounding of the arguments, because one claim of many agreed."""
    loss, gradient, x = logistic(seed, size)
    with np.errstate(over="ignore"):
        claimed = gradient(x)
        report = gradproof.check(loss, claimed, x)
        largest = int(np.argmax(np.abs(claimed)))
        claimed[largest] *= 1.01
        wrong = gradproof.check(loss, claimed, x)
    assert report.verdict == "right"
    assert report.noise_floor > 1e-20
    assert list(wrong.wrong) == [largest]


def truss(x):
    """The displacements of bars in a row, one of them nearly void, and their stiffness."""
    stiffness = 1e-9 + x**3
    matrix = np.diag(stiffness + np.append(stiffness[1:], 0.0)) - np.diag(stiffness[1:], 1) - np.diag(stiffness[1:], -1)
    return np.linalg.solve(matrix, np.eye(len(x))[-1])


def test_rounding_inside_a_solve_is_no_staircase():
    x = np.array([0.868, 0.01626, 0.3845, 0.58, 0.7472, 0.9725, 0.938, 0.549, 0.94, 0.328])
    gradient = -3 * x**2 * np.diff(truss(x), prepend=0.0) ** 2
    assert gradproof.check(lambda at: truss(at)[-1], gradient, x).verdict == "right"
    gradient[1] = 0.0
    assert list(gradproof.check(lambda at: truss(at)[-1], gradient, x).wrong) == [1]


@pytest.mark.parametrize("seed", range(8))
def test_stairs_of_rounding_beside_smooth_terms(seed):
    """A penalty hides the treads of log(1 + r²): over the finest steps f moves, but by another slope."""
    random = np.random.default_rng(seed)
    matrix, x = random.normal(size=(12, 4)), 1e-3 * random.normal(size=4)

    def objective(at):
        return np.sum(np.log(1 + (matrix @ at) ** 2)) + 1e-2 * np.sum(np.abs(at))

    residuals = matrix @ x
    gradient = (2 * residuals / (1 + residuals**2)) @ matrix + 1e-2 * np.sign(x)
    assert gradproof.check(objective, gradient, x).wrong.size == 0
    gradient[seed % 4] *= 1.1
    assert list(gradproof.check(objective, gradient, x).wrong) == [seed % 4]


@pytest.mark.parametrize("at", [0.3, 0.058, -0.8, 1e-3])
def test_treads_of_rounding_to_float32_confirm_no_claim_of_zero(at):
    """Of (x + 1000)² - 1e6 float32 leaves steps, far wider than those of x: its slope is not 0."""
    x = np.array([at], np.float32)

    def objective(x):
        return (x[0] + np.float32(1000)) ** 2 - np.float32(1e6)

    for claimed in (0.0, 1.0):
        assert gradproof.check(objective, np.array([claimed]), x).verdict != "right"
    assert gradproof.check(objective, np.array([2 * (at + 1000)]), x).verdict != "wrong"


def sloped_treads(seed):
    """Steps that rounding to float32 makes of (z + 1000)² - 1e6, and smooth terms that move f on each of these."""
    single = np.float32
    random = np.random.default_rng(seed)
    a, b, c, d, e = random.normal(size=5).astype(single)
    x = single(10 ** random.uniform(-4, -1.5) * random.choice([-1, 1]))
    small = single(10 ** random.uniform(-3, 0))

    def objective(at):
        stairs = d * ((a * at[0] + single(1000)) ** 2 - single(1e6)) * single(1e-2)
        return stairs + small * (c * np.tanh(e * at[0] + b) + b * at[0])

    a, b, c, d, e, at, small = map(float, (a, b, c, d, e, x, small))
    smooth = small * (c * e * (1 - np.tanh(e * at + b) ** 2) + b)
    return objective, np.array([2e-2 * a * d * (a * at + 1000) + smooth]), np.array([x])


@pytest.mark.parametrize("seed", [51, 129, 168, 201, 246, 405, 522, 875])
def test_the_slope_of_a_tread_in_float32_refutes_no_claim(seed):
    """Near x only smooth terms move f: what its steps do tells a claim that is right from one that is not."""
    objective, gradient, x = sloped_treads(seed)
    assert gradproof.check(objective, gradient, x).verdict != "wrong"
    report = gradproof.check(objective, 1.5 * gradient, x)
    assert list(report.wrong) == [0]
    assert report.findings[0].cause is gradproof.Cause.WRONG


def test_a_dead_zone_in_float32_confirms_a_claim_of_zero():
    """It is as narrow as such a tread, but f does not jump at its ends."""
    x = np.array([0.3], np.float32)

    def objective(x):
        return 10 + 1000 * np.maximum(np.abs(x[0] - np.float32(0.3)) - np.float32(1e-3), 0) ** 2

    assert gradproof.check(objective, np.zeros(1), x).verdict == "right"
    assert gradproof.check(objective, np.array([100.0]), x).verdict == "wrong"


def logarithm(seed):
    """Stairs of 2e-16: log(1 + r²) of a small r."""
    random = np.random.default_rng(seed)
    slope, x = random.normal(size=2) * (1, 10.0 ** random.uniform(-5, -2))
    return lambda at: np.log(1 + (slope * at[0]) ** 2), 2 * slope**2 * x / (1 + (slope * x) ** 2), x


def partly_single(seed):
    """A term in float32 beside one in float64."""
    slope, x = np.random.default_rng(seed).normal(size=2)
    gradient = slope * (1 - np.tanh(slope * x) ** 2) + 10 * x
    return lambda at: float(np.float32(np.tanh(slope * at[0]))) + 5 * at[0] ** 2, gradient, x


def chance_refutes_nothing(make, seeds, check=gradproof.check):
    for seed in seeds:
        objective, gradient, x = make(seed)
        assert check(objective, np.array([gradient]), np.array([x])).verdict != "wrong", seed


@pytest.mark.parametrize(
    ("make", "seeds"), [(logarithm, [387, 443, 1013, 1641, 1694, 2395]), (partly_single, range(400))]
)
def test_one_side_of_a_far_pair_does_not_confirm_a_small_error(make, seeds):
    """Curvature there may move it as far as steps of rounding move the slope beside x."""
    chance_refutes_nothing(make, seeds)
    refuted(chance_refutes_nothing, make, seeds, lambda f, claimed, x: gradproof.check(f, 1.05 * claimed, x))


def tread_of_a_curved_function(phase):
    """Two thousandths of the slope are in steps of 1e-10, and beside x f stays on one of them."""
    height = 1e-10

    def objective(x):
        return float(2 * np.sin(5 * x[0] + phase) + height * np.round(0.02 * x[0] / height + 0.2))

    return objective, lambda x: 10 * np.cos(5 * x + phase) + 0.02


@pytest.mark.parametrize("phase", np.linspace(0.3, 0.85, 12))
def test_where_a_far_pair_is_too_curved_to_side_with_a_claim_a_nearer_one_does(phase):
    objective, gradient = tread_of_a_curved_function(phase)
    assert gradproof.check(objective, gradient, np.zeros(1)).verdict == "right"
    report = gradproof.check(objective, lambda x: gradient(x) - 0.01, np.zeros(1))
    assert [(finding.index, finding.cause.name) for finding in report.findings] == [(0, "WRONG")]


@pytest.mark.parametrize("at", [0.5, -0.2, 2.0])
@pytest.mark.parametrize("height", [1e-3, 1e-6])
@pytest.mark.parametrize(("claim", "wrong"), [(-0.3, []), (0.3, [0]), (0.21, [0]), (-0.36, [0])])
def test_a_jump_on_one_side_excuses_no_claim_where_f_has_a_slope_on_the_other(at, height, claim, wrong):
    """Beside |z - at|: where f jumps the left slope is the only one, and no claim between both slopes is right."""
    x = np.array([at, 1.0])
    report = gradproof.check(
        lambda z: 0.5 * z @ z + 0.3 * abs(z[0] - at) + height * (z[0] > at), x + np.array([claim, 0.0]), x
    )
    assert report.verdict == ("wrong" if wrong else "right")
    assert report.wrong.tolist() == wrong
