"""The user's arrays are never written to, and what the user's functions write stays theirs."""

from contextlib import nullcontext

import numpy as np
import pytest
from models import POINT

import gradproof


def interrupting(after):
    calls = 0

    def objective(x):
        nonlocal calls
        calls += 1
        if calls > after:
            raise KeyboardInterrupt
        x *= 2
        return float(x @ x) / 4

    return objective


@pytest.mark.parametrize("after", [0, 1, 2, 5, 11])
def test_x_is_as_it_was_after_an_interrupt(after):
    x = POINT.copy()
    before = x.tobytes()
    with pytest.raises(KeyboardInterrupt) if after < 1 else nullcontext():
        report = gradproof.check(interrupting(after), lambda x: 2 * x, x)
        assert report.stopped_by == "interrupted"
    assert x.tobytes() == before


def test_functions_that_write_to_their_argument():
    def objective(x):
        x -= 1
        return float(x @ x)

    def gradient(x):
        x -= 1
        x *= 2
        return x

    x = POINT.copy()
    before = x.tobytes()
    report = gradproof.check(objective, gradient, x)
    assert report.verdict == "right"
    assert x.tobytes() == before
    assert "The objective changed its argument" in " ".join(report.warnings)
    assert "The gradient changed its argument" in " ".join(report.warnings)


def test_points_that_the_objective_keeps_stay_as_they_were():
    kept = []

    def objective(x):
        kept.append((x, x.copy()))
        return float(x @ x)

    gradproof.check(objective, lambda x: 2.1 * x, POINT)
    assert all(np.array_equal(now, then) for now, then in kept)


def test_a_buffer_that_is_used_again():
    value, buffer = np.zeros(()), np.zeros(8)

    def objective(x):
        np.sum(x**2, out=value)
        return value

    def gradient(x):
        np.multiply(x, 2, out=buffer)
        return buffer

    assert gradproof.check(objective, gradient, POINT).verdict == "right"
    assert gradproof.check(objective, lambda x: 1.01 * gradient(x), POINT).wrong.size == 8


def read_only():
    x = np.arange(1.0, 5)
    x.flags.writeable = False
    return x


@pytest.mark.parametrize(
    "x",
    [
        read_only(),
        np.arange(1.0, 13)[::3],
        np.arange(1.0, 5)[::-1],
        np.asfortranarray(np.arange(1.0, 5).reshape(2, 2)),
        np.arange(1, 5),
        np.arange(1, 5, dtype=np.uint8),
        np.arange(1.0, 5).astype(">f8"),
        np.arange(1.0, 5).astype(np.float32),
        np.broadcast_to(2.0, 4),
    ],
    ids=["read-only", "strided", "backward", "Fortran", "integers", "uint8", "big-endian", "float32", "broadcast"],
)
def test_every_kind_of_array_is_only_read(x):
    before, flags = x.tobytes(), str(x.flags)
    assert gradproof.check(lambda w: np.sum(w**2), lambda w: 2 * w, x).verdict == "right"
    assert gradproof.check(lambda w: np.sum(w**2), lambda w: 2.1 * w, x).wrong.tolist() == [0, 1, 2, 3]
    assert (x.tobytes(), str(x.flags)) == (before, flags)
