"""Points on lines through x, coordinate by coordinate and as the objective sees them, against an oracle."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from oracles import reals, splitmix
from oracles.splitmix import Probe
from properties import arrays, finite, refuted, sized, wide
from witnesses import Native, PlainPython, as_probes

from gradproof.core.records import codes
from gradproof.core.records.codes import BAD_PROBE, DONE

LONG = 65_537
POINTS = {np.dtype(np.float64): "gradproof_points", np.dtype(np.float32): "gradproof_points_f32"}
seeds = st.one_of(st.integers(0, 2**64 - 1), st.sampled_from([0, 1, 2**63, 2**64 - 1]))


class Short:
    """A witness without what only long lines take."""

    def __init__(self, witness):
        self.witness = witness

    def __call__(self, symbol, x, n, probes, count, out):
        return self.witness(symbol, x, None, None, n, probes, count, out, None)


def short(witness):
    return Short(witness) if isinstance(witness, (PlainPython, Native)) else witness


def points(witness, x, *rows):
    out = np.zeros(len(rows) * x.size, x.dtype)
    assert short(witness)(POINTS[x.dtype], x, x.size, as_probes(*rows), len(rows), out) == DONE
    return out.reshape(len(rows), x.size)


def ranges_agree(witness, seed, cuts):
    """Any part of a line, in any order, moves its coordinates as the whole line does."""
    x = np.linspace(-2, 3, cuts[-1])
    whole = points(witness, x, Probe(0, x.size, 0.125, seed))[0]
    parts = list(itertools.pairwise(cuts))[::-1]
    for (start, stop), row in zip(parts, points(witness, x, *(Probe(*p, 0.125, seed) for p in parts)), strict=True):
        assert row[start:stop].tobytes() == whole[start:stop].tobytes()
        assert np.array_equal(row[:start], x[:start])
        assert np.array_equal(row[stop:], x[stop:])


def test_order_does_not_matter(witness):
    ranges_agree(witness, 5, [0, 1, 7, 8, 30])


def test_order_does_not_matter_beyond_narrow_indices(library):
    ranges_agree(library, 5, [0, 65_535, 65_536, LONG])


class Counting:
    """A witness that is wrong on purpose: it counts the index from the start of the part."""

    def __call__(self, symbol, x, n, probes, count, out):
        for probe, point in zip(probes, out.reshape(count, n), strict=True):
            start, stop, seed = (int(probe[name]) for name in ("start", "stop", "seed"))
            point[:] = x
            for index in range(start, stop):
                point[index] += probe["step"] * splitmix.direction(seed, index - start) * abs(x[index])
        return DONE


def test_order_does_not_matter_twin():
    refuted(ranges_agree, Counting(), 5, [0, 1, 7, 8, 30])


steps = st.one_of(sized(-20, 2), wide)


@given(x=arrays(finite), data=st.data())
def is_the_point(witness, x, data):
    x = np.clip(x, -1e300, 1e300)
    rows = []
    for _ in range(data.draw(st.integers(1, 3))):
        start, stop = sorted(data.draw(st.tuples(st.integers(0, x.size), st.integers(0, x.size))))
        probe = Probe(start, stop, data.draw(steps), data.draw(seeds))
        if stop > start + 1 and data.draw(st.booleans()):
            probe = probe._replace(seed=0, ratio=data.draw(st.sampled_from([1.0, -0.3, 1e-7])))
        rows.append(probe)
    typical = reals.root_mean_square(x)
    for got, row in zip(points(witness, x, *rows), rows, strict=True):
        expected = splitmix.point(x, row, typical)
        zero = x == 0
        assert got[~zero].tolist() == [value for value, skip in zip(expected, zero, strict=True) if not skip]
        assert got[zero] == pytest.approx([e for e, take in zip(expected, zero, strict=True) if take], rel=1e-14, abs=0)
    assert x.tobytes() == np.clip(x, -1e300, 1e300).tobytes()


def test_points(witness):
    is_the_point(witness)


def tampered(witness):
    """A witness that is wrong on purpose: the last coordinate of a line does not move."""

    def call(symbol, x, n, probes, count, out):
        probes = probes.copy()
        probes["stop"] = np.maximum(probes["stop"] - 1, probes["start"])
        probes["ratio"] = 0.0
        return short(witness)(symbol, x, n, probes, count, out)

    return call


def test_points_twin(plain):
    refuted(is_the_point, tampered(plain))


def rounds_to_float32(witness):
    x = np.array([1.0, 0.1, 1e-30, 3e38, 2.0**-149], np.float32)
    for step in (1e-9, 0.1, 2.0**-24, 1e39, -1e-45):
        rows = [Probe(index, index + 1, step) for index in range(x.size)]
        rows += [Probe(0, x.size, step, 9), Probe(1, 4, step, ratio=-0.3)]
        for got, row in zip(points(witness, x, *rows), rows, strict=True):
            assert got.tobytes() == np.array(splitmix.point(x, row, 1.0), np.float32).tobytes()


def test_points_of_float32_are_reckoned_in_double_and_rounded_once(witness):
    rounds_to_float32(witness)


def test_points_of_float32_twin(plain):
    def coarse(symbol, x, n, probes, count, out):
        code = short(plain)(symbol, x, n, probes, count, out)
        out.view(np.int32)[:] &= -2
        return code

    refuted(rounds_to_float32, coarse)


def typical_of_a_long_vector(witness, n=LONG):
    """On a random line a coordinate that is 0 moves on the scale of the others."""
    x = np.random.default_rng(1).normal(size=n) * 1e200
    x[-1] = 0.0
    moved = points(witness, x, Probe(n - 1, n, 1.0, 3))[0, -1]
    assert moved == pytest.approx(splitmix.direction(3, n - 1) * reals.root_mean_square(x), rel=1e-11)


def test_typical_size_of_a_long_vector(library):
    typical_of_a_long_vector(library)


def test_typical_size_of_a_long_vector_twin(library):
    def narrow(symbol, x, n, *rest):
        out = rest[-1]
        code = short(library)(symbol, x, n, *rest)
        out[-1] *= 1 + 1e-6
        return code

    refuted(typical_of_a_long_vector, narrow)


def test_bad_arguments(witness):
    witness = short(witness)
    x = np.ones(3)
    out = np.zeros(6)
    right = as_probes(Probe(0, 3, 1.0), Probe(1, 2, 1.0, 5))
    for symbol, dtype in zip(POINTS.values(), POINTS, strict=True):
        mine, room = x.astype(dtype), out.astype(dtype)
        assert witness(symbol, mine, 3, right, 2, room) == DONE
        assert witness(symbol, mine, 3, right, 0, None) == DONE
        assert witness(symbol, mine, 0, as_probes(Probe(0, 0, 1.0)), 1, room) == DONE
        wrongs = {
            codes.NULL_X: (None, 3, right, 2, room),
            codes.NULL_PROBES: (mine, 3, None, 2, room),
            codes.NULL_POINT: (mine, 3, right, 2, None),
            codes.BAD_N: (mine, -1, right, 2, room),
            codes.BAD_COUNT: (mine, 3, right, -1, room),
            codes.OVERLAP: (room, 3, right, 2, room),
        }
        for code, wrong in wrongs.items():
            assert witness(symbol, *wrong) == code
        assert witness(symbol, mine, 1 << 60, right, 2, room) == codes.BAD_N
        for start, stop in ((-1, 1), (2, 1), (0, 4), (3, 4)):
            assert witness(symbol, mine, 3, as_probes(Probe(start, stop, 1.0)), 1, room) == BAD_PROBE


@pytest.mark.parametrize("dtype", POINTS)
def test_points_that_overlap_what_is_read(witness, dtype):
    """By a single element, on either side, of x or of the claim; side by side is no overlap."""
    all_of_it, probes = np.ones(20, dtype), as_probes(Probe(0, 3, 1.0), Probe(1, 2, 1.0))
    symbol, points = POINTS[dtype], all_of_it[7:13]
    for start, code in ((4, DONE), (5, codes.OVERLAP), (9, codes.OVERLAP), (12, codes.OVERLAP), (13, DONE)):
        read, other = all_of_it[start : start + 3], np.ones(3, dtype)
        assert witness(symbol, read, None, None, 3, probes, 2, points, None) == code
        assert witness(symbol, other, read, None, 3, probes, 2, points, None) == code
        # One row less reaches less far.
        reached = DONE if start in (4, 12, 13) or start == 10 else code
        assert witness(symbol, read, None, None, 3, probes, 1, points, None) == reached


@pytest.mark.parametrize(("start", "stop"), [(1, 1), (3, 3), (2, 3)])
def test_lines_of_two_coordinates_that_have_none(plain, start, stop):
    room = np.zeros(3)
    probe = as_probes(Probe(start, stop, 1.0, ratio=0.5))
    assert short(plain)("gradproof_points", np.ones(3), 3, probe, 1, room) == BAD_PROBE
