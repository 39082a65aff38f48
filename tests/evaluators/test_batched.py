"""Objectives that take many points at once."""

import numpy as np
import pytest
from evaluation import X, expected, twins, values_of

import gradproof


def test_batched():
    sizes = []

    def objective(points):
        sizes.append(len(points))
        return np.sum(points**3, axis=1)

    assert values_of(gradproof.batched(objective)).tolist() == expected()
    assert sizes == [1, 5]
    twins(gradproof.batched(objective))


def test_batched_with_a_shape():
    def objective(points):
        assert points.shape[1:] == (2, 2)
        return np.sum(points**3, axis=(1, 2))

    assert values_of(gradproof.batched(objective), X.reshape(2, 2)).tolist() == expected()


def test_batched_structure():
    x = {"a": X[:2], "b": X[2], "c": X[3:].reshape(1, 1)}

    def objective(points):
        assert points["b"].shape == points["a"].shape[:1]
        return np.sum(points["a"] ** 3, axis=1) + points["b"] ** 3 + points["c"][:, 0, 0] ** 3

    def gradient(w):
        return {key: 3 * part**2 for key, part in w.items()}

    assert gradproof.check(gradproof.batched(objective), gradient, x).verdict == "right"


def test_batched_column_of_values():
    assert values_of(gradproof.batched(lambda points: np.sum(points**3, axis=1, keepdims=True))).tolist() == expected()


def test_batched_finds_the_points_that_raise():
    def objective(points):
        if np.any(points[:, 1] > -1):
            raise ArithmeticError
        return np.sum(points**3, axis=1)

    values = values_of(gradproof.batched(objective))
    assert np.flatnonzero(np.isnan(values)).tolist() == [2]


def test_batched_exception_at_x():
    def objective(points):
        raise ArithmeticError("mine")

    with pytest.raises(ArithmeticError, match=r"^mine$"):
        gradproof.check(gradproof.batched(objective), X, X)
