"""Errors that are sums, and numbers that stand for others: each beside a twin that they do not explain."""

from __future__ import annotations

import numpy as np
import pytest
from explaining import told

from gradproof import check

RNG = np.random.default_rng(77001)
POINTS = np.array([[i, j, k] for i in range(2) for j in range(2) for k in range(3)], float) * 1.15
POINTS += 0.08 * RNG.normal(size=POINTS.shape)
POSITIVE, WEIGHTS = RNG.uniform(0.4, 2.2, 12), RNG.uniform(0.5, 2.0, 12)


def pairs(x):
    first, second = np.triu_indices(len(x), 1)
    return first, second, x[first] - x[second]


def lennard_jones(x):
    r2 = np.sum(pairs(x)[2] ** 2, axis=1)
    return float(4 * np.sum(r2**-6 - r2**-3))


def forces(x, factors):
    first, second, apart = pairs(x)
    r2 = np.sum(apart**2, axis=1)
    each = (factors * (-24 * 2 * r2**-7 + 24 * r2**-4))[:, None] * apart
    out = np.zeros_like(x)
    np.add.at(out, first, each)
    np.add.at(out, second, -each)
    return out


def test_a_weak_pair_among_steep_ones_is_told():
    """Its errors are small beside the bars of such slopes, but add up to 0 much more closely."""
    first, second, _ = pairs(POINTS)
    without = np.where((first == 3) & (second == 8), 0.0, 1.0)
    right = forces(POINTS, np.ones(len(first)))
    assert check(lennard_jones, right, POINTS).verdict == "right"
    said, report = told(lennard_jones, POINTS, forces(POINTS, without))
    assert said.startswith("x: the errors add up to 0 over axis 0, as those of a term between 3 and 8 do")
    assert set(np.unravel_index(report.wrong.astype(int), POINTS.shape)[0].tolist()) == {3, 8}
    # The twin: errors of the same two that do not.
    other = right.copy()
    other[3] += [0.01, -0.02, 0.015]
    other[8] += [0.02, 0.01, -0.03]
    said, _ = told(lennard_jones, POINTS, other)
    assert "add up to 0" not in said


def test_the_rows_of_sums_are_told():
    f = lambda x: float(np.sum(np.sin(x)))  # noqa: E731
    errors = np.zeros_like(POINTS)
    errors[4:7] = RNG.normal(size=(3, 3))
    errors[6] = -errors[4] - errors[5]
    said, _ = told(f, POINTS, np.cos(POINTS) + errors)
    assert said.startswith("x[4:7, :]: the errors add up to 0 over axis 0, as those of terms between pairs do")


def test_many_columns_that_add_up_to_0_may_be_those_of_a_softmax():
    x, weights = RNG.normal(size=(8, 5)), RNG.uniform(0.5, 2.0, (8, 5))
    errors = RNG.normal(size=(8, 5))
    said, _ = told(lambda x: float(np.sum(weights * np.sin(x))), x, weights * np.cos(x) + errors - errors.mean(axis=0))
    assert "the errors add up to 0 over axis 0, as those of a softmax over it, or of terms between pairs, do" in said


def of_positive(x):
    return float(np.sum(WEIGHTS * np.sin(x)) + 0.2 * np.sum(x * np.log(x)) + np.prod(x) / 3)


def right_of_positive(x):
    return WEIGHTS * np.cos(x) + 0.2 * (1 + np.log(x)) + np.prod(x) / 3 / x


PRODUCT = float(np.prod(POSITIVE)) / 3


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (
            -0.2 * (1 + np.log(POSITIVE)),
            "- 0.2 × (1 + log(x)): is the derivative of c x log(x), as of an entropy, missing?",
        ),
        (-0.2 * np.log(POSITIVE), "- 0.2 × log(x): is the derivative of c (x log(x) - x) missing?"),
        (PRODUCT - PRODUCT / POSITIVE, "is 1 taken for 1/x, or 1/x for 1, as in the derivative of a product"),
        (PRODUCT - 0.6 * PRODUCT / POSITIVE, "is the logarithm of a density, such as that of a gamma distribution"),
    ],
)
def test_functions_of_x_are_told_by_what_has_them_for_a_derivative(error, words):
    right = right_of_positive(POSITIVE)
    assert check(of_positive, right, POSITIVE).verdict == "right"
    said, _ = told(of_positive, POSITIVE, right + error)
    assert words in said
    assert not told(of_positive, POSITIVE, right + error * RNG.uniform(0.5, 1.5, 12))[0]


def test_the_derivative_of_a_power_that_is_applied_twice_is_told():
    f = lambda x: float(np.sum(WEIGHTS * np.sin(x)))  # noqa: E731
    right = WEIGHTS * np.cos(POSITIVE)
    said, _ = told(f, POSITIVE, right * 2.2 * POSITIVE**1.2)
    assert "claimed = 2.2 × slope × x^1.2: is the derivative of x^2.2 applied twice?" in said
    assert not told(f, POSITIVE, right * 1.9 * POSITIVE**1.2)[0]


def test_signs_of_x_that_are_those_of_slopes_may_be_either():
    x = RNG.normal(size=12)
    f = lambda x: float(np.sum(WEIGHTS * x**4) + 0.3 * np.sum(np.abs(x)))  # noqa: E731
    said, _ = told(f, x, 0.3 * np.sign(x))
    assert (
        "claimed = 0.3 × sign(slope), which is that of x, too: is only its sign left, or the part of an L1 penalty?"
        in said
    )
    shifted = lambda x: float(np.sum(WEIGHTS * np.sin(2 * x)))  # noqa: E731
    said, _ = told(shifted, x, 0.3 * np.sign(np.cos(2 * x)))
    assert "× sign(slope): " in said
    assert "L1" not in said


def test_two_coordinates_that_share_a_factor_closely_are_told():
    def f(p):
        return float(np.sum(np.exp(-0.5 * (p["a"][0] + 0.3) ** 2 - 0.7 * (p["a"][1] - 0.2) ** 2) + np.sin(p["b"])))

    def slopes(p):
        peak = np.exp(-0.5 * (p["a"][0] + 0.3) ** 2 - 0.7 * (p["a"][1] - 0.2) ** 2)
        return {"a": peak * np.array([-(p["a"][0] + 0.3), -1.4 * (p["a"][1] - 0.2)]), "b": np.cos(p["b"])}

    x = {"a": np.array([0.41, -0.33]), "b": RNG.normal(size=1)}
    right = slopes(x)
    assert check(f, right, x).verdict == "right"
    assert "all of a: claimed = 32 × slope: a sum over 32" in told(f, x, {**right, "a": 32 * right["a"]})[0]
    assert not told(f, x, {**right, "a": np.array([32.0, 31.8]) * right["a"]})[0]


def test_zeros_that_agree_are_no_remark_where_claims_are_wrong():
    def f(x):
        return float(np.sum(np.sin(x[:6])))

    right = np.where(np.arange(12) < 6, np.cos(POSITIVE), 0.0)
    _, report = told(f, POSITIVE, 2 * right)
    assert not [one for one in report.warnings if "always returns 0" in one]
    assert [one for one in check(lambda x: 3.0, 0 * right, POSITIVE).warnings if "always returns 0" in one]


def test_counts_are_told_although_a_claim_is_round_by_chance():
    counts, x = RNG.integers(1, 6, 12).astype(float), RNG.normal(size=12)
    f = lambda x: float(np.sum(WEIGHTS * np.exp(x) - counts * x))  # noqa: E731
    x[3] = np.log(1.25 / WEIGHTS[3])
    right = WEIGHTS * np.exp(x) - counts
    assert check(f, right, x).verdict == "right"
    said, _ = told(f, x, right + counts)
    assert "claimed - slope is a whole number in each: are counts missing" in said
    # The twin: of round claims and slopes all differences are whole.
    even = np.log(RNG.integers(1, 9, 12) / WEIGHTS)
    said, _ = told(f, even, WEIGHTS * np.exp(even))
    assert "counts" not in said
