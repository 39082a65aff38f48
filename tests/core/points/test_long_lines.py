"""Points of long lines and the change that the claim predicts, against exact fractions."""

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest
from oracles import splitmix
from oracles.splitmix import LongProbe
from properties import refuted
from witnesses import as_probes, sizes_of, twin_of

from gradproof.core.points.long_lines import SEGMENT
from gradproof.core.records import codes
from gradproof.core.records.codes import DONE

DTYPES = [np.float64, np.float32]
N = 2100  # two whole windows and a part of one


def moved(witness, x, claimed, sizes, probe):
    """The point of a probe and the change that the claim predicts, in one call."""
    out, change = np.zeros_like(x), np.zeros(1)
    given = (x, claimed, sizes, x.size, as_probes(probe), 1, out, change)
    assert witness(f"gradproof_points{twin_of(x)}", *given) == DONE
    return out, float(change[0])


def moved_by_segments(witness, x, claimed, sizes, probe, parts):
    """The same by parts of the segments, in any order, as threads move them."""
    out, first, last = x.copy(), probe.start // SEGMENT, -(-probe.stop // SEGMENT)
    changes = np.full(last - first, np.nan)
    for start, stop in parts(first, last):
        given = (x, claimed, sizes, as_probes(probe), start, stop - start, out, changes[start - first : stop - first])
        assert witness(f"gradproof_move_segments{twin_of(x)}", *given) == DONE
    return out, float(witness("gradproof_sum_segments", changes, len(changes)))


def problem(n, dtype, seed=1):
    """x of several scales with zeros in it, and a claim of both signs, with zeros and a NaN-free tail."""
    random = np.random.default_rng(seed)
    x = random.normal(size=n) * np.repeat(10.0 ** random.integers(-6, 4, -(-n // 512)), 512)[:n]
    x[::7] = 0.0
    claimed = random.normal(size=n) * 10.0 ** random.integers(-3, 3, n)
    claimed[::5] = 0.0
    return x.astype(dtype), claimed.astype(dtype)


PROBES = [
    LongProbe(0, N, 2.0**-20, 5),
    LongProbe(0, N, -(2.0**-3), 2**64 - 1, 0.1),
    LongProbe(0, N, 0.7, 9, 0.1, True),
    LongProbe(0, N, 2.0**-30, 3, 1.0, True),
    LongProbe(1000, 1030, 1e-3, 7),
    LongProbe(1024, 2048, -1e-3, 7, 0.5, True),
    LongProbe(2099, 2100, 1.0, 8),
    LongProbe(5, 5, 1.0, 8),
]


def unit(value, dtype):
    """Half a unit in the last place of a number."""
    return Fraction(float(np.spacing(np.abs(dtype(float(value)))))) / 2


def is_the_point(mover, witness, dtype, probe):
    """Float64 to three roundings, float32 reckoned in double and rounded once; nothing else moves."""
    x, claimed = problem(N, dtype)
    sizes = sizes_of(witness, x)
    out, _ = mover(witness, x, claimed, sizes, probe)
    for index, (got, exact) in enumerate(zip(out, splitmix.long_point(x, claimed, sizes, probe), strict=True)):
        if probe.start <= index < probe.stop:
            roundings = 1 if dtype == np.float32 else 4
            room = unit(exact, dtype) * roundings + abs(exact - Fraction(float(x[index]))) * Fraction(1, 2**50)
            assert abs(Fraction(float(got)) - exact) <= room
        else:
            assert got == x[index]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("probe", PROBES)
def test_points(witness, dtype, probe):
    is_the_point(moved, witness, dtype, probe)


def one_coordinate_late(witness, x, claimed, sizes, probe):
    out, change = moved(witness, x, claimed, sizes, probe)
    return np.concatenate([x[:1], out[:-1]]), change


def without_floor(witness, x, claimed, sizes, probe):
    return moved(witness, x, claimed, sizes, probe._replace(floor=1e-300))


def against_the_claim(witness, x, claimed, sizes, probe):
    return moved(witness, x, -claimed, sizes, probe)


def of_one_size(witness, x, claimed, sizes, probe):
    return moved(witness, x, claimed, np.full_like(sizes, sizes.mean()), probe)


def rounded_twice(witness, x, claimed, sizes, probe):
    out, change = moved(witness, x, claimed, sizes, probe)
    step = (out - x).astype(np.float16 if x.dtype == np.float32 else np.float32)
    return (x + step).astype(x.dtype), change


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("wrong", [one_coordinate_late, without_floor, against_the_claim, of_one_size, rounded_twice])
def test_points_twin(library, dtype, wrong):
    refuted(is_the_point, wrong, library, dtype, PROBES[2])


def predicts(mover, witness, dtype, probe, n=N):
    """The change is the sum of the claimed values times the steps that were really taken, to the last bits."""
    x, claimed = problem(n, dtype)
    out, change = mover(witness, x, claimed, sizes_of(witness, x), probe)
    terms = claimed.astype(np.float64) * (out.astype(np.float64) - x.astype(np.float64))
    assert abs(change - math.fsum(terms)) <= 2.0**-52 * (
        abs(math.fsum(terms)) + math.sqrt(n) * math.sqrt(math.fsum(terms**2))
    )


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("probe", PROBES)
def test_change(witness, dtype, probe):
    predicts(moved, witness, dtype, probe)


@pytest.mark.parametrize("dtype", DTYPES)
def test_change_of_many_segments(library, dtype):
    n = 3 * SEGMENT + 5000
    for probe in (LongProbe(0, n, 2.0**-20, 5), LongProbe(70_000, n - 3, -0.1, 6, 0.1, True)):
        predicts(moved, library, dtype, probe, n)


def nominal(witness, x, claimed, sizes, probe):
    """The step that was asked for, not the one that was taken."""
    out, _ = moved(witness, x, claimed, sizes, probe)
    exact = splitmix.long_point(x, claimed, sizes, probe)
    return out, math.fsum(
        float(claim) * float(far - Fraction(float(near))) for claim, far, near in zip(claimed, exact, x, strict=True)
    )


def summed_in_single(witness, x, claimed, sizes, probe):
    out, _ = moved(witness, x, claimed, sizes, probe)
    return out, float(np.sum((claimed * (out - x)).astype(np.float32)))


def without_the_last(witness, x, claimed, sizes, probe):
    out, change = moved(witness, x, claimed, sizes, probe)
    last = probe.stop - 2
    return out, change - float(claimed[last]) * float(out[last] - x[last])


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("wrong", [nominal, summed_in_single, without_the_last])
def test_change_twin(library, dtype, wrong):
    refuted(predicts, wrong, library, dtype, PROBES[0])


def whole(first, last):
    return [(first, last)]


def backwards(first, last):
    return list(itertools.pairwise(range(first, last + 1)))[::-1]


def in_two(first, last):
    middle = (first + last) // 2
    return [(middle, last), (first, middle)]


def segments_agree(mover, witness, dtype, n, probe, parts):
    x, claimed = problem(n, dtype)
    sizes = sizes_of(witness, x)
    out, change = moved(witness, x, claimed, sizes, probe)
    other, other_change = mover(witness, x, claimed, sizes, probe, parts)
    assert other.tobytes() == out.tobytes()
    assert other_change == change


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("parts", [whole, backwards, in_two])
def test_segments(library, dtype, parts):
    n = 3 * SEGMENT + 700
    for probe in (
        LongProbe(0, n, 2.0**-20, 5),
        LongProbe(SEGMENT - 1, n - 1, -0.1, 6, 0.1, True),
        LongProbe(SEGMENT, SEGMENT + 3, 0.1, 6),
    ):
        segments_agree(moved_by_segments, library, dtype, n, probe, parts)


def test_segments_of_plain_python(plain):
    for probe in PROBES:
        segments_agree(moved_by_segments, plain, np.float32, N, probe, whole)


def summed_backwards(witness, x, claimed, sizes, probe, parts):
    first, last = probe.start // SEGMENT, -(-probe.stop // SEGMENT)
    out, changes = x.copy(), np.zeros(last - first)
    given = (x, claimed, sizes, as_probes(probe), first, last - first, out, changes)
    assert witness(f"gradproof_move_segments{twin_of(x)}", *given) == DONE
    return out, float(np.float32(sum(changes[::-1])))


def without_a_segment(witness, x, claimed, sizes, probe, parts):
    return moved_by_segments(witness, x, claimed, sizes, probe, lambda first, last: [(first, last)])[0], 0.0


@pytest.mark.parametrize("wrong", [summed_backwards, without_a_segment])
def test_segments_twin(library, wrong):
    n = 3 * SEGMENT
    refuted(segments_agree, wrong, library, np.float64, n, LongProbe(0, n, 2.0**-20, 5), whole)


def test_segments_outside_of_the_line_have_no_change(library):
    x, claimed = problem(3 * SEGMENT, np.float64)
    changes, out = np.full(3, np.nan), x.copy()
    probe = as_probes(LongProbe(SEGMENT + 5, SEGMENT + 10, 0.5, 3))
    given = (x, claimed, sizes_of(library, x), probe, 0, 3, out, changes)
    assert library("gradproof_move_segments", *given) == DONE
    assert changes[0] == changes[2] == 0.0
    assert changes[1] != 0.0
    assert np.flatnonzero(out != x).tolist() == [
        place for place in range(SEGMENT + 5, SEGMENT + 10) if place in np.flatnonzero(out != x)
    ]


def test_bad_arguments(witness):
    x, sizes, probe = np.ones(3), np.ones(1), as_probes(LongProbe(0, 3, 1.0, 2))
    right = [x, x, sizes, probe, 0, 1, x.copy(), np.zeros(1)]
    assert witness("gradproof_move_segments", *right) == DONE
    nulls = {0: codes.NULL_X, 1: codes.NULL_CLAIMED, 2: codes.NULL_SIZES, 3: codes.NULL_PROBES, 6: codes.NULL_POINT}
    wrongs = [(place, None, code) for place, code in nulls.items()]
    wrongs += [(7, None, codes.NULL_CHANGES), (4, -1, codes.BAD_COUNT), (5, -1, codes.BAD_COUNT)]
    for place, value, code in wrongs:
        wrong = [value if number == place else one for number, one in enumerate(right)]
        assert witness("gradproof_move_segments", *wrong) == code
    assert witness("gradproof_sum_segments", np.array([1.0, 2.0]), 2) == 3.0
    assert math.isnan(witness("gradproof_sum_segments", None, 2))


@pytest.mark.parametrize("dtype", DTYPES)
def test_a_point_overlaps_nothing_that_is_read(witness, dtype):
    """It is refused and left alone; behind what is read it may begin, and there it is set."""
    x, claimed = problem(2 * N, dtype)
    for vector in (x, claimed):
        for begin, code in ((0, codes.OVERLAP), (N - 1, codes.OVERLAP), (N, DONE)):
            kept = vector.copy()
            given = (x[:N], claimed[:N], np.ones(3), as_probes(PROBES[0]), 0, 1, vector[begin : begin + N])
            assert witness(f"gradproof_move_segments{twin_of(x)}", *given, np.zeros(1)) == code
            assert np.array_equal(vector, kept) == (code != DONE)
