"""Points of long lines and foretold changes: against sums coordinate by coordinate, also beyond 2**31 coordinates."""

from typing import NamedTuple

import numpy as np
import pytest
from oracles import spans as oracle
from oracles import splitmix
from properties import refuted
from witnesses import Native

from gradproof.core.lines import norms
from gradproof.core.records import border as structs
from gradproof.core.records.codes import BAD_ARGUMENT, DONE
from gradproof.library import JustInTime, ffi, native

WINDOW, SEGMENT = 1024, 65_536
TYPES = [np.float64, np.float32]
ENDINGS = {np.float64: "", np.float32: "_f32"}


class Probe(NamedTuple):
    """One probe on a long line."""

    start: int
    stop: int
    step: float = 2.0**-12 / 3
    seed: int = 5
    floor: float = 0.1
    aligned: bool = False


# Whole windows, parts of them at either end, both in one, and less than a vector of the processor holds.
PROBES = [Probe(0, 3072), Probe(1, 3071, seed=2**62), Probe(300, 700), Probe(1500, 1501), Probe(512, 2100, step=-0.25)]
PROBES += [probe._replace(aligned=True) for probe in PROBES]


def words(probe):
    out = np.zeros(structs.PROBE_WORDS, np.int64)
    out[structs.PROBE_START], out[structs.PROBE_STOP], out[structs.PROBE_SEED] = probe.start, probe.stop, probe.seed
    out[structs.PROBE_ALIGNED] = probe.aligned
    out.view(np.float64)[[structs.PROBE_STEP, structs.PROBE_FLOOR]] = probe.step, probe.floor
    return out


def vectors(n, dtype, seed=0):
    """A point with zeros and all sizes, and a claim with zeros and a NaN."""
    random = np.random.default_rng(seed)
    x = (random.normal(size=n) * 10.0 ** random.integers(-3, 3, n)).astype(dtype)
    claimed = random.normal(size=n).astype(dtype)
    x[::7], claimed[::5] = 0.0, 0.0
    sizes = np.array([oracle.size(x[start : start + WINDOW]) for start in range(0, n, WINDOW)])
    return x, claimed, sizes


def moved(witness, x, claimed, sizes, probe):
    """The point of a probe, and its changes segment by segment."""
    point, count = x.copy(), -(-x.size // SEGMENT)
    changes = np.full(count, np.nan)
    symbol = f"gradproof_move_segments{ENDINGS[x.dtype.type]}"
    assert witness(symbol, x, claimed, sizes, words(probe), 0, count, point, changes) == DONE
    return point, changes


def is_the_point(found, expected):
    same = found.tobytes() == expected.tobytes()
    assert same, "other bits"  # not the comparison itself: where it fails, a list of differences would take minutes


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("probe", PROBES)
def test_point_and_change(probe, dtype, witness):
    x, claimed, sizes = vectors(3072, dtype)
    point, changes = moved(witness, x, claimed, sizes, probe)
    is_the_point(point, oracle.point(x, claimed, sizes, probe))
    size = np.sum(np.abs(claimed * (point - x)), dtype=np.float64)
    assert changes == pytest.approx([oracle.change(x, claimed, point)], abs=1e-14 * size)


@pytest.mark.parametrize("change", [{"seed": 6}, {"floor": 0.11}, {"step": -(2.0**-12) / 3}, {"stop": 3071}])
def test_point_twin(change, library):
    x, claimed, sizes = vectors(3072, np.float64)
    point, _ = moved(library, x, claimed, sizes, PROBES[0])
    refuted(is_the_point, point, oracle.point(x, claimed, sizes, PROBES[0]._replace(**change)))


def test_an_aligned_line_grows_everywhere(library):
    x, claimed, sizes = vectors(4096, np.float64)
    point, changes = moved(library, x, claimed, sizes, Probe(0, 4096, step=0.5, aligned=True))
    assert np.all(claimed * (point - x) >= 0)
    assert changes[0] > 0
    # Twin: the same line without the signs of the claim goes up and down.
    point, _ = moved(library, x, claimed, sizes, Probe(0, 4096, step=0.5))
    assert np.any(claimed * (point - x) < 0)


@pytest.mark.parametrize("dtype", TYPES)
def test_all_ways_of_running_give_the_same_bits(dtype):
    x, claimed, sizes = vectors(SEGMENT + 1500, dtype, seed=1)
    claimed[4321] = np.nan
    x[2048:3072] = 0.0
    for probe in (Probe(10, SEGMENT + 1400), Probe(0, SEGMENT + 1500, aligned=True)):
        answers = [
            [part.tobytes() for part in moved(witness, x, claimed, sizes, probe)]
            for witness in (Native("library", native()), Native("jit", JustInTime()))
        ]
        assert answers[0] == answers[1]


def test_segments_alone_are_those_of_the_line(library):
    x, claimed, sizes = vectors(3 * SEGMENT + 100, np.float32, seed=2)
    probe = Probe(1000, 3 * SEGMENT + 50)
    point, changes = moved(library, x, claimed, sizes, probe)
    parts, alone = x.copy(), np.zeros(4)
    for number in (2, 0, 3, 1):
        into = alone[number : number + 1]
        library("gradproof_move_segments_f32", x, claimed, sizes, words(probe), number, 1, parts, into)
    assert parts.tobytes() == point.tobytes()
    assert alone.tobytes() == changes.tobytes()
    total = library("gradproof_sum_segments", changes, 4)
    assert total == pytest.approx(oracle.change(x, claimed, point), abs=1e-14 * np.abs(changes).sum())


def far(dtype, base, probe):
    """Move coordinates from `base` on, which begins a window, of a vector that is nowhere but around them."""
    n = 4 * WINDOW
    x, claimed, sizes = vectors(n, dtype, seed=3)
    point, first = x.copy(), probe.start // SEGMENT
    changes = np.zeros((probe.stop - 1) // SEGMENT + 1 - first)
    ending, element = ENDINGS[dtype], "double *" if dtype is np.float64 else "float *"

    def shifted(array, kind, place):
        # What lies before the array is never read: only the arithmetic of addresses is as for the whole vector.
        return ffi.cast(kind, int(ffi.cast("intptr_t", ffi.from_buffer(array))) - place * array.itemsize)

    pointers = [shifted(x, element, base), shifted(claimed, element, base), shifted(sizes, "double *", base // WINDOW)]
    probe_words = ffi.cast("gradproof_probe *", ffi.from_buffer(keep := words(probe)))
    move = getattr(native(), f"gradproof_move_segments{ending}")
    into, out = ffi.cast("double *", ffi.from_buffer(changes)), shifted(point, element, base)
    assert move(*pointers, probe_words, first, len(changes), out, into) == DONE
    del keep
    return x, claimed, sizes, point, changes


BORDERS = [2**31, 2**32, 2**33, 2**40]


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("border", BORDERS)
@pytest.mark.parametrize("aligned", [False, True])
def test_coordinates_beyond_31_bits(border, dtype, aligned):
    base = border - 2 * WINDOW
    probe = Probe(border - 1500, border + 1200, aligned=aligned)
    x, claimed, sizes, point, changes = far(dtype, base, probe)
    is_the_point(point, oracle.point(x, claimed, sizes, probe, base))
    size = np.sum(np.abs(claimed * (point - x)), dtype=np.float64)
    assert changes.sum() == pytest.approx(oracle.change(x, claimed, point), abs=1e-14 * size)


@pytest.mark.parametrize("border", BORDERS[1:])
def test_coordinates_beyond_31_bits_twin(border, monkeypatch):
    base = border - 2 * WINDOW
    probe = Probe(border - 1500, border + 1200)
    x, claimed, sizes, point, _ = far(np.float64, base, probe)
    whole = splitmix.direction
    monkeypatch.setattr(splitmix, "direction", lambda seed, index: whole(seed, index % 2**32))
    refuted(is_the_point, point, oracle.point(x, claimed, sizes, probe, base))


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("n", [1, 7, 1024, 1025, 3000])
def test_sizes_of_windows(n, dtype, witness):
    x, _, expected = vectors(n, dtype, seed=4)
    expected[expected == 0.0] = oracle.size(expected) or 1.0
    sizes = np.zeros(expected.size)
    assert witness(f"gradproof_windows{ENDINGS[dtype]}", x, n, sizes) == DONE
    assert sizes == pytest.approx(expected, rel=1e-14)


def test_sizes_that_have_no_squares(witness):
    x = np.concatenate([np.full(WINDOW, 1e300), np.full(WINDOW, -1e-300), np.zeros(WINDOW), np.full(5, 2.0**-1074)])
    sizes = np.zeros(4)
    assert witness("gradproof_windows", x, x.size, sizes) == DONE
    assert sizes == pytest.approx([1e300, 1e-300, 1e300 / 2, 2.0**-1074], rel=1e-14)


def test_windows_refuse(witness):
    assert witness("gradproof_windows", None, 3, np.zeros(1)) == BAD_ARGUMENT
    assert witness("gradproof_windows", np.zeros(3), 0, np.zeros(1)) == BAD_ARGUMENT


def is_the_norm(scale):
    x, claimed, sizes = vectors(2500, np.float64, seed=6)
    slopes = np.abs(claimed) * np.maximum(np.abs(x), 0.1 * np.repeat(sizes, WINDOW)[:2500])
    norm, total = np.zeros(1), np.zeros(1)
    norms.write_norms(x, claimed * scale, sizes, 100, 2400, norm, total)
    expected = float(np.sqrt(np.sum(slopes[100:2400] ** 2, dtype=np.longdouble)))
    assert norm[0] == pytest.approx(expected * scale, rel=1e-13)
    assert total[0] == pytest.approx(float(np.sum(slopes[100:2400])) * scale, rel=1e-13)


@pytest.mark.parametrize("scale", [1.0, 1e-200, 1e200])
def test_norms(scale):
    is_the_norm(scale)


def test_norms_twin(monkeypatch):
    monkeypatch.setattr(norms, "FLOOR", 0.2)
    refuted(is_the_norm, 1.0)


@pytest.mark.parametrize("n", [1, 3, 4, 11])
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_finite(n, bad):
    vector = np.linspace(-1e307, 1e307, n)
    assert norms.are_finite(vector, 0, n)
    for place in range(n):
        spoiled = vector.copy()
        spoiled[place] = bad
        assert not norms.are_finite(spoiled, 0, n)
        assert norms.are_finite(spoiled, place + 1, n)
