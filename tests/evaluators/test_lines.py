"""Points of long lines by one thread and by several: the same bits, and nothing is hidden that goes wrong."""

import numpy as np
import pytest

from gradproof.evaluators import lines
from gradproof.evaluators.lines import Lines
from gradproof.problem.probes import probes_at_x

N = 40 * 65_536 + 777


@pytest.fixture(scope="module")
def vectors():
    x, claimed = np.random.default_rng(12).normal(size=(2, N)).astype(np.float32)
    return x, claimed


def probes(*ranges):
    out = probes_at_x(len(ranges))
    for row, (start, stop) in zip(out, ranges, strict=True):
        row["start"], row["stop"], row["seed"], row["step"], row["floor"] = start, stop, 3, 2.0**-10, 0.1
    return out


def moved(vectors, threads, monkeypatch):
    """The points and changes of a round."""
    monkeypatch.setattr(lines, "THREADS", threads)
    made = Lines(*vectors)
    rows = probes((0, N), (5, N - 5), (100_000, 2_000_000), (0, N), (7, 8))
    points = [made.at(row).tobytes() for row in rows]
    changes = made.predicted_changes(rows)
    made.close()
    return points, changes.tobytes()


@pytest.mark.parametrize("threads", [2, 3, 7])
def test_any_number_of_threads_gives_the_same_bits(vectors, threads, monkeypatch):
    assert moved(vectors, threads, monkeypatch) == moved(vectors, 1, monkeypatch)


def test_only_what_a_probe_moves_differs_from_x(vectors):
    x, _ = vectors
    made = Lines(*vectors)
    for start, stop in ((0, N), (1000, 5000), (900_000, 900_001), (0, 70_000)):
        point = made.at(probes((start, stop))[0])
        away = np.flatnonzero(point != x)
        assert away[0] >= start
        assert away[-1] < stop
        # Twin: in between everything has moved.
        assert away.size == stop - start
    assert made.at_x().tobytes() == x.tobytes()
    made.forget_point()
    made.at_x()[:] = 0  # an objective that writes to its argument
    made.forget_point()
    assert made.at_x().tobytes() == x.tobytes()


def test_what_the_library_refuses_is_said_from_every_thread(vectors, monkeypatch):
    monkeypatch.setattr(lines, "THREADS", 3)
    made = Lines(*vectors)
    made._move = lambda *arguments: -1
    with pytest.raises(RuntimeError, match="refused"):
        made.at(probes((0, N))[0])
    made.close()


def test_what_lies_between_the_two_of_a_pair_stays_where_it_is():
    x = np.arange(20.0)
    made, pair = Lines(x, x), probes_at_x(2)
    pair["start"], pair["stop"], pair["step"], pair["ratio"] = (5, 3), (6, 10), 0.5, (0.0, 2.0)
    made.at(pair[0])
    expected = x.copy()
    expected[[3, 9]] += 0.5, 1.0
    np.testing.assert_array_equal(made.at(pair[1]), expected)
