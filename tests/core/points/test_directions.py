"""Random directions: the generator against published values, the numbers by their statistics; sizes of windows."""

import math

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from machine import both
from oracles import long_lines, reals, splitmix
from properties import LARGEST, SMALLEST, arrays, finite, refuted
from witnesses import records, signed, sizes_of

from gradproof.core.points import directions
from gradproof.core.records.border import Probe
from gradproof.core.records.codes import BAD_N, DONE, NULL_SIZES, NULL_X

LONG = 65_537
WINDOW = 1024
seeds = st.one_of(st.integers(0, 2**64 - 1), st.sampled_from([0, 1, 2**63, 2**64 - 1]))
indices = st.one_of(st.integers(0, 100), st.sampled_from([65_535, 65_536, 2**31, 2**32 + 5, 2**62]))


def is_published(function):
    for seed, outputs in splitmix.PUBLISHED.items():
        assert [int(function(seed, index)) for index in range(5)] == outputs


def test_published_values():
    is_published(directions.mixed)
    is_published(splitmix.output)


def skipping(seed, index):
    return splitmix.output(seed, index + 1)


def without_the_last_shift(seed, index):
    return splitmix.output(seed, index) ^ 1


@pytest.mark.parametrize("wrong", [skipping, without_the_last_shift])
def test_published_values_twin(wrong):
    refuted(is_published, wrong)


@given(seed=seeds, index=indices)
@example(1, 2**32)
def is_the_direction(functions, seed, index):
    for function in functions:
        assert function(signed(seed), index) == splitmix.direction(seed, index)


def test_direction():
    is_the_direction(both(directions.direction, "int64", "int64"))


def in_32_bits(seed, index):
    return splitmix.direction(seed, index % 2**32)


@pytest.mark.parametrize("wrong", [in_32_bits, lambda seed, index: math.copysign(1.0, splitmix.direction(seed, index))])
def test_direction_twin(wrong):
    refuted(is_the_direction, [wrong])


def drawn(library, seed, n=LONG):
    """The directions themselves: where all of x is 0 the scale is 1, and nothing is rounded."""
    probe, out = records(Probe, 1), np.zeros(n)
    probe["stop"], probe["step"], probe["seed"] = n, 1.0, signed(seed)
    assert library("gradproof_points", np.zeros(n), None, None, n, probe, 1, out, None) == DONE
    return out


def is_random(v):
    """Signs balanced, magnitudes uniform in [0.5, 1.5), neighbours and the two parts of a direction unrelated."""
    from scipy import stats

    sizes, n = np.abs(v), v.size
    assert sizes.min() >= 0.5
    assert sizes.max() < 1.5
    assert abs(np.sign(v).sum()) < 4 * math.sqrt(n)
    assert stats.kstest(sizes - 0.5, "uniform").pvalue > 1e-3
    for a, b in ((v[1:], v[:-1]), (v[2:], v[:-2]), (np.sign(v), sizes)):
        assert abs(np.corrcoef(a, b)[0, 1]) < 4 / math.sqrt(n)


@pytest.mark.parametrize("seed", [1, 2, 3, 2**63, 2**64 - 1])
def test_directions_look_random(library, seed):
    is_random(drawn(library, seed))


def test_directions_of_neighbouring_seeds_are_unrelated(library):
    first = drawn(library, 7)
    for seed in (6, 8, 7 + 2**32):
        other = drawn(library, seed)
        assert abs(np.corrcoef(first, other)[0, 1]) < 4 / math.sqrt(LONG)
    assert np.corrcoef(first, drawn(library, 7))[0, 1] > 0.99


def test_directions_twin(library):
    v = drawn(library, 1)
    for wrong in (np.abs(v), np.sign(v), np.sort(v), np.sign(v) * (2.0 - np.abs(v) ** 2 / 2), np.repeat(v[::2], 2)):
        refuted(is_random, wrong)


@given(x=arrays(finite, low=1, high=20))
@example(np.zeros(3))
@example(np.full(3, SMALLEST))
@example(np.array([0.0, 0.0, SMALLEST]))
@example(np.full(7, LARGEST))
@example(np.array([1e300, 1e-300]))
def is_the_root_mean_square(function, x):
    expected = reals.root_mean_square(x)
    size = function(x, x.size)
    # Where the mean of the smallest subnormals is less than the smallest: the largest of them.
    assert size == pytest.approx(expected, rel=1e-14, abs=SMALLEST)
    assert size > 0


def test_typical_size():
    is_the_root_mean_square(directions.typical_size)
    assert directions.typical_size(np.zeros(0), 0) == 1.0


@pytest.mark.parametrize("wrong", [lambda x, n: math.sqrt((x @ x) / n), lambda x, n: np.abs(x).mean() or 1.0])
def test_typical_size_twin(wrong):
    refuted(is_the_root_mean_square, wrong)


def test_scale_of_a_coordinate():
    for function in both(directions.coordinate_scale, "float64", "float64"):
        assert function(-3.0, 7.0) == 3.0
        assert function(0.0, 7.0) == function(-0.0, 7.0) == 7.0


SMALL, ZERO, LARGE = 1e-3, -0.0, -4.0


@pytest.mark.parametrize(
    ("kind", "small", "zero", "large"),
    [
        (directions.ABOVE_FLOOR, 3.5, 3.5, 4.0),
        (directions.OWN_SIZE, 1e-3, 3.5, 4.0),
        (directions.WITHOUT_ZEROS, 3.5, 0.0, 4.0),
        (directions.ONLY_ZEROS, 0.0, 3.5, 0.0),
    ],
)
def test_scales_on_long_lines(kind, small, zero, large):
    scales = directions.scales_of(kind, 3.5)
    assert [directions.scale_of(value, scales) for value in (SMALL, ZERO, LARGE)] == [small, zero, large]


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
    yield random.normal(size=2100)
    yield random.normal(size=2100).astype(np.float32)
    yield np.zeros(2100)
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


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("n", [1, 7, 1024, 1025, 3000])
def test_sizes_of_windows(n, dtype, witness):
    x, _, expected = long_lines.vectors(n, dtype, seed=4)
    expected[expected == 0.0] = long_lines.size(expected) or 1.0
    assert sizes_of(witness, x) == pytest.approx(expected, rel=1e-14)


def test_sizes_that_have_no_squares(witness):
    x = np.concatenate([np.full(WINDOW, 1e300), np.full(WINDOW, -1e-300), np.zeros(WINDOW), np.full(5, 2.0**-1074)])
    assert sizes_of(witness, x) == pytest.approx([1e300, 1e-300, 1e300 / 2, 2.0**-1074], rel=1e-14)


def test_windows_refuse(witness):
    x, sizes = np.ones(3), np.zeros(1)
    assert witness("gradproof_windows", x, 3, sizes) == DONE
    wrongs = [((None, 3, sizes), NULL_X), ((x, 3, None), NULL_SIZES)]
    wrongs += [((x, n, sizes), BAD_N) for n in (0, -1, 1 << 60)]
    for wrong, code in wrongs:
        assert witness("gradproof_windows", *wrong) == code


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_the_first_element_that_is_not_finite(dtype, bad):
    x = np.full(21, np.finfo(dtype).max, dtype)
    assert directions.first_not_finite_in(x, 21) == -1
    for place in (20, 13, 8, 3, 0):
        x[place] = bad
        assert directions.first_not_finite_in(x, 21) == place
        assert directions.first_not_finite_in(x, place) == -1
