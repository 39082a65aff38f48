"""Places and arrangements that say what a bug is about: labels, borders, diagonals, blocks, quarter turns."""

from __future__ import annotations

import numpy as np
import pytest
from explaining import told

from gradproof import check

RNG = np.random.default_rng(2024)
SCORES, LABELS = RNG.normal(size=(9, 5)), np.array([3, 0, 2, 2, 4, 1, 0, 3, 1])
STRAIN, WEIGHTS = np.eye(3) + 0.1 * RNG.normal(size=(3, 3)), RNG.uniform(0.5, 2.0, (3, 3))
IMAGES, OF_IMAGES = RNG.normal(size=(2, 7, 6)), RNG.uniform(0.5, 2.0, (2, 7, 6))
GATES, OF_GATES = RNG.normal(size=(3, 16)), RNG.uniform(0.5, 2.0, (3, 16))
PICTURE, OF_PICTURE = RNG.normal(size=(5, 5)), RNG.uniform(0.5, 2.0, (5, 5))
BATCH, OF_BATCH = RNG.normal(size=(3, 4, 5)), RNG.uniform(0.5, 2.0, (3, 4, 5))


def entropy_of_labels(x):
    return float(np.sum(np.log(np.sum(np.exp(x), axis=1)) - x[np.arange(9), LABELS]))


def probabilities(x):
    powers = np.exp(x - x.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def test_errors_at_labels_are_told_by_their_places():
    one_hot = np.eye(5)[LABELS]
    assert check(entropy_of_labels, probabilities(SCORES) - one_hot, SCORES).verdict == "right"
    said, report = told(entropy_of_labels, SCORES, probabilities(SCORES))
    assert "x at one place in each row, such as that of a label: claimed = slope + 1, the same everywhere" in said
    assert [int(one) for one in report.wrong] == (5 * np.arange(9) + LABELS).tolist()
    # Smoothed labels are off everywhere, by two numbers.
    said, _ = told(entropy_of_labels, SCORES, probabilities(SCORES) - 0.9 * one_hot - 0.02)
    assert "x at one place in each row, such as that of a label: claimed = slope + 0.08" in said
    assert "x but for one place in each row, such as that of a label: claimed = slope - 0.02" in said
    # The twin: as many others, two of one row, are no labels.
    other = one_hot.copy()
    other[0], other[1] = [1, 1, 0, 0, 0], 0
    said, _ = told(entropy_of_labels, SCORES, probabilities(SCORES) - one_hot + other)
    assert said
    assert "label" not in said


def of(weights):
    return lambda x: float(np.sum(weights * np.sin(x)))


@pytest.mark.parametrize(
    ("mask", "where"),
    [
        (1 - np.eye(3), "x off its diagonal: claimed = 2 × slope"),
        (np.tril(np.ones((3, 3)), -1), "x below its diagonal: claimed = 2 × slope"),
        (np.array([[1, 1, 0], [1, 0, 1], [0, 1, 1]]), "x, in 6 of 9 coordinates: claimed = 2 × slope"),
    ],
)
def test_diagonals_of_small_matrices_are_told(mask, where):
    right = WEIGHTS * np.cos(STRAIN)
    assert check(of(WEIGHTS), right, STRAIN).verdict == "right"
    said, report = told(of(WEIGHTS), STRAIN, right * (1 + mask))
    assert where in said
    assert [int(one) for one in report.wrong] == np.flatnonzero(mask).tolist()


def test_borders_of_images_in_a_stack_are_told():
    right = OF_IMAGES * np.cos(IMAGES)
    assert check(of(OF_IMAGES), right, IMAGES).verdict == "right"
    inside = np.zeros((7, 6))
    inside[1:-1, 1:-1] = 1
    said, _ = told(of(OF_IMAGES), IMAGES, right * inside)
    assert "x on the border of axes 1 and 2: claimed = 0" in said
    inside[3, 0] = 1
    said, _ = told(of(OF_IMAGES), IMAGES, right * inside)
    assert "border" not in said


ORDER = np.r_[:8, 12:16, 8:12]
LONG = np.r_[:2, 10:16, 6:10, 2:6]
MIXED = np.r_[:8, 9, 12, 8, 13, 10, 14, 15, 11]


@pytest.mark.parametrize(
    ("order", "words"),
    [
        (ORDER, "claimed = slope, with entries 8:12 and 12:16 exchanged along axis 1"),
        (LONG, "claimed = slope, with entries 2:6 and 10:16 exchanged along axis 1"),
        (MIXED, "claimed = slope, with 8 of 16 entries permuted (at 8 stands the slope of 9) along axis 1"),
    ],
)
def test_blocks_that_changed_places_are_told_by_their_ends(order, words):
    right = OF_GATES * np.cos(GATES)
    assert check(of(OF_GATES), right, GATES).verdict == "right"
    said, _ = told(of(OF_GATES), GATES, right[:, order])
    assert words in said


@pytest.mark.parametrize("turns", [1, 3])
def test_quarter_turns_are_told(turns):
    right = OF_PICTURE * np.cos(PICTURE)
    assert check(of(OF_PICTURE), right, PICTURE).verdict == "right"
    said, _ = told(of(OF_PICTURE), PICTURE, np.rot90(right, turns))
    assert "claimed = slope, turned by a quarter in axes 0 and 1: is a transpose missing beside a flip" in said
    noisy = np.rot90(right, turns) * (1 + 0.01 * RNG.normal(size=(5, 5)))
    assert "turned" not in told(of(OF_PICTURE), PICTURE, noisy)[0]


def test_an_order_of_each_matrix_of_a_stack_is_told():
    right = OF_BATCH * np.cos(BATCH)
    assert check(of(OF_BATCH), right, BATCH).verdict == "right"
    each = np.stack([one.T.reshape(4, 5) for one in right])
    said, _ = told(of(OF_BATCH), BATCH, each)
    assert "claimed = slope, in Fortran order instead of C order at each index of axis 0: is it flattened" in said


def test_rows_that_slipped_are_told_as_rows():
    x, weights = RNG.normal(size=(6, 4)), RNG.uniform(0.5, 2.0, (6, 4))
    right = weights * np.cos(x)
    assert check(of(weights), right, x).verdict == "right"
    said, _ = told(of(weights), x, np.r_[RNG.normal(size=(1, 4)), right[:-1]])
    assert "each claim is the slope of the coordinate before it along axis 0: is a row too many there" in said
    said, _ = told(of(weights), x, np.r_[0.3, right.ravel()[:-1]].reshape(6, 4))
    assert "each claim is the slope of the coordinate before it: is an element too many there" in said
