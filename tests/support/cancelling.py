"""An objective over rows of data that all rows together leave undecided: their slopes cancel, its noise does not."""

import zlib

import numpy as np

ROWS, N = 512, 6
RANDOM = np.random.default_rng(8)
HALF = RANDOM.normal(size=(ROWS // 2, N))
MATRIX = np.vstack([HALF, -HALF]) + 1e-4 * RANDOM.normal(size=(ROWS, N))
NOISE = 1e-4
POINT = 0.01 * RANDOM.normal(size=N)


def terms(x, rows):
    """The terms of some rows, smooth, with their slopes near the rows of the matrix."""
    return np.sin(MATRIX[rows] @ x)


def noise(x):
    """A number that is the same for the same x and has nothing to do with that for any other, as rounding has."""
    return NOISE * (zlib.crc32(np.asarray(x, np.float64).tobytes()) / 2**32 - 0.5)


def objective(x, rows):
    return np.mean(terms(x, rows)) + noise(x)


def gradient(x, rows):
    return np.cos(MATRIX[rows] @ x) @ MATRIX[rows] / len(rows)


def wrong_on(bad, factor=3.0):
    """The gradient with the terms of some rows times a factor."""

    def faulty(x, rows):
        weights = np.where(np.isin(rows, bad), factor, 1.0)
        return (weights * np.cos(MATRIX[rows] @ x)) @ MATRIX[rows] / len(rows)

    return faulty
