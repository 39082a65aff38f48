"""Terms that are far larger than f, or than its changes: their rounding makes steps of f, which are no slopes."""

import numpy as np
import pytest

import gradproof


def cancelling(seed):
    """A large term is added to sines and taken away again, so that f lies on the steps of that term's rounding."""
    random = np.random.default_rng(seed)
    x, large = random.uniform(0.4, 2, 2), 10.0 ** random.integers(2, 6)
    return lambda z: float((large + np.sum(np.sin(3 * z))) - large), 3 * np.cos(3 * x), x


def robust(seed):
    """A robust loss of small residuals, whose terms are near 1, beside a penalty that is as small as they are."""
    random = np.random.default_rng(seed)
    matrix, x = random.normal(size=(10, 4)), random.uniform(0.4, 2, 4) * 10.0 ** random.uniform(-4, -1)
    slope = np.sin(matrix @ x) @ matrix + 0.3 * np.cos(x)
    return lambda z: float(np.sum(1 - np.cos(matrix @ z)) + 0.3 * np.sum(np.sin(z))), slope, x


def sees_what_it_states(objective, gradient, x, index, parts):
    """A right gradient is right, and an error of so many times what its report states is not."""
    right = gradproof.check(objective, gradient, x)
    assert right.verdict == "right"
    claimed = gradient.copy()
    claimed[index] += parts * right.resolutions[index]
    report = gradproof.check(objective, claimed, x)
    assert report.verdict != "right"
    assert [one.start for one in report.findings if not one.cause.is_acceptable] == [index]
    claimed[index] = gradient[index] + 1e3 * right.resolutions[index]
    assert gradproof.check(objective, claimed, x).wrong.tolist() == [index]


@pytest.mark.parametrize(
    ("seed", "index", "parts"), [(0, 0, -1.02), (19, 0, 1.3), (23, 0, -1.3), (65, 0, -1.3), (177, 0, -1.3)]
)
def test_what_a_first_pair_would_have_accepted_is_stated(seed, index, parts):
    """One coordinate alone asked for the noise: with a claim that agrees with its first pair by chance, none would."""
    sees_what_it_states(*cancelling(seed), index, parts)


@pytest.mark.parametrize("seed", [11, 37, 57, 140, 189, 198, 215, 227, 347, 372])
def test_steps_of_rounding_refute_no_right_gradient(seed):
    """Two pairs show the same wrong slope, by less than one step of f; a claim that is farther off is wrong."""
    objective, gradient, x = cancelling(seed)
    assert gradproof.check(objective, gradient, x).verdict == "right"
    for index in range(x.size):
        claimed = gradient.copy()
        claimed[index] *= 1.01
        assert gradproof.check(objective, claimed, x).wrong.tolist() == [index]


@pytest.mark.parametrize(
    ("seed", "index", "parts"), [(0, 2, -1.02), (10, 1, 2.0), (19, 3, -2.0), (25, 2, 1.3), (46, 2, -2.0)]
)
def test_steps_of_rounding_are_no_kink_at_x(seed, index, parts):
    """The gap between the sides moves f as far over all fine steps: at a kink it would grow with them."""
    sees_what_it_states(*robust(seed), index, parts)


@pytest.mark.parametrize("slope", [1e-3, 0.3])
def test_a_kink_at_x_is_none_of_rounding(slope):
    """The twin: where one of the terms has a kink, what lies between its slopes is right, and no more."""
    objective, gradient, x = robust(10)
    report = gradproof.check(lambda z: objective(z) + slope * abs(z[1] - x[1]), gradient, x)
    assert (report.verdict, report.kinks.tolist()) == ("right", [1])
    gradient[1] += 1.1 * slope
    assert gradproof.check(lambda z: objective(z) + slope * abs(z[1] - x[1]), gradient, x).wrong.tolist() == [1]
