"""Values at probes: those at the points that are written alone, each with the change that the claim predicts.

Missing ones where the objective refuses, its own code where it refuses x itself.
"""

import math
from typing import Any

import numpy as np
import pytest
from oracles.splitmix import LongProbe, Probe
from properties import refuted
from witnesses import as_probes, records, sizes_of, twin_of

from gradproof.core.points import values as core
from gradproof.core.records import border, codes
from gradproof.core.records.codes import DONE, OUTSIDE


def bowl(x: Any, n: int, value: Any, user: Any) -> int:
    value[0] = float(np.sum(np.asarray(x[:n], np.float64) ** 2))
    return 0


@pytest.mark.parametrize("twin", ["", "_f32"])
def test_evaluate(witness, twin):
    dtype = np.float32 if twin else np.float64
    x, values, work = np.ones(3, dtype), np.full(3, -1.0), np.zeros(3, dtype)
    probes = records(border.Probe, 3)
    probes["start"], probes["stop"], probes["step"] = [0, 1, 2], [0, 2, 3], 0.5
    symbol = f"gradproof_evaluate{twin}"
    given = (x, None, None, 3, probes, 3, values, None, work)
    assert witness(symbol, bowl, None, *given) == DONE
    assert values.tolist() == [3.0, 4.25, 4.25]

    def refusing(point: Any, n: int, value: Any, user: Any) -> int:
        value[0] = 7.0
        return OUTSIDE if point[1] != 1.0 else 0

    assert witness(symbol, refusing, None, *given) == DONE
    assert values.tolist() == pytest.approx([7.0, math.nan, 7.0], nan_ok=True)
    # Also at x itself: what f is there is for the check to judge.
    assert witness(symbol, lambda *_: OUTSIDE, None, *given) == DONE
    assert values.tolist() == pytest.approx([math.nan] * 3, nan_ok=True)
    right = [bowl, None, *given]
    wrongs = [(0, None, codes.NULL_OBJECTIVE), (2, None, codes.NULL_X), (5, -1, codes.BAD_N), (5, 1, codes.BAD_PROBE)]
    wrongs += [(6, None, codes.NULL_PROBES), (7, -1, codes.BAD_COUNT), (8, None, codes.NULL_VALUES)]
    wrongs += [(10, None, codes.NULL_POINT), (10, x, codes.OVERLAP)]
    for place, wrong, code in wrongs:
        assert witness(symbol, *right[:place], wrong, *right[place + 1 :]) == code
    assert witness(symbol, None, None, None, None, None, 3, None, 0, None, None, None) == DONE


@pytest.mark.parametrize("twin", ["", "_f32"])
@pytest.mark.parametrize(
    ("returned", "handed_back"),
    [(1, 1), (42, 42), (2**31 - 1, 2**31 - 1)] + [(code, codes.BAD_RETURN) for code in (-1, -99, -101, -(2**31))],
)
@pytest.mark.parametrize("kth", [1, 2, 4, 6])
def test_a_code_of_the_objective_ends_the_call(witness, twin, returned, handed_back, kth):
    """At once, wherever it came: no further call is made, what was computed before stands, the rest is untouched."""
    dtype = np.float32 if twin else np.float64
    x, values, work, called = np.ones(3, dtype), np.full(6, -1.0), np.zeros(3, dtype), []
    probes = records(border.Probe, 6)
    probes["stop"], probes["step"] = 3, 0.5 * np.arange(6)

    def ending(point: Any, n: int, value: Any, user: Any) -> int:
        called.append(float(point[0]))
        value[0] = 7.0
        return returned if len(called) == kth else 0

    given = (x, None, None, 3, probes, 6, values, None, work)
    assert witness(f"gradproof_evaluate{twin}", ending, None, *given) == handed_back
    assert called == [1 + 0.5 * number for number in range(kth)]
    assert values.tolist() == pytest.approx([7.0] * (kth - 1) + [math.nan] + [-1.0] * (6 - kth), nan_ok=True)


@pytest.mark.parametrize("twin", ["", "_f32"])
def test_work_memory_that_overlaps_what_is_read(witness, twin):
    """By a single element, of x or of the claim, it is refused before the objective is called."""
    dtype = np.float32 if twin else np.float64
    room, values, called = np.ones(12, dtype), np.zeros(1), []
    probe = as_probes(Probe(0, 3, 0.5))

    def objective(point: Any, n: int, value: Any, user: Any) -> int:
        called.append(1)
        return bowl(point, n, value, user)

    for start, code in ((1, DONE), (2, codes.OVERLAP), (4, codes.OVERLAP), (6, codes.OVERLAP), (7, DONE)):
        read, other = room[start : start + 3], np.ones(3, dtype)
        for x, claimed in ((read, None), (other, read)):
            called.clear()
            given = (x, claimed, None, 3, probe, 1, values, None, room[4:7])
            assert witness(f"gradproof_evaluate{twin}", objective, None, *given) == code
            assert len(called) == (code == DONE)
            room[:] = 1


@pytest.mark.parametrize("twin", ["", "_f32"])
def test_values_that_overlap_changes(witness, twin):
    """By a single element they are refused; side by side is no overlap."""
    dtype = np.float32 if twin else np.float64
    room, x, probes = np.zeros(6), np.ones(3, dtype), as_probes(Probe(0, 3, 0.5), Probe(1, 2, 0.5))
    for start, code in ((0, DONE), (1, codes.OVERLAP), (2, codes.OVERLAP), (3, codes.OVERLAP), (4, DONE)):
        given = (x, None, None, 3, probes, 2, room[2:4], room[start : start + 2], np.zeros(3, dtype))
        assert witness(f"gradproof_evaluate{twin}", bowl, None, *given) == code


# What follows a probe may set all that it moved, or a part of it, or nothing; on long lines, too.
ROUND = [
    Probe(2, 3, 0.5),
    Probe(2, 3, -0.5),
    Probe(0, 5, 0.25, 7),
    Probe(1, 4, 0.125, ratio=-0.5),
    Probe(0, 0, 0.0),
    Probe(1, 4, -1.0, 9),
    Probe(1, 4, 0.5, 10),
    LongProbe(0, 5, 0.5, 3),
    LongProbe(1, 3, 0.25, 4, 0.1, True),
    LongProbe(0, 5, -0.5, 3),
    Probe(4, 5, 1.0),
]


def weighted(point: Any, n: int, value: Any, user: Any) -> int:
    """Every bit of the point shows in the value."""
    value[0] = sum(float(point[k]) * 1.1**k for k in range(n))
    return 0


def are_those_at_the_points(witness, evaluate, dtype):
    x, claimed = np.array([0.5, -1.5, 0.0, 3.0, 1e-3], dtype), np.array([1, -2, 3, 0, 5], dtype)
    sizes, probes, count = sizes_of(witness, x), as_probes(*ROUND), len(ROUND)
    given = (x, claimed, sizes, 5, probes, count)
    points, changes, predicted = np.zeros(5 * count, dtype), np.zeros(count), np.zeros(count)
    assert witness(f"gradproof_points{twin_of(x)}", *given, points, predicted) == DONE
    values, work, expected = np.zeros(count), np.zeros(5, dtype), np.zeros(1)
    assert evaluate(f"gradproof_evaluate{twin_of(x)}", weighted, None, *given, values, changes, work) == DONE
    for value, row in zip(values, points.reshape(count, 5), strict=True):
        weighted(row, 5, expected, None)
        assert value == expected[0]
    assert changes.tolist() == predicted.tolist()
    assert np.count_nonzero(changes) == 3


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_values_are_those_at_the_points(witness, dtype):
    are_those_at_the_points(witness, witness, dtype)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_values_at_other_points(plain, monkeypatch, dtype):
    """Twin: a probe that leaves behind what it moved is seen in the next value."""
    monkeypatch.setattr(core, "leave", lambda *arguments: None)
    refuted(are_those_at_the_points, plain, plain, dtype)


def test_long_lines_take_a_claim_and_sizes(witness):
    x, room = np.ones(3), np.zeros(1)
    right = [weighted, None, x, x, np.ones(1), 3, as_probes(LongProbe(0, 3, 1.0, 2)), 1, room, room.copy(), x.copy()]
    assert witness("gradproof_evaluate", *right) == DONE
    for place, code in ((3, codes.NULL_CLAIMED), (4, codes.NULL_SIZES), (9, codes.NULL_CHANGES)):
        wrong = [*right[:place], None, *right[place + 1 :]]
        assert witness("gradproof_evaluate", *wrong) == code
        wrong[6] = as_probes(Probe(0, 3, 1.0, 2))
        assert witness("gradproof_evaluate", *wrong) == DONE
