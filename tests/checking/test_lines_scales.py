"""Along lines: kinks at exact zeros, sizes of every kind side by side, x far below the scale of f, walls and jumps."""

import numpy as np
import pytest

import gradproof
from gradproof import Cause

N = 6000


def rectified(zeros, seed):
    """Weighted ReLUs and cosines, of which some stand exactly at 0; the claim takes the slope 0 there."""
    random = np.random.default_rng(seed)
    weights, x = random.normal(size=N), random.normal(size=N) + 4
    x[random.choice(N, zeros, replace=False)] = 0

    def objective(z):
        return float(weights @ np.maximum(z, 0) + np.cos(z).sum())

    return objective, np.where(x > 0, weights, 0) - np.sin(x), x


@pytest.mark.parametrize("zeros", [3, 12, 60, 95, 1000])
def test_kinks_at_exact_zeros_are_right(zeros):
    for seed in range(2):
        objective, claimed, x = rectified(zeros, seed)
        report = gradproof.check(objective, claimed, x)
        assert report.verdict == "right"
        assert report.wrong.size == 0
        if zeros > 16:
            # Not all of them were looked at.
            assert report.power.hidden > 0


@pytest.mark.parametrize("zeros", [3, 12, 60, 95, 1000])
def test_one_wrong_claim_beside_kinks_at_exact_zeros_is_named(zeros):
    objective, claimed, x = rectified(zeros, 0)
    index = int(np.flatnonzero(x)[3000])
    claimed[index] += 5
    report = gradproof.check(objective, claimed, x)
    assert report.verdict == "wrong"
    assert report.wrong.tolist() == [index]


@pytest.mark.parametrize("zeros", [3, 12, 60, 95, 1000])
def test_a_claim_far_outside_of_its_kink_is_named(zeros):
    objective, claimed, x = rectified(zeros, 1)
    index = int(np.flatnonzero(x == 0)[2])
    claimed[index] += 500
    report = gradproof.check(objective, claimed, x)
    assert report.verdict == "wrong"
    assert report.wrong.tolist() == [index]


def network(sign):
    """A ReLU network with biases of 0 and an input of zeros: the biases are at kinks, several at once."""
    random = np.random.default_rng(7)
    inputs, target = random.normal(size=(30, 40)), random.normal(size=(30, 5))
    inputs[0] = 0
    sizes = [(40, 100), (100, 20), (20, 5)]
    p = [q for a, b in sizes for q in (random.normal(size=(a, b)) / np.sqrt(a), np.zeros(b))]

    def forward(p):
        layers = [inputs]
        for number in range(3):
            z = layers[-1] @ p[2 * number] + p[2 * number + 1]
            layers.append(np.maximum(z, 0) if number < 2 else z)
        return layers

    def objective(p):
        return float(0.5 * np.sum((forward(p)[-1] - target) ** 2) / 30)

    layers = forward(p)
    back, claimed = (layers[-1] - target) / 30, []
    for number in reversed(range(3)):
        claimed = [layers[number].T @ back, back.sum(0), *claimed]
        back = (back @ p[2 * number].T) * (layers[number] > 0)
    claimed[2] = sign * claimed[2]
    return objective, claimed, p


def test_a_network_with_an_input_of_zeros():
    objective, claimed, p = network(1)
    for seed in range(4):
        assert gradproof.check(objective, claimed, p, seed=seed).verdict == "right"
    objective, claimed, p = network(-1)
    report = gradproof.check(objective, claimed, p)
    assert report.verdict == "wrong"
    assert {finding.name.partition("[")[0] for finding in report.findings} != set()
    assert np.all((report.wrong >= 4100) & (report.wrong < 6100))


def mixtures():
    yield np.r_[np.full(4, 1e-8), np.ones(8), np.full(5, 1e8)]
    yield np.r_[np.ones(30), 1e-8]
    yield 10.0 ** np.random.default_rng(0).uniform(-9, 9, 40)


@pytest.mark.parametrize("number", range(3))
def test_sizes_of_every_kind_side_by_side(number):
    x = list(mixtures())[number]

    def objective(w):
        return float(np.sum(np.sin(w / x)))

    right = np.cos(1.0) / x
    assert gradproof.check(objective, right, x, mode="lines").verdict == "right"
    for index in (0, 6, x.size - 1):
        claimed = right.copy()
        claimed[index] *= -1
        report = gradproof.check(objective, claimed, x, mode="lines")
        assert report.verdict == "wrong"
        assert report.wrong.tolist() == [index]


@pytest.mark.parametrize("size", [1e-6, 1e-12, 1e-20, 1e-40])
def test_x_far_below_the_scale_of_f(size):
    random = np.random.default_rng(2)
    x, shift = size * random.normal(size=N), random.normal(size=N)

    def objective(y):
        return float(np.sum(np.cos(y + shift)))

    right = -np.sin(x + shift)
    report = gradproof.check(objective, right, x)
    assert report.verdict == "right"
    assert report.power.relative < 1e-5
    assert gradproof.check(objective, 0 * right, x).verdict == "wrong"
    right[77] *= -1
    report = gradproof.check(objective, right, x)
    assert report.verdict == "wrong"
    assert report.wrong.tolist() == [77]


def test_neither_a_wall_far_away_nor_a_jump_is_the_measure_of_slopes():
    """Every claim is far off, and no step shows it: that is no agreement.  Its twin has no jump."""
    claimed = 100 * np.random.default_rng(1).normal(size=2000)

    def smooth(z):
        return float(np.cosh(8 * z).sum())

    def jumping(z):
        return smooth(z) + np.count_nonzero(z)

    assert gradproof.check(jumping, claimed, np.zeros(2000), mode="lines").verdict != "right"
    assert gradproof.check(smooth, claimed, np.zeros(2000), mode="lines").verdict == "wrong"
    assert gradproof.check(smooth, 0 * claimed, np.zeros(2000), mode="lines").verdict == "right"


def test_no_coordinate_is_listed_twice():
    for zeros in (12, 95):
        objective, claimed, x = rectified(zeros, 2)
        claimed[int(np.flatnonzero(x)[10])] -= 5
        found = gradproof.check(objective, claimed, x).findings
        single = [finding.index for finding in found if finding.stop == finding.start + 1]
        assert len(single) == len(set(single))
        assert not any(np.isnan(finding.claimed) for finding in found if finding.stop == finding.start + 1)
        assert any(finding.cause is Cause.WRONG for finding in found)


@pytest.mark.parametrize("zeros", [60, 1000])
def test_what_kinks_at_zeros_hide_is_said(zeros):
    """An error in a coordinate at 0 is found, or no larger than what the report says that kinks hide."""
    right, passed = 0, 0
    for seed in range(12):
        objective, claimed, x = rectified(zeros, seed)
        index = int(np.flatnonzero(x == 0)[seed])
        error = 10.0 ** np.random.default_rng(seed).uniform(-1, 3)
        claimed[index] += error
        report = gradproof.check(objective, claimed, x)
        scale = 0.1 * np.sqrt(np.mean(x[index // 1024 * 1024 :][:1024] ** 2))
        if report.verdict == "right":
            passed += 1
            assert error * scale <= report.power.single + report.power.hidden
        else:
            right += report.wrong.tolist() == [index]
    assert right > 3
    assert passed > 0


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_far_lines_refute_no_slope_that_hides_beside_x(seed):
    """f varies by some roundings over steps as long as x, and no farther over steps a thousand times as long."""
    random = np.random.default_rng(seed)
    matrix, x = 1e3 * random.normal(size=(20, 12)), 1e-3 * random.normal(size=12)
    part = 10.0 ** random.uniform(-16, -14)
    turned = np.tanh(matrix @ x)

    def objective(z):
        return float(np.mean(np.sqrt(1 + part * np.tanh(matrix @ z))))

    claimed = matrix.T @ (part * (1 - turned**2) / (2 * np.sqrt(1 + part * turned))) / 20
    assert gradproof.check(objective, claimed, x, mode="lines").verdict != "wrong"
    # What moves f farther than its rounding is refuted, be it by the slope 0.
    claimed[3] += 1e-6
    assert gradproof.check(objective, claimed, x, mode="lines").verdict == "wrong"
