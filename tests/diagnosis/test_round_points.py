"""Points as tests have them: identities, ones, repeated numbers, symmetric bodies; their coincidences prove nothing."""

from __future__ import annotations

import numpy as np
import pytest
from explaining import told

from gradproof import check

RNG = np.random.default_rng(4040)
ANGLES = np.arange(6) * np.pi / 3
RING = np.c_[np.cos(ANGLES), np.sin(ANGLES), np.zeros(6)]
WEIGHTS = RNG.uniform(0.5, 2.0, (6, 6))


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        (lambda slope: slope - 0.5 * np.diag(np.diag(slope)), "x on its diagonal: claimed = 0.5 × slope"),
        (lambda slope: slope + 6 * np.eye(4), "x on its diagonal: claimed = slope + 6, the same everywhere"),
    ],
)
def test_the_diagonal_of_an_identity_is_told_as_such(changed, words):
    weights = WEIGHTS[:4, :4]
    slope = weights + 4 * np.eye(4)
    f = lambda x: float(np.sum(weights * x) + np.sum(x**2))  # noqa: E731
    assert check(f, slope, 2 * np.eye(4)).verdict == "right"
    said, report = told(f, 2 * np.eye(4), changed(slope))
    assert words in said
    assert [int(one) for one in report.wrong] == [0, 5, 10, 15]


def test_slopes_that_are_balanced_are_not_said_to_be_none():
    def chains(x):
        return float(np.sum((np.sqrt((x[:, 1:] - x[:, :-1]) ** 2 + 0.5) - 1) ** 2))

    x = np.array([[0.0, 1.1, 2.2], [0.0, 0.9, 1.8]])
    gap = np.array([1.1, 0.9])
    end = 2 * (np.sqrt(gap**2 + 0.5) - 1) * gap / np.sqrt(gap**2 + 0.5)
    right = np.outer(end, [-1.0, 0.0, 1.0])
    assert check(chains, right, x).verdict == "right"
    said, report = told(chains, x, right + np.outer([0.37, 0.21], [0.0, 1.0, 0.0]))
    assert "all of x[:, 1]: the slope is 0 as far as it is measured" in said
    assert "f does not depend on it here, or has a minimum, a maximum or a balance there" in said
    assert [int(one) for one in report.wrong] == [1, 4]
    # The twin: f does not depend on these at all.
    said, _ = told(lambda x: float(np.sum(np.sin(x[:, ::2]))), x, np.cos(x))
    assert "all of x[:, 1]: the slope is 0, the claim is not: f does not depend on it here" in said
    assert "balance" not in said


def of_ring(x):
    first, second = np.triu_indices(6, 1)
    apart = np.sqrt(np.sum((x[first] - x[second]) ** 2, axis=1))
    return float(np.sum((apart - 1.3) ** 2) + 0.5 * np.sum(x[:, 2]))


def slopes_of_ring(x):
    first, second = np.triu_indices(6, 1)
    apart = x[first] - x[second]
    size = np.sqrt(np.sum(apart**2, axis=1, keepdims=True))
    each, out = 2 * (size - 1.3) * apart / size, np.zeros_like(x)
    np.add.at(out, first, each)
    np.add.at(out, second, -each)
    return out + np.array([0.0, 0.0, 0.5])


def test_slopes_that_are_0_but_for_rounding_are_no_exception():
    right = slopes_of_ring(RING)
    assert check(of_ring, right, RING).verdict == "right"
    said, _ = told(of_ring, RING, -right)
    assert said.startswith("all of x: claimed = -1 × slope, the sign is wrong")
    # The twin: one that is not 0, and right.
    some = -right
    some[2, 1] = right[2, 1]
    said, _ = told(of_ring, RING, some)
    assert not said.startswith("all of x: ")


BOARD = (np.indices((6, 6)).sum(axis=0) % 2).astype(float)


def test_two_numbers_are_no_mean_and_variance_and_no_softmax():
    f = lambda x: float(np.sum(WEIGHTS * np.sin(x)))  # noqa: E731
    right = WEIGHTS * np.cos(BOARD)
    assert check(f, right, BOARD).verdict == "right"
    by_number = np.where(BOARD > 0, RNG.uniform(0.5, 1.5, 6), -RNG.uniform(0.5, 1.5, 6))
    said, _ = told(f, BOARD, right + by_number)
    assert not any(word in said for word in ("variance", "softmax", "entropy"))
    # The twin: as many columns of different numbers, of each of which a mean and a variance are missing.
    x = RNG.normal(size=(6, 6))
    said, _ = told(f, x, WEIGHTS * np.cos(x) + RNG.uniform(0.5, 1.5, 6) + RNG.uniform(0.5, 1.5, 6) * x)
    assert "claimed = slope + c + d × x, with c and d for each index of axis 1" in said


def test_rows_of_one_number_each_have_factors_and_nothing_less_simple():
    gathered = np.array([0, 1, 1, 2, 4, 4, 4, 5])
    x = np.repeat([0.1, 0.2, 0.3], 2).reshape(6, 1) * np.ones((6, 3))
    f = lambda x: float(np.sum(np.sin(5 * x[gathered]) + x[gathered]))  # noqa: E731
    counts = np.bincount(gathered, minlength=6)[:, None]
    right = counts * (5 * np.cos(5 * x) + 1)
    assert check(f, right, x).verdict == "right"
    said, report = told(f, x, right / np.maximum(counts, 1))
    assert "x: claimed = slope × a factor for each index of axis 0, at 1, 4: 0.5, 0.3333" in said
    assert [int(one) for one in report.wrong] == [3, 4, 5, 12, 13, 14]
