"""Points of long lines, the change that the claim foretells, and the sizes of windows, against whole numbers."""

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest
from oracles import reals, splitmix
from oracles.splitmix import LongProbe
from properties import LARGEST, SMALLEST, refuted

from gradproof.core.points.long_lines import SEGMENT
from gradproof.core.records import border as structs
from gradproof.core.records.codes import BAD_ARGUMENT, DONE

DTYPES = [np.float64, np.float32]
N = 2100  # two whole windows and a part of one


def twin_of(x):
    return "_f32" if x.dtype == np.float32 else ""


def sizes_of(witness, x):
    sizes = np.full(-(-x.size // 1024), -1.0)
    assert witness(f"gradproof_windows{twin_of(x)}", x, x.size, sizes) == DONE
    return sizes


def words(probe):
    out = np.zeros(structs.PROBE_WORDS, np.int64)
    out[[structs.PROBE_START, structs.PROBE_STOP, structs.PROBE_ALIGNED]] = probe.start, probe.stop, probe.aligned
    out.view(np.uint64)[structs.PROBE_SEED] = probe.seed
    out.view(np.float64)[[structs.PROBE_FLOOR, structs.PROBE_STEP]] = probe.floor, probe.step
    return out


def moved(witness, x, claimed, sizes, probe):
    """The point of a probe and the change that the claim foretells, in one call."""
    out, change = np.zeros_like(x), np.zeros(1)
    given = (x, claimed, sizes, x.size, words(probe), 1, out, change)
    assert witness(f"gradproof_points{twin_of(x)}", *given) == DONE
    return out, float(change[0])


def moved_by_segments(witness, x, claimed, sizes, probe, parts):
    """The same by parts of the segments, in any order, as threads move them."""
    out, first, last = x.copy(), probe.start // SEGMENT, -(-probe.stop // SEGMENT)
    changes = np.full(last - first, np.nan)
    for start, stop in parts(first, last):
        given = (x, claimed, sizes, words(probe), start, stop - start, out, changes[start - first : stop - first])
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


def foretells(mover, witness, dtype, probe, n=N):
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
    foretells(moved, witness, dtype, probe)


@pytest.mark.parametrize("dtype", DTYPES)
def test_change_of_many_segments(library, dtype):
    n = 3 * SEGMENT + 5000
    for probe in (LongProbe(0, n, 2.0**-20, 5), LongProbe(70_000, n - 3, -0.1, 6, 0.1, True)):
        foretells(moved, library, dtype, probe, n)


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
    refuted(foretells, wrong, library, dtype, PROBES[0])


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
    given = (x, claimed, sizes, words(probe), first, last - first, out, changes)
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
    probe = words(LongProbe(SEGMENT + 5, SEGMENT + 10, 0.5, 3))
    given = (x, claimed, sizes_of(library, x), probe, 0, 3, out, changes)
    assert library("gradproof_move_segments", *given) == DONE
    assert changes[0] == changes[2] == 0.0
    assert changes[1] != 0.0
    assert np.flatnonzero(out != x).tolist() == [
        place for place in range(SEGMENT + 5, SEGMENT + 10) if place in np.flatnonzero(out != x)
    ]


def is_the_size_of_windows(sizer, x):
    """The root of the mean square, window by window; where a window is all 0, that of the other windows' sizes."""
    sizes = sizer(x)
    parts = [x[start : start + 1024] for start in range(0, x.size, 1024)]
    # The mean of the smallest subnormals may be less than the smallest: then it is that.
    own = [max(reals.root_mean_square(part), SMALLEST) if np.any(part) else 0.0 for part in parts]
    typical = reals.root_mean_square(own)
    expected = [size or typical for size in own]
    assert sizes == pytest.approx(expected, rel=1e-14, abs=SMALLEST)
    assert np.all(sizes > 0)


def vectors():
    random = np.random.default_rng(3)
    yield random.normal(size=N)
    yield random.normal(size=N).astype(np.float32)
    yield np.zeros(N)
    yield np.concatenate([np.zeros(1024), random.normal(size=1024), np.zeros(52)])
    yield np.full(1030, SMALLEST)
    yield np.concatenate([np.zeros(1029), [SMALLEST]])
    yield np.full(1030, LARGEST)
    yield np.concatenate([np.full(1024, 1e300), np.full(6, 1e-300)])
    yield np.full(1030, 2.0**-149, np.float32)
    yield np.full(1, -3.0)


@pytest.mark.parametrize("x", list(vectors()))
def test_windows(witness, x):
    is_the_size_of_windows(lambda x: sizes_of(witness, x), x)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda x: np.full(-(-x.size // 1024), np.sqrt(np.mean(x * x))),
        lambda x: np.array([np.abs(x[start : start + 1024]).max() for start in range(0, x.size, 1024)]),
        lambda x: np.array([np.sqrt(np.mean(x[start : start + 1024] ** 2)) for start in range(0, x.size, 1024)]),
    ],
)
def test_windows_twin(wrong):
    def all_of_them():
        for x in vectors():
            is_the_size_of_windows(wrong, x)

    refuted(all_of_them)


def test_bad_arguments(witness):
    x, sizes, probe = np.ones(3), np.ones(1), words(LongProbe(0, 3, 1.0, 2))
    right = [x, x, sizes, probe, 0, 1, x.copy(), np.zeros(1)]
    assert witness("gradproof_move_segments", *right) == DONE
    for place, value in ((0, None), (1, None), (2, None), (3, None), (4, -1), (5, -1), (6, None), (7, None)):
        wrong = [value if number == place else one for number, one in enumerate(right)]
        assert witness("gradproof_move_segments", *wrong) == BAD_ARGUMENT
    for wrong in ((None, 3, sizes), (x, 0, sizes), (x, 3, None)):
        assert witness("gradproof_windows", *wrong) == BAD_ARGUMENT
