"""What a check along lines takes beside x and its gradient, whatever is wrong or unclear.

One vector where these are too large to be copied, and a copy of each array that was given up to 256 MiB.
"""

import tracemalloc

import numpy as np
import numpy.ma  # which medians import, and it is large
import pytest
from properties import refuted

import gradproof
from gradproof.problem import watching

N = 2_000_000
PIECE = 1 << 12
MOST = 1.1


def objective(x):
    """Half of the sum of squares, in float64, without a vector of its own."""
    pieces = (x[start : start + PIECE].astype(np.float64) for start in range(0, x.size, PIECE))
    return 0.5 * sum(float(np.einsum("i,i", piece, piece)) for piece in pieces)


def keeping(x):
    """The same, with a copy of x: what the twin must see."""
    return objective(x.copy())


def rounded(x):
    """Half of the sum of squares in float32: too noisy for a verdict, so that everything is tried."""
    return float(np.float32(objective(x)))


def takes_one_vector(function, x, claimed, *verdicts):
    assert vectors_beside(function, x, claimed, *verdicts) <= MOST


def vectors_beside(function, x, claimed, *verdicts):
    small = x[: 1 << 14].copy()
    # What is imported and compiled once, for right claims and for a wrong one.
    for factor in (1, -1):
        claims = np.where(np.arange(small.size) == 77, factor, 1) * small
        gradproof.check(function, claims.astype(small.dtype), small, mode="lines")
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        report = gradproof.check(function, claimed, x, mode="lines")
        peak = tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()
    assert report.verdict in verdicts
    return peak / x.nbytes - callable(claimed)


@pytest.fixture(scope="module")
def x():
    return np.random.default_rng(9).normal(size=N).astype(np.float32)


@pytest.fixture
def long_vectors(monkeypatch):
    monkeypatch.setattr(watching, "COPIED_BYTES", 0)


def test_what_may_be_written_to_is_copied(x):
    assert 2.9 < vectors_beside(objective, x, x, "right") <= 2 + MOST
    assert 1.9 < vectors_beside(objective, x, np.copy, "right") <= 1 + MOST


@pytest.mark.usefixtures("long_vectors")
def test_a_right_gradient(x):
    takes_one_vector(objective, x, x, "right")


@pytest.mark.usefixtures("long_vectors")
def test_a_gradient_that_is_a_function(x):
    takes_one_vector(objective, x, np.copy, "right")


@pytest.mark.usefixtures("long_vectors")
def test_a_wrong_coordinate(x):
    wrong = x.copy()
    wrong[N // 3] += 50.0
    takes_one_vector(objective, x, wrong, "wrong")


@pytest.mark.usefixtures("long_vectors")
def test_noise_that_leaves_questions(x):
    takes_one_vector(rounded, x, x, "right", "inconclusive")


@pytest.mark.usefixtures("long_vectors")
def test_twin(x):
    refuted(takes_one_vector, keeping, x, x, "right")


@pytest.mark.usefixtures("long_vectors")
def test_a_file_that_is_mapped(tmp_path, x):
    path = tmp_path / "x.bin"
    x.tofile(path)
    mapped = np.memmap(path, np.float32, "r", shape=x.shape)
    takes_one_vector(objective, mapped, mapped, "right")
    assert mapped.tobytes() == x.tobytes()
