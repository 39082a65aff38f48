"""Points of long lines to the bit, in every way of running, and beyond 2**31 coordinates."""

from typing import NamedTuple

import numpy as np
import pytest
from oracles import long_lines as oracle
from oracles import splitmix
from oracles.long_lines import vectors
from properties import refuted
from witnesses import Native, as_probes, twin_of

from gradproof.core.records.codes import DONE
from gradproof.interpreted.exported import JustInTime
from gradproof.library import ffi, native

WINDOW, SEGMENT = 1024, 65_536
TYPES = [np.float64, np.float32]


class Probe(NamedTuple):
    """One probe on a long line."""

    start: int
    stop: int
    step: float = 2.0**-12 / 3
    seed: int = 5
    floor: float = 0.1
    aligned: int = 0


# Whole windows, parts of them at either end, both in one, and less than a vector of the processor holds.
PROBES = [Probe(0, 3072), Probe(1, 3071, seed=2**62), Probe(300, 700), Probe(1500, 1501), Probe(512, 2100, step=-0.25)]
PROBES += [probe._replace(aligned=True) for probe in PROBES]
# By their own sizes, without zeros, zeros alone; on random lines and on aligned ones.
PROBES += [Probe(1, 3071, aligned=aligned) for aligned in range(2, 8)]


def moved(witness, x, claimed, sizes, probe):
    """The point of a probe, and its changes segment by segment."""
    point, count = x.copy(), -(-x.size // SEGMENT)
    changes = np.full(count, np.nan)
    symbol = f"gradproof_move_segments{twin_of(x)}"
    assert witness(symbol, x, claimed, sizes, as_probes(probe), 0, count, point, changes) == DONE
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


@pytest.mark.parametrize(
    "change", [{"seed": 6}, {"floor": 0.11}, {"step": -(2.0**-12) / 3}, {"stop": 3071}, {"aligned": 2}]
)
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
        library("gradproof_move_segments_f32", x, claimed, sizes, as_probes(probe), number, 1, parts, into)
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
    element = "double *" if dtype is np.float64 else "float *"

    def shifted(array, kind, place):
        # What lies before the array is never read: only the arithmetic of addresses is as for the whole vector.
        return ffi.cast(kind, int(ffi.cast("intptr_t", ffi.from_buffer(array))) - place * array.itemsize)

    pointers = [shifted(x, element, base), shifted(claimed, element, base), shifted(sizes, "double *", base // WINDOW)]
    one = ffi.cast("gradproof_probe *", ffi.from_buffer(keep := as_probes(probe)))
    move = getattr(native(), f"gradproof_move_segments{twin_of(x)}")
    into, out = ffi.cast("double *", ffi.from_buffer(changes)), shifted(point, element, base)
    assert move(*pointers, one, first, len(changes), out, into) == DONE
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
